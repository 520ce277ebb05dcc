#include "firmware/roster.h"

#include <glib/gstdio.h>
#include <string.h>

#include "firmware/crypto_psa.h"
#include "firmware/seal_psa.h"
#include "tests/support/scratch.h"

#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define DAY_MS (24 * HOUR_MS)

typedef struct {
	char *folder, *path;
	TerminalId terminal;
	Keystore *keys;
	LocalDb *db;
	Roster *roster;
	GString *log; /* "+person" and "-person" of the changed callback */
} Fixture;

static void changed(PersonId person, gboolean removed, gpointer user)
{
	g_string_append_printf(((Fixture *)user)->log, "%c%" G_GINT64_FORMAT " ", removed ? '-' : '+',
						   person);
}

static void open_roster(Fixture *f)
{
	GError *error = NULL;

	g_clear_pointer(&f->roster, roster_free);
	g_clear_pointer(&f->db, localdb_close);
	f->db = localdb_open(f->path, 1000, &error);
	g_assert_no_error(error);
	f->roster = roster_open(f->db, f->keys, &f->terminal, &error);
	g_assert_no_error(error);
	roster_set_changed(f->roster, changed, f);
}

static void setup(Fixture *f, gconstpointer data)
{
	g_autofree char *keys = NULL;
	GError *error = NULL;

	(void)data;
	f->folder = scratch_new();
	f->path = g_build_filename(f->folder, "local.db", NULL);
	f->terminal = (TerminalId){"bkd-1"};
	f->log = g_string_new(NULL);
	keys = g_build_filename(f->folder, "keys", NULL);
	f->keys = keystore_open(keys, &error);
	g_assert_no_error(error);
	open_roster(f);
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	g_clear_pointer(&f->roster, roster_free);
	g_clear_pointer(&f->db, localdb_close);
	g_clear_pointer(&f->keys, keystore_free);
	g_assert_cmpint(g_chdir("/"), ==, 0);
	scratch_free(f->folder);
	g_free(f->path);
	g_string_free(f->log, TRUE);
}

/* A reference of `size` bytes all `fill`, sealed to this terminal; freed with the fixture's chunk. */
static void seal_reference(Fixture *f, PersonId person, int64_t id, WireBuffer *out)
{
	uint8_t plain[900], name[8];
	SealContext context = {f->terminal, person, {name, sizeof name}};
	GError *error = NULL;

	memset(plain, (int)(id & 0xff), sizeof plain);
	seal_reference_id(id, name);
	seal_to(keystore_sealing(f->keys), &context, (Slice){plain, sizeof plain}, out, &error);
	g_assert_no_error(error);
}

typedef struct {
	WireBuffer sealed[4];
	RosterReference references[4];
	RosterEntry entry;
} Person;

static void make_person(Fixture *f, Person *person, PersonId id, size_t n_references)
{
	memset(person, 0, sizeof *person);
	for (size_t i = 0; i < n_references; i++) {
		int64_t reference = id * 10 + (int64_t)i;

		seal_reference(f, id, reference, &person->sealed[i]);
		person->references[i] =
			(RosterReference){reference, FINGER_RIGHT_INDEX, wire_buffer_slice(&person->sealed[i])};
	}
	person->entry = (RosterEntry){.person = id,
								  .name = {(const uint8_t *)"SITI RAHMAWATI", 14},
								  .not_before_ms = 1000,
								  .not_after_ms = 1000 + 90 * DAY_MS,
								  .schedule = 1,
								  .n_references = n_references,
								  .references = person->references};
}

static void clear_person(Person *person)
{
	for (gsize i = 0; i < G_N_ELEMENTS(person->sealed); i++)
		wire_buffer_clear(&person->sealed[i]);
}

static RosterOutcome apply(Fixture *f, RosterChunk *chunk)
{
	RosterOutcome outcome;
	GError *error = NULL;

	chunk->repeat_s = 120;
	chunk->utc_offset_min = 420;
	roster_apply(f->roster, chunk, &outcome, &error);
	g_assert_no_error(error);
	return outcome;
}

