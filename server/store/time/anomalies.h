/*
 * What somebody should look at, as rows with their evidence.  Nothing here is a judgement: each row
 * says how often something happened, and where it can be looked up.  What depends on habit is counted by
 * calendar month, so that a year is read month by month.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	ANOMALY_HAND_PERSON,   /* punches by hand, by whose they are */
	ANOMALY_HAND_APPROVER, /* … by who approved them with a finger */
	ANOMALY_HAND_ADMIN,    /* … by the account that decided, or the list that was imported */
	ANOMALY_PAIRS,         /* two people within seconds at one terminal, on many days */
	ANOMALY_TRAVEL,        /* two places too far apart in the time between */
	ANOMALY_LEAVE,         /* punched while on leave */
	ANOMALY_GONE,          /* punched while retired, dead, dismissed or without duty */
	ANOMALY_ROSTER,        /* a roster changed after its shift had begun */
	ANOMALY_OUTAGE,        /* a place that is often in outage */
} AnomalyKind;
#define N_ANOMALY_KINDS (ANOMALY_OUTAGE + 1)

typedef struct {
	gint64 from_day, to_day; /* local, half-open, within one calendar month */
	gint64 utc_offset_min;
	/* From how many on; 0: the default below.  What happens once is a row without any. */
	gint64 hand_days, approvals, pair_days, outages;
} AnomalyFilter;

/* Practice, not law: a choice of whoever looks. */
#define ANOMALY_HAND_DAYS 5   /* of a person in a month */
#define ANOMALY_APPROVALS 15  /* of one approver, account or list in a month */
#define ANOMALY_PAIR_MS 10000 /* within so much, one after the other */
#define ANOMALY_PAIR_DAYS 8   /* in a month, and on a third of the days on which both were there */
#define ANOMALY_OUTAGES 3     /* of a place in a month */

/* Texts are owned by the row; each may be NULL. */
typedef struct {
	PersonId person;                  /* 0: nobody */
	PersonId other;                   /* the other one of a pair, or the approver */
	gint64 place;                     /* 0: none */
	gint64 day;                       /* of the evidence; of a month the last such day */
	gint64 n, of;                     /* how often, and of how many; of 0: not said */
	char *name, *number, *other_name; /* as of `day`; other_name of an account: its name */
	char *place_name;
	char *note;     /* in words: the reason, the letter, the kind of mutation */
	char *evidence; /* "terminal/journal/seq", number of the request */
} AnomalyRow;

void anomaly_row_free(AnomalyRow *row);
/* Of AnomalyRow (transfer full), the most frequent first, else by day. */
GPtrArray *anomalies_list(Sql *sql, AnomalyKind kind, const AnomalyFilter *filter, GError **error);
