/* Templates from an older system: what is taken, since when, and what is refused with its row. */
#include "server/import/import.h"

#include <string.h>

#include "server/province.h"
#include "server/server_keys.h"
#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "server/store/terminals/references.h"
#include "tests/support/scratch.h"
#include "tests/support/synthetic_finger.h"

#define PERSON 1000001
#define TODAY 20150 /* 2025-03-03 */

typedef struct {
	char *folder, *csv;
	ServerConfig *config;
	Sql *sql;
	gint64 now_ms;
} World;

static void ok(gboolean done, GError *error)
{
	g_assert_no_error(error);
	g_assert_true(done);
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	world->folder = scratch_new();
	world->csv = g_build_filename(world->folder, "references.csv", NULL);
	world->now_ms = calendar_ms(TODAY, 600, 420);
	g_autofree char *server = g_build_filename(world->folder, "server", NULL);
	ProvinceNew what = {.port_broker = 8883, .port_web = 8443, .now_ms = world->now_ms};
	world->config = province_make(server, &what, &error);
	g_assert_no_error(error);
	g_autofree char *database = config_database(world->config);
	world->sql = sql_open(database, &error);
	g_assert_no_error(error);
	PersonId person;
	ok(sql_begin(world->sql, &error), error);
	ok(people_add(world->sql, PERSON, NULL, world->now_ms, &person, &error), error);
	ok(sql_commit(world->sql, &error), error);
	g_autoptr(MatchTemplate) template = synthetic_template(1, 0);
	g_autoptr(GBytes) bytes = match_template_encode(template);
	g_autofree char *path = g_build_filename(world->folder, "1.tpl", NULL);
	ok(g_file_set_contents(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
						   &error),
	   error);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	sql_close(world->sql);
	config_free(world->config);
	g_free(world->csv);
	scratch_free(world->folder);
}

static gint64 import(World *world, const char *text, GError **error)
{
	GError *failure = NULL;
	PublicKey vault;
	ImportResult result;
	const ImportHooks hooks = {.vault = &vault};
	ok(server_keys_vault_public(world->config, &vault, &failure), failure);
	ok(g_file_set_contents(world->csv, text, -1, &failure), failure);
	return import_file(world->sql, "references", world->csv, world->now_ms, 420, &hooks, &result,
					   error)
			   ? result.n_changed
			   : -1;
}

static gint64 enrolled_since(World *world)
{
	GError *error = NULL;
	g_autoptr(GArray) rows = NULL;
	ok(references_of(world->sql, PERSON, &rows, &error), error);
	return rows->len == 0 ? -1 : g_array_index(rows, ReferenceRow, 0).from_ms;
}

static void a_finger_counts_from_now(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_assert_cmpint(import(world, "person,finger,file\n1000001,right-index,1.tpl\n", &error), ==,
					1);
	g_assert_cmpint(enrolled_since(world), ==, world->now_ms);
}

static void several_impressions_are_one_finger(World *world, gconstpointer data G_GNUC_UNUSED)
{
	static const char list[] = "person,finger,file\n1000001,right-index,1.tpl\n"
							   "1000001,right-index,2.tpl\n1000001,right-index,1.tpl\n";
	GError *error = NULL;
	g_autoptr(MatchTemplate) template = synthetic_template(1, 1);
	g_autoptr(GBytes) bytes = match_template_encode(template);
	g_autofree char *path = g_build_filename(world->folder, "2.tpl", NULL);
	ok(g_file_set_contents(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
						   &error),
	   error);
	/* The first file once more brings nothing; the whole list again takes the place of the first. */
	for (int i = 0; i < 2; i++) {
		g_autoptr(GArray) rows = NULL;
		g_assert_cmpint(import(world, list, &error), ==, 2);
		ok(references_of(world->sql, PERSON, &rows, &error), error);
		g_assert_cmpuint(rows->len, ==, 2);
	}
}

static void a_finger_counts_from_its_day(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_assert_cmpint(
		import(world, "person,finger,file,from\n1000001,right-index,1.tpl,2025-02-03\n", &error),
		==, 1);
	g_assert_cmpint(enrolled_since(world), ==, calendar_ms(TODAY - 28, 0, 420));
	g_assert_cmpint(import(world, "person,finger,file,from\n1000001,right-index,1.tpl,\n", &error),
					==, 1);
	g_assert_cmpint(enrolled_since(world), ==, world->now_ms);
}

static void what_is_wrong_is_named(World *world, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"person,file\n", "line 1: the column 'finger' is missing"},
		{"person,finger,file,from\n1000001,right-index,1.tpl,3/2/2025\n",
		 "line 2, column from: no date: '3/2/2025'"},
		{"person,finger,file,from\n1000001,right-index,1.tpl,2025-03-04\n",
		 "line 2, column from: it is yet to come"},
		{"person,finger,file\n1000001,toe,1.tpl\n", "line 2, column finger: 'toe' is no finger"},
		{"person,finger,file\n1000002,right-index,1.tpl\n", "line 2, column person: nobody has"},
		{"person,finger,file\n1000001,right-index,2.tpl\n", "line 2, column file: "},
		{"person,finger,file\n1000001,right-index,references.csv\n", "neither a template"},
		/* Every bad row is named, and the good one above them is not stored. */
		{"person,finger,file\n1000001,right-index,1.tpl\n\n1000001,toe,1.tpl\n1000001,left-index,"
		 "no\n",
		 "line 4, column finger: 'toe' is no finger"},
		{"person,finger,file\n1000001,right-index,1.tpl\n\n1000001,toe,1.tpl\n1000001,left-index,"
		 "no\n",
		 "line 5, column file: "},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(import(world, cases[i].text, &error), ==, -1);
		g_assert_nonnull(strstr(error->message, cases[i].says));
		g_assert_cmpint(enrolled_since(world), ==, -1);
	}
}

#define ADD(function)                                                                              \
	g_test_add("/import_reference/" #function, World, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(a_finger_counts_from_now);
	ADD(several_impressions_are_one_finger);
	ADD(a_finger_counts_from_its_day);
	ADD(what_is_wrong_is_named);
	return g_test_run();
}
