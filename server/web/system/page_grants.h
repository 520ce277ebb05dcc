/* /hak-akses: who may do what on the people of a unit; giving, limiting and ending it. */
#pragma once

#include "server/store/people/granting.h"
#include "server/web/choices.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define GRANTS_LIST_MAX 300

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *holder;  /* the person's name, else the account's */
	const char *account; /* to log in with */
	const char *role, *unit, *decree;
	const char *from, *to; /* to NULL: open */
	gboolean moved;        /* its holder's mutation has ended it */
	gboolean later;        /* it has not begun */
} GrantLine;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	const GArray *lines; /* GrantLine, by holder */
	gboolean more;
} GrantsView;

void page_grants_render(Html *html, const Frame *frame, const GrantsView *view);

/* What was typed, and what is wrong with it. */
typedef struct {
	const char *account, *role, *unit, *from, *to, *decree; /* never NULL */
	const char *account_problem, *role_problem, *unit_problem, *from_problem, *to_problem,
		*decree_problem;
	const FieldChoice *roles; /* that may be given */
	gsize n_roles;
	const GArray *units; /* UnitChoice, suggestions */
} GrantForm;

void page_grants_render_form(Html *html, const Frame *frame, const GrantForm *form);

typedef struct {
	GrantLine line;
	const char *grantor; /* NULL: the administrator's command */
	gboolean may_change;
	gboolean has_second;    /* the holder's account has a second factor */
	const char *reset_by;   /* who has asked for its removal; NULL: nobody */
	gboolean reset_by_self; /* whoever looks: another one has to agree */
	const char *to_value;   /* typed; never NULL */
	const char *to_problem;
} GrantView;

void page_grants_render_one(Html *html, const Frame *frame, const GrantView *view);

/* ── shared with REST ── */

/* Who gives, from the call. */
Granter grants_granter(const Call *call);
/* By user name, or by a number of the person behind it.  NULL: nobody of the scope, who is nobody here;
 * accounts of no person are the province's. */
gboolean grants_find_holder(const Call *call, const char *text, User **holder, GError **error);
