#include "firmware/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "firmware/crypto_psa.h"
#include "firmware/journal_private.h"

/* How much of the tail is verified at every start. */
#define VERIFY_EVENTS 1000
/* Rows looked at, and deleted, by one pruning. */
#define PRUNE_EVENTS 2000
/* A file of this size is given up so that the refusal itself can be written on a full disk. */
#define BALLAST_BYTES (1024 * 1024)

G_DEFINE_QUARK(hadir_journal_error, journal_error)

static guint64 statvfs_free(const char *folder, gpointer user)
{
	struct statvfs info;

	(void)user;
	return statvfs(folder, &info) == 0 ? (guint64)info.f_bavail * info.f_frsize : 0;
}

gboolean journal_fail(Journal *journal, GError *from, GError **error)
{
	int code = JOURNAL_ERROR_FAILED;

	if (g_error_matches(from, DATABASE_ERROR, DATABASE_ERROR_FULL))
		code = JOURNAL_ERROR_FULL;
	else if (g_error_matches(from, DATABASE_ERROR, DATABASE_ERROR_BROKEN))
		code = JOURNAL_ERROR_BROKEN;
	journal->broken = journal->broken || code == JOURNAL_ERROR_BROKEN;
	g_set_error(error, JOURNAL_ERROR, code, "journal: %s", from->message);
	g_error_free(from);
	return FALSE;
}

JournalEntry *journal_entry_at(const Journal *journal, guint i)
{
	return &g_array_index(journal->entries, JournalEntry, i);
}

JournalEntry *journal_open_entry(const Journal *journal)
{
	return journal->entries->len == 0 ? NULL : journal_entry_at(journal, journal->entries->len - 1);
}

JournalEntry *journal_find_entry(const Journal *journal, const RandomId *id)
{
	for (guint i = 0; i < journal->entries->len; i++)
		if (random_id_equal(&journal_entry_at(journal, i)->id, id))
			return journal_entry_at(journal, i);
	return NULL;
}

/* ── hashes ── */

gboolean journal_head_after(const Journal *journal, const JournalEntry *entry, uint64_t seq,
							Hash *out, GError **error)
{
	uint64_t read = seq + 1 == entry->first ? entry->first : seq;
	g_autoptr(GBytes) bytes = NULL;
	Event event;

	if (seq == 0) {
		event_genesis(&journal->terminal, &entry->id, crypto_sha256, out);
		return TRUE;
	}
	bytes = journal_file_get(journal->db, entry->base + (int64_t)read, error);
	if (bytes == NULL)
		return FALSE;
	if (event_decode((Slice){g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)}, &event) !=
		WIRE_OK) {
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN,
					"event %" G_GUINT64_FORMAT " is damaged", (guint64)read);
		return FALSE;
	}
	if (read == seq)
		crypto_sha256(&event.header_bytes, 1, out);
	else
		*out = event.header.previous;
	return TRUE;
}

static gboolean check_event(GBytes *bytes, uint64_t seq, Hash *head, Event *event, GError **error)
{
	Slice slice = {g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)};
	WireResult result = event_decode(slice, event);

	if (result == WIRE_OK)
		result = event_check(event, seq, head, crypto_sha256, head);
	if (result == WIRE_OK)
		return TRUE;
	g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN, "event %" G_GUINT64_FORMAT ": %s",
				(guint64)seq, wire_result_text(result));
	return FALSE;
}

/* Follows the chain over the last events of the open journal; fills the head and `clean`. */
static gboolean verify_tail(Journal *journal, GError **error)
{
	JournalEntry *entry = journal_open_entry(journal);
	uint64_t seq = entry->last > VERIFY_EVENTS ? entry->last - VERIFY_EVENTS : 0;
	Event event = {.header.kind = EVENT_STOP};

	seq = MAX(seq, entry->first - 1);
	if (!journal_head_after(journal, entry, seq, &journal->head, error))
		return FALSE;
	while (seq < entry->last) {
		g_autoptr(GPtrArray) events =
			journal_file_get_many(journal->db, entry->base + (int64_t)seq + 1,
								  entry->base + (int64_t)entry->last, 256, G_MAXSIZE, error);

		if (events == NULL)
			return FALSE;
		for (guint i = 0; i < events->len; i++)
			if (!check_event(g_ptr_array_index(events, i), ++seq, &journal->head, &event, error))
				return FALSE;
	}
	journal->clean = event.header.kind == EVENT_STOP;
	return TRUE;
}

