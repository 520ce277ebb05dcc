/*
 * The parts of the core role, opened in their order and closed in the reverse one.  Also what
 * `--history` stands on: everything but panel and links.
 */
#pragma once

#include "firmware/bundle.h"
#include "firmware/config.h"
#include "firmware/hal/drivers.h"
#include "firmware/journal.h"
#include "firmware/keystore.h"
#include "firmware/localdb.h"
#include "firmware/roster.h"
#include "firmware/timekeeper.h"

typedef struct {
	Bundle *bundle;
	const SensorDriver *sensor;
	const DisplayDriver *display;
	const IndicatorsDriver *indicators;
	const ClockDriver *clock_driver;
	gpointer clock;
	Timekeeper *timekeeper;
	Keystore *keys;
	Journal *journal;
	LocalDb *db;
	Roster *roster;
	gboolean simulated; /* any of the drivers */
} CoreParts;

/* FALSE with an error that names the part; what was opened is closed by core_parts_close(). */
gboolean core_parts_open(CoreParts *parts, const HalDrivers *drivers, const TerminalConfig *config,
						 GError **error);
void core_parts_close(CoreParts *parts);

/* Appends an event stamped now. FALSE is logged already. */
gboolean core_parts_append(CoreParts *parts, uint32_t kind, const EventBody *body);
/* EVENT_BOOT: with which drivers, and whether the run before ended with EVENT_STOP. */
gboolean core_parts_append_boot(CoreParts *parts);
