/* What waits for somebody, and what their decision does: to references, events, backlogs, alarms. */
#include "server/decide.h"
#include "server/store/terminals/claims.h"
#include "server/store/terminals/commands.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/system/password.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/terminals/references.h"
#include "server/store/system/users.h"
#include "tests/server/office.h"

#define MINUTES(n) ((n) * G_GINT64_CONSTANT(60000))
#define HOUR MINUTES(60)

typedef struct {
	Office office;
	Sql *sql;
	gint64 account;
} World;

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	g_autoptr(GError) error = NULL;
	const UserNew user = {.name = "bkd.siti", .role = ROLE_BKD, .today = OFFICE_DAY};
	office_open(office);
	world->sql = office->sql;
	password_free(users_create(world->sql, &user, office->now_ms, &error));
	g_assert_no_error(error);
	g_autoptr(User) found = users_find(world->sql, "bkd.siti", NULL);
	world->account = found->id;
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 6, 0));
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_close(&world->office);
}

static Decision decision_on(World *world, DecisionKind kind, const char *subject,
							DecisionVerdict verdict)
{
	Decision decision = {.kind = kind, .verdict = verdict, .account = world->account};
	g_strlcpy(decision.subject, subject, sizeof decision.subject);
	g_strlcpy(decision.reason, "sudah diperiksa", sizeof decision.reason);
	return decision;
}

/* As web and `hadir` do it: all or nothing. */
static gboolean decide(World *world, Decision *decision, GError **error)
{
	g_assert_true(sql_begin(world->sql, NULL));
	if (decisions_add(world->sql, decision, world->office.now_ms, error))
		return sql_commit(world->sql, error);
	sql_rollback(world->sql);
	return FALSE;
}

static void expect_refusal(World *world, Decision *decision, DecisionError code)
{
	g_autoptr(GError) error = NULL;
	g_assert_false(decide(world, decision, &error));
	g_assert_error(error, DECISION_ERROR, (int)code);
}

/* As the core role does it; what came of it. */
static void carry_out(World *world, const char *outcome)
{
	Decision decision;
	g_auto(DecideResult) result = {0};
	office_ok(decisions_next(world->sql, 0, &decision, error));
	do {
		office_ok(sql_begin(world->sql, error));
		office_ok(decide_carry_out(world->sql, &world->office.policy, &decision,
								   world->office.now_ms, &result, error));
		office_ok(sql_commit(world->sql, error));
	} while (result.outcome == NULL);
	g_assert_cmpstr(result.outcome, ==, outcome);
	office_ok(decisions_get(world->sql, decision.id, &decision, error));
	g_assert_cmpint(decision.carried_ms, ==, world->office.now_ms);
	g_assert_cmpstr(decision.outcome, ==, outcome);
	g_assert_false(decisions_next(world->sql, 0, &decision, NULL));
}

static gint64 count(World *world, const char *text)
{
	return office_count(&world->office, text);
}

/* ── held enrolments ── */

static void add_reference(World *world, gint64 id, gboolean held, const RandomId *enrolment)
{
	g_autofree char *text = g_strdup_printf("sealed %d", (int)id);
	g_autoptr(GBytes) sealed = g_bytes_new(text, strlen(text));
	ReferenceRow row = {.id = id,
						.person = OFFICE_PERSON(0),
						.finger = FINGER_RIGHT_INDEX,
						.quality = 60,
						.from_ms = 1};
	if (held)
		office_ok(references_hold(world->sql, &row, sealed, enrolment, error));
	else
		office_ok(references_add(world->sql, &row, sealed, enrolment, error));
}

