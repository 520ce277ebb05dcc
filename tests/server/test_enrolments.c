/* Enrolments in the database: an order, what a terminal reports of it, and how it ends. */
#include "server/store/terminals/commands.h"
#include "server/store/terminals/enrolments.h"
#include "tests/server/office.h"

#define EXPIRES_MS (30 * 60 * G_GINT64_CONSTANT(1000))

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

static RandomId order(Office *office, PersonId person)
{
	RandomId id;
	EnrolmentOrder what = {.person = person,
						   .person_name = "SITI RAHMAWATI",
						   .terminal = office->device->id,
						   .n_fingers = 2,
						   .fingers = {FINGER_RIGHT_INDEX, FINGER_LEFT_INDEX},
						   .ordered_by = "pengelola",
						   .expires_ms = office->now_ms + EXPIRES_MS};
	office_ok(sql_begin(office->sql, error));
	office_ok(enrolments_order(office->sql, &what, office->now_ms, &id, error));
	office_ok(sql_commit(office->sql, error));
	return id;
}

static EnrolmentRow row_of(Office *office, const RandomId *id)
{
	EnrolmentRow row;
	office_ok(enrolments_get(office->sql, id, &row, error));
	return row;
}

static gboolean report(Office *office, const RandomId *id, PersonId person, EnrolState state,
					   guint32 accepted, const char *terminal)
{
	EnrolReport what = {.enrolment = *id,
						.person = person,
						.state = state,
						.finger = FINGER_RIGHT_INDEX,
						.accepted = accepted,
						.wanted = 3,
						.hint = ENROL_HINT_GOOD};
	TerminalId from = {""};
	gboolean changed;
	g_strlcpy(from.text, terminal, sizeof from.text);
	office_ok(enrolments_progress(office->sql, &what, &from, office->now_ms, &changed, error));
	return changed;
}

static void an_order_is_a_row_and_a_command(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RandomId id = order(office, OFFICE_PERSON(0));
	EnrolmentRow row = row_of(office, &id);
	g_assert_cmpstr(enrolment_state_text(row.state), ==, "waiting");
	g_assert_cmpint(row.n_fingers, ==, 2);
	g_assert_cmpint(row.fingers[1], ==, FINGER_LEFT_INDEX);
	g_autoptr(GBytes) sent = NULL;
	office_ok(commands_next(office->sql, &office->device->id, office->now_ms, &sent, error));
	Command command;
	g_assert_cmpint(command_decode(slice_of_bytes(sent), &command), ==, WIRE_OK);
	g_assert_true(random_id_equal(&command.enrol.enrolment, &id));
	g_assert_cmpint(command.enrol.person, ==, OFFICE_PERSON(0));
	g_assert_cmpint((gint64)command.id, ==, office_count(office, "SELECT id FROM command"));
}

static void a_second_order_replaces_the_first(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RandomId first = order(office, OFFICE_PERSON(0));
	RandomId second = order(office, OFFICE_PERSON(1));
	EnrolmentRow row = row_of(office, &first);
	g_assert_cmpint(row.state, ==, ENROLMENT_FAILED);
	g_assert_cmpstr(row.reason, ==, "replaced");
	row = row_of(office, &second);
	g_assert_cmpint(row.state, ==, ENROLMENT_WAITING);
	g_assert_cmpint(office_count(office, "SELECT count(*) FROM command"
										 " WHERE done_ms IS NULL AND withdrawn_ms IS NULL"),
					==, 1);
}

static void progress_only_goes_forward(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RandomId id = order(office, OFFICE_PERSON(0));
	g_assert_true(report(office, &id, OFFICE_PERSON(0), ENROL_CAPTURING, 1, "term-a"));
	EnrolmentRow row = row_of(office, &id);
	g_assert_cmpstr(enrolment_state_text(row.state), ==, "capturing");
	g_assert_cmpint(row.accepted, ==, 1);
	g_assert_true(report(office, &id, OFFICE_PERSON(0), ENROL_DONE, 3, "term-a"));
	/* The vault has not answered yet. */
	row = row_of(office, &id);
	g_assert_cmpint(row.state, ==, ENROLMENT_CHECKING);
	g_assert_cmpstr(enrolment_state_text(row.state), ==, "capturing");
	g_assert_false(report(office, &id, OFFICE_PERSON(0), ENROL_CAPTURING, 2, "term-a"));
	office_ok(enrolments_finish(office->sql, &id, ENROLMENT_DONE, NULL, 0, office->now_ms, error));
	g_assert_false(report(office, &id, OFFICE_PERSON(0), ENROL_FAILED, 0, "term-a"));
	row = row_of(office, &id);
	g_assert_cmpstr(enrolment_state_text(row.state), ==, "done");
}

