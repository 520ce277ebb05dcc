/* Rows of shifts, rosters, rotations, day orders, events and their lists. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/people/units.h"
#include "server/store/time/day_orders.h"
#include "server/store/time/leaves.h"
#include "server/store/time/roster_grid.h"
#include "server/store/time/roster_requests.h"
#include "server/store/time/schedules.h"
#include "server/store/time/shifts.h"

/* ── Shifts ── */

static const ImportColumn shift_columns[] = {
	{"code", TRUE},   {"name", FALSE}, {"hours", TRUE},
	{"grace", FALSE}, {"flex", FALSE}, {NULL, FALSE},
};

static gboolean apply_shift(Import *import, GError **error)
{
	WorkShift shift = {.name = import_field(import, "name")};
	const char *hours = import_field(import, "hours");
	gint64 grace, flex, id = 0;
	GError *refused = NULL;
	if (!import_code(import, "code", SHIFT_CODE_MAX, &shift.code) ||
		!import_number(import, "grace", 0, 120, 0, &grace) ||
		!import_number(import, "flex", 0, 120, 0, &flex))
		return TRUE;
	if (!import_parse_hours(hours, &shift.hours)) {
		import_fail(import, "hours", IMPORT_NO_HOURS, hours);
		return TRUE;
	}
	if (shift.name == NULL)
		shift.name = shift.code;
	shift.grace_min = (gint32)grace;
	shift.flex_min = (gint32)flex;
	return shifts_add(import->sql, &shift, &id, &import->changed, &refused) ||
		   import_refused(import, "code", refused, error);
}

const ImportKind import_shifts = {"shifts", shift_columns, "code", FALSE, NULL, apply_shift, NULL};

/* ── Rosters ── */

static const ImportColumn roster_columns[] = {
	{"person", TRUE}, {"date", TRUE}, {"shift", FALSE}, {"source", FALSE}, {NULL, FALSE},
};

/* "P", "P+S", "-", "siaga"; empty is a day off too. */
static gboolean read_roster(Import *import, RosterDay *roster, GError **error)
{
	const char *text = import_field(import, "shift");
	*roster = (RosterDay){0};
	if (text == NULL || strcmp(text, "-") == 0)
		return TRUE;
	roster->on_call = g_ascii_strcasecmp(text, "siaga") == 0;
	if (roster->on_call)
		return TRUE;
	g_auto(GStrv) codes = g_strsplit(text, "+", DAY_SHIFTS_MAX + 1);
	for (gsize i = 0; codes[i] != NULL; i++) {
		if (i == DAY_SHIFTS_MAX) {
			import_fail(import, "shift", "at most %d shifts a day", DAY_SHIFTS_MAX);
			return TRUE;
		}
		if (!shifts_find(import->sql, g_strstrip(codes[i]), &roster->shifts[i], error))
			return FALSE;
		if (roster->shifts[i] == 0)
			import_fail(import, "shift", "no shift has the code '%s'", codes[i]);
	}
	return TRUE;
}

typedef struct {
	gboolean any;
	Shift first, last;
} Worked;

static gboolean worked_on(Import *import, const RosterDay *roster, gint64 day, Worked *out,
						  GError **error)
{
	*out = (Worked){0};
	for (gsize i = 0; i < DAY_SHIFTS_MAX; i++) {
		WorkShift shift;
		Shift one;
		g_autofree char *name = NULL;
		if (roster->shifts[i] == 0)
			continue;
		if (!shifts_get(import->sql, roster->shifts[i], &shift, &name, error))
			return FALSE;
		shifts_of_day(&shift, day, import->utc_offset_min, &one);
		if (!out->any || one.start_ms < out->first.start_ms)
			out->first = one;
		if (!out->any || one.end_ms > out->last.end_ms)
			out->last = one;
		out->any = TRUE;
	}
	return TRUE;
}

