/*
 * Fingerprint comparison: templates, 1:1 and 1:N.  No I/O, no global state, deterministic,
 * re-entrant.  Linked by the terminal (every touch) and by the vault (claims, duplicate search).
 *
 * Scores are thousandths; larger is more alike.  Thresholds are given as decision functions, so
 * that no caller compares scores of its own making.
 */
#pragma once

#include <glib.h>

/* One minutia, in pixels at 500 dpi from the top left; angle is the ridge direction in units of
 * 1/65536 turn, counter-clockwise from the right (ISO/IEC 19794-2:2005 §6.4). */
typedef struct {
	guint16 x, y;
	guint16 angle;
	guint8 quality; /* 0 … 100, 0 unknown */
} MatchMinutia;

/* Which way the ridges run, on a grid of square cells: what minutiae alone do not tell. */
typedef struct {
	guint8 cell; /* px; 0: the template has none */
	guint8 columns, rows;
	guint8 *direction; /* [rows][columns], 1/MATCH_HALF_TURN of half a turn, counter-clockwise;
						  MATCH_NO_DIRECTION off the finger */
} MatchField;

#define MATCH_HALF_TURN 254
#define MATCH_NO_DIRECTION 255
#define MATCH_FIELD_CELLS_MAX 600

#define MATCH_MINUTIAE_MAX 200
#define MATCH_TEMPLATE_SIZE_MAX 2048 /* encoded */

#define MATCH_ERROR (match_error_quark())
GQuark match_error_quark(void);

typedef enum {
	MATCH_ERROR_MALFORMED,
	MATCH_ERROR_VERSION,
	MATCH_ERROR_IMAGE,    /* of a size that no finger has */
	MATCH_ERROR_CUT,      /* a gallery: the end is missing */
	MATCH_ERROR_CHECKSUM, /* a gallery: not as it was written */
} MatchError;

/* An immutable set of minutiae with what the comparison needs of it. */
typedef struct MatchTemplate MatchTemplate;

/* Keeps at most MATCH_MINUTIAE_MAX, the best first. Never NULL: no minutiae is a template too. */
MatchTemplate *match_template_new(const MatchMinutia *minutiae, gsize n, guint16 width,
								  guint16 height);
/* With the ridges' directions, which make the score surer. Takes `field->direction` (g_malloc);
 * columns × rows ≤ MATCH_FIELD_CELLS_MAX. */
MatchTemplate *match_template_new_with_field(const MatchMinutia *minutiae, gsize n, guint16 width,
											 guint16 height, const MatchField *field);
void match_template_free(MatchTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchTemplate, match_template_free)

gsize match_template_count(const MatchTemplate *template);
/* Our compact form, versioned. */
GBytes *match_template_encode(const MatchTemplate *template);
/* Every byte is checked. NULL with MATCH_ERROR_*. */
MatchTemplate *match_template_decode(const guint8 *data, gsize size, GError **error);

/* ISO/IEC 19794-2:2005 finger minutiae record, one view. */
GBytes *match_template_to_iso(const MatchTemplate *template, guint8 finger_position);
MatchTemplate *match_template_from_iso(const guint8 *data, gsize size, GError **error);

/* Is the sample good enough to be compared, or to be enrolled? */
typedef enum {
	MATCH_SAMPLE_GOOD,
	MATCH_SAMPLE_FEW,     /* too few minutiae */
	MATCH_SAMPLE_SMALL,   /* minutiae in too small an area: off centre, or the tip only */
	MATCH_SAMPLE_UNCLEAR, /* the ridges explain too little of the image: dirty, wet, moved */
} MatchSampleState;

guint8 match_template_quality(const MatchTemplate *template); /* 0 … 100 */
MatchSampleState match_sample_for_touch(const MatchTemplate *template);
MatchSampleState match_sample_for_enrolment(const MatchTemplate *template);

/* 1:1. Not exactly the same with the sides exchanged. */
gint32 match_score(const MatchTemplate *a, const MatchTemplate *b);
/* The threshold of a 1:1 verification (goal FMR ≤ 1e-4), the same on terminal and server. */
gboolean match_verified(gint32 score);
/* Best of several references of one person. */
gint32 match_score_best(const MatchTemplate *probe, const MatchTemplate *const *references,
						gsize n_references);

