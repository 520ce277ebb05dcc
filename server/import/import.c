#include "server/import/import.h"

#include <stdarg.h>
#include <string.h>

#include "server/import/import_row.h"
#include "server/import/import_xlsx.h"
#include "server/rules/calendar.h"
#include "server/store/system/audit_log.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/people/units.h"

#define ERRORS_MAX 20
#define COLUMNS_MAX 64

static const ImportKind *const kinds[] = {
	&import_places,    &import_units,           &import_schedules,   &import_holidays,
	&import_people,    &import_assignments,     &import_ranks,       &import_positions,
	&import_heads,     &import_superiors,       &import_secondaries, &import_mutations,
	&import_shifts,    &import_rosters,         &import_rotations,   &import_orders,
	&import_events,    &import_lists,           &import_leaves,      &import_balances,
	&import_duties,    &import_corrections,     &import_punches,     &import_outages,
	&import_elsewhere, &import_deductions,      &import_schemes,     &import_settings,
	&import_terminals, &import_reorganisations, &import_ramadan,     &import_academic,
	&import_weeks,     &import_drafts,
};

/* ── What a kind of row is made with ── */

const char *import_field(const Import *import, const char *column)
{
	int index = csv_table_column(import->table, column);
	const char *text = index >= 0 ? import->row->fields[index] : "";
	return *text != '\0' ? text : NULL;
}

static char *locate(const Import *import, const char *column, const char *format, va_list arguments)
	G_GNUC_PRINTF(3, 0);

static char *locate(const Import *import, const char *column, const char *format, va_list arguments)
{
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	return g_strdup_printf("line %" G_GINT64_FORMAT ", column %s: %s", import->row->line, column,
						   text);
}

void import_fail(Import *import, const char *column, const char *format, ...)
{
	va_list arguments;
	import->row_failed = TRUE;
	if (++import->n_errors > ERRORS_MAX && !import->hooks.check)
		return;
	va_start(arguments, format);
	g_autofree char *text = locate(import, column, format, arguments);
	va_end(arguments);
	g_string_append_printf(import->errors, "\n%s", text);
}

gboolean import_refused(Import *import, const char *column, GError *refused, GError **error)
{
	if (!g_error_matches(refused, SQL_ERROR, SQL_ERROR_CONSTRAINT)) {
		g_propagate_error(error, refused);
		return FALSE;
	}
	import_fail(import, column, "%s", refused->message);
	g_error_free(refused);
	return TRUE;
}

void import_warn(Import *import, const char *column, const char *format, ...)
{
	va_list arguments;
	if (import->hooks.warn == NULL)
		return;
	va_start(arguments, format);
	g_autofree char *text = locate(import, column, format, arguments);
	va_end(arguments);
	import->hooks.warn(text, import->hooks.user);
}

gboolean import_date(Import *import, const char *column, gint64 fallback, gint64 *day)
{
	const char *text = import_field(import, column);
	*day = fallback;
	if (text == NULL || calendar_parse(text, day))
		return TRUE;
	import_fail(import, column, "no date: '%s' (YYYY-MM-DD)", text);
	return FALSE;
}

gboolean import_time(Import *import, const char *column, gint64 *at_ms)
{
	const char *text = import_field(import, column);
	if (calendar_parse_iso(text, import->utc_offset_min, at_ms))
		return TRUE;
	import_fail(import, column, "no time: '%s' (YYYY-MM-DD HH:MM)", text);
	return FALSE;
}

