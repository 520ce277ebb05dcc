#include "server/judge/judge.h"

#include <string.h>

#include "server/judge/judge_explain.h"
#include "server/judge/judge_facts.h"
#include "server/rules/calendar.h"
#include "server/rules/reason.h"
#include "server/store/month/month_frozen.h"
#include "server/store/month/month_units.h"
#include "server/store/month/months.h"
#include "server/store/time/marks.h"
#include "server/store/time/verdict_writer.h"
#include "server/store/time/verdicts.h"

/* The longest that a batch holds the write lock (decision 15). */
#define BATCH_US (50 * 1000)
#define TAKE_AT_ONCE 32
#define SPANS_AT_ONCE 4
#define BEGIN_AT_ONCE 500 /* people marked at once when days begin */

struct Judge {
	Sql *sql;
	gint64 utc_offset_min;
	JudgeFacts *facts;
	GArray *known; /* VerdictKnown: of the person in hand */
	VerdictWriter *writer;
	JudgeChanged changed;
	gpointer user;
	gboolean time_came;                    /* days to begin, or verdicts due */
	gint64 locked_from_day, locked_to_day; /* half-open; between them are locked months */
	MonthUnits *units;
};

Judge *judge_new(Sql *sql, gint64 utc_offset_min, JudgeChanged changed, gpointer user)
{
	Judge *judge = g_new0(Judge, 1);
	judge->sql = sql;
	judge->utc_offset_min = utc_offset_min;
	judge->facts = judge_facts_new(sql, utc_offset_min);
	judge->known = g_array_new(FALSE, FALSE, sizeof(VerdictKnown));
	judge->writer = verdict_writer_new(sql);
	judge->units = month_units_new(sql);
	judge->changed = changed;
	judge->user = user;
	judge_explain(sql, utc_offset_min);
	return judge;
}

void judge_free(Judge *judge)
{
	if (judge == NULL)
		return;
	judge_facts_free(judge->facts);
	g_array_unref(judge->known);
	verdict_writer_free(judge->writer);
	month_units_free(judge->units);
	g_free(judge);
}

/* ── One person-day ── */

/* A verdict as it is stored, and what it borrows from. */
typedef struct {
	DayFacts facts;
	DayVerdict day;
	char codes[DAY_CODES_SIZE];
	char hash[DAY_HASH_SIZE];
	Verdict verdict; /* without reasons; empty when day.state is DAY_NONE */
} Judged;

static gboolean compute(Judge *judge, PersonId person, gint64 day, gint64 now_ms, Judged *out,
						GError **error)
{
	if (!judge_facts_load(judge->facts, person, day, now_ms, &out->facts, error))
		return FALSE;
	day_judge(&out->facts, &out->day);
	if (out->day.state == DAY_NONE) {
		out->verdict = (Verdict){0};
		return TRUE;
	}
	day_codes_write(&out->day, out->codes);
	day_hash_of(&out->day, out->hash);
	out->verdict = (Verdict){.person = person,
							 .day = day,
							 .codes = out->codes,
							 .state = day_state_text(out->day.state),
							 .late_min = out->day.late_min,
							 .early_min = out->day.early_min,
							 .in_ms = out->day.in_ms,
							 .out_ms = out->day.out_ms,
							 .unit = out->facts.unit,
							 .trial = out->day.trial,
							 .rule_version = out->day.rule_version,
							 .hash = out->hash,
							 .judged_ms = now_ms,
							 .due_ms = out->day.due_ms,
							 .due_out_ms = out->day.due_out_ms,
							 .deduction_bp = out->day.deduction_bp,
							 .pp94_min = out->day.pp94_min,
							 .pp94_days = out->day.pp94_days,
							 .conflict = out->day.conflict};
	return TRUE;
}

static gboolean store(Judge *judge, const Judged *judged, const VerdictKnown *known,
					  gboolean *changed, GError **error)
{
	if (judged->day.state != DAY_NONE)
		return verdict_writer_put(judge->writer, &judged->verdict, known, changed, error);
	*changed = known != NULL;
	return known == NULL ||
		   verdicts_remove(judge->sql, judged->facts.person, judged->facts.day, error);
}

