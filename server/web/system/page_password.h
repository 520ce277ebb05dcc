/* /kata-sandi: choose a password, which the one-time one is for. */
#pragma once

#include "server/web/layout.h"

typedef struct {
	gboolean one_time;       /* the present one serves for this only */
	const char *old_problem; /* beside the field; NULL: none */
	const char *fresh_problem;
	const char *repeat_problem;
} PasswordView;

void page_password_render(Html *html, const Frame *frame, const PasswordView *view);
