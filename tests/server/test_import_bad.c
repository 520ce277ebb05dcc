/*
 * Every importer against files as offices send them: each kind of import × each fault.  An error names
 * its row and its column, a check names all of them, and the database is the same afterwards.
 */
#include <string.h>

#include "server/crypto_openssl.h"
#include "server/import/import.h"
#include "server/store/terminals/terminals.h"
#include "tests/server/database.h"
#include "tests/server/import_cases.h"
#include "tests/server/import_province.h"
#include "tests/server/workbook.h"
#include "tests/support/synthetic_finger.h"

typedef struct {
	Database database;
	char *path;         /* of the file in hand */
	GPtrArray *queries; /* char *: a table's rows, each as one text */
	char *content;      /* of the database, before any bad file */
	PublicKey vault;
	char *template; /* the file that a reference names */
} Bad;

/* ── The database's content ── */

/* Rows (table, column). */
static const char *list_columns(void)
{
	return database_is_sqlite()
			   ? "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
				 " WHERE m.type='table' ORDER BY 1, c.cid"
			   : "SELECT table_name, column_name FROM information_schema.columns"
				 " WHERE table_schema='public' ORDER BY 1, ordinal_position";
}

static void end_query(GPtrArray *queries, GString *columns, const char *table)
{
	if (columns->len > 0)
		g_ptr_array_add(queries,
						g_strdup_printf("SELECT %s FROM %s ORDER BY 1", columns->str, table));
	g_string_truncate(columns, 0);
}

static GPtrArray *make_queries(Sql *sql)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *queries = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) columns = g_string_new(NULL);
	g_autofree char *table = g_strdup("");
	g_autoptr(SqlStatement) rows = sql_query(sql, &error, list_columns(), "");
	g_assert_no_error(error);
	while (sql_next(rows, &error) == SQL_ROW) {
		if (strcmp(table, sql_text(rows, 0)) != 0) {
			end_query(queries, columns, table);
			g_free(table);
			table = g_strdup(sql_text(rows, 0));
		}
		const char *between = columns->len > 0 ? "||','||" : "";
		g_autofree char *one =
			database_is_sqlite()
				? g_strdup_printf("%squote(%s)", between, sql_text(rows, 1))
				: g_strdup_printf("%squote_nullable(%s::text)", between, sql_text(rows, 1));
		g_string_append(columns, one);
	}
	g_assert_no_error(error);
	end_query(queries, columns, table);
	g_assert_cmpuint(queries->len, >, 50);
	return queries;
}

/* The same exactly when every row of every table is. */
static char *content_of(const Bad *bad)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	for (guint i = 0; i < bad->queries->len; i++) {
		g_autoptr(SqlStatement) rows =
			sql_query(bad->database.sql, &error, bad->queries->pdata[i], "");
		g_assert_no_error(error);
		while (sql_next(rows, &error) == SQL_ROW) {
			g_checksum_update(sum, (const guchar *)sql_text(rows, 0), -1);
			g_checksum_update(sum, (const guchar *)"\n", 1);
		}
		g_assert_no_error(error);
	}
	return g_strdup(g_checksum_get_string(sum));
}

static void check_content(const Bad *bad, const char *after)
{
	g_autofree char *content = content_of(bad);
	if (strcmp(content, bad->content) != 0)
		g_error("something stayed of %s", after);
}

/* ── Files ── */

static gboolean add_terminal(const char *id, gint64 place, gpointer user, GError **error)
{
	static const guint8 secret[32];
	TerminalId terminal = {0};
	g_strlcpy(terminal.text, id, sizeof terminal.text);
	return terminals_add(((Bad *)user)->database.sql, &terminal, place, secret, G_MAXINT64,
						 IMPORT_NOW, error);
}

