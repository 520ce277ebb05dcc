/* The journal's way out: what is still to be sent, and what a receipt means. */
#include <string.h>

#include "firmware/crypto_psa.h"
#include "firmware/journal_private.h"

/* Kinds from here on are what people did: they follow into a new journal. */
#define FIRST_PERSONAL_KIND EVENT_PUNCH

void journal_batch_clear(JournalBatch *batch)
{
	g_clear_pointer(&batch->events, g_ptr_array_unref);
}

int64_t journal_last_wall_ms(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "journal.db", NULL);
	g_autoptr(Database) db = NULL;
	int64_t wall_ms = 0;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return 0;
	db = database_open_damaged(path, NULL);
	if (db == NULL || !database_get_int(db, &wall_ms, 0, NULL,
										"SELECT wall_ms FROM event ORDER BY n DESC LIMIT 1", ""))
		return 0;
	return wall_ms;
}

uint64_t journal_receipted(const Journal *journal)
{
	return journal_open_entry(journal)->receipted;
}

uint64_t journal_backlog(const Journal *journal)
{
	uint64_t n = 0;

	for (guint i = 0; i < journal->entries->len; i++)
		n += journal_entry_at(journal, i)->last - journal_entry_at(journal, i)->receipted;
	return n;
}

gboolean journal_oldest_pending(const Journal *journal, RandomId *id, uint64_t *receipted,
								uint64_t *last)
{
	for (guint i = 0; i < journal->entries->len; i++) {
		const JournalEntry *entry = journal_entry_at(journal, i);

		if (entry->receipted == entry->last)
			continue;
		*id = entry->id;
		*receipted = entry->receipted;
		*last = entry->last;
		return TRUE;
	}
	return FALSE;
}

static gboolean read_batch(Journal *journal, const JournalEntry *entry, size_t n_max,
						   gsize size_max, JournalBatch *out, GError **error)
{
	g_autoptr(GPtrArray) events = journal_file_get_many(
		journal->db, entry->base + (int64_t)out->first, entry->base + (int64_t)entry->last,
		MIN(n_max, EVENT_BATCH_MAX), size_max, error);

	if (events == NULL)
		return FALSE;
	out->last = out->first + events->len - 1;
	if (!journal_head_after(journal, entry, out->first - 1, &out->previous, error) ||
		!journal_head_after(journal, entry, out->last, &out->head, error))
		return FALSE;
	out->events = g_steal_pointer(&events);
	return TRUE;
}

gboolean journal_read_batch(Journal *journal, const RandomId *id, uint64_t from, size_t n_max,
							gsize size_max, JournalBatch *out, GError **error)
{
	const JournalEntry *entry = journal_find_entry(journal, id);
	g_autoptr(GError) failure = NULL;

	*out = (JournalBatch){.journal = *id};
	if (entry != NULL)
		out->first = MAX(from, entry->first);
	if (entry == NULL || out->first > entry->last) {
		out->events = g_ptr_array_new();
		return TRUE;
	}
	return read_batch(journal, entry, n_max, size_max, out, &failure) ||
		   journal_fail(journal, g_steal_pointer(&failure), error);
}

/* ── receipts ── */

static gboolean set_receipted(Journal *journal, JournalEntry *entry, uint64_t seq, GError **error)
{
	if (!journal_file_set_receipted(journal->db, entry, seq, error))
		return FALSE;
	entry->receipted = seq;
	return TRUE;
}

/* An approval names its event by seq, and that has changed.  FALSE when the event did not come along
 * (the server has it already): the approval stays behind too, rather than approve another. */
static gboolean move_approval(const Event *event, GHashTable *moved, WireBuffer *payload)
{
	EventBody body;
	gint64 from;
	const gint64 *to;

	if (event_body_decode(EVENT_APPROVAL, event->payload, &body) != WIRE_OK)
		return FALSE;
	from = (gint64)body.approval.seq;
	to = g_hash_table_lookup(moved, &from);
	if (to == NULL) {
		g_warning("journal: the approval of event %" G_GINT64_FORMAT " stays behind", from);
		return FALSE;
	}
	body.approval.seq = (uint64_t)*to;
	event_body_encode(payload, EVENT_APPROVAL, &body);
	return TRUE;
}

