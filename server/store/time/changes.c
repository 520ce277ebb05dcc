#include "server/store/time/changes.h"

#include "server/store/history.h"

struct ChangeCursor {
	SqlStatement *rows;
};

/* ── Writing ── */

gboolean changes_begin(Sql *sql, ChangeBatch *batch, GError **error)
{
	g_assert(sql_in_transaction(sql));
	batch->n_people = batch->n_days = 0;
	return sql_get_int(
		sql, &batch->id, 0, error,
		"INSERT INTO change_batch (id, kind, file, n_rows, n_people, n_days, recorded_ms)"
		" SELECT coalesce(max(id),0)+1, $1, $2, $3, 0, 0, $4 FROM change_batch RETURNING id",
		"ttii", batch->kind, batch->file, batch->n_rows, batch->recorded_ms);
}

gboolean changes_add(Sql *sql, ChangeBatch *batch, const ChangedDay *day, GError **error)
{
	const ChangeSide *old = &day->before, *new = &day->after;
	batch->n_days++;
	if (batch->n_days > CHANGES_KEPT_MAX)
		return TRUE;
	return sql_run(sql, error,
				   "INSERT INTO change_day (batch, person, day, old_codes, old_unit, old_late_min,"
				   " old_early_min, old_deduction_bp, new_codes, new_unit, new_late_min,"
				   " new_early_min, new_deduction_bp)"
				   " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)",
				   "iiitiiiitiiii", batch->id, day->person, day->day, old->codes, old->unit,
				   old->late_min, old->early_min, old->deduction_bp, new->codes, new->unit,
				   new->late_min, new->early_min, new->deduction_bp);
}

gboolean changes_finish(Sql *sql, const ChangeBatch *batch, GError **error)
{
	return sql_run(sql, error, "UPDATE change_batch SET n_people=$2, n_days=$3 WHERE id=$1", "iii",
				   batch->id, batch->n_people, batch->n_days);
}

/* ── Reading ── */

gboolean changes_batch(Sql *sql, gint64 id, ChangeBatch *batch, GError **error)
{
	*batch = (ChangeBatch){0};
	g_autoptr(SqlStatement) row = sql_query(sql, error,
											"SELECT id, kind, file, n_rows, n_people, n_days, "
											"recorded_ms FROM change_batch WHERE id=$1",
											"i", id);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW)
		*batch = (ChangeBatch){.id = sql_int(row, 0),
							   .kind = g_strdup(sql_text(row, 1)),
							   .file = g_strdup(sql_text(row, 2)),
							   .n_rows = sql_int(row, 3),
							   .n_people = sql_int(row, 4),
							   .n_days = sql_int(row, 5),
							   .recorded_ms = sql_int(row, 6)};
	return step != SQL_FAILED;
}

void change_batch_clear(ChangeBatch *batch)
{
	g_free((gpointer)batch->kind);
	g_free((gpointer)batch->file);
	*batch = (ChangeBatch){0};
}

/* clang-format off */
#define LINES \
	"SELECT c.person, c.day, c.old_codes, c.old_unit, c.old_late_min, c.old_early_min," \
	" c.old_deduction_bp, c.new_codes, c.new_unit, c.new_late_min, c.new_early_min," \
	" c.new_deduction_bp, n.name, o.digits, b.code, a.code FROM change_day c" \
	" LEFT JOIN person_name n ON n.person=c.person AND" NOW_ON("n", "c.day") \
	" LEFT JOIN person_number o ON o.person=c.person AND" NOW_ON("o", "c.day") \
	" LEFT JOIN unit b ON b.id=c.old_unit LEFT JOIN unit a ON a.id=c.new_unit WHERE c.batch=$1 "
#define OTHER_CODES "coalesce(c.old_codes,'')<>coalesce(c.new_codes,'')"
static const char by_day[] = LINES "ORDER BY c.person, c.day LIMIT $2";
static const char codes_first[] =
	LINES "ORDER BY CASE WHEN " OTHER_CODES " THEN 0 ELSE 1 END, c.person, c.day LIMIT $2";
static const char count_codes[] =
	"SELECT count(*) FROM change_day c WHERE c.batch=$1 AND " OTHER_CODES;
/* clang-format on */

gboolean changes_count_codes(Sql *sql, gint64 batch, gint64 *n, GError **error)
{
	return sql_get_int(sql, n, 0, error, count_codes, "i", batch);
}

ChangeCursor *changes_list(Sql *sql, gint64 batch, gboolean other_codes_first, gint64 limit,
						   GError **error)
{
	SqlStatement *rows =
		sql_query(sql, error, other_codes_first ? codes_first : by_day, "ii", batch, limit);
	if (rows == NULL)
		return NULL;
	ChangeCursor *cursor = g_new0(ChangeCursor, 1);
	cursor->rows = rows;
	return cursor;
}

static ChangeSide read_side(SqlStatement *row, int from)
{
	return (ChangeSide){.codes = sql_text(row, from),
						.unit = sql_int(row, from + 1),
						.late_min = sql_int(row, from + 2),
						.early_min = sql_int(row, from + 3),
						.deduction_bp = sql_int(row, from + 4)};
}

SqlStep changes_next(ChangeCursor *cursor, ChangeLine *line, GError **error)
{
	SqlStatement *row = cursor->rows;
	SqlStep step = sql_next(row, error);
	if (step != SQL_ROW)
		return step;
	*line = (ChangeLine){.day = {.person = sql_int(row, 0),
								 .day = sql_int(row, 1),
								 .before = read_side(row, 2),
								 .after = read_side(row, 7)},
						 .name = sql_text(row, 12),
						 .number = sql_text(row, 13),
						 .before_unit = sql_text(row, 14),
						 .after_unit = sql_text(row, 15)};
	return SQL_ROW;
}

void change_cursor_free(ChangeCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor);
}