/* What the import says; NULL when it takes the file.  Of `n_changed` (may be NULL) rows. */
static char *import_bytes(Bad *bad, const char *kind, const void *data, gsize size, gboolean check,
						  gint64 *n_changed)
{
	g_autoptr(GError) error = NULL;
	ImportResult result;
	const ImportHooks hooks = {
		.add_terminal = add_terminal, .user = bad, .vault = &bad->vault, .check = check};
	g_unlink(bad->path); /* a new file is not waited for until it is on the disk */
	g_file_set_contents(bad->path, data, (gssize)size, &error);
	g_assert_no_error(error);
	gboolean done = import_file(bad->database.sql, kind, bad->path, IMPORT_NOW, IMPORT_OFFSET,
								&hooks, &result, &error);
	g_assert_true(done == (error == NULL));
	g_assert_false(sql_in_transaction(bad->database.sql));
	if (n_changed != NULL)
		*n_changed = result.n_changed;
	return done ? NULL : g_strdup(error->message);
}

static void make_template(Bad *bad)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(MatchTemplate) template = synthetic_template(1, 0);
	g_autoptr(GBytes) bytes = match_template_encode(template);
	ServerKey *key = server_key_generate();
	server_key_public(key, &bad->vault);
	server_key_free(key);
	bad->template = g_build_filename(bad->database.folder, "1.tpl", NULL);
	g_file_set_contents(bad->template, g_bytes_get_data(bytes, NULL),
						(gssize)g_bytes_get_size(bytes), &error);
	g_assert_no_error(error);
}

static void setup(Bad *bad, gconstpointer data G_GNUC_UNUSED)
{
	database_open(&bad->database);
	make_template(bad);
	bad->path = g_build_filename(bad->database.folder, "file", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(import_files); i++) {
		g_autofree char *wrong = import_bytes(bad, import_files[i].kind, import_files[i].text,
											  strlen(import_files[i].text), FALSE, NULL);
		g_assert_cmpstr(wrong, ==, NULL);
	}
	bad->queries = make_queries(bad->database.sql);
	bad->content = content_of(bad);
}

static void teardown(Bad *bad, gconstpointer data G_GNUC_UNUSED)
{
	g_unlink(bad->path);
	g_free(bad->path);
	g_unlink(bad->template);
	g_free(bad->template);
	g_free(bad->content);
	database_close(&bad->database);
	g_ptr_array_unref(bad->queries);
}

/* ── Rows ── */

/* A case's row in cells: no cell of a good row has a comma. */
static char **cells_of(const ImportCase *one, const char *row)
{
	char **cells = g_strsplit(row, ",", -1);
	g_assert_cmpuint(g_strv_length(cells), ==, strlen(one->sorts));
	return cells;
}

/* (transfer full): the row with another text in that cell. */
static char *row_with(const ImportCase *one, gsize column, const char *text)
{
	g_auto(GStrv) cells = cells_of(one, one->row);
	g_free(cells[column]);
	cells[column] = g_strdup(text);
	return g_strjoinv(",", cells);
}

static char sort_of(const ImportCase *one, gsize column)
{
	return g_ascii_tolower(one->sorts[column]);
}

static gboolean is_required(const ImportCase *one, gsize column)
{
	return g_ascii_isupper(one->sorts[column]);
}

/* A file of rows each of which is bad, and what must be said of each. */
typedef struct {
	const ImportCase *one;
	char **columns;
	GString *text;
	GPtrArray *says; /* char *: of line 2 and on */
} BadFile;

static void bad_file_open(BadFile *file, const ImportCase *one)
{
	file->one = one;
	file->columns = g_strsplit(one->columns, ",", -1);
	file->text = g_string_new(one->columns);
	g_string_append_c(file->text, '\n');
	file->says = g_ptr_array_new_with_free_func(g_free);
	g_assert_cmpuint(g_strv_length(file->columns), ==, strlen(one->sorts));
}

static void bad_file_close(BadFile *file)
{
	g_strfreev(file->columns);
	g_string_free(file->text, TRUE);
	g_ptr_array_unref(file->says);
}

