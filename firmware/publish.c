#include "firmware/publish.h"

/* How often an enrolment's result is sent until the server has answered it. */
#define ENROL_RETRY_MS (30 * 1000)

/*
 * Batches of one journal are under way, in order; `next` is the seq that follows them.
 *
 *   receipted          next
 *   ────┼── [ … ] [ … ] ┼──────────── last
 *       └─ in flight ───┘
 */
struct Publisher {
	PublisherConfig parts;
	gboolean connected, resumed;
	RandomId journal; /* of what is in flight */
	uint64_t next;
	GQueue in_flight; /* of uint64_t *: the last seq of each batch */
	guint retry_ms;
	guint pump_source, retry_source, enrol_source;
};

/* ── one message ── */

/* Signs `payload` and hands it over. */
static gboolean sign_message(Publisher *publisher, MessageType type, EnvelopeHead *head,
							 GError **error)
{
	*head = (EnvelopeHead){
		.type = type,
		.key = *keystore_signing_id(publisher->parts.keys),
		.terminal = publisher->parts.terminal,
	};
	return localdb_next_number(publisher->parts.db, &head->number, error);
}

static gboolean build(Publisher *publisher, MessageType type, const WireBuffer *payload,
					  WireBuffer *message, GError **error)
{
	EnvelopeHead head;

	if (!sign_message(publisher, type, &head, error))
		return FALSE;
	if (!payload->failed && envelope_sign(message, &head, wire_buffer_slice(payload), keystore_sign,
										  publisher->parts.keys))
		return TRUE;
	g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_FAILED, "sign a message of type %d", type);
	return FALSE;
}

/* Takes the payload. */
static gboolean send_payload(Publisher *publisher, TopicKind kind, MessageType type,
							 WireBuffer *payload, GError **error)
{
	WireBuffer message = {0};
	gboolean done = build(publisher, type, payload, &message, error);

	if (done && publisher->connected)
		publisher->parts.send(kind, wire_buffer_slice(&message), publisher->parts.user);
	wire_buffer_clear(&message);
	wire_buffer_clear(payload);
	return done;
}

gboolean publisher_send_health(Publisher *publisher, const Health *health, GError **error)
{
	WireBuffer payload = {0};

	health_encode(&payload, health);
	return send_payload(publisher, TOPIC_UP_HEALTH, MESSAGE_HEALTH, &payload, error);
}

GBytes *publisher_will(Publisher *publisher, const Health *health, GError **error)
{
	WireBuffer payload = {0}, message = {0};
	GBytes *will = NULL;

	health_encode(&payload, health);
	if (build(publisher, MESSAGE_HEALTH, &payload, &message, error))
		will = g_bytes_new(message.data, message.size);
	wire_buffer_clear(&payload);
	wire_buffer_clear(&message);
	return will;
}

gboolean publisher_send_want(Publisher *publisher, const Want *want, GError **error)
{
	WireBuffer payload = {0};

	want_encode(&payload, want);
	return send_payload(publisher, TOPIC_UP_WANT, MESSAGE_WANT, &payload, error);
}

gboolean publisher_send_join(Publisher *publisher, const Join *join, GError **error)
{
	WireBuffer payload = {0};

	join_encode(&payload, join);
	return send_payload(publisher, TOPIC_UP_WANT, MESSAGE_JOIN, &payload, error);
}

/* ── enrolment reports ── */

static Slice id_slice(const RandomId *id)
{
	return (Slice){id->bytes, sizeof id->bytes};
}

gboolean publisher_send_enrol(Publisher *publisher, const EnrolReport *report, GError **error)
{
	WireBuffer payload = {0};

	enrol_report_encode(&payload, report);
	if (report->state == ENROL_DONE && !payload.failed &&
		!database_run(localdb_database(publisher->parts.db), error,
					  "INSERT INTO enrolment (id, report) VALUES ($1, $2)"
					  " ON CONFLICT (id) DO UPDATE SET report = excluded.report",
					  "ss", id_slice(&report->enrolment), wire_buffer_slice(&payload))) {
		wire_buffer_clear(&payload);
		return FALSE;
	}
	return send_payload(publisher, TOPIC_UP_ENROL, MESSAGE_ENROL, &payload, error);
}

