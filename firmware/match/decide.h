/*
 * Every threshold of the engine, on one page.  Scores are thousandths of log odds (score.h); the
 * figures behind the thresholds are in README.md.
 */
#pragma once

#include "firmware/match/match.h"

/* The score that a person of a gallery of `n_references` must reach. */
gint32 match_identify_threshold(gsize n_references);

/* From there on a duplicate is suspected, and asks for a second finger. */
gint32 match_suspect_threshold(gsize n_references);

#define MATCH_MARGIN 1500 /* over the best reference of anybody else */
