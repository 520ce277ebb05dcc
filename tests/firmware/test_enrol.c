/* The enrolment alone: what is accepted, what is sent away, what is left behind. */
#include "firmware/enrol.h"

#include <string.h>

#include <glib.h>

#include "tests/support/synthetic_finger.h"

static Slice text(const char *value)
{
	return (Slice){(const uint8_t *)value, strlen(value)};
}

static Command command_of(gsize n, Finger first, Finger second)
{
	Command command = {.kind = COMMAND_ENROL};
	command.enrol.enrolment.bytes[3] = 7;
	command.enrol.person = 4711;
	command.enrol.name = text("Siti Rahmawati");
	command.enrol.ordered_by = text("pengelola-bkd");
	command.enrol.n_fingers = n;
	command.enrol.fingers[0] = first;
	command.enrol.fingers[1] = second;
	return command;
}

static void test_orders(void)
{
	static const struct {
		gsize n;
		int first, second;
		gboolean good;
	} rows[] = {
		{1, FINGER_RIGHT_INDEX, 0, TRUE},
		{2, FINGER_RIGHT_INDEX, FINGER_LEFT_INDEX, TRUE},
		{2, FINGER_RIGHT_INDEX, FINGER_RIGHT_INDEX, FALSE}, /* twice the same */
		{0, 0, 0, FALSE},
		{1, 0, 0, FALSE},
		{1, FINGER_LAST + 1, 0, FALSE},
		{COMMAND_FINGERS_MAX + 1, FINGER_RIGHT_INDEX, FINGER_LEFT_INDEX, FALSE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Command command = command_of(rows[i].n, (Finger)rows[i].first, (Finger)rows[i].second);
		g_autoptr(Enrol) enrol = enrol_new(&command, 0);
		g_assert_cmpint(enrol != NULL, ==, rows[i].good);
	}
}

static EnrolStep offer(Enrol *enrol, guint finger, guint number)
{
	return enrol_sample(enrol, synthetic_template(finger, number), 0);
}

static void test_one_finger(void)
{
	Command command = command_of(1, FINGER_LEFT_THUMB, 0);
	g_autoptr(Enrol) enrol = enrol_new(&command, 0);
	EnrolReport report;
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_NOTICE);
	enrol_report(enrol, &report);
	g_assert_cmpint(report.state, ==, ENROL_WAITING);
	g_assert_cmpint(offer(enrol, 1, 1), ==, ENROL_STEP_ACCEPTED);
	g_assert_cmpint(offer(enrol, 1, 2), ==, ENROL_STEP_ACCEPTED);
	enrol_report(enrol, &report);
	g_assert_cmpint(report.state, ==, ENROL_CAPTURING);
	g_assert_cmpint(report.finger, ==, FINGER_LEFT_THUMB);
	g_assert_cmpuint(report.accepted, ==, 2);
	g_assert_cmpuint(report.wanted, ==, 3);
	g_assert_cmpuint(report.n_templates, ==, 0); /* nothing leaves before the end */
	g_assert_cmpint(offer(enrol, 1, 3), ==, ENROL_STEP_COMPLETE);
	g_assert_cmpuint(enrol_n_templates(enrol), ==, 3);
	for (gsize i = 0; i < 3; i++) {
		EnrolTemplate template = enrol_template(enrol, i);
		g_assert_cmpint(template.finger, ==, FINGER_LEFT_THUMB);
		g_assert_cmpuint(template.index, ==, i);
	}
	g_assert_cmpint(offer(enrol, 1, 4), ==, ENROL_STEP_WAIT); /* late */
	g_assert_cmpuint(enrol_n_templates(enrol), ==, 3);
}

static void test_poor(void)
{
	Command command = command_of(1, FINGER_RIGHT_INDEX, 0);
	g_autoptr(Enrol) enrol = enrol_new(&command, 0);
	EnrolReport report;
	MatchTemplate *nothing = match_template_new(NULL, 0, 300, 400);
	g_assert_cmpint(enrol_sample(enrol, nothing, 0), ==, ENROL_STEP_REJECTED);
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_POOR);
	enrol_report(enrol, &report);
	g_assert_cmpint(report.hint, ==, ENROL_HINT_POOR);
	g_assert_cmpint(enrol_retry(enrol, SENSOR_RETRY_REMOVE, 0), ==, ENROL_STEP_REJECTED);
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_LIFT);
	enrol_report(enrol, &report);
	g_assert_cmpint(report.hint, ==, ENROL_HINT_RETRY);
	g_assert_cmpuint(report.accepted, ==, 0);
}

