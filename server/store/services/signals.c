#include "server/store/services/signals.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/month.h"
#include "server/store/read.h"

/* ── limits ── */

void signal_rules_clear(SignalRules *rules)
{
	g_clear_pointer(&rules->tiers, g_array_unref);
	g_clear_pointer(&rules->texts, g_string_chunk_free);
}

static gboolean load_tiers(Sql *sql, gint64 day, SignalRules *out, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT t.from_days, t.to_days, t.bkn_id, t.level, t.name FROM discipline_tier t"
				  " WHERE" NOW_ON("t", "$1") "ORDER BY t.from_days",
				  "i", day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		const DisciplineTier tier = {
			.from_days = sql_int(rows, 0),
			.to_days = sql_is_null(rows, 1) ? G_MAXINT64 : sql_int(rows, 1),
			.bkn_id = sql_int(rows, 2),
			.level = g_string_chunk_insert_const(out->texts, sql_text(rows, 3)),
			.name = g_string_chunk_insert_const(out->texts, sql_text(rows, 4))};
		g_array_append_val(out->tiers, tier);
	}
	out->limits.tiers = (const DisciplineTier *)(gpointer)out->tiers->data;
	out->limits.n_tiers = out->tiers->len;
	return step == SQL_DONE;
}

gboolean signals_rules(Sql *sql, gint64 day, SignalRules *out, GError **error)
{
	gboolean found = FALSE;
	*out = (SignalRules){.tiers = g_array_new(FALSE, FALSE, sizeof(DisciplineTier)),
						 .texts = g_string_chunk_new(1024)};
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT r.day_min, r.run_days, r.run_name, r.run_bkn_id, r.act_days"
				  " FROM discipline_rule r WHERE r.scope=0 AND" NOW_ON("r", "$1"),
				  "i", day);
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found) {
		g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED,
							"no discipline rule holds that day");
		return FALSE;
	}
	out->limits.day_min = sql_int(row, 0);
	out->limits.run_days = sql_int(row, 1);
	out->run_name = g_string_chunk_insert_const(out->texts, sql_text(row, 2));
	out->run_bkn_id = sql_int(row, 3);
	out->act_days = sql_int(row, 4);
	return load_tiers(sql, day, out, error);
}

static const HistoryTable rule_table = HISTORY_TABLE(
	"discipline_rule", "scope", "scope=$3",
	"day_min, run_days, run_name, run_bkn_id, act_days, source", "iitiit", "$4,$5,$6,$7,$8,$9,$10");
static const HistoryTable tier_table =
	HISTORY_TABLE("discipline_tier", "from_days", "from_days=$3",
				  "to_days, level, name, bkn_id, source", "ittit", "$4,$5,$6,$7,$8,$9");

gboolean signals_set_rules(Sql *sql, const SignalRules *rules, const Change *change,
						   gboolean *changed, GError **error)
{
	const gint64 scope = 0;
	const HistoryValue values[] = {
		{.integer = rules->limits.day_min}, {.integer = rules->limits.run_days},
		{.text = rules->run_name},          {.integer = rules->run_bkn_id},
		{.integer = rules->act_days},       {.text = change->source}};
	return history_set(sql, &rule_table, &scope, 1, values, change, changed, error);
}

gboolean signals_set_tier(Sql *sql, const DisciplineTier *tier, const Change *change,
						  gboolean *changed, GError **error)
{
	const HistoryValue values[] = {
		{.integer = tier->to_days, .is_null = tier->to_days == G_MAXINT64},
		{.text = tier->level},
		{.text = tier->name},
		{.integer = tier->bkn_id},
		{.text = change->source}};
	return history_set(sql, &tier_table, &tier->from_days, 1, values, change, changed, error);
}

gboolean signals_end_tier(Sql *sql, gint64 from_days, const Change *change, gboolean *changed,
						  GError **error)
{
	return history_clear(sql, &tier_table, &from_days, 1, change, changed, error);
}

static gboolean check_tiers_on(Sql *sql, gint64 day, GError **error)
{
	g_auto(SignalRules) rules = {0};
	char date[CALENDAR_TEXT];
	if (!signals_rules(sql, day, &rules, error))
		return FALSE;
	for (gsize i = 0; i < rules.limits.n_tiers; i++) {
		const DisciplineTier *tier = &rules.limits.tiers[i];
		gboolean is_last = i + 1 == rules.limits.n_tiers;
		if (is_last ? tier->to_days == G_MAXINT64 : tier[1].from_days == tier->to_days + 1)
			continue;
		calendar_format(day, date);
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"the tiers from %s on: after the one from %" G_GINT64_FORMAT
					" days %s does not follow",
					date, tier->from_days, is_last ? "one without an end" : "the next");
		return FALSE;
	}
	return TRUE;
}

