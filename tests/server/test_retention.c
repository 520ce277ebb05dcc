/* What is not kept for ever, and what shows that the log of changes and reads was not rewritten. */
#include <string.h>

#include "server/audit_head.h"
#include "server/distribute.h"
#include "server/retention.h"
#include "server/store/system/person_data.h"
#include "server/store/system/reach.h"
#include "server/store/terminals/references.h"
#include "server/store/time/rosters.h"
#include "tests/server/office.h"
#include "tests/support/scratch.h"

#define LEAVER OFFICE_PERSON(0)
#define STAYER OFFICE_PERSON(1)

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

/* A template's bytes, told apart by their person: as long as a real one, and as little compressible. */
static GBytes *sealed_of(PersonId person)
{
	guint8 bytes[3000];
	g_autoptr(GRand) random = g_rand_new_with_seed((guint32)person);
	for (gsize i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)g_rand_int(random);
	return g_bytes_new(bytes, sizeof bytes);
}

static void enrol(Office *office, PersonId person, gint64 id, gboolean held)
{
	g_autoptr(GBytes) sealed = sealed_of(person);
	RandomId enrolment = {{(guint8)id}};
	ReferenceRow row = {.id = id, .person = person, .finger = 2, .from_ms = office->now_ms};
	char text[RANDOM_ID_TEXT];
	random_id_format(&enrolment, text);
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO enrolment (id, person, terminal, fingers, state, finger,"
					  " accepted, wanted, hint, ordered_by, created_ms, expires_ms)"
					  " VALUES ($1, $2, 'term-a', 'right-index', $3, 2, 3, 3, 0, 'x', 1, 2)",
					  "tit", text, person, held ? "held" : "done"));
	office_ok(held ? references_hold(office->sql, &row, sealed, &enrolment, error)
				   : references_add(office->sql, &row, sealed, &enrolment, error));
}

static void leave(Office *office, PersonId person, gint64 day)
{
	Change change = office_change(office, day, DAY_OPEN);
	office_ok(people_set_employment(office->sql, person, "PNS", "99", &change, NULL, error));
}

static guint run(Office *office, gint64 today)
{
	g_autoptr(GArray) ended = g_array_new(FALSE, FALSE, sizeof(gint64));
	office_ok(retention_run(office->sql, today, office_at(today, 3, 0), ended, error));
	return ended->len;
}

/* Where the tables lie: of PostgreSQL the files of the cluster's databases (its write-ahead archive is the
 * operator's to end, says server/README.md), in which a cluster of with_postgres writes what it knows. */
static char *tables_folder(Office *office)
{
	if (database_is_sqlite())
		return g_strdup(office->database.folder);
	office_ok(sql_script(office->sql, "CHECKPOINT", error));
	const char *host = strstr(g_getenv("HADIR_TEST_POSTGRES"), "host=") + strlen("host=");
	g_autofree char *folder = g_strndup(host, strcspn(host, "&"));
	return g_build_filename(folder, "data", "base", NULL);
}

/* Are bytes of the template anywhere in these files? */
static gboolean files_hold(Office *office, PersonId person)
{
	gsize size;
	guint n = 0;
	g_autoptr(GBytes) sealed = sealed_of(person);
	const guint8 *bytes = g_bytes_get_data(sealed, &size);
	g_autofree char *folder = tables_folder(office);
	/* In either half: where it is divided, a piece may be cut through. */
	for (gsize at = 100; at + 64 <= size; at += 2200)
		n += scratch_count_bytes(folder, bytes + at, 64);
	return n > 0;
}

static void templates_are_destroyed_after_leaving(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_ok(sql_begin(office->sql, error));
	enrol(office, LEAVER, 1, FALSE);
	enrol(office, LEAVER, 2, TRUE);
	enrol(office, STAYER, 3, FALSE);
	leave(office, LEAVER, OFFICE_DAY);
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpuint(run(office, OFFICE_DAY + RETENTION_TEMPLATE_DAYS - 1), ==, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM held_reference"), ==, 1);
	g_assert_true(files_hold(office, LEAVER) && files_hold(office, STAYER));
	g_assert_cmpuint(run(office, OFFICE_DAY + RETENTION_TEMPLATE_DAYS), ==, 1);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM held_reference"), ==, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM reference WHERE sealed IS NULL"), ==,
					1);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM enrolment WHERE state = 'held'"), ==,
					0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM audit_entry"
										 " WHERE action = 'templates.destroy'"),
					==, 1);
	g_assert_false(files_hold(office, LEAVER));
	g_assert_true(files_hold(office, STAYER));
	g_assert_cmpuint(run(office, OFFICE_DAY + RETENTION_TEMPLATE_DAYS + 1), ==, 0);
}

