#include <glib.h>
#include <string.h>

#include "protocol/enrol.h"
#include "protocol/event.h"
#include "tests/protocol/support/wire_samples.h"

/* Encodes `body`; when that is good, reads it back. */
static bool goes_through(uint32_t kind, const EventBody *body, EventBody *again)
{
	WireBuffer bytes = {0};

	event_body_encode(&bytes, kind, body);
	bool good = !bytes.failed;
	if (good)
		g_assert_cmpint(event_body_decode(kind, wire_buffer_slice(&bytes), again), ==, WIRE_OK);
	wire_buffer_clear(&bytes);
	return good;
}

static EventBody sample(uint32_t kind)
{
	EventBody body;

	g_assert_true(wire_sample_body(kind, &body));
	return body;
}

static void test_a_punch_comes_back(void)
{
	EventBody body = sample(EVENT_PUNCH), again;

	body.punch.score_milli = -5;
	g_assert_true(goes_through(EVENT_PUNCH, &body, &again));
	g_assert_cmpint(again.punch.person, ==, 481516);
	g_assert_cmpint(again.punch.reference, ==, 77);
	g_assert_cmpint(again.punch.score_milli, ==, -5);
	g_assert_cmpint(again.punch.margin_milli, ==, 30100);
	g_assert_cmpuint(again.punch.quality, ==, 83);
}

static void test_bounds_of_a_punch(void)
{
	EventBody body = sample(EVENT_PUNCH), again;

	body.punch.person = 0;
	g_assert_false(goes_through(EVENT_PUNCH, &body, &again));
	body.punch.person = -1;
	g_assert_false(goes_through(EVENT_PUNCH, &body, &again));
	body.punch.person = PERSON_ID_MAX + 1;
	g_assert_false(goes_through(EVENT_PUNCH, &body, &again));
	body.punch.person = PERSON_ID_MAX;
	g_assert_true(goes_through(EVENT_PUNCH, &body, &again));
	body.punch.reference = 0;
	g_assert_false(goes_through(EVENT_PUNCH, &body, &again));
	body.punch.reference = INT64_MAX;
	body.punch.score_milli = INT32_MIN;
	body.punch.margin_milli = INT32_MAX;
	body.punch.quality = 100;
	g_assert_true(goes_through(EVENT_PUNCH, &body, &again));
	g_assert_cmpint(again.punch.reference, ==, INT64_MAX);
	g_assert_cmpint(again.punch.score_milli, ==, INT32_MIN);
	body.punch.quality = 101;
	g_assert_false(goes_through(EVENT_PUNCH, &body, &again));
}

static void test_numbers_a_visitor_types(void)
{
	static const struct {
		const char *number;
		bool good;
	} cases[] = {
		{"1", true},    {"481516", true}, {"199001012015031001", true},   {"000", true},
		{"", false},    {"12a", false},   {"1234567890123456789", false}, {"-1", false},
		{"1 2", false},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		EventBody body = sample(EVENT_FINGERLESS), again;
		body.fingerless.number = slice_of_text(cases[i].number);
		g_assert_true(goes_through(EVENT_FINGERLESS, &body, &again) == cases[i].good);
		body = sample(EVENT_CLAIM);
		body.claim.number = slice_of_text(cases[i].number);
		g_assert_true(goes_through(EVENT_CLAIM, &body, &again) == cases[i].good);
	}
}

static void test_texts_are_bounded(void)
{
	g_autofree char *longest = g_strnfill(EVENT_TEXT_MAX, 'x');
	g_autofree char *longer = g_strnfill(EVENT_TEXT_MAX + 1, 'x');
	EventBody body = sample(EVENT_SENSOR_LOST), again;

	body.sensor.cause = slice_of_text(longest);
	g_assert_true(goes_through(EVENT_SENSOR_LOST, &body, &again));
	g_assert_cmpuint(again.sensor.cause.size, ==, EVENT_TEXT_MAX);
	body.sensor.cause = slice_of_text(longer);
	g_assert_false(goes_through(EVENT_SENSOR_LOST, &body, &again));
	body.sensor.cause = slice_of_text("a\nb");
	g_assert_false(goes_through(EVENT_SENSOR_LOST, &body, &again));
	body.sensor.cause = slice_of_text("\xff");
	g_assert_false(goes_through(EVENT_SENSOR_LOST, &body, &again));
	body.sensor.cause = (Slice){0};
	g_assert_true(goes_through(EVENT_SENSOR_LOST, &body, &again));
	body = sample(EVENT_BOOT);
	body.boot.version = (Slice){0};
	g_assert_false(goes_through(EVENT_BOOT, &body, &again));
}