/* ── Days of locked months ── */

/* NULL in `frozen`: the days are in no locked month. */
static gboolean load_frozen(Judge *judge, PersonId person, gint64 from_day, gint64 to_day,
							MonthFrozen **frozen, GError **error)
{
	*frozen = NULL;
	if (from_day >= judge->locked_to_day || to_day <= judge->locked_from_day)
		return TRUE;
	*frozen = month_frozen_load(judge->sql, person, from_day, to_day, error);
	return *frozen != NULL;
}

/* The verdict as a month's line, with the words of its reasons in `words`. */
static gboolean line_of(Judge *judge, const Judged *judged, char **words, MonthLine *line,
						GError **error)
{
	const char *unit = month_units_code(judge->units, judged->verdict.unit, error);
	if (unit == NULL)
		return FALSE;
	*words = reasons_json(judged->day.reasons, judged->day.n_reasons, judge->utc_offset_min);
	month_line_of(&judged->verdict, unit, *words, line);
	return TRUE;
}

/* What was locked stays; what differs is a line of a later month. */
static gboolean settle(Judge *judge, MonthFrozen *frozen, gint64 month_unit, const Judged *judged,
					   const VerdictKnown *known, gint64 now_ms, gboolean *changed, GError **error)
{
	MonthLine line;
	g_autofree char *words = NULL;
	gboolean is_none = judged->day.state == DAY_NONE;
	gint64 day = judged->facts.day;
	if ((!is_none && !line_of(judge, judged, &words, &line, error)) ||
		!month_frozen_settle(frozen, day, month_unit, is_none ? NULL : &line,
							 calendar_day(now_ms, judge->utc_offset_min), now_ms, changed, error))
		return FALSE;
	if (known == NULL)
		return TRUE;
	if (!month_frozen_was_locked(frozen, day))
		return verdicts_remove(judge->sql, judged->facts.person, day, error);
	/* Only when to look again. */
	gboolean same = FALSE;
	const Verdict due = {.person = judged->facts.person,
						 .day = day,
						 .unit = known->unit,
						 .hash = known->hash,
						 .due_ms = judged->verdict.due_ms};
	return verdicts_put(judge->sql, &due, known, &same, error);
}

static gboolean settle_or_store(Judge *judge, MonthFrozen *frozen, const Judged *judged,
								const VerdictKnown *known, gint64 now_ms, gboolean *changed,
								GError **error)
{
	gint64 month_unit = 0, day = judged->facts.day;
	gint64 unit = judged->day.state == DAY_NONE ? 0 : judged->facts.unit;
	if (frozen != NULL && !month_frozen_holds(frozen, day, unit, &month_unit, error))
		return FALSE;
	if (month_unit != 0)
		return settle(judge, frozen, month_unit, judged, known, now_ms, changed, error);
	return (frozen == NULL || month_frozen_release(frozen, day, error)) &&
		   store(judge, judged, known, changed, error);
}

static gboolean judge_day(Judge *judge, PersonId person, gint64 day, gint64 now_ms,
						  const VerdictKnown *known, MonthFrozen *frozen, GArray *changed,
						  GError **error)
{
	Judged judged;
	gboolean new = FALSE;
	if (!compute(judge, person, day, now_ms, &judged, error))
		return FALSE;
	if (!settle_or_store(judge, frozen, &judged, known, now_ms, &new, error)) {
		g_prefix_error(error, "person %" G_GINT64_FORMAT ", day %" G_GINT64_FORMAT ": ", person,
					   day);
		return FALSE;
	}
	VerdictKey key = {person, day};
	if (new)
		g_array_append_val(changed, key);
	return TRUE;
}

