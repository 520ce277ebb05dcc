/*
 * Giving, limiting and ending grants downwards (decision 17).  Whoever gives a grant holds one that
 * may: of a role that gives the other, over a subtree that contains the unit, at least as long.
 * Nobody does it to their own account or person.
 *
 *   BKD gives   ATASAN SKPD OPERATOR BKD AUDITOR TEKNISI
 *   SKPD gives  ATASAN OPERATOR
 */
#pragma once

#include "server/store/people/grants.h"

#define GRANTING_ERROR (granting_error_quark())
GQuark granting_error_quark(void);

typedef enum {
	GRANTING_ERROR_ROLE, /* the giver holds nothing that gives this role */
	GRANTING_ERROR_UNIT, /* not within what the giver holds, or the role needs a unit */
	GRANTING_ERROR_FROM, /* before today */
	GRANTING_ERROR_TO,   /* not after the first day; after the giver's own end; an auditor's open */
	GRANTING_ERROR_DECREE, /* missing, or too long */
	GRANTING_ERROR_OWN,    /* the giver's own */
} GrantingError;

#define GRANT_DECREE_MIN 3   /* characters */
#define GRANT_DECREE_MAX 120 /* bytes */

gboolean role_gives(Role giver, Role given);

/* Who gives: their grants in force today (grants_of_account()). */
typedef struct {
	gint64 account, person; /* person 0: nobody's */
	const GPtrArray *grants;
	gint64 today, now_ms;
} Granter;

/* May this account give this role at all, over any unit? */
gboolean granting_may_role(const Granter *granter, Role role);
/* `holder`: the person of grant->account, 0: nobody's.  Joins the transaction in progress; 0: refused
 * with GRANTING_ERROR_…, or the database's error. */
gint64 granting_give(Sql *sql, const Granter *granter, const GrantNew *grant, gint64 holder,
					 GError **error);

/* A grant as people see it. */
typedef struct {
	gint64 id, account, person; /* person 0: nobody's */
	char *name, *person_name;   /* of the account; of its person, may be NULL */
	Role role;
	gint64 unit;                 /* 0: the whole province */
	char *unit_name, *unit_code; /* NULL for the province */
	gint64 from_day, to_day;
	char *decree, *grantor; /* grantor NULL: the administrator's command */
	gboolean moved;         /* its holder's mutation has ended it */
} GrantRow;

void grant_row_free(GrantRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrantRow, grant_row_free)

/* Grants that are not over on `day` and go beyond the own data, of units within the subtree of
 * `unit` (0: all), by holder, at most n_max; of GrantRow (transfer full). */
GPtrArray *granting_list(Sql *sql, gint64 unit, gint64 day, gint64 n_max, GError **error);
/* NULL with `error` unset: no such grant, or it is over. */
GrantRow *granting_get(Sql *sql, gint64 id, gint64 day, GError **error);
/* Who may give a grant may also change it. */
gboolean granting_may_change(Sql *sql, const Granter *granter, const GrantRow *row, gboolean *may,
							 GError **error);
/* From `to_day` on it no longer holds; sooner than it would by itself, and after today. */
gboolean granting_limit(Sql *sql, const Granter *granter, const GrantRow *row, gint64 to_day,
						GError **error);
/* At once; the holder's sessions end with it. */
gboolean granting_end(Sql *sql, const Granter *granter, const GrantRow *row, GError **error);
