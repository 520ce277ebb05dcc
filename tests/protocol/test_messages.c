/* What holds for every message alike, tried on one sample of each. */
#include <glib.h>
#include <string.h>

#include "protocol/fields.h"
#include "tests/protocol/support/wire_messages.h"
#include "tests/protocol/support/wire_samples.h"

typedef struct {
	char *name;
	const WireMessage *message; /* NULL: the body of an event of `kind` */
	uint32_t kind;
	WireBuffer bytes;
} Sample;

static void sample_free(gpointer data)
{
	Sample *sample = data;

	wire_buffer_clear(&sample->bytes);
	g_free(sample->name);
	g_free(sample);
}

static WireBuffer *add(GPtrArray *samples, const char *message, char *name, uint32_t kind)
{
	Sample *sample = g_new0(Sample, 1);

	sample->name = name;
	sample->message = message ? wire_message_find(message) : NULL;
	sample->kind = kind;
	g_ptr_array_add(samples, sample);
	return &sample->bytes;
}

static void add_many(GPtrArray *samples)
{
	for (uint32_t kind = 1; kind <= COMMAND_CODE; kind++) {
		Command command;
		g_assert_true(wire_sample_command(kind, &command));
		command_encode(add(samples, "command", g_strdup_printf("command %u", kind), 0), &command);
	}
	for (uint32_t kind = 0; kind <= EVENT_CODE + 1; kind++) {
		EventBody body;
		if (wire_sample_body(kind, &body))
			event_body_encode(add(samples, NULL, g_strdup(event_kind_name(kind)), kind), kind,
							  &body);
	}
}

static GPtrArray *all_samples(void)
{
	GPtrArray *samples = g_ptr_array_new_with_free_func(sample_free);
	Receipt receipt = wire_sample_receipt();
	Health health = wire_sample_health();
	Want want = wire_sample_want();
	Join join = wire_sample_join();
	RosterChunk roster = wire_sample_roster();
	EnrolReport enrol = wire_sample_enrol();

	receipt_encode(add(samples, "receipt", g_strdup("receipt"), 0), &receipt);
	health_encode(add(samples, "health", g_strdup("health"), 0), &health);
	want_encode(add(samples, "want", g_strdup("want"), 0), &want);
	join_encode(add(samples, "join", g_strdup("join"), 0), &join);
	roster_chunk_encode(add(samples, "roster", g_strdup("roster"), 0), &roster);
	enrol_report_encode(add(samples, "enrol", g_strdup("enrol"), 0), &enrol);
	wire_sample_sealed(add(samples, "sealed", g_strdup("sealed"), 0));
	add_many(samples);
	return samples;
}

static WireResult redo(const Sample *sample, Slice bytes, WireBuffer *out)
{
	return sample->message ? sample->message->redo(bytes, out)
						   : wire_redo_body(sample->kind, bytes, out);
}

static WireResult read_only(const Sample *sample, Slice bytes)
{
	WireBuffer out = {0};

	WireResult result = redo(sample, bytes, &out);
	wire_buffer_clear(&out);
	return result;
}

typedef void (*ForSample)(const Sample *sample);

static void for_all(gconstpointer data)
{
	g_autoptr(GPtrArray) samples = all_samples();
	ForSample *check = (ForSample *)data;

	for (guint i = 0; i < samples->len; i++) {
		const Sample *sample = samples->pdata[i];
		g_test_message("%s", sample->name);
		g_assert_false(sample->bytes.failed);
		(*check)(sample);
	}
}

static void comes_back(const Sample *sample)
{
	WireBuffer out = {0};

	g_assert_cmpint(redo(sample, wire_buffer_slice(&sample->bytes), &out), ==, WIRE_OK);
	g_assert_cmpmem(out.data, out.size, sample->bytes.data, sample->bytes.size);
	wire_buffer_clear(&out);
}

static void cut_is_refused(const Sample *sample)
{
	for (size_t size = 0; size < sample->bytes.size; size++) {
		g_autofree guint8 *copy = g_memdup2(sample->bytes.data, size);
		g_assert_cmpint(read_only(sample, slice_of(copy, size)), !=, WIRE_OK);
	}
}

static void more_is_refused(const Sample *sample)
{
	g_autofree guint8 *longer = g_malloc0(sample->bytes.size + 1);

	memcpy(longer, sample->bytes.data, sample->bytes.size);
	g_assert_cmpint(read_only(sample, slice_of(longer, sample->bytes.size + 1)), ==, WIRE_SHAPE);
}

/* Any byte changed to any other: nothing but a result comes of it (the sanitizers watch), and what
 * is still read is written and read again alike. */
