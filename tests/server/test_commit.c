/* The commit thread: groups, failures that stay alone, a bounded queue. */
#include "server/commit.h"
#include "tests/server/database.h"

typedef struct {
	CommitJob job;
	gint64 id;    /* written to the table; negative: the check refuses it */
	gboolean *ok; /* what became of it; set once */
} TestJob;

typedef struct {
	Database database;
	Commit *commit;
	GMainLoop *loop;
	guint n_done, n_wanted;
	gint n_idle; /* atomic */
	gboolean ok[64];
} World;

static gboolean run(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	TestJob *self = (TestJob *)job;
	(void)user;
	return sql_run(sql, error, "INSERT INTO thing (id) VALUES ($1)", "i", self->id);
}

static void done(CommitJob *job, const GError *error, gpointer user)
{
	TestJob *self = (TestJob *)job;
	World *world = user;
	*self->ok = error == NULL;
	if (++world->n_done == world->n_wanted)
		g_main_loop_quit(world->loop);
}

static void free_job(CommitJob *job)
{
	g_free(job);
}

static gboolean idle(Sql *sql, gpointer user)
{
	World *world = user;
	(void)sql;
	g_atomic_int_inc(&world->n_idle);
	return FALSE;
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	database_open_empty(&world->database);
	sql_run(world->database.sql, &error,
			"CREATE TABLE thing (id BIGINT PRIMARY KEY CHECK (id > 0))", "");
	CommitConfig config = {
		.database = world->database.url, .n_max = 32, .group_max = 8, .idle = idle, .user = world};
	world->loop = g_main_loop_new(NULL, FALSE);
	world->commit = commit_new(&config, &error);
	g_assert_no_error(error);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	commit_free(world->commit);
	g_main_loop_unref(world->loop);
	database_close(&world->database);
}

static gboolean push(World *world, guint at, gint64 id)
{
	TestJob *job = g_new0(TestJob, 1);
	job->job = (CommitJob){run, done, free_job};
	job->id = id;
	job->ok = &world->ok[at];
	return commit_push(world->commit, &job->job);
}

static gint64 count(World *world)
{
	g_autoptr(GError) error = NULL;
	gint64 n = -1;
	sql_get_int(world->database.sql, &n, -1, &error, "SELECT count(*) FROM thing", "");
	g_assert_no_error(error);
	return n;
}

static void jobs_are_committed_before_they_are_reported(World *world,
														gconstpointer data G_GNUC_UNUSED)
{
	world->n_wanted = 20;
	for (guint i = 0; i < 20; i++)
		g_assert_true(push(world, i, i + 1));
	g_main_loop_run(world->loop);
	g_assert_cmpint(count(world), ==, 20);
	for (guint i = 0; i < 20; i++)
		g_assert_true(world->ok[i]);
}

/* One that fails takes none of its group with it. */
static void a_failure_stays_alone(World *world, gconstpointer data G_GNUC_UNUSED)
{
	world->n_wanted = 16;
	for (guint i = 0; i < 16; i++)
		push(world, i, i == 5 ? -1 : (gint64)i + 1);
	g_main_loop_run(world->loop);
	g_assert_cmpint(count(world), ==, 15);
	for (guint i = 0; i < 16; i++)
		g_assert_cmpint(world->ok[i], ==, i != 5);
}

static void a_full_queue_refuses(World *world, gconstpointer data G_GNUC_UNUSED)
{
	guint n_taken = 0;
	/* The thread is kept waiting by a writer, so that the queue fills. */
	g_autoptr(GError) error = NULL;
	sql_begin(world->database.sql, &error);
	if (!database_is_sqlite())
		sql_run(world->database.sql, &error, "LOCK TABLE thing IN EXCLUSIVE MODE", "");
	for (guint i = 0; i < 64; i++)
		n_taken += push(world, i, i + 1) != FALSE;
	sql_commit(world->database.sql, &error);
	g_assert_no_error(error);
	g_assert_cmpint(n_taken, >=, 32);
	g_assert_cmpint(n_taken, <, 64);
	world->n_wanted = n_taken;
	g_main_loop_run(world->loop);
	g_assert_cmpint(count(world), ==, n_taken);
}

static void what_is_queued_is_finished_at_the_end(World *world, gconstpointer data G_GNUC_UNUSED)
{
	for (guint i = 0; i < 10; i++)
		push(world, i, i + 1);
	g_clear_pointer(&world->commit, commit_free);
	g_assert_cmpint(count(world), ==, 10);
	g_assert_cmpint(world->n_done, ==, 0);
}

static void other_work_follows_a_commit_at_once(World *world, gconstpointer data G_GNUC_UNUSED)
{
	world->n_wanted = 1;
	gint before = g_atomic_int_get(&world->n_idle);
	push(world, 0, 1);
	g_main_loop_run(world->loop);
	for (int i = 0; i < 50 && g_atomic_int_get(&world->n_idle) == before; i++)
		g_usleep(10000);
	g_assert_cmpint(g_atomic_int_get(&world->n_idle), >, before);
}

/* PostgreSQL only: whenever the thread's connection is cut, what is reported as done is there. */
static void what_is_reported_is_there_whatever_is_cut(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	gint64 id = 0;
	guint n_ok = 0;
	for (guint round = 0; round < 30; round++) {
		g_autoptr(GError) error = NULL;
		world->n_done = 0;
		world->n_wanted = 24;
		for (guint i = 0; i < 24; i++)
			g_assert_true(push(world, i, ++id));
		g_usleep(round * 200);
		sql_run(world->database.sql, &error,
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
				" WHERE datname = current_database() AND pid <> pg_backend_pid()",
				"");
		g_assert_no_error(error);
		g_main_loop_run(world->loop);
		for (guint i = 0; i < 24; i++) {
			gint64 n = 0;
			sql_get_int(world->database.sql, &n, 0, &error,
						"SELECT count(*) FROM thing WHERE id = $1", "i", id - 23 + i);
			g_assert_no_error(error);
			g_assert_true(n == 1 || !world->ok[i]);
			n_ok += world->ok[i] != FALSE;
		}
	}
	g_assert_cmpuint(n_ok, >, 0);
	/* And it goes on. */
	world->n_done = 0;
	world->n_wanted = 1;
	push(world, 0, ++id);
	g_main_loop_run(world->loop);
	g_assert_true(world->ok[0]);
}

static void a_database_that_is_not_there_is_an_error(void)
{
	g_autoptr(GError) error = NULL;
	CommitConfig config = {.database = "sqlite:/no/such/folder/x.db", .n_max = 1, .group_max = 1};
	g_assert_null(commit_new(&config, &error));
	g_assert_nonnull(error);
}

#define ADD(function) g_test_add("/commit/" #function, World, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(jobs_are_committed_before_they_are_reported);
	ADD(a_failure_stays_alone);
	ADD(a_full_queue_refuses);
	ADD(what_is_queued_is_finished_at_the_end);
	ADD(other_work_follows_a_commit_at_once);
	if (!database_is_sqlite())
		ADD(what_is_reported_is_there_whatever_is_cut);
	g_test_add_func("/commit/a_database_that_is_not_there_is_an_error",
					a_database_that_is_not_there_is_an_error);
	return g_test_run();
}