void publisher_enrol_answered(Publisher *publisher, const RandomId *enrolment)
{
	g_autoptr(GError) error = NULL;
	Database *db = localdb_database(publisher->parts.db);

	if (!database_run(db, &error, "DELETE FROM enrolment WHERE id = $1", "s",
					  id_slice(enrolment)) ||
		(database_changes(db) > 0 && !localdb_scrub(publisher->parts.db, &error)))
		g_warning("publish: forget the templates of an enrolment: %s", error->message);
}

static void send_report(Publisher *publisher, Slice report)
{
	g_autoptr(GError) error = NULL;
	WireBuffer payload = {0};

	wire_put_raw(&payload, report);
	if (!send_payload(publisher, TOPIC_UP_ENROL, MESSAGE_ENROL, &payload, &error))
		g_warning("publish: %s", error->message);
}

static gboolean resend_enrolments(gpointer user)
{
	Publisher *publisher = user;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) reports = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(DatabaseRows) rows = NULL;

	if (!publisher->resumed)
		return G_SOURCE_CONTINUE;
	rows = database_query(localdb_database(publisher->parts.db), &error,
						  "SELECT report FROM enrolment ORDER BY id", "");
	while (rows != NULL && database_next(rows, &error) == DATABASE_ROW) {
		Slice report = database_bytes(rows, 0);

		g_ptr_array_add(reports, g_bytes_new(report.data, report.size));
	}
	g_clear_pointer(&rows, database_rows_free);
	if (error != NULL)
		g_warning("publish: read enrolments: %s", error->message);
	for (guint i = 0; i < reports->len; i++) {
		gsize size;
		const uint8_t *data = g_bytes_get_data(g_ptr_array_index(reports, i), &size);

		send_report(publisher, (Slice){data, size});
	}
	return G_SOURCE_CONTINUE;
}

/* ── events ── */

static gboolean send_batch(Publisher *publisher, const JournalBatch *batch, GError **error)
{
	g_autofree EventBatch *out = g_new0(EventBatch, 1);
	WireBuffer message = {0};
	EnvelopeHead head;
	gboolean sent = FALSE;

	out->journal = batch->journal;
	out->first = batch->first;
	out->last = batch->last;
	out->previous = batch->previous;
	out->head = batch->head;
	out->n_events = batch->events->len;
	for (guint i = 0; i < batch->events->len; i++) {
		GBytes *event = g_ptr_array_index(batch->events, i);

		out->events[i] = (Slice){g_bytes_get_data(event, NULL), g_bytes_get_size(event)};
	}
	if (sign_message(publisher, MESSAGE_EVENTS, &head, error)) {
		if (event_batch_encode(&message, &head, out, keystore_sign, publisher->parts.keys))
			sent = publisher->parts.send(TOPIC_UP_EVENTS, wire_buffer_slice(&message),
										 publisher->parts.user);
		else
			g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_FAILED, "sign a batch");
	}
	wire_buffer_clear(&message);
	return sent;
}

/* What is next to be sent, once nothing of another journal is under way. */
static gboolean find_next(Publisher *publisher)
{
	uint64_t receipted, last;
	RandomId journal;

	if (!journal_oldest_pending(publisher->parts.journal, &journal, &receipted, &last))
		return FALSE;
	if (g_queue_is_empty(&publisher->in_flight)) {
		publisher->journal = journal;
		publisher->next = receipted + 1;
	}
	return random_id_equal(&journal, &publisher->journal) && publisher->next <= last;
}

static gboolean send_next(Publisher *publisher, GError **error)
{
	JournalBatch batch;
	gboolean sent;

	if (!journal_read_batch(publisher->parts.journal, &publisher->journal, publisher->next,
							EVENT_BATCH_MAX, PUBLISH_BATCH_SIZE, &batch, error))
		return FALSE;
	sent = batch.events->len > 0 && send_batch(publisher, &batch, error);
	if (sent) {
		g_queue_push_tail(&publisher->in_flight, g_memdup2(&batch.last, sizeof batch.last));
		publisher->next = batch.last + 1;
	}
	journal_batch_clear(&batch);
	return sent;
}

