/* /tugas: what waits for whoever looks, each number opening its rows. */
#pragma once

#include "server/web/layout.h"

/* Texts are static. */
typedef struct {
	const char *href, *title, *hint;
	const char *tone; /* class, while something waits */
	gint64 n;
} Task;

typedef struct {
	const GArray *tasks; /* Task: every kind the account could have; with n 0 too */
	gboolean may_delegate;
} TasksView;

void page_tasks_render(Html *html, const Frame *frame, const TasksView *view);
