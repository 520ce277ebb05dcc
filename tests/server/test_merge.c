/* Merging: exactly once, decision 8's table, times, coverage, and what events mean. */
#include "server/seal_openssl.h"
#include "server/store/system/codes.h"
#include "server/store/terminals/claims.h"
#include "server/store/terminals/commands.h"
#include "server/store/terminals/finger_use.h"
#include "server/store/time/coverage.h"
#include "server/store/terminals/exemptions.h"
#include "server/store/system/password.h"
#include "server/store/time/punches.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/terminals/references.h"
#include "server/store/time/rosters.h"
#include "server/store/system/users.h"
#include "tests/server/office.h"

#define MINUTES(n) ((n) * G_GINT64_CONSTANT(60000))

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 6, 0));
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

/* The receipt says what the device itself knows of event `seq`. */
static void assert_receipt(const Office *office, const Receipt *receipt, gint64 seq)
{
	Hash head = device_head(office->device, seq);
	g_assert_true(random_id_equal(&receipt->journal, &office->device->journal));
	g_assert_cmpint((gint64)receipt->seq, ==, seq);
	g_assert_true(hash_equal(&receipt->head, &head));
}

static void punches(Office *office, int n)
{
	for (int i = 0; i < n; i++)
		device_punch(office->device, OFFICE_PERSON(i % 3), office_at(OFFICE_DAY, 7, i));
}

/* ── exactly once ── */

static void a_batch_is_stored_once(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Receipt receipt;
	punches(office, 3);
	g_assert_cmpint(office_merge(office, 1, 4, &receipt), ==, MERGE_STORED);
	assert_receipt(office, &receipt, 4);
	g_assert_cmpint(office_merge(office, 1, 4, &receipt), ==, MERGE_DUPLICATE);
	assert_receipt(office, &receipt, 4);
	g_assert_cmpint(office_merge(office, 2, 3, &receipt), ==, MERGE_DUPLICATE);
	assert_receipt(office, &receipt, 4);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event"), ==, 4);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch WHERE state = 1"), ==, 3);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM batch"), ==, 1);
}

static void what_overlaps_is_stored_once(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Receipt receipt;
	punches(office, 6);
	office_merge(office, 1, 4, NULL);
	g_assert_cmpint(office_merge(office, 3, 7, &receipt), ==, MERGE_STORED);
	assert_receipt(office, &receipt, 7);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event"), ==, 7);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch"), ==, 6);
}

static void stored_bytes_are_those_received(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	punches(office, 2);
	office_merge(office, 1, 3, NULL);
	for (gint64 seq = 1; seq <= 3; seq++) {
		g_autoptr(GBytes) stored = events_get(office->sql, 1, seq, NULL);
		g_assert_true(g_bytes_equal(stored, office->device->events->pdata[seq - 1]));
	}
}

static void a_gap_is_not_stored(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Receipt receipt;
	punches(office, 6);
	/* The journal is not known at all. */
	g_assert_cmpint(office_merge(office, 2, 3, &receipt), ==, MERGE_GAP);
	assert_receipt(office, &receipt, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM journal"), ==, 0);
	office_merge(office, 1, 3, NULL);
	g_assert_cmpint(office_merge(office, 5, 7, &receipt), ==, MERGE_GAP);
	assert_receipt(office, &receipt, 3);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event"), ==, 3);
}

/* A device whose history was rewritten: other events under the same numbers. */
static Device *forked(const Office *office)
{
	Device *device = g_memdup2(office->device, sizeof *office->device);
	device->events = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	device->heads = g_array_new(FALSE, FALSE, sizeof(Hash));
	g_array_append_val(device->heads, g_array_index(office->device->heads, Hash, 0));
	return device;
}

static void forked_free(Device *device)
{
	g_ptr_array_unref(device->events);
	g_array_unref(device->heads);
	g_free(device);
}

static void another_content_is_evidence_once(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	g_auto(MergeResult) first = {0}, second = {0};
	Device *fork = forked(office);
	punches(office, 3);
	office_merge(office, 1, 4, NULL);
	device_boot_event(fork, FALSE, office_at(OFFICE_DAY, 6, 30));
	device_punch(fork, OFFICE_PERSON(2), office_at(OFFICE_DAY, 7, 30));
	g_autoptr(GBytes) message = device_batch(fork, 1, 2);
	office_merge_message(office, message, office->now_ms, &first);
	office_merge_message(office, message, office->now_ms, &second);
	g_assert_cmpint(first.outcome, ==, MERGE_CONFLICT);
	g_assert_cmpint(second.outcome, ==, MERGE_CONFLICT);
	assert_receipt(office, &second.receipt, 4);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM conflict"), ==, 1);
	g_assert_cmpint(
		office_count(office, "SELECT count(*) FROM alarm WHERE kind = 'conflict' AND n = 1"), ==,
		1);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event"), ==, 4);
	forked_free(fork);
}

static void another_past_is_a_conflict(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	g_auto(MergeResult) result = {0};
	Device *fork = forked(office);
	punches(office, 1);
	office_merge(office, 1, 2, NULL);
	for (int i = 0; i < 3; i++)
		device_alive(fork, office_at(OFFICE_DAY, 8, i));
	/* Begins where we are, but after other events. */
	g_autoptr(GBytes) message = device_batch(fork, 3, 3);
	office_merge_message(office, message, office->now_ms, &result);
	g_assert_cmpint(result.outcome, ==, MERGE_CONFLICT);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event"), ==, 2);
	forked_free(fork);
}

static void a_journal_begins_with_its_genesis(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Hash wrong = {{7}};
	device_new_journal(office->device);
	g_array_index(office->device->heads, Hash, 0) = wrong;
	device_alive(office->device, office_at(OFFICE_DAY, 8, 0));
	g_assert_cmpint(office_merge(office, 1, 1, NULL), ==, MERGE_BROKEN);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM journal"), ==, 0);
}

/* ── times ── */

static gint64 punch_time(Office *office, gint64 seq)
{
	g_autofree char *unused = NULL;
	GError *error = NULL;
	gint64 at_ms = 0;
	sql_get_int(office->sql, &at_ms, 0, &error, "SELECT at_ms FROM punch WHERE seq = $1", "i", seq);
	g_assert_no_error(error);
	return at_ms;
}

static void a_time_to_come_is_stored_and_listed(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Receipt receipt;
	device_punch(office->device, OFFICE_PERSON(0), office->now_ms + MINUTES(6));
	device_punch(office->device, OFFICE_PERSON(1), office->now_ms - MINUTES(401 * 24 * 60));
	g_assert_cmpint(office_merge(office, 1, 3, &receipt), ==, MERGE_STORED);
	assert_receipt(office, &receipt, 3);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch"), ==, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM quarantine WHERE reason = 'future'"),
					==, 1);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM quarantine WHERE reason = 'past'"),
					==, 1);
}