gboolean import_change(Import *import, Change *change)
{
	*change = (Change){
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	if (!import_date(import, "from", DAY_ALWAYS, &change->from_day) ||
		!import_date(import, "to", DAY_OPEN - 1, &change->to_day))
		return FALSE;
	change->to_day++; /* the file's is the last day */
	if (change->from_day < change->to_day)
		return TRUE;
	import_fail(import, "to", "it ends before it begins");
	return FALSE;
}

gboolean import_code(Import *import, const char *column, gsize max, const char **code)
{
	*code = import_field(import, column);
	if (*code == NULL)
		return TRUE;
	gsize n = strspn(*code, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-");
	if ((*code)[n] == '\0' && n <= max)
		return TRUE;
	import_fail(import, column, "'%s' is no code: letters, digits, . _ -, at most %" G_GSIZE_FORMAT,
				*code, max);
	return FALSE;
}

gboolean import_word(Import *import, const char *column, const char *const *words,
					 const char **word)
{
	const char *text = import_field(import, column);
	*word = words[0];
	if (text == NULL)
		return TRUE;
	for (gsize i = 0; words[i] != NULL; i++) {
		*word = words[i];
		if (g_ascii_strcasecmp(text, words[i]) == 0)
			return TRUE;
	}
	g_autofree char *all = g_strjoinv(", ", (char **)words);
	import_fail(import, column, "'%s' is none of: %s", text, all);
	return FALSE;
}

gboolean import_number(Import *import, const char *column, gint64 min, gint64 max, gint64 fallback,
					   gint64 *number)
{
	const char *text = import_field(import, column);
	*number = fallback;
	if (text == NULL || g_ascii_string_to_signed(text, 10, min, max, number, NULL))
		return TRUE;
	import_fail(import, column, "'%s' is no number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
				text, min, max);
	return FALSE;
}

gboolean import_unit(Import *import, const char *column, gint64 *unit, GError **error)
{
	const char *code = import_field(import, column);
	*unit = 0;
	if (!units_find(import->sql, code, FALSE, unit, error))
		return FALSE;
	if (*unit == 0)
		import_fail(import, column, "no unit has the code '%s'", code);
	return TRUE;
}

gboolean import_place(Import *import, const char *column, const char *code, gint64 *place,
					  GError **error)
{
	*place = 0;
	if (!places_find(import->sql, code, FALSE, place, error))
		return FALSE;
	if (*place == 0)
		import_fail(import, column, "no place has the code '%s'", code);
	return TRUE;
}

gboolean import_is_rounded(const char *text)
{
	gsize n = strspn(text, G_CSET_DIGITS);
	if (n == 1 && (text[n] == '.' || text[n] == ',')) {
		const char *power = text + 2 + strspn(text + 2, G_CSET_DIGITS);
		return (*power == 'E' || *power == 'e') && power > text + 2;
	}
	return n == 18 && text[n] == '\0' && strcmp(text + 15, "000") == 0;
}

gboolean import_person_key(Import *import, const char *column, const char *key, gint64 *person,
						   GError **error)
{
	*person = 0;
	if (import_is_rounded(key)) {
		import_fail(import, column, IMPORT_ROUNDED, key);
		return TRUE;
	}
	if (!people_find(import->sql, key, person, error))
		return FALSE;
	if (*person == 0)
		import_fail(import, column, "nobody has the key or number '%s'", key);
	return TRUE;
}

gboolean import_person(Import *import, const char *column, gint64 *person, GError **error)
{
	return import_person_key(import, column, import_field(import, column), person, error);
}

/* ── The file ── */

static const ImportKind *find_kind(const char *name, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	g_set_error(error, CSV_TABLE_ERROR, 0, "'%s' is none of: %s", name, import_kinds());
	return NULL;
}

static const ImportColumn *find_column(const ImportKind *kind, const char *name)
{
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++)
		if (strcmp(column->name, name) == 0)
			return column;
	return NULL;
}

static gboolean check_header(const ImportKind *kind, const CsvTable *table, GError **error)
{
	for (guint i = 0; i < table->columns->len; i++) {
		if (find_column(kind, table->columns->pdata[i]) == NULL) {
			g_set_error(error, CSV_TABLE_ERROR, 0,
						"line 1: %s have no column '%s' ('hadir import --help')", kind->name,
						(const char *)table->columns->pdata[i]);
			return FALSE;
		}
	}
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++) {
		if (column->required && csv_table_column(table, column->name) < 0) {
			g_set_error(error, CSV_TABLE_ERROR, 0, "line 1: the column '%s' is missing",
						column->name);
			return FALSE;
		}
	}
	return TRUE;
}

/* What lacks a field is not tried: the rest may rely on it. */
static void check_required(Import *import, const ImportKind *kind)
{
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++)
		if (column->required && import_field(import, column->name) == NULL)
			import_fail(import, column->name, "it is empty");
}

static gboolean has_enough(const Import *import)
{
	return import->n_errors > ERRORS_MAX && !import->hooks.check;
}

typedef gboolean (*RowStep)(Import *import, GError **error);

