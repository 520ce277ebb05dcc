/* Rows of leaves. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/judge/judge_leave.h"
#include "server/rules/calendar.h"
#include "server/rules/leave_settings.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/leaves.h"
#include "server/store/time/punches.h"

static const ImportColumn leave_columns[] = {
	{"person", TRUE}, {"code", TRUE},    {"from", TRUE},   {"to", TRUE},      {"slot", FALSE},
	{"letter", TRUE}, {"ground", FALSE}, {"child", FALSE}, {"source", FALSE}, {NULL, FALSE},
};

#define LEAVE_DAYS_MAX (4 * 366) /* CLTN is the longest: three years and one more */

static gboolean check_code(Import *import, const char *code, const char *slot, gboolean *good,
						   GError **error)
{
	g_autofree char *slots = NULL;
	*good = FALSE;
	if (!leaves_code(import->sql, code, NULL, &slots, NULL, error))
		return FALSE;
	g_auto(GStrv) allowed = slots != NULL ? g_strsplit(slots, "|", -1) : NULL;
	if (slots == NULL)
		import_fail(import, "code", "'%s' is no code of leave or duty elsewhere", code);
	else if (!g_strv_contains((const char *const *)allowed, slot))
		import_fail(import, "slot", "%s is given for: %s", code, slots);
	else
		*good = TRUE;
	return TRUE;
}

/* ── What is told of a leave; it is a decided fact all the same ── */

static gboolean share_slot(const char *a, const char *b)
{
	return strcmp(a, b) == 0 || strcmp(a, "hari") == 0 || strcmp(b, "hari") == 0;
}

static gboolean warn_of_overlap(Import *import, const Leave *leave, const Change *change,
								GError **error)
{
	Leave other;
	gint64 from_day, to_day;
	SqlStep step;
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(import->sql, leave->person, change->from_day, change->to_day, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &other, &from_day, &to_day, error)) == SQL_ROW) {
		char date[CALENDAR_TEXT];
		if (other.id == leave->id || !share_slot(other.slot, leave->slot))
			continue;
		calendar_format(MAX(from_day, change->from_day), date);
		import_warn(import, "from", "%s (%s) holds on the same days, from %s", other.code,
					other.letter, date);
	}
	return step == SQL_DONE;
}

/* Of what is no attendance: somebody was there all the same. */
static gboolean warn_of_punches(Import *import, const Leave *leave, const Change *change,
								GError **error)
{
	Punch punch;
	SqlStep step;
	gint64 first_ms = 0, n = 0;
	gboolean present = FALSE;
	if (!leaves_code(import->sql, leave->code, NULL, NULL, &present, error))
		return FALSE;
	if (present || strcmp(leave->slot, "hari") != 0)
		return TRUE;
	g_autoptr(PunchCursor) rows = punches_of_person(
		import->sql, leave->person, calendar_ms(change->from_day, 0, import->utc_offset_min),
		calendar_ms(change->to_day, 0, import->utc_offset_min), error);
	if (rows == NULL)
		return FALSE;
	while ((step = punches_next(rows, &punch, error)) == SQL_ROW) {
		if (punch.state != PUNCH_COUNTED && punch.state != PUNCH_WAITING)
			continue;
		first_ms = n++ == 0 ? punch.at_ms : first_ms;
	}
	if (step == SQL_DONE && n > 0) {
		char time[CALENDAR_ISO];
		calendar_format_iso(first_ms, import->utc_offset_min, time);
		import_warn(import, "from",
					"there are %" G_GINT64_FORMAT " punches during it, the first at %s", n, time);
	}
	return step == SQL_DONE;
}

/* Days that had a verdict are judged again: what was read of them before may differ. */
static gboolean warn_of_judged(Import *import, const Leave *leave, const Change *change,
							   GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(import->sql, &n, 0, error,
					 "SELECT count(*) FROM verdict WHERE person=$1 AND day>=$2 AND day<$3"
					 " AND state='final'",
					 "iii", leave->person, change->from_day, change->to_day))
		return FALSE;
	if (n > 0)
		import_warn(import, "from",
					"%" G_GINT64_FORMAT " of its days had a final verdict: they are judged again",
					n);
	return TRUE;
}

