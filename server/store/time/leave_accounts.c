#include "server/store/time/leave_accounts.h"

#include "server/store/time/academic.h"

static const HistoryTable table = HISTORY_TABLE(
	"leave_account", "person, year", "person=$3 AND year=$4",
	"opening_n1, opening_n2, extra_days, deferred, source", "iiiit", "$4,$5,$6,$7,$8,$9,$10");

gboolean leave_accounts_rules(Sql *sql, gint64 day, LeaveRules *rules, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT r.annual_days, r.carry_days, r.deferred_days, r.total_days,"
		" r.service_months, r.long_service_months, r.long_days, r.sick_days,"
		" r.birth_days, r.urgent_days FROM leave_rule r WHERE r.scope=0 AND" NOW_ON("r", "$1"),
		"i", day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_DONE)
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
					"leave_rule has no rules for day %" G_GINT64_FORMAT, day);
	if (step != SQL_ROW)
		return FALSE;
	*rules = (LeaveRules){.annual_days = (gint32)sql_int(row, 0),
						  .carry_days = (gint32)sql_int(row, 1),
						  .deferred_days = (gint32)sql_int(row, 2),
						  .total_days = (gint32)sql_int(row, 3),
						  .service_months = (gint32)sql_int(row, 4),
						  .long_service_months = (gint32)sql_int(row, 5),
						  .long_days = (gint32)sql_int(row, 6),
						  .sick_days = (gint32)sql_int(row, 7),
						  .birth_days = (gint32)sql_int(row, 8),
						  .urgent_days = (gint32)sql_int(row, 9)};
	return TRUE;
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