static void reports_of_others_change_nothing(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RandomId id = order(office, OFFICE_PERSON(0)), unknown = {{1}};
	g_assert_false(report(office, &id, OFFICE_PERSON(0), ENROL_DONE, 3, "term-b"));
	g_assert_false(report(office, &id, OFFICE_PERSON(1), ENROL_DONE, 3, "term-a"));
	g_assert_false(report(office, &unknown, OFFICE_PERSON(0), ENROL_DONE, 3, "term-a"));
	EnrolmentRow row = row_of(office, &id);
	g_assert_cmpint(row.state, ==, ENROLMENT_WAITING);
}

static void a_cancelled_order_is_taken_back(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RandomId id = order(office, OFFICE_PERSON(0));
	for (int i = 0; i < 2; i++)
		office_ok(enrolments_cancel(office->sql, &id, office->now_ms, error));
	EnrolmentRow row = row_of(office, &id);
	g_assert_cmpint(row.state, ==, ENROLMENT_FAILED);
	g_assert_cmpstr(row.reason, ==, "cancelled");
	g_assert_cmpint(office_count(office, "SELECT kind FROM command"
										 " WHERE done_ms IS NULL AND withdrawn_ms IS NULL"),
					==, COMMAND_ENROL_CANCEL);
}

static void time_ends_an_order(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	gint64 n;
	RandomId waiting = order(office, OFFICE_PERSON(0));
	gint64 expired = office->now_ms + EXPIRES_MS;
	office_ok(enrolments_expire(office->sql, expired + 60000, &n, error));
	g_assert_cmpint(n, ==, 0);
	office_ok(enrolments_expire(office->sql, expired + 60001, &n, error));
	g_assert_cmpint(n, ==, 1);
	g_assert_cmpstr(row_of(office, &waiting).reason, ==, "timeout");
	/* Templates that are here are waited for, but not for ever. */
	RandomId checking = order(office, OFFICE_PERSON(1));
	report(office, &checking, OFFICE_PERSON(1), ENROL_DONE, 3, "term-a");
	office_ok(enrolments_expire(office->sql, expired + 3600000, &n, error));
	g_assert_cmpint(n, ==, 0);
	office_ok(enrolments_expire(office->sql, expired + 86400001, &n, error));
	g_assert_cmpint(n, ==, 1);
}

static void commands_never_go_back(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Command command = {.kind = COMMAND_RESYNC};
	office_ok(commands_add(office->sql, &office->device->id, &command, 0, 5000, error));
	g_assert_cmpint((gint64)command.id, ==, 5000);
	office_ok(commands_add(office->sql, &office->device->id, &command, 0, 4000, error));
	g_assert_cmpint((gint64)command.id, ==, 5001);
	/* As after a restore: the clock is beyond what the lost database gave out. */
	office_ok(sql_run(office->sql, error, "DELETE FROM command", ""));
	office_ok(commands_add(office->sql, &office->device->id, &command, 0, 9000, error));
	g_assert_cmpint((gint64)command.id, ==, 9000);
}

#define CASE(function) {"/enrolments/" #function, function}

static const struct {
	const char *path;
	void (*run)(Office *office, gconstpointer data);
} cases[] = {
	CASE(an_order_is_a_row_and_a_command), CASE(a_second_order_replaces_the_first),
	CASE(progress_only_goes_forward),      CASE(reports_of_others_change_nothing),
	CASE(a_cancelled_order_is_taken_back), CASE(time_ends_an_order),
	CASE(commands_never_go_back),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, Office, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
