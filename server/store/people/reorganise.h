/*
 * Re-organisation of the unit tree (SOTK), by decree and effective from its TMT.  Days before the TMT
 * keep units, names and recaps as they were; what is known already for a later time (another decree)
 * stays.  In the caller's transaction; person-days are marked.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

typedef enum {
	REORGANISE_RENAME,
	REORGANISE_MOVE,    /* below another unit */
	REORGANISE_MERGE,   /* into `to`: people, units below, secondary duties follow; it ends */
	REORGANISE_SPLIT,   /* some people go to `to`; it stays */
	REORGANISE_ABOLISH, /* it ends; nobody and no unit may be left in it */
} ReorganiseKind;

const char *reorganise_kind_text(ReorganiseKind kind);

typedef struct {
	ReorganiseKind kind;
	gint64 unit, to;               /* `to` 0: a root (move), none (rename, abolish) */
	const char *name, *short_name; /* RENAME: the new; MERGE, SPLIT: of a successor that is made */
	const PersonId *people;        /* SPLIT: who goes */
	gsize n_people;
	const gint64 *units; /* SPLIT: which units below go along */
	gsize n_units;
	gint64 decree_day; /* DAY_ALWAYS: not known */
} Reorganisation;

typedef struct {
	gboolean changed;
	gint64 n_people;       /* who followed */
	gint64 judged_days;    /* already judged ones that change their unit */
	gint64 n_grants_ended; /* rights over the unit that ended with it: new ones need a decree */
} ReorganiseResult;

/* `change`: from the TMT on (to_day is DAY_OPEN); its source is the number of the decree.
 * SQL_ERROR_CONSTRAINT: the unit does not exist on that day, a circle, somebody of `people` who does
 * not serve in it then, people or units left in an abolished one, a successor that does not exist. */
gboolean reorganise(Sql *sql, const Reorganisation *what, const Change *change,
					ReorganiseResult *result, GError **error);