/* Every row that was good so far. */
static gboolean each_row(Import *import, RowStep step, guint8 *bad, ImportResult *result,
						 GError **error)
{
	for (guint i = 0; i < import->table->rows->len && !has_enough(import); i++) {
		if (bad[i])
			continue;
		import->row = import->table->rows->pdata[i];
		import->changed = import->row_failed = FALSE;
		if (!step(import, error)) {
			g_prefix_error(error, "line %" G_GINT64_FORMAT ": ", import->row->line);
			return FALSE;
		}
		result->n_changed += import->changed;
		bad[i] = import->row_failed;
	}
	return TRUE;
}

static gboolean take_rows(Import *import, const ImportKind *kind, guint8 *bad, ImportResult *result,
						  GError **error)
{
	for (guint i = 0; i < import->table->rows->len && !has_enough(import); i++) {
		import->row = import->table->rows->pdata[i];
		import->row_failed = FALSE;
		check_required(import, kind);
		bad[i] = import->row_failed;
	}
	/* One file is one thing: with a field missing nothing is stored anyway. */
	if (import->n_errors > 0 && !import->hooks.check)
		return TRUE;
	if (kind->prepare != NULL && !each_row(import, kind->prepare, bad, result, error))
		return FALSE;
	result->n_changed = 0;
	if (import->n_errors > 0 && !import->hooks.check)
		return TRUE;
	return each_row(import, kind->apply, bad, result, error) &&
		   (kind->finish == NULL || import->n_errors > 0 || kind->finish(import, result, error));
}

static gboolean import_rows(Import *import, const ImportKind *kind, ImportResult *result,
							GError **error)
{
	g_autofree guint8 *bad = g_new0(guint8, import->table->rows->len + 1);
	result->n_rows = import->table->rows->len;
	if (!take_rows(import, kind, bad, result, error))
		return FALSE;
	if (import->n_errors == 0)
		return TRUE;
	g_set_error(error, CSV_TABLE_ERROR, 0, "nothing was imported:%s%s", import->errors->str,
				has_enough(import) ? "\n…" : "");
	return FALSE;
}

static gboolean log_import(Import *import, const ImportKind *kind, const ImportResult *result,
						   GError **error)
{
	if (result->n_changed == 0)
		return TRUE;
	g_autofree char *action = g_strdup_printf("import.%s", kind->name);
	g_autofree char *detail =
		g_strdup_printf("%" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " new or changed",
						result->n_rows, result->n_changed);
	AuditEntry entry = {.at_ms = import->now_ms, .action = action, .detail = detail};
	return audit_log_append(import->sql, &entry, error);
}

static gboolean import_table(Import *import, const ImportKind *kind, ImportResult *result,
							 GError **error)
{
	if (!check_header(kind, import->table, error) || !sql_begin(import->sql, error))
		return FALSE;
	gboolean good = import_rows(import, kind, result, error);
	if (good && !import->hooks.check && log_import(import, kind, result, error))
		return sql_commit(import->sql, error);
	sql_rollback(import->sql);
	return good && import->hooks.check;
}

gboolean import_file(Sql *sql, const char *kind, const char *path, gint64 now_ms,
					 gint64 utc_offset_min, const ImportHooks *hooks, ImportResult *result,
					 GError **error)
{
	static const CsvLimits limits = {IMPORT_SIZE_MAX, IMPORT_ROWS_MAX, IMPORT_FIELD_MAX,
									 COLUMNS_MAX};
	*result = (ImportResult){0};
	const ImportKind *known = find_kind(kind, error);
	if (known == NULL)
		return FALSE;
	g_autoptr(CsvTable) table = xlsx_is_workbook(path) ? xlsx_table_load(path, &limits, error)
													   : csv_table_load(path, &limits, error);
	if (table == NULL)
		return FALSE;
	g_autoptr(GString) errors = g_string_new(NULL);
	Import import = {.sql = sql,
					 .now_ms = now_ms,
					 .today = calendar_day(now_ms, utc_offset_min),
					 .utc_offset_min = utc_offset_min,
					 .table = table,
					 .errors = errors,
					 .hooks = *hooks};
	gboolean done = import_table(&import, known, result, error);
	if (import.state != NULL)
		import.free_state(import.state);
	if (done)
		return TRUE;
	g_prefix_error(error, "%s: ", path);
	return FALSE;
}
