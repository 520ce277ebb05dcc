/*
 * /bulan and /pegawai/{id}/bulan: a person's month, each day with its codes, its reasons in plain
 * words and its punches.
 */
#pragma once

#include "server/web/layout.h"

/* Texts are borrowed. */
typedef struct {
	const char *time, *place, *state;
	gboolean counted;
} MonthPunch;

typedef struct {
	int number; /* of the month, from 1 */
	const char *date, *codes, *tone;
	const char *figures;    /* minutes and deduction in words; NULL: none */
	gboolean judged;        /* else there is only the number */
	const GPtrArray *texts; /* const char *: the reasons in words; NULL: none */
	const GArray *punches;  /* MonthPunch; NULL: none */
	const char
		*correct; /* where its correction is asked for; NULL: nothing to correct, or another's */
} MonthDay;

typedef struct {
	const char *code, *meaning;
	gint64 n;
} MonthCode;

typedef struct {
	const char *name, *month;   /* "Maret 2025" */
	const char *base;           /* "/bulan": path of this page */
	const char *before, *after; /* "2025-02"; NULL: none is shown */
	const char *back;           /* path to the person's file; NULL: the own month */
	int first_weekday;          /* 0 Monday … 6 Sunday */
	const GArray *days;         /* MonthDay, all of the month */
	const GArray *codes;        /* MonthCode */
	gint64 n_present, late_min, early_min;
	const char *deduction; /* of the month so far, "1,5 %" */
} MonthView;

void page_month_render(Html *html, const Frame *frame, const MonthView *view);