static gboolean warn_of_rest(Import *import, gint64 person, gint64 day, const RosterDay *roster,
							 GError **error)
{
	g_autoptr(GArray) around = NULL;
	Worked today, other;
	RuleSet rules;
	if (!schedules_rules_on(import->sql, day, &rules, error) ||
		!shifts_of_person(import->sql, person, day - 1, day + 2, &around, error) ||
		!worked_on(import, roster, day, &today, error))
		return FALSE;
	for (guint i = 0; today.any && i < around->len; i++) {
		const RosterDay *near = &g_array_index(around, RosterDay, i);
		if (near->day == day)
			continue;
		if (!worked_on(import, near, near->day, &other, error))
			return FALSE;
		gint64 rest_ms = near->day < day ? today.first.start_ms - other.last.end_ms
										 : other.first.start_ms - today.last.end_ms;
		if (other.any && rest_ms < rules.rest_min * G_GINT64_CONSTANT(60000))
			import_warn(import, "shift", "less than %d minutes of rest %s", rules.rest_min,
						near->day < day ? "before it" : "after it");
	}
	return TRUE;
}

static gboolean warn_of_leave(Import *import, gint64 person, gint64 day, GError **error)
{
	Leave leave;
	gint64 from_day, to_day;
	g_autoptr(LeaveCursor) rows = leaves_of_person(import->sql, person, day, day + 1, error);
	if (rows == NULL)
		return FALSE;
	SqlStep step = leaves_next(rows, &leave, &from_day, &to_day, error);
	if (step == SQL_ROW)
		import_warn(import, "shift", "%s holds on that day (%s)", leave.code, leave.letter);
	return step != SQL_FAILED;
}

static gboolean set_roster(Import *import, gint64 person, const RosterDay *roster,
						   const Change *change, GError **error)
{
	RosterOutcome outcome;
	const RosterAsked asked = {.person = person,
							   .roster = roster,
							   .source = change->source,
							   .utc_offset_min = import->utc_offset_min};
	if (!roster_requests_set(import->sql, &asked, change, &outcome, error))
		return FALSE;
	import->changed = outcome == ROSTER_APPLIED || outcome == ROSTER_WAITS;
	if (outcome == ROSTER_UNTOLD)
		import_fail(import, "source", "the shift has begun: a correction needs its reason");
	else if (outcome == ROSTER_WAITS)
		import_warn(import, "shift",
					"the shift has begun: this waits as a correction for approval"
					" ('hadir roster list')");
	return TRUE;
}

