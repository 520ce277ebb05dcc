/*
 * journal.db: the tables under journal.c, and nothing that decides.
 *
 * A journal's events are consecutive rows: event `seq` of a journal is row base + seq, so that one
 * number finds it and appending only touches the end of the file.
 */
#pragma once

#include <glib.h>

#include "firmware/database.h"
#include "protocol/event.h"

/* Kept as numbers in the file. */
typedef enum {
	ENTRY_OPEN,     /* the last one only */
	ENTRY_CLOSED,   /* its events stand, and are sent */
	ENTRY_GIVEN_UP, /* its events are not sent any more: people's follow in a later journal */
} JournalEntryState;

typedef struct {
	int64_t no; /* journals in the order of their opening, from 1 */
	RandomId id;
	int64_t base;
	uint64_t first;     /* the first event still kept, 1 if none was pruned; last + 1: none is */
	uint64_t last;      /* 0: empty */
	uint64_t receipted; /* 0 … last */
	JournalEntryState state;
} JournalEntry;

/* Errors are of DATABASE_ERROR. */
Database *journal_file_open(const char *path, GError **error);
/* All journals in order, of JournalEntry.  (transfer full) */
GArray *journal_file_entries(Database *db, GError **error);

gboolean journal_file_add_entry(Database *db, JournalEntry *entry, GError **error);
gboolean journal_file_set_receipted(Database *db, const JournalEntry *entry, uint64_t seq,
									GError **error);
gboolean journal_file_set_state(Database *db, const JournalEntry *entry, JournalEntryState state,
								GError **error);

gboolean journal_file_put(Database *db, int64_t row, int64_t wall_ms, Slice bytes, GError **error);
/* The event's bytes. NULL with DATABASE_ERROR_BROKEN when the row is missing. */
GBytes *journal_file_get(Database *db, int64_t row, GError **error);
/* Consecutive rows from `row` up to `last`, at most `n_max` and `size_max` bytes, but always one. */
GPtrArray *journal_file_get_many(Database *db, int64_t row, int64_t last, size_t n_max,
								 gsize size_max, GError **error);

/* The last row of the unbroken run that begins with `row`, ends at `last` or before, and whose
 * events all happened before `before_ms`; row - 1: none. Looks at `n_max` rows. */
gboolean journal_file_old_run(Database *db, int64_t row, int64_t last, int64_t before_ms,
							  size_t n_max, int64_t *end, GError **error);
gboolean journal_file_prune(Database *db, int64_t first, int64_t last, GError **error);
/* Bytes inside the file that are free for new rows. */
gboolean journal_file_free_bytes(Database *db, int64_t *bytes, GError **error);

/* Copies what can be read and follows its chain from the damaged file at `path` into `db`; all
 * journals are closed in it. Gives the number of events. */
uint64_t journal_file_salvage(Database *db, const char *path, const TerminalId *terminal);
