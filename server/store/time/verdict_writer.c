#include "server/store/time/verdict_writer.h"

#include <string.h>

#include "server/store/sql_driver.h"

#define COLUMNS 20
#define ROWS_AT_ONCE 8

G_STATIC_ASSERT(COLUMNS *ROWS_AT_ONCE <= SQL_PARAMETERS_MAX);

struct VerdictWriter {
	Sql *sql;
	/* The rows that wait, of one kind. */
	gboolean replace; /* there are rows of their days */
	gsize n_rows;
	SqlValue values[ROWS_AT_ONCE * COLUMNS];
	GStringChunk *texts; /* of `values` */
	/* Days on end that were not stored of that unit before. */
	PersonId person;
	gint64 unit, from_day, to_day; /* empty: none */
};

VerdictWriter *verdict_writer_new(Sql *sql)
{
	VerdictWriter *writer = g_new0(VerdictWriter, 1);
	writer->sql = sql;
	writer->texts = g_string_chunk_new(512);
	return writer;
}

void verdict_writer_free(VerdictWriter *writer)
{
	if (writer == NULL)
		return;
	g_string_chunk_free(writer->texts);
	g_free(writer);
}

static void forget_rows(VerdictWriter *writer)
{
	writer->n_rows = 0;
	g_string_chunk_clear(writer->texts);
}

void verdict_writer_begin(VerdictWriter *writer)
{
	g_assert(sql_in_transaction(writer->sql));
	forget_rows(writer);
	writer->from_day = writer->to_day = 0;
}

/* ── Rows ── */

/* clang-format off */
#define INSERT \
	"INSERT INTO verdict (person, day, codes, state, late_min, early_min, in_ms, out_ms, unit," \
	" trial, rule_version, hash, judged_ms, due_ms, due_out_ms, deduction_bp, pp94_min," \
	" pp94_days, conflict, reasons) VALUES "
#define OR_REPLACE \
	" ON CONFLICT (person, day) DO UPDATE SET codes=excluded.codes, state=excluded.state," \
	" late_min=excluded.late_min, early_min=excluded.early_min, in_ms=excluded.in_ms," \
	" out_ms=excluded.out_ms, unit=excluded.unit, trial=excluded.trial," \
	" reasons=excluded.reasons, rule_version=excluded.rule_version, hash=excluded.hash," \
	" judged_ms=excluded.judged_ms, due_ms=excluded.due_ms," \
	" due_out_ms=excluded.due_out_ms, deduction_bp=excluded.deduction_bp," \
	" pp94_min=excluded.pp94_min, pp94_days=excluded.pp94_days, conflict=excluded.conflict"
/* Twenty parameters; given are the tens of the numbers: "", "1", "2" is $1 to $20. */
#define ROW(a, b, c) \
	"($" a "1,$" a "2,$" a "3,$" a "4,$" a "5,$" a "6,$" a "7,$" a "8,$" a "9,$" b "0," \
	"$" b "1,$" b "2,$" b "3,$" b "4,$" b "5,$" b "6,$" b "7,$" b "8,$" b "9,$" c "0)"
#define ONE_ROW ROW("", "1", "2")
#define TWO_ROWS ONE_ROW "," ROW("2", "3", "4")
#define FOUR_ROWS TWO_ROWS "," ROW("4", "5", "6") "," ROW("6", "7", "8")
#define EIGHT_ROWS \
	FOUR_ROWS "," ROW("8", "9", "10") "," ROW("10", "11", "12") "," ROW("12", "13", "14") "," \
	ROW("14", "15", "16")

static const struct {
	gsize n_rows;
	const char *insert, *replace;
} statements[] = {
	{8, INSERT EIGHT_ROWS, INSERT EIGHT_ROWS OR_REPLACE},
	{4, INSERT FOUR_ROWS, INSERT FOUR_ROWS OR_REPLACE},
	{2, INSERT TWO_ROWS, INSERT TWO_ROWS OR_REPLACE},
	{1, INSERT ONE_ROW, INSERT ONE_ROW OR_REPLACE},
};
/* clang-format on */

static gboolean flush_rows(VerdictWriter *writer, GError **error)
{
	gsize done = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
		gsize n = statements[i].n_rows;
		const char *text = writer->replace ? statements[i].replace : statements[i].insert;
		for (; writer->n_rows - done >= n; done += n)
			if (!sql_run_values(writer->sql, error, text, &writer->values[done * COLUMNS],
								n * COLUMNS))
				return FALSE;
	}
	forget_rows(writer);
	return TRUE;
}

static SqlValue number(gint64 value)
{
	return (SqlValue){.kind = SQL_VALUE_INT, .type = SQL_VALUE_INT, .integer = value};
}

static SqlValue number_or_null(gint64 value)
{
	SqlValue out = number(value);
	out.kind = value != 0 ? SQL_VALUE_INT : SQL_VALUE_NULL;
	return out;
}