static void bad_file_add(BadFile *file, const char *row, gsize size, gsize column, const char *what)
{
	g_string_append_len(file->text, row, (gssize)size);
	g_string_append_c(file->text, '\n');
	g_ptr_array_add(file->says, g_strdup_printf("\nline %u, column %s: %s", file->says->len + 2,
												file->columns[column], what));
}

static void bad_file_add_cell(BadFile *file, gsize column, const char *text, const char *what)
{
	g_autofree char *row = row_with(file->one, column, text);
	bad_file_add(file, row, strlen(row), column, what);
}

static void must_say(const ImportCase *one, const char *message, const char *says)
{
	if (message == NULL)
		g_error("%s: taken, and not '%s'", one->kind, says);
	if (strstr(message, says) == NULL)
		g_error("%s: '%s' does not say '%s'", one->kind, message, says);
}

/* A check names every row; without one the file is refused for the first. */
static void bad_file_run(Bad *bad, const BadFile *file)
{
	const ImportCase *one = file->one;
	g_autofree char *all =
		import_bytes(bad, one->kind, file->text->str, file->text->len, TRUE, NULL);
	for (guint i = 0; i < file->says->len; i++)
		must_say(one, all, file->says->pdata[i]);
	g_autofree char *some =
		import_bytes(bad, one->kind, file->text->str, file->text->len, FALSE, NULL);
	must_say(one, some, file->says->pdata[0]);
}

/* ── The faults ── */

static void add_faults_of_sort(BadFile *file, gsize column)
{
	for (gsize i = 0; i < G_N_ELEMENTS(import_faults); i++) {
		if (import_faults[i].sort != sort_of(file->one, column))
			continue;
		for (const char *const *text = import_faults[i].texts; *text != NULL; text++)
			bad_file_add_cell(file, column, *text, "");
	}
}

/* Dates, people, codes and numbers that are none. */
static void what_a_column_cannot_be(Bad *bad, const ImportCase *one)
{
	BadFile file;
	bad_file_open(&file, one);
	for (gsize column = 0; one->sorts[column] != '\0'; column++)
		add_faults_of_sort(&file, column);
	bad_file_run(bad, &file);
	bad_file_close(&file);
}

static void what_no_cell_can_be(Bad *bad, const ImportCase *one)
{
	static const char *const formulas[] = {"=A1", "+A1", "@SUM(A1)", "-A1", "\"=HYPERLINK(1,2)\""};
	g_autofree char *over = g_strnfill(IMPORT_FIELD_MAX + 1, 'x');
	BadFile file;
	bad_file_open(&file, one);
	for (gsize column = 0; one->sorts[column] != '\0'; column++) {
		bad_file_add_cell(&file, column, formulas[column % G_N_ELEMENTS(formulas)],
						  "it begins as a formula does");
		bad_file_add_cell(&file, column, over, "it is too long");
		bad_file_add_cell(&file, column, "caf\xe9", "not UTF-8");
		bad_file_add_cell(&file, column, "\xef\xbb\xbfx", "it has control characters");
		bad_file_add_cell(&file, column, "x\xe2\x80\x8by", "it has control characters");
		bad_file_add_cell(&file, column, "x\x07", "it has control characters");
		bad_file_add_cell(&file, column, "x\"y", "a quote where none may be");
		if (is_required(one, column))
			bad_file_add_cell(&file, column, "", "it is empty");
		g_autofree char *zero = row_with(one, column, "x#y");
		char *at = strstr(zero, "x#y");
		gsize size = strlen(zero);
		at[1] = '\0';
		bad_file_add(&file, zero, size, column, "it has control characters (U+0000)");
	}
	bad_file_run(bad, &file);
	bad_file_close(&file);
}

static void refuse(Bad *bad, const ImportCase *one, const char *text, gsize size, const char *says)
{
	g_autofree char *wrong = import_bytes(bad, one->kind, text, size, FALSE, NULL);
	must_say(one, wrong, says);
}

