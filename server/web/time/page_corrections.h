/* /koreksi: what waits for whoever looks, the own corrections, and asking for one. */
#pragma once

#include "server/web/fields.h"
#include "server/web/layout.h"

#define CORRECTIONS_LIST_MAX 100

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *name; /* of the person; NULL: the own */
	const char *what; /* "Senin, 3 Maret 2025, masuk, AT" */
	const char *reason, *asked_by;
	const char *document; /* NULL: none */
	const char *state;    /* "menunggu ATASAN", "disetujui budi (ATASAN)" */
} CorrectionLine;

typedef struct {
	const GArray *inbox, *own;              /* CorrectionLine */
	gboolean decides, asks;                 /* by right; with a person behind the account */
	const char *day, *kind, *code, *reason; /* of the form; never NULL */
	const char *day_problem, *reason_problem, *problem; /* NULL: none */
	const FieldChoice *codes;
	gsize n_codes;
} CorrectionsView;

void page_corrections_render(Html *html, const Frame *frame, const CorrectionsView *view);