static gboolean apply_roster(Import *import, GError **error)
{
	RosterDay roster;
	gint64 person = 0;
	Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	if (!import_date(import, "date", 0, &change.from_day))
		return TRUE;
	if (!import_person(import, "person", &person, error) || !read_roster(import, &roster, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	gboolean works = roster.shifts[0] != 0;
	if (works && (!warn_of_rest(import, person, change.from_day, &roster, error) ||
				  !warn_of_leave(import, person, change.from_day, error)))
		return FALSE;
	roster.day = change.from_day;
	return set_roster(import, person, &roster, &change, error);
}

const ImportKind import_rosters = {
	"rosters", roster_columns, "*person date", FALSE, NULL, apply_roster, NULL};

/* ── Drafts: a month that is not published yet ── */

static const ImportColumn draft_columns[] = {
	{"unit", TRUE},   {"person", TRUE},  {"date", TRUE},
	{"shift", FALSE}, {"source", FALSE}, {NULL, FALSE},
};

static gboolean check_serves(Import *import, gint64 person, gint64 unit, gint64 day, GError **error)
{
	gboolean serves = FALSE;
	if (!roster_serves(import->sql, unit, person, day, &serves, error))
		return FALSE;
	if (!serves)
		import_fail(import, "person", "does not serve in '%s' on that day",
					import_field(import, "unit"));
	return TRUE;
}

static gboolean apply_draft(Import *import, GError **error)
{
	RosterDay roster;
	gint64 unit = 0, person = 0, day = 0;
	if (!import_date(import, "date", 0, &day))
		return TRUE;
	if (!import_unit(import, "unit", &unit, error) ||
		!import_person(import, "person", &person, error) || !read_roster(import, &roster, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	if (!check_serves(import, person, unit, day, error))
		return FALSE;
	g_autofree char *source = g_strdup(import_field(import, "source"));
	roster.day = day;
	roster.source = source;
	return import->row_failed ||
		   roster_draft_set(import->sql, unit, person, &roster, &import->changed, error);
}

const ImportKind import_drafts = {"drafts",    draft_columns, "unit *person date", FALSE, NULL,
								  apply_draft, NULL};

/* ── Rotations ── */

static const ImportColumn rotation_columns[] = {
	{"person", TRUE}, {"cycle", TRUE},   {"begins", TRUE}, {"from", TRUE},
	{"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};

#define ROTATION_BACK_DAYS 400 /* a year and its month are what may still be open */

static gboolean same_duty(const RosterDay *a, const RosterDay *b)
{
	return a->shifts[0] == b->shifts[0] && a->shifts[1] == b->shifts[1] && a->on_call == b->on_call;
}

/* Another cycle begins with what lies ahead: duties that were known and have begun are corrected one
 * by one. `before`: what was known from `since` to today. */
static gboolean check_begun(Import *import, gint64 person, gint64 since, const GArray *before,
							GError **error)
{
	g_autoptr(GArray) after = NULL;
	guint at = 0;
	if (!shifts_of_person(import->sql, person, since, import->today + 1, &after, error))
		return FALSE;
	for (guint i = 0; i < before->len && !import->row_failed; i++) {
		const RosterDay *old = &g_array_index(before, RosterDay, i);
		char date[CALENDAR_TEXT];
		while (at < after->len && g_array_index(after, RosterDay, at).day < old->day)
			at++;
		if (at < after->len && same_duty(old, &g_array_index(after, RosterDay, at)))
			continue;
		calendar_format(old->day, date);
		import_fail(import, "from",
					"it changes duties that have begun, the first on %s: let the cycle begin"
					" tomorrow, and give the days before as rosters with a source",
					date);
	}
	return TRUE;
}

static gboolean apply_rotation(Import *import, GError **error)
{
	Change change;
	gint64 person = 0, anchor = 0;
	GError *refused = NULL;
	if (!import_change(import, &change) || !import_date(import, "begins", 0, &anchor))
		return TRUE;
	if (!import_person(import, "person", &person, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	g_autoptr(GArray) before = NULL;
	gint64 since = MAX(change.from_day, import->today - ROTATION_BACK_DAYS);
	if (!shifts_of_person(import->sql, person, since, import->today + 1, &before, error))
		return FALSE;
	if (!shifts_set_rotation(import->sql, person, import_field(import, "cycle"), anchor, &change,
							 &import->changed, &refused))
		return import_refused(import, "cycle", refused, error);
	return !import->changed || check_begun(import, person, since, before, error);
}

const ImportKind import_rotations = {"rotations", rotation_columns, "*person", TRUE,
									 NULL,        apply_rotation,   NULL};

/* ── Orders and events ── */

static const ImportColumn order_columns[] = {
	{"letter", TRUE}, {"date", FALSE},   {"kind", TRUE},    {"name", TRUE},
	{"scope", TRUE},  {"target", FALSE}, {"from", TRUE},    {"to", TRUE},
	{"hours", FALSE}, {"slot", FALSE},   {"source", FALSE}, {NULL, FALSE},
};
static const ImportColumn event_columns[] = {
	{"letter", TRUE}, {"kind", TRUE},  {"name", TRUE},    {"scope", TRUE}, {"target", FALSE},
	{"date", TRUE},   {"hours", TRUE}, {"source", FALSE}, {"by", FALSE},   {NULL, FALSE},
};

#define ORDER_DAYS_MAX 366

static gboolean find_target(Import *import, DayOrder *order, GError **error)
{
	const char *text = import_field(import, "target");
	order->regency = "";
	if (order->scope == ORDER_PROVINCE)
		return TRUE;
	if (text == NULL) {
		import_fail(import, "target", "it is empty");
		return TRUE;
	}
	switch (order->scope) {
	case ORDER_REGENCY:
		order->regency = text;
		return TRUE;
	case ORDER_UNIT:
		return import_unit(import, "target", &order->target, error);
	case ORDER_PLACE:
		return import_place(import, "target", text, &order->target, error);
	case ORDER_PERSON:
	case ORDER_PROVINCE:
	default:
		return import_person(import, "target", &order->target, error);
	}
}

static gboolean read_scope(Import *import, DayOrder *order, GError **error)
{
	static const char *const words[] = {"provinsi", "kabupaten", "unit", "lokasi", "orang", NULL};
	const char *word;
	if (!import_word(import, "scope", words, &word))
		return TRUE;
	for (gsize i = 0; words[i] != NULL; i++)
		if (words[i] == word)
			order->scope = (OrderScope)(ORDER_PROVINCE + i);
	return find_target(import, order, error);
}

static void read_order_hours(Import *import, DayOrder *order)
{
	const char *text = import_field(import, "hours");
	DayPattern hours;
	if (text == NULL)
		return;
	if (!import_parse_hours(text, &hours)) {
		import_fail(import, "hours", IMPORT_NO_HOURS, text);
		return;
	}
	order->start_min = hours.start_min;
	order->end_min = hours.end_min;
	order->break_min = hours.break_min;
}

static gboolean store_order(Import *import, const DayOrder *order, gint64 letter_day,
							const Change *change, GError **error)
{
	GError *refused = NULL;
	return day_orders_set(import->sql, order, letter_day, change, NULL, &import->changed,
						  &refused) ||
		   import_refused(import, "letter", refused, error);
}

static gboolean apply_order(Import *import, GError **error)
{
	static const char *const kinds[] = {"jam", "masuk", "libur", "WFH", "WFA", "DSP", NULL};
	static const char *const slots[] = {"hari", "masuk", "pulang", NULL};
	DayOrder order = {.letter = import_field(import, "letter"),
					  .name = import_field(import, "name")};
	Change change;
	gint64 letter_day;
	if (!import_word(import, "kind", kinds, &order.kind) ||
		!import_word(import, "slot", slots, &order.slot) ||
		!import_date(import, "date", DAY_ALWAYS, &letter_day) || !import_change(import, &change))
		return TRUE;
	if (!read_scope(import, &order, error))
		return FALSE;
	read_order_hours(import, &order);
	gboolean wants_hours = strcmp(order.kind, "jam") == 0 || strcmp(order.kind, "masuk") == 0;
	if (!import->row_failed && wants_hours != (order.end_min != 0))
		import_fail(import, "hours", wants_hours ? "it is empty" : "%s has no hours", order.kind);
	if (change.to_day - change.from_day > ORDER_DAYS_MAX)
		import_fail(import, "to", "longer than a year");
	return import->row_failed || store_order(import, &order, letter_day, &change, error);
}

const ImportKind import_orders = {
	"orders", order_columns, "letter kind scope target slot", FALSE, NULL, apply_order, NULL};

static gboolean apply_event(Import *import, GError **error)
{
	static const char *const kinds[] = {"apel", "upacara", "senam", NULL};
	static const char *const ways[] = {"presensi", "daftar", NULL};
	DayOrder order = {.letter = import_field(import, "letter"),
					  .name = import_field(import, "name"),
					  .slot = "hari"};
	Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	const char *kind, *way;
	if (!import_word(import, "kind", kinds, &kind) || !import_word(import, "by", ways, &way) ||
		!import_date(import, "date", 0, &change.from_day))
		return TRUE;
	change.to_day = change.from_day + 1;
	order.kind = kind == kinds[0] ? "APG" : "UPC";
	order.by_list = way == ways[1];
	if (!read_scope(import, &order, error))
		return FALSE;
	read_order_hours(import, &order);
	return import->row_failed || store_order(import, &order, DAY_ALWAYS, &change, error);
}

const ImportKind import_events = {
	"events", event_columns, "letter kind scope target date", FALSE, NULL, apply_event, NULL};

/* ── Lists ── */

static const ImportColumn list_columns[] = {
	{"letter", TRUE}, {"date", TRUE}, {"person", TRUE}, {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_list(Import *import, GError **error)
{
	const char *letter = import_field(import, "letter");
	gint64 event = 0, person = 0;
	Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	if (!import_date(import, "date", 0, &change.from_day))
		return TRUE;
	if (!day_orders_find_event(import->sql, letter, change.from_day, &event, error) ||
		!import_person(import, "person", &person, error))
		return FALSE;
	if (event == 0)
		import_fail(import, "letter", "no event of '%s' by list is on that day", letter);
	if (import->row_failed)
		return TRUE;
	return day_orders_attend(import->sql, event, person, &change, &import->changed, error);
}

const ImportKind import_lists = {"lists",    list_columns, "letter date *person", FALSE, NULL,
								 apply_list, NULL};
