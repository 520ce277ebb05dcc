/*
 * What a unit's month contains now, and what still hinders handing it in.  Days that another locked month holds
 * already are not of it.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/month.h"
#include "server/store/sql.h"

typedef enum {
	MONTH_HINDER_DATA,       /* belum lengkap: data of terminals is missing */
	MONTH_HINDER_CLAIM,      /* menunggu verifikasi: a punch without a finger */
	MONTH_HINDER_UNENROLLED, /* belum terdaftar */
	MONTH_HINDER_RUNNING,    /* a day that is not over */
	MONTH_HINDER_ROSTER,     /* a draft of a roster that is not published; `unit` */
	MONTH_HINDER_REQUEST,    /* a change of a roster that nobody has decided; `id` */
	MONTH_HINDER_CORRECTION, /* a correction that nobody has decided; `id` */
	MONTH_HINDER_OUTAGE,     /* an outage that nobody has decided; `id` */
} MonthHinderKind;
#define N_MONTH_HINDERS (MONTH_HINDER_OUTAGE + 1)
const char *month_hinder_text(MonthHinderKind kind); /* Indonesian, static */

typedef struct {
	MonthHinderKind kind;
	PersonId person; /* 0: nobody in particular */
	gint64 id;       /* of the request or outage; 0: none */
	gint64 unit;     /* of the draft; 0: none */
	gint64 first_day, n_days;
} MonthHindrance;

typedef struct {
	gint64 n_people, n_days, n_differences;
	guint8 hash[MONTH_HASH_SIZE];
} MonthContents;

/* `hindrances` (may be NULL): all there are, the people's first, by person; of MonthHindrance (transfer full). */
gboolean month_contents_read(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
							 MonthContents *out, GArray **hindrances, GError **error);
/* The same, and keeps every person's lines for good; unit_month has its row.  In the caller's transaction. */
gboolean month_contents_freeze(Sql *sql, gint64 unit, gint64 month_day, MonthContents *out,
							   GError **error);
/* The hash of a locked month once more, from what is kept; `whole`: every person's lines have their hash. */
gboolean month_contents_verify(Sql *sql, gint64 unit, gint64 month_day,
							   guint8 hash[MONTH_HASH_SIZE], gboolean *whole, GError **error);
