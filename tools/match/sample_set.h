/*
 * A folder of FINGER_IMPRESSION.png (or .tpl, .fmr), as the FVC sets are laid out, as templates.
 */
#pragma once

#include "firmware/match/match.h"

typedef struct {
	char *name; /* "101_1" */
	guint finger, impression;
	MatchTemplate *template;
} Sample;

void sample_free(Sample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sample, sample_free)

/* Reads an image or a template file (ours or ISO), by its content. */
MatchTemplate *sample_read_template(const char *path, GError **error);

/* Of Sample, ordered by finger and impression (transfer full). Files of other names are passed
 * over; a folder without one is an error. */
GPtrArray *sample_set_read(const char *folder, GError **error);
