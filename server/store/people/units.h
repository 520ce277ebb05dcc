/*
 * Units of the administration, a tree that changes with time (SOTK), and the places they use.  A
 * unit's own facts win; what it does not say (places, schedule, start) comes from the nearest unit
 * above it that does.  Writing functions join the caller's transaction and mark person-days.
 */
#pragma once

#include "server/store/history.h"

#define UNIT_CODE_MAX 40 /* [A-Za-z0-9._-] */

/* The id of a code, made when `make`; 0: unknown. */
gboolean units_find(Sql *sql, const char *code, gboolean make, gint64 *unit, GError **error);

typedef struct {
	const char *name;
	const char *short_name; /* may be NULL */
	const char *kind;       /* "badan", "dinas", "sekolah", …; may be NULL */
	gint64 parent;          /* 0: a root */
} UnitFacts;

#define UNIT_LEVELS_MAX 30 /* of the tree, deeper than any administration */

/* SQL_ERROR_CONSTRAINT when the tree would have more levels, or when on any day of the change `parent` lies below the unit, or is it itself: a
 * circle.  The message names the first such day and the path, "A < B < A". */
gboolean units_set(Sql *sql, gint64 unit, const UnitFacts *facts, const Change *change,
				   gboolean *changed, GError **error);
/* The unit does not exist in that time. */
gboolean units_end(Sql *sql, gint64 unit, const Change *change, gboolean *changed, GError **error);
/* From which day the unit is judged at all, and until which day (not including it) only as a trial
 * (uji coba): verdicts then carry the code UC and count for nothing. */
gboolean units_set_start(Sql *sql, gint64 unit, gint64 start_day, gint64 live_day,
						 const Change *change, gboolean *changed, GError **error);
/* The first day on which any unit is judged; DAY_OPEN: none.  Accounts of leave begin with its year. */
gboolean units_first_start(Sql *sql, gint64 *day, GError **error);
gboolean units_set_place(Sql *sql, gint64 unit, gint64 place, const Change *change,
						 gboolean *changed, GError **error);
/* In that time the unit's own places are exactly these. */
gboolean units_set_places(Sql *sql, gint64 unit, const gint64 *places, gsize n,
						  const Change *change, gboolean *changed, GError **error);
gboolean units_end_place(Sql *sql, gint64 unit, gint64 place, const Change *change,
						 gboolean *changed, GError **error);

/* A unit as of a day; texts are borrowed until the next step. */
typedef struct {
	gint64 id, parent; /* parent 0: a root */
	const char *code, *name, *short_name, *kind;
	gint64 depth; /* below where the list began */
} UnitRow;

typedef struct UnitCursor UnitCursor;
/* `unit` and everything below it as of `day`; 0: all.  Ordered by depth, then by name. */
UnitCursor *unit_subtree(Sql *sql, gint64 unit, gint64 day, GError **error);
SqlStep units_next(UnitCursor *cursor, UnitRow *row, GError **error);
void unit_cursor_free(UnitCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UnitCursor, unit_cursor_free)

/* Is `unit` within the subtree of `top` on that day?  A unit is within itself. */
gboolean units_within(Sql *sql, gint64 unit, gint64 top, gint64 day, gboolean *within,
					  GError **error);
/* The start of the unit or of the nearest one above it; *start_day DAY_OPEN: none is set. */
gboolean units_start(Sql *sql, gint64 unit, gint64 day, gint64 *start_day, gint64 *live_day,
					 GError **error);
/* The places of the unit on that day, or of the nearest unit above that has any; of gint64. */
gboolean units_places(Sql *sql, gint64 unit, gint64 day, GArray **places, GError **error);
/* Every place that somebody within the subtree of `unit` uses on that day; a set of gint64. */
gboolean units_places_within(Sql *sql, gint64 unit, gint64 day, GHashTable **places,
							 GError **error);
/* As of that day (transfer full); NULL with `error` unset: unknown. */
char *units_name(Sql *sql, gint64 unit, gint64 day, GError **error);
