/* /delegasi: who decides in the account's place for a time, and in whose place it decides. */
#pragma once

#include "server/services/correction.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define DELEGATIONS_CHOICES_MAX 200

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *who; /* the deputy; in the received list: in whose place */
	const char *span, *reason;
	gboolean later; /* not yet in force */
} DelegationLine;

typedef struct {
	const char *account, *name;
} DelegationChoice;

typedef struct {
	const GArray *given, *received; /* DelegationLine */
	const GArray *choices;          /* DelegationChoice: proposed for the field */
	/* What was typed, never NULL, and what is wrong with it. */
	const char *deputy, *from, *to, *reason;
	const char *deputy_problem, *from_problem, *to_problem, *reason_problem;
} DelegationsView;

void page_delegations_render(Html *html, const Frame *frame, const DelegationsView *view);

/* The account of that name; *account 0 when there is none that could be a deputy of anybody. */
gboolean delegations_find_deputy(const Call *call, const char *name, gint64 *account,
								 GError **error);