static RosterOutcome put(Fixture *f, Person *person, uint64_t from, uint64_t upto)
{
	RosterChunk chunk = {.from = from, .upto = upto, .n_entries = 1, .entries = &person->entry};

	return apply(f, &chunk);
}

typedef struct {
	guint n;
	int64_t last;
} Seen;

static void see(PersonId person, int64_t reference, Finger finger, Slice template, gpointer user)
{
	Seen *seen = user;

	(void)person;
	(void)finger;
	g_assert_cmpuint(template.size, ==, 900);
	g_assert_cmpuint(template.data[899], ==, reference & 0xff);
	seen->n++;
	seen->last = reference;
}

static guint count_references(Fixture *f, PersonId person)
{
	GError *error = NULL;
	Seen seen = {0};

	roster_each_reference(f->roster, person, see, &seen, &error);
	g_assert_no_error(error);
	return seen.n;
}

static void a_chunk_is_kept_with_its_version(Fixture *f, gconstpointer data)
{
	Person siti;

	(void)data;
	g_assert_cmpuint(roster_version(f->roster), ==, 0);
	make_person(f, &siti, 123456, 3);
	g_assert_cmpint(put(f, &siti, 0, 7), ==, ROSTER_APPLIED);
	g_assert_cmpstr(f->log->str, ==, "+123456 ");
	open_roster(f);
	g_assert_cmpuint(roster_version(f->roster), ==, 7);
	g_assert_cmpuint(roster_n_people(f->roster), ==, 1);
	g_assert_cmpuint(roster_n_references(f->roster), ==, 3);
	g_assert_cmpstr(roster_person(f->roster, 123456)->name, ==, "SITI RAHMAWATI");
	g_assert_cmpuint(roster_repeat_s(f->roster), ==, 120);
	g_assert_cmpuint(count_references(f, 123456), ==, 3);
	g_assert_cmpuint(count_references(f, 0), ==, 3);
	g_assert_cmpuint(count_references(f, 654321), ==, 0);
	clear_person(&siti);
}

static void a_gap_and_an_old_chunk_change_nothing(Fixture *f, gconstpointer data)
{
	Person siti;

	(void)data;
	make_person(f, &siti, 123456, 1);
	g_assert_cmpint(put(f, &siti, 3, 7), ==, ROSTER_GAP);
	g_assert_cmpuint(roster_n_people(f->roster), ==, 0);
	g_assert_cmpint(put(f, &siti, 0, 7), ==, ROSTER_APPLIED);
	g_assert_cmpint(put(f, &siti, 0, 5), ==, ROSTER_GAP);
	g_assert_cmpuint(roster_version(f->roster), ==, 7);
	g_assert_cmpint(put(f, &siti, 5, 9), ==, ROSTER_APPLIED);
	g_assert_cmpuint(roster_version(f->roster), ==, 9);
	clear_person(&siti);
}

static void a_mutation_begins_and_a_lease_ends_without_a_network(Fixture *f, gconstpointer data)
{
	Person siti;
	int64_t first = G_GINT64_CONSTANT(1740762000000); /* 1 March 2025 00.00 WIB */

	(void)data;
	make_person(f, &siti, 123456, 1);
	siti.entry.not_before_ms = first;
	siti.entry.not_after_ms = first + 90 * DAY_MS;
	put(f, &siti, 0, 1);
	g_assert_false(roster_eligible(f->roster, 123456, first - 1));
	g_assert_true(roster_eligible(f->roster, 123456, first));
	g_assert_true(roster_eligible(f->roster, 123456, first + 6 * HOUR_MS + HOUR_MS / 2));
	g_assert_true(roster_eligible(f->roster, 123456, first + 90 * DAY_MS - 1));
	g_assert_false(roster_eligible(f->roster, 123456, first + 90 * DAY_MS));
	g_assert_false(roster_eligible(f->roster, 1, first));
	clear_person(&siti);
}

