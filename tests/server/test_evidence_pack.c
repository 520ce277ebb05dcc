/* A person's month as one file: what is in it, and that no byte of it can be changed unseen. */
#include "server/evidence/pack.h"
#include "server/rules/month.h"
#include "server/store/time/leaves.h"
#include "tests/server/office.h"

#define WHO OFFICE_PERSON(0)

typedef struct {
	Office office;
	ServerKey *key;
	GBytes *file;
} World;

static void open_world(World *world)
{
	Office *office = &world->office;
	GError *failed = NULL;
	const Change change = {.from_day = OFFICE_DAY,
						   .to_day = OFFICE_DAY + 1,
						   .now_ms = 1,
						   .today = OFFICE_DAY,
						   .source = "surat"};
	const Leave leave = {.person = WHO, .code = "DL", .slot = "pulang", .letter = "SPT 12"};
	office_open(office);
	world->key = server_key_generate();
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 6, 0));
	for (int i = 0; i < 6; i++)
		device_punch(office->device, OFFICE_PERSON(i % 3), office_at(OFFICE_DAY, 7, i));
	g_assert_cmpint(office_merge(office, 1, device_seq(office->device), NULL), ==, MERGE_STORED);
	office_ok(sql_begin(office->sql, error));
	office_ok(leaves_set(office->sql, &leave, &change, NULL, NULL, error));
	office_ok(sql_commit(office->sql, error));
	const EvidenceAsk ask = {.person = WHO,
							 .month_day = month_start(OFFICE_DAY),
							 .utc_offset_min = OFFICE_OFFSET,
							 .now_ms = office->now_ms,
							 .key = world->key};
	world->file = evidence_pack(office->sql, &ask, &failed);
	g_assert_no_error(failed);
}

static gboolean has(GBytes *file, const char *text)
{
	gsize size = 0;
	const void *data = g_bytes_get_data(file, &size);
	return memmem(data, size, text, strlen(text)) != NULL;
}

static void it_holds_and_says_what_it_is(World *world)
{
	g_auto(EvidenceProof) proof = {0};
	evidence_verify(world->file, &proof);
	for (guint i = 0; i < proof.problems->len; i++)
		g_error("%s", (const char *)proof.problems->pdata[i]);
	g_assert_cmpint(proof.n_statements, ==, 1);
	g_assert_cmpint(proof.n_events, ==, device_seq(world->office.device));
	g_assert_nonnull(strstr(proof.subject, "2025-03"));
	g_assert_nonnull(proof.key);
	g_assert_true(has(world->file, "SPT 12"));
	g_assert_true(has(world->file, "facts/corrections.json"));
	g_assert_true(has(world->file, "band1"));
	/* Of the others the links of the chain alone. */
	g_assert_true(has(world->file, "/3.header"));
	g_assert_true(has(world->file, "/2.event") != has(world->file, "/2.header"));
	g_assert_false(has(world->file, "1000002"));
}

/* Changed at one place. */
static GBytes *flipped(GBytes *file, gsize at, guint8 by)
{
	gsize size = 0;
	const void *data = g_bytes_get_data(file, &size);
	guint8 *copy = g_memdup2(data, size);
	copy[at] ^= by;
	return g_bytes_new_take(copy, size);
}

static void expect_named(GBytes *file, const char *part)
{
	gboolean named = part == NULL;
	g_auto(EvidenceProof) proof = {0};
	evidence_verify(file, &proof);
	g_assert_cmpuint(proof.problems->len, >, 0);
	for (guint i = 0; i < proof.problems->len; i++)
		named = named || g_str_has_prefix(proof.problems->pdata[i], part);
	if (!named)
		g_error("%s is not named, but %s", part, (const char *)proof.problems->pdata[0]);
}

/* Every byte in the long form; else one of each stretch, at places drawn anew each time. */
static void a_flipped_byte_anywhere_is_seen(World *world)
{
	gsize step = g_getenv("HADIR_LONG") != NULL ? 1 : 331;
	gsize size = g_bytes_get_size(world->file);
	for (gsize at = (gsize)g_test_rand_int_range(0, (gint32)step); at < size; at += step) {
		g_autoptr(GBytes) other =
			flipped(world->file, at, (guint8)(1 << g_test_rand_int_range(0, 8)));
		expect_named(other, NULL);
	}
}

static void the_changed_part_is_named(World *world)
{
	static const struct {
		const char *mark, *part; /* a text within that part */
	} cases[] = {
		{"SPT 12", "facts/leaves.json"},
		{"\"band1\"", "facts/rules.json"},
		{"hadir-evidence 1", "manifest.txt"},
	};
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(world->file, &size);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const guint8 *at = memmem(data, size, cases[i].mark, strlen(cases[i].mark));
		g_assert_nonnull(at);
		g_autoptr(GBytes) other = flipped(world->file, (gsize)(at - data), 0x20);
		expect_named(other, cases[i].part);
	}
}

static void what_is_no_evidence_is_refused(World *world)
{
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(world->file, &size);
	static const char *const texts[] = {
		"", "PK", "not an archive, but longer than the hash at the end of one would have to be"};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GBytes) other = g_bytes_new_static(texts[i], strlen(texts[i]));
		expect_named(other, NULL);
	}
	for (gsize cut = 1; cut < size; cut += size / 7) {
		g_autoptr(GBytes) other = g_bytes_new(data, size - cut);
		expect_named(other, NULL);
	}
}

typedef struct {
	const char *name;
	void (*run)(World *world);
} Case;

#define CASE(name) {"/evidence/" #name, name}

static const Case cases[] = {
	CASE(it_holds_and_says_what_it_is),
	CASE(a_flipped_byte_anywhere_is_seen),
	CASE(the_changed_part_is_named),
	CASE(what_is_no_evidence_is_refused),
};

static World the_world;

static void run_case(gconstpointer data)
{
	((const Case *)data)->run(&the_world);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	open_world(&the_world);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add_data_func(cases[i].name, &cases[i], run_case);
	int status = g_test_run();
	g_bytes_unref(the_world.file);
	server_key_free(the_world.key);
	office_close(&the_world.office);
	return status;
}