/* Do these impressions come from one finger?  `odd` gets the index of the one that fits least. */
gboolean match_same_finger(const MatchTemplate *const *impressions, gsize n, gsize *odd);

/* A gallery of references; one person may have many. About 660 bytes a reference. Several threads may
 * search while none changes it. */
typedef struct MatchGallery MatchGallery;

MatchGallery *match_gallery_new(void);
void match_gallery_free(MatchGallery *gallery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchGallery, match_gallery_free)

/* Takes `template`. A reference that is there already is replaced. */
void match_gallery_put(MatchGallery *gallery, gint64 person, gint64 reference,
					   MatchTemplate *template);
/* Removes all references of the person; what is not there is no error. */
void match_gallery_remove_person(MatchGallery *gallery, gint64 person);
void match_gallery_remove_reference(MatchGallery *gallery, gint64 reference);
gsize match_gallery_n_references(const MatchGallery *gallery);
gsize match_gallery_n_people(const MatchGallery *gallery);

/* TRUE for people who may be answered now (the caller's leases and dates). */
typedef gboolean (*MatchEligible)(gint64 person, gpointer user);

typedef enum {
	MATCH_FOUND,
	MATCH_NONE,
	MATCH_TOO_CLOSE, /* two people alike: ask for another finger */
} MatchOutcome;

typedef struct {
	MatchOutcome outcome;
	gint64 person, reference; /* of the best, also when not FOUND; 0 in an empty gallery */
	gint32 score;
	gint32 margin; /* over the best reference of any other person; score itself if none */
} MatchAnswer;

/* The best person over the threshold for this gallery's size (all of its references, eligible or
 * not), with a margin over the second; never the first over the line. `eligible` may be NULL; it is
 * asked only about those who come into question. The order in which the gallery was filled and the
 * vector unit change nothing. */
MatchAnswer match_gallery_identify(const MatchGallery *gallery, const MatchTemplate *probe,
								   MatchEligible eligible, gpointer user);

#define MATCH_THREADS_MAX 8

/* How a search goes; all zero: like match_gallery_identify(). */
typedef struct {
	MatchEligible eligible; /* may be NULL; asked by all of the search's threads at once */
	gpointer user;
	guint n_threads; /* 0, 1: the caller's only; at most MATCH_THREADS_MAX. Changes no answer. */
	const gint
		*stop; /* may be NULL; set by g_atomic_int_set() to anything but 0, it ends the search
						 within a millisecond */
} MatchSearch;

/* FALSE: stopped; then `answer` is MATCH_NONE of nobody. */
gboolean match_gallery_search(const MatchGallery *gallery, const MatchTemplate *probe,
							  const MatchSearch *how, MatchAnswer *answer);

/* The best score against the person's references; G_MININT32 when there are none. */
gint32 match_gallery_score_person(const MatchGallery *gallery, const MatchTemplate *probe,
								  gint64 person);

/* ── whose fingers are these already? ── */

/* A sample of a person who is, or is going to be, enrolled; `finger` only tells their fingers apart. */
typedef struct {
	const MatchTemplate *template;
	guint8 finger;
} MatchImpression;

typedef struct {
	gint64 person, reference; /* whose; 0: nobody's */
	guint8 finger;            /* the impression's that says so */
	gint32 score;
	gint32
		second_score; /* of another finger of the two, G_MININT32: there is none, or it is unlike */
} MatchDuplicate;

/* Another person than `person` whose fingers these are: one finger alone when it is over the line for
 * this gallery's size, or a weaker one that a second finger confirms. At most one false hold in 1,000
 * enrolments of 6 impressions is the aim (README, thresholds). `how->eligible` is not used. FALSE:
 * stopped. */
gboolean match_gallery_find_duplicate(const MatchGallery *gallery, gint64 person,
									  const MatchImpression *impressions, gsize n,
									  const MatchSearch *how, MatchDuplicate *duplicate);

/* ── a gallery as bytes ── */

/* To be stored: sealed by the caller, or as it is where that is no secret; a checksum is inside, which
 * finds accidents, no forger. */
GBytes *match_gallery_write(const MatchGallery *gallery);
/* The gallery lies in `bytes` (a mapped file, say) as far as it is not changed. Every number is
 * checked; NULL with MATCH_ERROR_CUT, _CHECKSUM, _VERSION, _MALFORMED. */
MatchGallery *match_gallery_read(GBytes *bytes, GError **error);
