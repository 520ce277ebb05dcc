/*
 * What every page has around it.  Pages are rendered in two steps: load (store → a view struct of
 * plain values), then render (view → HTML, pure, compared with a golden file).
 */
#pragma once

#include "server/web/call.h"
#include "server/web/html.h"

typedef enum {
	NAV_NONE = 0,
	NAV_TODAY = 1 << 0, /* Hari ini: the own day */
	NAV_MONTH = 1 << 1, /* Bulan: the own month */
	NAV_BOARD = 1 << 2, /* Papan hari ini */
	NAV_ENROL = 1 << 3,
	NAV_PEOPLE = 1 << 4,
	NAV_TERMINALS = 1 << 5,
	NAV_RECAP = 1 << 7,
	NAV_GRANTS = 1 << 8,
	NAV_CLAIMS = 1 << 9,   /* punches that wait for an approver */
	NAV_WAITING = 1 << 10, /* what waits for a decision */
	NAV_AUDIT = 1 << 11,
	NAV_MUTATION = 1 << 12,
	NAV_UNITS = 1 << 13, /* the tree of units */
	NAV_TASKS = 1 << 14, /* what waits for whoever looks */
	NAV_TEAM = 1 << 15,  /* a superior's people */
	NAV_OUTAGES = 1 << 16,
	NAV_CHARTS = 1 << 17,
	NAV_ANOMALIES = 1 << 18,
	NAV_CORRECTIONS = 1 << 19,
	NAV_ROSTER = 1 << 20,
	NAV_CLOSING = 1 << 21,    /* Akhir bulan */
	NAV_DISCIPLINE = 1 << 22, /* signals of PP 94/2021 */
	NAV_ACCOUNT = 1 << 6,     /* beside the name, not in the menu */
} Nav;

/* Texts are borrowed. */
typedef struct {
	const char *title;
	const char *user; /* NULL: nobody has logged in */
	const char *csrf;
	int nav; /* which entries are shown: Nav bits */
	Nav current;
	const char *refresh_s;            /* reload without script after so many seconds; NULL: not */
	const char *chart_js, *grafik_js; /* URLs; NULL: the page has no charts */
	const char *bootstrap_css, *app_css, *app_js, *icon; /* their URLs */
} Frame;

Frame layout_frame(const Call *call, const char *title, Nav current);
/* Such a page draws its tables as charts. */
void layout_charts(Frame *frame, const Call *call);
void layout_begin(Html *html, const Frame *frame);
void layout_end(Html *html, const Frame *frame);
/* The hidden field of a form. */
void layout_csrf(Html *html, const Frame *frame);
