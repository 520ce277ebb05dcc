/*
 * How many people a unit needs on duty, by hours of its week.  Nothing is judged by it: publishing a
 * roster tells where they lack (roster_check.h).
 */
#pragma once

#include "server/store/history.h"

#define COVER_LENGTH_MAX (24 * 60)
#define COVER_PEOPLE_MAX 1000

/* Hours of the week that begin `start_min` minutes after Monday's midnight. */
typedef struct {
	gint64 start_min, length_min; /* < 7 days; 1 … COVER_LENGTH_MAX */
	gint64 people;                /* 0 … COVER_PEOPLE_MAX; 0: nobody is needed then any more */
} Cover;

/* In the caller's transaction. */
gboolean covers_set(Sql *sql, gint64 unit, const Cover *cover, const Change *change,
					gboolean *changed, GError **error);
/* Appends what is needed on the days [from_day, to_day), as known now, ascending; of RosterSpan.  `stated`
 * FALSE: nothing was ever said of these days. */
gboolean covers_needs(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, gint64 utc_offset_min,
					  GArray *needs, gboolean *stated, GError **error);
