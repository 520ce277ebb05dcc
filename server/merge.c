#include "server/merge.h"

#include <string.h>

#include "server/crypto_openssl.h"
#include "server/merge_event.h"
#include "server/store/terminals/quarantine.h"
#include "server/wire.h"

void merge_result_clear(MergeResult *result)
{
	g_clear_pointer(&result->changes, g_array_unref);
}

static void hash_of(Slice bytes, Hash *out)
{
	crypto_sha256(&bytes, 1, out);
}

static void set_receipt(MergeResult *result, const JournalRow *journal)
{
	result->receipt = (Receipt){journal->journal, (uint64_t)journal->seq, journal->head};
}

/* Is what is stored under this sequence the same event?  The header's bytes decide: they name the
 * content's digest and all events before, and survive a destroyed payload. */
static gboolean same_event(Sql *sql, gint64 journal, const Event *event, gboolean *same,
						   GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) stored = events_get(sql, journal, (gint64)event->header.seq, &local);
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	Event old;
	*same = stored != NULL && event_decode(slice_of_bytes(stored), &old) == WIRE_OK &&
			old.header_bytes.size == event->header_bytes.size &&
			memcmp(old.header_bytes.data, event->header_bytes.data, old.header_bytes.size) == 0;
	return TRUE;
}

static gboolean keep_evidence(Sql *sql, const JournalRow *journal, gint64 seq, Slice bytes,
							  Slice envelope, gint64 now_ms, GError **error)
{
	Hash digest;
	gboolean fresh;
	hash_of(bytes, &digest);
	if (!events_add_conflict(sql, journal->id, seq, &digest, bytes, envelope, now_ms, &fresh,
							 error))
		return FALSE;
	if (!fresh)
		return TRUE;
	char id[RANDOM_ID_TEXT];
	random_id_format(&journal->journal, id);
	g_autofree char *detail =
		g_strdup_printf("journal %s: another content for event %" G_GINT64_FORMAT, id, seq);
	return alarms_raise(sql, "conflict", &journal->terminal, detail, now_ms, error);
}

/* Compares what overlaps.  `conflict` is set, and the evidence kept, at the first difference. */
static gboolean compare_overlap(Sql *sql, const JournalRow *journal, const EventBatch *batch,
								Slice envelope, gint64 now_ms, gboolean *conflict, GError **error)
{
	*conflict = FALSE;
	for (size_t i = 0; i < batch->n_events && (gint64)(batch->first + i) <= journal->seq; i++) {
		Event event;
		gboolean same;
		if (event_decode(batch->events[i], &event) != WIRE_OK)
			g_assert_not_reached(); /* verify_batch() decoded it */
		if (!same_event(sql, journal->id, &event, &same, error))
			return FALSE;
		if (same)
			continue;
		*conflict = TRUE;
		return keep_evidence(sql, journal, (gint64)(batch->first + i), batch->events[i], envelope,
							 now_ms, error);
	}
	return TRUE;
}

/* Where the batch stands to what is stored. */
static gboolean classify(Sql *sql, const JournalRow *journal, const EventBatch *batch,
						 Slice envelope, gint64 now_ms, MergeOutcome *outcome, GError **error)
{
	gint64 first = (gint64)batch->first, last = (gint64)batch->last;
	gboolean conflict = FALSE;
	*outcome = MERGE_GAP;
	if (first > journal->seq + 1)
		return TRUE;
	/* The head covers every event before it. */
	*outcome = MERGE_DUPLICATE;
	if (last == journal->seq && hash_equal(&batch->head, &journal->head))
		return TRUE;
	if (!compare_overlap(sql, journal, batch, envelope, now_ms, &conflict, error))
		return FALSE;
	if (!conflict && first == journal->seq + 1 && !hash_equal(&batch->previous, &journal->head)) {
		conflict = TRUE;
		if (!keep_evidence(sql, journal, first, batch->events[0], envelope, now_ms, error))
			return FALSE;
	}
	if (conflict)
		*outcome = MERGE_CONFLICT;
	else if (last > journal->seq)
		*outcome = MERGE_STORED;
	return TRUE;
}

static gboolean store_events(MergeState *state, const EventBatch *batch, GError **error)
{
	for (size_t i = 0; i < batch->n_events; i++) {
		Event event;
		if ((gint64)(batch->first + i) <= state->journal.seq)
			continue;
		if (event_decode(batch->events[i], &event) != WIRE_OK)
			g_assert_not_reached();
		if (!events_add(state->sql, state->journal.id, &event, batch->events[i], state->now_ms,
						error) ||
			!merge_event(state, &event, error))
			return FALSE;
		state->kind_before = event.header.kind;
		state->result->n_new++;
	}
	return TRUE;
}

static gboolean store(MergeState *state, const EventBatch *batch, Slice envelope, GError **error)
{
	gint64 from_seq = state->journal.seq;
	if (!store_events(state, batch, error) || !merge_events_end(state, error) ||
		!events_add_batch(state->sql, state->journal.id, (gint64)batch->first, (gint64)batch->last,
						  envelope, state->now_ms, error))
		return FALSE;
	state->journal.seq = (gint64)batch->last;
	state->journal.head = batch->head;
	return journals_advance(state->sql, &state->journal, from_seq, state->now_ms, error);
}

/* The journal's row, made when its first event is here.  `usable` FALSE: the outcome is decided. */
static gboolean find_journal(Sql *sql, const TerminalId *terminal, const EventBatch *batch,
							 gint64 now_ms, JournalRow *journal, MergeResult *result,
							 gboolean *usable, GError **error)
{
	g_autoptr(GError) local = NULL;
	*usable = journals_get(sql, terminal, &batch->journal, journal, &local);
	if (*usable)
		return TRUE;
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	Hash genesis;
	event_genesis(terminal, &batch->journal, crypto_sha256, &genesis);
	result->receipt = (Receipt){batch->journal, 0, genesis};
	if (batch->first != 1) {
		result->outcome = MERGE_GAP;
		return TRUE;
	}
	if (!hash_equal(&batch->previous, &genesis)) {
		result->outcome = MERGE_BROKEN;
		return TRUE;
	}
	*usable = TRUE;
	return journals_open(sql, terminal, &batch->journal, &genesis, now_ms, journal, error);
}

gboolean merge_batch(Sql *sql, const MergePolicy *policy, const TerminalId *terminal,
					 const EventBatch *batch, Slice envelope, gint64 now_ms, MergeResult *result,
					 GError **error)
{
	*result = (MergeResult){.changes = g_array_new(FALSE, FALSE, sizeof(MergeChange))};
	MergeState state = {
		.sql = sql, .policy = policy, .terminal = *terminal, .now_ms = now_ms, .result = result};
	gboolean usable;
	if (!find_journal(sql, terminal, batch, now_ms, &state.journal, result, &usable, error))
		return FALSE;
	if (!usable)
		return TRUE;
	if (!classify(sql, &state.journal, batch, envelope, now_ms, &result->outcome, error))
		return FALSE;
	if (result->outcome == MERGE_STORED && !store(&state, batch, envelope, error)) {
		g_prefix_error(error, "merge: %s: ", terminal->text);
		return FALSE;
	}
	set_receipt(result, &state.journal);
	return TRUE;
}
