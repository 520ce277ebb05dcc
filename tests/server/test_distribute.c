/* Rosters: who is on them and when, as numbered changes in chunks. */
#include "server/distribute.h"
#include "server/store/terminals/references.h"
#include "server/store/time/day_orders.h"
#include "server/store/time/rosters.h"
#include "server/store/time/shifts.h"
#include "tests/server/kept_roster.h"
#include "tests/server/office.h"

typedef struct {
	Office office;
	DistributePolicy policy;
	PublicKey sealing;
} World;

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_open(&world->office);
	world->policy = (DistributePolicy){
		.utc_offset_min = OFFICE_OFFSET, .lease_days = 90, .grace_days = 7, .repeat_s = 300};
	server_key_public(world->office.device->sealing, &world->sealing);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_close(&world->office);
}

static gint64 refresh(World *world)
{
	Office *office = &world->office;
	gint64 changed;
	office_ok(sql_begin(office->sql, error));
	office_ok(distribute_refresh(office->sql, &world->policy, &office->device->id, office->now_ms,
								 &changed, error));
	office_ok(sql_commit(office->sql, error));
	return changed;
}

/* FALSE: not on the roster. */
static gboolean entry(World *world, PersonId person, RosterRow *out)
{
	g_autoptr(GArray) changes = NULL;
	office_ok(
		rosters_changes(world->office.sql, &world->office.device->id, 0, 1000, &changes, error));
	for (guint i = 0; i < changes->len; i++) {
		const RosterChange *change = &g_array_index(changes, RosterChange, i);
		if (change->row.person != person)
			continue;
		*out = change->row;
		return !change->removed;
	}
	return FALSE;
}

static gint64 day_ms(gint64 day)
{
	return office_at(day, 0, 0);
}

static void assign(World *world, PersonId person, int unit, gint64 from_day)
{
	Change change = office_change(&world->office, from_day, DAY_OPEN);
	office_ok(sql_begin(world->office.sql, error));
	office_ok(assignments_set(world->office.sql, person, world->office.units[unit], 0, &change,
							  NULL, error));
	office_ok(sql_commit(world->office.sql, error));
}

static void the_place_s_people_are_on_it(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	g_assert_cmpint(refresh(world), ==, OFFICE_PEOPLE - 1);
	for (int i = 0; i < OFFICE_PEOPLE - 1; i++) {
		g_assert_true(entry(world, OFFICE_PERSON(i), &row));
		g_assert_cmpint(row.not_before_ms, <=, world->office.now_ms);
		/* A lease of at most 90 days, never less than two thirds of it. */
		g_assert_cmpint(row.not_after_ms, <=, day_ms(OFFICE_DAY + 90));
		g_assert_cmpint(row.not_after_ms, >, day_ms(OFFICE_DAY + 59));
		g_assert_cmpint(row.flags, ==, 0);
	}
	g_assert_false(entry(world, OFFICE_PERSON(OFFICE_PEOPLE - 1), &row));
}

static void nothing_changed_is_no_new_version(World *world, gconstpointer data G_GNUC_UNUSED)
{
	refresh(world);
	g_assert_cmpint(refresh(world), ==, 0);
}

/* A mutation on the 10th: the old place knows its end with grace, the new one its beginning. */
static void a_mutation_ends_with_grace(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	refresh(world);
	assign(world, OFFICE_PERSON(0), 1, OFFICE_DAY + 7);
	g_assert_cmpint(refresh(world), ==, 1);
	g_assert_true(entry(world, OFFICE_PERSON(0), &row));
	g_assert_cmpint(row.not_after_ms, ==, day_ms(OFFICE_DAY + 7 + 7));
	g_assert_cmpint(row.flags, ==, 0);
	/* Within the grace it says so, after it the person is off. */
	world->office.now_ms += 10 * DAY_MS;
	refresh(world);
	g_assert_true(entry(world, OFFICE_PERSON(0), &row));
	g_assert_cmpint(row.flags, ==, ROSTER_MOVED);
	world->office.now_ms += 4 * DAY_MS;
	refresh(world);
	g_assert_false(entry(world, OFFICE_PERSON(0), &row));
}

