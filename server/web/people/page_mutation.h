/* /mutasi: one mutation by decree, what it would change, and its entry; /unit: the tree as of a day. */
#pragma once

#include "server/store/people/mutate.h"
#include "server/web/choices.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

typedef enum {
	MUTATION_PERSON,
	MUTATION_KIND,
	MUTATION_DECREE,
	MUTATION_DATE,
	MUTATION_TMT,
	MUTATION_UNIT,
	MUTATION_PLACE,
	MUTATION_TITLE,
	MUTATION_TITLE_KIND,
	MUTATION_RANK,
	MUTATION_EMPLOYMENT,
	MUTATION_NUMBER,
	MUTATION_NAME,
	MUTATION_FRONT, /* titles */
	MUTATION_BACK,
	N_MUTATION_FIELDS,
} MutationField;

/* The name under which a field is sent. */
const char *mutation_field_name(MutationField field);
/* "Pindah unit kerja"; the code itself for a kind that has no words. */
const char *mutation_kind_text(const char *kind);

/* Texts are borrowed. */
typedef struct {
	const char *values[N_MUTATION_FIELDS]; /* never NULL */
	const char *problems[N_MUTATION_FIELDS];
	const GArray *units; /* UnitChoice: proposed for the code of a unit */
} MutationForm;

void page_mutation_render_form(Html *html, const Frame *frame, const MutationForm *form);

/* "Unit kerja": before → after. */
typedef struct {
	const char *what, *before, *after;
} MutationEffect;

typedef struct {
	const MutationForm *form; /* sent again with the confirmation */
	gint64 person;
	const char *name, *number; /* number NULL: none */
	const char *kind, *tmt;
	const char *until; /* the last day before a later fact; NULL: open */
	const GArray *effects;
	gint64 judged_days;
	gint64 n_grants; /* rights of the person that end */
	gboolean known;  /* this decree was entered before */
	gboolean later;  /* the TMT is still to come */
} MutationPreview;

void page_mutation_render_preview(Html *html, const Frame *frame, const MutationPreview *view);

/* ── shared with REST ── */

typedef enum {
	MUTATION_FACT_UNIT,
	MUTATION_FACT_PLACES,
	MUTATION_FACT_TITLE,
	MUTATION_FACT_RANK,
	MUTATION_FACT_EMPLOYMENT,
	MUTATION_FACT_STATUS,
	MUTATION_FACT_SUPERIOR,
	MUTATION_FACT_NUMBER,
	MUTATION_FACT_NAME, /* with titles */
	N_MUTATION_FACTS,
} MutationFact;

/* Of a person on the TMT; NULL: nothing is known. */
typedef struct {
	const char *texts[N_MUTATION_FACTS];
	const char *name, *number;
	gint64 n_grants;
} MutationFacts;

/* From the values of `form` the order, and what is wrong with them beside each; call->subject.person
 * becomes the person when it is of the scope. */
gboolean mutation_read_order(Call *call, MutationForm *form, MutateOrder *order, GError **error);
gboolean mutation_has_problem(const MutationForm *form);
/* Carries it out in the caller's transaction; the facts before and after. */
gboolean mutation_try(const Call *call, const MutateOrder *order, GStringChunk *texts,
					  MutationFacts facts[2], MutateResult *result, GError **error);
/* What the store refuses, beside its field; FALSE: another error, passed on.  Takes `refused`. */
gboolean mutation_say_refusal(GError *refused, MutationForm *form, GError **error);

/* ── the tree ── */

#define UNITS_LIST_MAX 1500

typedef struct {
	const char *code, *name, *kind; /* kind may be NULL */
	int depth;
} UnitLine;

typedef struct {
	const char *date, *date_iso; /* in words, and as it is sent */
	const char *date_problem;
	const GArray *lines; /* UnitLine, each below the one above it */
	gboolean more;
} UnitsView;

void page_units_render(Html *html, const Frame *frame, const UnitsView *view);
