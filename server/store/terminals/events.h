/*
 * Events as received, and the signed statements that came with them.  Nothing here is changed
 * afterwards but what the law destroys: an attachment or a payload, which the chain survives.
 */
#pragma once

#include "protocol/event.h"
#include "server/store/sql.h"

typedef struct {
	gint64 seq;
	guint32 kind;
	gint64 received_ms;
	GBytes *bytes;
} EventRow;

gboolean events_add(Sql *sql, gint64 journal, const Event *event, Slice bytes, gint64 now_ms,
					GError **error);
/* (transfer full); NULL with `error` unset: not there. */
GBytes *events_get(Sql *sql, gint64 journal, gint64 seq, GError **error);
/* Events with seq > `after`, ascending, at most n_max; of EventRow, the array frees the bytes. */
gboolean events_page(Sql *sql, gint64 journal, gint64 after, gsize n_max, GArray **events,
					 GError **error);
/* The attachment becomes null: a probe that was used. */
gboolean events_destroy_attachment(Sql *sql, gint64 journal, gint64 seq, GError **error);

typedef struct {
	gint64 first, last;
	GBytes *envelope; /* COSE_Sign1 */
} BatchRow;

/* The same statement again changes nothing. */
gboolean events_add_batch(Sql *sql, gint64 journal, gint64 first, gint64 last, Slice envelope,
						  gint64 now_ms, GError **error);
/* Ascending by last, with last > `after`, at most n_max; the array frees the envelopes. */
gboolean events_batches(Sql *sql, gint64 journal, gint64 after, gsize n_max, GArray **batches,
						GError **error);

/* Keeps another content for a stored key as evidence; `fresh` FALSE: that one is kept already. */
gboolean events_add_conflict(Sql *sql, gint64 journal, gint64 seq, const Hash *digest, Slice bytes,
							 Slice envelope, gint64 now_ms, gboolean *fresh, GError **error);

/* A terminal's run between two starts. */
typedef struct {
	gboolean known;     /* its boot event is here */
	gboolean simulated; /* that named a simulated driver */
	gboolean has_anchor;
	gint64 anchor_wall_ms, anchor_mono_ms;
} BootRow;

/* All FALSE and 0 for one never heard of. */
gboolean boots_get(Sql *sql, const TerminalId *terminal, const RandomId *boot, BootRow *out,
				   GError **error);
gboolean boots_put(Sql *sql, const TerminalId *terminal, const RandomId *boot, const BootRow *row,
				   GError **error);

/* A time derived by the server, with its reason. The stamp stays as it is. */
gboolean events_set_time(Sql *sql, gint64 journal, gint64 seq, gint64 at_ms, const char *reason,
						 GError **error);