/* They change on the days on which one begins or ends. */
gboolean signals_check_tiers(Sql *sql, GError **error)
{
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT t.valid_from_day FROM discipline_tier t WHERE" AS_KNOWN_NOW(
			"t") "UNION SELECT"
				 " t.valid_to_day FROM discipline_tier t WHERE t.valid_to_day<$1 AND" AS_KNOWN_NOW(
					 "t"),
		"i", DAY_OPEN);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 day = sql_int(rows, 0);
		g_array_append_val(days, day);
	}
	for (guint i = 0; i < days->len && step == SQL_DONE; i++)
		if (!check_tiers_on(sql, g_array_index(days, gint64, i), error))
			return FALSE;
	return step == SQL_DONE;
}

/* ── days ── */

typedef struct {
	gboolean off, final;
	gint64 pp94_days, pp94_min;
} Account;

/* What became known of a locked day since.  FALSE: the line cannot be read, or there is none any more. */
static gboolean read_line(const char *text, GHashTable *off_codes, Account *out)
{
	MonthLine line;
	gboolean bad = FALSE;
	g_autofree char *copy = g_strdup_printf("%s\n", text);
	char *at = copy;
	if (!month_line_read(&at, &line, &bad))
		return FALSE;
	*out = (Account){.off = g_hash_table_contains(off_codes, line.codes),
					 .final = strcmp(line.state, "final") == 0,
					 .pp94_days = line.pp94_days,
					 .pp94_min = line.pp94_min};
	return TRUE;
}

static GHashTable *load_off_codes(Sql *sql, GError **error)
{
	g_autoptr(GHashTable) codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT code FROM attendance_code WHERE category='libur'", "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_hash_table_add(codes, g_strdup(sql_text(rows, 0)));
	return step == SQL_DONE ? g_steal_pointer(&codes) : NULL;
}

static void add_day(GArray *days, gint64 day, const Account *account)
{
	const DisciplineDay one = {.day = day,
							   .kind = account->off ? DISCIPLINE_OFF
									   : account->final && account->pp94_days > 0
										   ? DISCIPLINE_ABSENT
										   : DISCIPLINE_OTHER,
							   .minutes = account->final ? account->pp94_min : 0};
	g_array_append_val(days, one);
}

gboolean signals_days(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, GArray **days,
					  GError **error)
{
	g_autoptr(GHashTable) off_codes = load_off_codes(sql, error);
	*days = g_array_new(FALSE, FALSE, sizeof(DisciplineDay));
	if (off_codes == NULL)
		return FALSE;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT v.day, v.codes, v.state, v.pp94_days, v.pp94_min, d.new_line, d.n FROM verdict v"
		" LEFT JOIN month_difference d ON d.person=v.person AND d.day=v.day AND d.n="
		"(SELECT max(e.n) FROM month_difference e WHERE e.person=v.person AND e.day=v.day)"
		" WHERE v.person=$1 AND v.day>=$2 AND v.day<$3 ORDER BY v.day",
		"iii", person, from_day, to_day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Account account = {.off = g_hash_table_contains(off_codes, sql_text(rows, 1)),
						   .final = strcmp(sql_text(rows, 2), "final") == 0,
						   .pp94_days = sql_int(rows, 3),
						   .pp94_min = sql_int(rows, 4)};
		if (sql_int(rows, 6) != 0 &&
			(sql_is_null(rows, 5) || !read_line(sql_text(rows, 5), off_codes, &account)))
			continue; /* nothing is judged of it any more */
		add_day(*days, sql_int(rows, 0), &account);
	}
	return step == SQL_DONE;
}

static gboolean take_people(SqlStatement *rows, GArray *people, GError **error)
{
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(people, person);
	}
	return step == SQL_DONE;
}

