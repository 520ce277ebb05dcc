/* /persetujuan/jadwal/{id}: a correction of a roster, or a swap of duties, that waits for an approver. */
#pragma once

#include "server/store/time/roster_requests.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define ROSTER_REQUESTS_MAX 100
#define ROSTER_REASON_MIN 3   /* characters */
#define ROSTER_REASON_MAX 500 /* bytes */

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *title, *detail;
} RosterRequestLine;

typedef struct {
	const char *name, *date, *before, *after;
} RosterRequestDay;

typedef struct {
	gint64 id;
	const char *title, *reason, *by, *asked; /* by NULL: by a file */
	const GArray *days;                      /* RosterRequestDay */
	const GPtrArray *conflicts;              /* const char *: what the new version breaks */
	gboolean own;                            /* of whoever looks: theirs to see, not to decide */
	/* What was typed, never NULL, and what is wrong with it. */
	const char *verdict, *words;
	const char *verdict_problem, *words_problem, *despite_problem;
	gboolean despite;
} RosterRequestView;

/* The section of /persetujuan; nothing when there is none. */
void page_roster_request_render_list(Html *html, const GArray *lines);
void page_roster_request_render(Html *html, const Frame *frame, const RosterRequestView *view);

/* Those that wait and are wholly of the scope; of RosterRequestLine. */
gboolean page_roster_request_list(const Call *call, GStringChunk *texts, GArray *lines,
								  GError **error);
/* One that waits and is of the scope; `found` FALSE: there is none. */
gboolean page_roster_request_find(const Call *call, gint64 id, RosterRequest *request,
								  gboolean *found, GError **error);
/* Theirs, or asked by them: not for whoever asks to decide. */
gboolean page_roster_request_is_own(const Call *call, const RosterRequest *request);