/* An enrolment of the first person, held with three templates: 11, 12, 13. */
static RandomId hold(World *world, char text[RANDOM_ID_TEXT])
{
	RandomId id;
	EnrolmentOrder order = {.person = OFFICE_PERSON(0),
							.person_name = "SITI",
							.terminal = world->office.device->id,
							.n_fingers = 1,
							.fingers = {FINGER_RIGHT_INDEX},
							.ordered_by = "pengelola",
							.expires_ms = world->office.now_ms + HOUR};
	office_ok(sql_begin(world->sql, error));
	office_ok(enrolments_order(world->sql, &order, world->office.now_ms, &id, error));
	for (gint64 i = 11; i <= 13; i++)
		add_reference(world, i, TRUE, &id);
	office_ok(enrolments_finish(world->sql, &id, ENROLMENT_HELD, "duplicate", OFFICE_PERSON(2),
								world->office.now_ms, error));
	office_ok(sql_commit(world->sql, error));
	random_id_format(&id, text);
	return id;
}

static gboolean enrolled(World *world)
{
	gboolean active;
	gint64 now_ms = world->office.now_ms;
	office_ok(references_active(world->sql, OFFICE_PERSON(0), now_ms, now_ms + 1, &active, error));
	return active;
}

static gsize n_held(World *world)
{
	g_autoptr(GArray) held = NULL;
	office_ok(enrolments_held(world->sql, 0, 100, &held, error));
	return held->len;
}

static void what_is_held_is_listed_and_not_active(World *world, gconstpointer data G_GNUC_UNUSED)
{
	char text[RANDOM_ID_TEXT];
	RandomId id = hold(world, text);
	g_autoptr(GArray) held = NULL, page = NULL;
	g_assert_false(enrolled(world));
	office_ok(references_page(world->sql, 0, 100, &page, error));
	g_assert_cmpint(page->len, ==, 0);
	office_ok(enrolments_held(world->sql, 0, 100, &held, error));
	g_assert_cmpint(held->len, ==, 1);
	const HeldEnrolment *one = &g_array_index(held, HeldEnrolment, 0);
	g_assert_true(random_id_equal(&one->row.id, &id));
	g_assert_cmpint(one->row.other, ==, OFFICE_PERSON(2));
	g_assert_cmpint(one->n_templates, ==, 3);
	gint64 order = one->order;
	g_clear_pointer(&held, g_array_unref);
	office_ok(enrolments_held(world->sql, order, 100, &held, error));
	g_assert_cmpint(held->len, ==, 0);
}

static void different_people_are_both_enrolled(World *world, gconstpointer data G_GNUC_UNUSED)
{
	char text[RANDOM_ID_TEXT];
	RandomId id = hold(world, text);
	EnrolmentRow row;
	g_auto(DecideResult) result = {0};
	Decision decision = decision_on(world, DECISION_ENROLMENT, text, VERDICT_DIFFERENT), next;
	add_reference(world, 5, FALSE, NULL); /* of an earlier enrolment of that finger */
	office_ok(decide(world, &decision, error));
	g_assert_cmpint(n_held(world), ==, 0);
	Decision second = decision_on(world, DECISION_ENROLMENT, text, VERDICT_FRAUD);
	expect_refusal(world, &second, DECISION_ERROR_GONE);

	office_ok(decisions_next(world->sql, 0, &next, error));
	g_assert_cmpstr(next.by, ==, "bkd.siti");
	g_assert_cmpstr(next.reason, ==, "sudah diperiksa");
	office_ok(sql_begin(world->sql, error));
	office_ok(decide_carry_out(world->sql, &world->office.policy, &next, world->office.now_ms,
							   &result, error));
	office_ok(sql_commit(world->sql, error));
	g_assert_cmpint(result.ended->len, ==, 1);
	g_assert_cmpint(g_array_index(result.ended, gint64, 0), ==, 5);
	g_assert_cmpint(result.added->len, ==, 3);
	const SealedReference *added = &g_array_index(result.added, SealedReference, 2);
	g_assert_cmpint(added->id, ==, 13);
	g_assert_cmpmem(g_bytes_get_data(added->sealed, NULL), 9, "sealed 13", 9);
	g_assert_true(enrolled(world));
	office_ok(enrolments_get(world->sql, &id, &row, error));
	g_assert_cmpint(row.state, ==, ENROLMENT_DONE);
	g_assert_cmpint(count(world, "SELECT count(*) FROM held_reference"), ==, 0);
	g_assert_cmpint(
		count(world, "SELECT (SELECT count(*) FROM day_mark) + (SELECT count(*) FROM person_mark)"),
		>, 0);
	expect_refusal(world, &second, DECISION_ERROR_GONE);
}