/* Appends a copy of what somebody did, with the time at which they did it; `moved` learns its seq
 * there and here. */
static gboolean carry_over(Journal *journal, GBytes *bytes, GHashTable *moved, GError **error)
{
	WireBuffer approval = {0};
	gboolean done = TRUE;
	Event event;
	ClockReading at;
	gint64 from, to;

	if (event_decode((Slice){g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)}, &event) !=
			WIRE_OK ||
		event.header.kind < FIRST_PERSONAL_KIND || event.header.kind == EVENT_CODE ||
		event.payload_destroyed)
		return TRUE; /* a code asked for is not waited for any longer */
	at = (ClockReading){event.header.wall_ms, event.header.mono_ms, event.header.boot,
						event.header.trust, event.header.uncertainty_ms};
	if (event.header.kind == EVENT_APPROVAL) {
		if (move_approval(&event, moved, &approval))
			done = journal_put_event(journal, EVENT_APPROVAL, wire_buffer_slice(&approval),
									 (Slice){0}, &at, error);
		wire_buffer_clear(&approval);
		return done;
	}
	if (!journal_put_event(journal, event.header.kind, event.payload, event.attachment, &at, error))
		return FALSE;
	from = (gint64)event.header.seq;
	to = (gint64)journal_open_entry(journal)->last;
	g_hash_table_insert(moved, g_memdup2(&from, sizeof from), g_memdup2(&to, sizeof to));
	return TRUE;
}

/* What people did in events `from` … last of that journal follows in the open one. */
static gboolean carry_people(Journal *journal, const JournalEntry *old, uint64_t from,
							 GError **error)
{
	g_autoptr(GHashTable) moved =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);

	for (uint64_t seq = MAX(from, old->first); seq <= old->last; seq++) {
		g_autoptr(GBytes) bytes = journal_file_get(journal->db, old->base + (int64_t)seq, error);

		if (bytes == NULL || !carry_over(journal, bytes, moved, error))
			return FALSE;
	}
	return TRUE;
}

/*
 * A journal that cannot be continued at the server is given up: closed if it is open, with nothing of
 * it left to be sent, and what people did from event `from` on follows in the open journal, so that
 * nobody who saw green is lost.  Some of it the server may have already: the same instant of the same
 * person counts once there.
 */
static gboolean give_up(Journal *journal, const JournalEntry *given, uint64_t from, uint8_t reason,
						const JournalHead *before, const ClockReading *now, GError **error)
{
	JournalEntry old = *given, *entry;

	if (old.state == ENTRY_OPEN && !journal_begin_entry(journal, reason, before, now, error))
		return FALSE;
	entry = journal_find_entry(journal, &old.id);
	entry->state = ENTRY_GIVEN_UP;
	return journal_file_set_state(journal->db, entry, ENTRY_GIVEN_UP, error) &&
		   set_receipted(journal, entry, old.last, error) &&
		   carry_people(journal, &old, from, error);
}

static gboolean give_up_whole(Journal *journal, const JournalEntry *given, uint64_t from,
							  uint8_t reason, const JournalHead *before, const ClockReading *now,
							  GError **error)
{
	if (!database_begin(journal->db, error))
		return FALSE;
	if (!give_up(journal, given, from, reason, before, now, error)) {
		database_rollback(journal->db);
		if (!journal_reload(journal, NULL))
			g_warning("journal: memory and file differ after a failed change");
		return FALSE;
	}
	if (!database_commit(journal->db, error)) {
		journal_reload(journal, NULL);
		return FALSE;
	}
	journal_mirror_head(journal);
	if (journal->appended != NULL)
		journal->appended(journal->appended_user);
	return TRUE;
}

