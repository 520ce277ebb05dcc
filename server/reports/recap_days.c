/* Whence the days of a recap: of a locked month from what was locked, else from the verdicts of now. */
#include "server/reports/recap_private.h"
#include "server/rules/month.h"
#include "server/store/month/month_lines.h"
#include "server/store/people/units.h"

/* A person's days of the month; texts of `texts`. */
typedef struct {
	Recap *recap;
	GStringChunk *texts;
	Verdict days[RECAP_DAYS_MAX];
	gboolean has[RECAP_DAYS_MAX];
} Month;

static const char *keep(const Month *month, const char *text)
{
	return text == NULL ? NULL : g_string_chunk_insert(month->texts, text);
}

static gboolean find_unit(const Recap *recap, const char *code, gint64 *unit, GError **error)
{
	*unit = 0;
	return code[0] == '\0' || units_find(recap->sql, code, FALSE, unit, error);
}

static gboolean take_line(Month *month, const MonthLine *line, GError **error)
{
	gint64 i = line->day - month->recap->query.from_day, unit;
	if (i < 0 || i >= (gint64)recap_n_days(month->recap))
		return TRUE;
	if (!find_unit(month->recap, line->unit, &unit, error))
		return FALSE;
	month->has[i] = TRUE;
	month->days[i] = (Verdict){.person = month->recap->person->person,
							   .day = line->day,
							   .codes = keep(month, line->codes),
							   .state = keep(month, line->state),
							   .late_min = line->late_min,
							   .early_min = line->early_min,
							   .in_ms = line->in_ms,
							   .out_ms = line->out_ms,
							   .unit = unit,
							   .trial = line->trial,
							   .reasons = keep(month, line->reasons),
							   .deduction_bp = line->deduction_bp,
							   .pp94_min = line->pp94_min,
							   .pp94_days = line->pp94_days,
							   .conflict = line->conflict};
	return TRUE;
}

static gboolean read_locked(Month *month, GError **error)
{
	const MonthFilter filter = {.month_day = month_start(month->recap->query.from_day),
								.person = month->recap->person->person};
	MonthPersonDay one;
	SqlStep step = SQL_FAILED;
	g_autoptr(MonthLineCursor) lines = month_lines_list(month->recap->sql, &filter, error);
	while (lines != NULL && (step = month_lines_next(lines, &one, error)) == SQL_ROW)
		if (!take_line(month, &one.line, error))
			return FALSE;
	return step == SQL_DONE;
}

static VerdictCursor *open_verdicts(const Recap *recap, gboolean reasons, GError **error)
{
	VerdictCursor *cursor = verdicts_of_person(recap->sql, recap->person->person,
											   recap->query.from_day, recap->query.to_day, error);
	if (cursor != NULL && !reasons)
		verdict_cursor_brief(cursor);
	return cursor;
}

/* Those of a month that is open: a unit's of this person, or of all. */
static gboolean read_open(Month *month, gboolean reasons, GError **error)
{
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	g_autoptr(VerdictCursor) cursor = open_verdicts(month->recap, reasons, error);
	while (cursor != NULL && (step = verdicts_next(cursor, &verdict, error)) == SQL_ROW) {
		gint64 i = verdict.day - month->recap->query.from_day;
		if (month->has[i])
			continue;
		month->has[i] = TRUE;
		month->days[i] = verdict;
		month->days[i].codes = keep(month, verdict.codes);
		month->days[i].state = keep(month, verdict.state);
		month->days[i].reasons = keep(month, verdict.reasons);
	}
	return step == SQL_DONE;
}

static gboolean each_of_both(Recap *recap, gboolean reasons, RecapTakeDay take, gpointer user,
							 GError **error)
{
	g_autofree Month *month = g_new0(Month, 1);
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	month->recap = recap;
	month->texts = texts;
	if (!read_locked(month, error) || !read_open(month, reasons, error))
		return FALSE;
	for (gsize i = 0; i < recap_n_days(recap); i++)
		if (month->has[i])
			take(recap, &month->days[i], user);
	return TRUE;
}

gboolean recap_each_day(Recap *recap, gboolean reasons, RecapTakeDay take, gpointer user,
						GError **error)
{
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	if (recap->locked)
		return each_of_both(recap, reasons, take, user, error);
	g_autoptr(VerdictCursor) cursor = open_verdicts(recap, reasons, error);
	while (cursor != NULL && (step = verdicts_next(cursor, &verdict, error)) == SQL_ROW)
		take(recap, &verdict, user);
	return step == SQL_DONE;
}