static void one_person_or_fraud_leaves_nothing(World *world, gconstpointer data G_GNUC_UNUSED)
{
	static const DecisionVerdict verdicts[] = {VERDICT_SAME_PERSON, VERDICT_FRAUD};
	for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
		char text[RANDOM_ID_TEXT];
		RandomId id = hold(world, text);
		EnrolmentRow row;
		Decision decision = decision_on(world, DECISION_ENROLMENT, text, verdicts[i]);
		office_ok(decide(world, &decision, error));
		carry_out(world, "done");
		g_assert_false(enrolled(world));
		office_ok(enrolments_get(world->sql, &id, &row, error));
		g_assert_cmpint(row.state, ==, ENROLMENT_FAILED);
		g_assert_cmpstr(row.reason, ==, decision_verdict_text(verdicts[i]));
		g_assert_cmpint(count(world, "SELECT count(*) FROM held_reference"), ==, 0);
		g_assert_cmpint(count(world, "SELECT count(*) FROM reference"), ==, 0);
	}
}

static void a_decision_has_a_reason_and_a_verdict_of_its_kind(World *world,
															  gconstpointer data G_GNUC_UNUSED)
{
	static const char *const bad[] = {"", "ya", "   a   ", "two\nlines", "bad \xff byte"};
	char text[RANDOM_ID_TEXT];
	hold(world, text);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		Decision decision = decision_on(world, DECISION_ENROLMENT, text, VERDICT_FRAUD);
		g_strlcpy(decision.reason, bad[i], sizeof decision.reason);
		expect_refusal(world, &decision, DECISION_ERROR_REASON);
	}
	Decision other = decision_on(world, DECISION_ENROLMENT, text, VERDICT_ACCEPTED);
	expect_refusal(world, &other, DECISION_ERROR_VERDICT);
	Decision timed = decision_on(world, DECISION_ENROLMENT, text, VERDICT_FRAUD);
	timed.at_ms = 1;
	expect_refusal(world, &timed, DECISION_ERROR_TIME);
	Decision nobody = decision_on(world, DECISION_ENROLMENT, "00", VERDICT_FRAUD);
	expect_refusal(world, &nobody, DECISION_ERROR_GONE);
	g_assert_cmpint(count(world, "SELECT count(*) FROM decision"), ==, 0);
}

/* ── quarantined events ── */

static Decision on_event(World *world, gint64 seq, DecisionVerdict verdict, gint64 at_ms)
{
	g_autofree char *subject = decision_event_subject(1, seq);
	Decision decision = decision_on(world, DECISION_EVENT, subject, verdict);
	decision.at_ms = at_ms;
	return decision;
}

static void accept(World *world, gint64 seq, gint64 at_ms, const char *outcome)
{
	Decision decision = on_event(world, seq, VERDICT_ACCEPTED, at_ms);
	office_ok(decide(world, &decision, error));
	carry_out(world, outcome);
}

static void reject(World *world, gint64 seq)
{
	Decision decision = on_event(world, seq, VERDICT_REJECTED, 0);
	office_ok(decide(world, &decision, error));
	carry_out(world, "done");
}

static void merge(World *world)
{
	office_merge(&world->office, 1, device_seq(world->office.device), NULL);
}

static gsize n_waiting(World *world, PersonId person, const char *reason)
{
	g_autoptr(GArray) items = NULL;
	gsize n = 0;
	office_ok(quarantine_waiting(world->sql, 0, 0, 100, &items, error));
	for (guint i = 0; i < items->len; i++) {
		const QuarantineItem *item = &g_array_index(items, QuarantineItem, i);
		n += item->person == person && strcmp(item->row.reason, reason) == 0;
	}
	return n;
}

