/* How the terminal is, gathered for up/health. */
#pragma once

#include "firmware/journal.h"
#include "firmware/roster.h"
#include "firmware/timekeeper.h"
#include "protocol/health.h"

typedef struct {
	const Journal *journal;
	const Roster *roster;
	const Timekeeper *timekeeper;
	const char *folder; /* whose file system is measured */
	gboolean sensor_ok, tamper_open, simulated;
	const char *sensor; /* the library's driver; borrowed until the message is encoded */
} HealthParts;

void health_gather(Health *health, const HealthParts *parts, gboolean online);