static void test_an_enrolment_names_all_its_templates(void)
{
	EventBody body = sample(EVENT_ENROLMENT), again;

	G_STATIC_ASSERT(EVENT_REFERENCES_MAX == ENROL_TEMPLATES_MAX);
	body.enrolment.n_references = EVENT_REFERENCES_MAX;
	for (size_t i = 0; i < EVENT_REFERENCES_MAX; i++) {
		body.enrolment.references[i].finger = (Finger)(FINGER_FIRST + i % 10);
		memset(body.enrolment.references[i].sealed.bytes, (int)i, 32);
	}
	g_assert_true(goes_through(EVENT_ENROLMENT, &body, &again));
	g_assert_cmpuint(again.enrolment.n_references, ==, EVENT_REFERENCES_MAX);
	g_assert_cmpint(again.enrolment.references[11].finger, ==, FINGER_RIGHT_INDEX);
	g_assert_cmpuint(again.enrolment.references[11].sealed.bytes[31], ==, 11);
	body.enrolment.references[3].finger = (Finger)0;
	g_assert_false(goes_through(EVENT_ENROLMENT, &body, &again));
	body = sample(EVENT_ENROLMENT);
	body.enrolment.n_references = EVENT_REFERENCES_MAX + 1;
	g_assert_false(goes_through(EVENT_ENROLMENT, &body, &again));
	body.enrolment.n_references = 0; /* cancelled */
	body.enrolment.outcome = ENROL_CANCELLED;
	g_assert_true(goes_through(EVENT_ENROLMENT, &body, &again));
	body.enrolment.outcome = 0;
	g_assert_false(goes_through(EVENT_ENROLMENT, &body, &again));
}

static void test_open_names_the_journal_before(void)
{
	EventBody body = sample(EVENT_OPEN), again;

	g_assert_true(goes_through(EVENT_OPEN, &body, &again));
	g_assert_true(random_id_is_zero(&again.open.previous_journal));
	body.open.previous_journal = wire_sample_boot;
	body.open.previous_seq = 99;
	body.open.previous_head.bytes[0] = 1;
	body.open.reason = OPEN_FILE_LOST;
	g_assert_true(goes_through(EVENT_OPEN, &body, &again));
	g_assert_true(random_id_equal(&again.open.previous_journal, &wire_sample_boot));
	g_assert_cmpuint(again.open.previous_seq, ==, 99);
	g_assert_cmpuint(again.open.previous_head.bytes[0], ==, 1);
	body.open.reason = 3;
	g_assert_false(goes_through(EVENT_OPEN, &body, &again));
}

static void test_each_kind_has_a_name_and_a_sample(void)
{
	for (uint32_t kind = 0; kind < 1000; kind++) {
		EventBody body;
		g_assert_true(event_kind_known(kind) == (event_kind_name(kind) != NULL));
		g_assert_true(event_kind_known(kind) == wire_sample_body(kind, &body));
	}
	g_assert_cmpstr(event_kind_name(EVENT_PUNCH), ==, "punch");
}

static void test_unknown_kinds_are_not_encoded(void)
{
	static const uint32_t kinds[] = {0, 15, 19, 25, UINT32_MAX};
	EventBody body = {0}, again;

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_assert_false(goes_through(kinds[i], &body, &again));
		g_assert_cmpint(event_body_decode(kinds[i], slice_of("\xa0", 1), &again), ==, WIRE_SHAPE);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/event_body/a_punch_comes_back", test_a_punch_comes_back);
	g_test_add_func("/protocol/event_body/bounds_of_a_punch", test_bounds_of_a_punch);
	g_test_add_func("/protocol/event_body/numbers_a_visitor_types", test_numbers_a_visitor_types);
	g_test_add_func("/protocol/event_body/texts_are_bounded", test_texts_are_bounded);
	g_test_add_func("/protocol/event_body/an_enrolment_names_all_its_templates",
					test_an_enrolment_names_all_its_templates);
	g_test_add_func("/protocol/event_body/open_names_the_journal_before",
					test_open_names_the_journal_before);
	g_test_add_func("/protocol/event_body/each_kind_has_a_name_and_a_sample",
					test_each_kind_has_a_name_and_a_sample);
	g_test_add_func("/protocol/event_body/unknown_kinds_are_not_encoded",
					test_unknown_kinds_are_not_encoded);
	return g_test_run();
}
