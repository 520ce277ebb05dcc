/* All among themselves: who is found, how a search goes on after it was stopped, and how a pair is
 * decided. */
#include "server/decide.h"
#include "server/duplicate_search.h"
#include "server/store/system/password.h"
#include "server/store/system/users.h"
#include "server/store/terminals/references.h"
#include "server/vault.h"
#include "server/wire.h"
#include "tests/server/database.h"
#include "tests/support/synthetic_finger.h"

#define NOW 1741000000000

typedef struct {
	Database database;
	Sql *sql;
	char *key_path;
	PublicKey public_key;
	gint64 account;
	DuplicateProgress last;
} World;

static void ok(gboolean done, GError *error)
{
	g_assert_no_error(error);
	g_assert_true(done);
}

static gint64 now(void)
{
	return NOW;
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	const UserNew user = {.name = "bkd.siti", .role = ROLE_BKD, .today = 20150};
	database_open(&world->database);
	world->sql = world->database.sql;
	g_autoptr(ServerKey) key = server_key_generate();
	server_key_public(key, &world->public_key);
	world->key_path = g_build_filename(world->database.folder, "sealing.key", NULL);
	ok(server_key_save(key, world->key_path, &error), error);
	password_free(users_create(world->sql, &user, NOW, &error));
	g_assert_no_error(error);
	g_autoptr(User) found = users_find(world->sql, "bkd.siti", NULL);
	world->account = found->id;
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_unlink(world->key_path);
	g_free(world->key_path);
	database_close(&world->database);
}

/* Three impressions of a synthetic finger become a person's. */
static void enrol(World *world, PersonId person, Finger finger, guint synthetic, guint first)
{
	GError *error = NULL;
	ok(sql_begin(world->sql, &error), error);
	for (guint i = 0; i < 3; i++) {
		ReferenceRow row = {.person = person, .finger = finger, .quality = 60, .from_ms = NOW};
		ok(references_allot(world->sql, &row.id, 1, &error), error);
		g_autoptr(MatchTemplate) template = synthetic_template(synthetic, first + i);
		g_autoptr(GBytes) plain = match_template_encode(template);
		g_autoptr(GBytes) sealed =
			vault_seal(&world->public_key, person, row.id, slice_of_bytes(plain));
		ok(references_add(world->sql, &row, sealed, NULL, &error), error);
	}
	ok(sql_commit(world->sql, &error), error);
}

/* 12 people with two fingers each; 106 is 109 once more, with both; 104 and 111 share one finger. */
static void make_people(World *world)
{
	for (guint i = 0; i < 12; i++) {
		guint right = i == 8 ? 5 : i == 10 ? 3 : i, left = i == 8 ? 105 : 100 + i;
		enrol(world, 101 + i, FINGER_RIGHT_INDEX, right, i == right ? 0 : 10);
		enrol(world, 101 + i, FINGER_LEFT_INDEX, left, i == 8 ? 10 : 0);
	}
}

static void on_progress(const DuplicateProgress *progress, gpointer user)
{
	*(DuplicateProgress *)user = *progress;
}

static void search(World *world, gint64 people, gboolean again)
{
	GError *error = NULL;
	DuplicateSearch what = {.sql = world->sql,
							.key = server_key_load(world->key_path, &error),
							.again = again,
							.n_threads = 2,
							.n_people_max = people,
							.now_ms = now,
							.progress = on_progress,
							.user = &world->last};
	g_assert_no_error(error);
	ok(duplicate_search_run(&what, &error), error);
}

static GArray *pairs(World *world, gboolean undecided)
{
	GError *error = NULL;
	GArray *list = NULL;
	ok(duplicates_list(world->sql, undecided, 0, 0, 100, &list, &error), error);
	return list;
}

static void people_under_two_names_are_found(World *world, gconstpointer data G_GNUC_UNUSED)
{
	make_people(world);
	search(world, 1000, FALSE);
	g_assert_true(world->last.last);
	g_assert_cmpint(world->last.run.n_people, ==, 12);
	g_assert_cmpint(world->last.run.n_references, ==, 72);
	g_assert_cmpint(world->last.n_pairs, ==, 4); /* each from both sides */
	g_autoptr(GArray) found = pairs(world, TRUE);
	g_assert_cmpuint(found->len, ==, 2);
	const DuplicatePair *one = &g_array_index(found, DuplicatePair, 0);
	const DuplicatePair *two = &g_array_index(found, DuplicatePair, 1);
	g_assert_cmpint(one->person, ==, 104);
	g_assert_cmpint(one->other, ==, 111);
	g_assert_cmpint(one->finger, ==, FINGER_RIGHT_INDEX);
	g_assert_false(one->two_fingers);
	g_assert_cmpint(two->person, ==, 106);
	g_assert_cmpint(two->other, ==, 109);
	g_assert_true(two->two_fingers);
	g_assert_cmpint(two->found_ms, ==, NOW);
}

static void a_stopped_search_goes_on(World *world, gconstpointer data G_GNUC_UNUSED)
{
	make_people(world);
	search(world, 7, FALSE);
	g_assert_cmpint(world->last.run.n_people, ==, 7);
	g_assert_cmpint(world->last.run.finished_ms, ==, 0);
	gint64 run = world->last.run.id;
	search(world, 1000, FALSE);
	g_assert_cmpint(world->last.run.id, ==, run);
	g_assert_cmpint(world->last.n_now, ==, 5);
	g_assert_cmpint(world->last.run.n_people, ==, 12);
	g_assert_cmpint(world->last.run.finished_ms, ==, NOW);
	g_autoptr(GArray) found = pairs(world, TRUE);
	g_assert_cmpuint(found->len, ==, 2);
	/* Finished: the next is another; so is one that is asked for. */
	search(world, 3, FALSE);
	g_assert_cmpint(world->last.run.id, ==, run + 1);
	search(world, 3, TRUE);
	g_assert_cmpint(world->last.run.id, ==, run + 2);
}