gboolean signals_people(Sql *sql, PersonId after, gint64 n_max, gint64 from_day, gint64 to_day,
						GArray **people, PersonId *last, GError **error)
{
	*people = g_array_new(FALSE, FALSE, sizeof(PersonId));
	if (!sql_get_int(sql, last, 0, error,
					 "SELECT max(id) FROM (SELECT id FROM person WHERE id>$1 ORDER BY id LIMIT $2)"
					 " AS page",
					 "ii", after, n_max))
		return FALSE;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT v.person FROM verdict v WHERE v.person>$1 AND v.person<=$2 AND v.day>=$3"
		" AND v.day<$4 GROUP BY v.person HAVING sum(v.pp94_days)>0 OR sum(v.pp94_min)>0"
		" UNION SELECT person FROM discipline_signal WHERE person>$1 AND person<=$2"
		" UNION SELECT person FROM month_difference WHERE person>$1 AND person<=$2 ORDER BY 1",
		"iiii", after, *last, from_day, to_day);
	return take_people(rows, *people, error);
}

gboolean signals_apply(Sql *sql, PersonId person, gint64 day, gboolean *applies, GError **error)
{
	gint64 pp94 = 0;
	if (!sql_get_int(
			sql, &pp94, 0, error,
			"SELECT k.pp94 FROM person_employment e JOIN employment_kind k ON k.code=e.kind"
			" WHERE e.person=$1 AND" NOW_ON("e", "$2"),
			"ii", person, day))
		return FALSE;
	*applies = pp94 != 0;
	return TRUE;
}

/* ── signals ── */

void signal_free(Signal *signal)
{
	if (signal == NULL)
		return;
	g_free(signal->name);
	g_free(signal->action);
	g_free(signal->ended_why);
	g_free(signal->noted_by);
	g_free(signal->acted_by);
	g_free(signal);
}

gboolean signals_add(Sql *sql, const Signal *signal, const GArray *days, gint64 now_ms, gint64 *id,
					 GError **error)
{
	if (!sql_get_int(sql, id, 0, error,
					 "INSERT INTO discipline_signal (id, person, kind, year, from_days, name,"
					 " bkn_id, absent_days, minutes, total, reached_day, unit, superior, state,"
					 " made_ms, due_day) SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6, $7,"
					 " $8, $9, $10, $11, $12, 1, $13, $14 FROM discipline_signal RETURNING id",
					 "iiiitiiiiiiiii", signal->person, (gint64)signal->kind, signal->year,
					 signal->from_days, signal->name, signal->bkn_id, signal->absent_days,
					 signal->minutes, signal->total, signal->reached_day, signal->unit,
					 signal->superior, now_ms, signal->due_day))
		return FALSE;
	for (guint i = 0; i < days->len; i++) {
		const SignalDay *day = &g_array_index(days, SignalDay, i);
		if (!sql_run(sql, error,
					 "INSERT INTO discipline_signal_day (signal, day, person, kind, live, absent,"
					 " minutes) VALUES ($1,$2,$3,$4,1,$5,$6)",
					 "iiiiii", *id, day->day, signal->person, (gint64)signal->kind,
					 (gint64)day->absent, day->minutes))
			return FALSE;
	}
	return TRUE;
}

static gboolean take_days(SqlStatement *rows, GArray **days, GError **error)
{
	SqlStep step = SQL_FAILED;
	*days = g_array_new(FALSE, FALSE, sizeof(SignalDay));
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		const SignalDay day = {.id = sql_int(rows, 0),
							   .day = sql_int(rows, 1),
							   .absent = sql_int(rows, 2) != 0,
							   .minutes = sql_int(rows, 3)};
		g_array_append_val(*days, day);
	}
	return step == SQL_DONE;
}

gboolean signals_said_days(Sql *sql, PersonId person, SignalKind kind, gint64 from_day,
						   gint64 to_day, GArray **days, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT signal, day, absent, minutes FROM discipline_signal_day WHERE person=$1"
				  " AND kind=$2 AND day>=$3 AND day<$4 AND live=1 ORDER BY day",
				  "iiii", person, (gint64)kind, from_day, to_day);
	return take_days(rows, days, error);
}

gboolean signals_its_days(Sql *sql, gint64 id, GArray **days, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT signal, day, absent, minutes FROM discipline_signal_day WHERE signal=$1"
				  " ORDER BY day",
				  "i", id);
	return take_days(rows, days, error);
}

gboolean signals_withdraw(Sql *sql, gint64 id, const char *why, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE discipline_signal SET state=4, ended_ms=$2, ended_why=$3 WHERE id=$1",
				   "iit", id, now_ms, why) &&
		   sql_run(sql, error, "UPDATE discipline_signal_day SET live=0 WHERE signal=$1", "i", id);
}

