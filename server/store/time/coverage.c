#include "server/store/time/coverage.h"

#include "server/store/time/coverage_view.h"

gboolean coverage_of_place(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms,
						   gint64 utc_offset_min, CoverageState *state, TerminalId *terminal,
						   GError **error)
{
	CoverageView *view = coverage_view_new(sql, utc_offset_min);
	gboolean known = coverage_view_place(view, place, from_ms, to_ms, state, terminal, error);
	coverage_view_free(view);
	return known;
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
