#include "protocol/enrol.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_samples.h"

static bool goes_through(const EnrolReport *report, EnrolReport *again)
{
	WireBuffer bytes = {0};

	enrol_report_encode(&bytes, report);
	bool good = !bytes.failed;
	if (good)
		g_assert_cmpint(enrol_report_decode(wire_buffer_slice(&bytes), again), ==, WIRE_OK);
	wire_buffer_clear(&bytes);
	return good;
}

static EnrolReport capturing(void)
{
	EnrolReport report = wire_sample_enrol();

	report.state = ENROL_CAPTURING;
	report.finger = FINGER_LEFT_INDEX;
	report.n_templates = 0;
	report.journal = (RandomId){{0}};
	report.seq = 0;
	return report;
}

static void test_progress_comes_back(void)
{
	EnrolReport report = capturing(), again;

	report.hint = ENROL_HINT_OTHER_FINGER;
	report.accepted = 0;
	g_assert_true(goes_through(&report, &again));
	g_assert_true(random_id_equal(&again.enrolment, &report.enrolment));
	g_assert_cmpint(again.person, ==, 481516);
	g_assert_cmpint(again.state, ==, ENROL_CAPTURING);
	g_assert_cmpint(again.finger, ==, FINGER_LEFT_INDEX);
	g_assert_cmpuint(again.accepted, ==, 0);
	g_assert_cmpuint(again.wanted, ==, 3);
	g_assert_cmpint(again.hint, ==, ENROL_HINT_OTHER_FINGER);
	g_assert_cmpuint(again.n_templates, ==, 0);
	g_assert_cmpuint(again.seq, ==, 0);
}

static void test_done_brings_the_templates(void)
{
	EnrolReport report = wire_sample_enrol(), again;

	g_assert_true(goes_through(&report, &again));
	g_assert_cmpuint(again.n_templates, ==, 2);
	g_assert_cmpint(again.templates[1].finger, ==, FINGER_LEFT_INDEX);
	g_assert_cmpuint(again.templates[1].quality, ==, 61);
	g_assert_cmpuint(again.seq, ==, 1300);
}

static void test_largest_report_fits_a_message(void)
{
	g_autofree guint8 *sealed = g_malloc0(ENROL_SEALED_MAX + 1);
	EnrolReport report = wire_sample_enrol(), again;
	WireBuffer bytes = {0};

	report.n_templates = ENROL_TEMPLATES_MAX;
	for (size_t i = 0; i < ENROL_TEMPLATES_MAX; i++) {
		report.templates[i].finger = FINGER_RIGHT_THUMB;
		report.templates[i].sealed = slice_of(sealed, ENROL_SEALED_MAX);
	}
	g_assert_true(goes_through(&report, &again));
	enrol_report_encode(&bytes, &report);
	g_assert_cmpuint(bytes.size, <, 64 * 1024);
	wire_buffer_clear(&bytes);
	report.templates[0].sealed.size++;
	g_assert_false(goes_through(&report, &again));
}

static void test_templates_and_states_agree(void)
{
	EnrolReport again;

	for (int state = ENROL_WAITING; state <= ENROL_FAILED; state++) {
		EnrolReport report = wire_sample_enrol();
		report.state = (EnrolState)state;
		g_assert_true(goes_through(&report, &again) == (state == ENROL_DONE));
		report = capturing();
		report.state = (EnrolState)state;
		g_assert_true(goes_through(&report, &again) == (state != ENROL_DONE));
		report.seq = 7; /* what else is journalled may name its event too */
		g_assert_true(goes_through(&report, &again) == (state != ENROL_DONE));
	}
}

static void test_bounds(void)
{
	EnrolReport report = capturing(), again;

	report.finger = (Finger)11;
	g_assert_false(goes_through(&report, &again));
	report = capturing();
	report.accepted = 101;
	g_assert_false(goes_through(&report, &again));
	report = capturing();
	report.hint = (EnrolHint)(ENROL_HINT_RETRY + 1);
	g_assert_false(goes_through(&report, &again));
	report = wire_sample_enrol();
	report.templates[0].quality = 101;
	g_assert_false(goes_through(&report, &again));
	report = wire_sample_enrol();
	report.templates[0].finger = (Finger)0;
	g_assert_false(goes_through(&report, &again));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/enrol/progress_comes_back", test_progress_comes_back);
	g_test_add_func("/protocol/enrol/done_brings_the_templates", test_done_brings_the_templates);
	g_test_add_func("/protocol/enrol/largest_report_fits_a_message",
					test_largest_report_fits_a_message);
	g_test_add_func("/protocol/enrol/templates_and_states_agree", test_templates_and_states_agree);
	g_test_add_func("/protocol/enrol/bounds", test_bounds);
	return g_test_run();
}
