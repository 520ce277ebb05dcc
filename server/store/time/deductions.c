#include "server/store/time/deductions.h"

#include <string.h>

#include "server/store/time/marks.h"

static const HistoryTable table =
	HISTORY_TABLE("unit_deduction", "unit", "unit=$3", "scheme, source", "it", "$4,$5,$6");

gboolean deductions_find(Sql *sql, const char *code, gint64 *scheme, GError **error)
{
	return sql_get_int(sql, scheme, 0, error, "SELECT id FROM deduction_scheme WHERE code=$1", "t",
					   code);
}

static const gint64 *minute_or_null(const gint64 *minute)
{
	return *minute >= 0 ? minute : NULL;
}

static gboolean insert_rows(Sql *sql, gint64 id, const DeductionScheme *scheme, GError **error)
{
	for (gsize i = 0; i < scheme->n_rows; i++) {
		const DeductionRow *row = &scheme->rows[i];
		const gint64 from_min = row->from_min, to_min = row->to_min;
		if (!sql_run(sql, error,
					 "INSERT INTO deduction_row (scheme, position, code, slot, from_min, to_min,"
					 " percent_bp, source) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
					 "iittIIit", id, (gint64)i + 1, row->code, row->slot, minute_or_null(&from_min),
					 minute_or_null(&to_min), (gint64)row->percent_bp, row->source))
			return FALSE;
	}
	return TRUE;
}

static gboolean same_rows(const DeductionScheme *a, const DeductionScheme *b)
{
	if (a->n_rows != b->n_rows)
		return FALSE;
	for (gsize i = 0; i < a->n_rows; i++) {
		const DeductionRow *one = &a->rows[i], *other = &b->rows[i];
		if (strcmp(one->code, other->code) != 0 || strcmp(one->slot, other->slot) != 0 ||
			one->from_min != other->from_min || one->to_min != other->to_min ||
			one->percent_bp != other->percent_bp || g_strcmp0(one->source, other->source) != 0)
			return FALSE;
	}
	return TRUE;
}

gboolean deductions_add(Sql *sql, const DeductionScheme *scheme, gint64 *id, gboolean *added,
						GError **error)
{
	g_assert(sql_in_transaction(sql));
	*added = FALSE;
	if (!deductions_find(sql, scheme->code, id, error))
		return FALSE;
	if (*id == 0) {
		*added = TRUE;
		return sql_get_int(sql, id, 0, error,
						   "INSERT INTO deduction_scheme (id, code)"
						   " SELECT coalesce(max(id),0)+1, $1 FROM deduction_scheme RETURNING id",
						   "t", scheme->code) &&
			   insert_rows(sql, *id, scheme, error);
	}
	g_autoptr(DeductionTable) known = deductions_load(sql, *id, error);
	if (known == NULL)
		return FALSE;
	if (same_rows(&known->scheme, scheme))
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
				"scheme '%s' has other rows already; give the new table a new code", scheme->code);
	return FALSE;
}

gboolean deductions_set(Sql *sql, gint64 unit, gint64 scheme, const Change *change,
						gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.integer = scheme}, {.text = change->source}};
	gboolean new = FALSE;
	if (!history_set(sql, &table, &unit, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	return !new || mark_unit(sql, unit, change->from_day, change->to_day, change->today,
							 "deduction", error);
}

/* clang-format off */
static const char nearest[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT d.scheme, coalesce(min(chain.depth),99) FROM unit_deduction d"
	" LEFT JOIN chain ON chain.unit=d.unit"
	" WHERE" NOW_ON("d", "$2") "AND (d.unit=0 OR chain.unit IS NOT NULL)"
	" GROUP BY d.unit, d.scheme ORDER BY 2 LIMIT 1";
/* clang-format on */

gboolean deductions_on(Sql *sql, gint64 unit, gint64 day, gint64 *scheme, GError **error)
{
	return sql_get_int(sql, scheme, 0, error, nearest, "ii", unit, day);
}

static void read_row(SqlStatement *rows, DeductionTable *out)
{
	const char *source = sql_text(rows, 5);
	DeductionRow row = {.code = g_string_chunk_insert(out->texts, sql_text(rows, 0)),
						.slot = g_string_chunk_insert(out->texts, sql_text(rows, 1)),
						.from_min = (gint32)sql_int(rows, 2),
						.to_min = (gint32)sql_int(rows, 3),
						.percent_bp = (gint32)sql_int(rows, 4)};
	if (source != NULL)
		row.source = g_string_chunk_insert(out->texts, source);
	g_array_append_val(out->rows, row);
}

static gboolean read_code(Sql *sql, gint64 scheme, DeductionTable *out, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT code FROM deduction_scheme WHERE id=$1", "i", scheme);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW)
		out->scheme.code = g_string_chunk_insert(out->texts, sql_text(row, 0));
	else if (step == SQL_DONE)
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no scheme %" G_GINT64_FORMAT, scheme);
	return step == SQL_ROW;
}

DeductionTable *deductions_load(Sql *sql, gint64 scheme, GError **error)
{
	g_autoptr(DeductionTable) out = g_new0(DeductionTable, 1);
	out->texts = g_string_chunk_new(1024);
	out->rows = g_array_new(FALSE, TRUE, sizeof(DeductionRow));
	if (!read_code(sql, scheme, out, error))
		return NULL;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT code, slot, coalesce(from_min,-1), coalesce(to_min,-1), percent_bp,"
				  " source FROM deduction_row WHERE scheme=$1 ORDER BY position",
				  "i", scheme);
	if (rows == NULL)
		return NULL;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW)
		read_row(rows, out);
	if (step == SQL_FAILED)
		return NULL;
	out->scheme.rows = (const DeductionRow *)(void *)out->rows->data;
	out->scheme.n_rows = out->rows->len;
	return g_steal_pointer(&out);
}

void deduction_table_free(DeductionTable *deductions)
{
	if (deductions == NULL)
		return;
	g_array_unref(deductions->rows);
	g_string_chunk_free(deductions->texts);
	g_free(deductions);
}
