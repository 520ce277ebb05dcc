/* Publisher and control against a server of the test's own: batches out, receipts in, and everything
 * that must not be believed. */
#include <glib/gstdio.h>
#include <string.h>

#include <psa/crypto.h>

#include "firmware/control.h"
#include "firmware/crypto_psa.h"
#include "firmware/hal/clock_sim.h"
#include "firmware/publish.h"
#include "tests/support/scratch.h"

typedef struct {
	TopicKind kind;
	GBytes *message;
} Sent;

typedef struct {
	char *folder, *head;
	TerminalId terminal;
	gpointer clock;
	Timekeeper *timekeeper;
	Keystore *keys;
	LocalDb *db;
	Journal *journal;
	Roster *roster;
	Publisher *publisher;
	Control *control;
	Bundle bundle;
	GQueue sent; /* of Sent */
	/* The server. */
	psa_key_id_t server_key;
	RandomId epoch;
	uint64_t number;
	/* What control handed over. */
	guint n_receipts, n_rosters, n_enrols, n_resyncs, n_revoked, n_carried_out;
	JournalReceiptOutcome outcome;
} Fixture;

static void sent_free(gpointer data)
{
	Sent *sent = data;

	g_bytes_unref(sent->message);
	g_free(sent);
}

static gboolean take(TopicKind kind, Slice message, gpointer user)
{
	Sent *sent = g_new(Sent, 1);

	*sent = (Sent){kind, g_bytes_new(message.data, message.size)};
	g_queue_push_tail(&((Fixture *)user)->sent, sent);
	return TRUE;
}

static void on_receipt(const Receipt *receipt, JournalReceiptOutcome outcome, gpointer user)
{
	Fixture *f = user;

	f->n_receipts++;
	f->outcome = outcome;
	publisher_receipted(f->publisher, receipt, outcome);
}

static void on_roster(RosterOutcome outcome, gboolean more, gpointer user)
{
	(void)outcome;
	(void)more;
	((Fixture *)user)->n_rosters++;
}

static void on_enrol(const Command *command, gpointer user)
{
	(void)command;
	((Fixture *)user)->n_enrols++;
}

static void on_revoked(gpointer user)
{
	((Fixture *)user)->n_revoked++;
}

static void on_resync(gpointer user)
{
	((Fixture *)user)->n_resyncs++;
}

static void on_carried_out(gpointer user)
{
	((Fixture *)user)->n_carried_out++;
}

static void make_server_key(psa_key_id_t *id, PublicKey *public)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	size_t size;

	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	g_assert_cmpint(psa_generate_key(&attributes, id), ==, PSA_SUCCESS);
	g_assert_cmpint(psa_export_public_key(*id, public->bytes, sizeof public->bytes, &size), ==,
					PSA_SUCCESS);
}

static bool sign_as_server(void *key, Slice message, uint8_t signature[64])
{
	size_t size;

	return psa_sign_message(*(psa_key_id_t *)key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), message.data,
							message.size, signature, 64, &size) == PSA_SUCCESS;
}

static void open_state(Fixture *f)
{
	g_autofree char *local = g_build_filename(f->folder, "local.db", NULL);
	JournalConfig journal = {.folder = f->folder,
							 .head = f->head,
							 .terminal = f->terminal,
							 .reserve = 8 << 20,
							 .version = "1"};
	ClockReading now;
	GError *error = NULL;

	timekeeper_read(f->timekeeper, &now);
	f->journal = journal_open(&journal, &now, &error);
	g_assert_no_error(error);
	f->db = localdb_open(local, 1000, &error);
	g_assert_no_error(error);
	f->roster = roster_open(f->db, f->keys, &f->terminal, &error);
	g_assert_no_error(error);
	f->publisher =
		publisher_new(&(PublisherConfig){f->terminal, f->journal, f->keys, f->db, take, f});
	f->control = control_new(&(ControlConfig){.terminal = f->terminal,
											  .bundle = &f->bundle,
											  .db = f->db,
											  .journal = f->journal,
											  .roster = f->roster,
											  .timekeeper = f->timekeeper,
											  .handlers = {.receipt = on_receipt,
														   .roster = on_roster,
														   .enrol = on_enrol,
														   .revoked = on_revoked,
														   .resync = on_resync,
														   .carried_out = on_carried_out},
											  .user = f},
							 &error);
	g_assert_no_error(error);
}