/* The wrong finger first: the second that says otherwise in a row begins anew. */
static void test_wrong_first(void)
{
	Command command = command_of(1, FINGER_RIGHT_INDEX, 0);
	g_autoptr(Enrol) enrol = enrol_new(&command, 0);
	g_assert_cmpint(offer(enrol, 9, 1), ==, ENROL_STEP_ACCEPTED);
	g_assert_cmpint(offer(enrol, 1, 1), ==, ENROL_STEP_REJECTED);
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_OTHER_FINGER);
	g_assert_cmpint(offer(enrol, 1, 2), ==, ENROL_STEP_REJECTED);
	g_assert_cmpuint(enrol_n_templates(enrol), ==, 1);
	g_assert_cmpint(offer(enrol, 1, 3), ==, ENROL_STEP_ACCEPTED);
	g_assert_cmpint(offer(enrol, 1, 4), ==, ENROL_STEP_COMPLETE);
}

static void test_two_fingers(void)
{
	Command command = command_of(2, FINGER_RIGHT_INDEX, FINGER_LEFT_INDEX);
	g_autoptr(Enrol) enrol = enrol_new(&command, 0);
	for (guint i = 1; i <= 2; i++)
		g_assert_cmpint(offer(enrol, 1, i), ==, ENROL_STEP_ACCEPTED);
	g_assert_cmpint(offer(enrol, 1, 3), ==, ENROL_STEP_NEXT);
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_NEXT);
	g_assert_cmpint(offer(enrol, 1, 4), ==, ENROL_STEP_REJECTED); /* one finger is not two */
	for (guint i = 1; i <= 2; i++)
		g_assert_cmpint(offer(enrol, 2, i), ==, ENROL_STEP_ACCEPTED);
	g_assert_cmpint(offer(enrol, 2, 3), ==, ENROL_STEP_COMPLETE);
	g_assert_cmpuint(enrol_n_templates(enrol), ==, 6);
	g_assert_cmpint(enrol_template(enrol, 2).finger, ==, FINGER_RIGHT_INDEX);
	g_assert_cmpint(enrol_template(enrol, 3).finger, ==, FINGER_LEFT_INDEX);
	g_assert_cmpuint(enrol_template(enrol, 3).index, ==, 0);
}

/* Between touches the panel says which finger is wanted, and for which touch of how many. */
static void test_asks(void)
{
	Command command = command_of(1, FINGER_RIGHT_INDEX, 0);
	g_autoptr(Enrol) enrol = enrol_new(&command, 1000);
	FeedbackText shown = {0};
	FeedbackLines lines;
	g_assert_cmpint(enrol_tick(enrol, 1000 + ENROL_NOTICE_MS - 1), ==, ENROL_STEP_WAIT);
	g_assert_cmpint(enrol_tick(enrol, 1000 + ENROL_NOTICE_MS), ==, ENROL_STEP_ASK);
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_FINGER);
	enrol_sample(enrol, synthetic_template(1, 1), 20000);
	g_assert_cmpint(enrol_screen(enrol), ==, SCREEN_ENROL_AGAIN);
	g_assert_cmpint(enrol_tick(enrol, 20000 + ENROL_SHOW_MS - 1), ==, ENROL_STEP_WAIT);
	g_assert_cmpint(enrol_tick(enrol, 20000 + ENROL_SHOW_MS), ==, ENROL_STEP_ASK);
	enrol_text(enrol, &shown);
	feedback_lines(enrol_screen(enrol), &shown, &lines);
	g_assert_cmpstr(lines.large, ==, "Telunjuk kanan: 2 dari 3");
	g_assert_nonnull(strstr(lines.small, "tempelkan jari"));
}

static void test_timeout(void)
{
	Command command = command_of(1, FINGER_RIGHT_INDEX, 0);
	g_autoptr(Enrol) enrol = enrol_new(&command, 1000);
	EnrolReport report;
	g_assert_cmpint(enrol_tick(enrol, 1000 + ENROL_NOTICE_MS), ==, ENROL_STEP_ASK);
	g_assert_cmpint(enrol_tick(enrol, 1000 + ENROL_IDLE_MS - 1), ==, ENROL_STEP_WAIT);
	/* A touch begins the wait anew. */
	enrol_sample(enrol, synthetic_template(1, 1), 50000);
	g_assert_cmpint(enrol_tick(enrol, 50000 + ENROL_SHOW_MS), ==, ENROL_STEP_ASK);
	g_assert_cmpint(enrol_tick(enrol, 1000 + ENROL_IDLE_MS), ==, ENROL_STEP_WAIT);
	g_assert_cmpint(enrol_tick(enrol, 50000 + ENROL_IDLE_MS), ==, ENROL_STEP_TIMEOUT);
	enrol_report(enrol, &report);
	g_assert_cmpint(report.state, ==, ENROL_TIMEOUT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/enrol/orders_that_make_sense", test_orders);
	g_test_add_func("/enrol/three_impressions_of_one_finger", test_one_finger);
	g_test_add_func("/enrol/a_poor_sample_is_not_enrolled", test_poor);
	g_test_add_func("/enrol/a_wrong_first_impression_is_got_over", test_wrong_first);
	g_test_add_func("/enrol/two_fingers_are_two", test_two_fingers);
	g_test_add_func("/enrol/the_panel_asks_for_the_next_touch", test_asks);
	g_test_add_func("/enrol/nobody_touches", test_timeout);
	return g_test_run();
}
