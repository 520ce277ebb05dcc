/*
 * Journals: the chains of events, one row per journal of a terminal.  A head advances only from the
 * value it was read with, so two mergers can never both append.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef struct {
	gint64 id; /* ours */
	TerminalId terminal;
	RandomId journal;
	gint64 seq; /* events 1 … seq are stored */
	Hash head;  /* for seq 0 the journal's genesis */
	gint64 opened_ms, heard_ms;
	gint64 last_at_ms;    /* the time of its last event that has a believable one; 0 none */
	gboolean sensor_lost; /* by its last event of that kind */
} JournalRow;

/* FALSE with `error` unset: unknown. */
gboolean journals_get(Sql *sql, const TerminalId *terminal, const RandomId *journal,
					  JournalRow *out, GError **error);
/* A journal without events. */
gboolean journals_open(Sql *sql, const TerminalId *terminal, const RandomId *journal,
					   const Hash *genesis, gint64 now_ms, JournalRow *out, GError **error);
/* Writes `journal`'s seq, head, last_at_ms and sensor_lost where its row still has `from_seq`;
 * SQL_ERROR_BUSY when somebody else was there. */
gboolean journals_advance(Sql *sql, const JournalRow *journal, gint64 from_seq, gint64 now_ms,
						  GError **error);
/* All of a terminal (NULL: of all), in the order in which they were opened; of JournalRow. */
gboolean journals_list(Sql *sql, const TerminalId *terminal, GArray **journals, GError **error);
