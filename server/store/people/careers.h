/*
 * Ranks, positions, who heads a unit and is whose superior, secondary assignments, mutation records.
 * Writing functions join the caller's transaction; of these facts two change verdicts, and mark the
 * days: who is a teacher (school holidays), and secondary assignments (their places are duty places).
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

typedef enum { HEAD_DEFINITIVE = 1, HEAD_PLT = 2, HEAD_PLH = 3 } HeadMode;
const char *head_mode_text(HeadMode mode); /* "definitif", "plt", "plh" */

/* SQL_ERROR_CONSTRAINT: no such golongan. */
gboolean careers_set_rank(Sql *sql, PersonId person, const char *rank, const Change *change,
						  gboolean *changed, GError **error);
gboolean careers_set_position(Sql *sql, PersonId person, const char *title, const char *kind,
							  const Change *change, gboolean *changed, GError **error);
gboolean careers_set_head(Sql *sql, gint64 unit, HeadMode mode, PersonId person,
						  const Change *change, gboolean *changed, GError **error);
/* Nobody heads the unit in that time, in any mode. */
gboolean careers_end_heads(Sql *sql, gint64 unit, const Change *change, GError **error);
gboolean careers_set_superior(Sql *sql, PersonId person, PersonId superior, const Change *change,
							  gboolean *changed, GError **error);

typedef struct {
	gint64 unit, place;   /* place 0: the unit's */
	const char *kind;     /* "plt", "plh", "tambahan", "sekolah" */
	gint64 share_percent; /* 0: not said */
} Secondary;
gboolean careers_set_secondary(Sql *sql, PersonId person, const Secondary *secondary,
							   const Change *change, gboolean *changed, GError **error);

gboolean careers_end_secondary(Sql *sql, PersonId person, gint64 unit, const Change *change,
							   gboolean *changed, GError **error);

/* As of a day, as it was known at `known_ms` (G_MAXINT64: now). */
typedef struct {
	char *rank, *position, *position_kind; /* NULL: not known */
	char *secondary;                       /* unit codes by blanks; NULL: none */
	PersonId superior;                     /* 0: nobody above */
} Career;
gboolean careers_on(Sql *sql, PersonId person, gint64 day, gint64 known_ms, Career *out,
					GError **error);
void career_clear(Career *out);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Career, career_clear)
/* The head of the unit that day, a Plh before a Plt before the definitive one; of the person's own
 * unit, of the one above for its head, and so on; unless a superior is set for the person. */
gboolean careers_superior(Sql *sql, PersonId person, gint64 day, gint64 known_ms,
						  PersonId *superior, GError **error);

typedef struct {
	PersonId person;
	const char *kind, *decree;
	gint64 decree_day;          /* DAY_ALWAYS: not known */
	gint64 tmt_day, to_day;     /* half-open */
	const char *before, *after; /* may be NULL */
} Mutation;
/* Adds the record once per person, kind and decree; `judged_days`: how many judged days it touches. */
gboolean careers_record(Sql *sql, const Mutation *mutation, gint64 now_ms, gboolean *added,
						gint64 *judged_days, GError **error);
