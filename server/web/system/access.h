/*
 * Who is asking, and what they may see: the one place where rights are decided (decision 17).
 */
#pragma once

#include <glib.h>

#include "server/store/people/grants.h"
#include "server/store/system/sessions.h"
#include "server/store/sql.h"
#include "server/store/system/users.h"
#include "server/web/request.h"

typedef enum {
	ACCESS_NOBODY,
	ACCESS_SESSION, /* a person with a cookie */
	ACCESS_TOKEN,   /* a program with a bearer token */
} AccessKind;

#define CSRF_SIZE 64 /* hex digits */

typedef struct {
	AccessKind kind;
	User *user;               /* NULL for nobody */
	GPtrArray *grants;        /* its own first, then those of superiors whose deputy it is today */
	Session session;          /* ACCESS_SESSION */
	char csrf[CSRF_SIZE + 1]; /* what its forms must carry */
	gboolean second_known;    /* the account has a second factor */
	gboolean second_due;      /* the session has still to show it, or to set it up */
	gboolean bad_token;       /* a bearer token that is none of ours */
} Access;

Access *access_identify(Sql *sql, const Request *request, const char *cookie, gint64 today,
						GError **error);
void access_free(Access *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Access, access_free)

/* The token that the forms of a session carry, from the cookie's own token: only who has the
 * cookie can know it. */
void access_csrf(const char *session_token, char csrf[CSRF_SIZE + 1]);
/* Constant in time. */
gboolean access_csrf_equal(const char *expected, const char *given);

gboolean access_has_right(const Access *access, Right right);
/* Is one of its grants in force of this role? */
gboolean access_has_role(const Access *access, Role role);
/* Whose rights change others' data needs a second factor. */
gboolean access_needs_second(const Access *access);

/* The units over which an account has a right, with the tree as of a day. */
typedef struct {
	gboolean all;      /* the whole province */
	GHashTable *units; /* gint64 → the first Grant over it, borrowed from the access; unless all */
	gint64 top;        /* when there is just one subtree; else 0 */
	gint64 grant;      /* the first grant that gives the right */
} Scope;

/* No grant: an empty scope. */
Scope *access_scope(Sql *sql, const Access *access, Right right, gint64 day, GError **error);
void scope_free(Scope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scope, scope_free)
gboolean scope_has(const Scope *scope, gint64 unit);
/* Under which grant the unit is of the scope; the first grant where that is not known. */
gint64 scope_grant(const Scope *scope, gint64 unit);
gboolean scope_is_empty(const Scope *scope);

/* Days, half-open. */
typedef struct {
	gint64 from_day, to_day;
} DaySpan;

/* On which days of [from, to) the person was assigned to a unit over which the account has the
 * right: an agency sees its people for the days on which they were its people.  Of DaySpan,
 * ascending; empty: none. */
GArray *access_person_days(Sql *sql, const Access *access, Right right, gint64 person,
						   gint64 from_day, gint64 to_day, GError **error);
gboolean day_spans_have(const GArray *spans, gint64 day);