static void who_comes_later_is_there_before(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	assign(world, OFFICE_PERSON(3), 0, OFFICE_DAY + 30);
	refresh(world);
	g_assert_true(entry(world, OFFICE_PERSON(3), &row));
	g_assert_cmpint(row.not_before_ms, ==, day_ms(OFFICE_DAY + 30));
}

static void the_end_of_service_has_no_grace(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	refresh(world);
	Change ended = office_change(&world->office, OFFICE_DAY + 1, DAY_OPEN);
	office_ok(sql_begin(world->office.sql, error));
	office_ok(people_end_employment(world->office.sql, OFFICE_PERSON(0), &ended, NULL, error));
	office_ok(sql_commit(world->office.sql, error));
	refresh(world);
	g_assert_true(entry(world, OFFICE_PERSON(0), &row));
	g_assert_cmpint(row.not_after_ms, ==, day_ms(OFFICE_DAY + 1));
	world->office.now_ms += DAY_MS;
	refresh(world);
	g_assert_false(entry(world, OFFICE_PERSON(0), &row));
}

static void a_lease_is_not_renewed_every_day(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 versions = 0;
	refresh(world);
	for (int day = 1; day <= 30; day++) {
		world->office.now_ms += DAY_MS;
		versions += refresh(world);
	}
	/* Once each in 30 days, and the windows of each new day. */
	g_assert_cmpint(versions, >=, OFFICE_PEOPLE - 1);
	g_assert_cmpint(versions, <=, OFFICE_PEOPLE - 1 + 30);
}

/* ── chunks ── */

static void add_reference(World *world, PersonId person, gint64 id, gsize size)
{
	g_autofree guint8 *bytes = g_malloc0(size);
	g_autoptr(GBytes) sealed = g_bytes_new(bytes, size);
	ReferenceRow row = {
		.id = id, .person = person, .finger = FINGER_RIGHT_INDEX, .from_ms = world->office.now_ms};
	office_ok(references_add(world->office.sql, &row, sealed, NULL, error));
}

static DistributePlan *plan(World *world, gint64 from, gboolean reset)
{
	GError *error = NULL;
	DistributePlan *made =
		distribute_plan(world->office.sql, &world->policy, &world->office.device->id,
						&world->sealing, from, reset, world->office.now_ms, &error);
	g_assert_no_error(error);
	return made;
}

/* The vault's part: gives back as many bytes as it got. */
static void fill(DistributePlan *made)
{
	const VaultReseal *question = distribute_plan_reseal(made, 5);
	VaultResealed answer = {.request = 5, .n = question->n};
	for (guint32 i = 0; i < question->n; i++) {
		answer.references[i].reference = question->references[i].reference;
		answer.references[i].sealed = question->references[i].sealed;
	}
	g_assert_true(distribute_plan_fill(made, &answer));
}

static void a_snapshot_holds_all(World *world, gconstpointer data G_GNUC_UNUSED)
{
	for (gint64 i = 0; i < 3; i++)
		add_reference(world, OFFICE_PERSON(0), 10 + i, 400);
	refresh(world);
	g_autoptr(DistributePlan) made = plan(world, 0, TRUE);
	fill(made);
	const RosterChunk *chunk = distribute_plan_chunk(made);
	g_assert_true(chunk->reset);
	g_assert_false(chunk->more);
	g_assert_cmpint(chunk->n_entries, ==, OFFICE_PEOPLE - 1);
	g_assert_cmpint(chunk->entries[0].n_references, ==, 3);
	g_assert_cmpint(chunk->entries[0].references[2].id, ==, 12);
	g_assert_cmpint(chunk->repeat_s, ==, 300);
	/* Seven days of windows: five working days of each week, and yesterday was none. */
	g_assert_cmpint(chunk->n_schedules, ==, 1);
	g_assert_cmpint(chunk->schedules[0].n_windows, ==, 5);
	g_assert_cmpint(chunk->schedules[0].id, ==, chunk->entries[0].schedule);

	/* It can be encoded, and reads back. */
	g_auto(WireBuffer) out = {0};
	RosterChunk back;
	roster_chunk_encode(&out, chunk);
	g_assert_false(out.failed);
	g_assert_cmpint(roster_chunk_decode(wire_buffer_slice(&out), &back), ==, WIRE_OK);
	g_assert_cmpint(back.n_entries, ==, OFFICE_PEOPLE - 1);
	roster_chunk_clear(&back);
}