static void close_state(Fixture *f)
{
	g_clear_pointer(&f->control, control_free);
	g_clear_pointer(&f->publisher, publisher_free);
	g_clear_pointer(&f->roster, roster_free);
	g_clear_pointer(&f->db, localdb_close);
	g_clear_pointer(&f->journal, journal_free);
}

static void setup(Fixture *f, gconstpointer data)
{
	g_autofree char *keys = NULL;
	GError *error = NULL;

	(void)data;
	f->folder = scratch_new();
	f->head = g_build_filename(f->folder, "head", NULL);
	f->terminal = (TerminalId){"bkd-1"};
	keys = g_build_filename(f->folder, "keys", NULL);
	f->keys = keystore_open(keys, &error);
	g_assert_no_error(error);
	f->clock = clock_sim.open(&(ClockOptions){1735689600000}, NULL);
	f->timekeeper = timekeeper_new(&clock_sim, f->clock, 0);
	make_server_key(&f->server_key, &f->bundle.server_signing);
	f->bundle.server_sealing = f->bundle.server_signing;
	memset(f->epoch.bytes, 7, sizeof f->epoch.bytes);
	g_queue_init(&f->sent);
	open_state(f);
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	close_state(f);
	g_queue_clear_full(&f->sent, sent_free);
	psa_destroy_key(f->server_key);
	g_clear_pointer(&f->timekeeper, timekeeper_free);
	clock_sim.free(f->clock);
	g_clear_pointer(&f->keys, keystore_free);
	g_assert_cmpint(g_chdir("/"), ==, 0);
	scratch_free(f->folder);
	g_free(f->head);
}

