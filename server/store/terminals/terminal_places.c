#include "server/store/terminals/terminal_places.h"

#include "server/rules/calendar.h"
#include "server/store/time/marks.h"
#include "server/store/system/server_state.h"

static const HistoryTable place_table =
	HISTORY_TABLE("terminal_place", "terminal", "terminal=$3", "place, source", "it", "$4,$5,$6");

/* 0: no such terminal. */
static gboolean number_of(Sql *sql, const TerminalId *terminal, gint64 *number, GError **error)
{
	return sql_get_int(sql, number, 0, error, "SELECT number FROM terminal WHERE id=$1", "t",
					   terminal->text);
}

static gboolean set(Sql *sql, gint64 number, gint64 place, const Change *change, gboolean *changed,
					GError **error)
{
	HistoryValue values[] = {{.integer = place}, {.text = change->source}};
	return history_set(sql, &place_table, &number, 1, values, change, changed, error);
}

gboolean terminal_places_begin(Sql *sql, const TerminalId *terminal, gint64 place, gint64 now_ms,
							   GError **error)
{
	const Change always = {.from_day = DAY_ALWAYS, .to_day = DAY_OPEN, .now_ms = now_ms};
	gint64 last;
	return sql_get_int(sql, &last, 0, error, "SELECT max(number) FROM terminal", "") &&
		   sql_run(sql, error, "UPDATE terminal SET number=$1 WHERE id=$2", "it", last + 1,
				   terminal->text) &&
		   set(sql, last + 1, place, &always, NULL, error);
}

gboolean terminal_places_shared(Sql *sql, gint64 place, gint64 from_day, gint64 to_day,
								gboolean *shared, GError **error)
{
	gint64 n = 0;
	gboolean known = sql_get_int(
		sql, &n, 0, error,
		"SELECT count(DISTINCT p.terminal) FROM terminal_place p WHERE"
		" p.place=$1 AND p.valid_from_day<$3 AND p.valid_to_day>$2 AND" AS_KNOWN_NOW("p"),
		"iii", place, from_day, to_day);
	*shared = n > 1;
	return known;
}

gboolean terminal_places_on(Sql *sql, const TerminalId *terminal, gint64 day, gint64 *place,
							GError **error)
{
	return sql_get_int(sql, place, 0, error,
					   "SELECT p.place FROM terminal_place p JOIN terminal t ON t.number=p.terminal"
					   " WHERE t.id=$1 AND" NOW_ON("p", "$2"),
					   "ti", terminal->text, day);
}

gboolean terminal_places_between(Sql *sql, const TerminalId *terminal, gint64 from_day,
								 gint64 to_day, GArray **places, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(TerminalPlace));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT p.place, p.valid_from_day, p.valid_to_day FROM terminal_place p"
		" JOIN terminal t ON t.number=p.terminal WHERE t.id=$1 AND" AS_KNOWN_NOW(
			"p") "AND p.valid_from_day<$3 AND p.valid_to_day>$2 ORDER BY p.valid_from_day",
		"tii", terminal->text, from_day, to_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		TerminalPlace one = {sql_int(rows, 0), sql_int(rows, 1), sql_int(rows, 2)};
		g_array_append_val(list, one);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*places = g_steal_pointer(&list);
	return TRUE;
}

gboolean terminal_places_follow(Sql *sql, gint64 today, GError **error)
{
	gint64 revision, n;
	n = sql_change(
		sql, error,
		"UPDATE terminal SET place=(SELECT p.place FROM terminal_place p"
		" WHERE p.terminal=terminal.number AND" NOW_ON(
			"p", "$1") ")"
					   " WHERE EXISTS (SELECT 1 FROM terminal_place p"
					   " WHERE p.terminal=terminal.number AND p.place<>terminal.place AND" NOW_ON(
						   "p", "$1") ")",
		"i", today);
	return n == 0 || (n > 0 && server_state_next_revision(sql, &revision, error));
}

/* ── moving ── */

/* A punch is where its terminal stood. */
static gboolean move_punches(Sql *sql, const TerminalId *terminal, gint64 place,
							 const Change *change, gint64 utc_offset_min, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE punch SET place=$2 WHERE terminal=$1 AND at_ms>=$3 AND at_ms<$4"
				   " AND place<>$2",
				   "tiii", terminal->text, place, calendar_ms(change->from_day, 0, utc_offset_min),
				   calendar_ms(change->to_day, 0, utc_offset_min));
}

/* A night shift that began the day before ends in the first. */
static gboolean mark(Sql *sql, gint64 place, const Change *change, GError **error)
{
	return change->from_day > change->today ||
		   mark_place(sql, place, change->from_day - 1, MIN(change->to_day, change->today + 1),
					  change->today, "terminal", error);
}

gboolean terminal_places_move(Sql *sql, const TerminalId *terminal, gint64 place,
							  const Change *change, gint64 utc_offset_min, gboolean *changed,
							  GError **error)
{
	gint64 number;
	g_autoptr(GArray) old = NULL;
	*changed = FALSE;
	if (!number_of(sql, terminal, &number, error) || number == 0 ||
		!terminal_places_between(sql, terminal, change->from_day, change->to_day, &old, error) ||
		!set(sql, number, place, change, changed, error))
		return FALSE;
	if (!*changed)
		return TRUE;
	/* Marked before too: who punched there is found by the punches' place. */
	for (guint i = 0; i < old->len; i++)
		if (!mark(sql, g_array_index(old, TerminalPlace, i).place, change, error))
			return FALSE;
	return move_punches(sql, terminal, place, change, utc_offset_min, error) &&
		   mark(sql, place, change, error) && terminal_places_follow(sql, change->today, error);
}