static void warn_of_annual(Import *import, const LeaveStatement *statement)
{
	if (!statement->annual_allowed)
		import_warn(import, "code", "CT: masa kerja belum setahun, atau tidak berhak");
	if (statement->left.over > 0)
		import_warn(import, "to",
					"CT: %d working days over the balance of %d ('hadir balance' tells it)",
					statement->left.over, statement->year);
}

static void warn_of_kind(Import *import, const LeaveKindUse *kind)
{
	if (kind->max_days > 0 && kind->used + kind->planned > kind->max_days)
		import_warn(import, "to", "%s: %d days of this year, at most %d", kind->code,
					kind->used + kind->planned, kind->max_days);
}

static gboolean warn_of_conditions(Import *import, const LeaveStatement *statement,
								   const Leave *leave, const Change *change, GError **error)
{
	g_autoptr(GString) words = g_string_new(NULL);
	if (!judge_leave_objection(import->sql, statement, leave, change->from_day, change->to_day,
							   import->utc_offset_min, words, error))
		return FALSE;
	if (words->len > 0)
		import_warn(import, "code", "%s: %s", leave->code, words->str);
	return TRUE;
}

/* By the state of the person on `day`, for the whole of its year. */
static gboolean warn_of_right(Import *import, const Leave *leave, const Change *change, gint64 day,
							  GError **error)
{
	LeaveStatement statement;
	if (!judge_leave_statement(import->sql, leave->person, day, import->utc_offset_min, &statement,
							   error) ||
		(day == change->from_day && !warn_of_conditions(import, &statement, leave, change, error)))
		return FALSE;
	if (strcmp(leave->code, "CT") == 0)
		warn_of_annual(import, &statement);
	for (gsize i = 0; i < LEAVE_KINDS; i++)
		if (strcmp(statement.kinds[i].code, leave->code) == 0)
			warn_of_kind(import, &statement.kinds[i]);
	return TRUE;
}

/* Only the seven kinds of leave have rights (PP 11/2017). */
static gboolean is_leave(const char *code)
{
	static const char *const codes[] = {"CT", "CB", "CS", "CM", "CAP", "CLTN", NULL};
	return g_strv_contains(codes, code);
}

static int year_of(gint64 day)
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	return year;
}

static gboolean warn(Import *import, const Leave *leave, const Change *change, GError **error)
{
	gint64 last_day = change->to_day - 1;
	if (!warn_of_overlap(import, leave, change, error) ||
		!warn_of_punches(import, leave, change, error) ||
		!warn_of_judged(import, leave, change, error))
		return FALSE;
	if (!is_leave(leave->code))
		return TRUE;
	return warn_of_right(import, leave, change, change->from_day, error) &&
		   (year_of(last_day) == year_of(change->from_day) ||
			warn_of_right(import, leave, change, last_day, error));
}

/* What the decision rests on; empty: not stated. */
static gboolean read_ground(Import *import, Leave *leave)
{
	LeaveGround ground = LEAVE_GROUND_OTHER;
	const char *words = NULL;
	leave->ground = import_field(import, "ground");
	if (!import_number(import, "child", 1, 20, 0, &leave->child))
		return FALSE;
	gboolean known = leave->ground == NULL || leave_ground_parse(leave->ground, &ground);
	if (leave->ground != NULL && (!leave_ground_fits(leave->code, ground, &words) || !known))
		import_fail(import, "ground", "'%s' is no ground of %s%s%s", leave->ground, leave->code,
					words != NULL ? "; one of: " : "", words != NULL ? words : "");
	if (leave->child != 0 && strcmp(leave->code, "CM") != 0 && strcmp(leave->code, "CB") != 0)
		import_fail(import, "child", "only CM and CB are for a child");
	return !import->row_failed;
}

