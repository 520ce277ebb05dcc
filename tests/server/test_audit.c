/* The offline proof: what holds, and that every way to spoil the log is seen and named. */
#include "server/audit.h"
#include "server/prove.h"
#include "server/store/terminals/references.h"
#include "tests/server/office.h"

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
	device_boot_event(office->device, FALSE, office_at(OFFICE_DAY, 6, 0));
	for (int i = 0; i < 19; i++)
		device_punch(office->device, OFFICE_PERSON(i % 3), office_at(OFFICE_DAY, 7, i));
	office_merge(office, 1, 8, NULL);
	office_merge(office, 5, 12, NULL); /* overlaps */
	office_merge(office, 13, 20, NULL);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

static JournalProof prove(Office *office)
{
	JournalProof proof;
	JournalRow journal;
	office_ok(
		journals_get(office->sql, &office->device->id, &office->device->journal, &journal, error));
	office_ok(audit_journal(office->sql, &journal, &proof, error));
	return proof;
}

static void assert_bad(Office *office, gint64 seq, const char *part)
{
	g_auto(JournalProof) proof = prove(office);
	g_assert_nonnull(proof.problem);
	g_assert_cmpint(proof.bad_seq, ==, seq);
	if (strstr(proof.problem, part) == NULL)
		g_error("'%s' does not say '%s'", proof.problem, part);
}

static void change(Office *office, const char *script)
{
	GError *error = NULL;
	sql_script(office->sql, script, &error);
	g_assert_no_error(error);
}

static void a_whole_journal_holds(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	g_auto(JournalProof) proof = prove(office);
	g_assert_null(proof.problem);
	g_assert_cmpint(proof.n_events, ==, 20);
	g_assert_cmpint(proof.n_statements, ==, 3);
}

static Evidence prove_one(Office *office, gint64 seq)
{
	Evidence evidence;
	JournalRow journal;
	office_ok(
		journals_get(office->sql, &office->device->id, &office->device->journal, &journal, error));
	office_ok(prove_event(office->sql, &journal, seq, &evidence, error));
	return evidence;
}

/* What the auditor's page shows of one event, and what is seen when its bytes or statement are not
 * what was signed. */
static void one_event_is_proven_by_itself(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Evidence evidence = prove_one(office, 7);
	char head[EVIDENCE_HASH_TEXT];
	Hash link = device_head(office->device, 7);
	evidence_hex(link.bytes, sizeof link.bytes, head);
	g_assert_cmpint(evidence.state, ==, EVIDENCE_HOLDS);
	g_assert_cmpint(evidence.first, ==, 1);
	g_assert_cmpint(evidence.last, ==, 8);
	g_assert_cmpstr(evidence.head, ==, head);
	g_assert_cmpuint(strlen(evidence.signature), ==, 128);
	g_assert_cmpint(prove_one(office, 20).state, ==, EVIDENCE_HOLDS);
	g_assert_cmpint(prove_one(office, 99).state, ==, EVIDENCE_MISSING);
	change(office,
		   "UPDATE event SET bytes = (SELECT bytes FROM event WHERE seq = 3) WHERE seq = 9");
	g_assert_cmpint(prove_one(office, 9).state, ==, EVIDENCE_BROKEN);
	g_assert_cmpint(prove_one(office, 17).state, ==, EVIDENCE_HOLDS);
	change(office, "DELETE FROM event WHERE seq = 19");
	g_assert_cmpint(prove_one(office, 17).state, ==, EVIDENCE_BROKEN);
	change(office, "DELETE FROM batch WHERE last = 20");
	g_assert_cmpint(prove_one(office, 17).state, ==, EVIDENCE_UNSIGNED);
	change(office, "UPDATE batch SET envelope = (SELECT bytes FROM event WHERE seq = 1)");
	g_assert_cmpint(prove_one(office, 7).state, ==, EVIDENCE_BROKEN);
}

static void a_missing_event_is_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	change(office, "DELETE FROM event WHERE seq = 7");
	assert_bad(office, 8, "event 8");
}

static void exchanged_events_are_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	change(office, "UPDATE event SET seq = 100 WHERE seq = 6;"
				   "UPDATE event SET seq = 6 WHERE seq = 7;"
				   "UPDATE event SET seq = 7 WHERE seq = 100");
	assert_bad(office, 6, "event 6");
}