/* The terminal is told: the entry becomes a tombstone, upon which it destroys its copy. */
static void rosters_follow(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	DistributePolicy policy = {
		.utc_offset_min = OFFICE_OFFSET, .lease_days = 90, .grace_days = 7, .repeat_s = 300};
	gint64 day = OFFICE_DAY + RETENTION_TEMPLATE_DAYS, changed;
	office_ok(sql_begin(office->sql, error));
	enrol(office, LEAVER, 1, FALSE);
	office_ok(distribute_refresh(office->sql, &policy, &office->device->id, office->now_ms,
								 &changed, error));
	leave(office, LEAVER, OFFICE_DAY);
	Change gone = office_change(office, OFFICE_DAY, DAY_OPEN);
	office_ok(people_end_employment(office->sql, LEAVER, &gone, NULL, error));
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpuint(run(office, day), ==, 1);
	office_ok(sql_begin(office->sql, error));
	office_ok(distribute_refresh(office->sql, &policy, &office->device->id, office_at(day, 4, 0),
								 &changed, error));
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpint(office_count(office, "SELECT removed FROM roster_entry WHERE person = 1000001"),
					==, 1);
}

static void who_stays_or_was_never_employed_keeps_them(Office *office,
													   gconstpointer data G_GNUC_UNUSED)
{
	PersonId stranger;
	office_ok(sql_begin(office->sql, error));
	office_ok(people_add(office->sql, 4242, NULL, office->now_ms, &stranger, error));
	enrol(office, STAYER, 1, FALSE);
	enrol(office, stranger, 2, FALSE);
	/* On leave without pay: comes back. */
	enrol(office, LEAVER, 3, FALSE);
	Change away = office_change(office, OFFICE_DAY, DAY_OPEN);
	office_ok(people_set_employment(office->sql, LEAVER, "PNS", "02", &away, NULL, error));
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpuint(run(office, OFFICE_DAY + 400), ==, 0);
}

/* ── the signed heads ── */

static AuditHeadState state_of(Office *office, const ServerKey *key, guint which, guint n)
{
	GError *problem = NULL;
	AuditHeadState state = AUDIT_HEAD_HOLDS;
	PublicKey public_key;
	server_key_public(key, &public_key);
	g_autoptr(GArray) heads = audit_signed_list(office->sql, &problem);
	g_assert_no_error(problem);
	g_assert_cmpuint(heads->len, ==, n);
	office_ok(audit_head_check(office->sql, &public_key, &g_array_index(heads, AuditSigned, which),
							   &state, error));
	return state;
}

static void append(Office *office, const char *action)
{
	AuditEntry entry = {.at_ms = office->now_ms, .action = action, .person = LEAVER};
	office_ok(audit_log_append(office->sql, &entry, error));
}

static void the_head_is_signed_once_a_day(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(ServerKey) key = server_key_generate(), other = server_key_generate();
	office_ok(audit_head_sign(office->sql, key, OFFICE_DAY, office->now_ms, error));
	append(office, "one");
	office_ok(audit_head_sign(office->sql, key, OFFICE_DAY, office->now_ms + 1, error));
	append(office, "two");
	office_ok(audit_head_sign(office->sql, key, OFFICE_DAY + 1, office->now_ms + 2, error));
	append(office, "three");
	g_assert_cmpint(state_of(office, key, 0, 2), ==, AUDIT_HEAD_HOLDS);
	g_assert_cmpint(state_of(office, key, 1, 2), ==, AUDIT_HEAD_HOLDS);
	g_assert_cmpint(state_of(office, other, 1, 2), ==, AUDIT_HEAD_FORGED);
}