/* What was not believed when it came does not become true by waiting for its time. */
static void a_time_to_come_stays_listed_when_it_has_come(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	gint64 seq = device_punch(office->device, OFFICE_PERSON(0), office->now_ms + MINUTES(20));
	office_merge(office, 1, seq, NULL);
	office->now_ms += MINUTES(60);
	device_new_boot(office->device, office->now_ms);
	gint64 last = device_boot_event(office->device, FALSE, office->now_ms);
	office_merge(office, seq + 1, last, NULL);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch"), ==, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM quarantine WHERE ended_ms IS NULL"),
					==, 1);
}

/* The clock was at 2000-01-01 until it was set: the monotonic distance tells. */
static void a_clock_set_later_explains_the_events_before(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	gint64 at_ms = office_at(OFFICE_DAY, 7, 5);
	device_new_boot(office->device, office_at(OFFICE_DAY, 7, 0));
	office->device->trust = CLOCK_UNSET;
	office->device->clock_error_ms = G_GINT64_CONSTANT(946684800000) - at_ms;
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 7, 0));
	gint64 seq = device_punch(office->device, OFFICE_PERSON(0), at_ms);
	office_merge(office, 1, seq, NULL);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch"), ==, 0);

	office->device->trust = CLOCK_SET;
	office->device->clock_error_ms = 0;
	gint64 last = device_alive(office->device, office_at(OFFICE_DAY, 7, 15));
	office_merge(office, seq + 1, last, NULL);
	g_assert_cmpint(punch_time(office, seq), ==, at_ms);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM quarantine WHERE ended_ms IS NULL"),
					==, 0);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event_time"), ==, 1);
	g_assert_cmpint(office_count(office, "SELECT wall_ms FROM event WHERE seq = 3"), ==,
					G_GINT64_CONSTANT(946684800000));
}

static void a_doubtful_time_after_a_set_one_is_corrected(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	gint64 at_ms = office_at(OFFICE_DAY, 7, 5);
	office->device->trust = CLOCK_DOUBTFUL;
	office->device->clock_error_ms = MINUTES(120);
	gint64 seq = device_punch(office->device, OFFICE_PERSON(0), at_ms);
	office_merge(office, 1, seq, NULL);
	g_assert_cmpint(punch_time(office, seq), ==, at_ms);
}

static void an_unset_clock_is_proven_by_arrival(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	device_new_boot(office->device, office_at(OFFICE_DAY, 11, 0));
	office->device->trust = CLOCK_UNSET;
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 11, 0));
	gint64 early = device_punch(office->device, OFFICE_PERSON(0), office_at(OFFICE_DAY, 11, 5));
	gint64 live = device_punch(office->device, OFFICE_PERSON(1), office->now_ms - 2000);
	office_merge(office, 1, live, NULL);
	g_assert_cmpint(punch_time(office, early), ==, office_at(OFFICE_DAY, 11, 5));
	g_assert_cmpint(punch_time(office, live), ==, office->now_ms - 2000);
}

/* ── simulation ── */

