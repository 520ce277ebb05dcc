#include "server/store/month/month_lines.h"

#include <string.h>

#include <gio/gio.h>

#include "server/store/history.h"
#include "server/store/read.h"

/* A person's month inflated; far more than 31 days can say. */
#define CONTENT_MAX ((gsize)16 << 20)

/* ── Content ── */

static GByteArray *convert(GConverter *converter, const guint8 *from, gsize size, GError **error)
{
	g_autoptr(GByteArray) out = g_byte_array_new();
	guint8 buffer[16384];
	GConverterResult result = G_CONVERTER_CONVERTED;
	while (result != G_CONVERTER_FINISHED && out->len <= CONTENT_MAX) {
		gsize n_read = 0, n_written = 0;
		result = g_converter_convert(converter, from, size, buffer, sizeof buffer,
									 G_CONVERTER_INPUT_AT_END, &n_read, &n_written, error);
		if (result == G_CONVERTER_ERROR)
			return NULL;
		from += n_read;
		size -= n_read;
		g_byte_array_append(out, buffer, (guint)n_written);
	}
	if (result != G_CONVERTER_FINISHED) {
		g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED, "a person's month is too large");
		return NULL;
	}
	return g_steal_pointer(&out);
}

/* (transfer full), with its end. */
static char *inflate(SqlStatement *row, int column, GError **error)
{
	gsize size = 0;
	gconstpointer packed = sql_bytes(row, column, &size);
	g_autoptr(GConverter) converter =
		G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
	g_autoptr(GByteArray) out = convert(converter, packed, size, error);
	if (out == NULL)
		return NULL;
	g_byte_array_append(out, (const guint8 *)"", 1);
	return (char *)g_byte_array_free(g_steal_pointer(&out), FALSE);
}

gboolean month_lines_put(Sql *sql, gint64 unit, gint64 month_day, PersonId person,
						 const MonthContent *content, GError **error)
{
	g_autoptr(GConverter) converter =
		G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));
	g_autoptr(GByteArray) packed =
		convert(converter, (const guint8 *)content->lines->str, content->lines->len, error);
	return packed != NULL &&
		   sql_run(sql, error,
				   "INSERT INTO month_person (unit, month_day, person, n_days, days, content, hash)"
				   " VALUES ($1,$2,$3,$4,$5,$6,$7)",
				   "iiiiibb", unit, month_day, person, content->n_days, content->days, packed->data,
				   (gsize)packed->len, content->hash, (gsize)MONTH_HASH_SIZE);
}

static gboolean bad_content(PersonId person, GError **error)
{
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
				"the locked month of person %" G_GINT64_FORMAT " cannot be read", person);
	return FALSE;
}

/* ── Person-days of locked months ── */

struct MonthLineCursor {
	SqlStatement *rows;
	char *text, *rest; /* of the person in hand */
	PersonId person;
	gint64 unit;
};

MonthLineCursor *month_lines_list(Sql *sql, const MonthFilter *filter, GError **error)
{
	SqlStatement *rows = sql_query(sql, error,
								   "SELECT person, unit, content FROM month_person WHERE"
								   " month_day=$1 AND ($2=0 OR unit=$2) AND ($3=0 OR person=$3)"
								   " ORDER BY person, days",
								   "iii", filter->month_day, filter->unit, filter->person);
	if (rows == NULL)
		return NULL;
	MonthLineCursor *cursor = g_new0(MonthLineCursor, 1);
	cursor->rows = rows;
	return cursor;
}

static SqlStep next_person(MonthLineCursor *cursor, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step != SQL_ROW)
		return step;
	g_free(cursor->text);
	cursor->person = sql_int(cursor->rows, 0);
	cursor->unit = sql_int(cursor->rows, 1);
	cursor->text = cursor->rest = inflate(cursor->rows, 2, error);
	return cursor->text != NULL ? SQL_ROW : SQL_FAILED;
}

SqlStep month_lines_next(MonthLineCursor *cursor, MonthPersonDay *out, GError **error)
{
	gboolean bad = FALSE;
	while (cursor->rest == NULL || !month_line_read(&cursor->rest, &out->line, &bad)) {
		if (bad) {
			bad_content(cursor->person, error);
			return SQL_FAILED;
		}
		SqlStep step = next_person(cursor, error);
		if (step != SQL_ROW)
			return step;
	}
	out->person = cursor->person;
	out->unit = cursor->unit;
	return SQL_ROW;
}

