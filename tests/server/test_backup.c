/* A server folder is made, filled, backed up while in use, lost and restored: terminals resend, and
 * every verdict is the same. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "server/audit.h"
#include "server/backup.h"
#include "server/broker_config.h"
#include "server/judge/judge.h"
#include "server/province.h"
#include "server/server_keys.h"
#include "server/store/month/month_contents.h"
#include "server/store/month/months.h"
#include "tests/server/office.h"
#include "tests/support/scratch.h"

typedef struct {
	char *folder;
	char *server, *restored, *backup, *vault_key;
	ServerConfig *config;
	Office office; /* its database is the server's */
} World;

static char *below(const World *world, const char *name)
{
	return g_build_filename(world->folder, name, NULL);
}

/* The office's people, in the database that `hadir init` made. */
static void fill(World *world)
{
	Office *office = &world->office;
	g_autofree char *url = config_database(world->config);
	office->sql = sql_open(url, NULL);
	g_assert_nonnull(office->sql);
	office->now_ms = office_at(OFFICE_DAY, 12, 0);
	office->policy = (MergePolicy){.demo = TRUE,
								   .utc_offset_min = OFFICE_OFFSET,
								   .alive_tolerance_ms = 20 * 60000,
								   .limits = {300000, G_GINT64_CONSTANT(400) * 86400000}};
	office_ok(sql_begin(office->sql, error));
	office_make_units(office);
	for (int i = 0; i < OFFICE_PEOPLE; i++)
		office_add_person(office, OFFICE_PERSON(i), 0);
	office->device = device_new("term-a", office_at(OFFICE_DAY, 6, 0));
	office_join(office, office->device);
	office_ok(sql_commit(office->sql, error));
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *problem = NULL;
	ProvinceNew what = {
		.demo = TRUE, .port_broker = 8883, .port_web = 8443, .now_ms = office_at(OFFICE_DAY, 5, 0)};
	world->folder = scratch_new();
	world->server = below(world, "server");
	world->restored = below(world, "restored");
	world->backup = below(world, "backup.db");
	world->vault_key = below(world, "vault.key");
	world->config = province_make(world->server, &what, &problem);
	g_assert_no_error(problem);
	fill(world);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	device_free(world->office.device);
	sql_close(world->office.sql);
	config_free(world->config);
	g_free(world->server);
	g_free(world->restored);
	g_free(world->backup);
	g_free(world->vault_key);
	scratch_free(world->folder);
}

static void record_morning(World *world)
{
	Device *device = world->office.device;
	device_boot_event(device, TRUE, office_at(OFFICE_DAY, 6, 0));
	for (int minute = 0; minute < 360; minute += 15)
		device_alive(device, office_at(OFFICE_DAY, 6, minute));
	for (int i = 0; i < OFFICE_PEOPLE; i++)
		device_punch(device, OFFICE_PERSON(i), office_at(OFFICE_DAY, 11, 50 + i));
}

static void back_up(World *world)
{
	office_ok(backup_make(world->config, world->backup, world->office.now_ms, error));
	office_ok(backup_vault_key(world->config, world->vault_key, error));
}

static void judge_now(Office *office)
{
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));
}

/* Every verdict in one text. */
static char *verdicts(Office *office)
{
	GError *problem = NULL;
	GString *text = g_string_new(NULL);
	g_autoptr(SqlStatement) rows =
		sql_query(office->sql, &problem,
				  "SELECT person, day, codes, state, late_min, early_min, in_ms, out_ms, hash"
				  " FROM verdict ORDER BY person, day",
				  "");
	g_assert_no_error(problem);
	while (sql_next(rows, &problem) == SQL_ROW) {
		for (int i = 0; i < 9; i++)
			g_string_append_printf(text, "%s|", sql_text(rows, i) ? sql_text(rows, i) : "-");
		g_string_append_c(text, '\n');
	}
	g_assert_no_error(problem);
	return g_string_free(text, FALSE);
}

/* The restored server in place of the lost one. */
static void move_to_restored(World *world)
{
	GError *problem = NULL;
	g_autofree char *path = g_build_filename(world->restored, "server.conf", NULL);
	sql_close(world->office.sql);
	config_free(world->config);
	world->config = config_load(path, &problem);
	g_assert_no_error(problem);
	g_autofree char *url = config_database(world->config);
	world->office.sql = sql_open(url, &problem);
	g_assert_no_error(problem);
}

