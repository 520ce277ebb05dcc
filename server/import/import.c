#include "server/import/import.h"

#include <stdarg.h>
#include <string.h>

#include "server/import/import_row.h"
#include "server/import/import_xlsx.h"
#include "server/rules/calendar.h"
#include "server/store/month/months.h"
#include "server/store/system/audit_log.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/people/units.h"

#define ERRORS_MAX 20
#define CHECK_ERRORS_MAX 100000
#define COLUMNS_MAX 64
#define YEAR_MIN 1900
#define YEAR_MAX 2199

static const ImportKind *const kinds[] = {
	&import_places,     &import_units,           &import_schedules,    &import_holidays,
	&import_people,     &import_assignments,     &import_ranks,        &import_positions,
	&import_heads,      &import_superiors,       &import_secondaries,  &import_mutations,
	&import_shifts,     &import_rosters,         &import_rotations,    &import_orders,
	&import_events,     &import_lists,           &import_leaves,       &import_balances,
	&import_duties,     &import_corrections,     &import_punches,      &import_outages,
	&import_elsewhere,  &import_deductions,      &import_schemes,      &import_settings,
	&import_terminals,  &import_reorganisations, &import_ramadan,      &import_academic,
	&import_weeks,      &import_drafts,          &import_entitlements, &import_cover,
	&import_discipline, &import_tiers,           &import_references,
};

/* ── What a kind of row is made with ── */

const char *import_field(const Import *import, const char *column)
{
	int index = csv_reader_column(import->reader, column);
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

static gboolean is_enough(const Import *import)
{
	return import->n_errors > (import->hooks.check ? CHECK_ERRORS_MAX : ERRORS_MAX);
}

void import_fail(Import *import, const char *column, const char *format, ...)
{
	va_list arguments;
	import->row_failed = TRUE;
	import->n_errors++;
	if (is_enough(import))
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

gboolean import_warn_of_lock(Import *import, const char *column, gint64 person,
							 const Change *change, GError **error)
{
	gint64 locked_from = 0, locked_to = 0;
	if (!months_locked_range(import->sql, &locked_from, &locked_to, error))
		return FALSE;
	gint64 from = MAX(change->from_day, locked_from), to = MIN(change->to_day, locked_to);
	for (gint64 day = from; day < to; day = month_after(day, 1)) {
		MonthState state = MONTH_OPEN;
		char month[MONTH_TEXT];
		if (!months_state_of_day(import->sql, person, day, &state, NULL, error))
			return FALSE;
		if (state < MONTH_LOCKED)
			continue;
		month_format(day, month);
		import_warn(import, column,
					"%s is locked: what changes in it becomes a difference in the next open month",
					month);
	}
	return TRUE;
}

/* A year that somebody mistyped is as bad as no date; 9999-12-31 is how others write "no end". */
static gboolean is_plausible(gint64 day)
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	return (year >= YEAR_MIN && year <= YEAR_MAX) ||
		   (year == 9999 && month == 12 && day_of_month == 31);
}

/* What a spreadsheet counts its days with, from 1900 on: 45931, or 45931.28 with a time. */
static gboolean is_serial(const char *text)
{
	gsize n = strspn(text, G_CSET_DIGITS);
	return n == 5 && strspn(text, G_CSET_DIGITS ".,") == strlen(text);
}

static void fail_date(Import *import, const char *column, const char *what, const char *form)
{
	const char *text = import_field(import, column);
	import_fail(import, column, "no %s: '%s' (%s)%s", what, text, form,
				is_serial(text) ? ", a spreadsheet's own count of days: format the column as text"
								: "");
}

gboolean import_date(Import *import, const char *column, gint64 fallback, gint64 *day)
{
	const char *text = import_field(import, column);
	*day = fallback;
	if (text == NULL)
		return TRUE;
	if (!calendar_parse(text, day)) {
		fail_date(import, column, "date", "YYYY-MM-DD");
		return FALSE;
	}
	if (is_plausible(*day))
		return TRUE;
	import_fail(import, column, "no date: the year of '%s' is not of %d to %d", text, YEAR_MIN,
				YEAR_MAX);
	return FALSE;
}

gboolean import_time(Import *import, const char *column, gint64 *at_ms)
{
	const char *text = import_field(import, column);
	if (calendar_parse_iso(text, import->utc_offset_min, at_ms) &&
		is_plausible(calendar_day(*at_ms, import->utc_offset_min)))
		return TRUE;
	fail_date(import, column, "time", "YYYY-MM-DD HH:MM");
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

NumberKind import_official_number(Import *import, const char *column, char digits[19])
{
	const char *text = import_field(import, column);
	NumberKind kind = person_number_parse(text, digits);
	if (kind == NUMBER_BAD && import_is_rounded(text))
		import_fail(import, column, IMPORT_ROUNDED, text);
	else if (kind == NUMBER_BAD)
		import_fail(import, column, "'%s' is neither NIP nor NI PPPK (18 digits)", text);
	return kind;
}

gboolean import_number_taken(Import *import, const char *column, const char *digits, gint64 person,
							 const Change *change, gboolean *taken, GError **error)
{
	PersonId other = 0;
	if (!people_number_of_another(import->sql, digits, person, change, &other, error))
		return FALSE;
	*taken = other != 0;
	if (*taken)
		import_fail(import, column, "it is the number of person %" G_GINT64_FORMAT, other);
	return TRUE;
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

char *import_columns(const char *name)
{
	const ImportKind *kind = find_kind(name, NULL);
	if (kind == NULL)
		return NULL;
	GString *text = g_string_new(NULL);
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++)
		g_string_append_printf(text, "%s%s%s", text->len > 0 ? " " : "", column->name,
							   column->required ? "" : "?");
	return g_string_free(text, FALSE);
}

static const ImportColumn *find_column(const ImportKind *kind, const char *name)
{
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++)
		if (strcmp(column->name, name) == 0)
			return column;
	return NULL;
}

static gboolean check_header(const ImportKind *kind, const CsvReader *reader, GError **error)
{
	const GPtrArray *columns = csv_reader_columns(reader);
	g_autoptr(GString) wrong = g_string_new(NULL);
	for (guint i = 0; i < columns->len; i++)
		if (find_column(kind, columns->pdata[i]) == NULL)
			g_string_append_printf(wrong,
								   "\nline 1: %s have no column '%s' ('hadir import --help')",
								   kind->name, (const char *)columns->pdata[i]);
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++)
		if (column->required && csv_reader_column(reader, column->name) < 0)
			g_string_append_printf(wrong, "\nline 1: the column '%s' is missing", column->name);
	if (wrong->len > 0)
		g_set_error(error, CSV_TABLE_ERROR, 0, "nothing was imported:%s", wrong->str);
	return wrong->len == 0;
}

