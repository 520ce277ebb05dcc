/* The two datings of history.h: by tables of changes, and against a plain model. */
#include "server/store/history.h"
#include "tests/server/database.h"

static const char create[] =
	"CREATE TABLE fact (thing BIGINT NOT NULL, name TEXT, size BIGINT,"
	" valid_from_day BIGINT NOT NULL, valid_to_day BIGINT NOT NULL,"
	" recorded_from_ms BIGINT NOT NULL, recorded_to_ms BIGINT,"
	" PRIMARY KEY (thing, valid_from_day, recorded_from_ms),"
	" CHECK (valid_from_day < valid_to_day),"
	" CHECK (recorded_to_ms IS NULL OR recorded_from_ms < recorded_to_ms))";
static const char index_now[] = "CREATE UNIQUE INDEX fact_now ON fact (thing, valid_from_day)"
								" WHERE recorded_to_ms IS NULL";

static const HistoryTable fact =
	HISTORY_TABLE("fact", "thing", "thing=$3", "name, size", "ti", "$4,$5,$6");

static void setup(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	database_open(database);
	sql_run(database->sql, &error, create, "");
	g_assert_no_error(error);
	sql_run(database->sql, &error, index_now, "");
	g_assert_no_error(error);
}

static void teardown(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	database_close(database);
}

static gboolean set(Sql *sql, gint64 thing, gint64 from, gint64 to, const char *name, gint64 now)
{
	g_autoptr(GError) error = NULL;
	gboolean changed = FALSE;
	Change change = {.from_day = from, .to_day = to, .now_ms = now};
	HistoryValue values[] = {{.text = name}, {.integer = 7, .is_null = name == NULL}};
	g_assert_true(sql_begin(sql, &error));
	if (name != NULL)
		history_set(sql, &fact, &thing, 1, values, &change, &changed, &error);
	else
		history_clear(sql, &fact, &thing, 1, &change, &changed, &error);
	g_assert_no_error(error);
	g_assert_true(sql_commit(sql, &error));
	return changed;
}

/* "a" on that day, as known at `known`; "-" when there is none. */
static char *get(Sql *sql, gint64 thing, gint64 day, gint64 known)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, &error,
				  "SELECT f.name FROM fact f WHERE f.thing=$1 AND" AS_KNOWN_THEN(
					  "f", "$2") "AND" VALID_ON("f", "$3"),
				  "iii", thing, known, day);
	g_assert_no_error(error);
	g_autofree char *name = g_strdup("-");
	if (sql_next(rows, &error) == SQL_ROW) {
		g_free(name);
		name = g_strdup(sql_text(rows, 0));
		/* One at most. */
		g_assert_cmpint(sql_next(rows, &error), ==, SQL_DONE);
	}
	return g_steal_pointer(&name);
}