static gboolean apply_leave(Import *import, GError **error)
{
	static const char *const slots[] = {"hari", "masuk", "pulang", NULL};
	Leave leave = {.code = import_field(import, "code"), .letter = import_field(import, "letter")};
	Change change;
	gboolean good = FALSE;
	if (!import_change(import, &change) || !import_word(import, "slot", slots, &leave.slot))
		return TRUE;
	if (change.to_day - change.from_day > LEAVE_DAYS_MAX) {
		import_fail(import, "to", "longer than four years");
		return TRUE;
	}
	if (!check_code(import, leave.code, leave.slot, &good, error) ||
		!import_person(import, "person", &leave.person, error))
		return FALSE;
	if (!good || leave.person == 0 || !read_ground(import, &leave))
		return TRUE;
	GError *refused = NULL;
	if (!leaves_set(import->sql, &leave, &change, &leave.id, &import->changed, &refused))
		return import_refused(import, "slot", refused, error);
	return !import->changed || (import_warn_of_lock(import, "from", leave.person, &change, error) &&
								warn(import, &leave, &change, error));
}

/* ── Entitlements and conditions ── */

static const ImportColumn entitlement_columns[] = {
	{"from", FALSE},           {"to", FALSE},
	{"annual_days", FALSE},    {"carry_days", FALSE},
	{"deferred_days", FALSE},  {"total_days", FALSE},
	{"service_months", FALSE}, {"long_service_months", FALSE},
	{"long_days", FALSE},      {"sick_days", FALSE},
	{"birth_days", FALSE},     {"urgent_days", FALSE},
	{"birth_children", FALSE}, {"birth_exempt", FALSE},
	{"hajj_exempt", FALSE},    {"religion_exempt", FALSE},
	{"sick_note_days", FALSE}, {"sick_doctor_days", FALSE},
	{"sick_year_days", FALSE}, {"miscarriage_days", FALSE},
	{"source", FALSE},         {NULL, FALSE},
};

/* What is empty stays as it is. */
static void read_entitlement(Import *import, const LeaveSetting *setting, LeaveRules *rules)
{
	static const char *const answers[] = {"tidak", "ya", NULL};
	const char *word;
	gint64 number;
	if (import_field(import, setting->name) == NULL)
		return;
	if (!setting->choice) {
		if (import_number(import, setting->name, 0, setting->max, 0, &number))
			leave_setting_set(rules, setting, (gint32)number);
	} else if (import_word(import, setting->name, answers, &word)) {
		leave_setting_set(rules, setting, word == answers[1]);
	}
}

static gboolean apply_entitlement(Import *import, GError **error)
{
	Change change;
	LeaveRules rules;
	if (!import_change(import, &change))
		return TRUE;
	gint64 day = change.from_day == DAY_ALWAYS ? import->today : change.from_day;
	if (!leave_accounts_rules(import->sql, day, &rules, error))
		return FALSE;
	const LeaveRules before = rules;
	for (gsize i = 0; i < LEAVE_SETTINGS; i++)
		read_entitlement(import, &leave_settings[i], &rules);
	if (rules.sick_note_days > rules.sick_doctor_days ||
		rules.sick_doctor_days > rules.sick_year_days)
		import_fail(import, "sick_doctor_days", "sick_note, sick_doctor and sick_year ascend");
	if (import->row_failed || memcmp(&before, &rules, sizeof rules) == 0)
		return TRUE;
	return leave_accounts_set_rules(import->sql, &rules, &change, &import->changed, error);
}

const ImportKind import_entitlements = {"entitlements", entitlement_columns, "",  TRUE,
										NULL,           apply_entitlement,   NULL};

const ImportKind import_leaves = {"leaves",    leave_columns, "*person code letter", FALSE, NULL,
								  apply_leave, NULL};