static void refuse_text(Bad *bad, const ImportCase *one, const char *header, const char *row,
						const char *says)
{
	g_autofree char *text = g_strconcat(header, "\n", row, "\n", NULL);
	refuse(bad, one, text, strlen(text), says);
}

/* Rows and headers of another width, and ends that are none. */
static void what_is_no_table(Bad *bad, const ImportCase *one)
{
	g_auto(GStrv) columns = g_strsplit(one->columns, ",", -1);
	guint n = g_strv_length(columns);
	g_autofree char *more = g_strconcat(one->row, ",x", NULL);
	g_autofree char *less = g_strndup(one->row, (gsize)(strrchr(one->row, ',') - one->row));
	g_autofree char *open = g_strconcat(one->row, ",\"x", NULL);
	g_autofree char *wide = g_strconcat(one->columns, ",colour", NULL);
	g_autofree char *twice = g_strconcat(one->columns, ",", columns[0], NULL);
	g_autofree char *says_more = g_strdup_printf("line 2, column %u: %u fields", n + 1, n + 1);
	g_autofree char *says_less =
		g_strdup_printf("line 2, column %s: %u fields", columns[n - 1], n - 1);
	refuse_text(bad, one, one->columns, more, says_more);
	refuse_text(bad, one, one->columns, less, says_less);
	refuse_text(bad, one, one->columns, open, "it ends within quotes");
	refuse_text(bad, one, wide, more, "line 1: ");
	refuse_text(bad, one, twice, more, "a doubled column");
	for (guint i = 0; i < n; i++) {
		if (!is_required(one, i))
			continue;
		g_autofree char *says = g_strdup_printf("line 1: the column '%s' is missing", columns[i]);
		g_autofree char *known = columns[i];
		columns[i] = g_strdup("colour");
		g_autofree char *header = g_strjoinv(",", columns);
		refuse_text(bad, one, header, one->row, "have no column 'colour'");
		refuse_text(bad, one, header, one->row, says);
		g_free(columns[i]);
		columns[i] = g_steal_pointer(&known);
	}
}

/* Every comma another byte. */
static void separate(char *text, char by)
{
	for (; *text != '\0'; text++)
		*text = *text == ',' ? by : *text;
}

static void what_a_spreadsheet_may_write(Bad *bad, const ImportCase *one)
{
	static const char *const marks[] = {"\xff\xfe", "\xfe\xff", ""};
	g_autofree char *text = g_strconcat(one->columns, "\n", one->row, "\n", NULL);
	for (int i = 0; i < 3; i++) {
		g_autoptr(GString) wide = g_string_new(marks[i]);
		for (const char *c = text; *c != '\0'; c++) {
			if (i == 1)
				g_string_append_c(wide, '\0');
			g_string_append_c(wide, *c);
			if (i != 1)
				g_string_append_c(wide, '\0');
		}
		refuse(bad, one, wide->str, wide->len, "line 1: not UTF-8 but UTF-16");
	}
	g_autofree char *marked = g_strconcat("\xef\xbb\xbf\xef\xbb\xbf", text, NULL);
	refuse(bad, one, marked, strlen(marked), "line 1: column 1 of the header");
	g_autofree char *semicolons = g_strdup(text), *tabs = g_strdup(text), *old = g_strdup(text);
	separate(semicolons, ';');
	refuse(bad, one, semicolons, strlen(semicolons),
		   "line 1: the columns are parted by semicolons");
	separate(tabs, '\t');
	refuse(bad, one, tabs, strlen(tabs), "line 1: ");
	for (char *c = old; *c != '\0'; c++)
		*c = *c == '\n' ? '\r' : *c;
	refuse(bad, one, old, strlen(old), "line 1: ");
	refuse(bad, one, "", 0, "line 1: no header");
	refuse(bad, one, "\0\0\0\0", 4, "line 1: ");
}

/* ── Two rows of one thing ── */

