/*
 * A unit's roster by month.  It is planned as a draft, which nothing is judged by; publishing puts it
 * into force (table person_roster), under a version, with who did it, when, and knowing of how many
 * conflicts.  What was planned is kept as it was.  Writing functions join the caller's transaction.
 *
 * A roster that came into force without having been published (import rosters, a cycle) counts all
 * the same; what publishing adds is the record, and that from then on every day of the month is known:
 * whatever says otherwise after a shift began is a correction (roster_requests.h).
 */
#pragma once

#include "server/store/time/roster_check.h"
#include "server/store/time/roster_requests.h"

/* The person's day in the draft; an earlier one of the draft gives way. */
gboolean roster_draft_set(Sql *sql, gint64 unit, PersonId person, const RosterDay *roster,
						  gboolean *changed, GError **error);
/* Forgets the draft of the month. `n`: how many days it had. */
gboolean roster_draft_discard(Sql *sql, gint64 unit, gint64 month_day, gint64 *n, GError **error);
/* The days of the draft (`publication` 0) or of a version; of PlannedDay. */
gboolean roster_plan_of(Sql *sql, gint64 unit, gint64 month_day, gint64 publication,
						GArray **planned, GError **error);

typedef struct {
	gint64 id, version, account, published_ms;
	gint64 n_conflicts;
	char *by;     /* name of the account; owned by the array */
	char *reason; /* may be NULL; owned by the array */
} RosterPublication;
/* Of RosterPublication, the first version first. */
gboolean roster_publications(Sql *sql, gint64 unit, gint64 month_day, GArray **publications,
							 GError **error);

typedef struct {
	gint64 version;
	gint64 n_days, n_changed, n_proposed; /* of the draft; put into force; waiting as corrections */
} RosterPublished;
/* `change` is read for its times, `reason` (may be NULL) is kept.  SQL_ERROR_CONSTRAINT when there is
 * no draft. */
gboolean roster_publish(Sql *sql, gint64 unit, gint64 month_day, gint64 account, gint64 n_conflicts,
						const char *reason, const Change *change, gint64 utc_offset_min,
						RosterPublished *out, GError **error);
