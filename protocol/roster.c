#include "protocol/roster.h"

#include "protocol/fields.h"

#define REPEAT_MAX_S (24 * 60 * 60)
#define UTC_OFFSET_MIN_MIN (-12 * 60)
#define UTC_OFFSET_MAX_MIN (14 * 60)

static const Field window_rows[] = {
	{1, FIELD_INT, FIELD_AT(RosterWindow, in_from_ms), .max = WIRE_TIME_MAX},
	{2, FIELD_INT, FIELD_AT(RosterWindow, in_to_ms), .max = WIRE_TIME_MAX},
	{3, FIELD_INT, FIELD_AT(RosterWindow, out_from_ms), .max = WIRE_TIME_MAX},
	{4, FIELD_INT, FIELD_AT(RosterWindow, out_to_ms), .max = WIRE_TIME_MAX},
};
static const FieldTable window_table = FIELD_TABLE(0, window_rows);
static const FieldList windows = {
	.table = &window_table,
	.element_size = sizeof(RosterWindow),
	.count_offset = offsetof(RosterSchedule, n_windows),
};

static const Field schedule_rows[] = {
	{1, FIELD_UINT, FIELD_AT(RosterSchedule, id), .min = 1, .max = UINT32_MAX},
	{2, FIELD_LIST, LIST_AT(RosterSchedule, windows), .max = ROSTER_WINDOWS_MAX, .list = &windows},
};
static const FieldTable schedule_table = FIELD_TABLE(0, schedule_rows);
static const FieldList schedules = {
	.table = &schedule_table,
	.element_size = sizeof(RosterSchedule),
	.count_offset = offsetof(RosterChunk, n_schedules),
	.heap = true,
};

static const Field reference_rows[] = {
	{1, FIELD_INT, FIELD_AT(RosterReference, id), .min = 1, .max = INT64_MAX},
	{2, FIELD_UINT, FIELD_AT(RosterReference, finger), .min = FINGER_FIRST, .max = FINGER_LAST},
	{3, FIELD_BYTES, FIELD_AT(RosterReference, sealed), .min = 1, .max = ROSTER_SEALED_MAX},
};
static const FieldTable reference_table = FIELD_TABLE(0, reference_rows);
static const FieldList references = {
	.table = &reference_table,
	.element_size = sizeof(RosterReference),
	.count_offset = offsetof(RosterEntry, n_references),
	.heap = true,
};

static const Field entry_rows[] = {
	{1, FIELD_UINT, FIELD_AT(RosterEntry, person), .min = 1, .max = PERSON_ID_MAX},
	{2, FIELD_TEXT, FIELD_AT(RosterEntry, name), .min = 1, .max = ROSTER_NAME_MAX},
	{3, FIELD_INT, FIELD_AT(RosterEntry, not_before_ms), .max = WIRE_TIME_MAX},
	{4, FIELD_INT, FIELD_AT(RosterEntry, not_after_ms), .max = WIRE_TIME_MAX},
	{5, FIELD_UINT, FIELD_AT(RosterEntry, schedule), .max = UINT32_MAX, .optional = true},
	{6, FIELD_UINT, FIELD_AT(RosterEntry, flags), .max = UINT32_MAX, .optional = true},
	{7, FIELD_LIST, LIST_AT(RosterEntry, references), .max = ROSTER_REFERENCES_MAX,
	 .optional = true, .list = &references},
};
static const FieldTable entry_table = FIELD_TABLE(0, entry_rows);
static const FieldList entries = {
	.table = &entry_table,
	.element_size = sizeof(RosterEntry),
	.count_offset = offsetof(RosterChunk, n_entries),
	.heap = true,
};

static const Field person = {
	.type = FIELD_UINT, .size = sizeof(PersonId), .min = 1, .max = PERSON_ID_MAX};
static const FieldList removed = {
	.plain = &person,
	.element_size = sizeof(PersonId),
	.count_offset = offsetof(RosterChunk, n_removed),
	.heap = true,
};

static const Field rows[] = {
	{1, FIELD_UINT, FIELD_AT(RosterChunk, from), .max = WIRE_UINT_MAX},
	{2, FIELD_UINT, FIELD_AT(RosterChunk, upto), .max = WIRE_UINT_MAX},
	{3, FIELD_BOOL, FIELD_AT(RosterChunk, reset), .optional = true},
	{4, FIELD_BOOL, FIELD_AT(RosterChunk, more), .optional = true},
	{5, FIELD_LIST, LIST_AT(RosterChunk, schedules), .max = ROSTER_SCHEDULES_MAX, .optional = true,
	 .list = &schedules},
	{6, FIELD_LIST, LIST_AT(RosterChunk, entries), .max = ROSTER_ENTRIES_MAX, .optional = true,
	 .list = &entries},
	{7, FIELD_LIST, LIST_AT(RosterChunk, removed), .max = ROSTER_ENTRIES_MAX, .optional = true,
	 .list = &removed},
	{8, FIELD_UINT, FIELD_AT(RosterChunk, repeat_s), .max = REPEAT_MAX_S},
	{9, FIELD_INT, FIELD_AT(RosterChunk, utc_offset_min), .min = UTC_OFFSET_MIN_MIN,
	 .max = UTC_OFFSET_MAX_MIN},
};
static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);

/* Spans go forward: half-open, an empty one says that there is none. */
static bool spans_are_good(const RosterChunk *chunk)
{
	if (chunk->from > chunk->upto)
		return false;
	for (size_t i = 0; i < chunk->n_schedules; i++) {
		const RosterSchedule *schedule = &chunk->schedules[i];
		for (size_t k = 0; k < schedule->n_windows; k++) {
			const RosterWindow *window = &schedule->windows[k];
			if (window->in_from_ms > window->in_to_ms || window->out_from_ms > window->out_to_ms)
				return false;
		}
	}
	for (size_t i = 0; i < chunk->n_entries; i++) {
		if (chunk->entries[i].not_before_ms > chunk->entries[i].not_after_ms)
			return false;
	}
	return true;
}

void roster_chunk_encode(WireBuffer *out, const RosterChunk *chunk)
{
	fields_encode(out, &table, chunk);
	if (!spans_are_good(chunk))
		out->failed = true;
}

size_t roster_entry_size(const RosterEntry *entry)
{
	WireBuffer bytes = {0};

	fields_encode(&bytes, &entry_table, entry);
	size_t size = bytes.failed ? 0 : bytes.size;
	wire_buffer_clear(&bytes);
	return size;
}

WireResult roster_chunk_decode(Slice payload, RosterChunk *out)
{
	WireResult result = fields_decode_all(payload, &table, out, sizeof *out);

	if (result == WIRE_OK && !spans_are_good(out))
		result = WIRE_RANGE;
	if (result != WIRE_OK)
		roster_chunk_clear(out);
	return result;
}

void roster_chunk_clear(RosterChunk *chunk)
{
	fields_clear(&table, chunk);
}
