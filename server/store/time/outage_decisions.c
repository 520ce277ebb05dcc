#include "server/store/time/outage_decisions.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/read.h"
#include "server/store/terminals/decisions.h"
#include "server/store/time/punches.h"

G_DEFINE_QUARK(hadir - outage - error, outage_error)

#define EVIDENCE_MAX 500 /* bytes, as a decision's reason */

/* ── What speaks against it ── */

static gboolean refuse(GError **error, OutageError code, const char *text)
{
	g_set_error_literal(error, OUTAGE_ERROR, code, text);
	return FALSE;
}

static gboolean check_span(const Outage *outage, gint64 now_ms, GError **error)
{
	if (outage->from_ms >= outage->to_ms)
		return refuse(error, OUTAGE_ERROR_SPAN, "it ends before it begins");
	if (outage->to_ms > now_ms)
		return refuse(error, OUTAGE_ERROR_SPAN,
					  "it is not over yet: what will happen is no outage");
	return outage->to_ms - outage->from_ms <= OUTAGE_DAYS_MAX * DAY_MS ||
		   refuse(error, OUTAGE_ERROR_SPAN, "an outage is at most a year");
}

/* "term-a recorded from … to …": the journals of the place speak against it. */
static gboolean check_recorded(Sql *sql, const Outage *outage, gint64 utc_offset_min,
							   GError **error)
{
	char from[CALENDAR_ISO], to[CALENDAR_ISO];
	gint64 from_day = calendar_day(outage->from_ms, utc_offset_min);
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT c.terminal, c.from_ms, c.to_ms, p.valid_from_day, p.valid_to_day FROM"
		" terminal_place p JOIN terminal t ON t.number=p.terminal JOIN coverage c"
		" ON c.terminal=t.id AND c.from_ms<$3 AND c.to_ms>$2 AND c.to_ms>c.from_ms"
		" WHERE p.place=$1 AND p.valid_from_day<=$5 AND p.valid_to_day>$4 AND" AS_KNOWN_NOW(
			"p") "ORDER BY c.from_ms",
		"iiiii", outage->place, outage->from_ms, outage->to_ms, from_day,
		calendar_day(outage->to_ms - 1, utc_offset_min));
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		/* While it stood there. */
		gint64 begin = MAX(MAX(sql_int(rows, 1), outage->from_ms),
						   calendar_ms(sql_int(rows, 3), 0, utc_offset_min));
		gint64 end = MIN(MIN(sql_int(rows, 2), outage->to_ms),
						 calendar_ms(sql_int(rows, 4), 0, utc_offset_min));
		if (begin >= end)
			continue;
		calendar_format_iso(begin, utc_offset_min, from);
		calendar_format_iso(end, utc_offset_min, to);
		g_set_error(error, OUTAGE_ERROR, OUTAGE_ERROR_RECORDED,
					"terminal %s there could record from %s to %s; leave that time out",
					sql_text(rows, 0), from, to);
		return FALSE;
	}
	return step == SQL_DONE;
}

/* Whoever punched there proves that it was possible: both cannot be true. */
static gboolean check_punches(Sql *sql, const Outage *outage, gint64 utc_offset_min, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT count(*), min(at_ms) FROM punch WHERE place=$1 AND at_ms>=$2"
		" AND at_ms<$3 AND state IN (1,2) AND terminal NOT IN ($4,$5)",
		"iiitt", outage->place, outage->from_ms, outage->to_ms, PUNCH_BY_HAND, PUNCH_ELSEWHERE);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found || sql_int(row, 0) == 0)
		return TRUE;
	char at[CALENDAR_ISO];
	calendar_format_iso(sql_int(row, 1), utc_offset_min, at);
	g_set_error(error, OUTAGE_ERROR, OUTAGE_ERROR_RECORDED,
				"%" G_GINT64_FORMAT " punches were recorded there meanwhile, the first at %s: a"
				" contradiction",
				sql_int(row, 0), at);
	return FALSE;
}