static void iterate(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static EventRef punch(Fixture *f, PersonId person)
{
	EventBody body = {.punch = {.person = person, .reference = 1, .quality = 50}};
	ClockReading now;
	EventRef ref;
	GError *error = NULL;

	timekeeper_read(f->timekeeper, &now);
	journal_append(f->journal, EVENT_PUNCH, &body, (Slice){0}, &now, &ref, &error);
	g_assert_no_error(error);
	return ref;
}

/* ── the server's side ── */

static EnvelopeHead server_head(Fixture *f, MessageType type)
{
	EnvelopeHead head = {.type = type,
						 .terminal = f->terminal,
						 .has_epoch = true,
						 .epoch = f->epoch,
						 .number = ++f->number};
	PublicKey public;
	size_t size;

	psa_export_public_key(f->server_key, public.bytes, sizeof public.bytes, &size);
	key_id_of(&public, crypto_sha256, &head.key);
	return head;
}

static GBytes *sign(Fixture *f, const EnvelopeHead *head, WireBuffer *payload)
{
	WireBuffer message = {0};
	GBytes *bytes;

	g_assert_true(
		envelope_sign(&message, head, wire_buffer_slice(payload), sign_as_server, &f->server_key));
	bytes = g_bytes_new(message.data, message.size);
	wire_buffer_clear(&message);
	wire_buffer_clear(payload);
	return bytes;
}

static void deliver_on(Fixture *f, TopicKind kind, const TerminalId *terminal, GBytes *message)
{
	char topic[TOPIC_MAX];

	topic_format(topic, kind, terminal, crypto_sha256);
	control_accept(f->control, topic,
				   (Slice){g_bytes_get_data(message, NULL), g_bytes_get_size(message)});
}

static void deliver(Fixture *f, TopicKind kind, GBytes *message)
{
	deliver_on(f, kind, &f->terminal, message);
}

static GBytes *make_receipt(Fixture *f, const RandomId *journal, uint64_t seq, const Hash *hash)
{
	EnvelopeHead head = server_head(f, MESSAGE_RECEIPT);
	Receipt receipt = {*journal, seq, *hash};
	WireBuffer payload = {0};

	receipt_encode(&payload, &receipt);
	return sign(f, &head, &payload);
}

static void receipt(Fixture *f, const RandomId *journal, uint64_t seq, const Hash *hash)
{
	g_autoptr(GBytes) message = make_receipt(f, journal, seq, hash);

	deliver(f, TOPIC_DOWN_RECEIPT, message);
}

static void receipt_nothing(Fixture *f)
{
	EventRef ref;
	Hash genesis;

	journal_head(f->journal, &ref);
	event_genesis(&f->terminal, &ref.journal, crypto_sha256, &genesis);
	receipt(f, &ref.journal, 0, &genesis);
}

static GBytes *make_command(Fixture *f, const Command *command)
{
	EnvelopeHead head = server_head(f, MESSAGE_COMMAND);
	WireBuffer payload = {0};

	command_encode(&payload, command);
	return sign(f, &head, &payload);
}

static void command(Fixture *f, const Command *order)
{
	g_autoptr(GBytes) message = make_command(f, order);

	deliver(f, TOPIC_DOWN_COMMAND, message);
}

/* The next batch that was sent, checked to its signature and its chain. */
static gboolean next_batch(Fixture *f, RandomId *journal, uint64_t *first, uint64_t *last,
						   Hash *head)
{
	Sent *sent = g_queue_pop_head(&f->sent);
	EventBatch *batch = g_new0(EventBatch, 1);
	Envelope envelope;
	size_t bad;

	if (sent == NULL) {
		g_free(batch);
		return FALSE;
	}
	g_assert_cmpint(sent->kind, ==, TOPIC_UP_EVENTS);
	g_assert_cmpint(envelope_decode((Slice){g_bytes_get_data(sent->message, NULL),
											g_bytes_get_size(sent->message)},
									&envelope),
					==, WIRE_OK);
	g_assert_cmpint(envelope_verify(&envelope, crypto_verify, keystore_signing(f->keys)), ==,
					WIRE_OK);
	g_assert_true(terminal_id_equal(&envelope.head.terminal, &f->terminal));
	g_assert_cmpint(event_batch_decode(&envelope, batch), ==, WIRE_OK);
	g_assert_cmpint(event_batch_check(batch, crypto_sha256, &bad), ==, WIRE_OK);
	*journal = batch->journal;
	*first = batch->first;
	*last = batch->last;
	*head = batch->head;
	sent_free(sent);
	g_free(batch);
	return TRUE;
}

/* ── publishing ── */

static void nothing_is_sent_before_the_server_answers(Fixture *f, gconstpointer data)
{
	(void)data;
	punch(f, 1);
	iterate();
	g_assert_true(g_queue_is_empty(&f->sent));
	publisher_set_connected(f->publisher, TRUE);
	iterate();
	g_assert_true(g_queue_is_empty(&f->sent));
	receipt_nothing(f);
	iterate();
	g_assert_cmpuint(f->sent.length, ==, 1);
}

/* Journals `n` events as of a past that advances by `step_ms` each. */
static EventRef journal_past(Fixture *f, guint n, gint64 step_ms)
{
	GError *error = NULL;
	EventRef ref;

	journal_begin(f->journal, &error);
	for (guint i = 0; i < n; i++) {
		clock_sim_advance(f->clock, step_ms);
		ref = punch(f, (int)i % 900 + 1);
	}
	journal_commit(f->journal, &error);
	g_assert_no_error(error);
	return ref;
}

/* The server receipts each batch as it comes, until the journal's last event. */
static void replay_to(Fixture *f, const EventRef *end)
{
	uint64_t first, last, next = 1;
	RandomId journal;
	Hash head;

	publisher_set_connected(f->publisher, TRUE);
	receipt_nothing(f);
	while (next <= end->seq) {
		guint n = 0;

		iterate();
		g_assert_cmpuint(f->sent.length, <=, PUBLISH_WINDOW);
		while (next_batch(f, &journal, &first, &last, &head)) {
			g_assert_cmpuint(first, ==, next);
			g_assert_cmpuint(last - first + 1, <=, EVENT_BATCH_MAX);
			next = last + 1;
			n++;
		}
		g_assert_cmpuint(n, >, 0);
		receipt(f, &journal, last, &head);
	}
	iterate();
	g_assert_true(hash_equal(&head, &end->head));
	g_assert_cmpuint(journal_backlog(f->journal), ==, 0);
	g_assert_true(g_queue_is_empty(&f->sent));
}

static void thousands_go_in_full_batches_in_order(Fixture *f, gconstpointer data)
{
	EventRef end = journal_past(f, 3000, 1000);

	(void)data;
	replay_to(f, &end);
}

static void a_month_without_a_network_is_caught_up(Fixture *f, gconstpointer data)
{
	EventRef end = journal_past(f, 100000, 26 * 1000); /* 30 days */
	gint64 began = g_get_monotonic_time();

	(void)data;
	g_assert_cmpuint(journal_backlog(f->journal), ==, 100001);
	replay_to(f, &end);
	g_test_message("100,001 events signed, checked and receipted in %.1f s",
				   (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC);
}

static void a_gap_is_sent_again_after_a_pause(Fixture *f, gconstpointer data)
{
	RandomId journal;
	uint64_t first, last;
	Hash head;
	gint64 began;

	(void)data;
	publisher_set_connected(f->publisher, TRUE);
	receipt_nothing(f);
	iterate();
	g_assert_true(next_batch(f, &journal, &first, &last, &head)); /* lost on the way */
	began = g_get_monotonic_time();
	while (g_queue_is_empty(&f->sent))
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpint(g_get_monotonic_time() - began, >=,
					PUBLISH_RETRY_MIN_MS * G_GINT64_CONSTANT(1000) - 10000);
	g_assert_true(next_batch(f, &journal, &first, &last, &head));
	g_assert_cmpuint(first, ==, 1);
}

static void a_restored_server_is_sent_what_it_lacks(Fixture *f, gconstpointer data)
{
	RandomId journal;
	uint64_t first, last;
	Hash head;
	EventRef a, b;

	(void)data;
	a = punch(f, 1);
	b = punch(f, 2);
	publisher_set_connected(f->publisher, TRUE);
	receipt(f, &b.journal, b.seq, &b.head);
	iterate();
	g_assert_true(g_queue_is_empty(&f->sent));
	memset(f->epoch.bytes, 8, sizeof f->epoch.bytes); /* restored: a new epoch, numbers anew */
	f->number = 0;
	receipt(f, &a.journal, a.seq, &a.head);
	g_assert_cmpint(f->outcome, ==, JOURNAL_RECEIPT_RESEND);
	g_assert_cmpuint(f->n_resyncs, ==, 2); /* the first epoch was new, too */
	iterate();
	g_assert_true(next_batch(f, &journal, &first, &last, &head));
	g_assert_cmpuint(first, ==, a.seq + 1);
	g_assert_cmpuint(last, ==, b.seq);
}

static void an_enrolment_is_sent_until_it_is_answered(Fixture *f, gconstpointer data)
{
	EnrolReport report = {.person = 123456,
						  .state = ENROL_DONE,
						  .finger = FINGER_RIGHT_INDEX,
						  .accepted = 3,
						  .wanted = 3,
						  .n_templates = 1,
						  .seq = 9};
	static const uint8_t sealed[200] = "a template sealed to the vault, found by its bytes";
	GError *error = NULL;
	guint n = 0;

	(void)data;
	report.templates[0].finger = FINGER_RIGHT_INDEX;
	report.templates[0].quality = 60;
	report.templates[0].sealed = (Slice){sealed, sizeof sealed};
	publisher_send_enrol(f->publisher, &report, &error); /* no network */
	g_assert_no_error(error);
	close_state(f);
	open_state(f); /* a restart */
	g_assert_cmpuint(scratch_count_bytes(f->folder, sealed, 40), ==, 1);
	publisher_set_connected(f->publisher, TRUE);
	receipt_nothing(f);
	iterate();
	for (GList *at = f->sent.head; at != NULL; at = at->next)
		n += ((Sent *)at->data)->kind == TOPIC_UP_ENROL;
	g_assert_cmpuint(n, ==, 1);
	publisher_enrol_answered(f->publisher, &report.enrolment);
	g_assert_cmpuint(scratch_count_bytes(f->folder, sealed, 40), ==, 0);
}

/* ── what must not be believed ── */

static void expect_refused(Fixture *f, TopicKind kind, const TerminalId *terminal, GBytes *message)
{
	guint64 n = control_n_refused(f->control);
	guint n_receipts = f->n_receipts;

	deliver_on(f, kind, terminal, message);
	g_assert_cmpuint(control_n_refused(f->control), ==, n + 1);
	g_assert_cmpuint(f->n_receipts, ==, n_receipts);
}

static void a_replay_is_refused_also_after_a_restart(Fixture *f, gconstpointer data)
{
	EventRef a = punch(f, 1);
	g_autoptr(GBytes) message = make_receipt(f, &a.journal, a.seq, &a.head);

	(void)data;
	deliver(f, TOPIC_DOWN_RECEIPT, message);
	g_assert_cmpuint(f->n_receipts, ==, 1);
	expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, message);
	close_state(f);
	open_state(f);
	expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, message);
}

