/* The units that somebody may choose from on a page, and the one that is chosen. */
#pragma once

#include "server/web/call.h"
#include "server/web/html.h"

typedef struct {
	const char *code, *name; /* code "": the whole province */
	int depth;
} UnitChoice;

typedef struct {
	GArray *list;            /* UnitChoice: the scope's units, to the second level below its tops */
	gint64 unit;             /* the chosen one; 0: the whole province */
	const char *code, *name; /* of the chosen one; never NULL */
	GPtrArray *texts;        /* owned; all of the above borrow from it */
} UnitChoices;

/* Of the route's scope today; chosen is the call's subject, else the province, else the first unit,
 * which becomes the subject.  NULL with `error` unset: there is none. */
UnitChoices *choices_load(Call *call, GError **error);
void choices_free(UnitChoices *choices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UnitChoices, choices_free)

/* A label and a list named "unit" for a form of method get; nothing when there is nothing to choose.
 */
void choices_render(Html *html, const GArray *list, const char *chosen);
/* The same as proposals for a field of text; `id` is what the field names as its list. */
void choices_datalist(Html *html, const char *id, const GArray *list);