static void terminals_resend_and_verdicts_are_identical(World *world,
														gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	RandomId old_epoch, new_epoch;
	record_morning(world);
	office_merge(office, 1, 12, NULL);
	office_ok(server_state_epoch(office->sql, &old_epoch, error));
	back_up(world);
	/* After the backup everything arrives, and the day is judged. */
	gint64 last = device_seq(office->device);
	office_merge(office, 13, last, NULL);
	judge_now(office);
	g_autofree char *before = verdicts(office);
	g_assert_cmpstr(before, !=, "");

	office_ok(
		backup_restore(world->backup, world->restored, world->vault_key, office->now_ms, error));
	move_to_restored(world);
	office_ok(server_state_epoch(office->sql, &new_epoch, error));
	g_assert_false(random_id_equal(&old_epoch, &new_epoch));

	/* The terminal begins anywhere; the receipt orders it to begin after 12. */
	Receipt receipt;
	g_assert_cmpint(office_merge(office, 20, last, &receipt), ==, MERGE_GAP);
	g_assert_cmpint((gint64)receipt.seq, ==, 12);
	g_assert_cmpint(office_merge(office, (gint64)receipt.seq + 1, last, NULL), ==, MERGE_STORED);
	judge_now(office);
	g_autofree char *after = verdicts(office);
	g_assert_cmpstr(after, ==, before);

	g_auto(JournalProof) proof = {0};
	JournalRow journal;
	office_ok(
		journals_get(office->sql, &office->device->id, &office->device->journal, &journal, error));
	office_ok(audit_journal(office->sql, &journal, &proof, error));
	g_assert_cmpstr(proof.problem, ==, NULL);
	g_assert_cmpint(proof.n_events, ==, last);
}

/* What a locked month is, from what is kept. */
static void read_lock(Office *office, gint64 unit, gint64 month_day, guint8 hash[MONTH_HASH_SIZE])
{
	gboolean whole = FALSE;
	MonthState state = MONTH_OPEN;
	office_ok(months_state(office->sql, unit, month_day, &state, error));
	g_assert_cmpint(state, ==, MONTH_LOCKED);
	office_ok(month_contents_verify(office->sql, unit, month_day, hash, &whole, error));
	g_assert_true(whole);
}

static void a_restored_server_has_the_same_locks(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	gint64 unit = 0, month_day = month_start(OFFICE_DAY);
	MonthContents contents;
	guint8 before[MONTH_HASH_SIZE], after[MONTH_HASH_SIZE];
	record_morning(world);
	office_merge(office, 1, device_seq(office->device), NULL);
	judge_now(office);
	office_ok(sql_begin(office->sql, error));
	office_ok(sql_get_int(office->sql, &unit, 0, error,
						  "SELECT min(unit) FROM verdict WHERE day=$1", "i", (gint64)OFFICE_DAY));
	office_ok(months_unit_of(office->sql, unit, OFFICE_DAY, &unit, error));
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO unit_month (unit, month_day, state, n_steps) VALUES ($1,$2,3,1)",
					  "ii", unit, month_day));
	office_ok(month_contents_freeze(office->sql, unit, month_day, &contents, error));
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpint(contents.n_people, ==, OFFICE_PEOPLE);
	read_lock(office, unit, month_day, before);
	g_assert_cmpmem(before, sizeof before, contents.hash, sizeof contents.hash);
	back_up(world);
	office_ok(
		backup_restore(world->backup, world->restored, world->vault_key, office->now_ms, error));
	move_to_restored(world);
	judge_now(office);
	read_lock(office, unit, month_day, after);
	g_assert_cmpmem(after, sizeof after, before, sizeof before);
}

static void a_backup_is_taken_while_somebody_writes(World *world, gconstpointer data G_GNUC_UNUSED)
{
	record_morning(world);
	office_ok(sql_begin(world->office.sql, error));
	office_ok(sql_run(world->office.sql, error,
					  "UPDATE server_state SET number = 77"
					  " WHERE name = 'revision'",
					  ""));
	back_up(world);
	office_ok(sql_commit(world->office.sql, error));
	g_autofree char *url = g_strconcat("sqlite:", world->backup, NULL);
	g_autoptr(Sql) copy = sql_open(url, NULL);
	gint64 number;
	office_ok(terminals_revision(copy, &number, error));
	g_assert_cmpint(number, !=, 77);
}

static void the_vault_key_is_apart(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GStatBuf file;
	back_up(world);
	g_autofree char *key_path = g_build_filename(world->server, "keys/vault/sealing.key", NULL);
	g_autofree char *key = NULL;
	g_autofree char *copy = NULL;
	gsize size;
	g_assert_true(g_file_get_contents(key_path, &key, &size, NULL));
	g_assert_true(g_file_get_contents(world->vault_key, &copy, NULL, NULL));
	g_assert_cmpstr(copy, ==, key);
	g_autofree char *alone = below(world, "alone");
	g_assert_cmpint(g_mkdir(alone, 0700), ==, 0);
	g_autofree char *moved = g_build_filename(alone, "backup.db", NULL);
	g_assert_cmpint(g_rename(world->backup, moved), ==, 0);
	g_assert_cmpint(scratch_count_bytes(alone, key + 40, 60), ==, 0);
	g_assert_cmpint(g_stat(moved, &file), ==, 0);
	g_assert_cmpint(file.st_mode & 0777, ==, 0600);
}

