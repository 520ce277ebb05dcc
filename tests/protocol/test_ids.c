#include "protocol/ids.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"

static void test_terminal_ids(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{"abc", true},
		{"bkd-lobi-1", true},
		{"123", true},
		{"---", true},
		{"a2345678901234567890123456789012", true}, /* 32 */
		{"tools-1", true},                          /* only the service's own prefix is taken */
		{"collector", true},
		{"", false},
		{"ab", false},
		{"a23456789012345678901234567890123", false}, /* 33 */
		{"Abc", false},
		{"ab_c", false},
		{"ab c", false},
		{"ab/c", false},
		{"ab+", false},
		{"ab#", false},
		{"$ab", false},
		{"b\xc3\xbc"
		 "cher",
		 false},
		{"collector-1", false},
		{"tool-1", false},
		{"web-1", false},
		{"server", false},
		{"server-2", false},
		{"broker", false},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		TerminalId id = {"untouched"};
		g_test_message("%s", cases[i].text);
		g_assert_true(terminal_id_parse(&id, slice_of_text(cases[i].text)) == cases[i].good);
		g_assert_cmpstr(id.text, ==, cases[i].good ? cases[i].text : "untouched");
	}
	TerminalId id;
	g_assert_false(terminal_id_parse(&id, slice_of("ab\0c", 4)));
}

static void test_random_ids(void)
{
	static const char *const bad[] = {
		"",
		"00112233445566778899aabbccddeef",
		"00112233445566778899aabbccddeeff0",
		"00112233445566778899AABBCCDDEEFF",
		"0011223344556677 899aabbccddeeff",
		"g0112233445566778899aabbccddeeff",
	};
	const char *text = "00112233445566778899aabbccddeeff";
	char again[RANDOM_ID_TEXT];
	RandomId id, zero = {{0}};

	g_assert_true(random_id_parse(&id, text));
	g_assert_cmpuint(id.bytes[15], ==, 0xff);
	random_id_format(&id, again);
	g_assert_cmpstr(again, ==, text);
	g_assert_false(random_id_is_zero(&id));
	g_assert_true(random_id_is_zero(&zero));
	g_assert_false(random_id_equal(&id, &zero));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(random_id_parse(&id, bad[i]));
	g_assert_cmpuint(id.bytes[15], ==, 0xff);
}

static void test_fingers_have_names(void)
{
	for (int finger = FINGER_FIRST; finger <= FINGER_LAST; finger++)
		g_assert_cmpint(finger_parse(finger_name((Finger)finger)), ==, finger);
	g_assert_null(finger_name((Finger)0));
	g_assert_null(finger_name((Finger)11));
	g_assert_cmpint(finger_parse("right"), ==, 0);
	g_assert_cmpint(finger_parse(""), ==, 0);
}

static void test_person_numbers(void)
{
	g_assert_false(person_id_valid(0));
	g_assert_false(person_id_valid(-1));
	g_assert_true(person_id_valid(1));
	g_assert_true(person_id_valid(PERSON_ID_MAX));
	g_assert_false(person_id_valid(PERSON_ID_MAX + 1));
}

static void test_slices(void)
{
	g_assert_true(slice_equal(slice_of_text("abc"), slice_of("abcd", 3)));
	g_assert_false(slice_equal(slice_of_text("abc"), slice_of_text("abd")));
	g_assert_false(slice_equal(slice_of_text("abc"), slice_of_text("ab")));
	g_assert_true(slice_equal(slice_of_text(NULL), slice_of_text("")));
}

static void test_key_id_is_the_digest_of_the_point(void)
{
	PublicKey key;
	KeyId id, other;
	Hash hash;

	wire_test_public(&key);
	key_id_of(&key, wire_test_sha256, &id);
	Slice point = slice_of(key.bytes, sizeof key.bytes);
	wire_test_sha256(&point, 1, &hash);
	g_assert_cmpmem(id.bytes, sizeof id.bytes, hash.bytes, 16);
	wire_test_other_public(&key);
	key_id_of(&key, wire_test_sha256, &other);
	g_assert_false(key_id_equal(&id, &other));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/ids/terminal_ids", test_terminal_ids);
	g_test_add_func("/protocol/ids/random_ids", test_random_ids);
	g_test_add_func("/protocol/ids/fingers_have_names", test_fingers_have_names);
	g_test_add_func("/protocol/ids/person_numbers", test_person_numbers);
	g_test_add_func("/protocol/ids/slices", test_slices);
	g_test_add_func("/protocol/ids/key_id_is_the_digest_of_the_point",
					test_key_id_is_the_digest_of_the_point);
	return g_test_run();
}
