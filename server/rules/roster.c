#include "server/rules/roster.h"

#include "server/rules/calendar.h"

#define WEEK_DAYS 7
#define DAY_MIN (24 * 60)
#define WORKING_DAYS 5 /* Perpres 21/2023: Monday to Friday */

static gboolean is_duty(const RosterDuty *duty)
{
	return duty->end_ms > duty->start_ms;
}

static gboolean is_within(gint64 day, gint64 from_day, gint64 to_day)
{
	return day >= from_day && day < to_day;
}

static void tell(GArray *conflicts, RosterConflict conflict)
{
	g_array_append_val(conflicts, conflict);
}

static void judge_leave(gint64 person, const RosterDuty *duty, GArray *conflicts)
{
	RosterConflict conflict = {.kind = ROSTER_LEAVE, .person = person, .day = duty->day};
	if (!is_duty(duty) || duty->leave[0] == '\0')
		return;
	g_strlcpy(conflict.code, duty->leave, sizeof conflict.code);
	tell(conflicts, conflict);
}

/* `before`: the last duty before this one. */
static void judge_rest(gint64 person, const RosterDuty *before, const RosterDuty *duty,
					   gint32 rest_min, GArray *conflicts)
{
	gint64 rest_ms = duty->start_ms - before->end_ms;
	if (rest_ms >= rest_min * MINUTE_MS)
		return;
	tell(conflicts, (RosterConflict){.kind = ROSTER_REST,
									 .person = person,
									 .day = duty->day,
									 .minutes = MAX(rest_ms, 0) / MINUTE_MS,
									 .wanted = rest_min});
}

/* FALSE: it is not known. */
static gboolean week_wanted(const RosterDuty week[WEEK_DAYS], gint64 *wanted)
{
	gint64 sum = 0;
	for (int i = 0; i < WORKING_DAYS; i++) {
		if (week[i].week_min == 0)
			return FALSE;
		if (!week[i].holiday && week[i].leave[0] == '\0')
			sum += week[i].week_min;
	}
	*wanted = sum / WORKING_DAYS;
	return TRUE;
}

static void judge_week(gint64 person, const RosterDuty week[WEEK_DAYS], gint32 slack_min,
					   GArray *conflicts)
{
	RosterConflict conflict = {.person = person, .day = week[0].day};
	if (!week_wanted(week, &conflict.wanted))
		return;
	for (int i = 0; i < WEEK_DAYS; i++)
		conflict.minutes += week[i].leave[0] == '\0' ? week[i].minutes : 0;
	if (conflict.minutes > conflict.wanted + slack_min)
		conflict.kind = ROSTER_OVER;
	else if (conflict.minutes < conflict.wanted - slack_min)
		conflict.kind = ROSTER_UNDER;
	else
		return;
	tell(conflicts, conflict);
}

void roster_judge_person(gint64 person, const RosterDuty *duties, gsize n, gint64 from_day,
						 gint64 to_day, const RosterLimits *limits, GArray *conflicts)
{
	const RosterDuty *before = NULL;
	for (gsize i = 0; i < n; i++) {
		const RosterDuty *duty = &duties[i];
		gboolean within = is_within(duty->day, from_day, to_day);
		if (within)
			judge_leave(person, duty, conflicts);
		if (is_duty(duty)) {
			if (before != NULL && (within || is_within(before->day, from_day, to_day)))
				judge_rest(person, before, duty, limits->rest_min, conflicts);
			before = duty;
		}
		if (within && calendar_weekday(duty->day) == WEEK_DAYS - 1 && i + 1 >= WEEK_DAYS)
			judge_week(person, &duties[i + 1 - WEEK_DAYS], limits->slack_min, conflicts);
	}
}

gboolean roster_is_continuous(const gint32 *on_duty, gsize n, gboolean past_midnight)
{
	for (gsize i = 0; i < n; i++)
		if (on_duty[i] == 0)
			return past_midnight;
	return n > 0 || past_midnight;
}

/* ── Hours of the unit ── */

/* Marks the minutes of each day at which somebody is there. */
static void mark_minutes(const RosterSpan *span, gint64 from_ms, gsize n_days, guint8 *there)
{
	gint64 n_min = (gint64)n_days * DAY_MIN;
	gint64 begin = MAX((span->from_ms - from_ms) / MINUTE_MS, 0);
	gint64 end = MIN((span->to_ms - from_ms) / MINUTE_MS, n_min);
	for (gint64 minute = begin; minute < end; minute++)
		there[minute] = 1;
}

static gboolean is_custom(const guint8 *there, gsize n_days, gsize minute)
{
	gsize n = 0;
	for (gsize day = 0; day < n_days; day++)
		n += there[day * DAY_MIN + minute];
	return n * 2 > n_days;
}

static void append_needs(gint64 from_ms, gsize n_days, gsize begin, gsize end, GArray *needs)
{
	for (gsize day = 0; day < n_days; day++) {
		gint64 midnight = from_ms + (gint64)(day * DAY_MIN) * MINUTE_MS;
		RosterSpan need = {midnight + (gint64)begin * MINUTE_MS, midnight + (gint64)end * MINUTE_MS,
						   1};
		g_array_append_val(needs, need);
	}
}

static int compare_spans(gconstpointer a, gconstpointer b)
{
	const RosterSpan *one = a, *other = b;
	return (one->from_ms > other->from_ms) - (one->from_ms < other->from_ms);
}

