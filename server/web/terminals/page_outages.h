/* /gangguan: times in which nobody could punch at a place; declared, decided, with their history. */
#pragma once

#include "server/store/time/outage_decisions.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define OUTAGES_LIST_MAX 200
#define OUTAGE_PLACES_MAX 500 /* proposed for the field of the place */
#define OUTAGE_DOCUMENT_MAX 120

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *place, *span, *cause, *state, *tone;
	gboolean open, after_holiday;
} OutageLine;

typedef struct {
	const char *code, *name;
} OutagePlaceChoice;

typedef struct {
	const char *place;
	gint64 n, minutes;
} OutageFrequent;

typedef struct {
	const GArray *lines;    /* OutageLine, newest first */
	const GArray *frequent; /* OutageFrequent, the worst first */
	gboolean more, may_declare;
} OutagesView;

void page_outages_render(Html *html, const Frame *frame, const OutagesView *view);

typedef enum {
	OUTAGE_FIELD_PLACE,
	OUTAGE_FIELD_FROM_DATE,
	OUTAGE_FIELD_FROM_TIME,
	OUTAGE_FIELD_TO_DATE,
	OUTAGE_FIELD_TO_TIME,
	OUTAGE_FIELD_CAUSE,
	OUTAGE_FIELD_EVIDENCE,
	OUTAGE_FIELD_DOCUMENT,
	N_OUTAGE_FIELDS,
} OutageField;

/* The name under which a field is sent. */
const char *outage_field_name(OutageField field);

typedef struct {
	const char *values[N_OUTAGE_FIELDS]; /* never NULL */
	const char *problems[N_OUTAGE_FIELDS];
	const GArray *places; /* OutagePlaceChoice */
} OutageForm;

void page_outages_render_form(Html *html, const Frame *frame, const OutageForm *form);

typedef struct {
	const char *state, *reason, *by, *time;
} OutageHistoryLine;

typedef struct {
	OutageLine line;
	const char *evidence, *document, *declared_by, *declared; /* NULL: none */
	const GArray *history;                                    /* OutageHistoryLine */
	gboolean may_decide, own;        /* own: it is the decider's place too */
	gboolean may_accept, may_refuse; /* by its present state */
	/* What was typed, never NULL, and what is wrong with it. */
	const char *reason, *letter;
	const char *reason_problem, *verdict_problem;
} OutageView;

void page_outages_render_one(Html *html, const Frame *frame, const OutageView *view);

/* ── shared with REST ── */

/* The places of the call's scope, a set of gint64 (transfer full); *all: every place, and NULL. */
gboolean outages_places_seen(const Call *call, GHashTable **places, gboolean *all, GError **error);
/* NULL with `error` unset: no such outage of the scope. */
OutageRow *outages_find_seen(const Call *call, const char *id, GError **error);
/* Whoever decides serves at that place themselves meanwhile. */
gboolean outages_is_own(const Call *call, const OutageRow *row, gboolean *own, GError **error);
/* How many wait for a decision. */
gboolean outages_count_open(const Call *call, gint64 *n, GError **error);