static void fail_row(Import *import, const CsvFault *fault)
{
	import_fail(import, fault->column != NULL ? fault->column : "1", "%s", fault->text);
}

/* What lacks a field is not tried: the rest may rely on it. */
static gboolean check_row(Import *import, const ImportKind *kind, GError **error G_GNUC_UNUSED)
{
	const GPtrArray *faults = import->row->faults;
	for (guint i = 0; faults != NULL && i < faults->len; i++)
		fail_row(import, faults->pdata[i]);
	if (faults != NULL)
		return TRUE;
	for (const ImportColumn *column = kind->columns; column->name != NULL; column++)
		if (column->required && import_field(import, column->name) == NULL)
			import_fail(import, column->name, "it is empty");
	return TRUE;
}

typedef gboolean (*RowStep)(Import *import, const ImportKind *kind, GError **error);

/* Every row that was good so far; `bad` has a byte per row and grows with the first step. */
static gboolean each_row(Import *import, const ImportKind *kind, RowStep step, GByteArray *bad,
						 ImportResult *result, GError **error)
{
	static const guint8 good = FALSE;
	GError *failed = NULL;
	if (!csv_reader_rewind(import->reader, error))
		return FALSE;
	for (guint i = 0; !is_enough(import); i++) {
		import->row = csv_reader_next(import->reader, &failed);
		if (import->row == NULL)
			break;
		if (i == bad->len)
			g_byte_array_append(bad, &good, 1);
		if (bad->data[i])
			continue;
		import->changed = import->row_failed = FALSE;
		if (!step(import, kind, error)) {
			g_prefix_error(error, "line %" G_GINT64_FORMAT ": ", import->row->line);
			return FALSE;
		}
		result->n_changed += import->changed;
		bad->data[i] = import->row_failed;
	}
	if (failed != NULL)
		g_propagate_error(error, failed);
	return failed == NULL;
}

/* How many rows a kind takes: what is remembered of each is bounded so. */
static gsize rows_max(const ImportKind *kind)
{
	return kind == &import_punches ? IMPORT_PUNCHES_MAX : IMPORT_ROWS_MAX;
}