void roster_learn_needs(const RosterSpan *presence, gsize n, gint64 from_ms, gsize n_days,
						GArray *needs)
{
	g_autofree guint8 *there = g_new0(guint8, n_days * DAY_MIN + 1);
	gsize begin = 0;
	gboolean within = FALSE;
	for (gsize i = 0; i < n; i++)
		mark_minutes(&presence[i], from_ms, n_days, there);
	for (gsize minute = 0; minute <= DAY_MIN; minute++) {
		gboolean custom = minute < DAY_MIN && is_custom(there, n_days, minute);
		if (custom && !within)
			begin = minute;
		else if (!custom && within)
			append_needs(from_ms, n_days, begin, minute, needs);
		within = custom;
	}
	g_array_sort(needs, compare_spans);
}

/* How many are there at a moment, and until when that stays so; at most until `to_ms`. */
static gint64 count_there(const RosterSpan *presence, gsize n, gint64 at_ms, gint64 *to_ms)
{
	gint64 there = 0;
	for (gsize i = 0; i < n; i++) {
		const RosterSpan *span = &presence[i];
		gboolean is_there = span->from_ms <= at_ms && at_ms < span->to_ms;
		gint64 changes = is_there ? span->to_ms : span->from_ms;
		there += is_there;
		if (changes > at_ms)
			*to_ms = MIN(*to_ms, changes);
	}
	return there;
}

static void tell_uncovered(RosterConflict conflict, gint64 utc_offset_min, guint n_before,
						   GArray *conflicts)
{
	RosterConflict *last = conflicts->len > n_before
							   ? &g_array_index(conflicts, RosterConflict, conflicts->len - 1)
							   : NULL;
	if (last != NULL && last->to_ms == conflict.from_ms && last->n_people == conflict.n_people &&
		last->n_needed == conflict.n_needed) {
		last->to_ms = conflict.to_ms;
		return;
	}
	conflict.kind = conflict.n_people == 0 ? ROSTER_NOBODY : ROSTER_FEW;
	conflict.day = calendar_day(conflict.from_ms, utc_offset_min);
	tell(conflicts, conflict);
}

void roster_find_uncovered(const RosterSpan *needs, gsize n_needs, const RosterSpan *presence,
						   gsize n_presence, gint64 utc_offset_min, GArray *conflicts)
{
	guint n_before = conflicts->len;
	for (gsize i = 0; i < n_needs; i++) {
		gint64 to_ms;
		for (gint64 at = needs[i].from_ms; at < needs[i].to_ms; at = to_ms) {
			to_ms = needs[i].to_ms;
			gint64 there = count_there(presence, n_presence, at, &to_ms);
			if (there < needs[i].people)
				tell_uncovered((RosterConflict){.from_ms = at,
												.to_ms = to_ms,
												.n_people = there,
												.n_needed = needs[i].people},
							   utc_offset_min, n_before, conflicts);
		}
	}
}

const char *roster_conflict_text(RosterConflictKind kind)
{
	static const char *const texts[] = {
		[ROSTER_LEAVE] = "cuti",         [ROSTER_REST] = "istirahat", [ROSTER_OVER] = "menit-lebih",
		[ROSTER_UNDER] = "menit-kurang", [ROSTER_NOBODY] = "kosong",  [ROSTER_FEW] = "kurang-orang",
	};
	return texts[kind];
}

/* "21.00–07.00", with the date of the end when it is not the next day's. */
static void append_hours(GString *out, const RosterConflict *conflict, gint64 utc_offset_min)
{
	gint64 from_min = conflict->from_ms / MINUTE_MS + utc_offset_min;
	gint64 to_min = conflict->to_ms / MINUTE_MS + utc_offset_min;
	g_string_append_printf(out, " pukul %02d.%02d–%02d.%02d", (int)(from_min % DAY_MIN / 60),
						   (int)(from_min % 60), (int)(to_min % DAY_MIN / 60), (int)(to_min % 60));
	if (to_min - from_min >= DAY_MIN) {
		char date[CALENDAR_TEXT];
		calendar_format(to_min / DAY_MIN, date);
		g_string_append_printf(out, " (sampai %s)", date);
	}
}

void roster_conflict_words(GString *out, const RosterConflict *conflict, gint64 utc_offset_min)
{
	static const char *const words[] = {
		[ROSTER_LEAVE] = "dijadwalkan jaga selama cuti atau dinas",
		[ROSTER_REST] = "istirahat sebelumnya",
		[ROSTER_OVER] = "jam kerja minggu ini lebih",
		[ROSTER_UNDER] = "jam kerja minggu ini kurang",
		[ROSTER_NOBODY] = "tidak ada yang jaga",
		[ROSTER_FEW] = "kurang yang jaga",
	};
	g_string_append(out, words[conflict->kind]);
	switch (conflict->kind) {
	case ROSTER_LEAVE:
		g_string_append_printf(out, " (%s)", conflict->code);
		break;
	case ROSTER_REST:
		g_string_append_printf(out, " %" G_GINT64_FORMAT " menit, paling sedikit %" G_GINT64_FORMAT,
							   conflict->minutes, conflict->wanted);
		break;
	case ROSTER_NOBODY:
		append_hours(out, conflict, utc_offset_min);
		break;
	case ROSTER_FEW:
		append_hours(out, conflict, utc_offset_min);
		g_string_append_printf(out, ": %" G_GINT64_FORMAT " orang, semestinya %" G_GINT64_FORMAT,
							   conflict->n_people, conflict->n_needed);
		break;
	case ROSTER_OVER:
	case ROSTER_UNDER:
	default:
		g_string_append_printf(out, ": %" G_GINT64_FORMAT " menit, semestinya %" G_GINT64_FORMAT,
							   conflict->minutes, conflict->wanted);
	}
}
