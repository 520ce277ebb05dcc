#include "protocol/command.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"

/* `again` borrows from `bytes`, which the caller clears. */
static bool comes_back(const Command *command, WireBuffer *bytes, Command *again)
{
	command_encode(bytes, command);
	if (bytes->failed)
		return false;
	g_assert_cmpint(command_decode(wire_buffer_slice(bytes), again), ==, WIRE_OK);
	return true;
}

static bool is_encoded(const Command *command)
{
	WireBuffer bytes = {0};
	Command again;

	bool good = comes_back(command, &bytes, &again);
	wire_buffer_clear(&bytes);
	return good;
}

static Command sample(uint32_t kind)
{
	Command command;

	g_assert_true(wire_sample_command(kind, &command));
	return command;
}

static void test_an_enrolment_comes_back(void)
{
	Command command = sample(COMMAND_ENROL), again;
	WireBuffer bytes = {0};

	g_assert_true(comes_back(&command, &bytes, &again));
	g_assert_cmpuint(again.id, ==, 3);
	g_assert_cmpuint(again.kind, ==, COMMAND_ENROL);
	g_assert_true(random_id_equal(&again.enrol.enrolment, &command.enrol.enrolment));
	g_assert_cmpint(again.enrol.person, ==, 481516);
	g_assert_true(slice_equal(again.enrol.name, command.enrol.name));
	g_assert_true(slice_equal(again.enrol.ordered_by, command.enrol.ordered_by));
	g_assert_cmpint(again.enrol.expires_ms, ==, command.enrol.expires_ms);
	g_assert_cmpuint(again.enrol.n_fingers, ==, 2);
	g_assert_cmpint(again.enrol.fingers[0], ==, FINGER_RIGHT_INDEX);
	g_assert_cmpint(again.enrol.fingers[1], ==, FINGER_LEFT_INDEX);
	wire_buffer_clear(&bytes);
}

static void test_certificates_and_keys_come_back(void)
{
	Command command = sample(COMMAND_CERTIFICATE), again;
	WireBuffer bytes = {0};

	g_assert_true(comes_back(&command, &bytes, &again));
	g_assert_cmpuint(again.certificate.n_certificates, ==, 2);
	g_assert_cmpuint(again.certificate.n_leaf, ==, 1);
	g_assert_true(slice_equal(again.certificate.certificates[1], slice_of_text("an anchor")));
	command = sample(COMMAND_KEYS);
	wire_buffer_clear(&bytes);
	g_assert_true(comes_back(&command, &bytes, &again));
	g_assert_cmpmem(&again.keys, sizeof again.keys, &command.keys, sizeof command.keys);
	wire_buffer_clear(&bytes);
}

static void test_an_answer_names_nobody_unless_accepted(void)
{
	Command command = sample(COMMAND_CLAIM_ANSWER), again;
	WireBuffer bytes = {0};

	command.claim_answer.outcome = ANSWER_UNKNOWN;
	command.claim_answer.person = 0;
	command.claim_answer.name = (Slice){0};
	g_assert_true(comes_back(&command, &bytes, &again));
	g_assert_cmpint(again.claim_answer.person, ==, 0);
	g_assert_cmpuint(again.claim_answer.name.size, ==, 0);
	command.claim_answer.outcome = (AnswerOutcome)5;
	g_assert_false(is_encoded(&command));
	command.claim_answer.outcome = (AnswerOutcome)0;
	g_assert_false(is_encoded(&command));
	wire_buffer_clear(&bytes);
}

static void test_a_code_comes_back(void)
{
	Command command = sample(COMMAND_CODE), again;
	WireBuffer bytes = {0};

	g_assert_true(comes_back(&command, &bytes, &again));
	g_assert_cmpuint(again.code.seq, ==, 17);
	g_assert_cmpint(again.code.outcome, ==, ANSWER_ACCEPTED);
	g_assert_true(slice_equal(again.code.sealed, command.code.sealed));
	g_assert_cmpuint(again.code.minutes, ==, 15);
	command.code.minutes = COMMAND_CODE_MINUTES_MAX + 1;
	g_assert_false(is_encoded(&command));
	wire_buffer_clear(&bytes);
}

static void test_bounds(void)
{
	Command command = sample(COMMAND_ENROL);

	command.enrol.n_fingers = 0;
	g_assert_false(is_encoded(&command));
	command.enrol.n_fingers = COMMAND_FINGERS_MAX + 1;
	g_assert_false(is_encoded(&command));
	command = sample(COMMAND_ENROL);
	command.enrol.fingers[1] = (Finger)0;
	g_assert_false(is_encoded(&command));
	command = sample(COMMAND_ENROL);
	command.enrol.person = 0;
	g_assert_false(is_encoded(&command));
	command = sample(COMMAND_CERTIFICATE);
	command.certificate.n_leaf = 3;
	g_assert_false(is_encoded(&command));
	command.certificate.n_leaf = 0;
	g_assert_false(is_encoded(&command));
	command = sample(COMMAND_KEYS);
	command.keys.signing.bytes[0] = 2;
	g_assert_false(is_encoded(&command));
	command = sample(COMMAND_RESYNC);
	command.id = 0;
	g_assert_false(is_encoded(&command));
	command.id = INT64_MAX;
	g_assert_true(is_encoded(&command));
}

static void test_unknown_kind_is_passed_by(void)
{
	Slice bytes = wire_test_hex("a4000101182a021903e803a10102");
	Command command;

	g_assert_cmpint(command_decode(bytes, &command), ==, WIRE_OK);
	g_assert_cmpuint(command.id, ==, 42);
	g_assert_cmpuint(command.kind, ==, 1000);
	g_assert_false(command_kind_known(command.kind));
	g_assert_false(command_kind_known(0));
	command = (Command){.id = 1, .kind = 1000};
	WireBuffer out = {0};
	command_encode(&out, &command);
	g_assert_true(out.failed);
	wire_buffer_clear(&out);
	wire_test_free(bytes);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/command/an_enrolment_comes_back", test_an_enrolment_comes_back);
	g_test_add_func("/protocol/command/certificates_and_keys_come_back",
					test_certificates_and_keys_come_back);
	g_test_add_func("/protocol/command/an_answer_names_nobody_unless_accepted",
					test_an_answer_names_nobody_unless_accepted);
	g_test_add_func("/protocol/command/a_code_comes_back", test_a_code_comes_back);
	g_test_add_func("/protocol/command/bounds", test_bounds);
	g_test_add_func("/protocol/command/unknown_kind_is_passed_by", test_unknown_kind_is_passed_by);
	return g_test_run();
}
