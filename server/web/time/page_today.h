/* /hari-ini: what a civil servant wants to know at once: it counted, and how the week looks. */
#pragma once

#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/layout.h"

typedef struct {
	char *time, *place;
	const char *state; /* in words */
	gboolean counted;
} TodayPunch;

typedef struct {
	char *date, *codes, *text; /* text: the reasons in words, one line */
	const char *tone;          /* class */
} TodayDay;

typedef struct {
	const char *name, *date;
	const GArray *punches; /* TodayPunch */
	const char *text;      /* the day so far, in words; NULL: nothing said yet */
	const char *figures;   /* minutes and deduction so far; NULL: none */
	const char *due_out;   /* "15.30": the earliest leaving that makes the day whole; NULL: none */
	const GArray *days;    /* TodayDay, newest first */
} TodayView;

/* Class of a judged day. */
const char *page_day_tone(const Verdict *verdict);
/* "✓ diterima"; static. */
const char *page_punch_words(PunchState state);

void page_today_render(Html *html, const Frame *frame, const TodayView *view);
