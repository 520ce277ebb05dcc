/*
 * down/roster: whom a terminal identifies, in chunks of about 64 KiB.
 *
 * The server numbers every change of a terminal's roster; a chunk brings all changes in (from,
 * upto].  A terminal applies a chunk in one transaction together with `upto`.  `reset` begins a
 * full snapshot: entries not repeated until the chunk without `more` are removed with that chunk.
 */
#pragma once

#include "protocol/codec.h"

/* Payload bytes at which the server ends a chunk; an entry that is larger alone goes alone. */
#define ROSTER_CHUNK_MAX (64 * 1024)
#define ROSTER_NAME_MAX 96
#define ROSTER_REFERENCES_MAX 40 /* 10 fingers, 3 or 4 impressions each */
#define ROSTER_WINDOWS_MAX 32
#define ROSTER_SEALED_MAX 4096
#define ROSTER_ENTRIES_MAX 1024  /* of one chunk; removed ones counted apart */
#define ROSTER_SCHEDULES_MAX 256 /* of one chunk */

/* One shift as the terminal needs it to say "masuk" or "pulang": half-open spans, UTC ms; an empty
 * span says that there is none. */
typedef struct {
	int64_t in_from_ms, in_to_ms;
	int64_t out_from_ms, out_to_ms;
} RosterWindow;

typedef struct {
	uint32_t id;
	size_t n_windows;
	RosterWindow windows[ROSTER_WINDOWS_MAX]; /* the next 7 days, ascending */
} RosterSchedule;

typedef struct {
	int64_t id;
	Finger finger;
	Slice sealed; /* to this terminal's sealing key, see protocol/seal.h */
} RosterReference;

enum {
	ROSTER_APPROVER = 1, /* may approve a fingerless punch here */
	ROSTER_EXEMPT = 2,   /* a standing exemption: a fingerless punch counts at once */
	ROSTER_MOVED = 4,    /* grace after a mutation: still identified here */
};

typedef struct {
	PersonId person;
	Slice name;            /* without titles; UTF-8 */
	int64_t not_before_ms; /* the TMT at this place */
	int64_t not_after_ms;  /* the lease, or the end of grace */
	uint32_t schedule;     /* RosterSchedule.id, 0 none */
	uint32_t flags;
	size_t n_references;
	RosterReference *references; /* in the chunk's memory */
} RosterEntry;

typedef struct {
	uint64_t from, upto;
	bool reset, more;
	size_t n_schedules;
	RosterSchedule *schedules;
	size_t n_entries;
	RosterEntry *entries;
	size_t n_removed;
	PersonId *removed;
	/* settings the terminal shows or keeps to */
	uint32_t repeat_s;      /* touches of one person within it are one punch */
	int32_t utc_offset_min; /* local time of the panel */
} RosterChunk;

/* `out` fails on a value out of bounds or a span that ends before it begins. */
void roster_chunk_encode(WireBuffer *out, const RosterChunk *chunk);
/* Bytes that the entry takes in a chunk; 0 when a value is out of bounds. */
size_t roster_entry_size(const RosterEntry *entry);
/* Allocates the arrays, freed by roster_chunk_clear() and after a failure freed already; texts and
 * sealed templates are borrowed from `payload`. */
WireResult roster_chunk_decode(Slice payload, RosterChunk *out);
void roster_chunk_clear(RosterChunk *chunk);
