/* The facts a person's month rests on, as JSON; and what of it was locked. */
#include "server/evidence/pack_private.h"

#include <string.h>

#include <jansson.h>

#include "server/rules/calendar.h"
#include "server/rules/settings.h"
#include "server/store/history.h"
#include "server/store/month/month_lines.h"
#include "server/store/month/months.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/evidence.h"
#include "server/store/time/schedules.h"
#include "server/store/time/verdicts.h"

/* Days are local days since 1970-01-01, times UTC milliseconds, as in the tables; every version of a fact,
 * with when it was recorded and when it was replaced. */
#define VERSIONS "valid_from_day valid_to_day recorded_from_ms recorded_to_ms"
#define VERSIONS_OF(t)                                                                             \
	t ".valid_from_day, " t ".valid_to_day, " t ".recorded_from_ms, " t ".recorded_to_ms"
#define TOUCHES(t) t ".valid_from_day<$3 AND " t ".valid_to_day>$2"

/* $1 the person, $2 and $3 the month, half-open. */
static const struct {
	const char *name, *columns, *sql;
} facts[] = {
	{"assignments", "unit unit_code duty_place source " VERSIONS,
	 "SELECT a.unit, u.code, a.duty_place, a.source, " VERSIONS_OF("a") " FROM assignment a JOIN "
																		"unit u ON u.id=a.unit "
																		"WHERE a.person=$1 "
																		"AND " TOUCHES(
																			"a") " ORDER BY "
																				 "a.recorded_from_"
																				 "ms, "
																				 "a.valid_from_"
																				 "day"},
	{"schedule", "unit_code pattern name weekday start_min end_min break_min " VERSIONS,
	 "SELECT u.code, p.code, p.name, d.weekday, d.start_min, d.end_min, d.break_min, " VERSIONS_OF(
		 "s") " FROM unit_schedule s JOIN unit u ON u.id=s.unit JOIN work_pattern p ON "
			  "p.id=s.pattern"
			  " JOIN work_pattern_day d ON d.pattern=p.id WHERE " TOUCHES(
				  "s") " AND s.unit IN (WITH RECURSIVE above(unit, depth) AS (SELECT a.unit, 0 "
					   "FROM assignment a"
					   " WHERE a.person=$1 UNION SELECT f.parent, above.depth+1 FROM above JOIN "
					   "unit_fact f"
					   " ON f.unit=above.unit WHERE f.parent IS NOT NULL AND above.depth<30) "
					   "SELECT unit FROM above)"
					   " ORDER BY u.code, s.valid_from_day, s.recorded_from_ms, d.weekday"},
	{"rosters", "shift shift2 on_call source " VERSIONS,
	 "SELECT a.code, b.code, r.on_call, r.source, " VERSIONS_OF(
		 "r") " FROM person_roster r LEFT JOIN work_shift a ON a.id=r.shift LEFT JOIN work_shift b"
			  " ON b.id=r.shift2 WHERE r.person=$1 AND " TOUCHES(
				  "r") " ORDER BY r.valid_from_day, r.recorded_from_ms"},
	{"orders", "letter kind name scope target regency slot start_min end_min source " VERSIONS,
	 "SELECT o.letter, o.kind, o.name, o.scope, o.target, o.regency, o.slot, o.start_min, "
	 "o.end_min,"
	 " s.source, " VERSIONS_OF(
		 "s") " FROM day_order o JOIN day_order_span s ON s.day_order=o.id"
			  " WHERE " TOUCHES(
				  "s") " AND (o.scope<>'orang' OR o.target=$1) ORDER BY o.id, s.valid_from_day,"
					   " s.recorded_from_ms"},
	{"holidays", "unit name kind source " VERSIONS,
	 "SELECT h.unit, h.name, h.kind, h.source, " VERSIONS_OF(
		 "h") " FROM holiday h WHERE $1=$1 AND " TOUCHES("h") " ORDER BY h.valid_from_day, h.unit, "
															  "h.recorded_from_ms"},
	{"leaves", "id code slot letter source " VERSIONS,
	 "SELECT c.id, c.code, c.slot, c.letter, s.source, " VERSIONS_OF(
		 "s") " FROM leave_case c JOIN leave_span s ON s.leave_case=c.id WHERE c.person=$1 "
			  "AND " TOUCHES("s") " ORDER BY c.id, s.valid_from_day, s.recorded_from_ms"},
	{"corrections",
	 "id day kind code reason state asked_by asked_ms document_name step level step_state "
	 "decided_by"
	 " behalf decided_ms decision",
	 "SELECT c.id, c.day, c.kind, c.code, c.reason, c.state, w.name, c.asked_ms, c.document_name,"
	 " s.number, s.level, s.state, a.name, b.name, s.decided_ms, s.reason FROM correction c"
	 " JOIN account w ON w.id=c.account JOIN correction_step s ON s.correction=c.id"
	 " LEFT JOIN account a ON a.id=s.account LEFT JOIN account b ON b.id=s.behalf"
	 " WHERE c.person=$1 AND c.day>=$2 AND c.day<$3 ORDER BY c.id, s.number"},
	{"verdicts",
	 "day codes state late_min early_min in_ms out_ms due_out_ms deduction_bp pp94_min pp94_days"
	 " rule_version hash judged_ms",
	 "SELECT day, codes, state, late_min, early_min, in_ms, out_ms, due_out_ms, deduction_bp,"
	 " pp94_min, pp94_days, rule_version, hash, judged_ms FROM verdict WHERE person=$1 AND day>=$2"
	 " AND day<$3 ORDER BY day"},
	{"differences", "day n month_day old_line new_line recorded_ms",
	 "SELECT day, n, month_day, old_line, new_line, recorded_ms FROM month_difference"
	 " WHERE person=$1 AND day>=$2 AND day<$3 ORDER BY day, n"},
};

