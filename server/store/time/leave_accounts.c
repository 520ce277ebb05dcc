#include "server/store/time/leave_accounts.h"

#include "server/rules/leave_settings.h"
#include "server/store/time/academic.h"

static const HistoryTable table = HISTORY_TABLE(
	"leave_account", "person, year", "person=$3 AND year=$4",
	"opening_n1, opening_n2, extra_days, deferred, source", "iiiit", "$4,$5,$6,$7,$8,$9,$10");

/* The columns in the order of leave_settings. */
#define RULE_COLUMNS                                                                               \
	"annual_days, carry_days, deferred_days, total_days, service_months, long_service_months,"     \
	" long_days, sick_days, birth_days, urgent_days, birth_children, birth_exempt, hajj_exempt,"   \
	" religion_exempt, sick_note_days, sick_doctor_days, sick_year_days, miscarriage_days"

static const HistoryTable rule_table =
	HISTORY_TABLE("leave_rule", "scope", "scope=$3", RULE_COLUMNS ", source", "iiiiiiiiiiiiiiiiiit",
				  "$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23");

gboolean leave_accounts_rules(Sql *sql, gint64 day, LeaveRules *rules, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT " RULE_COLUMNS " FROM leave_rule r WHERE r.scope=0 AND" NOW_ON("r", "$1"),
				  "i", day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_DONE)
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
					"leave_rule has no rules for day %" G_GINT64_FORMAT, day);
	if (step != SQL_ROW)
		return FALSE;
	*rules = (LeaveRules){0};
	for (gsize i = 0; i < LEAVE_SETTINGS; i++)
		leave_setting_set(rules, &leave_settings[i], (gint32)sql_int(row, (int)i));
	return TRUE;
}

gboolean leave_accounts_set_rules(Sql *sql, const LeaveRules *rules, const Change *change,
								  gboolean *changed, GError **error)
{
	const gint64 scope = 0;
	HistoryValue values[LEAVE_SETTINGS + 1] = {0};
	gboolean new = FALSE;
	for (gsize i = 0; i < LEAVE_SETTINGS; i++)
		values[i].integer = leave_setting_get(rules, &leave_settings[i]);
	values[LEAVE_SETTINGS].text = change->source;
	if (!history_set(sql, &rule_table, &scope, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	return !new || academic_mark_everybody(sql, change->today, error);
}

gboolean leave_accounts_set(Sql *sql, PersonId person, const LeaveAccount *account,
							const Change *change, gboolean *changed, GError **error)
{
	const gint64 keys[] = {person, account->year};
	Change always = *change;
	HistoryValue values[] = {{.integer = account->opening_n1, .is_null = !account->opens},
							 {.integer = account->opening_n2, .is_null = !account->opens},
							 {.integer = account->extra_days},
							 {.integer = account->deferred},
							 {.text = change->source}};
	always.from_day = DAY_ALWAYS;
	always.to_day = DAY_OPEN;
	gboolean new = FALSE;
	if (!history_set(sql, &table, keys, 2, values, &always, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	return !new || academic_mark(sql, person, change->today, error);
}

gboolean leave_accounts_of(Sql *sql, PersonId person, GArray **accounts, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(LeaveAccount));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT a.year, a.opening_n1, coalesce(a.opening_n2,0), a.extra_days, a.deferred"
				  " FROM leave_account a WHERE a.person=$1 AND" AS_KNOWN_NOW("a") "ORDER BY a.year",
				  "i", person);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		LeaveAccount account = {.year = sql_int(rows, 0),
								.opens = !sql_is_null(rows, 1),
								.opening_n1 = sql_int(rows, 1),
								.opening_n2 = sql_int(rows, 2),
								.extra_days = sql_int(rows, 3),
								.deferred = sql_int(rows, 4) != 0};
		g_array_append_val(found, account);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*accounts = g_steal_pointer(&found);
	return TRUE;
}