/* The days of [from_day, to_day) that have begun; of the others nothing is stored. */
static gboolean judge_days(Judge *judge, PersonId person, gint64 from_day, gint64 to_day,
						   gint64 now_ms, GArray *changed, GError **error)
{
	gint64 end_day = MIN(to_day, calendar_day(now_ms, judge->utc_offset_min) + 1);
	guint i = 0;
	g_autoptr(MonthFrozen) frozen = NULL;
	g_array_set_size(judge->known, 0);
	if (from_day >= end_day)
		return TRUE;
	verdict_writer_begin(judge->writer);
	if (!load_frozen(judge, person, from_day, end_day, &frozen, error) ||
		!verdicts_known(judge->sql, person, from_day, end_day, judge->known, error) ||
		!judge_facts_read(judge->facts, person, from_day, end_day, error))
		return FALSE;
	for (gint64 day = from_day; day < end_day; day++) {
		const VerdictKnown *known =
			i < judge->known->len ? &g_array_index(judge->known, VerdictKnown, i) : NULL;
		if (known != NULL && known->day == day)
			i++;
		else
			known = NULL;
		if (!judge_day(judge, person, day, now_ms, known, frozen, changed, error))
			return FALSE;
	}
	return verdict_writer_flush(judge->writer, error);
}

/* ── What a batch is made of; `more`: there may be more of the kind ── */

typedef gboolean (*ClearMark)(Sql *sql, const Mark *mark, GError **error);