static void a_past_epoch_does_not_come_back(Fixture *f, gconstpointer data)
{
	EventRef a = punch(f, 1);
	RandomId old = f->epoch;
	g_autoptr(GBytes) message = NULL;

	(void)data;
	receipt(f, &a.journal, a.seq, &a.head);
	memset(f->epoch.bytes, 8, sizeof f->epoch.bytes);
	receipt(f, &a.journal, a.seq, &a.head);
	g_assert_cmpuint(f->n_receipts, ==, 2);
	f->epoch = old;
	message = make_receipt(f, &a.journal, a.seq, &a.head);
	expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, message);
	close_state(f);
	open_state(f);
	expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, message);
}

static void misdirected_and_forged_messages_are_refused(Fixture *f, gconstpointer data)
{
	EventRef a = punch(f, 1);
	g_autoptr(GBytes) good = make_receipt(f, &a.journal, a.seq, &a.head);
	TerminalId other = {"bkd-2"};
	psa_key_id_t forger, server = f->server_key;
	PublicKey public;
	gsize size;

	(void)data;
	expect_refused(f, TOPIC_DOWN_ROSTER, &f->terminal, good); /* another topic */
	expect_refused(f, TOPIC_DOWN_RECEIPT, &other, good);      /* another terminal's topic */
	expect_refused(f, TOPIC_UP_EVENTS, &f->terminal, good);   /* an upward topic */
	f->terminal = other; /* signed for another terminal, sent on our topic */
	{
		g_autoptr(GBytes) wrong = make_receipt(f, &a.journal, a.seq, &a.head);

		f->terminal = (TerminalId){"bkd-1"};
		expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, wrong);
	}
	make_server_key(&forger, &public);
	f->server_key = forger; /* names its own key */
	{
		g_autoptr(GBytes) wrong = make_receipt(f, &a.journal, a.seq, &a.head);

		f->server_key = server;
		expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, wrong);
	}
	psa_destroy_key(forger);
	for (gsize i = 0; i < g_bytes_get_size(good); i++) { /* each byte flipped */
		g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(good, &size), g_bytes_get_size(good));
		g_autoptr(GBytes) flipped = NULL;

		copy[i] ^= 0x04;
		flipped = g_bytes_new(copy, size);
		expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, flipped);
	}
	for (gsize i = 0; i < size; i++) { /* cut */
		g_autoptr(GBytes) cut = g_bytes_new_from_bytes(good, 0, i);

		expect_refused(f, TOPIC_DOWN_RECEIPT, &f->terminal, cut);
	}
	g_assert_cmpuint(journal_receipted(f->journal), ==, 0);
	deliver(f, TOPIC_DOWN_RECEIPT, good);
	g_assert_cmpuint(journal_receipted(f->journal), ==, a.seq);
}