static void change_does_no_harm(const Sample *sample)
{
	g_autofree guint8 *changed = g_memdup2(sample->bytes.data, sample->bytes.size);

	for (size_t i = 0; i < sample->bytes.size; i++) {
		for (int value = 0; value < 256; value += 5) {
			WireBuffer once = {0}, twice = {0};
			changed[i] = (guint8)(sample->bytes.data[i] + value);
			if (redo(sample, slice_of(changed, sample->bytes.size), &once) == WIRE_OK) {
				if (once.failed)
					g_test_message("byte %zu to %02x", i, changed[i]);
				g_assert_false(once.failed);
				g_assert_cmpint(redo(sample, wire_buffer_slice(&once), &twice), ==, WIRE_OK);
				g_assert_cmpmem(once.data, once.size, twice.data, twice.size);
			}
			wire_buffer_clear(&once);
			wire_buffer_clear(&twice);
		}
		changed[i] = sample->bytes.data[i];
	}
}

/* The pairs of the outermost map, key and value together. */
static size_t split(const Sample *sample, Slice pairs[FIELDS_MAX])
{
	WireReader reader;

	wire_reader_init(&reader, wire_buffer_slice(&sample->bytes));
	size_t n = wire_get_map(&reader, FIELDS_MAX);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *start = reader.rest.data;
		wire_skip(&reader);
		wire_skip(&reader);
		pairs[i] = slice_of(start, (size_t)(reader.rest.data - start));
	}
	g_assert_cmpint(wire_reader_finish(&reader), ==, WIRE_OK);
	return n;
}

static bool is_map(const Sample *sample)
{
	return sample->bytes.data[0] >> 5 == 5;
}

static void unknown_key_is_ignored(const Sample *sample)
{
	static const char *const unknown[] = {
		"\x18\xc8\x83\x01\x61\x78\xa1\x61\x61\xf6", /* 200: [1, "x", {"a": null}] */
		"\x18\xc8\xd8\x20\x41\x00",                 /* 200: 32(h'00') */
		"\x20\x01",                                 /* -1: 1 */
	};
	static const size_t sizes[] = {10, 6, 2};
	Slice pairs[FIELDS_MAX];

	if (!is_map(sample))
		return;
	size_t n = split(sample, pairs);
	for (gsize k = 0; k < G_N_ELEMENTS(unknown); k++) {
		WireBuffer longer = {0}, out = {0};
		wire_put_map(&longer, n + 1);
		for (size_t i = 0; i < n; i++)
			wire_put_raw(&longer, pairs[i]);
		wire_put_raw(&longer, slice_of(unknown[k], sizes[k]));
		g_assert_cmpint(redo(sample, wire_buffer_slice(&longer), &out), ==, WIRE_OK);
		g_assert_cmpmem(out.data, out.size, sample->bytes.data, sample->bytes.size);
		wire_buffer_clear(&out);
		wire_buffer_clear(&longer);
	}
}

/* Of the samples all keys are needed but these, which read as zero, false or empty. */
static bool is_optional(const char *name, uint8_t key)
{
	static const struct {
		const char *name, *keys;
	} optional[] = {
		{"want", "\1\7"},   {"roster", "\3\4\5\6\7"}, {"enrol", "\7\x9"},
		{"open", "\1\2\3"}, {"enrolment", "\5"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(optional); i++) {
		if (strcmp(optional[i].name, name) == 0)
			return key != 0 && strchr(optional[i].keys, key) != NULL;
	}
	return false;
}

static void missing_key_is_refused(const Sample *sample)
{
	Slice pairs[FIELDS_MAX];

	if (!is_map(sample))
		return;
	size_t n = split(sample, pairs);
	for (size_t left_out = 0; left_out < n; left_out++) {
		WireBuffer shorter = {0};
		wire_put_map(&shorter, n - 1);
		for (size_t i = 0; i < n; i++) {
			if (i != left_out)
				wire_put_raw(&shorter, pairs[i]);
		}
		bool optional = is_optional(sample->name, pairs[left_out].data[0]);
		g_assert_cmpint(read_only(sample, wire_buffer_slice(&shorter)), ==,
						optional ? WIRE_OK : WIRE_SHAPE);
		wire_buffer_clear(&shorter);
	}
}

static void other_version_is_named(const Sample *sample)
{
	if (!sample->message || !is_map(sample))
		return;
	g_assert_cmpuint(sample->bytes.data[1], ==, 0); /* key 0, version 1 */
	g_assert_cmpuint(sample->bytes.data[2], ==, 1);
	for (int version = 0; version < 24; version++) {
		g_autofree guint8 *changed = g_memdup2(sample->bytes.data, sample->bytes.size);
		changed[2] = (guint8)version;
		g_assert_cmpint(read_only(sample, slice_of(changed, sample->bytes.size)), ==,
						version == 1 ? WIRE_OK : WIRE_VERSION);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		ForSample check;
	} checks[] = {
		{"/protocol/messages/comes_back", comes_back},
		{"/protocol/messages/cut_is_refused", cut_is_refused},
		{"/protocol/messages/more_is_refused", more_is_refused},
		{"/protocol/messages/change_does_no_harm", change_does_no_harm},
		{"/protocol/messages/unknown_key_is_ignored", unknown_key_is_ignored},
		{"/protocol/messages/missing_key_is_refused", missing_key_is_refused},
		{"/protocol/messages/other_version_is_named", other_version_is_named},
	};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(checks); i++)
		g_test_add_data_func(checks[i].path, &checks[i].check, for_all);
	return g_test_run();
}