/* Who rewrites the whole chain after the head was signed is found by the head alone. */
static void a_rewritten_log_contradicts_its_head(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(ServerKey) key = server_key_generate();
	AuditResult log;
	append(office, "one");
	append(office, "two");
	office_ok(audit_head_sign(office->sql, key, OFFICE_DAY, office->now_ms, error));
	office_ok(sql_script(
		office->sql, "DELETE FROM audit_entry; UPDATE audit_head SET seq = 0, hash = NULL", error));
	append(office, "one");
	append(office, "another");
	office_ok(audit_log_verify(office->sql, &log, error));
	g_assert_cmpint(log.first_bad, ==, 0);
	g_assert_cmpint(state_of(office, key, 0, 1), ==, AUDIT_HEAD_CHANGED);
	office_ok(sql_script(office->sql, "UPDATE audit_signed SET seq = 1", error));
	g_assert_cmpint(state_of(office, key, 0, 1), ==, AUDIT_HEAD_FORGED);
}

/* ── everything about a person ── */

typedef struct {
	GHashTable *tables;
	gboolean secret, other;
	guint n_by_way; /* rows of day_order, outage and roster_request */
} Seen;

static void see(const PersonDatum *datum, gboolean first, gpointer user)
{
	Seen *seen = user;
	if (first) {
		char *table = g_strdup(datum->table);
		seen->n_by_way += strcmp(table, "outage") == 0 || strcmp(table, "day_order") == 0 ||
						  strcmp(table, "roster_request") == 0;
		g_hash_table_add(seen->tables, table);
	}
	seen->secret = seen->secret || (datum->text != NULL && strcmp(datum->text, "hash!") == 0);
	seen->other = seen->other || (strcmp(datum->column, "person") == 0 && datum->integer != LEAVER);
}

/* Of two outages at the person's place only the one that is decided says something of the person. */
static void add_by_way_of_another(Office *office)
{
	const char *const texts[] = {
		"INSERT INTO leave_case VALUES (1, $1, 'CT', 'hari', '851')",
		"INSERT INTO leave_span VALUES (1, NULL, 1, 2, 1, NULL, NULL, NULL)",
		"INSERT INTO roster_plan VALUES ($2, 1, $1, 0, NULL, NULL, 0, NULL)",
		"INSERT INTO roster_request VALUES (1, 'koreksi', 1, 'sakit', NULL, 1, NULL, NULL, NULL)",
		"INSERT INTO roster_request VALUES (2, 'koreksi', 1, 'lain', NULL, 1, NULL, NULL, NULL)",
		"INSERT INTO roster_request_day VALUES (1, $1, 1, 0, NULL, NULL, 0, NULL, NULL, 0)",
		"INSERT INTO person_rotation (person, cycle, anchor_day, valid_from_day, valid_to_day,"
		" recorded_from_ms) VALUES ($1, '-', 1, 1, 2, 1)",
		"INSERT INTO person_roster (person, on_call, valid_from_day, valid_to_day,"
		" recorded_from_ms) VALUES ($1, 0, 1, 2, 1)",
		"INSERT INTO day_order VALUES (1, 'L', NULL, 'WFH', 'x', 'orang', $1, '', 'hari', 0, 0, 0, "
		"0)",
		"INSERT INTO day_order VALUES (2, 'L', NULL, 'WFH', 'x', 'unit', $1, '', 'hari', 0, 0, 0, "
		"0)",
		"INSERT INTO day_order_span VALUES (1, NULL, 1, 2, 1, NULL)",
		"INSERT INTO outage (id, place, from_ms, to_ms, state, cause, declared_ms)"
		" SELECT 1, place, 1728000000000, 1728000000001, 2, 'listrik', 1 FROM unit_place"
		" WHERE unit=$2 AND $1>0",
		"INSERT INTO outage (id, place, from_ms, to_ms, state, cause, declared_ms)"
		" SELECT 2, place, 1728000000000, 1728000000001, 1, 'listrik', 1 FROM unit_place"
		" WHERE unit=$2 AND $1>0",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *types = strstr(texts[i], "$2") != NULL   ? "ii"
							: strstr(texts[i], "$1") != NULL ? "i"
															 : "";
		office_ok(sql_run(office->sql, error, texts[i], types, LEAVER, office->units[0]));
	}
}