static void a_command_is_carried_out_once(Fixture *f, gconstpointer data)
{
	Command order = {.id = 5, .kind = COMMAND_ENROL};

	(void)data;
	order.enrol.person = 123456;
	order.enrol.name = (Slice){(const uint8_t *)"SITI", 4};
	order.enrol.ordered_by = (Slice){(const uint8_t *)"bkd", 3};
	order.enrol.expires_ms = 1735689700000;
	order.enrol.n_fingers = 1;
	order.enrol.fingers[0] = FINGER_RIGHT_INDEX;
	command(f, &order);
	command(f, &order);
	g_assert_cmpuint(f->n_enrols, ==, 1);
	g_assert_cmpuint(control_last_command(f->control), ==, 5);
	close_state(f);
	open_state(f);
	command(f, &order);
	g_assert_cmpuint(f->n_enrols, ==, 1);
	order.id = 6;
	command(f, &order);
	g_assert_cmpuint(f->n_enrols, ==, 2);
	g_assert_cmpuint(f->n_carried_out, ==, 4); /* a repeated one is confirmed again */
}

static void the_server_changes_its_keys_by_the_old_one(Fixture *f, gconstpointer data)
{
	psa_key_id_t next, old = f->server_key;
	Command order = {.id = 1, .kind = COMMAND_KEYS};
	EventRef a = punch(f, 1);

	(void)data;
	make_server_key(&next, &order.keys.signing);
	make_server_key(&f->server_key, &order.keys.sealing);
	psa_destroy_key(f->server_key);
	f->server_key = old;
	command(f, &order);
	g_assert_cmpmem(control_server_sealing(f->control)->bytes, 65, order.keys.sealing.bytes, 65);
	receipt(f, &a.journal, a.seq, &a.head); /* by the old key */
	g_assert_cmpuint(f->n_receipts, ==, 0);
	close_state(f);
	open_state(f);
	f->server_key = next;
	receipt(f, &a.journal, a.seq, &a.head);
	g_assert_cmpuint(f->n_receipts, ==, 1);
	psa_destroy_key(old);
}