static gboolean take_row(Import *import, const ImportKind *kind, GError **error)
{
	if (++import->n_rows <= rows_max(kind))
		return check_row(import, kind, error);
	g_set_error(error, CSV_TABLE_ERROR, 0,
				"more than %" G_GSIZE_FORMAT " rows of %s: divide the file", rows_max(kind),
				kind->name);
	return FALSE;
}

static gboolean prepare_row(Import *import, const ImportKind *kind, GError **error)
{
	return kind->prepare(import, error);
}

/* What a bad row says counts for nothing. */
static gboolean apply_row(Import *import, const ImportKind *kind, GError **error)
{
	return kind->apply(import, error) &&
		   (kind->key == NULL || import->row_failed || import_claim_row(import, kind, error));
}

static gboolean may_go_on(const Import *import)
{
	return import->n_errors == 0 || import->hooks.check;
}

static gboolean take_rows(Import *import, const ImportKind *kind, ImportResult *result,
						  GError **error)
{
	g_autoptr(GByteArray) bad = g_byte_array_new();
	if (!each_row(import, kind, take_row, bad, result, error))
		return FALSE;
	result->n_rows = bad->len;
	/* One file is one thing: with a field missing nothing is stored anyway. */
	if (!may_go_on(import))
		return TRUE;
	if (kind->prepare != NULL && !each_row(import, kind, prepare_row, bad, result, error))
		return FALSE;
	result->n_changed = 0;
	if (!may_go_on(import))
		return TRUE;
	return each_row(import, kind, apply_row, bad, result, error) &&
		   (kind->finish == NULL || import->n_errors > 0 || kind->finish(import, result, error));
}

/* What was found before the file could not be read on is told with it. */
static gboolean import_rows(Import *import, const ImportKind *kind, ImportResult *result,
							GError **error)
{
	gboolean taken = take_rows(import, kind, result, error);
	if (import->n_errors == 0)
		return taken;
	g_autofree char *last = taken || error == NULL ? NULL : g_strdup((*error)->message);
	g_clear_error(error);
	g_set_error(error, CSV_TABLE_ERROR, 0, "nothing was imported:%s%s%s%s", import->errors->str,
				is_enough(import) ? "\n…" : "", last != NULL ? "\n" : "", last != NULL ? last : "");
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
	if (!check_header(kind, import->reader, error) ||
		(!import->hooks.joins && !sql_begin(import->sql, error)))
		return FALSE;
	gboolean good =
		import_rows(import, kind, result, error) &&
		(import->hooks.applied == NULL || import->hooks.applied(result, import->hooks.user, error));
	if (import->hooks.joins)
		return good;
	if (good && !import->hooks.check && log_import(import, kind, result, error))
		return sql_commit(import->sql, error);
	sql_rollback(import->sql);
	return good && import->hooks.check;
}

/* A workbook is unpacked into memory, within the size of one; a CSV file is read by rows. */
static CsvReader *open_reader(const char *path, GError **error)
{
	static const CsvLimits book = {IMPORT_BOOK_SIZE_MAX, IMPORT_ROWS_MAX, IMPORT_FIELD_MAX,
								   COLUMNS_MAX};
	static const CsvLimits list = {IMPORT_SIZE_MAX, G_MAXSIZE, IMPORT_FIELD_MAX, COLUMNS_MAX};
	if (!xlsx_is_workbook(path))
		return csv_reader_open(path, &list, error);
	CsvTable *table = xlsx_table_load(path, &book, error);
	return table != NULL ? csv_reader_of_table(table) : NULL;
}

gboolean import_file(Sql *sql, const char *kind, const char *path, gint64 now_ms,
					 gint64 utc_offset_min, const ImportHooks *hooks, ImportResult *result,
					 GError **error)
{
	*result = (ImportResult){0};
	const ImportKind *known = find_kind(kind, error);
	g_autoptr(CsvReader) reader = known != NULL ? open_reader(path, error) : NULL;
	if (reader == NULL)
		return FALSE;
	g_autoptr(GString) errors = g_string_new(NULL);
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *folder = g_path_get_dirname(absolute);
	Import import = {.sql = sql,
					 .now_ms = now_ms,
					 .today = calendar_day(now_ms, utc_offset_min),
					 .utc_offset_min = utc_offset_min,
					 .reader = reader,
					 .folder = folder,
					 .errors = errors,
					 .hooks = *hooks};
	gboolean done = import_table(&import, known, result, error);
	if (import.state != NULL)
		import.free_state(import.state);
	g_clear_pointer(&import.claims, g_hash_table_unref);
	if (done)
		return TRUE;
	g_prefix_error(error, "%s: ", path);
	return FALSE;
}
