/*
 * Files larger than any month of the province: read within bounded memory, refused for what stands at
 * their very end, or taken.  In the long form (HADIR_LONG) of ten million rows.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "server/import/import.h"
#include "server/rules/calendar.h"
#include "tests/server/database.h"
#include "tests/server/import_province.h"

/* Ten million rows in memory would be some gigabytes.  (By hand with a sanitizer: see its quarantine in
 * CMakeLists.txt.) */
#define MEMORY_KIB (256 * 1024)
#define SECOND_MS 1000

typedef struct {
	Database database;
	char *path;
	gint64 n_read, n_applied; /* rows */
} Large;

static gboolean is_long(void)
{
	return g_strcmp0(g_getenv("HADIR_LONG"), "1") == 0;
}

static void setup(Large *large, gconstpointer data G_GNUC_UNUSED)
{
	database_open(&large->database);
	large->path = g_build_filename(large->database.folder, "large.csv", NULL);
	large->n_read = is_long() ? 10000000 : 100000;
	large->n_applied = is_long() ? 1000000 : 10000;
}

static void teardown(Large *large, gconstpointer data G_GNUC_UNUSED)
{
	g_unlink(large->path);
	g_free(large->path);
	database_close(&large->database);
}

static gboolean import(const Large *large, const char *kind, ImportResult *result, GError **error)
{
	static const ImportHooks hooks;
	gboolean done = import_file(large->database.sql, kind, large->path, IMPORT_NOW, IMPORT_OFFSET,
								&hooks, result, error);
	g_assert_false(sql_in_transaction(large->database.sql));
	return done;
}

static void import_province(const Large *large)
{
	for (gsize i = 0; i < G_N_ELEMENTS(import_files); i++) {
		g_autoptr(GError) error = NULL;
		ImportResult result;
		g_file_set_contents(large->path, import_files[i].text, -1, &error);
		g_assert_no_error(error);
		import(large, import_files[i].kind, &result, &error);
		g_assert_no_error(error);
	}
}

/* A second apart, from the beginning of the year on; `last` stands behind them. */
static void write_punches(const Large *large, gint64 n, const char *last)
{
	gint64 first;
	FILE *file = fopen(large->path, "w");
	g_assert_nonnull(file);
	g_assert_true(calendar_parse("2025-01-01", &first));
	fputs("person,at,place,kind,letter\n", file);
	for (gint64 i = 0; i < n; i++) {
		char at[CALENDAR_ISO];
		calendar_format_iso(calendar_ms(first, 0, IMPORT_OFFSET) + i * SECOND_MS, IMPORT_OFFSET,
							at);
		fprintf(file, "%s,%s,LOBI,luar,Mesin\n", i % 2 == 0 ? "P1" : "P2", at);
	}
	fputs(last, file);
	g_assert_cmpint(fclose(file), ==, 0);
}

static gint64 count(const Large *large, const char *text)
{
	g_autoptr(GError) error = NULL;
	gint64 n = -1;
	g_assert_true(sql_get_int(large->database.sql, &n, -1, &error, text, ""));
	return n;
}

static void must_fail_at(const Large *large, gint64 n, const char *kind, const char *what)
{
	g_autoptr(GError) error = NULL;
	ImportResult result;
	g_autofree char *says = g_strdup_printf("\nline %" G_GINT64_FORMAT ", %s", n + 2, what);
	gint64 n_punches = count(large, "SELECT count(*) FROM punch");
	gint64 n_marks = count(large, "SELECT count(*) FROM person_mark");
	gint64 n_logged = count(large, "SELECT count(*) FROM audit_entry");
	g_assert_false(import(large, kind, &result, &error));
	if (strstr(error->message, says) == NULL)
		g_error("'%s' does not say '%s'", error->message, says);
	g_assert_cmpint(count(large, "SELECT count(*) FROM punch"), ==, n_punches);
	g_assert_cmpint(count(large, "SELECT count(*) FROM person_mark"), ==, n_marks);
	g_assert_cmpint(count(large, "SELECT count(*) FROM audit_entry"), ==, n_logged);
}

static void memory_is_bounded(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	g_test_message("%ld MiB resident at most", usage.ru_maxrss / 1024);
	g_assert_cmpint(usage.ru_maxrss, <, MEMORY_KIB);
}

static void what_is_wrong_at_its_end_is_found_and_named(Large *large,
														gconstpointer data G_GNUC_UNUSED)
{
	import_province(large);
	write_punches(large, large->n_read, "P1,2025-11-10 06:50,LOBI,luar\n");
	must_fail_at(large, large->n_read, "punches", "column letter: 4 fields, the header has 5");
	memory_is_bounded();
}

static void nothing_stays_of_what_was_applied_before_it(Large *large,
														gconstpointer data G_GNUC_UNUSED)
{
	import_province(large);
	write_punches(large, large->n_applied, "nobody,2025-11-10 06:50,LOBI,luar,Mesin\n");
	must_fail_at(large, large->n_applied, "punches", "column person: nobody has");
	memory_is_bounded();
}

static void a_good_one_comes_in(Large *large, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	ImportResult result;
	import_province(large);
	gint64 n_before = count(large, "SELECT count(*) FROM punch");
	write_punches(large, large->n_applied, "");
	import(large, "punches", &result, &error);
	g_assert_no_error(error);
	g_assert_cmpint(result.n_rows, ==, large->n_applied);
	g_assert_cmpint(result.n_changed, ==, large->n_applied);
	g_assert_cmpint(count(large, "SELECT count(*) FROM punch"), ==, n_before + large->n_applied);
	memory_is_bounded();
}

/* Of other kinds something is kept of each row, so that contradictions are found. */
static void more_rows_than_a_kind_takes_are_named(Large *large, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	ImportResult result;
	FILE *file = fopen(large->path, "w");
	g_assert_nonnull(file);
	fputs("code,name\n", file);
	for (gint64 i = 0; i <= IMPORT_ROWS_MAX; i++)
		fprintf(file, "%" G_GINT64_FORMAT ",x\n", i);
	g_assert_cmpint(fclose(file), ==, 0);
	g_assert_false(import(large, "places", &result, &error));
	g_assert_nonnull(strstr(error->message, "line 1000002: more than 1000000 rows of places"));
	g_assert_cmpint(count(large, "SELECT count(*) FROM place"), ==, 0);
	memory_is_bounded();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define CASE(name) g_test_add("/import_large/" #name, Large, NULL, setup, name, teardown)
	CASE(what_is_wrong_at_its_end_is_found_and_named);
	CASE(nothing_stays_of_what_was_applied_before_it);
	CASE(a_good_one_comes_in);
	if (is_long())
		CASE(more_rows_than_a_kind_takes_are_named);
	return g_test_run();
}