static void a_simulated_sensor_does_not_count(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	device_new_boot(office->device, office_at(OFFICE_DAY, 6, 30));
	device_boot_event(office->device, TRUE, office_at(OFFICE_DAY, 6, 30));
	punches(office, 1);
	office_merge(office, 1, 3, NULL);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch"), ==, PUNCH_QUARANTINED);
	g_assert_cmpint(
		office_count(office, "SELECT count(*) FROM quarantine WHERE reason = 'simulated'"), ==, 1);
}

static void a_run_without_its_start_does_not_count(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	device_new_boot(office->device, office_at(OFFICE_DAY, 6, 30));
	punches(office, 1);
	office_merge(office, 1, 2, NULL);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch"), ==, PUNCH_QUARANTINED);
}

static void a_demo_counts_simulated_sensors(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office->policy.demo = TRUE;
	device_new_boot(office->device, office_at(OFFICE_DAY, 6, 30));
	device_boot_event(office->device, TRUE, office_at(OFFICE_DAY, 6, 30));
	punches(office, 1);
	office_merge(office, 1, 3, NULL);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch"), ==, PUNCH_COUNTED);
}

/* ── what use says of a finger ── */

static void add_reference(Office *office, PersonId person, gint64 id, Finger finger)
{
	ReferenceRow row = {.id = id, .person = person, .finger = finger, .quality = 60, .from_ms = 1};
	g_autoptr(GBytes) sealed = g_bytes_new_static("x", 1);
	office_ok(references_add(office->sql, &row, sealed, NULL, error));
}

static void touch(Office *office, PersonId person, gint32 score, guint8 quality, gint64 at_ms)
{
	EventBody body = {.punch = {.person = person,
								.reference = 7,
								.score_milli = score,
								.margin_milli = 50000,
								.quality = quality}};
	device_append(office->device, EVENT_PUNCH, &body, (Slice){0}, at_ms);
}

static void touch_in_vain(Office *office, gint64 at_ms)
{
	EventBody body = {
		.unrecognised = {.cause = UNRECOGNISED_NO_MATCH, .quality = 40, .attempt = 1}};
	device_append(office->device, EVENT_UNRECOGNISED, &body, (Slice){0}, at_ms);
}

static GArray *to_enrol_again(Office *office, gint64 day)
{
	GArray *rows = NULL;
	office_ok(finger_use_list(office->sql, day, 0, 0, 10, &rows, error));
	return rows;
}

static void use_tells_whose_finger_to_enrol_again(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	gint64 at_ms = office_at(OFFICE_DAY, 7, 0);
	add_reference(office, OFFICE_PERSON(0), 7, FINGER_RIGHT_INDEX);
	add_reference(office, OFFICE_PERSON(1), 8, FINGER_LEFT_THUMB);
	for (int i = 0; i < 6; i++, at_ms += MINUTES(1)) {
		touch_in_vain(office, at_ms);
		touch(office, OFFICE_PERSON(0), 6000, i < 2 ? 20 : 70, at_ms + 5000);
		/* Nobody's: it is long before the next; this one is good. */
		touch_in_vain(office, at_ms + 6000);
		touch(office, OFFICE_PERSON(1), 20000, 70, at_ms + 40000);
	}
	gint64 n = device_seq(office->device);
	office_merge(office, 1, 6, NULL); /* a touch in vain may be the last of a batch */
	office_merge(office, 7, n, NULL);
	office_merge(office, 7, n, NULL);
	g_autoptr(GArray) rows = to_enrol_again(office, OFFICE_DAY);
	g_assert_cmpuint(rows->len, ==, 1);
	const ReenrolRow *row = &g_array_index(rows, ReenrolRow, 0);
	g_assert_cmpint(row->person, ==, OFFICE_PERSON(0));
	g_assert_cmpint(row->finger, ==, FINGER_RIGHT_INDEX);
	g_assert_cmpint(row->n_found, ==, 6);
	g_assert_cmpint(row->n_weak, ==, 6);
	g_assert_cmpint(row->n_poor, ==, 2);
	g_assert_cmpint(row->n_refused, ==, 6);
	g_assert_cmpint(row->score, ==, 6000);
	g_assert_cmpint(row->quality, ==, (2 * 20 + 4 * 70) / 6);
	g_assert_cmpuint(row->reasons, ==, REENROL_REFUSED | REENROL_WEAK);
	g_assert_cmpstr(reenrol_reason_text(REENROL_POOR), ==, "poor");
	/* Months go by; or the finger is enrolled again. */
	g_autoptr(GArray) later = to_enrol_again(office, OFFICE_DAY + 100);
	g_assert_cmpuint(later->len, ==, 0);
	add_reference(office, OFFICE_PERSON(0), 9, FINGER_RIGHT_INDEX);
	g_autoptr(GArray) fresh = to_enrol_again(office, OFFICE_DAY);
	g_assert_cmpuint(fresh->len, ==, 0);
}