static void a_changed_payload_is_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_autoptr(GBytes) bytes = events_get(office->sql, 1, 9, &error);
	gsize size;
	g_autofree guint8 *copy = g_bytes_unref_to_data(g_steal_pointer(&bytes), &size);
	copy[size - 2] ^= 1; /* the payload's last byte, before the null of the attachment */
	sql_run(office->sql, &error, "UPDATE event SET bytes = $1 WHERE seq = 9", "b", copy, size);
	g_assert_no_error(error);
	assert_bad(office, 9, "event 9");
}

static void a_cut_tail_is_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	change(office, "DELETE FROM event WHERE seq > 17");
	assert_bad(office, 18, "event 18");
}

/* Whoever cuts the tail and the head together still needs the terminal's signature. */
static void a_cut_tail_with_its_head_is_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Hash head = device_head(office->device, 17);
	GError *error = NULL;
	change(office, "DELETE FROM event WHERE seq > 17; DELETE FROM batch WHERE last > 17");
	sql_run(office->sql, &error, "UPDATE journal SET seq = 17, head = $1", "b", head.bytes,
			sizeof head.bytes);
	g_assert_no_error(error);
	assert_bad(office, 13, "nobody signed for event 13");
}

static void a_forged_statement_is_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	Device *stranger = device_new("term-a", office_at(OFFICE_DAY, 6, 0));
	g_autoptr(GBytes) message = NULL;
	g_auto(Collected) collected = {0};
	char topic[TOPIC_MAX];
	ServerKey *own = office->device->signing;
	office->device->signing = stranger->signing;
	message = device_batch(office->device, 13, 20);
	office->device->signing = own;
	device_topic(office->device, TOPIC_UP_EVENTS, topic);
	g_assert_cmpint(collect_message(topic, message, &collected), ==, COLLECT_OK);
	gsize size = g_bytes_get_size(message) - collected.envelope.rest.size;
	sql_run(office->sql, &error, "UPDATE batch SET envelope = $1 WHERE last = 20", "b",
			g_bytes_get_data(message, NULL), size);
	g_assert_no_error(error);
	assert_bad(office, 13, "signature over events 13 to 20");
	device_free(stranger);
}

static void a_statement_of_other_events_is_named(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	change(office, "DELETE FROM batch WHERE last = 12;"
				   "UPDATE batch SET first = 9, last = 12 WHERE last = 8");
	assert_bad(office, 1, "nobody signed for event 1");
}

static void a_destroyed_probe_still_holds(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Slice probe = {(const uint8_t *)"probe", 5};
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	ReferenceRow enrolled = {
		.id = 1, .person = OFFICE_PERSON(0), .finger = FINGER_RIGHT_INDEX, .from_ms = 1};
	/* The probe is kept for the vault, which has something to compare it with. */
	office_ok(references_add(office->sql, &enrolled, sealed, NULL, error));
	EventBody body = {.claim = {.number = {(const uint8_t *)"1000001", 7}}};
	crypto_sha256(&probe, 1, &body.claim.probe);
	gint64 seq =
		device_append(office->device, EVENT_CLAIM, &body, probe, office_at(OFFICE_DAY, 9, 0));
	office_merge(office, seq, seq, NULL);
	g_assert_true(office_event_has(office, seq, "probe"));
	office_ok(events_destroy_attachment(office->sql, 1, seq, error));
	g_assert_false(office_event_has(office, seq, "probe"));
	g_auto(JournalProof) proof = prove(office);
	g_assert_cmpstr(proof.problem, ==, NULL);
	g_assert_cmpint(proof.n_events, ==, 21);
}

static void evidence_is_counted(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_ok(sql_run(office->sql, error, "INSERT INTO conflict VALUES (1, 3, $1, $1, $1, 0)", "b",
					  "", (gsize)0));
	g_auto(JournalProof) proof = prove(office);
	g_assert_null(proof.problem);
	g_assert_cmpint(proof.n_conflicts, ==, 1);
}

#define CASE(function) {"/audit/" #function, function}

static const struct {
	const char *path;
	void (*run)(Office *office, gconstpointer data);
} cases[] = {
	CASE(one_event_is_proven_by_itself),
	CASE(a_whole_journal_holds),
	CASE(a_missing_event_is_named),
	CASE(exchanged_events_are_named),
	CASE(a_changed_payload_is_named),
	CASE(a_cut_tail_is_named),
	CASE(a_cut_tail_with_its_head_is_named),
	CASE(a_forged_statement_is_named),
	CASE(a_statement_of_other_events_is_named),
	CASE(a_destroyed_probe_still_holds),
	CASE(evidence_is_counted),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, Office, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
