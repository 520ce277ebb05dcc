/*
 * Judging: takes marked person-days, loads their facts as known now, and writes verdict, reasons
 * and the cleared mark in one transaction of at most about 50 ms.  It runs in the core role, on the
 * core's own connection, between other work.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/day.h"
#include "server/store/sql.h"
#include "server/store/time/verdicts.h"

/* After the commit of its batch, once per day whose verdict is new. */
typedef void (*JudgeChanged)(PersonId person, gint64 day, gpointer user);

typedef struct Judge Judge;
/* Borrows `sql` until judge_free(). `changed` may be NULL. */
Judge *judge_new(Sql *sql, gint64 utc_offset_min, JudgeChanged changed, gpointer user);
void judge_free(Judge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Judge, judge_free)

/* Looks whether time alone has changed something: a local day has begun, a window has passed.  Cheap;
 * call it at least once a minute.  The work itself is done by judge_step(). */
gboolean judge_tick(Judge *judge, gint64 now_ms, GError **error);
/* One batch: punches first, then what time changed, then other marks.  `more`: call again when
 * other work is done. */
gboolean judge_step(Judge *judge, gint64 now_ms, gboolean *more, GError **error);
/* Until nothing is marked. */
gboolean judge_all(Judge *judge, gint64 now_ms, GError **error);

/* The verdicts of [from_day, to_day) from the facts alone, ascending, within a transaction; nothing is
 * written.  Days without a verdict are left out; `verdict` is borrowed. */
typedef void (*JudgeSees)(gint64 day, const DayVerdict *verdict, gpointer user);
/* Before the first person, and whenever facts were changed since: what was read of them is forgotten. */
gboolean judge_compute_begin(Judge *judge, GError **error);
gboolean judge_compute(Judge *judge, PersonId person, gint64 from_day, gint64 to_day, gint64 now_ms,
					   JudgeSees sees, gpointer user, GError **error);

/* The verdicts of [from_day, to_day) that are stored, beside those that the facts give now, ascending, within a
 * transaction; nothing is written.  NULL: there is none; days to come and days with neither are left out.  Both
 * are borrowed, without reasons. */
typedef void (*JudgeCompares)(gint64 day, const Verdict *stored, const Verdict *fresh,
							  gpointer user);
gboolean judge_compare(Judge *judge, PersonId person, gint64 from_day, gint64 to_day, gint64 now_ms,
					   JudgeCompares compares, gpointer user, GError **error);

/* Recomputes every person-day of [from_day, to_day) from the facts and compares with what is
 * stored; nothing is written.  Marked days are not compared.  For each difference `differs` is
 * called (may be NULL) with both texts: codes, minutes, times. */
typedef void (*JudgeDiffers)(PersonId person, gint64 day, const char *stored, const char *fresh,
							 gpointer user);
typedef struct {
	gint64 n_compared, n_different, n_marked;
} JudgeCheck;
gboolean judge_check(Judge *judge, gint64 from_day, gint64 to_day, gint64 now_ms,
					 JudgeDiffers differs, gpointer user, JudgeCheck *out, GError **error);