static void a_number_typed_after_vain_touches_counts(Office *office,
													 gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *number = g_strdup_printf("%d", OFFICE_PERSON(2));
	EventBody body = {.fingerless = {.number = slice_of_text(number)}};
	gint64 at_ms = office_at(OFFICE_DAY, 7, 0);
	add_reference(office, OFFICE_PERSON(2), 7, FINGER_RIGHT_INDEX);
	for (int i = 0; i < 2; i++, at_ms += MINUTES(1)) {
		for (int k = 0; k < 3; k++)
			touch_in_vain(office, at_ms + 4000 * k);
		device_append(office->device, EVENT_FINGERLESS, &body, (Slice){0}, at_ms + 20000);
	}
	office_merge(office, 1, device_seq(office->device), NULL);
	g_autoptr(GArray) rows = to_enrol_again(office, OFFICE_DAY);
	g_assert_cmpuint(rows->len, ==, 1);
	const ReenrolRow *row = &g_array_index(rows, ReenrolRow, 0);
	g_assert_cmpint(row->finger, ==, 0);
	g_assert_cmpint(row->n_refused, ==, 6);
	g_assert_cmpint(row->n_found, ==, 0);
}

static void nobody_knows_the_person(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	device_punch(office->device, 999999, office_at(OFFICE_DAY, 7, 0));
	g_assert_cmpint(office_merge(office, 1, 2, NULL), ==, MERGE_STORED);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch"), ==, 0);
	g_assert_cmpint(
		office_count(office, "SELECT count(*) FROM quarantine WHERE reason = 'unknown-person'"), ==,
		1);
}

static void an_unknown_kind_is_stored(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	EventBody body = {.alive = {.sensor_ok = true}};
	g_auto(WireBuffer) payload = {0}, bytes = {0};
	const uint8_t salt[EVENT_SALT_SIZE] = {0};
	Hash head;
	event_body_encode(&payload, EVENT_ALIVE, &body);
	EventHeader header = {.seq = 2,
						  .kind = 4711,
						  .wall_ms = office_at(OFFICE_DAY, 7, 0),
						  .mono_ms = MINUTES(60),
						  .boot = office->device->boot,
						  .trust = CLOCK_SET,
						  .previous = device_head(office->device, 1)};
	g_assert_true(event_encode(&bytes, &header, salt, wire_buffer_slice(&payload), (Slice){0},
							   crypto_sha256, &head));
	g_ptr_array_add(office->device->events, g_bytes_new(bytes.data, bytes.size));
	g_array_append_val(office->device->heads, head);
	g_assert_cmpint(office_merge(office, 1, 2, NULL), ==, MERGE_STORED);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM event WHERE kind = 4711"), ==, 1);
}

/* ── coverage ── */

static CoverageState coverage(Office *office, int from_hour, int to_hour)
{
	GError *error = NULL;
	CoverageState state = COVERAGE_NONE;
	coverage_of_place(office->sql, office->places[0], office_at(OFFICE_DAY, from_hour, 0),
					  office_at(OFFICE_DAY, to_hour, 0), OFFICE_OFFSET, &state, NULL, &error);
	g_assert_no_error(error);
	return state;
}

static void alive(Office *office, int from_minute, int to_minute)
{
	for (int minute = from_minute; minute <= to_minute; minute += 15)
		device_alive(office->device, office_at(OFFICE_DAY, 0, 0) + MINUTES(minute));
}

static void marks_every_quarter_cover_the_time(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	alive(office, 375, 600);
	office_merge(office, 1, device_seq(office->device), NULL);
	g_assert_cmpint(coverage(office, 7, 9), ==, COVERAGE_COMPLETE);
	g_assert_cmpint(coverage(office, 7, 11), ==, COVERAGE_GAP);
	g_assert_cmpint(coverage(office, 4, 5), ==, COVERAGE_NONE);
}

static void a_missing_mark_is_a_gap(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	alive(office, 375, 435);
	alive(office, 465, 600);
	office_merge(office, 1, device_seq(office->device), NULL);
	g_assert_cmpint(coverage(office, 7, 9), ==, COVERAGE_GAP);
	g_assert_cmpint(coverage(office, 8, 9), ==, COVERAGE_COMPLETE);
}

static void a_lost_sensor_covers_nothing(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	EventBody body = {.sensor = {.cause = {(const uint8_t *)"usb", 3}}};
	alive(office, 375, 435);
	device_append(office->device, EVENT_SENSOR_LOST, &body, (Slice){0},
				  office_at(OFFICE_DAY, 7, 20));
	alive(office, 450, 525);
	device_append(office->device, EVENT_SENSOR_BACK, &body, (Slice){0},
				  office_at(OFFICE_DAY, 8, 50));
	alive(office, 540, 660);
	office_merge(office, 1, device_seq(office->device), NULL);
	g_assert_cmpint(coverage(office, 7, 8), ==, COVERAGE_GAP);
	g_assert_cmpint(coverage(office, 8, 9), ==, COVERAGE_GAP);
	g_assert_cmpint(coverage(office, 9, 11), ==, COVERAGE_COMPLETE);
}