static void a_time_is_said_where_none_was_believed(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	gint64 stamp = office->now_ms + 30 * HOUR, at_ms = office_at(OFFICE_DAY, 7, 5);
	gint64 seq = device_punch(office->device, OFFICE_PERSON(1), stamp);
	merge(world);
	g_assert_cmpint(n_waiting(world, OFFICE_PERSON(1), "future"), ==, 1);
	Decision none = on_event(world, seq, VERDICT_ACCEPTED, 0);
	expect_refusal(world, &none, DECISION_ERROR_TIME);
	Decision future = on_event(world, seq, VERDICT_ACCEPTED, office->now_ms + 1);
	expect_refusal(world, &future, DECISION_ERROR_TIME);
	Decision pointless = on_event(world, seq, VERDICT_REJECTED, at_ms);
	expect_refusal(world, &pointless, DECISION_ERROR_TIME);
	office_ok(sql_run(world->sql, error, "DELETE FROM day_mark", ""));

	accept(world, seq, at_ms, "done");
	g_assert_cmpint(n_waiting(world, OFFICE_PERSON(1), "future"), ==, 0);
	g_assert_cmpint(count(world, "SELECT at_ms FROM punch WHERE state = 1"), ==, at_ms);
	g_assert_cmpint(count(world, "SELECT at_ms FROM event_time WHERE reason = 'decided'"), ==,
					at_ms);
	/* The stamp is what it was. */
	g_assert_cmpint(count(world, "SELECT max(wall_ms) FROM event"), ==, stamp);
	g_assert_cmpint(
		count(world, "SELECT count(*) FROM day_mark WHERE person = 1000002 AND day = 20150"), ==,
		1);
	Decision again = on_event(world, seq, VERDICT_REJECTED, 0);
	expect_refusal(world, &again, DECISION_ERROR_GONE);
}

static void simulate(World *world)
{
	device_new_boot(world->office.device, office_at(OFFICE_DAY, 6, 30));
	device_boot_event(world->office.device, TRUE, office_at(OFFICE_DAY, 6, 30));
}

static void what_a_simulated_sensor_said_is_decided(World *world, gconstpointer data G_GNUC_UNUSED)
{
	simulate(world);
	gint64 yes = device_punch(world->office.device, OFFICE_PERSON(0), office_at(OFFICE_DAY, 7, 0));
	gint64 no = device_punch(world->office.device, OFFICE_PERSON(1), office_at(OFFICE_DAY, 7, 1));
	merge(world);
	Decision timed = on_event(world, yes, VERDICT_ACCEPTED, office_at(OFFICE_DAY, 7, 0));
	expect_refusal(world, &timed, DECISION_ERROR_TIME);
	accept(world, yes, 0, "done");
	reject(world, no);
	g_assert_cmpint(count(world, "SELECT state FROM punch WHERE person = 1000001"), ==,
					PUNCH_COUNTED);
	g_assert_cmpint(count(world, "SELECT state FROM punch WHERE person = 1000002"), ==,
					PUNCH_REJECTED);
	g_assert_cmpint(count(world, "SELECT count(*) FROM quarantine WHERE ended_how IS NULL"), ==, 0);
}

/* Each doubt is somebody's own decision. */
static void a_time_that_was_said_does_not_excuse_the_sensor(World *world,
															gconstpointer data G_GNUC_UNUSED)
{
	simulate(world);
	gint64 at_ms = office_at(OFFICE_DAY, 7, 0);
	gint64 seq = device_punch(world->office.device, OFFICE_PERSON(0), at_ms + 50 * HOUR);
	merge(world);
	accept(world, seq, at_ms, "listed again for another reason");
	g_assert_cmpint(count(world, "SELECT state FROM punch"), ==, PUNCH_QUARANTINED);
	g_assert_cmpint(n_waiting(world, OFFICE_PERSON(0), "simulated"), ==, 1);
	accept(world, seq, 0, "done");
	g_assert_cmpint(count(world, "SELECT state FROM punch"), ==, PUNCH_COUNTED);
	g_assert_cmpint(count(world, "SELECT at_ms FROM punch"), ==, at_ms);
}