static gboolean judge_marks(Judge *judge, const GArray *marks, ClearMark clear, gint64 now_ms,
							GArray *changed, GError **error)
{
	for (guint i = 0; i < marks->len; i++) {
		const Mark *mark = &g_array_index(marks, Mark, i);
		if (!judge_days(judge, mark->person, mark->from_day, mark->to_day, now_ms, changed,
						error) ||
			!clear(judge->sql, mark, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean judge_due(Judge *judge, gint64 now_ms, GArray *changed, gboolean *more,
						  GError **error)
{
	g_autoptr(GArray) due = NULL;
	if (!verdicts_due(judge->sql, now_ms, TAKE_AT_ONCE, &due, error))
		return FALSE;
	for (guint i = 0; i < due->len; i++) {
		const VerdictKey *key = &g_array_index(due, VerdictKey, i);
		if (!judge_days(judge, key->person, key->day, key->day + 1, now_ms, changed, error))
			return FALSE;
	}
	*more = due->len == TAKE_AT_ONCE;
	return TRUE;
}

typedef struct {
	gint64 begun_day, beginning_day;
	PersonId person;
} Begun;

static gboolean load_begun(Judge *judge, Begun *begun, GError **error)
{
	*begun = (Begun){.begun_day = G_MININT64 / 2, .beginning_day = G_MININT64 / 2};
	g_autoptr(SqlStatement) row =
		sql_query(judge->sql, error,
				  "SELECT begun_day, beginning_day, person FROM judge_state WHERE id=1", "");
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW)
		*begun = (Begun){sql_int(row, 0), sql_int(row, 1), sql_int(row, 2)};
	return step != SQL_FAILED;
}

static gboolean save_begun(Judge *judge, const Begun *begun, GError **error)
{
	return sql_run(judge->sql, error,
				   "INSERT INTO judge_state (id, begun_day, beginning_day, person)"
				   " VALUES (1,$1,$2,$3) ON CONFLICT (id) DO UPDATE SET"
				   " begun_day=excluded.begun_day, beginning_day=excluded.beginning_day,"
				   " person=excluded.person",
				   "iii", begun->begun_day, begun->beginning_day, begun->person);
}

/* Marks some more people for the days that have begun. */
static gboolean begin_days(Judge *judge, gint64 now_ms, gboolean *more, GError **error)
{
	gint64 today = calendar_day(now_ms, judge->utc_offset_min), first = 0;
	Begun begun;
	*more = FALSE;
	if (!load_begun(judge, &begun, error) || !marks_first_day(judge->sql, &first, error))
		return FALSE;
	if (begun.begun_day >= today)
		return TRUE;
	if (begun.beginning_day == begun.begun_day) {
		begun.beginning_day = today;
		begun.person = 0;
	}
	gint64 from = MAX(begun.begun_day + 1, first), to = begun.beginning_day + 1;
	PersonId last = 0;
	if (from < to && !mark_people(judge->sql, from, to, begun.person, BEGIN_AT_ONCE, &last, error))
		return FALSE;
	begun.person = last;
	if (last == 0)
		begun.begun_day = begun.beginning_day;
	*more = begun.begun_day < today;
	return save_begun(judge, &begun, error);
}

/* ── Batches ── */

/* What time has changed: verdicts that are due, then days that begin. */
static gboolean judge_time(Judge *judge, gint64 now_ms, GArray *changed, GError **error)
{
	gboolean more = FALSE;
	if (!judge_due(judge, now_ms, changed, &more, error))
		return FALSE;
	if (!more && !begin_days(judge, now_ms, &more, error))
		return FALSE;
	judge->time_came = more;
	return TRUE;
}

/* What somebody waits for first, then what time has changed, then the rest. */
static gboolean judge_some(Judge *judge, gint64 now_ms, GArray *changed, gboolean *more,
						   GError **error)
{
	g_autoptr(GArray) urgent = NULL, spans = NULL;
	*more = TRUE;
	if (!marks_take_urgent(judge->sql, TAKE_AT_ONCE, &urgent, error))
		return FALSE;
	if (urgent->len > 0)
		return judge_marks(judge, urgent, marks_clear_urgent, now_ms, changed, error);
	if (judge->time_came)
		return judge_time(judge, now_ms, changed, error);
	if (!marks_take_spans(judge->sql, SPANS_AT_ONCE, &spans, error))
		return FALSE;
	*more = spans->len > 0;
	return judge_marks(judge, spans, marks_clear_span, now_ms, changed, error);
}

static gboolean judge_batch(Judge *judge, gint64 now_ms, GArray *changed, gboolean *more,
							GError **error)
{
	gint64 end_us = g_get_monotonic_time() + BATCH_US;
	do {
		if (!judge_some(judge, now_ms, changed, more, error))
			return FALSE;
	} while (*more && g_get_monotonic_time() < end_us);
	return TRUE;
}

static void tell_changed(Judge *judge, const GArray *changed)
{
	for (guint i = 0; judge->changed != NULL && i < changed->len; i++) {
		const VerdictKey *key = &g_array_index(changed, VerdictKey, i);
		judge->changed(key->person, key->day, judge->user);
	}
}

/* Without the write lock: mostly there is nothing to do. */
static gboolean anything_to_do(Judge *judge, gboolean *any, GError **error)
{
	if (!marks_any(judge->sql, any, error))
		return FALSE;
	*any |= judge->time_came;
	return TRUE;
}

static gboolean run_batch(Judge *judge, gint64 now_ms, gboolean *more, GError **error)
{
	g_autoptr(GArray) changed = g_array_new(FALSE, FALSE, sizeof(VerdictKey));
	if (!sql_begin(judge->sql, error) || !months_take_turn(judge->sql, FALSE, error) ||
		!months_locked_range(judge->sql, &judge->locked_from_day, &judge->locked_to_day, error) ||
		!judge_facts_begin(judge->facts, error) ||
		!judge_batch(judge, now_ms, changed, more, error) || !sql_commit(judge->sql, error)) {
		sql_rollback(judge->sql);
		return FALSE;
	}
	tell_changed(judge, changed);
	return TRUE;
}

gboolean judge_step(Judge *judge, gint64 now_ms, gboolean *more, GError **error)
{
	gboolean any = FALSE;
	*more = FALSE;
	if (anything_to_do(judge, &any, error) && (!any || run_batch(judge, now_ms, more, error)))
		return TRUE;
	/* What was undone must be looked for again. */
	judge->time_came = TRUE;
	g_prefix_error(error, "judge: ");
	return FALSE;
}

gboolean judge_all(Judge *judge, gint64 now_ms, GError **error)
{
	gboolean more = FALSE;
	do {
		if (!judge_step(judge, now_ms, &more, error))
			return FALSE;
	} while (more);
	return TRUE;
}

gboolean judge_tick(Judge *judge, gint64 now_ms, GError **error)
{
	Begun begun;
	gint64 due_ms = 0;
	if (!load_begun(judge, &begun, error) || !verdicts_next_due(judge->sql, &due_ms, error)) {
		g_prefix_error(error, "judge: ");
		return FALSE;
	}
	if (begun.begun_day < calendar_day(now_ms, judge->utc_offset_min) ||
		(due_ms != 0 && due_ms <= now_ms))
		judge->time_came = TRUE;
	return TRUE;
}

gboolean judge_compute_begin(Judge *judge, GError **error)
{
	g_assert(sql_in_transaction(judge->sql));
	return judge_facts_begin(judge->facts, error);
}

gboolean judge_compute(Judge *judge, PersonId person, gint64 from_day, gint64 to_day, gint64 now_ms,
					   JudgeSees sees, gpointer user, GError **error)
{
	DayFacts facts;
	DayVerdict verdict;
	if (!judge_facts_read(judge->facts, person, from_day, to_day, error))
		return FALSE;
	for (gint64 day = from_day; day < to_day; day++) {
		if (!judge_facts_load(judge->facts, person, day, now_ms, &facts, error))
			return FALSE;
		day_judge(&facts, &verdict);
		if (verdict.state != DAY_NONE)
			sees(day, &verdict, user);
	}
	return TRUE;
}

/* Beside what the facts give now. */
static gboolean compare_fresh(Judge *judge, PersonId person, gint64 day, gint64 now_ms,
							  const Verdict *stored, JudgeCompares compares, gpointer user,
							  GError **error)
{
	Judged judged;
	if (!compute(judge, person, day, now_ms, &judged, error))
		return FALSE;
	const Verdict *fresh = judged.day.state != DAY_NONE ? &judged.verdict : NULL;
	if (stored != NULL || fresh != NULL)
		compares(day, stored, fresh, user);
	return TRUE;
}

gboolean judge_compare(Judge *judge, PersonId person, gint64 from_day, gint64 to_day, gint64 now_ms,
					   JudgeCompares compares, gpointer user, GError **error)
{
	gint64 end_day = MIN(to_day, calendar_day(now_ms, judge->utc_offset_min) + 1);
	Verdict stored = {0};
	g_assert(sql_in_transaction(judge->sql));
	if (from_day >= end_day)
		return TRUE;
	if (!judge_facts_begin(judge->facts, error) ||
		!judge_facts_read(judge->facts, person, from_day, end_day, error))
		return FALSE;
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(judge->sql, person, from_day, end_day, error);
	if (rows != NULL)
		verdict_cursor_brief(rows);
	SqlStep step = rows != NULL ? verdicts_next(rows, &stored, error) : SQL_FAILED;
	for (gint64 day = from_day; step != SQL_FAILED && day < end_day; day++) {
		gboolean known = step == SQL_ROW && stored.day == day;
		if (!compare_fresh(judge, person, day, now_ms, known ? &stored : NULL, compares, user,
						   error))
			return FALSE;
		if (known)
			step = verdicts_next(rows, &stored, error);
	}
	return step != SQL_FAILED;
}

/* ── The check against a full recomputation ── */

typedef struct {
	JudgeDiffers differs;
	gpointer user;
	JudgeCheck *out;
} Comparison;

static char *describe(const Verdict *verdict)
{
	return g_strdup_printf(
		"%s (%s) late %" G_GINT64_FORMAT " early %" G_GINT64_FORMAT " in %" G_GINT64_FORMAT
		" out %" G_GINT64_FORMAT " unit %" G_GINT64_FORMAT " due %" G_GINT64_FORMAT " hash %.8s",
		verdict->codes, verdict->state, verdict->late_min, verdict->early_min, verdict->in_ms,
		verdict->out_ms, verdict->unit, verdict->due_ms, verdict->hash);
}

/* (transfer full); "none" when there is no verdict. */
static char *describe_stored(Judge *judge, PersonId person, gint64 day, GError **error)
{
	g_autoptr(VerdictCursor) rows = verdicts_of_person(judge->sql, person, day, day + 1, error);
	Verdict stored;
	if (rows == NULL)
		return NULL;
	verdict_cursor_brief(rows);
	switch (verdicts_next(rows, &stored, error)) {
	case SQL_ROW:
		return describe(&stored);
	case SQL_DONE:
		return g_strdup("none");
	case SQL_FAILED:
	default:
		return NULL;
	}
}

static gboolean is_marked(Judge *judge, PersonId person, gint64 day, gint64 now_ms,
						  gboolean *marked, GError **error)
{
	gint64 n = 0;
	if (!marks_hold(judge->sql, person, day, marked, error) ||
		!sql_get_int(judge->sql, &n, 0, error,
					 "SELECT count(*) FROM verdict WHERE person=$1 AND day=$2 AND due_ms<=$3",
					 "iii", person, day, now_ms))
		return FALSE;
	*marked |= n > 0;
	return TRUE;
}

/* Is the day of a locked month, and are what was locked and the lines since what the facts say? */
static gboolean compare_locked(Judge *judge, MonthFrozen *frozen, const Judged *judged,
							   gboolean *locked, gboolean *same, GError **error)
{
	MonthLine line;
	gint64 month_unit = 0;
	g_autofree char *words = NULL;
	gboolean is_none = judged->day.state == DAY_NONE;
	gint64 day = judged->facts.day;
	if (!month_frozen_holds(frozen, day, is_none ? 0 : judged->facts.unit, &month_unit, error) ||
		(!is_none && !line_of(judge, judged, &words, &line, error)))
		return FALSE;
	*locked = month_unit != 0;
	*same = month_frozen_accounts(frozen, day, is_none ? NULL : &line);
	return TRUE;
}

static gboolean compare_day(Judge *judge, PersonId person, gint64 day, gint64 now_ms,
							const Comparison *comparison, GError **error)
{
	Judged judged;
	gboolean marked = FALSE, locked = FALSE, same = FALSE;
	g_autoptr(MonthFrozen) frozen = NULL;
	if (!is_marked(judge, person, day, now_ms, &marked, error))
		return FALSE;
	if (marked) {
		comparison->out->n_marked++;
		return TRUE;
	}
	g_autofree char *stored = describe_stored(judge, person, day, error);
	if (stored == NULL || !load_frozen(judge, person, day, day + 1, &frozen, error) ||
		!compute(judge, person, day, now_ms, &judged, error))
		return FALSE;
	g_autofree char *fresh =
		judged.day.state == DAY_NONE ? g_strdup("none") : describe(&judged.verdict);
	if (frozen != NULL && !compare_locked(judge, frozen, &judged, &locked, &same, error))
		return FALSE;
	comparison->out->n_compared++;
	if (locked ? same : strcmp(stored, fresh) == 0)
		return TRUE;
	comparison->out->n_different++;
	if (comparison->differs != NULL)
		comparison->differs(person, day, stored, fresh, comparison->user);
	return TRUE;
}

/* One person in one transaction: nothing moves meanwhile, and nobody waits long. */
static gboolean compare_person(Judge *judge, PersonId person, gint64 from_day, gint64 to_day,
							   gint64 now_ms, const Comparison *comparison, GError **error)
{
	if (!sql_begin(judge->sql, error))
		return FALSE;
	gboolean done =
		months_locked_range(judge->sql, &judge->locked_from_day, &judge->locked_to_day, error) &&
		judge_facts_begin(judge->facts, error) &&
		judge_facts_read(judge->facts, person, from_day, to_day, error);
	for (gint64 day = from_day; done && day < to_day; day++)
		done = compare_day(judge, person, day, now_ms, comparison, error);
	sql_rollback(judge->sql);
	return done;
}

/* Everybody, and whoever has a verdict without being anybody. */
static gboolean list_people(Judge *judge, GArray *people, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		judge->sql, error, "SELECT id FROM person UNION SELECT person FROM verdict ORDER BY 1", "");
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(people, person);
	}
	return step == SQL_DONE;
}

gboolean judge_check(Judge *judge, gint64 from_day, gint64 to_day, gint64 now_ms,
					 JudgeDiffers differs, gpointer user, JudgeCheck *out, GError **error)
{
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(PersonId));
	const Comparison comparison = {differs, user, out};
	*out = (JudgeCheck){0};
	if (!list_people(judge, people, error))
		return FALSE;
	for (guint i = 0; i < people->len; i++) {
		if (!compare_person(judge, g_array_index(people, PersonId, i), from_day, to_day, now_ms,
							&comparison, error)) {
			g_prefix_error(error, "judge check: ");
			return FALSE;
		}
	}
	return TRUE;
}
