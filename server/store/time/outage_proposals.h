/*
 * Outages that the server proposes: spans of time in which every terminal of a place that was in
 * service there proves, by its own unbroken journal or its health, that it could not record.
 *
 *   listrik    the run ended without a stop and began again with a start (unclean stop to boot)
 *   dimatikan  a clean stop, until the next start
 *   sensor     the sensor was lost until it was back
 *   jam        the clock was not set, and nothing set it afterwards
 *   penuh      the disk's reserve was reached
 *   macet      no mark of life, though the run went on
 *
 * What is merely missing (no data has come yet, a journal with a hole) is never proposed: it may
 * still come.  Only what touches a window of a unit that uses the place is worth a proposal; what
 * somebody declared or decided on already is left out.
 */
#pragma once

#include "server/store/time/outages.h"

typedef struct {
	gint64 from_ms, to_ms;
	char *cause, *evidence;
} OutageProposal;

/* For one place, those that touch [from_ms, to_ms), whole, ascending; of OutageProposal, the array frees the texts. */
gboolean outage_proposals(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms,
						  gint64 utc_offset_min, GArray **proposals, GError **error);
/* Makes the open proposals of that time what they ought to be now, for one place (0: for all): one for
 * each outage, which keeps its number while it grows.  `n_added`: how many are new.  In the caller's
 * transaction. */
gboolean outage_propose(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, gint64 now_ms,
						gint64 utc_offset_min, gint64 *n_added, GError **error);

#define OUTAGE_PROPOSE_DAYS 7
/* The same over the last OUTAGE_PROPOSE_DAYS for the next place with terminals above `after`; *place 0: there
 * is none, a round is over.  The server goes round by itself, a place at a time. */
gboolean outage_propose_next(Sql *sql, gint64 after, gint64 now_ms, gint64 utc_offset_min,
							 gint64 *place, gint64 *n_added, GError **error);
