/* What journal.c and journal_out.c share, and nobody else sees. */
#pragma once

#include "firmware/journal.h"
#include "firmware/journal_file.h"
#include "firmware/journal_head.h"

/* Why a journal begins: EVENT_OPEN's reason. */
enum { REASON_FIRST, REASON_RESTORED, REASON_LOST };

struct Journal {
	char *path, *head_path, *folder, *ballast, *version;
	TerminalId terminal;
	guint64 reserve;
	JournalFreeBytes free_bytes;
	gpointer free_user;
	JournalAppended appended;
	gpointer appended_user;

	Database *db;
	GArray *entries; /* of JournalEntry; the last is the open one */
	Hash head;       /* of the open journal */
	gboolean clean, reached, broken;
	gboolean stopped; /* EVENT_STOP was appended: it stays the last */
	/* Between journal_begin() and journal_commit(), and within one append. */
	gboolean holding;
	JournalEntry held_entry;
	Hash held_head;
};

/* DATABASE_ERROR to JOURNAL_ERROR, keeping the text; remembers a broken file.  Takes `from`; gives
 * FALSE. */
gboolean journal_fail(Journal *journal, GError *from, GError **error);

JournalEntry *journal_entry_at(const Journal *journal, guint i);
JournalEntry *journal_open_entry(const Journal *journal); /* NULL while there is none */
JournalEntry *journal_find_entry(const Journal *journal, const RandomId *id);

/* The rest give errors of DATABASE_ERROR. */

/* The head after event `seq`, which is kept, or the `previous` of the first kept one. */
gboolean journal_head_after(const Journal *journal, const JournalEntry *entry, uint64_t seq,
							Hash *out, GError **error);
/* Appends within the caller's transaction. */
gboolean journal_put_event(Journal *journal, uint32_t kind, Slice payload, Slice attachment,
						   const ClockReading *at, GError **error);
/* Closes the open journal and begins one, within the caller's transaction. `before` may be NULL. */
gboolean journal_begin_entry(Journal *journal, uint8_t reason, const JournalHead *before,
							 const ClockReading *now, GError **error);
void journal_mirror_head(Journal *journal);
/* After a failed change of journals: memory as the file says. */
gboolean journal_reload(Journal *journal, GError **error);
