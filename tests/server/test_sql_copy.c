/* A province moves from SQLite into another database (with_postgres: into PostgreSQL), and back. */
#include "server/store/sql_copy.h"

#include <string.h>

#include "tests/server/database.h"

#define PEOPLE 2500 /* more than one page of a cursor */

typedef struct {
	Database target;
	char *path; /* of the SQLite file it comes from */
	Sql *source;
} Move;

typedef struct {
	GHashTable *hashes; /* table → "rows hash" */
	gint64 n_rows;
} Seen;

/* The call names `error`. */
#define must(call)                                                                                 \
	G_STMT_START                                                                                   \
	{                                                                                              \
		GError *must_error = NULL;                                                                 \
		GError **error = &must_error;                                                              \
		gboolean must_hold = (call);                                                               \
		g_assert_no_error(must_error);                                                             \
		g_assert_true(must_hold);                                                                  \
	}                                                                                              \
	G_STMT_END

static Sql *open_file(const char *path)
{
	GError *failure = NULL;
	g_autofree char *url = g_strdup_printf("sqlite:%s", path);
	Sql *sql = sql_open(url, &failure);
	g_assert_no_error(failure);
	must(migrate_run(sql, 0, error));
	return sql;
}

static void fill(Sql *sql)
{
	must(sql_begin(sql, error));
	for (gint64 i = 1; i <= PEOPLE; i++)
		must(sql_run(sql, error, "INSERT INTO person (id, created_ms) VALUES ($1,0)", "i", i));
	must(sql_run(sql, error, "INSERT INTO place (id, code) VALUES (1, $1)", "t",
				 "gedung \\.\t\"é\""));
	must(sql_run(
		sql, error,
		"INSERT INTO punch (terminal, journal, seq, person, at_ms, place, state, kind, reason)"
		" VALUES ('t', $1, $2, 7, $3, 1, 1, 1, $4)",
		"biit", "\0\\x\xff\n'", (gsize)6, G_MAXINT64, G_MININT64, NULL));
	must(sql_commit(sql, error));
}

static void set_up(Move *move, gconstpointer data)
{
	(void)data;
	database_open(&move->target);
	move->path = g_build_filename(move->target.folder, "from.db", NULL);
	move->source = open_file(move->path);
	fill(move->source);
}

static void remove_file(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autofree char *file = g_strconcat(path, ends[i], NULL);
		g_unlink(file);
	}
}

static void tear_down(Move *move, gconstpointer data)
{
	(void)data;
	sql_close(move->source);
	remove_file(move->path);
	g_free(move->path);
	database_close(&move->target);
}

static void see(const SqlCopied *copied, gpointer user)
{
	Seen *seen = user;
	seen->n_rows += copied->n_rows;
	g_hash_table_insert(seen->hashes, g_strdup(copied->table),
						g_strdup_printf("%" G_GINT64_FORMAT " %s", copied->n_rows, copied->hash));
}

static gboolean copy(Sql *from, Sql *to, Seen *seen, GError **refusal)
{
	*seen = (Seen){.hashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
	must(sql_begin(from, error));
	must(sql_begin(to, error));
	gboolean copied = sql_copy(from, to, see, seen, refusal);
	if (copied)
		must(sql_commit(to, error));
	sql_rollback(to);
	sql_rollback(from);
	return copied;
}

static gint64 count_people(Sql *sql)
{
	gint64 n = -1;
	must(sql_get_int(sql, &n, -1, error, "SELECT count(*) FROM person", ""));
	return n;
}

static void test_there_and_back(Move *move, gconstpointer data)
{
	(void)data;
	g_autofree char *path = g_build_filename(move->target.folder, "back.db", NULL);
	g_autoptr(Sql) third = open_file(path);
	Seen there, back;
	must(copy(move->source, move->target.sql, &there, error));
	g_assert_cmpint(there.n_rows, >, PEOPLE);
	must(copy(move->target.sql, third, &back, error));
	g_assert_cmpuint(g_hash_table_size(there.hashes), ==, g_hash_table_size(back.hashes));
	GHashTableIter iter;
	gpointer table, hash;
	g_hash_table_iter_init(&iter, there.hashes);
	while (g_hash_table_iter_next(&iter, &table, &hash))
		g_assert_cmpstr(g_hash_table_lookup(back.hashes, table), ==, hash);
	g_hash_table_unref(there.hashes);
	g_hash_table_unref(back.hashes);
	remove_file(path);
}

static void test_a_second_time_replaces(Move *move, gconstpointer data)
{
	(void)data;
	Seen seen;
	for (int i = 0; i < 2; i++) {
		must(copy(move->source, move->target.sql, &seen, error));
		g_hash_table_unref(seen.hashes);
	}
	g_assert_cmpint(count_people(move->target.sql), ==, PEOPLE);
}

static void test_another_schema_is_refused(Move *move, gconstpointer data)
{
	(void)data;
	GError *refusal = NULL;
	Seen seen;
	must(sql_script(move->source, "CREATE TABLE stranger (id BIGINT)", error));
	g_assert_false(copy(move->source, move->target.sql, &seen, &refusal));
	g_assert_nonnull(strstr(refusal->message, "stranger"));
	g_error_free(refusal);
	g_hash_table_unref(seen.hashes);
	g_assert_cmpint(count_people(move->target.sql), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/sql_copy/there_and_back", Move, NULL, set_up, test_there_and_back, tear_down);
	g_test_add("/sql_copy/a_second_time_replaces", Move, NULL, set_up, test_a_second_time_replaces,
			   tear_down);
	g_test_add("/sql_copy/another_schema_is_refused", Move, NULL, set_up,
			   test_another_schema_is_refused, tear_down);
	return g_test_run();
}