static gboolean retry(gpointer user);

static void arm_retry(Publisher *publisher)
{
	guint pause = publisher->retry_ms;

	if (publisher->retry_source == 0 && !g_queue_is_empty(&publisher->in_flight))
		publisher->retry_source = g_timeout_add(
			pause + (guint)g_random_int_range(0, (gint32)(pause / 2) + 1), retry, publisher);
}

static gboolean pump(gpointer user)
{
	Publisher *publisher = user;
	g_autoptr(GError) error = NULL;

	publisher->pump_source = 0;
	while (publisher->resumed && publisher->in_flight.length < PUBLISH_WINDOW &&
		   find_next(publisher) && send_next(publisher, &error))
		;
	if (error != NULL)
		g_warning("publish: %s", error->message);
	arm_retry(publisher);
	return G_SOURCE_REMOVE;
}

/* Not at once: an append must not wait for a signature. */
static void wake(gpointer user)
{
	Publisher *publisher = user;

	if (publisher->resumed && publisher->pump_source == 0)
		publisher->pump_source = g_idle_add(pump, publisher);
}

static void forget_flight(Publisher *publisher)
{
	g_clear_handle_id(&publisher->retry_source, g_source_remove);
	g_queue_clear_full(&publisher->in_flight, g_free);
}

static gboolean retry(gpointer user)
{
	Publisher *publisher = user;

	publisher->retry_source = 0;
	publisher->retry_ms = MIN(2 * publisher->retry_ms, PUBLISH_RETRY_MAX_MS);
	forget_flight(publisher);
	wake(publisher);
	return G_SOURCE_REMOVE;
}

static void land(Publisher *publisher, const Receipt *receipt)
{
	if (!random_id_equal(&receipt->journal, &publisher->journal))
		return;
	while (!g_queue_is_empty(&publisher->in_flight) &&
		   *(uint64_t *)g_queue_peek_head(&publisher->in_flight) <= receipt->seq)
		g_free(g_queue_pop_head(&publisher->in_flight));
	/* It moves: the pause begins anew, and short. */
	publisher->retry_ms = PUBLISH_RETRY_MIN_MS;
	g_clear_handle_id(&publisher->retry_source, g_source_remove);
	arm_retry(publisher);
}

void publisher_receipted(Publisher *publisher, const Receipt *receipt,
						 JournalReceiptOutcome outcome)
{
	if (!publisher->connected)
		return;
	switch (outcome) {
	case JOURNAL_RECEIPT_ADVANCED:
		land(publisher, receipt);
		break;
	case JOURNAL_RECEIPT_RESEND:
	case JOURNAL_RECEIPT_REPLACED:
		forget_flight(publisher);
		break;
	case JOURNAL_RECEIPT_SAME: /* the retry sends again what is in flight */
	case JOURNAL_RECEIPT_UNKNOWN:
		break;
	default:
		g_assert_not_reached();
	}
	if (!publisher->resumed) {
		publisher->resumed = TRUE;
		resend_enrolments(publisher);
	}
	wake(publisher);
}

void publisher_set_connected(Publisher *publisher, gboolean connected)
{
	publisher->connected = connected;
	publisher->resumed = FALSE;
	publisher->retry_ms = PUBLISH_RETRY_MIN_MS;
	forget_flight(publisher);
}

Publisher *publisher_new(const PublisherConfig *config)
{
	Publisher *publisher = g_new0(Publisher, 1);

	publisher->parts = *config;
	publisher->retry_ms = PUBLISH_RETRY_MIN_MS;
	g_queue_init(&publisher->in_flight);
	publisher->enrol_source = g_timeout_add(ENROL_RETRY_MS, resend_enrolments, publisher);
	journal_set_appended(config->journal, wake, publisher);
	return publisher;
}

void publisher_free(Publisher *publisher)
{
	if (publisher == NULL)
		return;
	journal_set_appended(publisher->parts.journal, NULL, NULL);
	forget_flight(publisher);
	g_clear_handle_id(&publisher->pump_source, g_source_remove);
	g_clear_handle_id(&publisher->enrol_source, g_source_remove);
	g_free(publisher);
}
