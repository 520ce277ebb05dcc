/* Time that this process used, not time that passed: the machine may be busy with others. */
#pragma once

#include <time.h>

#include <glib.h>

static inline gint64 processor_time_us(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}
