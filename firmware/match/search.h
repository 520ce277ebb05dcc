/*
 * The first look at a gallery: votes of minutiae whose codes are alike for one motion of the finger.
 * About a hundred times cheaper than a comparison; what it ranks high is compared in full.
 */
#pragma once

#include "firmware/match/template.h"

typedef struct {
	MatchCode code;
	gint16 x, y;
	guint16 angle;
} MatchKeyPoint;

/* What of a template is searched. */
typedef struct {
	guint n;
	MatchKeyPoint points[];
} MatchKey;

MatchKey *match_key_new(const MatchTemplate *template);
void match_key_free(MatchKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchKey, match_key_free)

/* Larger: more likely the same finger. */
guint match_key_votes(const MatchKey *probe, const MatchKey *key);
