#include "server/prove.h"

#include "server/crypto_openssl.h"
#include "server/store/terminals/events.h"
#include "server/store/terminals/terminals.h"
#include "server/wire.h"

/* The statement over the event, its signature checked. FALSE: `evidence->state` says why not. */
static gboolean read_statement(Sql *sql, const JournalRow *journal, const BatchRow *row,
							   Evidence *evidence, EventBatch *batch, GError **error)
{
	Envelope envelope;
	PublicKey key;
	evidence->state = EVIDENCE_BROKEN;
	if (envelope_decode(slice_of_bytes(row->envelope), &envelope) != WIRE_OK)
		return FALSE;
	evidence_hex(envelope.signature, 64, evidence->signature);
	evidence_hex(envelope.head.key.bytes, sizeof envelope.head.key.bytes, evidence->key);
	if (!terminals_key(sql, &journal->terminal, &envelope.head.key, &key, error) ||
		!terminal_id_equal(&envelope.head.terminal, &journal->terminal) ||
		envelope_verify(&envelope, crypto_verify, &key) != WIRE_OK ||
		event_statement_decode(&envelope, batch) != WIRE_OK ||
		!random_id_equal(&batch->journal, &journal->journal))
		return FALSE;
	evidence_hex(batch->head.bytes, sizeof batch->head.bytes, evidence->signed_head);
	return TRUE;
}

/* Follows the events of the statement; the event's own link into `evidence`. */
static gboolean follow(const GArray *events, const EventBatch *batch, Evidence *evidence)
{
	Hash head = batch->previous;
	guint64 seq = batch->first;
	for (guint i = 0; i < events->len && seq <= batch->last; i++, seq++) {
		Event event;
		Hash next;
		const EventRow *row = &g_array_index(events, EventRow, i);
		if (event_decode(slice_of_bytes(row->bytes), &event) != WIRE_OK ||
			event_check(&event, seq, &head, crypto_sha256, &next) != WIRE_OK)
			return FALSE;
		head = next;
		if ((gint64)seq == evidence->seq)
			evidence_hex(head.bytes, sizeof head.bytes, evidence->head);
	}
	return seq == batch->last + 1 && hash_equal(&head, &batch->head);
}

/* The oldest statement that ends at or after the event. */
static gboolean prove(Sql *sql, const JournalRow *journal, Evidence *evidence, GError **error)
{
	g_autoptr(GArray) batches = NULL;
	g_autoptr(GArray) events = NULL;
	EventBatch batch;
	if (!events_batches(sql, journal->id, evidence->seq - 1, 1, &batches, error))
		return FALSE;
	const BatchRow *row = batches->len == 0 ? NULL : &g_array_index(batches, BatchRow, 0);
	if (row == NULL || row->first > evidence->seq || row->last - row->first >= EVENT_BATCH_MAX)
		return TRUE;
	evidence->first = row->first;
	evidence->last = row->last;
	GError *local = NULL;
	if (!read_statement(sql, journal, row, evidence, &batch, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	if (!events_page(sql, journal->id, row->first - 1, (gsize)(row->last - row->first + 1), &events,
					 error))
		return FALSE;
	if (follow(events, &batch, evidence))
		evidence->state = EVIDENCE_HOLDS;
	return TRUE;
}

gboolean prove_event(Sql *sql, const JournalRow *journal, gint64 seq, Evidence *evidence,
					 GError **error)
{
	GError *local = NULL;
	*evidence = (Evidence){.state = EVIDENCE_MISSING, .seq = seq};
	if (!evidence_times(sql, journal->id, seq, &evidence->wall_ms, &evidence->received_ms,
						&local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	evidence->state = EVIDENCE_UNSIGNED;
	return prove(sql, journal, evidence, error) &&
		   evidence_certificate(sql, journal->terminal.text, evidence->received_ms,
								evidence->certificate, error);
}
