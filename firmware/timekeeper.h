/*
 * What time it is, and how far that can be trusted (design decision 7: time is evidence).
 *
 * The timekeeper reads the clock driver, keeps the wall clock against the monotonic one, and tells
 * a step from the passing of time.  It never corrects: events carry what the clock said.
 */
#pragma once

#include <glib.h>

#include "firmware/hal/clock.h"
#include "protocol/event.h"

/* One reading, as an event's header carries it. */
typedef struct {
	int64_t wall_ms;  /* UTC ms since 1970, as the clock said */
	uint64_t mono_ms; /* since boot, counting sleep */
	RandomId boot;
	ClockTrust trust;
	uint32_t uncertainty_ms; /* bound of wall_ms's error as far as known */
} ClockReading;

/* A difference of the wall clock against the monotonic one that is called a step. */
#define TIMEKEEPER_STEP_MS 2000

typedef struct Timekeeper Timekeeper;

/* `clock`, which `driver` opened, is borrowed and outlives the timekeeper.  `floor_ms` is the later
 * of build time and last journalled time: a clock before it that nothing disciplines reads as
 * CLOCK_UNSET.  A disciplined one is right, and what was journalled under it before was not. */
Timekeeper *timekeeper_new(const ClockDriver *driver, gpointer clock, int64_t floor_ms);
void timekeeper_free(Timekeeper *timekeeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timekeeper, timekeeper_free)

void timekeeper_read(const Timekeeper *timekeeper, ClockReading *out);

/* Compares with the call before (the first compares with timekeeper_new()).  TRUE once per step,
 * `delta_ms` = new minus expected; from then on the new time is the expected one. */
gboolean timekeeper_check_step(Timekeeper *timekeeper, int64_t *delta_ms);

/* The time at which certificates are to be checked: the wall clock, or the floor while the clock
 * is unset.  UTC ms. */
int64_t timekeeper_tls_ms(const Timekeeper *timekeeper);