void month_line_cursor_free(MonthLineCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor->text);
	g_free(cursor);
}

char *month_lines_text(Sql *sql, gint64 unit, gint64 month_day, PersonId person, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT content FROM month_person WHERE unit=$1 AND month_day=$2 AND person=$3",
		"iii", unit, month_day, person);
	return row != NULL && sql_next(row, error) == SQL_ROW ? inflate(row, 0, error) : NULL;
}

GArray *month_person_hashes(Sql *sql, gint64 unit, gint64 month_day, GError **error)
{
	g_autoptr(GArray) hashes = g_array_new(FALSE, TRUE, sizeof(MonthPersonHash));
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT person, n_days, hash FROM month_person WHERE unit=$1 AND month_day=$2"
				  " ORDER BY person",
				  "ii", unit, month_day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		MonthPersonHash one = {.person = sql_int(rows, 0), .n_days = sql_int(rows, 1)};
		read_fixed(rows, 2, one.hash, sizeof one.hash);
		g_array_append_val(hashes, one);
	}
	return step == SQL_DONE ? g_steal_pointer(&hashes) : NULL;
}

/* ── Differences ── */

struct MonthDifferenceCursor {
	SqlStatement *rows;
	char *before, *after; /* texts of the row, taken apart */
};

/* clang-format off */
#define DIFFERENCE \
	"SELECT d.person, d.day, d.n, d.old_unit, d.unit, d.month_day, d.old_line, d.new_line," \
	" d.recorded_ms, n.name, o.code, u.code FROM month_difference d JOIN unit o ON o.id=d.old_unit" \
	" JOIN unit u ON u.id=d.unit" \
	" LEFT JOIN person_name n ON n.person=d.person AND" NOW_ON("n", "d.day")
#define BY_DAY " AND ($3=0 OR d.person=$3) ORDER BY d.person, d.day, d.n"
static const char into_month[] =
	DIFFERENCE "WHERE d.month_day=$1 AND ($2=0 OR d.unit=$2)" BY_DAY;
static const char out_of_month[] =
	DIFFERENCE "WHERE d.day>=$1 AND d.day<$4 AND ($2=0 OR d.old_unit=$2)" BY_DAY;
/* clang-format on */

MonthDifferenceCursor *month_differences_list(Sql *sql, const MonthFilter *filter,
											  gboolean from_old, GError **error)
{
	SqlStatement *rows =
		from_old ? sql_query(sql, error, out_of_month, "iiii", filter->month_day, filter->unit,
							 filter->person, month_after(filter->month_day, 1))
				 : sql_query(sql, error, into_month, "iii", filter->month_day, filter->unit,
							 filter->person);
	if (rows == NULL)
		return NULL;
	MonthDifferenceCursor *cursor = g_new0(MonthDifferenceCursor, 1);
	cursor->rows = rows;
	return cursor;
}

/* `text` NULL: there is none. */
static gboolean read_side(const char *text, char **copy, MonthLine *line, gboolean *has)
{
	gboolean bad = FALSE;
	g_free(*copy);
	*copy = g_strdup(text);
	*has = text != NULL;
	char *rest = *copy;
	return text == NULL || month_line_read(&rest, line, &bad);
}

SqlStep month_differences_next(MonthDifferenceCursor *cursor, MonthDifference *out, GError **error)
{
	SqlStatement *row = cursor->rows;
	SqlStep step = sql_next(row, error);
	if (step != SQL_ROW)
		return step;
	*out = (MonthDifference){.person = sql_int(row, 0),
							 .day = sql_int(row, 1),
							 .n = sql_int(row, 2),
							 .old_unit = sql_int(row, 3),
							 .old_month_day = month_start(sql_int(row, 1)),
							 .unit = sql_int(row, 4),
							 .month_day = sql_int(row, 5),
							 .before_text = sql_text(row, 6),
							 .after_text = sql_text(row, 7),
							 .recorded_ms = sql_int(row, 8),
							 .name = sql_text(row, 9),
							 .old_unit_code = sql_text(row, 10),
							 .unit_code = sql_text(row, 11)};
	if (read_side(out->before_text, &cursor->before, &out->before, &out->has_before) &&
		read_side(out->after_text, &cursor->after, &out->after, &out->has_after))
		return SQL_ROW;
	bad_content(out->person, error);
	return SQL_FAILED;
}

void month_difference_cursor_free(MonthDifferenceCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor->before);
	g_free(cursor->after);
	g_free(cursor);
}