static const struct {
	const char *name, *columns, *sql;
} by_time[] = {
	{"punches", "terminal seq at_ms place state kind reason letter",
	 "SELECT terminal, seq, at_ms, place, state, kind, reason, letter FROM punch WHERE person=$1"
	 " AND at_ms>=$2 AND at_ms<$3 ORDER BY at_ms, terminal, seq"},
	{"certificates", "terminal serial issued_ms not_after_ms revoked_ms",
	 "SELECT c.name, c.serial, c.issued_ms, c.not_after_ms, c.revoked_ms FROM certificate c"
	 " WHERE c.bootstrap=0 AND c.name IN (SELECT terminal FROM punch WHERE person=$1 AND at_ms>=$2"
	 " AND at_ms<$3) ORDER BY c.name, c.issued_ms"},
};

/* ── rows as JSON ── */

/* Small numbers, texts and bytes all have a text. */
static json_t *cell(SqlStatement *row, int column, const char *name)
{
	gsize size = 0;
	if (sql_is_null(row, column))
		return json_null();
	if (strcmp(name, "serial") == 0) {
		gconstpointer bytes = sql_bytes(row, column, &size);
		g_autofree char *hex = g_malloc(2 * size + 1);
		evidence_hex(bytes, size, hex);
		return json_string(hex);
	}
	const char *text = sql_text(row, column);
	return json_string(text != NULL ? text : "");
}

static void add_json(GPtrArray *parts, json_t *json, const char *name)
{
	char *text = json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(json);
	pack_parts_add(parts, g_bytes_new_with_free_func(text, strlen(text), free, text),
				   "facts/%s.json", name);
}

static gboolean add_rows(GPtrArray *parts, SqlStatement *rows, const char *name,
						 const char *columns, GError **error)
{
	g_auto(GStrv) names = g_strsplit(columns, " ", -1);
	SqlStep step = SQL_FAILED;
	json_t *list = json_array();
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		json_t *row = json_object();
		for (int i = 0; names[i] != NULL; i++)
			json_object_set_new(row, names[i], cell(rows, i, names[i]));
		json_array_append_new(list, row);
	}
	add_json(parts, list, name);
	return step == SQL_DONE;
}

static gboolean add_facts(Sql *sql, const EvidenceAsk *ask, gint64 to_day, GPtrArray *parts,
						  GError **error)
{
	gint64 from_ms = calendar_ms(ask->month_day, 0, ask->utc_offset_min);
	gint64 to_ms = calendar_ms(to_day + 1, 0, ask->utc_offset_min);
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		g_autoptr(SqlStatement) rows =
			sql_query(sql, error, facts[i].sql, "iii", ask->person, ask->month_day, to_day);
		if (!add_rows(parts, rows, facts[i].name, facts[i].columns, error))
			return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(by_time); i++) {
		g_autoptr(SqlStatement) rows =
			sql_query(sql, error, by_time[i].sql, "iii", ask->person, from_ms, to_ms);
		if (!add_rows(parts, rows, by_time[i].name, by_time[i].columns, error))
			return FALSE;
	}
	return TRUE;
}

