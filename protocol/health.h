/*
 * up/health: how a terminal is, signed; at connect, every 5 minutes, on a change, and (online =
 * false) as the connection's last will.  A head claimed here and never received is an alarm.
 */
#pragma once

#include "protocol/codec.h"
#include "protocol/event.h"

typedef struct {
	bool online;
	RandomId journal;
	uint64_t seq; /* last journalled */
	Hash head;
	uint64_t receipted; /* last seq receipted of this journal */
	int64_t wall_ms;
	ClockTrust trust;
	uint64_t uptime_s;
	uint64_t disk_free; /* bytes */
	uint64_t roster_version;
	uint32_t n_people, n_references;
	bool sensor_ok, tamper_open, reserve_reached, simulated;
	Slice version; /* text, ≤ EVENT_TEXT_MAX, borrowed */
	Slice sensor;  /* driver's name */
} Health;

void health_encode(WireBuffer *out, const Health *health);
WireResult health_decode(Slice payload, Health *out);
