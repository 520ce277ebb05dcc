/*
 * Writers take turns.  While one process commits transaction after transaction, as judging does,
 * another must get in between two of them: SQLite alone lets whoever asks first have it, and a
 * waiter that sleeps between its attempts never does.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "server/store/sql.h"

#define HOLD_US 20000 /* of each transaction of the busy one */
#define ROUNDS 10
#define WAIT_MAX_MS 1000 /* for one turn, on a loaded machine under the sanitizers */

typedef struct {
	char *folder, *url;
	gint stop; /* atomic */
} Busy;

static void write_once(Sql *sql, gint64 hold_us)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(sql_begin(sql, &error));
	g_assert_true(sql_run(sql, &error, "INSERT INTO t (x) VALUES ($1)", "i", hold_us));
	if (hold_us > 0)
		g_usleep((gulong)hold_us);
	g_assert_true(sql_commit(sql, &error));
	g_assert_no_error(error);
}

static gpointer keep_writing(gpointer user)
{
	Busy *busy = user;
	g_autoptr(Sql) sql = sql_open(busy->url, NULL);
	while (g_atomic_int_get(&busy->stop) == 0)
		write_once(sql, HOLD_US);
	return NULL;
}

static void test_waiting_writer_gets_in(void)
{
	Busy busy = {.folder = g_dir_make_tmp("hadir-turns-XXXXXX", NULL)};
	busy.url = g_strdup_printf("sqlite:%s/t.db", busy.folder);
	Sql *sql = sql_open(busy.url, NULL);
	g_assert_true(sql_script(sql, "CREATE TABLE t (x BIGINT)", NULL));
	GThread *thread = g_thread_new("busy", keep_writing, &busy);
	gint64 longest_ms = 0;
	for (int i = 0; i < ROUNDS; i++) {
		g_usleep(HOLD_US / 2);
		gint64 began_us = g_get_monotonic_time();
		write_once(sql, 0);
		longest_ms = MAX(longest_ms, (g_get_monotonic_time() - began_us) / 1000);
	}
	g_atomic_int_set(&busy.stop, 1);
	g_thread_join(thread);
	sql_close(sql);
	g_test_message("longest wait: %" G_GINT64_FORMAT " ms", longest_ms);
	g_assert_cmpint(longest_ms, <, WAIT_MAX_MS);
	static const char *const names[] = {"t.db", "t.db-wal", "t.db-shm"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(busy.folder, names[i], NULL);
		g_remove(path);
	}
	g_assert_cmpint(g_rmdir(busy.folder), ==, 0);
	g_free(busy.folder);
	g_free(busy.url);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sql/turns/waiting_writer_gets_in", test_waiting_writer_gets_in);
	return g_test_run();
}