static void a_person_who_is_known_by_now(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 seq = device_punch(world->office.device, 4444, office_at(OFFICE_DAY, 7, 0));
	merge(world);
	g_assert_cmpint(n_waiting(world, 4444, "unknown-person"), ==, 1);
	accept(world, seq, 0, "listed again for another reason");
	g_assert_cmpint(n_waiting(world, 4444, "unknown-person"), ==, 1);
	office_ok(sql_begin(world->sql, error));
	office_add_person(&world->office, 4444, 0);
	office_ok(sql_commit(world->sql, error));
	accept(world, seq, 0, "done");
	g_assert_cmpint(count(world, "SELECT state FROM punch WHERE person = 4444"), ==, PUNCH_COUNTED);
}

/* A simulated sensor's claim: what the vault says does not lift the doubt about the sensor. */
static void a_claim_is_decided_for_itself(World *world, gconstpointer data G_GNUC_UNUSED)
{
	EventBody body = {.fingerless = {.number = {(const uint8_t *)"1000003", 7}}};
	ClaimRow claim;
	gboolean decided;
	const ClaimDecision yes = {.accepted = TRUE, .account = world->account};
	simulate(world);
	gint64 seq = device_append(world->office.device, EVENT_FINGERLESS, &body, (Slice){0},
							   office_at(OFFICE_DAY, 7, 0));
	gint64 other = device_append(world->office.device, EVENT_FINGERLESS, &body, (Slice){0},
								 office_at(OFFICE_DAY, 7, 30));
	merge(world);
	office_ok(claims_get(world->sql, 1, seq, &claim, error));
	office_ok(claims_settle(world->sql, &claim, &yes, OFFICE_OFFSET, 1, &decided, error));
	g_assert_true(decided);
	g_assert_cmpint(count(world, "SELECT min(state) FROM punch"), ==, PUNCH_QUARANTINED);
	accept(world, seq, 0, "done");
	g_assert_cmpint(count(world, "SELECT min(state) FROM punch"), ==, PUNCH_COUNTED);
	reject(world, other);
	g_assert_cmpint(count(world, "SELECT max(state) FROM punch"), ==, PUNCH_REJECTED);
	office_ok(claims_get(world->sql, 1, other, &claim, error));
	g_assert_cmpint(claim.state, ==, CLAIM_REFUSED);
}

/* A clock that is set before the decision is carried out says it better. */
static void an_explanation_comes_before_a_decision(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	gint64 at_ms = office_at(OFFICE_DAY, 7, 5);
	device_new_boot(office->device, office_at(OFFICE_DAY, 7, 0));
	office->device->trust = CLOCK_UNSET;
	office->device->clock_error_ms = G_GINT64_CONSTANT(946684800000) - at_ms; /* 2000-01-01 */
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 7, 0));
	gint64 seq = device_punch(office->device, OFFICE_PERSON(0), at_ms);
	office_merge(office, 1, seq, NULL);
	Decision decision = on_event(world, seq, VERDICT_ACCEPTED, office_at(OFFICE_DAY, 9, 0));
	office_ok(decide(world, &decision, error));
	office->device->trust = CLOCK_SET;
	office->device->clock_error_ms = 0;
	device_alive(office->device, office_at(OFFICE_DAY, 7, 15));
	office_merge(office, seq + 1, seq + 1, NULL);
	carry_out(world, "explained before");
	g_assert_cmpint(count(world, "SELECT at_ms FROM punch"), ==, at_ms);
}

/* ── backlogs ── */

/* Batches of one event each, as a revoked terminal sent them. */
static void hold_batches(World *world, gint64 first, gint64 last)
{
	Office *office = &world->office;
	gboolean held;
	for (gint64 seq = first; seq <= last; seq++) {
		g_autoptr(GBytes) message = device_batch(office->device, seq, seq);
		office_ok(held_add(world->sql, &office->device->id, &office->device->journal, seq, seq,
						   slice_of_bytes(message), office->now_ms, &held, error));
		g_assert_true(held);
	}
}

