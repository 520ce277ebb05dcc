#include "protocol/roster.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_samples.h"

static WireBuffer encoded(const RosterChunk *chunk)
{
	WireBuffer bytes = {0};

	roster_chunk_encode(&bytes, chunk);
	return bytes;
}

static bool is_encoded(const RosterChunk *chunk)
{
	WireBuffer bytes = encoded(chunk);
	bool good = !bytes.failed;

	wire_buffer_clear(&bytes);
	return good;
}

static void test_comes_back_whole(void)
{
	RosterChunk chunk = wire_sample_roster(), again;
	WireBuffer bytes = encoded(&chunk);

	g_assert_cmpint(roster_chunk_decode(wire_buffer_slice(&bytes), &again), ==, WIRE_OK);
	g_assert_cmpuint(again.from, ==, 7);
	g_assert_cmpuint(again.upto, ==, 9);
	g_assert_false(again.reset);
	g_assert_true(again.more);
	g_assert_cmpuint(again.n_schedules, ==, 1);
	g_assert_cmpuint(again.schedules[0].id, ==, 4);
	g_assert_cmpuint(again.schedules[0].n_windows, ==, 1);
	g_assert_cmpmem(&again.schedules[0].windows[0], sizeof(RosterWindow),
					&chunk.schedules[0].windows[0], sizeof(RosterWindow));
	g_assert_cmpuint(again.n_entries, ==, 2);
	g_assert_cmpint(again.entries[0].person, ==, 481516);
	g_assert_true(slice_equal(again.entries[0].name, slice_of_text("SITI RAHMAWATI")));
	g_assert_cmpint(again.entries[0].not_before_ms, ==, chunk.entries[0].not_before_ms);
	g_assert_cmpint(again.entries[0].not_after_ms, ==, chunk.entries[0].not_after_ms);
	g_assert_cmpuint(again.entries[0].schedule, ==, 4);
	g_assert_cmpuint(again.entries[0].flags, ==, ROSTER_APPROVER);
	g_assert_cmpuint(again.entries[0].n_references, ==, 2);
	g_assert_cmpint(again.entries[0].references[1].id, ==, 78);
	g_assert_cmpint(again.entries[0].references[1].finger, ==, FINGER_LEFT_INDEX);
	g_assert_true(slice_equal(again.entries[0].references[1].sealed, slice_of_text("sealed 78")));
	g_assert_cmpuint(again.entries[1].n_references, ==, 0);
	g_assert_cmpuint(again.entries[1].flags, ==, 0);
	g_assert_cmpuint(again.n_removed, ==, 2);
	g_assert_cmpint(again.removed[1], ==, 2342);
	g_assert_cmpuint(again.repeat_s, ==, 300);
	g_assert_cmpint(again.utc_offset_min, ==, 420);
	roster_chunk_clear(&again);
	g_assert_null(again.entries);
	g_assert_cmpuint(again.n_entries, ==, 0);
	roster_chunk_clear(&again); /* twice does no harm */
	wire_buffer_clear(&bytes);
}

static void test_spans_go_forward(void)
{
	RosterChunk chunk = wire_sample_roster();

	chunk.schedules[0].windows[0].in_to_ms = chunk.schedules[0].windows[0].in_from_ms;
	g_assert_true(is_encoded(&chunk)); /* an empty span: there is none */
	chunk.schedules[0].windows[0].in_to_ms--;
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.schedules[0].windows[0].out_to_ms = chunk.schedules[0].windows[0].out_from_ms - 1;
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.entries[0].not_after_ms = chunk.entries[0].not_before_ms - 1;
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.upto = chunk.from;
	g_assert_true(is_encoded(&chunk)); /* nothing new */
	chunk.upto--;
	g_assert_false(is_encoded(&chunk));
}

static void test_bounds_of_an_entry(void)
{
	g_autofree char *longest = g_strnfill(ROSTER_NAME_MAX, 'x');
	g_autofree char *longer = g_strnfill(ROSTER_NAME_MAX + 1, 'x');
	RosterChunk chunk = wire_sample_roster();

	chunk.entries[0].name = slice_of_text(longest);
	g_assert_true(is_encoded(&chunk));
	g_assert_cmpuint(roster_entry_size(&chunk.entries[0]), >, ROSTER_NAME_MAX);
	chunk.entries[0].name = slice_of_text(longer);
	g_assert_false(is_encoded(&chunk));
	g_assert_cmpuint(roster_entry_size(&chunk.entries[0]), ==, 0);
	chunk.entries[0].name = (Slice){0};
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.entries[0].person = 0;
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.entries[0].references[0].id = 0;
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.entries[0].references[0].finger = (Finger)11;
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.entries[0].references[0].sealed = (Slice){0};
	g_assert_false(is_encoded(&chunk));
	chunk = wire_sample_roster();
	chunk.removed[0] = PERSON_ID_MAX + 1;
	g_assert_false(is_encoded(&chunk));
	chunk.removed[0] = 5;
	g_assert_true(is_encoded(&chunk));
}

/* The largest entry that there can be still goes, alone, and its size is what it takes. */
static void test_largest_entry_fits_a_message(void)
{
	g_autofree guint8 *sealed = g_malloc0(ROSTER_SEALED_MAX);
	RosterReference references[ROSTER_REFERENCES_MAX];
	RosterChunk chunk = wire_sample_roster(), again;

	for (size_t i = 0; i < ROSTER_REFERENCES_MAX; i++)
		references[i] = (RosterReference){(gint64)i + 1, FINGER_LEFT_THUMB,
										  slice_of(sealed, ROSTER_SEALED_MAX)};
	chunk.n_entries = 0;
	WireBuffer without = encoded(&chunk);
	chunk.n_entries = 1;
	chunk.entries[0].references = references;
	chunk.entries[0].n_references = ROSTER_REFERENCES_MAX;
	WireBuffer with = encoded(&chunk);
	g_assert_false(with.failed);
	/* and two for the key and the array's head */
	g_assert_cmpuint(with.size, ==, without.size + roster_entry_size(&chunk.entries[0]) + 2);
	g_assert_cmpuint(with.size, <, MESSAGE_SIZE_MAX - 1024);
	g_assert_cmpint(roster_chunk_decode(wire_buffer_slice(&with), &again), ==, WIRE_OK);
	g_assert_cmpuint(again.entries[0].n_references, ==, ROSTER_REFERENCES_MAX);
	roster_chunk_clear(&again);
	wire_buffer_clear(&with);
	wire_buffer_clear(&without);
}

/* A claim of many entries, which are not there, costs nothing; what was allocated before a failure
 * is freed by the decoder (the leak sanitizer watches). */
static void test_failure_frees_what_was_read(void)
{
	RosterChunk chunk = wire_sample_roster(), again;
	WireBuffer bytes = encoded(&chunk);

	for (size_t size = 0; size < bytes.size; size++) {
		g_assert_cmpint(roster_chunk_decode(slice_of(bytes.data, size), &again), !=, WIRE_OK);
		g_assert_null(again.entries);
		g_assert_null(again.schedules);
		g_assert_null(again.removed);
	}
	wire_buffer_clear(&bytes);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/roster/comes_back_whole", test_comes_back_whole);
	g_test_add_func("/protocol/roster/spans_go_forward", test_spans_go_forward);
	g_test_add_func("/protocol/roster/bounds_of_an_entry", test_bounds_of_an_entry);
	g_test_add_func("/protocol/roster/largest_entry_fits_a_message",
					test_largest_entry_fits_a_message);
	g_test_add_func("/protocol/roster/failure_frees_what_was_read",
					test_failure_frees_what_was_read);
	return g_test_run();
}