static void another_servers_vault_key_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(ServerKey) other = server_key_generate();
	g_autofree char *path = below(world, "other.key");
	back_up(world);
	g_assert_true(server_key_save(other, path, NULL));
	g_assert_false(
		backup_restore(world->backup, world->restored, path, world->office.now_ms, &problem));
	g_assert_nonnull(strstr(problem->message, "is not the vault key of this server"));
}

static void nothing_is_overwritten(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) problem = NULL;
	back_up(world);
	g_assert_false(backup_make(world->config, world->backup, world->office.now_ms, &problem));
	g_clear_error(&problem);
	g_assert_false(backup_vault_key(world->config, world->vault_key, &problem));
	g_clear_error(&problem);
	g_assert_false(backup_restore(world->backup, world->server, world->vault_key,
								  world->office.now_ms, &problem));
	g_assert_nonnull(strstr(problem->message, "is not empty"));
	g_clear_error(&problem);
	ProvinceNew what = {.port_broker = 1, .port_web = 1};
	g_assert_null(province_make(world->server, &what, &problem));
	g_assert_nonnull(strstr(problem->message, "is not empty"));
}

static void a_file_with_a_way_out_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) problem = NULL;
	back_up(world);
	g_autofree char *url = g_strconcat("sqlite:", world->backup, NULL);
	Sql *sql = sql_open(url, NULL);
	office_ok(sql_run(sql, error,
					  "UPDATE backup_file SET name = 'core/../../../x'"
					  " WHERE name = 'core/vault.pub'",
					  ""));
	sql_close(sql);
	g_assert_false(backup_restore(world->backup, world->restored, world->vault_key,
								  world->office.now_ms, &problem));
	g_assert_nonnull(strstr(problem->message, "that no backup has"));
}

/* ── init and bundles ── */

static void a_bundle_holds_what_a_device_needs(World *world, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const keys[] = {
		"terminal",      "host",   "port",           "anchors",       "bootstrap_certificate",
		"bootstrap_key", "secret", "server_signing", "server_sealing"};
	GError *problem = NULL;
	char *text = province_add_terminal(world->config, world->office.sql, "term-b",
									   world->office.places[0], world->office.now_ms, &problem);
	g_assert_no_error(problem);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_assert_true(g_key_file_load_from_data(file, text, (gsize)-1, G_KEY_FILE_NONE, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *value = g_key_file_get_string(file, "bundle", keys[i], NULL);
		g_assert_nonnull(value);
		g_assert_cmpstr(value, !=, "");
	}
	server_text_wipe(text);
}

static void ids_of_services_and_used_ones_are_refused(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	static const char *const ids[] = {"collector-1", "tool-1", "web-1",  "manual", "luar",
									  "server",      "broker", "vault",  "Term-A", "ab",
									  "term/a",      "term-a", "term+a", ""};
	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) problem = NULL;
		g_assert_null(province_add_terminal(world->config, world->office.sql, ids[i],
											world->office.places[0], world->office.now_ms,
											&problem));
		g_assert_nonnull(problem);
	}
}

static void the_broker_is_configured(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *acl_path = g_build_filename(world->server, "broker/acl", NULL);
	g_autofree char *acl = NULL;
	g_assert_true(g_file_get_contents(acl_path, &acl, NULL, NULL));
	g_assert_nonnull(strstr(acl, "user collector-1\ntopic read hadir/1/+/+/up/#\n"));
	g_assert_nonnull(strstr(acl, "pattern write hadir/1/+/%u/up/#\n"));
	g_assert_null(strstr(acl, "topic readwrite"));
	for (const char *name = "core"; name != NULL; name = name[0] == 'c' ? "vault" : NULL) {
		g_autofree char *path = g_build_filename(world->config->keys, name, NULL);
		GStatBuf folder;
		g_assert_cmpint(g_stat(path, &folder), ==, 0);
		g_assert_cmpint(folder.st_mode & 0777, ==, 0700);
	}
}

#define CASE(function) {"/backup/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(terminals_resend_and_verdicts_are_identical),
	CASE(a_restored_server_has_the_same_locks),
	CASE(a_backup_is_taken_while_somebody_writes),
	CASE(the_vault_key_is_apart),
	CASE(another_servers_vault_key_is_refused),
	CASE(nothing_is_overwritten),
	CASE(a_file_with_a_way_out_is_refused),
	CASE(a_bundle_holds_what_a_device_needs),
	CASE(ids_of_services_and_used_ones_are_refused),
	CASE(the_broker_is_configured),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