static void revocation_stays(Fixture *f, gconstpointer data)
{
	Command order = {.id = 1, .kind = COMMAND_REVOKED};

	(void)data;
	command(f, &order);
	command(f, &order);
	g_assert_cmpuint(f->n_revoked, ==, 1);
	g_assert_cmpuint(f->n_carried_out, ==, 1); /* else the two would talk for ever */
	close_state(f);
	open_state(f);
	g_assert_true(control_is_revoked(f->control));
}

static void a_resync_asks_anew(Fixture *f, gconstpointer data)
{
	Command order = {.id = 4, .kind = COMMAND_RESYNC};

	(void)data;
	command(f, &order);
	g_assert_cmpuint(f->n_resyncs, ==, 2);
	g_assert_cmpuint(control_last_command(f->control), ==, 4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define CASE(name) g_test_add("/firmware/exchange/" #name, Fixture, NULL, setup, name, teardown)
	CASE(nothing_is_sent_before_the_server_answers);
	CASE(thousands_go_in_full_batches_in_order);
	CASE(a_month_without_a_network_is_caught_up);
	CASE(a_gap_is_sent_again_after_a_pause);
	CASE(a_restored_server_is_sent_what_it_lacks);
	CASE(an_enrolment_is_sent_until_it_is_answered);
	CASE(a_replay_is_refused_also_after_a_restart);
	CASE(a_past_epoch_does_not_come_back);
	CASE(misdirected_and_forged_messages_are_refused);
	CASE(a_command_is_carried_out_once);
	CASE(the_server_changes_its_keys_by_the_old_one);
	CASE(revocation_stays);
	CASE(a_resync_asks_anew);
	return g_test_run();
}
