/*
 * What the server could not accept, or not yet (decision 8): events stored but not judged, batches
 * of revoked terminals, refused messages, and the alarms that come of it.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef struct {
	gint64 journal; /* ours, see journals.h */
	gint64 seq;
	TerminalId terminal;
	RandomId journal_id; /* the terminal's name for it */
	char reason[24];
	gint64 listed_ms;
} QuarantineRow;

/* Lists an event. Listed already: nothing changes. */
gboolean quarantine_add(Sql *sql, gint64 journal, gint64 seq, const char *reason, gint64 now_ms,
						GError **error);
/* `how`: "corrected", "accepted" or "rejected". */
gboolean quarantine_end(Sql *sql, gint64 journal, gint64 seq, const char *how, gint64 now_ms,
						GError **error);
/* Open ones of a terminal (NULL: all), oldest first, at most n_max; of QuarantineRow. `reason`
 * NULL: any. */
gboolean quarantine_list(Sql *sql, const TerminalId *terminal, const char *reason, gsize n_max,
						 GArray **rows, GError **error);

/* Keeps a whole message of a revoked terminal, up to HELD_BYTES_MAX per terminal; `held` FALSE:
 * no more room, or kept already. */
#define HELD_BYTES_MAX (64 * 1024 * 1024)
gboolean held_add(Sql *sql, const TerminalId *terminal, const RandomId *journal, gint64 first,
				  gint64 last, Slice message, gint64 now_ms, gboolean *held, GError **error);
gboolean held_count(Sql *sql, const TerminalId *terminal, gint64 *n, GError **error);

/* Counts `n` refused messages under `cause`; of the samples given the last 16 of each cause are
 * kept, the beginning of each. */
#define REFUSAL_SAMPLES 16
#define REFUSAL_BYTES_MAX 4096
gboolean refusals_count(Sql *sql, const char *cause, const char *topic, Slice message, gint64 n,
						gint64 now_ms, GError **error);
gboolean refusals_total(Sql *sql, gint64 *n, GError **error);

/* An open alarm of the same kind, terminal and detail is counted, not repeated. `terminal` may be
 * NULL. */
gboolean alarms_raise(Sql *sql, const char *kind, const TerminalId *terminal, const char *detail,
					  gint64 now_ms, GError **error);
gboolean alarms_end(Sql *sql, const char *kind, const TerminalId *terminal, gint64 now_ms,
					GError **error);

typedef struct {
	gint64 id;
	char kind[24];
	TerminalId terminal; /* empty: of none */
	char *detail;
	gint64 first_ms, last_ms, n;
} AlarmRow;

/* Open ones, newest first, at most n_max; the array frees the texts. */
gboolean alarms_list(Sql *sql, gsize n_max, GArray **alarms, GError **error);
