/*
 * Rekap: the month of a unit's people.  One row per person (of the personal kind: per person and day), by
 * name; a list of more than RECAP_ONE_LIST people goes unit by unit.  Rows are made while they are
 * read: only the list of people is held.
 */
#pragma once

#include "server/reports/report.h"
#include "server/store/time/recap_people.h"

#define RECAP_ONE_LIST 500

typedef enum {
	RECAP_SUMMARY,    /* sums, and codes by number: "HN 15, TL1 3" */
	RECAP_CODES,      /* the codes of days 1 … 31, and sums */
	RECAP_TIMES,      /* in and out of days 1 … 31, and sums */
	RECAP_PERSONAL,   /* every day of a person with its reasons */
	RECAP_APEL,       /* apel, upacara: asked, attended */
	RECAP_LATENESS,   /* minutes of each month of the year so far, days for PP 94/2021 */
	RECAP_DEDUCTIONS, /* hundredths of a per cent by cause, share of who moved, adjustments */
} RecapKind;
#define N_RECAP_KINDS (RECAP_DEDUCTIONS + 1)

/* "codes"; stable, for programs. */
const char *recap_kind_text(RecapKind kind);
gboolean recap_kind_find(const char *text, RecapKind *kind);
/* "Rekap menurut kode". */
const char *recap_kind_title(RecapKind kind);

typedef enum {
	RECAP_ALL,
	RECAP_ABSENT,   /* with a day without notice */
	RECAP_LATE,     /* with minutes late or early */
	RECAP_DEDUCTED, /* with a deduction */
	RECAP_OPEN,     /* with a day that is not final */
} RecapOnly;
#define N_RECAP_ONLY (RECAP_OPEN + 1)
const char *recap_only_text(RecapOnly only); /* "semua", "tk", "menit", "potongan", "terbuka" */
gboolean recap_only_find(const char *text, RecapOnly *only);

typedef struct {
	RecapKind kind;
	gint64 from_day, to_day; /* half-open, within one month */
	gint64 unit;             /* its subtree as of each day; 0: everywhere */
	gboolean own;            /* the unit alone, without what is below it */
	PersonId person;         /* 0: everybody */
	const char *text;        /* part of a name, or the beginning of a number; NULL: any */
	RecapOnly only;
	gsize skip, limit; /* people; limit 0: all */
	gint64 utc_offset_min;
	gint64 today; /* what is printed is dated so */
} RecapQuery;

typedef struct Recap Recap;
/* `sql` stays until recap_free(). */
Recap *recap_open(Sql *sql, const RecapQuery *query, GError **error);
void recap_free(Recap *recap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recap, recap_free)

/* The rows, once. */
const ReportSource *recap_source(const Recap *recap);
/* People in the scope, whatever `only` and `limit` leave of them. */
gsize recap_n_people(const Recap *recap);
/* People whose rows have been made so far. */
gsize recap_n_done(const Recap *recap);
/* After the last row: does somebody come after the limit? */
gboolean recap_has_more(const Recap *recap);
/* "Rekap menurut kode, Maret 2025"; borrowed. */
const char *recap_title(const Recap *recap);
