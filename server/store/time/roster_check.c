#include "server/store/time/roster_check.h"

#include <stdlib.h>
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/time/covers.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leaves.h"
#include "server/store/time/schedules.h"
#include "server/store/time/weeks.h"

#define BEFORE_DAYS 28 /* on which a unit must have had somebody to be one that works every day */
#define PEOPLE_MAX 100000

gboolean roster_month_end(gint64 month_day, gint64 *end_day)
{
	int year, month, day;
	calendar_to_date(month_day, &year, &month, &day);
	return day == 1 &&
		   calendar_from_date(month == 12 ? year + 1 : year, month % 12 + 1, 1, end_day);
}

gboolean roster_check_limits(Sql *sql, gint64 day, RosterLimits *limits, GError **error)
{
	RuleSet rules;
	if (!schedules_rules_on(sql, day, &rules, error))
		return FALSE;
	*limits = (RosterLimits){.rest_min = rules.rest_min, .slack_min = rules.week_slack_min};
	return TRUE;
}

/* ── What a day asks for ── */

static int compare_planned(gconstpointer a, gconstpointer b)
{
	const PlannedDay *one = a, *other = b;
	if (one->person != other->person)
		return one->person < other->person ? -1 : 1;
	return one->roster.day < other->roster.day ? -1 : one->roster.day > other->roster.day;
}

static const PlannedDay *find_planned(const GArray *planned, PersonId person, gint64 day)
{
	const PlannedDay key = {.person = person, .roster = {.day = day}};
	if (planned == NULL || planned->len == 0)
		return NULL;
	return bsearch(&key, planned->data, planned->len, sizeof key, compare_planned);
}

static const RosterDay *find_day(const GArray *rosters, gint64 day)
{
	for (guint i = 0; i < rosters->len; i++)
		if (g_array_index(rosters, RosterDay, i).day == day)
			return &g_array_index(rosters, RosterDay, i);
	return NULL;
}

static gboolean take_roster(Sql *sql, const RosterDay *roster, gint64 utc_offset_min,
							RosterDuty *out, GError **error)
{
	for (gsize i = 0; i < DAY_SHIFTS_MAX; i++) {
		WorkShift shift;
		Shift one;
		g_autofree char *name = NULL;
		if (roster->shifts[i] == 0)
			continue;
		if (!shifts_get(sql, roster->shifts[i], &shift, &name, error))
			return FALSE;
		shifts_of_day(&shift, out->day, utc_offset_min, &one);
		gboolean first = out->end_ms == 0;
		if (!first && one.start_ms > out->end_ms) {
			out->gap_from_ms = out->end_ms;
			out->gap_to_ms = one.start_ms;
		} else if (!first && one.end_ms < out->start_ms) {
			out->gap_from_ms = one.end_ms;
			out->gap_to_ms = out->start_ms;
		}
		out->start_ms = first ? one.start_ms : MIN(out->start_ms, one.start_ms);
		out->end_ms = MAX(out->end_ms, one.end_ms);
		out->minutes += shift.hours.end_min - shift.hours.start_min - shift.hours.break_min;
	}
	return TRUE;
}

static gboolean take_week(Sql *sql, gint64 unit, gint64 utc_offset_min, RosterDuty *out,
						  GError **error)
{
	gint64 pattern = 0;
	WeekPattern week;
	Shift shift;
	if (!schedules_on(sql, unit, out->day, &pattern, &week, NULL, NULL, error))
		return FALSE;
	if (pattern == 0 || out->holiday || !shift_of_day(&week, out->day, utc_offset_min, &shift))
		return TRUE;
	const DayPattern *hours = &week.days[calendar_weekday(out->day)];
	out->start_ms = shift.start_ms;
	out->end_ms = shift.end_ms;
	out->minutes = hours->end_min - hours->start_min - hours->break_min;
	return TRUE;
}

static gboolean take_leaves(Sql *sql, PersonId person, RosterDuty *duties, gsize n, GError **error)
{
	Leave leave;
	gint64 from_day, to_day, first_day = duties[0].day;
	SqlStep step;
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(sql, person, first_day, first_day + (gint64)n, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &from_day, &to_day, error)) == SQL_ROW) {
		if (strcmp(leave.slot, "hari") != 0)
			continue;
		gint64 end = MIN(to_day, first_day + (gint64)n);
		for (gint64 day = MAX(from_day, first_day); day < end; day++)
			g_strlcpy(duties[day - first_day].leave, leave.code, ROSTER_CODE_SIZE);
	}
	return step == SQL_DONE;
}

/* By planned day or roster: NULL when nobody has said anything. */
static const RosterDay *asked_by_roster(const GArray *planned, const GArray *rosters,
										PersonId person, gint64 day)
{
	const PlannedDay *over = find_planned(planned, person, day);
	if (over != NULL)
		return over->known ? &over->roster : NULL;
	return find_day(rosters, day);
}