static void what_is_said_twice(Bad *bad, const ImportCase *one)
{
	gint64 n_once = 0, n_twice = 0;
	g_autofree char *once = g_strconcat(one->columns, "\n", one->row, "\n", NULL);
	g_autofree char *same = g_strconcat(once, one->row, "\n", NULL);
	g_autofree char *good = import_bytes(bad, one->kind, once, strlen(once), TRUE, &n_once);
	g_autofree char *also = import_bytes(bad, one->kind, same, strlen(same), TRUE, &n_twice);
	g_assert_cmpstr(good, ==, NULL);
	g_assert_cmpint(n_once, >, 0);
	g_assert_cmpstr(also, ==, NULL);
	g_assert_cmpint(n_twice, ==, n_once);
	if (one->twin == NULL)
		return;
	g_autofree char *other = g_strconcat(once, one->twin, "\n", NULL);
	refuse(bad, one, other, strlen(other), "\nline 3, column ");
	/* Alone it is as good as the first. */
	g_autofree char *alone = g_strconcat(one->columns, "\n", one->twin, "\n", NULL);
	g_autofree char *wrong = import_bytes(bad, one->kind, alone, strlen(alone), TRUE, NULL);
	g_assert_cmpstr(wrong, ==, NULL);
}

/* ── Workbooks ── */

static void add_text_cell(GString *rows, const char *text)
{
	g_autofree char *escaped = g_markup_escape_text(text, -1);
	g_string_append_printf(rows, "<c t='inlineStr'><is><t>%s</t></is></c>", escaped);
}

/* A row whose cell in `column` is `cell` and not its text; -1: none is. */
static void add_sheet_row(GString *rows, const char *line, gint column, const char *cell)
{
	g_auto(GStrv) cells = g_strsplit(line, ",", -1);
	g_string_append(rows, "<row>");
	for (gint i = 0; cells[i] != NULL; i++) {
		if (i == column)
			g_string_append(rows, cell);
		else if (*cells[i] != '\0')
			add_text_cell(rows, cells[i]);
		else
			g_string_append(rows, "<c/>");
	}
	g_string_append(rows, "</row>");
}

static char *import_sheet(Bad *bad, const char *kind, const GString *rows, gint64 *n_changed)
{
	const WorkbookParts parts = {.rows = rows->str};
	g_autoptr(GBytes) book = workbook_make(&parts);
	gsize size;
	const void *data = g_bytes_get_data(book, &size);
	return import_bytes(bad, kind, data, size, TRUE, n_changed);
}

static void what_no_workbook_can_have(Bad *bad, const ImportCase *one)
{
	static const struct {
		const char *cell, *says;
	} cells[] = {
		{"<c><f>A1+1</f><v>7</v></c>", "a formula"},
		{"<c t='e'><v>#REF!</v></c>", "an error value"},
		{"<c><v>1.98503122010012E+17</v></c>", "a number this long was rounded"},
		{"<c t='inlineStr'><is><t>=A1</t></is></c>", "it begins as a formula does"},
		{"<c t='inlineStr'><is><t>a&#10;b</t></is></c>", "it has control characters"},
	};
	g_autoptr(GString) rows = g_string_new(NULL);
	g_autoptr(GPtrArray) says = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) columns = g_strsplit(one->columns, ",", -1);
	gint64 n_changed = 0;
	add_sheet_row(rows, one->columns, -1, NULL);
	gsize header = rows->len;
	add_sheet_row(rows, one->row, -1, NULL);
	g_autofree char *wrong = import_sheet(bad, one->kind, rows, &n_changed);
	g_assert_cmpstr(wrong, ==, NULL);
	g_assert_cmpint(n_changed, >, 0);
	g_string_truncate(rows, header);
	for (gint i = 0; columns[i] != NULL; i++) {
		for (gsize j = 0; j < G_N_ELEMENTS(cells); j++) {
			add_sheet_row(rows, one->row, i, cells[j].cell);
			g_ptr_array_add(says, g_strdup_printf("\nline %u, column %s: %s", says->len + 2,
												  columns[i], cells[j].says));
		}
	}
	g_autofree char *all = import_sheet(bad, one->kind, rows, NULL);
	for (guint i = 0; i < says->len; i++)
		must_say(one, all, says->pdata[i]);
}

