#include "protocol/topic.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"

static const TerminalId terminal = {"bkd-lobi-1"};

static void test_shard_is_the_digest_modulo_64(void)
{
	Slice id = slice_of_text(terminal.text);
	Hash hash;

	wire_test_sha256(&id, 1, &hash);
	g_assert_cmpuint(topic_shard(&terminal, wire_test_sha256), ==, hash.bytes[0] % 64);
}

static void test_each_topic_is_read_back(void)
{
	for (int kind = TOPIC_UP_EVENTS; kind <= TOPIC_DOWN_COMMAND; kind++) {
		char text[TOPIC_MAX];
		Topic topic;

		topic_format(text, (TopicKind)kind, &terminal, wire_test_sha256);
		g_assert_true(topic_parse(&topic, text, wire_test_sha256));
		g_assert_cmpint(topic.kind, ==, kind);
		g_assert_true(terminal_id_equal(&topic.terminal, &terminal));
		g_assert_cmpuint(topic.shard, ==, topic_shard(&terminal, wire_test_sha256));
		g_assert_true(topic_is_up((TopicKind)kind) == (strstr(text, "/up/") != NULL));
	}
}

static void test_longest_topic_fits(void)
{
	static const TerminalId longest = {"a2345678901234567890123456789012"};
	char text[TOPIC_MAX];
	Topic topic;

	topic_format(text, TOPIC_DOWN_COMMAND, &longest, wire_test_sha256);
	g_assert_true(topic_parse(&topic, text, wire_test_sha256));
}

static void test_other_texts_are_refused(void)
{
	static const char *const forms[] = {
		"",
		"hadir",
		"hadir/1/%02x/bkd-lobi-1",
		"hadir/1/%02x/bkd-lobi-1/",
		"hadir/1/%02x/bkd-lobi-1/up",
		"hadir/1/%02x/bkd-lobi-1/up/events/",
		"hadir/1/%02x/bkd-lobi-1/up/event",
		"hadir/1/%02x/bkd-lobi-1/down/events",
		"hadir/1/%02x/bkd-lobi-1/up/receipt",
		"hadir/1/%02x/bkd-lobi-1/UP/events",
		"hadir/1/%02x//up/events",
		"hadir/1/%02x/bk/up/events",
		"hadir/1/%02x/BKD-lobi-1/up/events",
		"hadir/1/%02x/bkd-lobi-1/x/up/events",
		"hadir/2/%02x/bkd-lobi-1/up/events",
		"Hadir/1/%02x/bkd-lobi-1/up/events",
		"/hadir/1/%02x/bkd-lobi-1/up/events",
		"hadir/1/0%02x/bkd-lobi-1/up/events",
		"hadir/1/%02xx/bkd-lobi-1/up/events",
	};
	unsigned shard = topic_shard(&terminal, wire_test_sha256);
	Topic topic;

	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *digits = g_strdup_printf("%02x", shard);
		g_auto(GStrv) parts = g_strsplit(forms[i], "%02x", 2);
		g_autofree char *text = g_strjoinv(digits, parts);
		g_test_message("%s", text);
		g_assert_false(topic_parse(&topic, text, wire_test_sha256));
	}
	for (unsigned other = 0; other < 256; other++) {
		char text[TOPIC_MAX];
		g_snprintf(text, sizeof text, "hadir/1/%02x/bkd-lobi-1/up/events", other);
		g_assert_true(topic_parse(&topic, text, wire_test_sha256) == (other == shard));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/topic/shard_is_the_digest_modulo_64",
					test_shard_is_the_digest_modulo_64);
	g_test_add_func("/protocol/topic/each_topic_is_read_back", test_each_topic_is_read_back);
	g_test_add_func("/protocol/topic/longest_topic_fits", test_longest_topic_fits);
	g_test_add_func("/protocol/topic/other_texts_are_refused", test_other_texts_are_refused);
	return g_test_run();
}