static void a_change_is_a_small_chunk(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 version;
	refresh(world);
	office_ok(rosters_version(world->office.sql, &world->office.device->id, &version, error));
	add_reference(world, OFFICE_PERSON(1), 10, 400);
	assign(world, OFFICE_PERSON(2), 1, OFFICE_DAY - 20);
	g_assert_cmpint(refresh(world), ==, 2);
	g_autoptr(DistributePlan) made = plan(world, version, FALSE);
	fill(made);
	const RosterChunk *chunk = distribute_plan_chunk(made);
	g_assert_false(chunk->reset);
	g_assert_cmpint((gint64)chunk->from, ==, version);
	g_assert_cmpint((gint64)chunk->upto, ==, version + 2);
	g_assert_cmpint(chunk->n_entries, ==, 1);
	g_assert_cmpint(chunk->entries[0].person, ==, OFFICE_PERSON(1));
	g_assert_cmpint(chunk->n_removed, ==, 1);
	g_assert_cmpint(chunk->removed[0], ==, OFFICE_PERSON(2));
}

/* A hundred people with four large references each come in many chunks, each once, each small. */
static void a_large_roster_comes_in_chunks(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 at = 0, n_entries = 0, n_references = 0, n_chunks = 0;
	office_ok(sql_begin(world->office.sql, error));
	for (int i = 0; i < 100; i++) {
		office_add_person(&world->office, 2000000 + i, 0);
		for (gint64 j = 0; j < 4; j++)
			add_reference(world, 2000000 + i, 1000 + 4 * i + j, 1500);
	}
	office_ok(sql_commit(world->office.sql, error));
	refresh(world);
	gboolean more = TRUE;
	while (more) {
		g_autoptr(DistributePlan) made = plan(world, at, at == 0);
		fill(made);
		const RosterChunk *chunk = distribute_plan_chunk(made);
		g_auto(WireBuffer) out = {0};
		roster_chunk_encode(&out, chunk);
		g_assert_cmpint(out.size, <=, ROSTER_CHUNK_MAX);
		g_assert_cmpint((gint64)chunk->from, ==, at);
		n_entries += (gint64)chunk->n_entries;
		for (gsize i = 0; i < chunk->n_entries; i++)
			n_references += (gint64)chunk->entries[i].n_references;
		more = chunk->more;
		at = (gint64)chunk->upto;
		n_chunks++;
	}
	g_assert_cmpint(n_entries, ==, 100 + OFFICE_PEOPLE - 1);
	g_assert_cmpint(n_references, ==, 400);
	g_assert_cmpint(n_chunks, >, 5);
}

static void an_answer_to_another_question_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add_reference(world, OFFICE_PERSON(0), 10, 400);
	refresh(world);
	g_autoptr(DistributePlan) made = plan(world, 0, TRUE);
	const VaultReseal *question = distribute_plan_reseal(made, 5);
	VaultResealed answer = {.request = 6, .n = question->n};
	g_assert_false(distribute_plan_fill(made, &answer));
	answer.request = 5;
	answer.references[0].reference = 11;
	g_assert_false(distribute_plan_fill(made, &answer));
	/* What the vault cannot open is left out, not sent empty. */
	answer.references[0].reference = 10;
	g_assert_true(distribute_plan_fill(made, &answer));
	g_assert_cmpint(distribute_plan_chunk(made)->entries[0].n_references, ==, 0);
}

static void an_ended_reference_is_in_no_file(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add_reference(world, OFFICE_PERSON(0), 10, 400);
	refresh(world);
	office_ok(references_end(world->office.sql, OFFICE_PERSON(0), 0, NULL, "left",
							 world->office.now_ms, NULL, error));
	g_assert_cmpint(refresh(world), ==, 1);
	g_assert_cmpint(
		office_count(&world->office, "SELECT count(*) FROM reference WHERE sealed IS NOT NULL"), ==,
		0);
}

