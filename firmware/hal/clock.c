#include "firmware/hal/clock.h"

struct Clock {
	const ClockDriver *driver;
	gpointer self;
};

Clock *clock_new(const ClockDriver *driver, const ClockOptions *options, GError **error)
{
	gpointer self = driver->open(options, error);
	if (self == NULL)
		return NULL;
	Clock *clock = g_new0(Clock, 1);
	clock->driver = driver;
	clock->self = self;
	return clock;
}

void clock_free(Clock *clock)
{
	if (clock == NULL)
		return;
	clock->driver->free(clock->self);
	g_free(clock);
}

gpointer clock_self(const Clock *clock)
{
	return clock->self;
}

const char *clock_name(const Clock *clock)
{
	return clock->driver->name;
}

void clock_read(const Clock *clock, ClockTime *out)
{
	clock->driver->read(clock->self, out);
}

void clock_boot_id(const Clock *clock, guint8 out[16])
{
	clock->driver->boot_id(clock->self, out);
}
