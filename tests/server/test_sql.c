/* The contract of sql.h, and migrations. */
#include <string.h>

#include "server/store/migrate.h"
#include "server/store/sql.h"
#include "tests/server/database.h"

static const char create[] = "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, data BYTEA,"
							 " weight DOUBLE PRECISION, CHECK (id > 0))";

static void setup(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	database_open_empty(database);
	sql_run(database->sql, &error, create, "");
	g_assert_no_error(error);
}

static void teardown(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	database_close(database);
}

static gboolean insert(Sql *sql, gint64 id, const char *name, GError **error)
{
	return sql_run(sql, error, "INSERT INTO thing (id, name) VALUES ($1,$2)", "it", id, name);
}

static gint64 count(Sql *sql)
{
	g_autoptr(GError) error = NULL;
	gint64 n = -1;
	sql_get_int(sql, &n, -1, &error, "SELECT count(*) FROM thing", "");
	g_assert_no_error(error);
	return n;
}

static void values_come_back(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	static const guint8 raw[] = {0, 1, 255, 0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = g_bytes_new_static(raw, sizeof raw);
	gint64 big = G_MAXINT64;
	sql_run(database->sql, &error,
			"INSERT INTO thing (id, name, data, weight) VALUES ($1,$2,$3,$4)", "ItBd", &big,
			"Siti ’ 100 %", bytes, 0.25);
	g_assert_no_error(error);
	sql_run(database->sql, &error, "INSERT INTO thing (id, name, data) VALUES ($1,$2,$3)", "itb",
			(gint64)1, NULL, "", (gsize)0);
	g_assert_no_error(error);

	g_autoptr(SqlStatement) rows = sql_query(
		database->sql, &error, "SELECT id, name, data, weight FROM thing ORDER BY id", "");
	gsize size = 99;
	g_assert_cmpint(sql_next(rows, &error), ==, SQL_ROW);
	g_assert_true(sql_is_null(rows, 1));
	g_assert_null(sql_text(rows, 1));
	g_assert_false(sql_is_null(rows, 2));
	sql_bytes(rows, 2, &size);
	g_assert_cmpint(size, ==, 0);
	g_assert_cmpint(sql_int(rows, 3), ==, 0);
	g_assert_cmpint(sql_next(rows, &error), ==, SQL_ROW);
	g_assert_cmpint(sql_int(rows, 0), ==, G_MAXINT64);
	g_assert_cmpstr(sql_text(rows, 1), ==, "Siti ’ 100 %");
	gconstpointer back = sql_bytes(rows, 2, &size);
	g_assert_cmpmem(back, size, raw, sizeof raw);
	g_assert_cmpfloat(sql_double(rows, 3), ==, 0.25);
	g_assert_cmpint(sql_next(rows, &error), ==, SQL_DONE);
	g_assert_no_error(error);
}

static void parameters_in_any_order_and_twice(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n = 0;
	g_assert_true(sql_get_int(database->sql, &n, 0, &error, "SELECT $2*1000 + $1*10 + $2", "ii",
							  (gint64)1, (gint64)2));
	g_assert_no_error(error);
	g_assert_cmpint(n, ==, 2012);
}

static void wrong_number_of_parameters_is_an_error(Database *database,
												   gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_assert_false(sql_run(database->sql, &error, "DELETE FROM thing WHERE id=$1", ""));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_FAILED);
	g_clear_error(&error);
	g_assert_false(sql_run(database->sql, &error, "DELETE FROM thing WHERE id=$2", "i", (gint64)1));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_FAILED);
}