static void a_revoked_terminal_has_nobody(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	refresh(world);
	office_ok(rosters_clear(world->office.sql, &world->office.device->id, error));
	for (int i = 0; i < OFFICE_PEOPLE; i++)
		g_assert_false(entry(world, OFFICE_PERSON(i), &row));
}

static void a_long_name_keeps_whole_characters(World *world G_GNUC_UNUSED,
											   gconstpointer data G_GNUC_UNUSED)
{
	/* "é" has two bytes, "’" three: each is put on either side of the 96th byte. */
	static const struct {
		const char *character;
		gsize before, size;
	} cases[] = {{"é", 94, 96}, {"é", 95, 95}, {"’", 93, 96}, {"’", 94, 94}, {"’", 95, 95}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *letters = g_strnfill(cases[i].before, 'A');
		g_autofree char *name = g_strconcat(letters, cases[i].character, "BCDE", NULL);
		Slice cut = roster_name(name);
		g_assert_cmpint(cut.size, ==, cases[i].size);
		g_assert_true(g_utf8_validate_len((const char *)cut.data, cut.size, NULL));
	}
	g_assert_cmpint(roster_name("SITI").size, ==, 4);
	g_assert_cmpint(roster_name("").size, ==, 0);
}

/* ── hours ── */

static void order(World *world, const char *kind, OrderScope scope, gint64 target, gint64 day,
				  gint32 start_min, gint32 end_min)
{
	Change change = office_change(&world->office, day, day + 1);
	const DayOrder one = {.letter = "061/1",
						  .kind = kind,
						  .name = "Perintah",
						  .scope = scope,
						  .target = target,
						  .regency = "",
						  .slot = "hari",
						  .start_min = start_min,
						  .end_min = end_min};
	gboolean changed;
	office_ok(sql_begin(world->office.sql, error));
	office_ok(day_orders_set(world->office.sql, &one, DAY_ALWAYS, &change, NULL, &changed, error));
	office_ok(sql_commit(world->office.sql, error));
}

/* The window that the person's entry points to on that day, as the terminal would find it; NULL: none. */
static const RosterWindow *window_of(const RosterChunk *chunk, uint32_t schedule, gint64 day)
{
	for (gsize i = 0; i < chunk->n_schedules; i++)
		for (gsize j = 0; chunk->schedules[i].id == schedule && j < chunk->schedules[i].n_windows;
			 j++)
			if (chunk->schedules[i].windows[j].in_from_ms >= day_ms(day) &&
				chunk->schedules[i].windows[j].in_from_ms < day_ms(day + 1))
				return &chunk->schedules[i].windows[j];
	return NULL;
}

/* Entered the evening before: other hours, a free day, an extra working day. */
static void an_order_is_on_the_terminal_by_morning(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow row;
	world->office.now_ms = office_at(OFFICE_DAY, 20, 0);
	refresh(world);
	order(world, "jam", ORDER_PROVINCE, 0, OFFICE_DAY + 1, 8 * 60, 12 * 60);
	g_assert_cmpint(refresh(world), ==, 1);
	order(world, "libur", ORDER_UNIT, world->office.units[0], OFFICE_DAY + 2, 0, 0);
	g_assert_cmpint(refresh(world), ==, 1);
	order(world, "masuk", ORDER_PLACE, world->office.places[0], OFFICE_DAY + 5, 9 * 60, 11 * 60);
	g_assert_cmpint(refresh(world), ==, 1);
	g_assert_cmpint(refresh(world), ==, 0);
	/* Elsewhere: nothing here. */
	order(world, "libur", ORDER_PLACE, world->office.places[1], OFFICE_DAY + 3, 0, 0);
	g_assert_cmpint(refresh(world), ==, 0);
	g_assert_true(entry(world, OFFICE_PERSON(0), &row));
	g_autoptr(DistributePlan) made = plan(world, 0, TRUE);
	fill(made);
	const RosterChunk *chunk = distribute_plan_chunk(made);
	const RosterWindow *window = window_of(chunk, (uint32_t)row.schedule, OFFICE_DAY + 1);
	g_assert_nonnull(window);
	g_assert_cmpint(window->in_from_ms, ==, office_at(OFFICE_DAY + 1, 6, 30));
	g_assert_cmpint(window->out_to_ms, ==, office_at(OFFICE_DAY + 1, 16, 0));
	g_assert_null(window_of(chunk, (uint32_t)row.schedule, OFFICE_DAY + 2));
	g_assert_nonnull(window_of(chunk, (uint32_t)row.schedule, OFFICE_DAY + 3));
	window = window_of(chunk, (uint32_t)row.schedule, OFFICE_DAY + 5);
	g_assert_nonnull(window);
	g_assert_cmpint(window->in_from_ms, ==, office_at(OFFICE_DAY + 5, 7, 30));
}

