#include "server/store/time/coverage.h"

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/read.h"

/* Is [from, to) inside one span?  Spans that touch are one, so one must hold all of it. */
static gboolean is_covered(Sql *sql, const char *terminal, gint64 from_ms, gint64 to_ms,
						   gboolean *covered, GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM coverage"
					 " WHERE terminal = $1 AND from_ms <= $2 AND to_ms >= $3",
					 "tii", terminal, from_ms, to_ms))
		return FALSE;
	*covered = n > 0;
	return TRUE;
}

/* From its first covered instant, or its join if that was earlier; 0 in `from`: never. */
static gboolean service_span(Sql *sql, const char *terminal, gint64 *from_ms, gint64 *to_ms,
							 GError **error)
{
	gint64 first;
	if (!sql_get_int(sql, &first, 0, error, "SELECT min(from_ms) FROM coverage WHERE terminal = $1",
					 "t", terminal))
		return FALSE;
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT joined_ms, revoked_ms FROM terminal WHERE id = $1", "t", terminal);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	gint64 joined = found ? sql_int(row, 0) : 0;
	gint64 revoked = found ? sql_int(row, 1) : 0;
	*from_ms = first == 0 || (joined != 0 && joined < first) ? joined : first;
	*to_ms = revoked != 0 ? revoked : G_MAXINT64;
	return TRUE;
}

static gboolean state_of(Sql *sql, const char *terminal, gint64 from_ms, gint64 to_ms,
						 CoverageState *state, GError **error)
{
	gint64 service_from, service_to;
	if (!service_span(sql, terminal, &service_from, &service_to, error))
		return FALSE;
	gint64 from = MAX(from_ms, service_from), to = MIN(to_ms, service_to);
	*state = COVERAGE_NONE;
	if (service_from == 0 || from >= to)
		return TRUE;
	gboolean covered;
	if (!is_covered(sql, terminal, from, to, &covered, error))
		return FALSE;
	*state = covered ? COVERAGE_COMPLETE : COVERAGE_GAP;
	return TRUE;
}

gboolean coverage_of_terminal(Sql *sql, const TerminalId *terminal, gint64 from_ms, gint64 to_ms,
							  CoverageState *state, GError **error)
{
	return state_of(sql, terminal->text, from_ms, to_ms, state, error);
}

gboolean coverage_of_place(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms,
						   gint64 utc_offset_min, CoverageState *state, TerminalId *terminal,
						   GError **error)
{
	*state = COVERAGE_NONE;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT t.id, p.valid_from_day, p.valid_to_day FROM terminal_place p"
				  " JOIN terminal t ON t.number = p.terminal WHERE p.place = $1 AND" AS_KNOWN_NOW(
					  "p") "AND p.valid_from_day <= $3 AND p.valid_to_day > $2 ORDER BY t.id, "
						   "p.valid_from_day",
				  "iii", place, calendar_day(from_ms, utc_offset_min),
				  calendar_day(to_ms - 1, utc_offset_min));
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		CoverageState one;
		TerminalId id;
		read_text(rows, 0, id.text, sizeof id.text);
		/* While it stood there. */
		gint64 here_ms = MAX(from_ms, calendar_ms(sql_int(rows, 1), 0, utc_offset_min));
		gint64 gone_ms = MIN(to_ms, calendar_ms(sql_int(rows, 2), 0, utc_offset_min));
		if (!state_of(sql, id.text, here_ms, gone_ms, &one, error))
			return FALSE;
		if (one == COVERAGE_COMPLETE && *state == COVERAGE_NONE)
			*state = COVERAGE_COMPLETE;
		if (one == COVERAGE_GAP) {
			*state = COVERAGE_GAP;
			if (terminal != NULL)
				*terminal = id;
			return TRUE;
		}
	}
	return step != SQL_FAILED;
}

gboolean coverage_add(Sql *sql, const TerminalId *terminal, gint64 from_ms, gint64 to_ms,
					  GError **error)
{
	gint64 from, to;
	if (!sql_get_int(sql, &from, from_ms, error,
					 "SELECT min(from_ms) FROM coverage"
					 " WHERE terminal = $1 AND from_ms <= $3 AND to_ms >= $2",
					 "tii", terminal->text, from_ms, to_ms) ||
		!sql_get_int(sql, &to, to_ms, error,
					 "SELECT max(to_ms) FROM coverage"
					 " WHERE terminal = $1 AND from_ms <= $3 AND to_ms >= $2",
					 "tii", terminal->text, from_ms, to_ms))
		return FALSE;
	return sql_run(sql, error,
				   "DELETE FROM coverage WHERE terminal = $1 AND from_ms <= $3 AND to_ms >= $2",
				   "tii", terminal->text, from_ms, to_ms) &&
		   sql_run(sql, error,
				   "INSERT INTO coverage (terminal, from_ms, to_ms) VALUES ($1, $2, $3)", "tii",
				   terminal->text, MIN(from, from_ms), MAX(to, to_ms));
}

gboolean coverage_before(Sql *sql, const TerminalId *terminal, gint64 at_ms, gint64 *to_ms,
						 GError **error)
{
	return sql_get_int(sql, to_ms, 0, error,
					   "SELECT max(to_ms) FROM coverage WHERE terminal = $1 AND from_ms <= $2",
					   "ti", terminal->text, at_ms);
}
