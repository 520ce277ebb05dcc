/*
 * The journal: what happened at this terminal, kept until the server has proved to hold it, and
 * then for 30 days more (design decisions 1–4).
 *
 * One SQLite file, WAL, synchronous=FULL, one writer.  The file holds one open journal, to which
 * events are appended, and the closed ones before it that are not yet receipted or not yet old.
 * The head of the open journal is mirrored in a second file, renamed into place after each commit:
 * if it names an event that the journal does not have, the card was restored, and a new journal
 * begins whose EVENT_OPEN names the one before.  A broken file is moved aside, what can be read of
 * it is kept as a closed journal, and a new journal begins too.
 *
 * Not thread-safe.  Seconds events may be lost: none that journal_append() returned TRUE for.
 */
#pragma once

#include <glib.h>

#include "firmware/timekeeper.h"
#include "protocol/event.h"
#include "protocol/receipt.h"

#define JOURNAL_ERROR (journal_error_quark())
GQuark journal_error_quark(void);

typedef enum {
	JOURNAL_ERROR_FAILED, /* not stored; the next append may succeed */
	JOURNAL_ERROR_FULL,   /* not stored: the disk reserve is reached; see journal_check_space() */
	JOURNAL_ERROR_BROKEN, /* the file is damaged: free the journal and open it again */
} JournalError;

/* Receipted events are kept this long: longer than any interval between backups. */
#define JOURNAL_KEEP_MS (G_GINT64_CONSTANT(30) * 24 * 3600 * 1000)

/* Free bytes on the file system of `folder`. */
typedef guint64 (*JournalFreeBytes)(const char *folder, gpointer user);

typedef struct {
	const char *folder; /* absolute; holds journal.db and what is moved aside */
	const char *head;   /* absolute path of the mirrored head; best on another device */
	TerminalId terminal;
	guint64 reserve;     /* bytes: nothing but EVENT_RESERVE is appended while less is free */
	const char *version; /* of this program, for EVENT_OPEN */
	JournalFreeBytes free_bytes; /* NULL: statvfs() */
	gpointer free_user;
} JournalConfig;

/* Where an event is. */
typedef struct {
	RandomId journal;
	uint64_t seq;
	Hash head; /* of that event */
} EventRef;

typedef struct Journal Journal;

/* Opens, verifies head and tail, and opens a new journal (appending EVENT_OPEN stamped `now`)
 * where there is none or the last cannot be continued.  `config` is copied. */
Journal *journal_open(const JournalConfig *config, const ClockReading *now, GError **error);
void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* The wall time of the last event on disk without opening the journal for writing; 0 when there is
 * none or it cannot be read.  For the timekeeper's floor. */
int64_t journal_last_wall_ms(const char *folder);

/* Appends one event and returns after its commit: who is then shown green has an event that
 * survives a power cut.  `kind` is an EventKind; `attachment` may be empty; `out` may be NULL.
 * FALSE with JOURNAL_ERROR_*: nothing was stored.  EVENT_STOP stays the last event of a run: after it
 * everything is refused. */
gboolean journal_append(Journal *journal, uint32_t kind, const EventBody *body, Slice attachment,
						const ClockReading *now, EventRef *out, GError **error);

/* Several appends as one commit, for scripted history and tests: none of them is safe before
 * journal_commit() has returned TRUE.  On FALSE all of them are gone. */
gboolean journal_begin(Journal *journal, GError **error);
gboolean journal_commit(Journal *journal, GError **error);

/* Called after each commit, from within journal_append() or journal_commit(). */
typedef void (*JournalAppended)(gpointer user);
void journal_set_appended(Journal *journal, JournalAppended appended, gpointer user);

/* The open journal and its last event. */
void journal_head(const Journal *journal, EventRef *out);
uint64_t journal_receipted(const Journal *journal); /* last receipted seq of the open journal */
uint64_t journal_backlog(const Journal *journal);   /* unreceipted events, of all journals */
gboolean journal_reserve_reached(const Journal *journal);
/* JOURNAL_ERROR_BROKEN was given since it was opened: open it anew. */
gboolean journal_is_broken(const Journal *journal);
/* Did the last run end with EVENT_STOP? */
gboolean journal_ended_clean(const Journal *journal);

/* Prunes if needed, and appends EVENT_RESERVE when the reserve has just been reached or freed.  To
 * be called every minute; journal_append() calls it too. */
gboolean journal_check_space(Journal *journal, const ClockReading *now, GError **error);

/* Consecutive events of one journal. */
typedef struct {
	RandomId journal;
	uint64_t first, last;
	Hash previous, head;
	GPtrArray *events; /* of GBytes */
} JournalBatch;

void journal_batch_clear(JournalBatch *batch);

/* The oldest journal with unreceipted events.  FALSE when there is none. */
gboolean journal_oldest_pending(const Journal *journal, RandomId *id, uint64_t *receipted,
								uint64_t *last);
/* Events of journal `id` from `from` on (or from the first kept one), at most `n_max` (≤
 * EVENT_BATCH_MAX) and `size_max` bytes, but always one.  An empty batch (`events->len` 0) when
 * there are none. */
gboolean journal_read_batch(Journal *journal, const RandomId *id, uint64_t from, size_t n_max,
							gsize size_max, JournalBatch *out, GError **error);

/* The server was restored: it is asked about the open journal by the want, and about the closed ones
 * by sending it the last event of each again. */
gboolean journal_enter_epoch(Journal *journal, GError **error);

/* What a receipt, already verified, means here. */
typedef enum {
	JOURNAL_RECEIPT_ADVANCED, /* events up to its seq are released */
	JOURNAL_RECEIPT_SAME,     /* it says what we knew: resend if something is in flight */
	JOURNAL_RECEIPT_RESEND,   /* the server holds less than it once did: send from seq + 1 */
	/* That journal cannot be continued: it is given up, and what people did follows in the open one.
	 * The receipt does not match (a restored card), or asks for what is no longer kept. */
	JOURNAL_RECEIPT_REPLACED,
	JOURNAL_RECEIPT_UNKNOWN, /* a journal we do not have */
} JournalReceiptOutcome;

/* Records the receipt. `now` stamps the EVENT_OPEN of a new journal. */
gboolean journal_apply_receipt(Journal *journal, const Receipt *receipt, const ClockReading *now,
							   JournalReceiptOutcome *outcome, GError **error);