/* What the server sends when the terminal asks for what is new, over the wire. */
static void kept_follow(World *world, KeptRoster *kept)
{
	gint64 version = (gint64)kept_roster_version(kept);
	g_autoptr(DistributePlan) made = plan(world, version, version == 0);
	g_auto(WireBuffer) out = {0};
	fill(made);
	roster_chunk_encode(&out, distribute_plan_chunk(made));
	kept_roster_apply(kept, wire_buffer_slice(&out));
}

static const char *told(const KeptRoster *kept, gint64 day, int hour, int minute)
{
	return kept_roster_direction(kept, OFFICE_PERSON(0), office_at(day, hour, minute));
}

/* In the evening the terminal holds tomorrow's usual hours, 7 to 15.30; an order makes them 8 to 12, and
 * the day after tomorrow free.  It is told so at the next round, and goes by it in the morning, with no
 * network any more. */
static void an_evening_s_order_rules_the_terminal_s_morning(World *world,
															gconstpointer data G_GNUC_UNUSED)
{
	gint64 tomorrow = OFFICE_DAY + 1;
	KeptRoster *kept = kept_roster_open(&world->office.device->id);
	world->office.now_ms = office_at(OFFICE_DAY, 20, 0);
	refresh(world);
	kept_follow(world, kept);
	g_assert_cmpstr(told(kept, tomorrow, 5, 45), ==, "in");
	g_assert_cmpstr(told(kept, tomorrow, 11, 0), ==, "in");
	g_assert_cmpstr(told(kept, tomorrow, 16, 30), ==, "out");
	g_assert_cmpstr(told(kept, tomorrow + 1, 7, 0), ==, "in");
	order(world, "jam", ORDER_PROVINCE, 0, tomorrow, 8 * 60, 12 * 60);
	order(world, "libur", ORDER_UNIT, world->office.units[0], tomorrow + 1, 0, 0);
	g_assert_cmpint(refresh(world), ==, 1);
	kept_follow(world, kept);
	g_assert_cmpstr(told(kept, tomorrow, 5, 45), ==, "outside");
	g_assert_cmpstr(told(kept, tomorrow, 7, 45), ==, "in");
	g_assert_cmpstr(told(kept, tomorrow, 11, 0), ==, "out");
	g_assert_cmpstr(told(kept, tomorrow, 16, 30), ==, "outside");
	g_assert_cmpstr(told(kept, tomorrow + 1, 7, 0), ==, "outside");
	g_assert_cmpstr(told(kept, tomorrow + 2, 7, 0), ==, "in");
	kept_roster_close(kept);
}

static void add_rotation(World *world, PersonId person, const char *cycle)
{
	Change change = office_change(&world->office, OFFICE_DAY - 7, DAY_OPEN);
	gboolean changed;
	office_ok(sql_begin(world->office.sql, error));
	office_ok(shifts_set_rotation(world->office.sql, person, cycle, OFFICE_DAY, &change, &changed,
								  error));
	office_ok(sql_commit(world->office.sql, error));
}

static void add_shift(World *world)
{
	const WorkShift afternoon = {.code = "S", .name = "Jaga siang", .hours = {840, 1260, 0}};
	gint64 id;
	gboolean added;
	office_ok(sql_begin(world->office.sql, error));
	office_ok(shifts_add(world->office.sql, &afternoon, &id, &added, error));
	office_ok(sql_commit(world->office.sql, error));
}