static void what_comes_in_two_batches_is_one_span(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	alive(office, 375, 600);
	office_merge(office, 1, 6, NULL);
	g_assert_cmpint(coverage(office, 7, 9), ==, COVERAGE_GAP);
	office_merge(office, 7, device_seq(office->device), NULL);
	g_assert_cmpint(coverage(office, 7, 9), ==, COVERAGE_COMPLETE);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM coverage"), ==, 1);
	g_assert_cmpint(
		office_count(office,
					 "SELECT (SELECT count(*) FROM day_mark) + (SELECT count(*) FROM person_mark)"),
		>, 0);
}

static void a_clock_set_later_covers_the_time_before(Office *office,
													 gconstpointer data G_GNUC_UNUSED)
{
	device_new_boot(office->device, office_at(OFFICE_DAY, 6, 30));
	office->device->trust = CLOCK_UNSET;
	office->device->clock_error_ms = -office_at(OFFICE_DAY, 6, 30);
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 6, 30));
	alive(office, 400, 520);
	office_merge(office, 1, device_seq(office->device), NULL);
	g_assert_cmpint(coverage(office, 7, 8), ==, COVERAGE_GAP);
	gint64 seq = device_seq(office->device);
	office->device->trust = CLOCK_SET;
	office->device->clock_error_ms = 0;
	alive(office, 525, 600);
	office_merge(office, seq + 1, device_seq(office->device), NULL);
	g_assert_cmpint(coverage(office, 7, 9), ==, COVERAGE_COMPLETE);
}

/* ── claims, approvals, journals ── */

static gint64 claim(Office *office, const char *number, Slice probe)
{
	EventBody body = {
		.claim = {.number = {(const uint8_t *)number, strlen(number)}, .quality = 50}};
	crypto_sha256(&probe, 1, &body.claim.probe);
	return device_append(office->device, EVENT_CLAIM, &body, probe, office_at(OFFICE_DAY, 9, 5));
}

static gint64 fingerless(Office *office, PersonId person, int minute)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)person);
	EventBody body = {.fingerless = {.number = {(const uint8_t *)number, strlen(number)}}};
	return device_append(office->device, EVENT_FINGERLESS, &body, (Slice){0},
						 office_at(OFFICE_DAY, 7, minute));
}

static ClaimState claim_state(Office *office, gint64 seq)
{
	ClaimRow row;
	office_ok(claims_get(office->sql, 1, seq, &row, error));
	return row.state;
}

static void enrol(Office *office, PersonId person)
{
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	ReferenceRow row = {.id = person, .person = person, .finger = FINGER_RIGHT_INDEX, .from_ms = 1};
	office_ok(references_add(office->sql, &row, sealed, NULL, error));
}

static void a_claim_waits_for_the_vault(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Slice probe = {(const uint8_t *)"probe", 5};
	enrol(office, OFFICE_PERSON(3));
	gint64 known = claim(office, "1000004", probe);
	gint64 not_enrolled = claim(office, "1000002", probe);
	gint64 nobody = claim(office, "4711", probe);
	office_merge(office, 1, nobody, NULL);
	g_assert_cmpint(claim_state(office, known), ==, CLAIM_WAITING);
	g_assert_cmpint(claim_state(office, not_enrolled), ==, CLAIM_MANUAL);
	g_assert_cmpint(claim_state(office, nobody), ==, CLAIM_UNKNOWN);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch WHERE state = 2"), ==, 2);
	/* A probe that nothing will be compared with is not kept. */
	g_assert_true(office_event_has(office, known, "probe"));
	g_assert_false(office_event_has(office, not_enrolled, "probe"));
	g_assert_false(office_event_has(office, nobody, "probe"));
	/* Who stands there is told of the two that need no vault. */
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM command WHERE kind = 4"), ==, 2);
}

/* The person gets an account with that role over the whole province. */
static void grant(Office *office, PersonId person, Role role)
{
	g_autofree char *name = g_strdup_printf("user%" G_GINT64_FORMAT, (gint64)person);
	const UserNew user = {.name = name, .role = role, .person = person, .today = OFFICE_DAY};
	g_autoptr(GError) error = NULL;
	password_free(users_create(office->sql, &user, office_at(OFFICE_DAY, 5, 0), &error));
	g_assert_no_error(error);
}

/* The terminal identifies that person, who is enrolled. */
static void roster(Office *office, PersonId person)
{
	Hash windows = {{0}};
	RosterRow row = {.person = person, .not_after_ms = G_MAXINT64};
	gint64 changed;
	enrol(office, person);
	office_ok(
		rosters_replace(office->sql, &office->device->id, &row, 1, &windows, 1, &changed, error));
}