static void constraints_have_their_code(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(insert(database->sql, 1, "a", &error));
	g_assert_false(insert(database->sql, 1, "a", &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_clear_error(&error);
	g_assert_false(insert(database->sql, 0, "a", &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	/* The statement still works afterwards. */
	g_clear_error(&error);
	g_assert_true(insert(database->sql, 2, "b", &error));
	g_assert_no_error(error);
}

static void changes_are_counted(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	for (gint64 id = 1; id <= 5; id++)
		g_assert_true(insert(database->sql, id, "x", &error));
	g_assert_cmpint(
		sql_change(database->sql, &error, "UPDATE thing SET name='y' WHERE id>$1", "i", (gint64)2),
		==, 3);
	g_assert_cmpint(
		sql_change(database->sql, &error, "DELETE FROM thing WHERE id=$1", "i", (gint64)99), ==, 0);
	g_assert_cmpint(sql_change(database->sql, &error,
							   "INSERT INTO thing (id) VALUES ($1) ON CONFLICT DO NOTHING", "i",
							   (gint64)1),
					==, 0);
	g_assert_no_error(error);
}

static void returning_gives_rows(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 id = 0;
	g_assert_true(sql_get_int(database->sql, &id, 0, &error,
							  "INSERT INTO thing (id, name) VALUES ($1,$2) RETURNING id + 1", "it",
							  (gint64)41, "x"));
	g_assert_no_error(error);
	g_assert_cmpint(id, ==, 42);
	g_assert_cmpint(count(database->sql), ==, 1);
}

static void no_row_gives_the_fallback(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n = 0;
	g_assert_true(sql_get_int(database->sql, &n, -7, &error, "SELECT id FROM thing", ""));
	g_assert_cmpint(n, ==, -7);
	g_assert_true(sql_get_int(database->sql, &n, -8, &error, "SELECT max(id) FROM thing", ""));
	g_assert_cmpint(n, ==, -8);
	g_assert_no_error(error);
}

static SqlStatement *list(Sql *sql, GError **error)
{
	return sql_query(sql, error, "SELECT id FROM thing ORDER BY id", "");
}

static void one_text_can_be_read_twice_at_once(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	insert(database->sql, 1, "a", &error);
	insert(database->sql, 2, "b", &error);
	g_autoptr(SqlStatement) outer = list(database->sql, &error);
	int seen = 0;
	while (sql_next(outer, &error) == SQL_ROW) {
		g_autoptr(SqlStatement) inner = list(database->sql, &error);
		while (sql_next(inner, &error) == SQL_ROW)
			seen++;
	}
	g_assert_no_error(error);
	g_assert_cmpint(seen, ==, 4);
}

static void a_rollback_leaves_nothing(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_assert_false(sql_in_transaction(database->sql));
	g_assert_true(sql_begin(database->sql, &error));
	g_assert_true(sql_in_transaction(database->sql));
	insert(database->sql, 1, "a", &error);
	sql_rollback(database->sql);
	g_assert_false(sql_in_transaction(database->sql));
	g_assert_cmpint(count(database->sql), ==, 0);
	sql_rollback(database->sql);

	g_assert_true(sql_begin(database->sql, &error));
	insert(database->sql, 1, "a", &error);
	g_assert_true(sql_commit(database->sql, &error));
	g_assert_cmpint(count(database->sql), ==, 1);
	g_assert_no_error(error);
}

static void another_connection_sees_what_is_committed(Database *database,
													  gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Sql) other = sql_open(database->url, &error);
	g_assert_no_error(error);
	sql_begin(database->sql, &error);
	insert(database->sql, 1, "a", &error);
	g_assert_cmpint(count(other), ==, 0);
	sql_commit(database->sql, &error);
	g_assert_cmpint(count(other), ==, 1);
	g_assert_no_error(error);
}

static void an_unknown_url_is_refused_without_its_password(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(sql_open("oracle://scott:tiger@example", &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_FAILED);
	g_assert_null(strstr(error->message, "tiger"));
}

static void a_missing_folder_is_named(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(sql_open("sqlite:/nonexistent/hadir.db", &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "/nonexistent/hadir.db"));
}

/* Migrations */

static const SchemaFile first = {1, "0001_a.sql",
								 "CREATE TABLE a (x BIGINT); CREATE TABLE b (x BIGINT);"};
static const SchemaFile second = {2, "0002_c.sql", "CREATE TABLE c (x BIGINT);"};

static void migrations_are_applied_once_and_in_order(Database *database,
													 gconstpointer data G_GNUC_UNUSED)
{
	const SchemaFile both[] = {first, second};
	g_autoptr(GError) error = NULL;
	gint64 n = 0;
	for (int i = 0; i < 2; i++) {
		g_assert_true(migrate_run_files(database->sql, both, 1, 5, &error));
		g_assert_true(migrate_run_files(database->sql, both, 2, 6, &error));
		g_assert_no_error(error);
		/* The older program refuses the newer database only now. */
		g_assert_false(migrate_run_files(database->sql, both, 1, 7, &error));
		g_assert_nonnull(strstr(error->message, "newer"));
		g_clear_error(&error);
		g_assert_true(sql_run(database->sql, &error, "DELETE FROM migration WHERE number=2", ""));
		g_assert_true(sql_run(database->sql, &error, "DROP TABLE c", ""));
	}
	sql_get_int(database->sql, &n, 0, &error, "SELECT applied_ms FROM migration WHERE number=1",
				"");
	g_assert_cmpint(n, ==, 5);
	g_assert_no_error(error);
}

static void an_edited_migration_is_refused(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	SchemaFile edited = first;
	g_assert_true(migrate_run_files(database->sql, &first, 1, 0, &error));
	edited.text = "CREATE TABLE a (x BIGINT, y BIGINT); CREATE TABLE b (x BIGINT);";
	g_assert_false(migrate_run_files(database->sql, &edited, 1, 0, &error));
	g_assert_nonnull(strstr(error->message, "0001_a.sql"));
}

static void a_broken_migration_leaves_nothing(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	const SchemaFile broken = {1, "0001_x.sql", "CREATE TABLE d (x BIGINT); CREATE TABBLE e;"};
	g_autoptr(GError) error = NULL;
	g_assert_false(migrate_run_files(database->sql, &broken, 1, 0, &error));
	g_assert_nonnull(strstr(error->message, "0001_x.sql"));
	g_clear_error(&error);
	g_assert_true(sql_run(database->sql, &error, "CREATE TABLE d (x BIGINT)", ""));
	g_assert_no_error(error);
}

/* Another program (this one, started again) opens and closes the file; it must see that we are still
 * there, or it deletes the log we write to. */
static void a_second_connection_keeps_the_locks_of_the_first(Database *database,
															 gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	insert(database->sql, 1, "before", &error);
	g_assert_no_error(error);
	sql_close(sql_open(database->url, &error));
	g_assert_no_error(error);
	char *argv[] = {"/proc/self/exe", "--open-and-close", database->url, NULL};
	int status = -1;
	g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
	g_assert_no_error(error);
	g_assert_cmpint(status, ==, 0);
	g_autofree char *log = g_strconcat(database->folder, "/hadir.db-wal", NULL);
	g_assert_true(g_file_test(log, G_FILE_TEST_EXISTS));
}

static int open_and_close(const char *url)
{
	g_autoptr(Sql) sql = sql_open(url, NULL);
	return sql != NULL && count(sql) == 1 ? 0 : 1;
}

static void our_own_schema_is_applied_and_checked(Database *database,
												  gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	if (n_schema_files > 0) {
		g_assert_false(migrate_check(database->sql, &error));
		g_clear_error(&error);
	}
	g_assert_true(migrate_run(database->sql, 0, &error));
	g_assert_no_error(error);
	g_assert_true(migrate_run(database->sql, 0, &error));
	g_assert_true(migrate_check(database->sql, &error));
	g_assert_no_error(error);
}

/* ── a connection that is lost: PostgreSQL only ── */

/* From another connection; returns when the other end is gone. */
static void kill_backend(Database *database, gint64 pid)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Sql) other = sql_open(database->url, &error);
	gint64 n = 1;
	g_assert_no_error(error);
	sql_run(other, &error, "SELECT pg_terminate_backend($1::int)", "i", pid);
	while (error == NULL && n > 0) {
		sql_get_int(other, &n, 0, &error, "SELECT count(*) FROM pg_stat_activity WHERE pid=$1", "i",
					pid);
		g_usleep(1000);
	}
	g_assert_no_error(error);
}

static gint64 backend(Sql *sql)
{
	g_autoptr(GError) error = NULL;
	gint64 pid = 0;
	sql_get_int(sql, &pid, 0, &error, "SELECT pg_backend_pid()", "");
	g_assert_no_error(error);
	return pid;
}

static void a_lost_connection_is_made_anew(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	Sql *sql = database->sql;
	g_assert_true(insert(sql, 1, "a", &error));
	g_assert_true(insert(sql, 2, "b", &error));
	g_autoptr(SqlStatement) rows = sql_query(sql, &error, "SELECT id FROM thing ORDER BY id", "");
	g_assert_cmpint(sql_next(rows, &error), ==, SQL_ROW);
	gint64 pid = backend(sql);
	kill_backend(database, pid);
	/* Statements prepared before serve on; rows that are being read stay. */
	insert(sql, 3, "c", &error);
	g_assert_no_error(error);
	g_assert_cmpint(backend(sql), !=, pid);
	g_assert_cmpint(count(sql), ==, 3);
	g_assert_cmpint(sql_next(rows, &error), ==, SQL_ROW);
	g_assert_cmpint(sql_int(rows, 0), ==, 2);
	kill_backend(database, backend(sql));
	g_assert_true(sql_begin(sql, &error));
	g_assert_true(insert(sql, 4, "d", &error));
	g_assert_true(sql_commit(sql, &error));
	g_assert_no_error(error);
	g_assert_cmpint(count(sql), ==, 4);
}

/* Nothing of it is left, and nothing of its rest is written outside of it. */
static void a_transaction_ends_with_its_connection(Database *database,
												   gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	Sql *sql = database->sql;
	g_assert_true(sql_begin(sql, &error));
	g_assert_true(insert(sql, 1, "a", &error));
	kill_backend(database, backend(sql));
	for (gint64 id = 2; id <= 4; id++) {
		g_assert_false(insert(sql, id, "b", &error));
		g_assert_error(error, SQL_ERROR, SQL_ERROR_LOST);
		g_clear_error(&error);
	}
	g_assert_true(sql_in_transaction(sql));
	sql_rollback(sql);
	g_assert_cmpint(count(sql), ==, 0);

	g_assert_true(sql_begin(sql, &error));
	g_assert_true(insert(sql, 1, "a", &error));
	kill_backend(database, backend(sql));
	g_assert_false(sql_commit(sql, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_LOST);
	g_assert_false(sql_in_transaction(sql));
	g_assert_cmpint(count(sql), ==, 0);
	g_assert_true(insert(sql, 1, "a", NULL));
}

#define ADD(path, function) g_test_add("/sql/" path, Database, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--open-and-close") == 0)
		return open_and_close(argv[2]);
	g_test_init(&argc, &argv, NULL);
	ADD("values_come_back", values_come_back);
	ADD("parameters_in_any_order_and_twice", parameters_in_any_order_and_twice);
	ADD("wrong_number_of_parameters_is_an_error", wrong_number_of_parameters_is_an_error);
	ADD("constraints_have_their_code", constraints_have_their_code);
	ADD("changes_are_counted", changes_are_counted);
	ADD("returning_gives_rows", returning_gives_rows);
	ADD("no_row_gives_the_fallback", no_row_gives_the_fallback);
	ADD("one_text_can_be_read_twice_at_once", one_text_can_be_read_twice_at_once);
	ADD("a_rollback_leaves_nothing", a_rollback_leaves_nothing);
	ADD("another_connection_sees_what_is_committed", another_connection_sees_what_is_committed);
	g_test_add_func("/sql/an_unknown_url_is_refused_without_its_password",
					an_unknown_url_is_refused_without_its_password);
	g_test_add_func("/sql/a_missing_folder_is_named", a_missing_folder_is_named);
	ADD("migrations_are_applied_once_and_in_order", migrations_are_applied_once_and_in_order);
	ADD("an_edited_migration_is_refused", an_edited_migration_is_refused);
	ADD("a_broken_migration_leaves_nothing", a_broken_migration_leaves_nothing);
	if (!database_is_sqlite()) {
		ADD("a_lost_connection_is_made_anew", a_lost_connection_is_made_anew);
		ADD("a_transaction_ends_with_its_connection", a_transaction_ends_with_its_connection);
	}
	if (database_is_sqlite())
		ADD("a_second_connection_keeps_the_locks_of_the_first",
			a_second_connection_keeps_the_locks_of_the_first);
	ADD("our_own_schema_is_applied_and_checked", our_own_schema_is_applied_and_checked);
	return g_test_run();
}
