/* /putusan/pasangan/{id}: two people who seem to be one, found by the search of all among themselves. */
#pragma once

#include "server/store/terminals/duplicates.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define PAIRS_LIST_MAX 100

/* Texts are borrowed. */
typedef struct {
	const char *id; /* "101-109" */
	const char *names, *detail;
} PairLine;

typedef struct {
	const char *id;
	const char *names[2], *units[2]; /* units NULL: none */
	PersonId people[2];
	const char *finger, *found;
	gboolean two_fingers;
	gboolean own; /* of whoever looks: theirs to see, not to decide */
	/* What was typed, never NULL, and what is wrong with it. */
	const char *verdict, *ends, *reason;
	const char *verdict_problem, *ends_problem, *reason_problem;
} PairView;

/* The section of /putusan. */
void page_pairs_render_list(Html *html, const GArray *lines, gboolean more);
void page_pair_render(Html *html, const Frame *frame, const PairView *view);

/* Those of the scope that wait; of PairLine. */
gboolean page_pairs_list(const Call *call, GStringChunk *texts, GArray *lines, gboolean *more,
						 GError **error);
/* Both people are of the scope. */
gboolean page_pairs_sees(const Call *call, const DuplicatePair *pair, gboolean *seen,
						 GError **error);
/* Of the path: "101-109", the lower number first. FALSE with `error` unset: no such pair, or not theirs to
 * see. */
gboolean page_pairs_find(const Call *call, DuplicatePair *pair, GError **error);