static void assert_days(Sql *sql, gint64 known, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);
	for (gint64 day = 0; expected[day] != '\0'; day++) {
		g_autofree char *name = get(sql, 1, day, known);
		g_string_append(got, name);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

static void corrections_leave_what_was_known(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	g_assert_true(set(sql, 1, 2, DAY_OPEN, "a", 10)); /* the first fact */
	g_assert_true(set(sql, 1, 5, DAY_OPEN, "b", 20)); /* a mutation */
	g_assert_true(set(sql, 1, 4, DAY_OPEN, "b", 30)); /* its TMT was a day earlier */
	g_assert_true(set(sql, 1, 3, 6, "c", 40));
	g_assert_true(set(sql, 1, 7, 8, NULL, 50));
	assert_days(sql, 9, "----------");
	assert_days(sql, 10, "--aaaaaaaa");
	assert_days(sql, 19, "--aaaaaaaa");
	assert_days(sql, 20, "--aaabbbbb");
	assert_days(sql, 30, "--aabbbbbb");
	assert_days(sql, 40, "--acccbbbb");
	assert_days(sql, 50, "--acccb-bb");
	assert_days(sql, G_MAXINT64, "--acccb-bb");
}

static void the_same_again_changes_nothing(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	g_assert_true(set(sql, 1, 2, 8, "a", 10));
	g_assert_false(set(sql, 1, 2, 8, "a", 20));
	g_assert_false(set(sql, 1, 3, 5, "a", 30));
	g_assert_true(set(sql, 1, 3, 5, "b", 40));
	g_assert_false(set(sql, 1, 8, DAY_OPEN, NULL, 50));
	g_assert_true(set(sql, 1, 7, DAY_OPEN, NULL, 60));
	/* Two rows with the same values side by side are the same fact. */
	g_assert_true(set(sql, 1, 3, 5, "a", 70));
	g_assert_false(set(sql, 1, 2, 7, "a", 80));
	assert_days(sql, G_MAXINT64, "--aaaaa---");
}

static void within_one_moment_the_last_wins(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	set(sql, 1, 0, DAY_OPEN, "a", 10);
	set(sql, 1, 0, DAY_OPEN, "b", 10);
	set(sql, 1, 4, DAY_OPEN, "c", 10);
	assert_days(sql, 10, "bbbbcccccc");
	assert_days(sql, 9, "----------");
}

static void a_clock_set_back_loses_nothing(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	Sql *sql = database->sql;
	set(sql, 1, 0, DAY_OPEN, "a", 100);
	set(sql, 1, 5, DAY_OPEN, "b", 50);
	assert_days(sql, 100, "aaaaaaaaaa");
	assert_days(sql, 101, "aaaaabbbbb");
}

static void an_empty_validity_is_refused(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	static const gint64 bad[][2] = {{5, 5}, {5, 4}, {5, DAY_OPEN + 1}, {DAY_ALWAYS - 1, 5}};
	g_autoptr(GError) error = NULL;
	HistoryValue values[] = {{.text = "a"}, {.integer = 1}};
	gint64 thing = 1;
	sql_begin(database->sql, &error);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		Change change = {.from_day = bad[i][0], .to_day = bad[i][1], .now_ms = 1};
		g_assert_false(history_set(database->sql, &fact, &thing, 1, values, &change, NULL, &error));
		g_assert_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT);
		g_clear_error(&error);
	}
}

/* Against a plain array: what each thing was on each day, at each moment. */

#define N_THINGS 3
#define N_DAYS 24
#define N_STEPS 120

static void random_changes_agree_with_a_plain_model(Database *database,
													gconstpointer data G_GNUC_UNUSED)
{
	static char model[N_STEPS + 1][N_THINGS][N_DAYS]; /* after each step */
	memset(model[0], '-', sizeof model[0]);
	for (int step = 1; step <= N_STEPS; step++) {
		memcpy(model[step], model[step - 1], sizeof model[0]);
		int thing = g_test_rand_int_range(0, N_THINGS);
		int from = g_test_rand_int_range(0, N_DAYS);
		int to = g_test_rand_int_range(from + 1, N_DAYS + 1);
		char name[2] = {(char)('a' + g_test_rand_int_range(0, 4)), '\0'};
		gboolean clear = g_test_rand_int_range(0, 5) == 0;
		memset(&model[step][thing][from], clear ? '-' : name[0], (gsize)(to - from));
		gboolean changed = set(database->sql, thing, from, to, clear ? NULL : name, step);
		g_assert_cmpint(changed, ==, memcmp(model[step], model[step - 1], sizeof model[0]) != 0);
	}
	for (int step = 0; step <= N_STEPS; step += g_test_rand_int_range(1, 12)) {
		for (int thing = 0; thing < N_THINGS; thing++) {
			for (int day = 0; day < N_DAYS; day++) {
				g_autofree char *name = get(database->sql, thing, day, step);
				g_assert_cmpint(name[0], ==, model[step][thing][day]);
			}
		}
	}
}

#define ADD(path, function) g_test_add("/history/" path, Database, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("corrections_leave_what_was_known", corrections_leave_what_was_known);
	ADD("the_same_again_changes_nothing", the_same_again_changes_nothing);
	ADD("within_one_moment_the_last_wins", within_one_moment_the_last_wins);
	ADD("a_clock_set_back_loses_nothing", a_clock_set_back_loses_nothing);
	ADD("an_empty_validity_is_refused", an_empty_validity_is_refused);
	ADD("random_changes_agree_with_a_plain_model", random_changes_agree_with_a_plain_model);
	return g_test_run();
}
