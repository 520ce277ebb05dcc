/* Fields of forms: label, input, hint and what is wrong with it, beside it and read out with it. */
#pragma once

#include <glib.h>

#include "server/web/html.h"

/* Texts are borrowed; NULL: none. */
typedef struct {
	const char *id; /* also the name that is sent */
	const char *label;
	const char *type; /* "text", "date", "time", …; NULL: a text of several lines */
	const char *value;
	const char *hint, *problem;
	const char *list; /* id of a datalist */
	int size_max;     /* characters; 0: 100 */
	gboolean optional;
} Field;

void field_render(Html *html, const Field *field);

typedef struct {
	const char *value, *text;
} FieldChoice;

/* A list to choose one from; `chosen` NULL: the first. */
void field_select(Html *html, const char *id, const char *label, const FieldChoice *choices,
				  gsize n_choices, const char *chosen, const char *problem);
/* Each choice with a mark of its own; none is chosen unless `chosen` says so. */
void field_radio(Html *html, const char *id, const char *legend, const FieldChoice *choices,
				 gsize n_choices, const char *chosen, const char *problem);
/* Of one field, for the summary. */
typedef struct {
	const char *id, *label;
	const char *problem; /* NULL: none */
} FieldProblem;

/* Above a form that was refused: each problem with a link to its field, so that the first is seen
 * wherever it lies; it has the focus.  Nothing when there is none. */
void field_summary(Html *html, const FieldProblem *problems, gsize n);
/* A problem of the form as a whole. */
void field_alert(Html *html, const char *problem);