static void direction_follows_the_windows(Fixture *f, gconstpointer data)
{
	Person siti;
	RosterSchedule schedule = {
		.id = 1, .n_windows = 2, .windows = {{100, 200, 500, 600}, {1100, 1200, 1500, 1600}}};
	RosterChunk chunk = {.upto = 2, .n_schedules = 1, .schedules = &schedule, .n_entries = 1};
	static const struct {
		int64_t at_ms;
		RosterDirection direction;
	} cases[] = {
		{99, ROSTER_DIRECTION_OUTSIDE}, /* before the first */
		{100, ROSTER_DIRECTION_IN},     /* half-open */
		{200, ROSTER_DIRECTION_OUTSIDE},
		{599, ROSTER_DIRECTION_OUT},
		{1100, ROSTER_DIRECTION_IN}, /* the next day */
		{1599, ROSTER_DIRECTION_OUT},
		{1600, ROSTER_DIRECTION_UNKNOWN}, /* after the last that is known */
	};

	(void)data;
	make_person(f, &siti, 123456, 0);
	chunk.entries = &siti.entry;
	apply(f, &chunk);
	open_roster(f);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(roster_direction(f->roster, 123456, cases[i].at_ms), ==,
						cases[i].direction);
	g_assert_cmpint(roster_direction(f->roster, 1, 100), ==, ROSTER_DIRECTION_UNKNOWN);
}

static void a_snapshot_removes_who_is_not_repeated_with_its_last_chunk(Fixture *f,
																	   gconstpointer data)
{
	Person a, b, c;
	RosterChunk first = {.upto = 20, .reset = true, .more = true, .n_entries = 1};
	RosterChunk last = {.from = 20, .upto = 30, .n_entries = 1};

	(void)data;
	make_person(f, &a, 100001, 1);
	make_person(f, &b, 100002, 1);
	make_person(f, &c, 100003, 1);
	put(f, &a, 0, 1);
	put(f, &b, 1, 2);
	first.entries = &b.entry;
	last.entries = &c.entry;
	apply(f, &first);
	g_assert_cmpuint(roster_n_people(f->roster), ==, 2); /* still */
	open_roster(f);                                      /* a restart in the middle */
	g_string_truncate(f->log, 0);
	apply(f, &last);
	g_assert_cmpstr(f->log->str, ==, "+100003 -100001 ");
	g_assert_cmpuint(roster_n_people(f->roster), ==, 2);
	g_assert_null(roster_person(f->roster, 100001));
	g_assert_cmpuint(roster_n_references(f->roster), ==, 2);
	clear_person(&a);
	clear_person(&b);
	clear_person(&c);
}

/* Both the ciphertext and the wrapped key (the ephemeral point) of a sealed template. */
static guint count_in_files(Fixture *f, const WireBuffer *sealed)
{
	Sealed parts;
	guint n;

	g_assert_cmpint(sealed_decode(wire_buffer_slice(sealed), &parts), ==, WIRE_OK);
	n = scratch_count_bytes(f->folder, parts.ephemeral.bytes + 1, 32);
	/* Pieces of 32 bytes: a page boundary may cut through the rest. */
	for (gsize at = 0; at + 32 <= parts.ciphertext.size; at += 32)
		n += scratch_count_bytes(f->folder, parts.ciphertext.data + at, 32);
	return n;
}

static void what_is_removed_is_in_no_file(Fixture *f, gconstpointer data)
{
	enum { N = 200 };
	g_autofree Person *people = g_new0(Person, N);
	PersonId gone[] = {500007, 500100, 500199};
	RosterChunk removal = {.from = N, .upto = N + 1, .n_removed = 3, .removed = gone};

	(void)data;
	for (guint i = 0; i < N; i++) {
		make_person(f, &people[i], 500000 + (int)i, 3);
		put(f, &people[i], i, i + 1);
	}
	g_assert_cmpuint(count_in_files(f, &people[7].sealed[0]), >, 20); /* it finds them before */
	g_assert_cmpuint(count_in_files(f, &people[100].sealed[2]), >, 20);
	apply(f, &removal);
	for (gsize p = 0; p < 3; p++)
		for (gsize i = 0; i < 3; i++)
			g_assert_cmpuint(count_in_files(f, &people[gone[p] - 500000].sealed[i]), ==, 0);
	g_assert_cmpuint(count_in_files(f, &people[8].sealed[0]), >, 20);
	g_assert_cmpuint(count_references(f, 0), ==, 3 * (N - 3));
	for (guint i = 0; i < N; i++)
		clear_person(&people[i]);
}