static SqlValue text(VerdictWriter *writer, const char *value)
{
	SqlValue out = {.kind = SQL_VALUE_NULL, .type = SQL_VALUE_TEXT};
	if (value == NULL)
		return out;
	out.kind = SQL_VALUE_TEXT;
	out.size = strlen(value);
	out.data = g_string_chunk_insert_len(writer->texts, value, (gssize)out.size);
	return out;
}

static gboolean add_row(VerdictWriter *writer, const Verdict *verdict, gboolean replace,
						GError **error)
{
	if ((writer->n_rows == ROWS_AT_ONCE || (writer->n_rows > 0 && writer->replace != replace)) &&
		!flush_rows(writer, error))
		return FALSE;
	const SqlValue row[COLUMNS] = {
		number(verdict->person),       number(verdict->day),
		text(writer, verdict->codes),  text(writer, verdict->state),
		number(verdict->late_min),     number(verdict->early_min),
		number(verdict->in_ms),        number(verdict->out_ms),
		number(verdict->unit),         number(verdict->trial),
		number(verdict->rule_version), number((gint64)g_ascii_strtoull(verdict->hash, NULL, 16)),
		number(verdict->judged_ms),    number_or_null(verdict->due_ms),
		number(verdict->due_out_ms),   number(verdict->deduction_bp),
		number(verdict->pp94_min),     number(verdict->pp94_days),
		number(verdict->conflict),     text(writer, verdict->reasons),
	};
	memcpy(&writer->values[writer->n_rows * COLUMNS], row, sizeof row);
	writer->n_rows++;
	writer->replace = replace;
	return TRUE;
}

/* ── Where verdicts of a unit are found ── */

static gboolean flush_span(VerdictWriter *writer, GError **error)
{
	if (writer->from_day == writer->to_day)
		return TRUE;
	gint64 from_day = writer->from_day, to_day = writer->to_day;
	writer->from_day = writer->to_day = 0;
	return sql_run(writer->sql, error,
				   "INSERT INTO verdict_span (unit, person, from_day, to_day) VALUES ($1,$2,$3,$4)"
				   " ON CONFLICT (unit, person) DO UPDATE SET"
				   " from_day=CASE WHEN excluded.from_day<verdict_span.from_day"
				   "  THEN excluded.from_day ELSE verdict_span.from_day END,"
				   " to_day=CASE WHEN excluded.to_day>verdict_span.to_day"
				   "  THEN excluded.to_day ELSE verdict_span.to_day END"
				   " WHERE excluded.from_day<verdict_span.from_day"
				   " OR excluded.to_day>verdict_span.to_day",
				   "iiii", writer->unit, writer->person, from_day, to_day);
}

/* A day that was not stored of that unit before. */
static gboolean add_to_span(VerdictWriter *writer, const Verdict *verdict, GError **error)
{
	if (writer->from_day != writer->to_day &&
		(writer->unit != verdict->unit || writer->person != verdict->person) &&
		!flush_span(writer, error))
		return FALSE;
	if (writer->from_day == writer->to_day)
		writer->from_day = verdict->day;
	writer->unit = verdict->unit;
	writer->person = verdict->person;
	writer->to_day = verdict->day + 1;
	return TRUE;
}

/* ── Together ── */

static gboolean put_due(VerdictWriter *writer, const Verdict *verdict, GError **error)
{
	return sql_run(writer->sql, error, "UPDATE verdict SET due_ms=$3 WHERE person=$1 AND day=$2",
				   "iiI", verdict->person, verdict->day,
				   verdict->due_ms != 0 ? &verdict->due_ms : NULL);
}

static gboolean put(VerdictWriter *writer, const Verdict *verdict, const VerdictKnown *known,
					gboolean replace, gboolean *changed, GError **error)
{
	gboolean there = known != NULL && known->unit == verdict->unit;
	*changed = !there || strcmp(known->hash, verdict->hash) != 0;
	if (!*changed)
		return known->due_ms == verdict->due_ms || put_due(writer, verdict, error);
	return add_row(writer, verdict, replace, error) &&
		   (there || add_to_span(writer, verdict, error));
}

gboolean verdict_writer_put(VerdictWriter *writer, const Verdict *verdict,
							const VerdictKnown *known, gboolean *changed, GError **error)
{
	return put(writer, verdict, known, known != NULL, changed, error);
}

gboolean verdict_writer_flush(VerdictWriter *writer, GError **error)
{
	return flush_rows(writer, error) && flush_span(writer, error);
}

gboolean verdicts_put(Sql *sql, const Verdict *verdict, const VerdictKnown *known,
					  gboolean *changed, GError **error)
{
	g_autoptr(VerdictWriter) writer = verdict_writer_new(sql);
	return put(writer, verdict, known, TRUE, changed, error) && verdict_writer_flush(writer, error);
}