/* ── appending ── */

gboolean journal_put_event(Journal *journal, uint32_t kind, Slice payload, Slice attachment,
						   const ClockReading *at, GError **error)
{
	JournalEntry *entry = journal_open_entry(journal);
	EventHeader header = {
		.seq = entry->last + 1,
		.kind = kind,
		.wall_ms = at->wall_ms,
		.mono_ms = at->mono_ms,
		.boot = at->boot,
		.trust = at->trust,
		.uncertainty_ms = at->uncertainty_ms,
		.previous = journal->head,
	};
	uint8_t salt[EVENT_SALT_SIZE];
	WireBuffer bytes = {0};
	Hash head;
	gboolean done = FALSE;

	crypto_random(salt, sizeof salt);
	if (!event_encode(&bytes, &header, salt, payload, attachment, crypto_sha256, &head) ||
		bytes.failed || bytes.size > EVENT_SIZE_MAX)
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED,
					"event of kind %u does not fit: %" G_GSIZE_FORMAT " bytes", kind, bytes.size);
	else
		done = journal_file_put(journal->db, entry->base + (int64_t)header.seq, at->wall_ms,
								wire_buffer_slice(&bytes), error);
	wire_buffer_clear(&bytes);
	if (!done)
		return FALSE;
	entry->last = header.seq;
	journal->head = head;
	return TRUE;
}

static gboolean put_body(Journal *journal, uint32_t kind, const EventBody *body, Slice attachment,
						 const ClockReading *at, GError **error)
{
	WireBuffer payload = {0};
	gboolean done = FALSE;

	event_body_encode(&payload, kind, body);
	if (payload.failed)
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED, "out of memory");
	else
		done = journal_put_event(journal, kind, wire_buffer_slice(&payload), attachment, at, error);
	wire_buffer_clear(&payload);
	return done;
}

/* Begins a transaction and keeps what memory must go back to when it fails. */
static gboolean hold(Journal *journal, GError **error)
{
	if (!database_begin(journal->db, error))
		return FALSE;
	journal->held_entry = *journal_open_entry(journal);
	journal->held_head = journal->head;
	return TRUE;
}

static void let_go(Journal *journal)
{
	database_rollback(journal->db);
	*journal_open_entry(journal) = journal->held_entry;
	journal->head = journal->held_head;
}

void journal_mirror_head(Journal *journal)
{
	g_autoptr(GError) error = NULL;
	JournalHead head = {journal_open_entry(journal)->id, journal_open_entry(journal)->last,
						journal->head};

	/* The event is safe without it: only a restored card would be found out later. */
	if (!journal_head_write(journal->head_path, &head, &error))
		g_warning("journal: mirror the head: %s", error->message);
}

static gboolean settle(Journal *journal, GError **error)
{
	if (!database_commit(journal->db, error)) {
		let_go(journal);
		return FALSE;
	}
	journal_mirror_head(journal);
	if (journal->appended != NULL)
		journal->appended(journal->appended_user);
	return TRUE;
}

static gboolean append_one(Journal *journal, uint32_t kind, const EventBody *body, Slice attachment,
						   const ClockReading *at, GError **error)
{
	if (!hold(journal, error))
		return FALSE;
	if (!put_body(journal, kind, body, attachment, at, error)) {
		let_go(journal);
		return FALSE;
	}
	return settle(journal, error);
}

/* ── the disk reserve ── */

