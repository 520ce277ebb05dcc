/* /aktivasi: the code that a terminal has shown opens one's own account, with a password of one's own. */
#pragma once

#include "server/web/layout.h"

typedef struct {
	const char *number; /* as typed before */
	const char *number_problem, *code_problem, *fresh_problem, *repeat_problem;
	const char *user; /* done: the account's name; NULL: the form is shown */
} OpenView;

void page_open_render(Html *html, const Frame *frame, const OpenView *view);
