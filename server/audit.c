#include "server/audit.h"

#include <stdarg.h>

#include "server/crypto_openssl.h"
#include "server/store/terminals/events.h"
#include "server/store/terminals/terminals.h"
#include "server/wire.h"

#define STATEMENTS_AT_ONCE 64

typedef struct {
	Sql *sql;
	const JournalRow *journal;
	JournalProof *proof;
	gint64 proven;     /* events 1 … proven are signed for and follow one another */
	Hash head;         /* of event `proven` */
	GHashTable *heads; /* seq → Hash, of the events since the oldest statement that may overlap */
} Audit;

void journal_proof_clear(JournalProof *proof)
{
	g_clear_pointer(&proof->problem, g_free);
}

/* The first problem stays. Gives TRUE: the reading itself went well. */
static gboolean bad(Audit *audit, gint64 seq, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean bad(Audit *audit, gint64 seq, const char *format, ...)
{
	if (audit->proof->problem != NULL)
		return TRUE;
	va_list arguments;
	va_start(arguments, format);
	audit->proof->bad_seq = seq;
	audit->proof->problem = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return TRUE;
}

/* ── the chain of events ── */

static void follow_event(Audit *audit, const EventRow *row)
{
	Event event;
	Hash head;
	WireResult result = event_decode(slice_of_bytes(row->bytes), &event);
	if (result == WIRE_OK)
		result =
			event_check(&event, (uint64_t)audit->proven + 1, &audit->head, crypto_sha256, &head);
	if (result != WIRE_OK) {
		bad(audit, row->seq, "event %" G_GINT64_FORMAT ": %s", row->seq, wire_result_text(result));
		return;
	}
	audit->proven++;
	audit->head = head;
	audit->proof->n_events++;
	g_hash_table_insert(audit->heads, g_memdup2(&row->seq, sizeof row->seq),
						g_memdup2(&head, sizeof head));
}

/* Follows the events up to `last`. */
static gboolean follow_to(Audit *audit, gint64 last, GError **error)
{
	while (audit->proven < last && audit->proof->problem == NULL) {
		g_autoptr(GArray) events = NULL;
		if (!events_page(audit->sql, audit->journal->id, audit->proven,
						 (gsize)MIN(last - audit->proven, EVENT_BATCH_MAX), &events, error))
			return FALSE;
		if (events->len == 0)
			return bad(audit, audit->proven + 1, "event %" G_GINT64_FORMAT " is missing",
					   audit->proven + 1);
		for (guint i = 0; i < events->len && audit->proof->problem == NULL; i++)
			follow_event(audit, &g_array_index(events, EventRow, i));
	}
	return TRUE;
}

/* ── the statements ── */

static const Hash *head_of(const Audit *audit, gint64 seq)
{
	return g_hash_table_lookup(audit->heads, &seq);
}

/* What the terminal signed, read without its events. */
static gboolean read_statement(Audit *audit, const BatchRow *row, EventBatch *batch, GError **error)
{
	Envelope envelope;
	PublicKey key;
	GError *local = NULL;
	Slice bytes = slice_of_bytes(row->envelope);
	if (envelope_decode(bytes, &envelope) != WIRE_OK)
		return bad(audit, row->first,
				   "the statement over events %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
				   " is malformed",
				   row->first, row->last);
	if (!terminals_key(audit->sql, &audit->journal->terminal, &envelope.head.key, &key, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL && bad(audit, row->first,
									"the statement over events %" G_GINT64_FORMAT
									" to %" G_GINT64_FORMAT " is signed by no key of the terminal",
									row->first, row->last);
	}
	if (!terminal_id_equal(&envelope.head.terminal, &audit->journal->terminal) ||
		envelope_verify(&envelope, crypto_verify, &key) != WIRE_OK)
		return bad(audit, row->first,
				   "the signature over events %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
				   " does not verify",
				   row->first, row->last);
	if (event_statement_decode(&envelope, batch) != WIRE_OK)
		return bad(audit, row->first,
				   "the statement over events %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
				   " says something else",
				   row->first, row->last);
	return TRUE;
}

static gboolean check_statement(Audit *audit, const BatchRow *row, gint64 covered, GError **error)
{
	EventBatch batch = {0};
	if (row->first > covered + 1)
		return bad(audit, covered + 1, "nobody signed for event %" G_GINT64_FORMAT, covered + 1);
	if (!follow_to(audit, row->last, error))
		return FALSE;
	if (audit->proof->problem != NULL)
		return TRUE;
	if (!read_statement(audit, row, &batch, error))
		return FALSE;
	if (audit->proof->problem != NULL)
		return TRUE;
	const Hash *previous = head_of(audit, row->first - 1), *head = head_of(audit, row->last);
	if ((gint64)batch.first != row->first || (gint64)batch.last != row->last ||
		!random_id_equal(&batch.journal, &audit->journal->journal) || previous == NULL ||
		head == NULL || !hash_equal(&batch.previous, previous) || !hash_equal(&batch.head, head))
		return bad(audit, row->first,
				   "events %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
				   " are not those that were signed",
				   row->first, row->last);
	audit->proof->n_statements++;
	return TRUE;
}

static gboolean is_behind(gpointer seq, gpointer head, gpointer user)
{
	const gint64 *oldest = user;
	(void)head;
	return *(const gint64 *)seq < *oldest;
}

/* A statement is over at most EVENT_BATCH_MAX events and ends beyond `covered`. */
static void forget_heads(Audit *audit, gint64 covered)
{
	gint64 oldest = covered - EVENT_BATCH_MAX;
	if (g_hash_table_size(audit->heads) > 16 * EVENT_BATCH_MAX)
		g_hash_table_foreach_remove(audit->heads, is_behind, &oldest);
}

static gboolean check_statements(Audit *audit, GError **error)
{
	gint64 covered = 0;
	gsize n;
	do {
		g_autoptr(GArray) batches = NULL;
		if (!events_batches(audit->sql, audit->journal->id, covered, STATEMENTS_AT_ONCE, &batches,
							error))
			return FALSE;
		n = batches->len;
		for (guint i = 0; i < n && audit->proof->problem == NULL; i++) {
			const BatchRow *row = &g_array_index(batches, BatchRow, i);
			if (!check_statement(audit, row, covered, error))
				return FALSE;
			covered = MAX(covered, row->last);
			forget_heads(audit, covered);
		}
	} while (n == STATEMENTS_AT_ONCE && audit->proof->problem == NULL);
	if (audit->proof->problem == NULL && covered != audit->journal->seq)
		bad(audit, covered + 1, "nobody signed for event %" G_GINT64_FORMAT, covered + 1);
	return TRUE;
}

static gboolean count_conflicts(Audit *audit, GError **error)
{
	return sql_get_int(audit->sql, &audit->proof->n_conflicts, 0, error,
					   "SELECT count(*) FROM conflict WHERE journal = $1", "i", audit->journal->id);
}

gboolean audit_journal(Sql *sql, const JournalRow *journal, JournalProof *proof, GError **error)
{
	*proof = (JournalProof){0};
	Audit audit = {.sql = sql, .journal = journal, .proof = proof};
	audit.heads = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	gint64 none = 0;
	event_genesis(&journal->terminal, &journal->journal, crypto_sha256, &audit.head);
	g_hash_table_insert(audit.heads, g_memdup2(&none, sizeof none),
						g_memdup2(&audit.head, sizeof audit.head));
	gboolean ok = check_statements(&audit, error) && count_conflicts(&audit, error);
	if (ok && proof->problem == NULL && !hash_equal(&audit.head, &journal->head))
		bad(&audit, journal->seq, "the journal's head is not that of its last event");
	g_hash_table_unref(audit.heads);
	return ok;
}
