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

/* What makes templates of images. */
typedef enum {
	SAMPLE_FULL, /* match_extract() */
	SAMPLE_FAST, /* match_extract_fast() */
	SAMPLE_NBIS, /* libfprint's minutiae, as they are */
} SampleExtractor;

/* For a command's table of options: --fast and --nbis. */
#define SAMPLE_OPTIONS(fast, nbis)                                                                 \
	{"fast", 0, 0, G_OPTION_ARG_NONE, fast, "by the extraction for small boards", NULL},           \
	{                                                                                              \
		"nbis", 0, 0, G_OPTION_ARG_NONE, nbis, "by libfprint's minutiae, unmodified", NULL         \
	}

/* Reads an image or a template file (ours or ISO), by its content. */
MatchTemplate *sample_read_template(const char *path, SampleExtractor extractor, GError **error);

/* Of Sample, ordered by finger and impression (transfer full). Files of other names are passed
 * over; a folder without one is an error. */
GPtrArray *sample_set_read(const char *folder, SampleExtractor extractor, GError **error);