static void revoke_with_punches(World *world, int n)
{
	Office *office = &world->office;
	for (int i = 0; i < n; i++)
		device_punch(office->device, OFFICE_PERSON(i % 3), office_at(OFFICE_DAY, 7, i));
	office_ok(terminals_revoke(world->sql, &office->device->id, office->now_ms, error));
	office->now_ms += 48 * HOUR;
}

static gsize n_backlogs(World *world)
{
	g_autoptr(GArray) backlogs = NULL;
	office_ok(held_waiting(world->sql, &backlogs, error));
	return backlogs->len;
}

static void an_accepted_backlog_is_merged_like_any(World *world, gconstpointer data G_GNUC_UNUSED)
{
	revoke_with_punches(world, 2 * DECIDE_BATCHES_MAX);
	gint64 last = device_seq(world->office.device);
	hold_batches(world, 1, last);
	g_assert_cmpint(n_backlogs(world), ==, 1);
	Decision decision = decision_on(world, DECISION_BACKLOG, "term-a", VERDICT_ACCEPTED);
	office_ok(decide(world, &decision, error));
	g_assert_cmpint(n_backlogs(world), ==, 0);
	carry_out(world, "done");
	g_assert_cmpint(count(world, "SELECT count(*) FROM held_batch WHERE outcome = 'stored'"), ==,
					last);
	g_assert_cmpint(count(world, "SELECT seq FROM journal"), ==, last);
	g_assert_cmpint(count(world, "SELECT count(*) FROM punch WHERE state = 1"), ==,
					2 * DECIDE_BATCHES_MAX);
	g_assert_cmpint(
		count(world, "SELECT (SELECT count(*) FROM day_mark) + (SELECT count(*) FROM person_mark)"),
		>, 0);
	expect_refusal(world, &decision, DECISION_ERROR_GONE);
}

/* What arrives later is decided anew, and closes the gap that kept the rest out. */
static void a_gap_is_closed_by_what_comes_later(World *world, gconstpointer data G_GNUC_UNUSED)
{
	revoke_with_punches(world, 5);
	hold_batches(world, 1, 2);
	hold_batches(world, 5, 6);
	Decision first = decision_on(world, DECISION_BACKLOG, "term-a", VERDICT_ACCEPTED);
	office_ok(decide(world, &first, error));
	carry_out(world, "done");
	g_assert_cmpint(count(world, "SELECT count(*) FROM held_batch WHERE outcome = 'gap'"), ==, 2);
	g_assert_cmpint(count(world, "SELECT seq FROM journal"), ==, 2);
	hold_batches(world, 3, 4);
	Decision second = decision_on(world, DECISION_BACKLOG, "term-a", VERDICT_ACCEPTED);
	office_ok(decide(world, &second, error));
	carry_out(world, "done");
	g_assert_cmpint(count(world, "SELECT seq FROM journal"), ==, 6);
	g_assert_cmpint(count(world, "SELECT count(*) FROM held_batch WHERE outcome = 'stored'"), ==,
					6);
}

static void a_rejected_backlog_is_kept_and_marked(World *world, gconstpointer data G_GNUC_UNUSED)
{
	revoke_with_punches(world, 3);
	hold_batches(world, 1, 4);
	Decision decision = decision_on(world, DECISION_BACKLOG, "term-a", VERDICT_REJECTED);
	office_ok(decide(world, &decision, error));
	carry_out(world, "done");
	g_assert_cmpint(count(world, "SELECT count(*) FROM held_batch WHERE outcome = 'rejected'"
								 " AND length(message) > 0"),
					==, 4);
	g_assert_cmpint(count(world, "SELECT count(*) FROM event"), ==, 0);
}