/* Each version of the rules that held in the month, with every limit. */
static gboolean add_rules(Sql *sql, const EvidenceAsk *ask, gint64 to_day, GPtrArray *parts,
						  GError **error)
{
	gint64 last = -1;
	json_t *list = json_array();
	for (gint64 day = ask->month_day; day < to_day; day++) {
		RuleSet rules;
		char date[CALENDAR_TEXT];
		if (!schedules_rules_on(sql, day, &rules, error)) {
			json_decref(list);
			return FALSE;
		}
		if (rules.version == last)
			continue;
		last = rules.version;
		calendar_format(day, date);
		json_t *one = json_object();
		json_object_set_new(one, "version", json_integer(last));
		json_object_set_new(one, "from", json_string(date));
		for (gsize i = 0; i < RULE_SETTINGS; i++)
			json_object_set_new(one, rule_settings[i].name,
								json_integer(rule_setting_get(&rules, &rule_settings[i])));
		json_array_append_new(list, one);
	}
	add_json(parts, list, "rules");
	return TRUE;
}

static gboolean add_reasons(Sql *sql, const EvidenceAsk *ask, gint64 to_day, GPtrArray *parts,
							GError **error)
{
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	json_t *days = json_object();
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(sql, ask->person, ask->month_day, to_day, error);
	while (rows != NULL && (step = verdicts_next(rows, &verdict, error)) == SQL_ROW) {
		char date[CALENDAR_TEXT];
		json_t *reasons = json_loads(verdict.reasons, 0, NULL);
		calendar_format(verdict.day, date);
		json_object_set_new(days, date, reasons != NULL ? reasons : json_null());
	}
	add_json(parts, days, "reasons");
	return step == SQL_DONE;
}

/* ── the lock ── */

/* Of every unit in whose month a day of the person is. */
static gboolean add_lock(Sql *sql, const EvidenceAsk *ask, gint64 unit, GPtrArray *parts,
						 GError **error)
{
	char hash[2 * MONTH_HASH_SIZE + 1], head[2 * MONTH_HASH_SIZE + 1];
	GError *local = NULL;
	g_autoptr(GPtrArray) steps = months_steps(sql, unit, ask->month_day, error);
	g_autoptr(GArray) hashes = month_person_hashes(sql, unit, ask->month_day, error);
	if (steps == NULL || hashes == NULL)
		return FALSE;
	g_autofree char *lines = month_lines_text(sql, unit, ask->month_day, ask->person, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	GString *text = g_string_new(NULL);
	for (guint i = 0; i < steps->len; i++) {
		const MonthStepRow *step = steps->pdata[i];
		evidence_hex(step->hash, sizeof step->hash, hash);
		evidence_hex(step->audit_hash, sizeof step->audit_hash, head);
		g_string_append_printf(text,
							   "%" G_GINT64_FORMAT " %s by %s at %" G_GINT64_FORMAT
							   ": hash %s, log %" G_GINT64_FORMAT " %s\n",
							   step->n, month_step_text(step->step), step->by, step->at_ms, hash,
							   step->audit_seq, head);
	}
	pack_parts_add(parts, g_string_free_to_bytes(text), "lock/%" G_GINT64_FORMAT "/steps.txt",
				   unit);
	GString *people = g_string_new(NULL);
	for (guint i = 0; i < hashes->len; i++) {
		const MonthPersonHash *one = &g_array_index(hashes, MonthPersonHash, i);
		evidence_hex(one->hash, sizeof one->hash, hash);
		g_string_append_printf(people, "%" G_GINT64_FORMAT "\t%s\n", one->person, hash);
	}
	pack_parts_add(parts, g_string_free_to_bytes(people), "lock/%" G_GINT64_FORMAT "/people.txt",
				   unit);
	if (lines != NULL)
		pack_parts_add(parts, g_bytes_new(lines, strlen(lines)),
					   "lock/%" G_GINT64_FORMAT "/lines.txt", unit);
	return TRUE;
}

static gboolean add_locks(Sql *sql, const EvidenceAsk *ask, gint64 to_day, GPtrArray *parts,
						  GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (gint64 day = ask->month_day; day < to_day; day++) {
		MonthState state;
		gint64 unit = 0;
		if (!months_state_of_day(sql, ask->person, day, &state, &unit, error))
			return FALSE;
		if (unit != 0 && g_hash_table_add(seen, g_memdup2(&unit, sizeof unit)) &&
			!add_lock(sql, ask, unit, parts, error))
			return FALSE;
	}
	return TRUE;
}

gboolean pack_facts(Sql *sql, const EvidenceAsk *ask, GPtrArray *parts, GError **error)
{
	gint64 to_day = month_after(ask->month_day, 1);
	return add_facts(sql, ask, to_day, parts, error) && add_rules(sql, ask, to_day, parts, error) &&
		   add_reasons(sql, ask, to_day, parts, error) && add_locks(sql, ask, to_day, parts, error);
}