static void a_replaced_reference_is_in_no_file(Fixture *f, gconstpointer data)
{
	Person before, after;

	(void)data;
	make_person(f, &before, 123456, 2);
	put(f, &before, 0, 1);
	make_person(f, &after, 123456, 1); /* the same id, sealed anew, and one less */
	put(f, &after, 1, 2);
	g_assert_cmpuint(count_in_files(f, &before.sealed[0]), ==, 0);
	g_assert_cmpuint(count_in_files(f, &before.sealed[1]), ==, 0);
	g_assert_cmpuint(count_references(f, 123456), ==, 1);
	clear_person(&before);
	clear_person(&after);
}

static void revocation_leaves_nobody(Fixture *f, gconstpointer data)
{
	Person siti;
	GError *error = NULL;

	(void)data;
	make_person(f, &siti, 123456, 3);
	put(f, &siti, 0, 1);
	roster_wipe(f->roster, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count_in_files(f, &siti.sealed[0]), ==, 0);
	g_assert_cmpuint(roster_n_people(f->roster), ==, 0);
	g_assert_cmpuint(roster_version(f->roster), ==, 0);
	g_assert_cmpstr(f->log->str, ==, "+123456 -123456 ");
	clear_person(&siti);
}

static void numbers_grow_over_restarts_and_a_lost_file(Fixture *f, gconstpointer data)
{
	uint64_t number, last = 1000; /* the floor */
	GError *error = NULL;

	(void)data;
	for (int i = 0; i < 2500; i++) {
		localdb_next_number(f->db, &number, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(number, >, last);
		last = number;
		if (i % 700 == 0)
			open_roster(f);
	}
	g_clear_pointer(&f->roster, roster_free);
	g_clear_pointer(&f->db, localdb_close);
	g_remove(f->path);
	f->db = localdb_open(f->path, 1000000, &error); /* later, by the wall clock */
	g_assert_no_error(error);
	localdb_next_number(f->db, &number, &error);
	g_assert_cmpuint(number, >, last);
}

static void a_damaged_file_is_destroyed_and_begun_anew(Fixture *f, gconstpointer data)
{
	Person siti;
	g_autofree char *content = NULL;
	gsize size;

	(void)data;
	make_person(f, &siti, 123456, 3);
	put(f, &siti, 0, 1);
	g_clear_pointer(&f->roster, roster_free);
	g_clear_pointer(&f->db, localdb_close);
	g_assert_true(g_file_get_contents(f->path, &content, &size, NULL));
	memset(content + 100, 0xa5, 300);
	g_assert_true(g_file_set_contents(f->path, content, (gssize)size, NULL));
	open_roster(f);
	g_assert_cmpuint(roster_n_people(f->roster), ==, 0);
	g_assert_cmpuint(count_in_files(f, &siti.sealed[0]), ==, 0);
	clear_person(&siti);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define CASE(name) g_test_add("/firmware/roster/" #name, Fixture, NULL, setup, name, teardown)
	CASE(a_chunk_is_kept_with_its_version);
	CASE(a_gap_and_an_old_chunk_change_nothing);
	CASE(a_mutation_begins_and_a_lease_ends_without_a_network);
	CASE(direction_follows_the_windows);
	CASE(a_snapshot_removes_who_is_not_repeated_with_its_last_chunk);
	CASE(what_is_removed_is_in_no_file);
	CASE(a_replaced_reference_is_in_no_file);
	CASE(revocation_leaves_nobody);
	CASE(numbers_grow_over_restarts_and_a_lost_file);
	CASE(a_damaged_file_is_destroyed_and_begun_anew);
	return g_test_run();
}
