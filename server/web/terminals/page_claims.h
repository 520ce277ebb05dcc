/* /persetujuan: punches without a finger ("tanpa jari") that wait for an approver. */
#pragma once

#include "server/web/layout.h"
#include "server/web/time/page_roster_request.h"

#define CLAIMS_LIST_MAX 200

/* Texts are borrowed. */
typedef struct {
	const char *id;
	const char *name, *when, *terminal;
	gboolean fingerless; /* else a visitor's number without a reference to compare with */
	gboolean own;        /* of whoever looks: theirs to see, not to decide */
} ClaimLine;

typedef struct {
	const GArray *lines; /* ClaimLine, oldest first */
	gboolean more;
	const GArray *rosters; /* RosterRequestLine */
} ClaimsView;

void page_claims_render(Html *html, const Frame *frame, const ClaimsView *view);

/* Those of the call's scope; of ClaimLine. */
gboolean page_claims_list(const Call *call, GStringChunk *texts, GArray *lines, gboolean *more,
						  GError **error);