/* Asks as the terminal does; the answer's outcome, and the code if there is one (transfer full). */
static AnswerOutcome ask_code(Office *office, PersonId person, gint64 reference, char **code)
{
	g_autoptr(GBytes) body = NULL;
	EventBody event = {.code = {.person = person, .reference = reference, .score_milli = 90000}};
	Command command;
	uint8_t name[24];
	*code = NULL;
	gint64 seq = device_append(office->device, EVENT_CODE, &event, (Slice){0}, office->now_ms);
	office_merge(office, seq == 2 ? 1 : seq, seq, NULL);
	office_ok(commands_next(office->sql, &office->device->id, office->now_ms, &body, error));
	if (body == NULL)
		return 0;
	g_assert_cmpint(command_decode(slice_of_bytes(body), &command), ==, WIRE_OK);
	g_assert_cmpuint(command.kind, ==, COMMAND_CODE);
	g_assert_cmpuint(command.code.seq, ==, (guint64)seq);
	office_ok(commands_withdraw(office->sql, &office->device->id, 0, office->now_ms, error));
	if (command.code.outcome != ANSWER_ACCEPTED)
		return command.code.outcome;
	seal_reference_code(&office->device->journal, (uint64_t)seq, name);
	SealContext context = {office->device->id, person, {name, sizeof name}};
	g_autoptr(GBytes) plain = seal_open(office->device->sealing, &context, command.code.sealed);
	g_assert_nonnull(plain);
	gsize size;
	const char *text = g_bytes_get_data(plain, &size);
	*code = g_strndup(text, size);
	return ANSWER_ACCEPTED;
}

static gint64 check_code(Office *office, PersonId person, const char *typed)
{
	gint64 id = 0;
	office_ok(sql_begin(office->sql, error));
	office_ok(codes_check(office->sql, person, typed, office->now_ms, &id, error));
	office_ok(sql_commit(office->sql, error));
	return id;
}

static void a_code_goes_sealed_to_the_terminal_that_asks(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *code = NULL;
	gboolean used;
	PersonId person = OFFICE_PERSON(0);
	roster(office, person);
	g_assert_cmpint(ask_code(office, person, person, &code), ==, ANSWER_ACCEPTED);
	g_assert_true(g_regex_match_simple("^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$", code, 0, 0));
	/* It stands nowhere but in the sealed answer; the log says that it was made. */
	g_autofree char *like = g_strdup_printf("%%%s%%", code);
	gint64 n = 1;
	office_ok(sql_get_int(office->sql, &n, 0, error,
						  "SELECT count(*) FROM audit_entry WHERE detail LIKE $1", "t", like));
	g_assert_cmpint(n, ==, 0);
	g_assert_cmpint(
		office_count(office, "SELECT count(*) FROM audit_entry WHERE action ="
							 " 'account.code.terminal' AND detail = 'term-a' AND person = 1000001"),
		==, 1);
	g_autofree char *loud = g_ascii_strup(code, -1);
	g_assert_cmpint(check_code(office, OFFICE_PERSON(1), code), ==, 0);
	gint64 id = check_code(office, person, loud);
	g_assert_cmpint(id, !=, 0);
	office_ok(codes_use(office->sql, id, office->now_ms, &used, error));
	g_assert_true(used);
	office_ok(codes_use(office->sql, id, office->now_ms, &used, error));
	g_assert_false(used);
	g_assert_cmpint(check_code(office, person, code), ==, 0);
}

