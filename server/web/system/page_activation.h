/* /pegawai/{id}/aktivasi: the code with which a person opens the own account, to be printed and handed
 * over.  It is shown this once and stored nowhere. */
#pragma once

#include "server/web/layout.h"

typedef struct {
	gint64 person;
	const char *name;
	const char *user, *code; /* NULL: refused, `problem` says why */
	const char *until;       /* last day on which the code opens */
	const char *problem;
} ActivationView;

void page_activation_render(Html *html, const Frame *frame, const ActivationView *view);
