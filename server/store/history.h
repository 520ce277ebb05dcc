/*
 * Effective-dated facts, dated twice (decision 13): valid from … to (local days, by the TMT), and
 * recorded from … to (UTC ms, when we knew).  Both half-open.  This module alone writes the four
 * columns; correcting a past fact closes the recorded row and adds new ones, so that what was known
 * at any earlier moment can still be read.
 *
 *   valid_from_day    BIGINT NOT NULL   days since 1970-01-01, local
 *   valid_to_day      BIGINT NOT NULL   DAY_OPEN: no end known
 *   recorded_from_ms  BIGINT NOT NULL
 *   recorded_to_ms    BIGINT            NULL: as known now
 *
 * Rows of one key that are known at one moment never overlap in validity.  Each table has a unique
 * partial index on (key, valid_from_day) WHERE recorded_to_ms IS NULL: judgement reads through it.
 */
#pragma once

#include "server/store/sql.h"

/* The open end of a validity. */
#define DAY_OPEN G_GINT64_CONSTANT(9999999)
/* The open beginning. */
#define DAY_ALWAYS G_GINT64_CONSTANT(-9999999)

/* The two conditions of a read, for the alias `t` of a table; `day` and `ms` are parameters: "$1". */
#define AS_KNOWN_NOW(t) " " t ".recorded_to_ms IS NULL "
#define AS_KNOWN_THEN(t, ms)                                                                       \
	" " t ".recorded_from_ms<=" ms " AND (" t ".recorded_to_ms IS NULL OR " t                      \
	".recorded_to_ms>" ms ") "
#define VALID_ON(t, day) " " t ".valid_from_day<=" day " AND " t ".valid_to_day>" day " "
#define NOW_ON(t, day) AS_KNOWN_NOW(t) "AND" VALID_ON(t, day)

/* A change of one fact. */
typedef struct {
	gint64 from_day, to_day; /* valid, half-open */
	gint64 now_ms;           /* when it is recorded */
	gint64 today;            /* the local day of now_ms: nothing after it is judged yet */
	const char *source;      /* why: number of the decree, name of the file; may be NULL */
} Change;

/* What history has to know of a table; made by HISTORY_TABLE() at file scope. */
typedef struct {
	const char *name;
	const char *key_columns; /* "person, unit" */
	const char *types;       /* of the value columns, as in sql.h: i or t */
	const char *overlaps;    /* $1 from, $2 to, key from $3 */
	const char *forget;      /* $1 now, $2 valid_from, key from $3 */
	const char *close;       /* the same */
	const char *insert;      /* $1 from, $2 to, $3 recorded, then key, then values */
} HistoryTable;

/* keys "person" | match "person=$3" | insert_params "$4" for the key and on for the values. */
#define HISTORY_TABLE(table, keys, match, values, value_types, insert_params)                      \
	{                                                                                              \
		.name = table,                                                                             \
		.key_columns = keys,                                                                       \
		.types = value_types,                                                                      \
		.overlaps =                                                                                \
			"SELECT valid_from_day, valid_to_day, recorded_from_ms, " values " FROM " table        \
			" WHERE recorded_to_ms IS NULL AND valid_from_day<$2 AND valid_to_day>$1"              \
			" AND " match " ORDER BY valid_from_day",                                              \
		.forget = "DELETE FROM " table " WHERE recorded_to_ms IS NULL AND recorded_from_ms=$1"     \
				  " AND valid_from_day=$2 AND " match,                                             \
		.close = "UPDATE " table " SET recorded_to_ms=$1"                                          \
				 " WHERE recorded_to_ms IS NULL AND valid_from_day=$2 AND " match,                 \
		.insert = "INSERT INTO " table " (valid_from_day, valid_to_day, recorded_from_ms, " keys   \
				  ", " values ")"                                                                  \
				  " VALUES ($1,$2,$3," insert_params ")",                                          \
	}

/* Grows in the transaction of every change to a fact that more than one person shares: what was
 * read of such facts holds while it stands still. */
gboolean history_generation(Sql *sql, gint64 *generation, GError **error);

#define HISTORY_KEYS_MAX 2
#define HISTORY_VALUES_MAX 24

typedef struct {
	gint64 integer;   /* for type i */
	gboolean is_null; /* for type i */
	const char *text; /* for type t; NULL: null */
} HistoryValue;

/* From `change->from_day` up to `to_day` the key has these values, whatever was known before.
 * `changed` (may be NULL) is FALSE when that was known already: nothing is written then.  In the
 * caller's transaction. */
gboolean history_set(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
					 const HistoryValue *values, const Change *change, gboolean *changed,
					 GError **error);
/* In that time there is no fact. */
gboolean history_clear(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
					   const Change *change, gboolean *changed, GError **error);