static void a_code_ends_by_time_by_tries_and_by_the_next(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	char *codes[3];
	PersonId person = OFFICE_PERSON(0);
	roster(office, person);
	for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
		g_assert_cmpint(ask_code(office, person, person, &codes[i]), ==, ANSWER_ACCEPTED);
	g_assert_cmpint(check_code(office, person, codes[0]), ==, 0);
	g_assert_cmpint(check_code(office, person, codes[1]), ==, 0);
	g_assert_cmpint(check_code(office, person, codes[2]), !=, 0);
	office->now_ms += MINUTES(CODES_LIFE_MIN);
	g_assert_cmpint(check_code(office, person, codes[2]), ==, 0);
	office->now_ms -= 1;
	g_assert_cmpint(check_code(office, person, codes[2]), !=, 0);
	g_assert_cmpint(check_code(office, person, ""), ==, 0); /* the fourth wrong one */
	g_assert_cmpint(check_code(office, person, codes[2]), !=, 0);
	g_assert_cmpint(check_code(office, person, "abcd-efgh-jkmn"), ==, 0);
	g_assert_cmpint(check_code(office, person, codes[2]), ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
		g_free(codes[i]);
	/* Rows are kept for a while and then go. */
	office_ok(codes_forget(office->sql, office->now_ms + 1, error));
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM account_code"), ==, 0);
}

static void a_code_is_refused(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	char *code;
	roster(office, person);
	/* Somebody whom this terminal does not identify, a finger that is not theirs. */
	g_assert_cmpint(ask_code(office, OFFICE_PERSON(2), person, &code), ==, ANSWER_REFUSED);
	g_assert_cmpint(ask_code(office, person, 4711, &code), ==, ANSWER_REFUSED);
	for (int i = 0; i < CODES_A_DAY; i++) {
		g_assert_cmpint(ask_code(office, person, person, &code), ==, ANSWER_ACCEPTED);
		g_free(code);
	}
	g_assert_cmpint(ask_code(office, person, person, &code), ==, ANSWER_REFUSED);
	/* An account with rights over others is not opened by a finger. */
	roster(office, OFFICE_PERSON(1));
	grant(office, OFFICE_PERSON(1), ROLE_BKD);
	g_assert_cmpint(ask_code(office, OFFICE_PERSON(1), OFFICE_PERSON(1), &code), ==,
					ANSWER_REFUSED);
	/* Who asked an hour ago has gone; what a simulated sensor says opens nothing. */
	office->now_ms += MINUTES(60 * 24);
	EventBody late = {.code = {.person = person, .reference = person}};
	gint64 seq =
		device_append(office->device, EVENT_CODE, &late, (Slice){0}, office->now_ms - MINUTES(60));
	office_merge(office, seq, seq, NULL);
	device_new_boot(office->device, office->now_ms);
	seq = device_boot_event(office->device, TRUE, office->now_ms);
	office_merge(office, seq, seq, NULL);
	g_assert_cmpint(ask_code(office, person, person, &code), ==, ANSWER_REFUSED);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM account_code"), ==, CODES_A_DAY);
}

static gint64 approve(Office *office, gint64 seq, PersonId approver)
{
	EventBody body = {
		.approval = {.seq = (uint64_t)seq, .approver = approver, .score_milli = 90000}};
	return device_append(office->device, EVENT_APPROVAL, &body, (Slice){0},
						 office_at(OFFICE_DAY, 7, 30));
}

static void an_approver_makes_a_fingerless_punch_count(Office *office,
													   gconstpointer data G_GNUC_UNUSED)
{
	grant(office, OFFICE_PERSON(1), ROLE_BKD);
	gint64 seq = fingerless(office, OFFICE_PERSON(0), 1);
	gint64 last = approve(office, seq, OFFICE_PERSON(1));
	office_merge(office, 1, last - 1, NULL);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch"), ==, PUNCH_WAITING);
	office_merge(office, last, last, NULL);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch"), ==, PUNCH_COUNTED);
	g_assert_cmpint(claim_state(office, seq), ==, CLAIM_ACCEPTED);
}

static void nobody_approves_without_the_right_or_themselves(Office *office,
															gconstpointer data G_GNUC_UNUSED)
{
	grant(office, OFFICE_PERSON(1), ROLE_BKD);
	grant(office, OFFICE_PERSON(2), ROLE_AUDITOR);
	gint64 others = fingerless(office, OFFICE_PERSON(0), 1);
	gint64 own = fingerless(office, OFFICE_PERSON(1), 2);
	approve(office, others, OFFICE_PERSON(2));
	approve(office, own, OFFICE_PERSON(1));
	gint64 last = approve(office, 1, OFFICE_PERSON(1)); /* no such event */
	office_merge(office, 1, last, NULL);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM punch WHERE state = 2"), ==, 2);
	g_assert_cmpint(office_count(office, "SELECT n FROM alarm WHERE kind = 'approval-refused'"), ==,
					3);
}

static void an_exemption_counts_at_once_within_its_period(Office *office,
														  gconstpointer data G_GNUC_UNUSED)
{
	Exemption exemption = {.person = OFFICE_PERSON(0),
						   .letter = "800/12/2025",
						   .from_day = OFFICE_DAY,
						   .to_day = OFFICE_DAY + 1,
						   .approver = OFFICE_PERSON(1)};
	office_ok(exemptions_add(office->sql, &exemption, 1, error) != 0);
	exemption.person = OFFICE_PERSON(2);
	exemption.from_day = OFFICE_DAY + 1;
	exemption.to_day = OFFICE_DAY + 2;
	office_ok(exemptions_add(office->sql, &exemption, 1, error) != 0);
	fingerless(office, OFFICE_PERSON(0), 1);
	gint64 last = fingerless(office, OFFICE_PERSON(2), 2);
	office_merge(office, 1, last, NULL);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch WHERE person = 1000001"), ==,
					PUNCH_COUNTED);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch WHERE person = 1000003"), ==,
					PUNCH_WAITING);
}

static void nobody_exempts_themselves(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	const Exemption own = {.person = OFFICE_PERSON(0),
						   .letter = "1",
						   .from_day = OFFICE_DAY,
						   .to_day = OFFICE_DAY + 1,
						   .approver = OFFICE_PERSON(0)};
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(exemptions_add(office->sql, &own, 1, &error), ==, 0);
	g_assert_error(error, EXEMPTION_ERROR, EXEMPTION_ERROR_VALUE);
}

