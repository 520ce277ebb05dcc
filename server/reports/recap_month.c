/* What the lock of months says in a recap: where this month stands, and what became known of earlier ones. */
#include "server/reports/recap_private.h"
#include "server/rules/calendar.h"
#include "server/rules/month.h"
#include "server/store/month/month_lines.h"
#include "server/store/month/months.h"

static void difference_free(gpointer data)
{
	RecapDifference *difference = data;
	g_string_free(difference->note, TRUE);
	g_free(difference->name);
	g_free(difference);
}

/* ── where the month stands ── */

gboolean recap_month_unit(const Recap *recap, gint64 unit, gint64 *month_unit, GError **error)
{
	gint64 day = recap->query.to_day - 1;
	gboolean province = unit == 0;
	*month_unit = 0;
	if (unit != 0 && !recap->query.own &&
		!recap_is_province(recap->sql, unit, day, &province, error))
		return FALSE;
	return province || months_unit_of(recap->sql, unit, day, month_unit, error);
}

/* Of the last such step. */
static gboolean say_lock(const Recap *recap, gint64 month_unit, GString *out, GError **error)
{
	g_autoptr(GPtrArray) steps = months_steps(recap->sql, month_unit, recap->query.from_day, error);
	const MonthStepRow *lock = NULL;
	for (guint i = 0; steps != NULL && i < steps->len; i++) {
		const MonthStepRow *step = steps->pdata[i];
		lock = step->step == MONTH_LOCK ? step : lock;
	}
	if (lock == NULL)
		return steps != NULL;
	g_string_append_c(out, ' ');
	calendar_words_date(out, calendar_day(lock->at_ms, recap->query.utc_offset_min), FALSE);
	g_string_append(out, ", hash kunci ");
	for (gsize i = 0; i < sizeof lock->hash; i++)
		g_string_append_printf(out, "%02x", lock->hash[i]);
	return TRUE;
}

static gboolean say_province(const Recap *recap, GString *out, GError **error)
{
	g_autoptr(GPtrArray) months = months_list(recap->sql, 0, recap->query.from_day, error);
	guint n = 0;
	for (guint i = 0; months != NULL && i < months->len; i++)
		n += ((const MonthRow *)months->pdata[i])->state >= MONTH_LOCKED;
	if (months == NULL)
		return FALSE;
	g_string_append_printf(out, "%s, %u dari %u unit sudah dikunci",
						   n > 0 && n == months->len ? "Dikunci" : "Sementara", n, months->len);
	return TRUE;
}

gboolean recap_say_state(const Recap *recap, gint64 unit, GString *out, GError **error)
{
	static const char *const words[N_MONTH_STATES] = {"Sementara", "Diajukan", "Ditandatangani",
													  "Dikunci", "Dikunci dan dibayarkan"};
	MonthState state = MONTH_OPEN;
	gint64 month_unit;
	if (!recap_month_unit(recap, unit, &month_unit, error))
		return FALSE;
	if (month_unit == 0)
		return say_province(recap, out, error);
	if (!months_state(recap->sql, month_unit, recap->query.from_day, &state, error))
		return FALSE;
	g_string_append(out, words[state]);
	return state < MONTH_LOCKED || say_lock(recap, month_unit, out, error);
}

gboolean recap_find_locked(Sql *sql, const RecapQuery *query, gboolean *locked, GError **error)
{
	gint64 from_day, to_day;
	*locked = FALSE;
	if (!months_locked_range(sql, &from_day, &to_day, error))
		return FALSE;
	*locked = from_day < query->to_day && to_day > query->from_day;
	return TRUE;
}

/* ── what became known of earlier months ── */

static gint64 deduction_of(gboolean there, const MonthLine *line)
{
	return there && !line->trial ? line->deduction_bp : 0;
}

static RecapDifference *difference_of(Recap *recap, const MonthDifference *row)
{
	RecapDifference *known = g_hash_table_lookup(recap->differences, &row->person);
	if (known != NULL)
		return known;
	known = g_new0(RecapDifference, 1);
	known->person = row->person;
	known->unit = row->unit;
	known->name = g_strdup(row->name);
	known->note = g_string_new(NULL);
	g_hash_table_insert(recap->differences, &known->person, known);
	return known;
}

/* "12 Februari 2025: TK menjadi CS (-4,00)". */
static void take_difference(Recap *recap, const MonthDifference *row)
{
	char percent[REPORT_HUNDREDTHS_SIZE];
	RecapDifference *difference = difference_of(recap, row);
	gint64 bp =
		deduction_of(row->has_after, &row->after) - deduction_of(row->has_before, &row->before);
	if (difference->note->len > 0)
		g_string_append(difference->note, "; ");
	calendar_words_date(difference->note, row->day, FALSE);
	report_hundredths(bp, ',', percent);
	g_string_append_printf(difference->note, ": %s menjadi %s (%s)",
						   row->has_before ? row->before.codes : "-",
						   row->has_after ? row->after.codes : "-", percent);
	difference->bp += bp;
}

/* Who has only differences here stands at the end of the list. */
static gboolean add_leaver(Recap *recap, const RecapDifference *difference, GError **error)
{
	GArray *people = recap->people->people;
	for (guint i = 0; i < people->len; i++)
		if (g_array_index(people, RecapPerson, i).person == difference->person)
			return TRUE;
	RecapPerson row = {.person = difference->person};
	row.name = g_string_chunk_insert(recap->people->texts,
									 difference->name == NULL ? "" : difference->name);
	row.unit = recap_people_unit(recap->sql, recap->people, difference->unit,
								 recap->query.to_day - 1, error);
	if (row.unit == NULL)
		return FALSE;
	g_array_append_val(people, row);
	return TRUE;
}

gboolean recap_load_differences(Recap *recap, GError **error)
{
	const RecapQuery *query = &recap->query;
	MonthFilter filter = {.month_day = query->from_day, .person = query->person};
	MonthDifference row;
	SqlStep step = SQL_FAILED;
	recap->differences = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, difference_free);
	if (query->kind != RECAP_DEDUCTIONS)
		return TRUE;
	if (!recap_month_unit(recap, query->unit, &filter.unit, error))
		return FALSE;
	recap->whole_month = filter.unit == 0 || filter.unit == query->unit;
	g_autoptr(MonthDifferenceCursor) cursor =
		month_differences_list(recap->sql, &filter, FALSE, error);
	while (cursor != NULL && (step = month_differences_next(cursor, &row, error)) == SQL_ROW)
		take_difference(recap, &row);
	if (step != SQL_DONE)
		return FALSE;
	GHashTableIter each;
	gpointer difference;
	g_hash_table_iter_init(&each, recap->differences);
	while (recap->whole_month && (query->text == NULL || query->text[0] == '\0') &&
		   g_hash_table_iter_next(&each, NULL, &difference))
		if (!add_leaver(recap, difference, error))
			return FALSE;
	return TRUE;
}