static gboolean load_day(Sql *sql, PersonId person, const RosterDay *roster, gint64 utc_offset_min,
						 RosterDuty *out, GError **error)
{
	Assignment there;
	gint64 week_min = 0;
	g_autofree char *holiday = NULL, *kind = NULL;
	if (!assignments_on(sql, person, out->day, &there, error) ||
		!holidays_on(sql, there.unit, out->day, &holiday, &kind, error) ||
		!weeks_of_person(sql, person, out->day, &week_min, error))
		return FALSE;
	out->holiday = holiday != NULL;
	out->week_min = (gint32)week_min;
	if (roster == NULL)
		return there.unit == 0 || take_week(sql, there.unit, utc_offset_min, out, error);
	return take_roster(sql, roster, utc_offset_min, out, error);
}

gboolean roster_check_duties(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							 const GArray *planned, gint64 utc_offset_min, GArray *duties,
							 GError **error)
{
	g_autoptr(GArray) rosters = NULL;
	guint at = duties->len;
	if (!shifts_of_person(sql, person, from_day, to_day, &rosters, error))
		return FALSE;
	for (gint64 day = from_day; day < to_day; day++) {
		RosterDuty duty = {.day = day};
		if (!load_day(sql, person, asked_by_roster(planned, rosters, person, day), utc_offset_min,
					  &duty, error))
			return FALSE;
		g_array_append_val(duties, duty);
	}
	return at == duties->len || take_leaves(sql, person, &g_array_index(duties, RosterDuty, at),
											duties->len - at, error);
}

/* ── A unit's month ── */

static void add_person(GHashTable *people, PersonId person)
{
	gint64 *key = g_new(gint64, 1);
	*key = person;
	g_hash_table_add(people, key);
}

static gboolean add_people_on(Sql *sql, gint64 unit, gint64 day, GHashTable *people, GError **error)
{
	PersonRow row;
	SqlStep step;
	const PeopleFilter filter = {.day = day, .unit = unit, .limit = PEOPLE_MAX};
	g_autoptr(PeopleCursor) rows = people_list(sql, &filter, error);
	if (rows == NULL)
		return FALSE;
	while ((step = people_next(rows, &row, error)) == SQL_ROW)
		add_person(people, row.id);
	return step == SQL_DONE;
}

typedef struct {
	gint64 first_day, from_day, to_day, last_day; /* duties are read from the first to the last */
	const GArray *planned;
	gint64 utc_offset_min;
	RosterLimits limits;
	gboolean past_midnight, anybody;
	gboolean stated;  /* the unit says whom it needs: then who works its week counts too */
	GArray *needs;    /* RosterSpan */
	gint32 *on_duty;  /* from first_day on */
	GArray *presence; /* RosterSpan of people on duty */
	GArray *conflicts;
} MonthCheck;

static gboolean is_rostered(Sql *sql, const MonthCheck *check, PersonId person, gboolean *rostered,
							GError **error)
{
	g_autoptr(GArray) rosters = NULL;
	*rostered = FALSE;
	for (guint i = 0; check->planned != NULL && i < check->planned->len && !*rostered; i++)
		*rostered = g_array_index(check->planned, PlannedDay, i).person == person;
	if (*rostered)
		return TRUE;
	if (!shifts_of_person(sql, person, check->from_day, check->to_day, &rosters, error))
		return FALSE;
	*rostered = rosters->len > 0;
	return TRUE;
}

static void add_presence(MonthCheck *check, gint64 from_ms, gint64 to_ms)
{
	RosterSpan span = {from_ms, to_ms, 1};
	g_array_append_val(check->presence, span);
}

static void count_duties(MonthCheck *check, const GArray *duties)
{
	for (guint i = 0; i < duties->len; i++) {
		const RosterDuty *duty = &g_array_index(duties, RosterDuty, i);
		if (duty->end_ms == duty->start_ms || duty->leave[0] != '\0')
			continue;
		check->on_duty[i]++;
		if (duty->gap_to_ms > duty->gap_from_ms) {
			add_presence(check, duty->start_ms, duty->gap_from_ms);
			add_presence(check, duty->gap_to_ms, duty->end_ms);
		} else {
			add_presence(check, duty->start_ms, duty->end_ms);
		}
		check->past_midnight |= duty->day >= check->from_day && duty->day < check->to_day &&
								duty->end_ms > calendar_ms(duty->day + 1, 0, check->utc_offset_min);
	}
}

static gboolean check_person(Sql *sql, MonthCheck *check, PersonId person, GError **error)
{
	gboolean rostered = FALSE;
	g_autoptr(GArray) duties = g_array_new(FALSE, FALSE, sizeof(RosterDuty));
	if (!is_rostered(sql, check, person, &rostered, error))
		return FALSE;
	if (!rostered && !check->stated)
		return TRUE;
	if (!roster_check_duties(sql, person, check->first_day, check->last_day, check->planned,
							 check->utc_offset_min, duties, error))
		return FALSE;
	count_duties(check, duties);
	if (!rostered)
		return TRUE;
	check->anybody = TRUE;
	roster_judge_person(person, (const RosterDuty *)(void *)duties->data, duties->len,
						check->from_day, check->to_day, &check->limits, check->conflicts);
	return TRUE;
}

