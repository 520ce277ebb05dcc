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

/* Is it listed because its time is not believed? */
gboolean quarantine_is_of_time(const QuarantineRow *row);
/* Lists an event. Listed already: nothing changes; once ended, it waits anew. */
gboolean quarantine_add(Sql *sql, gint64 journal, gint64 seq, const char *reason, gint64 now_ms,
						GError **error);
/* `how`: "corrected", "accepted" or "rejected". */
gboolean quarantine_end(Sql *sql, gint64 journal, gint64 seq, const char *how, gint64 now_ms,
						GError **error);
/* An open one. FALSE with `error` unset: none. */
gboolean quarantine_get(Sql *sql, gint64 journal, gint64 seq, QuarantineRow *out, GError **error);
/* Open ones of a terminal (NULL: all), oldest first, at most n_max; of QuarantineRow. `reason`
 * NULL: any. */
gboolean quarantine_list(Sql *sql, const TerminalId *terminal, const char *reason, gsize n_max,
						 GArray **rows, GError **error);

/* One that waits for a decision, as people see it. */
typedef struct {
	QuarantineRow row;
	guint32 kind;    /* EventKind */
	PersonId person; /* 0: of nobody, or nobody we know */
	gint64 wall_ms;  /* its stamp */
	gint64 received_ms;
} QuarantineItem;

/* Undecided ones by journal and sequence, after these (0: all), at most n_max. */
gboolean quarantine_waiting(Sql *sql, gint64 journal, gint64 seq, gsize n_max, GArray **items,
							GError **error);
/* FALSE with `error` unset: it does not wait. */
gboolean quarantine_waiting_one(Sql *sql, gint64 journal, gint64 seq, QuarantineItem *out,
								GError **error);

/* Keeps a whole message of a revoked terminal, up to HELD_BYTES_MAX per terminal; `held` FALSE:
 * no more room, or kept already. */
#define HELD_BYTES_MAX (64 * 1024 * 1024)
gboolean held_add(Sql *sql, const TerminalId *terminal, const RandomId *journal, gint64 first,
				  gint64 last, Slice message, gint64 now_ms, gboolean *held, GError **error);
gboolean held_count(Sql *sql, const TerminalId *terminal, gint64 *n, GError **error);

/* What of a revoked terminal's waits for a decision. */
typedef struct {
	TerminalId terminal;
	gint64 n_batches, n_events; /* events may be counted twice where batches overlap */
	gint64 first_ms, last_ms;   /* received */
} HeldBacklog;

/* By terminal; of HeldBacklog. */
gboolean held_waiting(Sql *sql, GArray **backlogs, GError **error);

typedef struct {
	RandomId journal;
	gint64 first, last, received_ms;
	GBytes *message; /* whole */
} HeldBatch;

/* Batches of a decision that it has not reached yet, in the order of their journals, at most n_max.
 * The array frees the messages. */
gboolean held_batches(Sql *sql, gint64 decision, gsize n_max, GArray **batches, GError **error);
gboolean held_end(Sql *sql, const TerminalId *terminal, const HeldBatch *batch, const char *outcome,
				  GError **error);
/* All that are left of a decision. */
gboolean held_end_all(Sql *sql, gint64 decision, const char *outcome, GError **error);

/* Counts `n` refused messages under `cause`; of the samples given the last 16 of each cause are
 * kept, the beginning of each. */
#define REFUSAL_SAMPLES 16
#define REFUSAL_BYTES_MAX 4096
gboolean refusals_count(Sql *sql, const char *cause, const char *topic, Slice message, gint64 n,
						gint64 now_ms, GError **error);
/* Deletes samples received before then; the counts stay. */
gboolean refusals_forget(Sql *sql, gint64 before_ms, GError **error);
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

/* Open ones, newest first, with id < `before` (0: all), at most n_max; the array frees the texts. */
gboolean alarms_list(Sql *sql, gint64 before, gsize n_max, GArray **alarms, GError **error);
/* An open one; alarm_row_clear() frees its text. FALSE with `error` unset: none. */
gboolean alarms_get(Sql *sql, gint64 id, AlarmRow *out, GError **error);
void alarm_row_clear(AlarmRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlarmRow, alarm_row_clear)