static gboolean decide(World *world, PersonId person, PersonId other, DecisionVerdict verdict,
					   const char *reason, PersonId ends, GError **error)
{
	const DuplicateDecision decision = {person, other, verdict, reason, ends, world->account};
	return duplicates_decide(world->sql, &decision, NOW, error);
}

static void a_pair_is_decided_once(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	make_people(world);
	search(world, 1000, FALSE);
	g_assert_false(decide(world, 106, 109, VERDICT_FRAUD, "x", 0, &error));
	g_assert_error(error, DECISION_ERROR, DECISION_ERROR_REASON);
	g_clear_error(&error);
	g_assert_false(decide(world, 106, 109, VERDICT_ENDED, "sudah diperiksa", 0, &error));
	g_assert_error(error, DECISION_ERROR, DECISION_ERROR_VERDICT);
	g_clear_error(&error);
	g_assert_false(decide(world, 106, 110, VERDICT_FRAUD, "sudah diperiksa", 0, &error));
	g_assert_error(error, DECISION_ERROR, DECISION_ERROR_GONE);
	g_clear_error(&error);
	ok(decide(world, 109, 106, VERDICT_FRAUD, "sudah diperiksa", 0, &error), error);
	g_assert_false(decide(world, 106, 109, VERDICT_DIFFERENT, "sudah diperiksa", 0, &error));
	g_assert_error(error, DECISION_ERROR, DECISION_ERROR_GONE);
	g_clear_error(&error);
	/* Found again it stays decided. */
	search(world, 1000, FALSE);
	g_autoptr(GArray) open = pairs(world, TRUE), all = pairs(world, FALSE);
	g_assert_cmpuint(open->len, ==, 1);
	g_assert_cmpuint(all->len, ==, 2);
	const DuplicatePair *decided = &g_array_index(all, DuplicatePair, 1);
	g_assert_true(decided->decided);
	g_assert_cmpint(decided->verdict, ==, VERDICT_FRAUD);
	g_assert_cmpstr(decided->by, ==, "bkd.siti");
	g_assert_cmpstr(decided->reason, ==, "sudah diperiksa");
}

/* The verdict ends the references of one of the two: who was enrolled later, or who is named. */
static void a_verdict_ends_references(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	const MergePolicy policy = {.utc_offset_min = 420};
	gboolean found;
	DuplicateRun run;
	make_people(world);
	ok(sql_begin(world->sql, &error), error);
	ok(duplicate_runs_begin(world->sql, NOW, &run, &error), error);
	for (PersonId person = 104; person <= 106; person += 2) {
		const DuplicatePair found_pair = {.person = person,
										  .other = person == 104 ? 111 : 109,
										  .run = run.id,
										  .finger = FINGER_RIGHT_INDEX,
										  .score = 9000,
										  .found_ms = NOW};
		ok(duplicates_add(world->sql, &found_pair, &error), error);
	}
	ok(sql_commit(world->sql, &error), error);
	g_assert_false(decide(world, 104, 111, VERDICT_FRAUD, "sudah diperiksa", 106, &error));
	g_assert_error(error, DECISION_ERROR, DECISION_ERROR_VERDICT);
	g_clear_error(&error);
	g_assert_false(decide(world, 104, 111, VERDICT_DIFFERENT, "sudah diperiksa", 104, &error));
	g_assert_error(error, DECISION_ERROR, DECISION_ERROR_VERDICT);
	g_clear_error(&error);
	ok(decide(world, 104, 111, VERDICT_FRAUD, "sudah diperiksa", 104, &error), error);
	ok(decide(world, 106, 109, VERDICT_SAME_PERSON, "sudah diperiksa", 0, &error), error);
	for (int i = 0; i < 3; i++) {
		g_auto(DecideResult) result = {0};
		ok(sql_begin(world->sql, &error), error);
		ok(decide_next_pair(world->sql, &policy, NOW + 1, &result, &found, &error), error);
		ok(sql_commit(world->sql, &error), error);
		g_assert_cmpint(found, ==, i < 2);
		g_assert_cmpuint(result.ended->len, ==, i < 2 ? 6 : 0);
	}
	static const struct {
		PersonId person;
		gboolean active;
	} left[] = {{104, FALSE}, {111, TRUE}, {106, TRUE}, {109, FALSE}};
	for (gsize i = 0; i < G_N_ELEMENTS(left); i++) {
		gboolean active;
		ok(references_active(world->sql, left[i].person, NOW + 1, NOW + 2, &active, &error), error);
		g_assert_cmpint(active, ==, left[i].active);
	}
	DuplicatePair pair;
	ok(duplicates_get(world->sql, 109, 106, &pair, &error), error);
	g_assert_cmpint(pair.ends, ==, 109);
	g_assert_true(pair.carried);
	g_assert_false(duplicates_get(world->sql, 1, 2, &pair, &error));
	g_assert_no_error(error);
}

#define CASE(function) {"/duplicates/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(people_under_two_names_are_found),
	CASE(a_stopped_search_goes_on),
	CASE(a_pair_is_decided_once),
	CASE(a_verdict_ends_references),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
