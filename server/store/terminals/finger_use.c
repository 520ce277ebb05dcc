#include "server/store/terminals/finger_use.h"

#include "protocol/event.h"
#include "server/rules/calendar.h"

/* What a gallery of 10,000 references asks for (firmware/match/decide.c): who reaches no more is
 * missed where many are enrolled. */
#define WEAK_SCORE 6500
#define WEAK_MARGIN 3000 /* twice what is asked for */
#define POOR_QUALITY 30
#define MONTHS 3

static gint64 month_of(gint64 day)
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	return (gint64)year * 12 + month - 1;
}

/* clang-format off */
static const char add_sql[] =
	"INSERT INTO finger_use (person, finger, month, n_found, n_weak, n_poor, n_refused, score_sum,"
	" quality_sum) VALUES ($1,"
	" coalesce((SELECT finger FROM reference WHERE id = $2 AND person = $1), 0),"
	" $3, $4, $5, $6, $7, $8, $9)"
	" ON CONFLICT (person, finger, month) DO UPDATE SET"
	" n_found = finger_use.n_found + excluded.n_found,"
	" n_weak = finger_use.n_weak + excluded.n_weak,"
	" n_poor = finger_use.n_poor + excluded.n_poor,"
	" n_refused = finger_use.n_refused + excluded.n_refused,"
	" score_sum = finger_use.score_sum + excluded.score_sum,"
	" quality_sum = finger_use.quality_sum + excluded.quality_sum";

static const char list_sql[] =
	"SELECT person, finger, found, weak, poor, refused, score, quality FROM"
	" (SELECT u.person, u.finger, sum(u.n_found) AS found, sum(u.n_weak) AS weak,"
	" sum(u.n_poor) AS poor, sum(u.n_refused) AS refused, sum(u.score_sum) AS score,"
	" sum(u.quality_sum) AS quality FROM finger_use u WHERE u.month > $1"
	" AND (u.person > $2 OR (u.person = $2 AND u.finger > $3))"
	" AND EXISTS (SELECT 1 FROM reference r WHERE r.person = u.person AND r.to_ms IS NULL"
	" AND (u.finger = 0 OR r.finger = u.finger))"
	" GROUP BY u.person, u.finger) s"
	" WHERE (refused >= 5 AND refused * 4 >= found + refused)"
	" OR (weak >= 5 AND weak * 3 >= found) OR (poor >= 5 AND poor * 2 >= found)"
	" ORDER BY person, finger LIMIT $4";
/* clang-format on */

gboolean finger_use_add(Sql *sql, const FingerTouch *touch, GError **error)
{
	gboolean found = touch->reference != 0;
	gboolean weak = found && (touch->score < WEAK_SCORE || touch->margin < WEAK_MARGIN);
	gboolean poor = found && touch->quality < POOR_QUALITY;
	return sql_run(sql, error, add_sql, "iiiiiiiii", touch->person, touch->reference,
				   month_of(touch->day), (gint64)found, (gint64)weak, (gint64)poor,
				   (gint64)touch->n_vain, (gint64)(found ? touch->score : 0),
				   (gint64)(found ? touch->quality : 0));
}

gboolean finger_use_vain(Sql *sql, gint64 journal, gint64 seq, gint64 wall_ms, guint *n,
						 GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT kind, wall_ms FROM event WHERE journal = $1 AND seq < $2 AND seq >= $3"
				  " ORDER BY seq DESC",
				  "iii", journal, seq, seq - FINGER_USE_VAIN_MAX);
	SqlStep step = SQL_FAILED;
	*n = 0;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 at_ms = sql_int(rows, 1);
		if (sql_int(rows, 0) != EVENT_UNRECOGNISED || at_ms > wall_ms ||
			wall_ms - at_ms > FINGER_USE_TOGETHER_MS)
			return TRUE;
		wall_ms = at_ms;
		++*n;
	}
	return step == SQL_DONE;
}

/* ── the list ── */

const char *reenrol_reason_text(ReenrolReason reason)
{
	if (reason == REENROL_REFUSED)
		return "refused";
	return reason == REENROL_WEAK ? "weak" : "poor";
}

static guint reasons_of(const ReenrolRow *row)
{
	guint reasons = 0;
	if (row->n_refused >= 5 && row->n_refused * 4 >= row->n_found + row->n_refused)
		reasons |= REENROL_REFUSED;
	if (row->n_weak >= 5 && row->n_weak * 3 >= row->n_found)
		reasons |= REENROL_WEAK;
	if (row->n_poor >= 5 && row->n_poor * 2 >= row->n_found)
		reasons |= REENROL_POOR;
	return reasons;
}

static ReenrolRow read_row(SqlStatement *rows)
{
	ReenrolRow row = {.person = sql_int(rows, 0),
					  .finger = (Finger)sql_int(rows, 1),
					  .n_found = sql_int(rows, 2),
					  .n_weak = sql_int(rows, 3),
					  .n_poor = sql_int(rows, 4),
					  .n_refused = sql_int(rows, 5)};
	if (row.n_found > 0) {
		row.score = (gint32)(sql_int(rows, 6) / row.n_found);
		row.quality = (gint32)(sql_int(rows, 7) / row.n_found);
	}
	row.reasons = reasons_of(&row);
	return row;
}

gboolean finger_use_list(Sql *sql, gint64 day, PersonId person, Finger finger, gsize n_max,
						 GArray **out, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ReenrolRow));
	g_autoptr(SqlStatement) rows = sql_query(sql, error, list_sql, "iiii", month_of(day) - MONTHS,
											 person, (gint64)finger, (gint64)n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		ReenrolRow row = read_row(rows);
		g_array_append_val(list, row);
	}
	if (step != SQL_DONE)
		return FALSE;
	*out = g_steal_pointer(&list);
	return TRUE;
}