static void a_decision_at_the_server_is_answered_once(Office *office,
													  gconstpointer data G_GNUC_UNUSED)
{
	const ClaimDecision no = {.accepted = FALSE, .account = 7};
	ClaimRow row;
	gboolean decided;
	gint64 seq = fingerless(office, OFFICE_PERSON(0), 1);
	office_merge(office, 1, seq, NULL);
	office_ok(claims_get(office->sql, 1, seq, &row, error));
	g_assert_cmpint(row.at_ms, ==, office_at(OFFICE_DAY, 7, 1));
	office_ok(claims_settle(office->sql, &row, &no, 420, 1, &decided, error));
	g_assert_true(decided);
	office_ok(claims_settle(office->sql, &row, &no, 420, 1, &decided, error));
	g_assert_false(decided);
	g_assert_cmpint(claim_state(office, seq), ==, CLAIM_REFUSED);
	g_assert_cmpint(office_count(office, "SELECT state FROM punch"), ==, PUNCH_REJECTED);
	/* Held at first, then refused. */
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM command WHERE kind = 4"), ==, 2);
}

static void a_new_journal_that_lost_events_is_an_alarm(Office *office,
													   gconstpointer data G_GNUC_UNUSED)
{
	EventBody body = {.open = {.previous_journal = office->device->journal,
							   .previous_seq = 9,
							   .reason = 2,
							   .version = {(const uint8_t *)"test", 4}}};
	punches(office, 2);
	office_merge(office, 1, 3, NULL);
	device_new_journal(office->device);
	device_append(office->device, EVENT_OPEN, &body, (Slice){0}, office_at(OFFICE_DAY, 8, 0));
	g_assert_cmpint(office_merge(office, 1, 1, NULL), ==, MERGE_STORED);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM alarm WHERE kind = 'hole'"), ==, 1);
}

/* ── revoked and refused ── */

static void held_batches_are_kept_once(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Slice message = {(const uint8_t *)"message", 7};
	gboolean held;
	office_ok(held_add(office->sql, &office->device->id, &office->device->journal, 1, 2, message,
					   office->now_ms, &held, error));
	g_assert_true(held);
	office_ok(held_add(office->sql, &office->device->id, &office->device->journal, 1, 2, message,
					   office->now_ms, &held, error));
	g_assert_false(held);
}

static void refusals_keep_a_bounded_sample(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const guint8 large[2 * REFUSAL_BYTES_MAX] = {0};
	for (int i = 0; i < 40; i++)
		office_ok(refusals_count(office->sql, "signature", "topic", (Slice){large, sizeof large}, 2,
								 office->now_ms + i, error));
	g_assert_cmpint(office_count(office, "SELECT n FROM refusal"), ==, 80);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM refusal_sample"), ==,
					REFUSAL_SAMPLES);
	g_assert_cmpint(office_count(office, "SELECT max(length(message)) FROM refusal_sample"), ==,
					REFUSAL_BYTES_MAX);
	g_assert_cmpint(office_count(office, "SELECT max(received_ms) FROM refusal_sample"), ==,
					office->now_ms + 39);
}

#define CASE(function) {"/merge/" #function, function}

static const struct {
	const char *path;
	void (*run)(Office *office, gconstpointer data);
} cases[] = {
	CASE(a_batch_is_stored_once),
	CASE(what_overlaps_is_stored_once),
	CASE(stored_bytes_are_those_received),
	CASE(a_gap_is_not_stored),
	CASE(another_content_is_evidence_once),
	CASE(another_past_is_a_conflict),
	CASE(a_journal_begins_with_its_genesis),
	CASE(a_time_to_come_is_stored_and_listed),
	CASE(a_time_to_come_stays_listed_when_it_has_come),
	CASE(a_clock_set_later_explains_the_events_before),
	CASE(a_doubtful_time_after_a_set_one_is_corrected),
	CASE(an_unset_clock_is_proven_by_arrival),
	CASE(a_simulated_sensor_does_not_count),
	CASE(a_run_without_its_start_does_not_count),
	CASE(a_demo_counts_simulated_sensors),
	CASE(use_tells_whose_finger_to_enrol_again),
	CASE(a_number_typed_after_vain_touches_counts),
	CASE(nobody_knows_the_person),
	CASE(an_unknown_kind_is_stored),
	CASE(marks_every_quarter_cover_the_time),
	CASE(a_missing_mark_is_a_gap),
	CASE(a_lost_sensor_covers_nothing),
	CASE(what_comes_in_two_batches_is_one_span),
	CASE(a_clock_set_later_covers_the_time_before),
	CASE(a_claim_waits_for_the_vault),
	CASE(an_approver_makes_a_fingerless_punch_count),
	CASE(nobody_approves_without_the_right_or_themselves),
	CASE(an_exemption_counts_at_once_within_its_period),
	CASE(nobody_exempts_themselves),
	CASE(a_decision_at_the_server_is_answered_once),
	CASE(a_code_goes_sealed_to_the_terminal_that_asks),
	CASE(a_code_ends_by_time_by_tries_and_by_the_next),
	CASE(a_code_is_refused),
	CASE(a_new_journal_that_lost_events_is_an_alarm),
	CASE(held_batches_are_kept_once),
	CASE(refusals_keep_a_bounded_sample),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, Office, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
