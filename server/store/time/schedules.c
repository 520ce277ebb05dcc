#include "server/store/time/schedules.h"

#include <string.h>

#include "server/rules/settings.h"
#include "server/store/time/holidays.h"
#include "server/store/time/marks.h"
#include "server/store/time/ramadan.h"

static const HistoryTable table =
	HISTORY_TABLE("unit_schedule", "unit", "unit=$3", "pattern, source", "it", "$4,$5,$6");
static const HistoryTable rule_table = HISTORY_TABLE(
	"attendance_rule", "scope", "scope=$3",
	"version, in_before_min, out_after_min, repeat_s, band1_min, band2_min,"
	" band3_min, flex_excess, flex_unmade_late, missing_min, pp94_deducted,"
	" travel_min, day_ramadan_min, day_six_min, day_night_min,"
	" sick_unlettered_absent, death_day_judged, event_min, rest_min, week_slack_min,"
	" submit_day,"
	" source",
	"iiiiiiiiiiiiiiiiiiiiit",
	"$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26");

/* ── Patterns ── */

gboolean schedules_find_pattern(Sql *sql, const char *code, gint64 *id, GError **error)
{
	return sql_get_int(sql, id, 0, error, "SELECT id FROM work_pattern WHERE code=$1", "t", code);
}

static gboolean load_week(Sql *sql, gint64 pattern, WeekPattern *week, GError **error)
{
	*week = (WeekPattern){0};
	g_autoptr(SqlStatement) head =
		sql_query(sql, error, "SELECT grace_min, flex_min, ramadan FROM work_pattern WHERE id=$1",
				  "i", pattern);
	if (head == NULL || sql_next(head, error) != SQL_ROW)
		return FALSE;
	week->grace_min = (gint32)sql_int(head, 0);
	week->flex_min = (gint32)sql_int(head, 1);
	week->ramadan = sql_int(head, 2) != 0;
	g_autoptr(SqlStatement) days =
		sql_query(sql, error,
				  "SELECT weekday, start_min, end_min, break_min FROM work_pattern_day"
				  " WHERE pattern=$1",
				  "i", pattern);
	if (days == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(days, error)) == SQL_ROW) {
		DayPattern *day = &week->days[CLAMP(sql_int(days, 0), 0, 6)];
		day->start_min = (gint32)sql_int(days, 1);
		day->end_min = (gint32)sql_int(days, 2);
		day->break_min = (gint32)sql_int(days, 3);
	}
	return step == SQL_DONE;
}

static gboolean same_week(const WeekPattern *a, const WeekPattern *b)
{
	for (int i = 0; i < 7; i++)
		if (a->days[i].start_min != b->days[i].start_min ||
			a->days[i].end_min != b->days[i].end_min ||
			a->days[i].break_min != b->days[i].break_min)
			return FALSE;
	return a->grace_min == b->grace_min && a->flex_min == b->flex_min;
}

static gboolean insert_pattern(Sql *sql, const Pattern *pattern, gint64 *id, GError **error)
{
	const WeekPattern *week = &pattern->week;
	if (!sql_get_int(sql, id, 0, error,
					 "INSERT INTO work_pattern (id, code, name, ramadan, grace_min, flex_min)"
					 " SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5 FROM work_pattern"
					 " RETURNING id",
					 "ttiii", pattern->code, pattern->name, (gint64)pattern->ramadan,
					 (gint64)week->grace_min, (gint64)week->flex_min))
		return FALSE;
	for (gint64 i = 0; i < 7; i++) {
		const DayPattern *day = &week->days[i];
		if (day->end_min == 0)
			continue;
		if (!sql_run(sql, error,
					 "INSERT INTO work_pattern_day (pattern, weekday, start_min, end_min,"
					 " break_min) VALUES ($1,$2,$3,$4,$5)",
					 "iiiii", *id, i, (gint64)day->start_min, (gint64)day->end_min,
					 (gint64)day->break_min))
			return FALSE;
	}
	return TRUE;
}

gboolean schedules_add_pattern(Sql *sql, const Pattern *pattern, gint64 *id, gint64 *minutes,
							   GError **error)
{
	WeekPattern known;
	const char *wrong = shift_check_week(&pattern->week);
	if (wrong != NULL) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "%s", wrong);
		return FALSE;
	}
	*minutes = shift_week_minutes(&pattern->week);
	if (!schedules_find_pattern(sql, pattern->code, id, error))
		return FALSE;
	if (*id == 0)
		return insert_pattern(sql, pattern, id, error);
	if (!load_week(sql, *id, &known, error))
		return FALSE;
	if (same_week(&known, &pattern->week))
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
				"pattern '%s' has other hours already; give the new hours a new code",
				pattern->code);
	return FALSE;
}

/* ── Who follows which ── */