/* Who is rostered follows the roster, the colleagues go on with the unit's hours. */
static void a_roster_is_the_persons_own_schedule(World *world, gconstpointer data G_GNUC_UNUSED)
{
	RosterRow rostered, colleague;
	refresh(world);
	add_shift(world);
	add_rotation(world, OFFICE_PERSON(0), "- S");
	g_assert_cmpint(refresh(world), ==, 1);
	g_assert_true(entry(world, OFFICE_PERSON(0), &rostered));
	g_assert_true(entry(world, OFFICE_PERSON(1), &colleague));
	g_assert_cmpint(rostered.schedule, !=, colleague.schedule);
	/* An order for one person is their own, too. */
	order(world, "jam", ORDER_PERSON, OFFICE_PERSON(1), OFFICE_DAY + 1, 600, 900);
	g_assert_cmpint(refresh(world), ==, 1);
	g_assert_true(entry(world, OFFICE_PERSON(1), &colleague));
	g_autoptr(DistributePlan) made = plan(world, 0, TRUE);
	fill(made);
	const RosterChunk *chunk = distribute_plan_chunk(made);
	g_assert_cmpint(chunk->n_schedules, ==, 3);
	g_assert_null(window_of(chunk, (uint32_t)rostered.schedule, OFFICE_DAY + 2));
	const RosterWindow *window = window_of(chunk, (uint32_t)rostered.schedule, OFFICE_DAY + 1);
	g_assert_nonnull(window);
	g_assert_cmpint(window->in_from_ms, ==, office_at(OFFICE_DAY + 1, 12, 30));
	window = window_of(chunk, (uint32_t)colleague.schedule, OFFICE_DAY + 1);
	g_assert_nonnull(window);
	g_assert_cmpint(window->in_from_ms, ==, office_at(OFFICE_DAY + 1, 8, 30));
}

/* More schedules than one chunk holds come in several, also when only the windows change. */
static void many_rosters_come_in_chunks(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 at = 0;
	add_shift(world);
	office_ok(sql_begin(world->office.sql, error));
	for (int i = 0; i < 150; i++)
		office_add_person(&world->office, 2000000 + i, 0);
	office_ok(sql_commit(world->office.sql, error));
	for (int i = 0; i < 150; i++)
		add_rotation(world, 2000000 + i, "S -");
	for (int round = 0; round < 2; round++) {
		g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
		gboolean more = TRUE;
		g_assert_cmpint(refresh(world), >, 0);
		while (more) {
			g_autoptr(DistributePlan) made = plan(world, at, at == 0);
			fill(made);
			const RosterChunk *chunk = distribute_plan_chunk(made);
			g_auto(WireBuffer) out = {0};
			roster_chunk_encode(&out, chunk);
			g_assert_false(out.failed);
			g_assert_cmpint(out.size, <=, ROSTER_CHUNK_MAX);
			for (gsize i = 0; i < chunk->n_schedules; i++)
				g_hash_table_add(seen, GUINT_TO_POINTER(chunk->schedules[i].id));
			g_assert_cmpint((gint64)chunk->upto, >, at);
			at = (gint64)chunk->upto;
			more = chunk->more;
		}
		g_assert_cmpuint(g_hash_table_size(seen), ==, 151);
		world->office.now_ms += DAY_MS;
	}
}

#define CASE(function) {"/distribute/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(the_place_s_people_are_on_it),
	CASE(nothing_changed_is_no_new_version),
	CASE(a_mutation_ends_with_grace),
	CASE(who_comes_later_is_there_before),
	CASE(the_end_of_service_has_no_grace),
	CASE(a_lease_is_not_renewed_every_day),
	CASE(a_snapshot_holds_all),
	CASE(a_change_is_a_small_chunk),
	CASE(a_large_roster_comes_in_chunks),
	CASE(an_answer_to_another_question_is_refused),
	CASE(an_ended_reference_is_in_no_file),
	CASE(a_revoked_terminal_has_nobody),
	CASE(a_long_name_keeps_whole_characters),
	CASE(an_order_is_on_the_terminal_by_morning),
	CASE(an_evening_s_order_rules_the_terminal_s_morning),
	CASE(a_roster_is_the_persons_own_schedule),
	CASE(many_rosters_come_in_chunks),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
