/* What the sensor role says to core, and what core makes of anything else. */
#include "firmware/capture.h"

#include <string.h>

#include <glib.h>

#include "tests/support/synthetic_finger.h"

static gboolean decode(guint8 type, gconstpointer data, gsize size, CaptureMessage *out)
{
	return capture_decode(type, data, size, out, NULL);
}

static void round_trip(const CaptureMessage *message, CaptureMessage *out)
{
	g_autoptr(GBytes) bytes = capture_encode(message);
	gsize size = 0;
	gconstpointer data = g_bytes_get_data(bytes, &size);
	g_assert_true(decode((guint8)message->type, data, size, out));
	g_assert_cmpint(out->type, ==, message->type);
}

static void test_round_trip(void)
{
	CaptureMessage out = {0};
	CaptureMessage state = {.type = CAPTURE_STATE, .present = TRUE, .detail = "uru4000"};
	round_trip(&state, &out);
	g_assert_true(out.present);
	g_assert_cmpstr(out.detail, ==, "uru4000");
	CaptureMessage finger = {.type = CAPTURE_FINGER, .on = TRUE};
	round_trip(&finger, &out);
	g_assert_true(out.on);
	CaptureMessage retry = {.type = CAPTURE_RETRY, .retry = SENSOR_RETRY_CENTRE};
	round_trip(&retry, &out);
	g_assert_cmpint(out.retry, ==, SENSOR_RETRY_CENTRE);
	CaptureMessage arm = {.type = CAPTURE_ARM};
	round_trip(&arm, &out);
	g_auto(CaptureMessage) sample = {.type = CAPTURE_SAMPLE, .sample = synthetic_template(1, 1)};
	g_auto(CaptureMessage) read = {0};
	round_trip(&sample, &read);
	g_assert_cmpuint(match_template_count(read.sample), ==, match_template_count(sample.sample));
}

static void test_malformed(void)
{
	static const struct {
		guint8 type;
		const char *bytes;
		gsize size;
	} rows[] = {
		{0, "", 0},
		{200, "", 0},
		{CAPTURE_STATE, "", 0},
		{CAPTURE_STATE, "\x02x", 2},
		{CAPTURE_STATE, "\x01\xff\xfe", 3}, /* not UTF-8 */
		{CAPTURE_STATE,
		 "\x01"
		 "a\0b",
		 4}, /* a zero inside */
		{CAPTURE_FINGER, "", 0},
		{CAPTURE_FINGER, "\x02", 1},
		{CAPTURE_FINGER, "\x01\x01", 2},
		{CAPTURE_RETRY, "\0", 1},
		{CAPTURE_RETRY, "\x05", 1},
		{CAPTURE_SAMPLE, "", 0},
		{CAPTURE_SAMPLE, "HFM\x01\0\0\0\0\x05", 9},
		{CAPTURE_ARM, "x", 1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		CaptureMessage out = {0};
		g_autoptr(GError) error = NULL;
		g_assert_false(capture_decode(rows[i].type, (const guint8 *)rows[i].bytes, rows[i].size,
									  &out, &error));
		g_assert_nonnull(error);
		g_assert_null(out.sample);
	}
	char long_detail[1 + CAPTURE_DETAIL_MAX + 1];
	CaptureMessage out = {0};
	memset(long_detail, 1, sizeof long_detail);
	g_assert_true(decode(CAPTURE_STATE, long_detail, 1 + CAPTURE_DETAIL_MAX, &out));
	g_assert_false(decode(CAPTURE_STATE, long_detail, sizeof long_detail, &out));
}

/* Cut anywhere, one byte changed anywhere: an answer or an error, never more. */
static void test_mutilated(void)
{
	g_auto(CaptureMessage) sample = {.type = CAPTURE_SAMPLE, .sample = synthetic_template(1, 1)};
	g_autoptr(GBytes) bytes = capture_encode(&sample);
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	for (gsize i = 0; i < size; i++) {
		g_auto(CaptureMessage) cut = {0};
		g_auto(CaptureMessage) changed = {0};
		g_autofree guint8 *copy = g_memdup2(data, size);
		g_assert_false(decode(CAPTURE_SAMPLE, copy, i, &cut));
		copy[i] ^= 0x81;
		decode(CAPTURE_SAMPLE, copy, size, &changed);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/capture/what_is_said_arrives", test_round_trip);
	g_test_add_func("/capture/anything_else_is_an_error", test_malformed);
	g_test_add_func("/capture/a_mutilated_sample_harms_nobody", test_mutilated);
	return g_test_run();
}
