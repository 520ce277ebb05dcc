/*
 * Outages of a place: declared, then decided.  Over a declared one a slot without a punch is belum
 * lengkap; over an accepted one it is AT (alasan teknis); a refused one counts for nothing.
 *
 * Whoever has several duty places: an accepted outage of one of them that touches only a part of the
 * slot's span does not make it AT when another of them recorded throughout that part, since there the
 * person could be recorded.  One over the whole span does: nobody has to know which place is dark.
 */
#pragma once

#include "server/store/history.h"

typedef enum { OUTAGE_DECLARED = 1, OUTAGE_ACCEPTED = 2, OUTAGE_REFUSED = 3 } OutageState;

typedef struct {
	gint64 id;
	gint64 place;
	gint64 from_ms, to_ms;
	OutageState state;
	const char *cause;    /* "listrik", …; borrowed */
	const char *document; /* number of the Berita Acara; may be NULL */
	const char *decided_by;
	/* The server's own guess, from journals and health: without any effect until it is accepted. */
	gboolean proposed;
	const char *evidence;    /* may be NULL */
	const char *declared_by; /* NULL: the server, or a file */
} Outage;

/* Joins the transaction, marks the place's people.  Nothing is checked: outage_decisions.h does. */
gboolean outages_declare(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
						 gint64 *id, GError **error);
/* A decision has a name. FALSE with `error` unset: no such outage. */
gboolean outages_decide(Sql *sql, gint64 id, OutageState state, const char *decided_by,
						const char *document, gint64 now_ms, gint64 utc_offset_min, GError **error);
/* The outage of exactly that time that somebody declared or decided on; *id 0: none. */
gboolean outages_find(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, gint64 *id,
					  OutageState *state, GError **error);

/* The presence of the place is recorded by another system or by lists and handed over complete: a
 * slot without a punch is no gap there.  Joins the transaction, marks. */
gboolean outages_set_elsewhere(Sql *sql, gint64 place, const Change *change, gboolean *changed,
							   GError **error);
/* On all days of [from_day, to_day)? */
gboolean outages_elsewhere(Sql *sql, gint64 place, gint64 from_day, gint64 to_day,
						   gboolean *elsewhere, GError **error);