/* What the unit says it needs; a unit that says nothing and works every day needs somebody at the
 * hours that it works by custom. */
static void find_uncovered(MonthCheck *check)
{
	const gint32 *month = check->on_duty + (check->from_day - check->first_day);
	const RosterSpan *presence = (const RosterSpan *)(void *)check->presence->data;
	if (!check->anybody)
		return;
	if (!check->stated &&
		roster_is_continuous(month - BEFORE_DAYS, BEFORE_DAYS, check->past_midnight))
		roster_learn_needs(presence, check->presence->len,
						   calendar_ms(check->from_day, 0, check->utc_offset_min),
						   (gsize)(check->to_day - check->from_day), check->needs);
	roster_find_uncovered((const RosterSpan *)(void *)check->needs->data, check->needs->len,
						  presence, check->presence->len, check->utc_offset_min, check->conflicts);
}

static int compare_conflicts(gconstpointer a, gconstpointer b)
{
	const RosterConflict *one = a, *other = b;
	if (one->day != other->day)
		return one->day < other->day ? -1 : 1;
	if (one->person != other->person)
		return one->person < other->person ? -1 : 1;
	return (int)one->kind - (int)other->kind;
}

static gboolean check_people(Sql *sql, gint64 unit, MonthCheck *check, GError **error)
{
	GHashTableIter each;
	gpointer key;
	g_autoptr(GHashTable) people = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (guint i = 0; check->planned != NULL && i < check->planned->len; i++)
		add_person(people, g_array_index(check->planned, PlannedDay, i).person);
	if (!add_people_on(sql, unit, check->from_day, people, error) ||
		!add_people_on(sql, unit, check->to_day - 1, people, error))
		return FALSE;
	g_hash_table_iter_init(&each, people);
	while (g_hash_table_iter_next(&each, &key, NULL))
		if (!check_person(sql, check, *(const gint64 *)key, error))
			return FALSE;
	return TRUE;
}

gboolean roster_check_month(Sql *sql, gint64 unit, gint64 month_day, const GArray *planned,
							gint64 utc_offset_min, GArray **conflicts, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(RosterConflict));
	g_autoptr(GArray) presence = g_array_new(FALSE, FALSE, sizeof(RosterSpan));
	g_autoptr(GArray) needs = g_array_new(FALSE, FALSE, sizeof(RosterSpan));
	MonthCheck check = {.first_day = month_day - BEFORE_DAYS,
						.from_day = month_day,
						.planned = planned,
						.utc_offset_min = utc_offset_min,
						.needs = needs,
						.presence = presence,
						.conflicts = found};
	if (!roster_month_end(month_day, &check.to_day)) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no month begins on that day");
		return FALSE;
	}
	/* The first duty after the month may begin too early. */
	check.last_day = check.to_day + 1;
	g_autofree gint32 *on_duty = g_new0(gint32, check.last_day - check.first_day);
	check.on_duty = on_duty;
	if (!roster_check_limits(sql, month_day, &check.limits, error) ||
		!covers_needs(sql, unit, check.from_day, check.to_day, utc_offset_min, needs, &check.stated,
					  error) ||
		!check_people(sql, unit, &check, error))
		return FALSE;
	find_uncovered(&check);
	g_array_sort(found, compare_conflicts);
	*conflicts = g_steal_pointer(&found);
	return TRUE;
}

/* ── A few days ── */

#define AROUND_DAYS 2 /* no rest is longer */

static gboolean check_planned_day(Sql *sql, const PlannedDay *one, const GArray *planned,
								  gint64 utc_offset_min, GArray *found, GError **error)
{
	gint64 day = one->roster.day;
	RosterLimits limits;
	g_autoptr(GArray) duties = g_array_new(FALSE, FALSE, sizeof(RosterDuty));
	if (!roster_check_limits(sql, day, &limits, error) ||
		!roster_check_duties(sql, one->person, day - AROUND_DAYS, day + AROUND_DAYS + 1, planned,
							 utc_offset_min, duties, error))
		return FALSE;
	/* Five days: no week is whole among them. */
	roster_judge_person(one->person, (const RosterDuty *)(void *)duties->data, duties->len, day,
						day + 1, &limits, found);
	return TRUE;
}

gboolean roster_check_planned(Sql *sql, const GArray *planned, gint64 utc_offset_min,
							  GArray **conflicts, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(RosterConflict));
	for (guint i = 0; i < planned->len; i++)
		if (!check_planned_day(sql, &g_array_index(planned, PlannedDay, i), planned, utc_offset_min,
							   found, error))
			return FALSE;
	g_array_sort(found, compare_conflicts);
	*conflicts = g_steal_pointer(&found);
	return TRUE;
}