/* ── Each kind ── */

typedef void (*Fault)(Bad *bad, const ImportCase *one);

static void each_kind(Bad *bad, gconstpointer data)
{
	const Fault *fault = data;
	for (gsize i = 0; i < G_N_ELEMENTS(import_cases); i++) {
		g_test_message("%s", import_cases[i].kind);
		(*fault)(bad, &import_cases[i]);
		check_content(bad, import_cases[i].kind);
	}
}

static void every_kind_has_its_case(void)
{
	g_auto(GStrv) kinds = g_strsplit(import_kinds(), ", ", -1);
	for (char **kind = kinds; *kind != NULL; kind++) {
		gboolean found = FALSE;
		for (gsize i = 0; i < G_N_ELEMENTS(import_cases); i++)
			found |= strcmp(import_cases[i].kind, *kind) == 0;
		if (!found)
			g_error("'%s' has no row in import_cases.h", *kind);
	}
	g_assert_cmpuint(g_strv_length(kinds), ==, G_N_ELEMENTS(import_cases));
}

/* ── What only one kind can do wrong ── */

static void a_tree_has_no_cycle(Bad *bad, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *kind, *text, *says;
	} files[] = {
		{"units", "code,name,parent\nX,X,Y\nY,Y,Z\nZ,Z,X\n", "\nline 4, column parent: "},
		{"units", "code,name,parent\nX,X,X\n", "\nline 2, column parent: "},
		{"units", "code,name,parent\nJATENG,Provinsi,BKD.MUTASI\n", "\nline 2, column parent: "},
		{"reorganisations", "unit,kind,to,decree,tmt\nBKD,move,BKD.MUTASI,S,2026-01-01\n",
		 "\nline 2, column unit: "},
		{"reorganisations", "unit,kind,to,decree,tmt\nBKD,move,BKD,S,2026-01-01\n",
		 "\nline 2, column unit: "},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		const ImportCase one = {.kind = files[i].kind};
		refuse(bad, &one, files[i].text, strlen(files[i].text), files[i].says);
		check_content(bad, files[i].says);
	}
}

/* A career is written as it went; written backwards it would undo itself. */
static void a_later_fact_ends_an_open_one(Bad *bad, gconstpointer data G_GNUC_UNUSED)
{
	static const char right[] = "person,unit,from\nP1,SMAN1,2026-01-01\nP1,BKD,2026-06-01\n";
	static const char wrong[] = "person,unit,from\nP1,BKD,2026-06-01\nP1,SMAN1,2026-01-01\n";
	const ImportCase one = {.kind = "assignments"};
	g_autofree char *said = import_bytes(bad, one.kind, right, strlen(right), TRUE, NULL);
	g_assert_cmpstr(said, ==, NULL);
	refuse(bad, &one, wrong, strlen(wrong), "\nline 3, column person: line 2 says something else");
	check_content(bad, "a career written backwards");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/import_bad/every_kind_has_its_case", every_kind_has_its_case);
#define EACH(name)                                                                                 \
	static const Fault fault_##name = name;                                                        \
	g_test_add("/import_bad/" #name, Bad, &fault_##name, setup, each_kind, teardown)
	EACH(what_a_column_cannot_be);
	EACH(what_no_cell_can_be);
	EACH(what_is_no_table);
	EACH(what_a_spreadsheet_may_write);
	EACH(what_is_said_twice);
	EACH(what_no_workbook_can_have);
#define CASE(name) g_test_add("/import_bad/" #name, Bad, NULL, setup, name, teardown)
	CASE(a_tree_has_no_cycle);
	CASE(a_later_fact_ends_an_open_one);
	return g_test_run();
}