static void an_export_holds_all_tables_and_no_secret(Office *office,
													 gconstpointer data G_GNUC_UNUSED)
{
	Seen seen = {.tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
	office_ok(sql_begin(office->sql, error));
	enrol(office, LEAVER, 1, FALSE);
	enrol(office, STAYER, 2, FALSE);
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO account (id, name, person, password_hash, one_time, created_ms)"
					  " VALUES (5, 'siti', $1, 'hash!', 0, 1)",
					  "i", LEAVER));
	office_ok(sql_run(office->sql, error,
					  "INSERT INTO login_session (token_hash, account, address, created_ms,"
					  " used_ms) VALUES ($1, 5, '192.0.2.1', 1, 1)",
					  "b", "t", (gsize)1));
	add_by_way_of_another(office);
	office_ok(sql_commit(office->sql, error));
	append(office, "person.read");
	office_ok(person_data_each(office->sql, LEAVER, see, &seen, error));
	static const char *const wanted[] = {
		"person",         "person_name",        "person_employment",
		"assignment",     "reference",          "enrolment",
		"account",        "login_session",      "audit_entry",
		"leave_case",     "leave_span",         "roster_plan",
		"roster_request", "roster_request_day", "person_rotation",
		"person_roster",  "day_order",          "day_order_span",
		"outage"};
	for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
		if (!g_hash_table_contains(seen.tables, wanted[i]))
			g_error("%s is missing", wanted[i]);
	g_assert_false(seen.secret);
	g_assert_false(seen.other);
	g_assert_cmpuint(seen.n_by_way, ==, 3);
	g_hash_table_unref(seen.tables);
}

/* ── who has to be told ── */

static int how_of(const GArray *reach, PersonId person)
{
	for (guint i = 0; i < reach->len; i++)
		if (g_array_index(reach, ReachRow, i).person == person)
			return g_array_index(reach, ReachRow, i).how;
	return 0;
}

static void an_account_reached_whom_it_opened_or_listed(Office *office,
														gconstpointer data G_GNUC_UNUSED)
{
	GError *problem = NULL;
	AuditEntry one = {.at_ms = 1000, .account = 7, .action = "person.read", .person = LEAVER};
	AuditEntry list = {.at_ms = 2000, .account = 7, .action = "people.list"};
	AuditEntry other = {.at_ms = 2000, .account = 8, .action = "person.read", .person = STAYER};
	list.unit = office->units[1];
	office_ok(audit_log_append(office->sql, &one, error));
	office_ok(audit_log_append(office->sql, &list, error));
	office_ok(audit_log_append(office->sql, &other, error));
	g_autoptr(GArray) all = reach_of_account(office->sql, 7, 0, G_MAXINT64, OFFICE_DAY, &problem);
	g_autoptr(GArray) early = reach_of_account(office->sql, 7, 0, 2000, OFFICE_DAY, &problem);
	g_assert_no_error(problem);
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpint(how_of(all, LEAVER), ==, REACH_READ);
	g_assert_cmpint(how_of(all, OFFICE_PERSON(OFFICE_PEOPLE - 1)), ==, REACH_LIST);
	g_assert_cmpuint(early->len, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Office, NULL, setup, function, teardown)
	ADD("/retention/templates_are_destroyed_after_leaving", templates_are_destroyed_after_leaving);
	ADD("/retention/rosters_follow", rosters_follow);
	ADD("/retention/who_stays_or_was_never_employed_keeps_them",
		who_stays_or_was_never_employed_keeps_them);
	ADD("/audit_head/is_signed_once_a_day", the_head_is_signed_once_a_day);
	ADD("/audit_head/contradicts_a_rewritten_log", a_rewritten_log_contradicts_its_head);
	ADD("/person_data/holds_all_tables_and_no_secret", an_export_holds_all_tables_and_no_secret);
	ADD("/reach/is_whom_an_account_opened_or_listed", an_account_reached_whom_it_opened_or_listed);
	return g_test_run();
}