gboolean schedules_set(Sql *sql, gint64 unit, gint64 pattern, const Change *change,
					   gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.integer = pattern}, {.text = change->source}};
	gboolean new = FALSE;
	if (!history_set(sql, &table, &unit, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	/* The day before too: the windows of neighbouring days shape each other.  And what follows the
	 * change: its reasons say since when the hours hold. */
	return !new ||
		   mark_unit(sql, unit, change->from_day - 1, DAY_OPEN, change->today, "schedule", error);
}

/* clang-format off */
static const char nearest[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT w.id, w.name, s.valid_from_day, chain.depth FROM chain"
	" JOIN unit_schedule s ON s.unit=chain.unit AND" NOW_ON("s", "$2")
	" JOIN work_pattern w ON w.id=s.pattern ORDER BY chain.depth LIMIT 1";
/* clang-format on */

gboolean schedules_on(Sql *sql, gint64 unit, gint64 day, gint64 *id, WeekPattern *week, char **name,
					  gint64 *from_day, GError **error)
{
	*id = 0;
	g_autoptr(SqlStatement) row = sql_query(sql, error, nearest, "ii", unit, day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step != SQL_ROW)
		return step == SQL_DONE;
	Followed followed = {sql_int(row, 0), g_strdup(sql_text(row, 1)), sql_int(row, 2)};
	gint64 depth = sql_int(row, 3);
	gboolean ok = ramadan_on(sql, unit, day, depth, &followed, error) &&
				  load_week(sql, followed.pattern, week, error);
	if (ok && name != NULL)
		*name = g_steal_pointer(&followed.name);
	if (from_day != NULL)
		*from_day = followed.from_day;
	*id = followed.pattern;
	g_free(followed.name);
	return ok;
}

/* The shift of a day, holiday or not. */
static gboolean shift_on(Sql *sql, gint64 unit, gint64 day, gint64 utc_offset_min, Shift *shift,
						 gboolean *works, GError **error)
{
	gint64 id = 0;
	WeekPattern week;
	*works = FALSE;
	if (!schedules_on(sql, unit, day, &id, &week, NULL, NULL, error))
		return FALSE;
	*works = id != 0 && shift_of_day(&week, day, utc_offset_min, shift);
	return TRUE;
}

static gboolean is_holiday(Sql *sql, gint64 unit, gint64 day, gboolean *holiday, GError **error)
{
	g_autofree char *name = NULL, *kind = NULL;
	if (!holidays_on(sql, unit, day, &name, &kind, error))
		return FALSE;
	*holiday = name != NULL;
	return TRUE;
}

gboolean schedules_windows(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day,
						   gint64 utc_offset_min, GArray **windows, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(ShiftWindow));
	Shift shifts[3]; /* the day before, the day, the day after */
	gboolean works[3] = {FALSE};
	for (gint64 day = from_day - 1; day <= to_day; day++) {
		memmove(&shifts[0], &shifts[1], 2 * sizeof shifts[0]);
		memmove(&works[0], &works[1], 2 * sizeof works[0]);
		if (!shift_on(sql, unit, day, utc_offset_min, &shifts[2], &works[2], error))
			return FALSE;
		if (!works[1] || day - 1 < from_day)
			continue;
		gboolean holiday = FALSE;
		RuleSet rules;
		ShiftWindow window;
		if (!is_holiday(sql, unit, day - 1, &holiday, error) ||
			!schedules_rules_on(sql, day - 1, &rules, error))
			return FALSE;
		shift_window(&shifts[1], works[0] ? &shifts[0] : NULL, works[2] ? &shifts[2] : NULL, &rules,
					 &window);
		if (!holiday)
			g_array_append_val(found, window);
	}
	*windows = g_steal_pointer(&found);
	return TRUE;
}

/* ── Limits ── */

gboolean schedules_rules_on(Sql *sql, gint64 day, RuleSet *rules, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT r.version, r.in_before_min, r.out_after_min, r.repeat_s, r.band1_min, r.band2_min,"
		" r.band3_min, r.flex_excess, r.flex_unmade_late, r.missing_min, r.pp94_deducted,"
		" r.travel_min, r.day_ramadan_min, r.day_six_min, r.day_night_min,"
		" r.sick_unlettered_absent, r.death_day_judged, r.event_min, r.rest_min,"
		" r.week_slack_min, r.submit_day FROM attendance_rule r WHERE r.scope=0 AND" NOW_ON("r",
																							"$1"),
		"i", day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_DONE)
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
					"attendance_rule has no rules for day %" G_GINT64_FORMAT, day);
	if (step != SQL_ROW)
		return FALSE;
	*rules = (RuleSet){.version = sql_int(row, 0)};
	for (int i = 0; i < RULE_SETTINGS; i++)
		rule_setting_set(rules, &rule_settings[i], (gint32)sql_int(row, i + 1));
	return TRUE;
}

gboolean schedules_set_rules(Sql *sql, const RuleSet *rules, const Change *change,
							 gboolean *changed, GError **error)
{
	const gint64 scope = 0;
	HistoryValue values[RULE_SETTINGS + 2] = {{.integer = rules->version}};
	for (gsize i = 0; i < RULE_SETTINGS; i++)
		values[i + 1].integer = rule_setting_get(rules, &rule_settings[i]);
	values[RULE_SETTINGS + 1].text = change->source;
	gboolean new = FALSE;
	if (!history_set(sql, &rule_table, &scope, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	return !new ||
		   mark_unit(sql, 0, change->from_day, change->to_day, change->today, "rules", error);
}