static void make_ballast(Journal *journal)
{
	int fd = open(journal->ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	if (posix_fallocate(fd, 0, BALLAST_BYTES) != 0)
		g_message("journal: no room for the ballast file");
	close(fd);
}

static guint64 free_bytes(Journal *journal)
{
	guint64 outside = journal->free_bytes(journal->folder, journal->free_user);
	int64_t inside = 0;

	if (!journal_file_free_bytes(journal->db, &inside, NULL))
		inside = 0;
	return outside + (guint64)inside;
}

static gboolean append_reserve(Journal *journal, const ClockReading *now, GError **error)
{
	EventBody body = {.reserve = {.reached = journal->reached, .free_bytes = free_bytes(journal)}};

	return append_one(journal, EVENT_RESERVE, &body, (Slice){0}, now, error);
}

static void reach(Journal *journal, const ClockReading *now)
{
	g_autoptr(GError) error = NULL;

	if (journal->reached)
		return;
	journal->reached = TRUE;
	g_unlink(journal->ballast);
	g_warning("journal: the disk reserve is reached: nothing is recorded until space is freed");
	if (!append_reserve(journal, now, &error))
		g_warning("journal: record the full disk: %s", error->message);
}

/* Deletes the oldest receipted events of more than 30 days; TRUE when there were any. */
static gboolean prune(Journal *journal, const ClockReading *now, GError **error)
{
	/* While the clock is not set nobody knows what is old. */
	if (now->trust == CLOCK_UNSET)
		return FALSE;
	for (guint i = 0; i < journal->entries->len; i++) {
		JournalEntry *entry = journal_entry_at(journal, i);
		/* The last event of a journal carries its head. */
		uint64_t upto = MIN(entry->receipted, entry->last == 0 ? 0 : entry->last - 1);
		int64_t end;

		if (entry->first > upto)
			continue;
		if (!journal_file_old_run(journal->db, entry->base + (int64_t)entry->first,
								  entry->base + (int64_t)upto, now->wall_ms - JOURNAL_KEEP_MS,
								  PRUNE_EVENTS, &end, error))
			return FALSE;
		if (end < entry->base + (int64_t)entry->first)
			return FALSE;
		if (!journal_file_prune(journal->db, entry->base + (int64_t)entry->first, end, error))
			return FALSE;
		entry->first = (uint64_t)(end - entry->base) + 1;
		return TRUE;
	}
	return FALSE;
}

gboolean journal_check_space(Journal *journal, const ClockReading *now, GError **error)
{
	g_autoptr(GError) failure = NULL;
	guint64 margin = journal->reserve / 8;

	/* Twice the reserve is where old evidence begins to go. */
	while (free_bytes(journal) < 2 * journal->reserve && prune(journal, now, &failure))
		;
	if (failure != NULL)
		return journal_fail(journal, g_steal_pointer(&failure), error);
	if (free_bytes(journal) < journal->reserve) {
		reach(journal, now);
		return TRUE;
	}
	if (!journal->reached || free_bytes(journal) < journal->reserve + margin)
		return TRUE;
	journal->reached = FALSE;
	if (!append_reserve(journal, now, &failure)) {
		journal->reached = TRUE;
		return journal_fail(journal, g_steal_pointer(&failure), error);
	}
	make_ballast(journal);
	g_message("journal: space was freed: recording again");
	return TRUE;
}

/* ── opening ── */

gboolean journal_begin_entry(Journal *journal, uint8_t reason, const JournalHead *before,
							 const ClockReading *now, GError **error)
{
	const JournalEntry *last = journal_open_entry(journal);
	JournalEntry entry = {
		.no = last == NULL ? 1 : last->no + 1,
		.base = last == NULL ? 0 : last->base + (int64_t)last->last,
		.first = 1,
	};
	EventBody body = {.open = {.reason = reason}};

	crypto_random_id(&entry.id);
	body.open.version = (Slice){(const uint8_t *)journal->version, strlen(journal->version)};
	if (before != NULL) {
		body.open.previous_journal = before->journal;
		body.open.previous_seq = before->seq;
		body.open.previous_head = before->head;
	}
	if (last != NULL && last->state == ENTRY_OPEN) {
		if (!journal_file_set_state(journal->db, last, ENTRY_CLOSED, error))
			return FALSE;
		journal_open_entry(journal)->state = ENTRY_CLOSED;
	}
	if (!journal_file_add_entry(journal->db, &entry, error))
		return FALSE;
	g_array_append_val(journal->entries, entry);
	event_genesis(&journal->terminal, &entry.id, crypto_sha256, &journal->head);
	return put_body(journal, EVENT_OPEN, &body, (Slice){0}, now, error);
}

gboolean journal_reload(Journal *journal, GError **error)
{
	GArray *entries = journal_file_entries(journal->db, error);

	if (entries == NULL)
		return FALSE;
	g_clear_pointer(&journal->entries, g_array_unref);
	journal->entries = entries;
	return entries->len == 0 || verify_tail(journal, error);
}

static gboolean open_new(Journal *journal, uint8_t reason, const JournalHead *before,
						 const ClockReading *now, GError **error)
{
	if (!database_begin(journal->db, error))
		return FALSE;
	if (!journal_begin_entry(journal, reason, before, now, error)) {
		database_rollback(journal->db);
		return FALSE;
	}
	if (!database_commit(journal->db, error))
		return FALSE;
	journal_mirror_head(journal);
	return TRUE;
}

/* Does the journal on disk have the event that the mirrored head names? */
static gboolean is_restored(Journal *journal, const JournalHead *mirror)
{
	const JournalEntry *entry = journal_find_entry(journal, &mirror->journal);
	g_autoptr(GError) error = NULL;
	Hash head;

	if (entry == NULL || mirror->seq > entry->last)
		return TRUE;
	if (mirror->seq + 1 < entry->first)
		return FALSE; /* pruned since: the mirror could not be written for long */
	if (!journal_head_after(journal, entry, mirror->seq, &head, &error)) {
		g_warning("journal: %s", error->message);
		return TRUE;
	}
	return !hash_equal(&head, &mirror->head);
}

static gboolean load(Journal *journal, GError **error)
{
	journal->db = journal_file_open(journal->path, error);
	return journal->db != NULL && journal_reload(journal, error);
}

/* Moves the damaged file aside and keeps what of it can still be proved. */
static gboolean start_over(Journal *journal, const ClockReading *now, GError **error)
{
	g_autofree char *aside = NULL;
	guint64 n;

	g_clear_pointer(&journal->entries, g_array_unref);
	g_clear_pointer(&journal->db, database_close);
	aside = database_move_aside(journal->path, now->wall_ms, error);
	if (aside == NULL)
		return FALSE;
	journal->db = journal_file_open(journal->path, error);
	if (journal->db == NULL)
		return FALSE;
	n = journal_file_salvage(journal->db, aside, &journal->terminal);
	g_warning("journal: the file was moved to %s; %" G_GUINT64_FORMAT " events of it are kept",
			  aside, n);
	journal->entries = journal_file_entries(journal->db, error);
	return journal->entries != NULL;
}

static gboolean continue_or_open(Journal *journal, gboolean lost, const ClockReading *now,
								 GError **error)
{
	JournalHead mirror;
	JournalHeadState state = journal_head_read(journal->head_path, &mirror);
	const JournalHead *before = state == JOURNAL_HEAD_READ ? &mirror : NULL;
	const JournalEntry *entry = journal_open_entry(journal);

	if (state == JOURNAL_HEAD_BROKEN)
		g_warning("journal: %s says nothing", journal->head_path);
	if (lost || entry == NULL)
		return open_new(journal, lost || before != NULL ? REASON_LOST : REASON_FIRST, before, now,
						error);
	if (before != NULL && is_restored(journal, before)) {
		g_warning("journal: the head outside is not in the journal: the card was restored");
		return open_new(journal, REASON_RESTORED, before, now, error);
	}
	journal_mirror_head(journal);
	return TRUE;
}

static Journal *new_from(const JournalConfig *config)
{
	Journal *journal = g_new0(Journal, 1);

	journal->folder = g_strdup(config->folder);
	journal->path = g_build_filename(config->folder, "journal.db", NULL);
	journal->ballast = g_build_filename(config->folder, "ballast", NULL);
	journal->head_path = g_strdup(config->head);
	journal->version = g_strdup(config->version);
	journal->terminal = config->terminal;
	journal->reserve = config->reserve;
	journal->free_bytes = config->free_bytes != NULL ? config->free_bytes : statvfs_free;
	journal->free_user = config->free_user;
	journal->clean = TRUE;
	return journal;
}

Journal *journal_open(const JournalConfig *config, const ClockReading *now, GError **error)
{
	g_autoptr(Journal) journal = new_from(config);
	g_autoptr(GError) failure = NULL;
	gboolean lost = FALSE;

	if (!load(journal, &failure)) {
		if (!g_error_matches(failure, DATABASE_ERROR, DATABASE_ERROR_BROKEN)) {
			journal_fail(journal, g_steal_pointer(&failure), error);
			return NULL;
		}
		g_warning("journal: %s", failure->message);
		g_clear_error(&failure);
		lost = TRUE;
	}
	if ((lost && !start_over(journal, now, &failure)) ||
		!continue_or_open(journal, lost, now, &failure)) {
		journal_fail(journal, g_steal_pointer(&failure), error);
		return NULL;
	}
	if (free_bytes(journal) >= journal->reserve)
		make_ballast(journal);
	return g_steal_pointer(&journal);
}

void journal_free(Journal *journal)
{
	if (journal == NULL)
		return;
	database_close(journal->db);
	g_clear_pointer(&journal->entries, g_array_unref);
	g_free(journal->path);
	g_free(journal->head_path);
	g_free(journal->folder);
	g_free(journal->ballast);
	g_free(journal->version);
	g_free(journal);
}

/* ── public ── */

static void fill_ref(const Journal *journal, EventRef *out)
{
	if (out != NULL)
		journal_head(journal, out);
}

gboolean journal_append(Journal *journal, uint32_t kind, const EventBody *body, Slice attachment,
						const ClockReading *now, EventRef *out, GError **error)
{
	g_autoptr(GError) failure = NULL;

	if (journal->stopped) {
		g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FAILED,
					"journal: the terminal is stopping");
		return FALSE;
	}
	if (journal->holding) {
		if (!put_body(journal, kind, body, attachment, now, &failure))
			return journal_fail(journal, g_steal_pointer(&failure), error);
		fill_ref(journal, out);
		return TRUE;
	}
	if (!journal_check_space(journal, now, error))
		return FALSE;
	if (journal->reached) {
		g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL,
					"journal: the disk reserve is reached");
		return FALSE;
	}
	if (!append_one(journal, kind, body, attachment, now, &failure)) {
		if (g_error_matches(failure, DATABASE_ERROR, DATABASE_ERROR_FULL))
			reach(journal, now);
		return journal_fail(journal, g_steal_pointer(&failure), error);
	}
	journal->stopped = kind == EVENT_STOP;
	fill_ref(journal, out);
	return TRUE;
}

gboolean journal_begin(Journal *journal, GError **error)
{
	g_autoptr(GError) failure = NULL;

	if (!hold(journal, &failure))
		return journal_fail(journal, g_steal_pointer(&failure), error);
	journal->holding = TRUE;
	return TRUE;
}

gboolean journal_commit(Journal *journal, GError **error)
{
	g_autoptr(GError) failure = NULL;

	journal->holding = FALSE;
	return settle(journal, &failure) || journal_fail(journal, g_steal_pointer(&failure), error);
}

void journal_set_appended(Journal *journal, JournalAppended appended, gpointer user)
{
	journal->appended = appended;
	journal->appended_user = user;
}

void journal_head(const Journal *journal, EventRef *out)
{
	*out = (EventRef){journal_open_entry(journal)->id, journal_open_entry(journal)->last,
					  journal->head};
}

gboolean journal_reserve_reached(const Journal *journal)
{
	return journal->reached;
}

gboolean journal_is_broken(const Journal *journal)
{
	return journal->broken;
}

gboolean journal_ended_clean(const Journal *journal)
{
	return journal->clean;
}