/* With those that are accepted, or declared and open; `open` FALSE: with accepted ones only. */
static gboolean check_overlap(Sql *sql, const Outage *outage, gboolean open, gint64 utc_offset_min,
							  GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT id, from_ms, to_ms FROM outage WHERE place=$1 AND from_ms<$3"
				  " AND to_ms>$2 AND id<>$4 AND (state=2 OR ($5=1 AND state=1"
				  " AND origin='declared')) ORDER BY from_ms LIMIT 1",
				  "iiiii", outage->place, outage->from_ms, outage->to_ms, outage->id,
				  (gint64)(open != FALSE));
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found)
		return TRUE;
	char from[CALENDAR_ISO], to[CALENDAR_ISO];
	calendar_format_iso(sql_int(row, 1), utc_offset_min, from);
	calendar_format_iso(sql_int(row, 2), utc_offset_min, to);
	g_set_error(error, OUTAGE_ERROR, OUTAGE_ERROR_OVERLAP,
				"it overlaps outage %" G_GINT64_FORMAT " of the same place, %s to %s",
				sql_int(row, 0), from, to);
	return FALSE;
}

static gboolean check_facts(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
							GError **error)
{
	return check_span(outage, now_ms, error) &&
		   check_recorded(sql, outage, utc_offset_min, error) &&
		   check_punches(sql, outage, utc_offset_min, error);
}

gboolean outage_check(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
					  GError **error)
{
	return check_facts(sql, outage, now_ms, utc_offset_min, error) &&
		   check_overlap(sql, outage, FALSE, utc_offset_min, error);
}

/* ── Declaring ── */

static gboolean is_text(const char *text, gsize n_max)
{
	return text != NULL && strlen(text) <= EVIDENCE_MAX && decision_reason_check(text, NULL) &&
		   (gsize)g_utf8_strlen(text, -1) <= n_max;
}

gboolean outage_declare(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
						gint64 *id, GError **error)
{
	if (!is_text(outage->cause, OUTAGE_CAUSE_MAX))
		return refuse(error, OUTAGE_ERROR_TEXT, "a cause of 3 to 40 characters");
	if (!is_text(outage->evidence, EVIDENCE_MAX))
		return refuse(error, OUTAGE_ERROR_TEXT,
					  "evidence of 3 characters to 500 bytes, one line: what shows that nobody"
					  " could record there");
	return check_facts(sql, outage, now_ms, utc_offset_min, error) &&
		   check_overlap(sql, outage, TRUE, utc_offset_min, error) &&
		   outages_declare(sql, outage, now_ms, utc_offset_min, id, error);
}

/* ── Deciding ── */

static gboolean load(Sql *sql, gint64 id, Outage *outage, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT place, from_ms, to_ms, state FROM outage WHERE id=$1", "i", id);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found)
		return refuse(error, OUTAGE_ERROR_GONE, "there is no outage of that number");
	*outage = (Outage){.id = id,
					   .place = sql_int(row, 0),
					   .from_ms = sql_int(row, 1),
					   .to_ms = sql_int(row, 2),
					   .state = (OutageState)sql_int(row, 3)};
	return TRUE;
}

static gboolean keep_decision(Sql *sql, const OutageDecision *decision, gint64 now_ms,
							  GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO outage_decision (outage, number, state, reason, account,"
				   " decided_ms) SELECT $1, coalesce(max(number),0)+1, $2, $3, $4, $5"
				   " FROM outage_decision WHERE outage=$1",
				   "iitii", decision->id, (gint64)decision->state, decision->reason,
				   decision->account, now_ms);
}

static char *account_name(Sql *sql, gint64 account, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT name FROM account WHERE id=$1", "i", account);
	gboolean found;
	if (!read_first(row, &found, error))
		return NULL;
	if (!found)
		g_set_error_literal(error, OUTAGE_ERROR, OUTAGE_ERROR_GONE, "there is no such account");
	return found ? g_strdup(sql_text(row, 0)) : NULL;
}

gboolean outage_decide(Sql *sql, const OutageDecision *decision, gint64 now_ms,
					   gint64 utc_offset_min, GError **error)
{
	Outage outage;
	gboolean accepted = decision->state == OUTAGE_ACCEPTED;
	if (!is_text(decision->reason, EVIDENCE_MAX))
		return refuse(error, OUTAGE_ERROR_TEXT, "a reason of 3 characters to 500 bytes, one line");
	if (!load(sql, decision->id, &outage, error))
		return FALSE;
	if (outage.state == decision->state)
		return refuse(error, OUTAGE_ERROR_STATE,
					  accepted ? "it is approved already" : "it is refused already");
	if (accepted && !outage_check(sql, &outage, now_ms, utc_offset_min, error))
		return FALSE;
	g_autofree char *by = account_name(sql, decision->account, error);
	return by != NULL && keep_decision(sql, decision, now_ms, error) &&
		   outages_decide(sql, decision->id, decision->state, by, decision->document, now_ms,
						  utc_offset_min, error);
}
