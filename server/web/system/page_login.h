/* /masuk: log in. */
#pragma once

#include "server/web/layout.h"

typedef struct {
	const char *name;    /* as typed before */
	const char *next;    /* path to go to afterwards */
	const char *problem; /* what was wrong; NULL: nothing yet */
} LoginView;

void page_login_render(Html *html, const Frame *frame, const LoginView *view);
