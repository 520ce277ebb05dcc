#include "firmware/health.h"

#include <string.h>
#include <sys/statvfs.h>

static uint64_t disk_free(const char *folder)
{
	struct statvfs info;

	return statvfs(folder, &info) == 0 ? (uint64_t)info.f_bavail * info.f_frsize : 0;
}

static Slice text(const char *text)
{
	return (Slice){(const uint8_t *)text, MIN(strlen(text), EVENT_TEXT_MAX)};
}

void health_gather(Health *health, const HealthParts *parts, gboolean online)
{
	ClockReading now;
	EventRef head;

	timekeeper_read(parts->timekeeper, &now);
	journal_head(parts->journal, &head);
	*health = (Health){
		.online = online,
		.journal = head.journal,
		.seq = head.seq,
		.head = head.head,
		.receipted = journal_receipted(parts->journal),
		.wall_ms = now.wall_ms,
		.trust = now.trust,
		.uptime_s = now.mono_ms / 1000,
		.disk_free = disk_free(parts->folder),
		.roster_version = roster_version(parts->roster),
		.n_people = roster_n_people(parts->roster),
		.n_references = roster_n_references(parts->roster),
		.sensor_ok = parts->sensor_ok,
		.tamper_open = parts->tamper_open,
		.reserve_reached = journal_reserve_reached(parts->journal),
		.simulated = parts->simulated,
		.version = text(HADIR_VERSION),
		.sensor = text(parts->sensor),
	};
}
