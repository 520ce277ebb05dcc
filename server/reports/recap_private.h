/* What recap.c (whom, in which order) and recap_rows.c (what a row says) share. */
#pragma once

#include "server/reports/recap.h"
#include "server/store/time/verdicts.h"

#define RECAP_DAY_TEXT 100 /* DAY_CODES_MAX codes, each with a blank */
#define RECAP_COLUMNS_MAX (RECAP_DAYS_MAX + 20)

/* What is counted of a person's days. */
typedef enum {
	COUNT_LATE,
	COUNT_EARLY,
	COUNT_FORGOTTEN, /* one of the two punches missing */
	COUNT_ABSENT,
	COUNT_DUTY, /* elsewhere on duty, at home by order */
	COUNT_LEAVE,
	COUNT_EXCUSED,
	COUNT_OFF,
	COUNT_EVENT,
	COUNT_OTHER,
	N_COUNTS,
} RecapCount;

typedef struct {
	gint64 days, present, late_min, early_min, deduction_bp, waiting;
	gint64 n[N_COUNTS];      /* days with a code of that kind */
	gint64 attended, missed; /* events */
} RecapSums;

typedef struct {
	char codes[RECAP_DAY_TEXT]; /* "": not judged */
	gint64 in_ms, out_ms;
} RecapDay;

/* What became known of locked months of a person, and is a line of this one. */
typedef struct {
	PersonId person;
	gint64 unit; /* in whose month the line is */
	gint64 bp;   /* more or less to be deducted */
	char *name;  /* may be NULL */
	GString *note;
} RecapDifference;

struct Recap {
	Sql *sql;
	RecapQuery query;
	char *title;
	RecapPeople *people;
	GHashTable *counts;      /* code → RecapCount */
	GHashTable *differences; /* PersonId → RecapDifference */
	gboolean whole_month;    /* the scope is one that hands in its month, or the province */
	gboolean locked;         /* some month of these days is locked somewhere */
	ReportSource source;
	ReportColumn columns[RECAP_COLUMNS_MAX];
	ReportCell cells[RECAP_COLUMNS_MAX];
	char texts[RECAP_DAYS_MAX][RECAP_DAY_TEXT]; /* of the cells of days */
	GStringChunk *kept;                         /* other texts of the row */
	/* The person in hand. */
	guint at;
	gsize n_matched, n_given;
	gboolean more;
	const RecapPerson *person;
	RecapSums sums;
	RecapDay days[RECAP_DAYS_MAX];
	GPtrArray *rows; /* RECAP_PERSONAL: ReportCell[n_columns], texts of `kept` */
	guint row_at;
	/* The section in hand. */
	ReportSection section;
	ReportLine lines[4];
	GStringChunk *section_texts;
	RecapSigner signer;
	gint64 section_unit; /* -1: none yet */
};

/* recap_month.c */
gboolean recap_find_locked(Sql *sql, const RecapQuery *query, gboolean *locked, GError **error);
gboolean recap_load_differences(Recap *recap, GError **error);
/* The unit that hands in the month of `unit`; 0: of the province, which does not. */
gboolean recap_month_unit(const Recap *recap, gint64 unit, gint64 *month_unit, GError **error);
/* "Dikunci 5 April 2025, hash kunci …"; `unit` 0: the province.  Appends. */
gboolean recap_say_state(const Recap *recap, gint64 unit, GString *out, GError **error);

/* recap_days.c: the days of recap->person, ascending: what was locked, else the verdicts of now.  Texts are
 * borrowed within the call; without `reasons` these may be NULL. */
typedef void (*RecapTakeDay)(Recap *recap, const Verdict *verdict, gpointer user);
gboolean recap_each_day(Recap *recap, gboolean reasons, RecapTakeDay take, gpointer user,
						GError **error);

/* recap_rows.c */
void recap_columns(Recap *recap);
/* Reads the days of recap->person and adds them up. */
gboolean recap_read_days(Recap *recap, GError **error);
/* Makes its cells, or its rows. */
gboolean recap_make_row(Recap *recap, GError **error);
gsize recap_n_days(const Recap *recap);