/* The server holds another history of the open journal: the card was restored, and events were
 * appended to it before that was known. */
static gboolean replace_forked(Journal *journal, const JournalEntry *entry, const Receipt *receipt,
							   const ClockReading *now, GError **error)
{
	JournalHead before = {receipt->journal, receipt->seq, receipt->head};

	g_warning("journal: the server holds another history: a new journal begins");
	return give_up_whole(journal, entry, entry->receipted + 1, REASON_RESTORED, &before, now,
						 error);
}

/* The server was restored to before what is still kept here: its gap cannot be filled any more.  The
 * new journal's first event says where this one ended, and so how large the hole is. */
static gboolean replace_pruned(Journal *journal, const JournalEntry *entry, const ClockReading *now,
							   GError **error)
{
	JournalHead before = {entry->id, entry->last, {{0}}};

	if (!journal_head_after(journal, entry, entry->last, &before.head, error))
		return FALSE;
	g_warning("journal: the server lacks events that are no longer kept");
	return give_up_whole(journal, entry, entry->first, REASON_LOST, &before, now, error);
}

/* Does our own event say what the receipt says?  What was pruned cannot be asked. */
static gboolean compare(Journal *journal, const JournalEntry *entry, const Receipt *receipt,
						gboolean *matches, GError **error)
{
	Hash head;

	*matches = receipt->seq <= entry->last;
	if (!*matches || (receipt->seq > 0 && receipt->seq + 1 < entry->first))
		return TRUE;
	if (!journal_head_after(journal, entry, receipt->seq, &head, error))
		return FALSE;
	*matches = hash_equal(&head, &receipt->head);
	return TRUE;
}

static gboolean apply(Journal *journal, JournalEntry *entry, const Receipt *receipt,
					  const ClockReading *now, JournalReceiptOutcome *outcome, GError **error)
{
	uint64_t seq = receipt->seq;
	gboolean matches;

	*outcome = JOURNAL_RECEIPT_SAME;
	if (entry->state == ENTRY_GIVEN_UP)
		return TRUE;
	if (!compare(journal, entry, receipt, &matches, error))
		return FALSE;
	if (matches && seq + 1 < entry->first) {
		*outcome = JOURNAL_RECEIPT_REPLACED;
		return replace_pruned(journal, entry, now, error);
	}
	if (!matches && entry->state == ENTRY_OPEN) {
		*outcome = JOURNAL_RECEIPT_REPLACED;
		return replace_forked(journal, entry, receipt, now, error);
	}
	if (!matches) /* closed, since the card was restored: the server has more of it than we */
		seq = entry->last;
	if (seq == entry->receipted)
		return TRUE;
	*outcome = seq > entry->receipted ? JOURNAL_RECEIPT_ADVANCED : JOURNAL_RECEIPT_RESEND;
	return set_receipted(journal, entry, seq, error);
}

gboolean journal_enter_epoch(Journal *journal, GError **error)
{
	g_autoptr(GError) failure = NULL;

	for (guint i = 0; i < journal->entries->len; i++) {
		JournalEntry *entry = journal_entry_at(journal, i);

		if (entry->state == ENTRY_CLOSED && entry->last > 0 && entry->receipted == entry->last &&
			entry->first <= entry->last &&
			!set_receipted(journal, entry, entry->last - 1, &failure))
			return journal_fail(journal, g_steal_pointer(&failure), error);
	}
	return TRUE;
}

gboolean journal_apply_receipt(Journal *journal, const Receipt *receipt, const ClockReading *now,
							   JournalReceiptOutcome *outcome, GError **error)
{
	JournalEntry *entry = journal_find_entry(journal, &receipt->journal);
	g_autoptr(GError) failure = NULL;

	*outcome = JOURNAL_RECEIPT_UNKNOWN;
	if (entry == NULL)
		return TRUE;
	return apply(journal, entry, receipt, now, outcome, &failure) ||
		   journal_fail(journal, g_steal_pointer(&failure), error);
}
