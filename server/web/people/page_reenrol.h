/* /perekaman/ulang: whose finger should be enrolled again, and why, in a unit. */
#pragma once

#include "server/web/choices.h"
#include "server/web/layout.h"

#define REENROL_LINES_MAX 500

/* Texts are borrowed. */
typedef struct {
	gint64 person;
	const char *name, *unit, *finger, *why;
} ReenrolLine;

typedef struct {
	const GArray *choices; /* of UnitChoice */
	const char *unit_code, *unit_name;
	const GArray *lines; /* ReenrolLine */
	gboolean more;
} ReenrolView;

void page_reenrol_render(Html *html, const Frame *frame, const ReenrolView *view);
