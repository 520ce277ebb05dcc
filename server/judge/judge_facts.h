/*
 * Loads what day_judge() needs to know, as known now.  What many people share (a unit's hours,
 * holidays, orders, places on a day) is read once while no such fact changes (history_generation());
 * what concerns one person, once for a span of days.
 */
#pragma once

#include "server/rules/day.h"
#include "server/store/sql.h"

typedef struct JudgeFacts JudgeFacts;
JudgeFacts *judge_facts_new(Sql *sql, gint64 utc_offset_min);
void judge_facts_free(JudgeFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JudgeFacts, judge_facts_free)

/* At the beginning of every transaction: forgets what may have changed since. */
gboolean judge_facts_begin(JudgeFacts *facts, GError **error);
/* The days of [from_day, to_day) of a person will be asked for next, within this transaction. */
gboolean judge_facts_read(JudgeFacts *facts, gint64 person, gint64 from_day, gint64 to_day,
						  GError **error);
/* Within a transaction.  The texts and arrays of `out` are borrowed until the next
 * judge_facts_load(), _read() or _begin(). */
gboolean judge_facts_load(JudgeFacts *facts, gint64 person, gint64 day, gint64 now_ms,
						  DayFacts *out, GError **error);

/* Would a leave take a working day of the person?  Not on a day off, a holiday, cuti bersama, before
 * or after service; also of days to come. `common` (may be NULL): it is cuti bersama, and the person
 * has to work all the same. */
gboolean judge_facts_works(JudgeFacts *facts, gint64 person, gint64 day, gboolean *works,
						   gboolean *common, GError **error);