static void a_spoilt_message_of_a_backlog_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	revoke_with_punches(world, 1);
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 2);
	gsize size;
	g_autofree guint8 *bytes =
		g_memdup2(g_bytes_get_data(message, &size), g_bytes_get_size(message));
	gboolean held;
	size = g_bytes_get_size(message);
	bytes[size / 2] ^= 1;
	office_ok(held_add(world->sql, &world->office.device->id, &world->office.device->journal, 1, 2,
					   (Slice){bytes, size}, world->office.now_ms, &held, error));
	Decision decision = decision_on(world, DECISION_BACKLOG, "term-a", VERDICT_ACCEPTED);
	office_ok(decide(world, &decision, error));
	carry_out(world, "done");
	g_assert_cmpint(count(world, "SELECT count(*) FROM held_batch WHERE outcome = 'refused'"), ==,
					1);
	g_assert_cmpint(count(world, "SELECT count(*) FROM event"), ==, 0);
}

/* ── alarms ── */

static void an_alarm_is_ended_once_and_may_come_again(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GArray) alarms = NULL;
	const TerminalId *terminal = &world->office.device->id;
	office_ok(alarms_raise(world->sql, "tamper", terminal, "open", 1, error));
	office_ok(alarms_raise(world->sql, "hole", NULL, "a hole", 1, error));
	Decision decision = decision_on(world, DECISION_ALARM, "1", VERDICT_ENDED), back;
	office_ok(decide(world, &decision, error));
	expect_refusal(world, &decision, DECISION_ERROR_GONE);
	g_assert_false(decisions_next(world->sql, 0, &back, NULL)); /* nothing is left to do */
	office_ok(alarms_list(world->sql, 0, 10, &alarms, error));
	g_assert_cmpint(alarms->len, ==, 1);
	g_assert_cmpstr(g_array_index(alarms, AlarmRow, 0).kind, ==, "hole");
	office_ok(alarms_raise(world->sql, "tamper", terminal, "open", 2, error));
	g_clear_pointer(&alarms, g_array_unref);
	office_ok(alarms_list(world->sql, 0, 10, &alarms, error));
	g_assert_cmpint(alarms->len, ==, 2);
	g_clear_pointer(&alarms, g_array_unref);
	office_ok(alarms_list(world->sql, 3, 10, &alarms, error));
	g_assert_cmpint(alarms->len, ==, 1);
}

static void decisions_are_listed_newest_first(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GArray) page = NULL, rest = NULL;
	for (int i = 1; i <= 3; i++) {
		g_autofree char *id = g_strdup_printf("%d", i);
		g_autofree char *detail = g_strdup_printf("alarm %d", i);
		office_ok(alarms_raise(world->sql, "hole", NULL, detail, 1, error));
		Decision decision = decision_on(world, DECISION_ALARM, id, VERDICT_ENDED);
		office_ok(decide(world, &decision, error));
	}
	office_ok(decisions_list(world->sql, 0, 2, &page, error));
	g_assert_cmpint(page->len, ==, 2);
	g_assert_cmpint(g_array_index(page, Decision, 0).id, ==, 3);
	office_ok(decisions_list(world->sql, 2, 2, &rest, error));
	g_assert_cmpint(rest->len, ==, 1);
	g_assert_cmpstr(g_array_index(rest, Decision, 0).subject, ==, "1");
	g_assert_cmpint(g_array_index(rest, Decision, 0).verdict, ==, VERDICT_ENDED);
}

#define CASE(function) {"/decisions/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(what_is_held_is_listed_and_not_active),
	CASE(different_people_are_both_enrolled),
	CASE(one_person_or_fraud_leaves_nothing),
	CASE(a_decision_has_a_reason_and_a_verdict_of_its_kind),
	CASE(a_time_is_said_where_none_was_believed),
	CASE(what_a_simulated_sensor_said_is_decided),
	CASE(a_time_that_was_said_does_not_excuse_the_sensor),
	CASE(a_person_who_is_known_by_now),
	CASE(a_claim_is_decided_for_itself),
	CASE(an_explanation_comes_before_a_decision),
	CASE(an_accepted_backlog_is_merged_like_any),
	CASE(a_gap_is_closed_by_what_comes_later),
	CASE(a_rejected_backlog_is_kept_and_marked),
	CASE(a_spoilt_message_of_a_backlog_is_refused),
	CASE(an_alarm_is_ended_once_and_may_come_again),
	CASE(decisions_are_listed_newest_first),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