gboolean signals_note(Sql *sql, gint64 id, gint64 account, gint64 now_ms, gboolean *done,
					  GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE discipline_signal SET state=2, noted_by=$2, noted_ms=$3"
						  " WHERE id=$1 AND state=1",
						  "iii", id, account, now_ms);
	*done = n == 1;
	return n >= 0;
}

gboolean signals_act(Sql *sql, gint64 id, gint64 account, const char *action, gint64 now_ms,
					 gboolean *done, GError **error)
{
	gint64 n =
		sql_change(sql, error,
				   "UPDATE discipline_signal SET state=3, acted_by=$2, acted_ms=$3, action=$4"
				   " WHERE id=$1 AND state IN (1,2)",
				   "iiit", id, account, now_ms, action);
	*done = n == 1;
	return n >= 0;
}

gboolean signals_mark_overdue(Sql *sql, gint64 today, gint64 now_ms, gint64 *n, GError **error)
{
	*n = sql_change(sql, error,
					"UPDATE discipline_signal SET overdue_ms=$2 WHERE state IN (1,2) AND due_day<$1"
					" AND overdue_ms IS NULL",
					"ii", today, now_ms);
	return *n >= 0;
}

static Signal *read_signal(SqlStatement *row)
{
	Signal *signal = g_new0(Signal, 1);
	*signal = (Signal){.id = sql_int(row, 0),
					   .person = sql_int(row, 1),
					   .kind = (SignalKind)sql_int(row, 2),
					   .year = sql_int(row, 3),
					   .from_days = sql_int(row, 4),
					   .name = g_strdup(sql_text(row, 5)),
					   .bkn_id = sql_int(row, 6),
					   .absent_days = sql_int(row, 7),
					   .minutes = sql_int(row, 8),
					   .total = sql_int(row, 9),
					   .reached_day = sql_int(row, 10),
					   .unit = sql_int(row, 11),
					   .superior = sql_int(row, 12),
					   .state = (SignalState)sql_int(row, 13),
					   .made_ms = sql_int(row, 14),
					   .due_day = sql_int(row, 15),
					   .overdue_ms = sql_int(row, 16),
					   .noted_ms = sql_int(row, 17),
					   .acted_ms = sql_int(row, 18),
					   .ended_ms = sql_int(row, 19),
					   .action = g_strdup(sql_text(row, 20)),
					   .ended_why = g_strdup(sql_text(row, 21)),
					   .noted_by = g_strdup(sql_text(row, 22)),
					   .acted_by = g_strdup(sql_text(row, 23))};
	return signal;
}

/* clang-format off */
static const char list_signals[] =
	"SELECT s.id, s.person, s.kind, s.year, s.from_days, s.name, s.bkn_id, s.absent_days, s.minutes,"
	" s.total, s.reached_day, s.unit, s.superior, s.state, s.made_ms, s.due_day, s.overdue_ms,"
	" s.noted_ms, s.acted_ms, s.ended_ms, s.action, s.ended_why, n.name, a.name"
	" FROM discipline_signal s LEFT JOIN account n ON n.id=s.noted_by"
	" LEFT JOIN account a ON a.id=s.acted_by WHERE s.id>$1 AND ($2=0 OR s.year=$2)"
	" AND ($3=0 OR s.person=$3) AND ($4=-1 OR s.superior=$4) AND ($5=0 OR s.state IN (1,2))"
	" AND ($7=0 OR s.id=$7) AND ($6=0 OR EXISTS (WITH RECURSIVE above(unit, depth) AS (SELECT s.unit, 0 UNION"
	" SELECT f.parent, above.depth+1 FROM above JOIN unit_fact f ON f.unit=above.unit"
	" WHERE f.parent IS NOT NULL AND above.depth<30 AND" AS_KNOWN_NOW("f")
	" AND f.valid_from_day<=s.reached_day AND f.valid_to_day>s.reached_day)"
	" SELECT 1 FROM above WHERE above.unit=$6)) ORDER BY s.id LIMIT $8";
/* clang-format on */

GPtrArray *signals_list(Sql *sql, const SignalFilter *filter, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)signal_free);
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, list_signals, "iiiiiiii", filter->after, filter->year, filter->person,
		filter->superior, (gint64)(filter->open != FALSE), filter->unit, filter->id, filter->limit);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(list, read_signal(rows));
	return step == SQL_DONE ? g_steal_pointer(&list) : NULL;
}
