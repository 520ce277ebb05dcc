#include "firmware/timekeeper.h"

/* What is said of a clock that nothing disciplines: a battery clock drifts about 2 s a day. */
#define DOUBTFUL_ERROR_MS (60 * 1000)

struct Timekeeper {
	const ClockDriver *driver;
	gpointer clock;
	int64_t floor_ms;
	RandomId boot;
	int64_t offset_ms; /* wall minus mono, as last expected */
};

static int64_t offset_of(const ClockTime *time)
{
	return time->wall_ms - (int64_t)time->mono_ms;
}

Timekeeper *timekeeper_new(const ClockDriver *driver, gpointer clock, int64_t floor_ms)
{
	Timekeeper *timekeeper = g_new0(Timekeeper, 1);
	ClockTime time;

	timekeeper->driver = driver;
	timekeeper->clock = clock;
	timekeeper->floor_ms = floor_ms;
	driver->boot_id(clock, timekeeper->boot.bytes);
	driver->read(clock, &time);
	timekeeper->offset_ms = offset_of(&time);
	return timekeeper;
}

void timekeeper_free(Timekeeper *timekeeper)
{
	g_free(timekeeper);
}

static ClockTrust trust_of(const Timekeeper *timekeeper, const ClockTime *time)
{
	/* The kernel itself forgets its synchronisation when somebody sets the clock. */
	if (time->synchronised)
		return CLOCK_SET;
	return time->wall_ms < timekeeper->floor_ms ? CLOCK_UNSET : CLOCK_DOUBTFUL;
}

void timekeeper_read(const Timekeeper *timekeeper, ClockReading *out)
{
	ClockTime time;

	timekeeper->driver->read(timekeeper->clock, &time);
	*out = (ClockReading){
		.wall_ms = time.wall_ms,
		.mono_ms = time.mono_ms,
		.boot = timekeeper->boot,
		.trust = trust_of(timekeeper, &time),
		.uncertainty_ms = time.error_ms,
	};
	if (out->trust != CLOCK_SET && time.error_ms < DOUBTFUL_ERROR_MS)
		out->uncertainty_ms = DOUBTFUL_ERROR_MS;
}

gboolean timekeeper_check_step(Timekeeper *timekeeper, int64_t *delta_ms)
{
	ClockTime time;
	int64_t delta;

	timekeeper->driver->read(timekeeper->clock, &time);
	delta = offset_of(&time) - timekeeper->offset_ms;
	timekeeper->offset_ms = offset_of(&time);
	if (ABS(delta) < TIMEKEEPER_STEP_MS)
		return FALSE;
	*delta_ms = delta;
	return TRUE;
}

int64_t timekeeper_tls_ms(const Timekeeper *timekeeper)
{
	ClockTime time;

	timekeeper->driver->read(timekeeper->clock, &time);
	return trust_of(timekeeper, &time) == CLOCK_UNSET ? timekeeper->floor_ms : time.wall_ms;
}
