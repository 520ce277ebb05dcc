#include "protocol/ids.h"

#include <string.h>

Slice slice_of(const void *data, size_t size)
{
	return (Slice){.data = data, .size = size};
}

Slice slice_of_text(const char *text)
{
	return (Slice){.data = (const uint8_t *)text, .size = text ? strlen(text) : 0};
}

bool slice_equal(Slice a, Slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool is_terminal_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Names that belong to services at the broker: one certificate name is one connection, so a
 * terminal that bore one would throw the service out. */
static bool is_service_name(Slice text)
{
	static const char *const prefixes[] = {"collector-", "tool-", "web-", "server", "broker"};

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t size = strlen(prefixes[i]);
		if (text.size >= size && memcmp(text.data, prefixes[i], size) == 0)
			return true;
	}
	return false;
}

bool terminal_id_parse(TerminalId *id, Slice text)
{
	if (text.size < TERMINAL_ID_MIN || text.size > TERMINAL_ID_MAX)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (!is_terminal_letter(text.data[i]))
			return false;
	}
	if (is_service_name(text))
		return false;
	memset(id, 0, sizeof *id);
	memcpy(id->text, text.data, text.size);
	return true;
}

bool terminal_id_equal(const TerminalId *a, const TerminalId *b)
{
	return strcmp(a->text, b->text) == 0;
}

bool random_id_equal(const RandomId *a, const RandomId *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool random_id_is_zero(const RandomId *id)
{
	static const RandomId zero;

	return random_id_equal(id, &zero);
}

void random_id_format(const RandomId *id, char text[RANDOM_ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof id->bytes; i++) {
		text[2 * i] = digits[id->bytes[i] >> 4];
		text[2 * i + 1] = digits[id->bytes[i] & 15];
	}
	text[RANDOM_ID_TEXT - 1] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool random_id_parse(RandomId *id, const char *text)
{
	RandomId parsed;

	if (strlen(text) != RANDOM_ID_TEXT - 1)
		return false;
	for (size_t i = 0; i < sizeof parsed.bytes; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		parsed.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*id = parsed;
	return true;
}

bool hash_equal(const Hash *a, const Hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool key_id_equal(const KeyId *a, const KeyId *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool person_id_valid(PersonId id)
{
	return id >= 1 && id <= PERSON_ID_MAX;
}

static const char *const finger_names[FINGER_LAST + 1] = {
	[FINGER_RIGHT_THUMB] = "right-thumb",   [FINGER_RIGHT_INDEX] = "right-index",
	[FINGER_RIGHT_MIDDLE] = "right-middle", [FINGER_RIGHT_RING] = "right-ring",
	[FINGER_RIGHT_LITTLE] = "right-little", [FINGER_LEFT_THUMB] = "left-thumb",
	[FINGER_LEFT_INDEX] = "left-index",     [FINGER_LEFT_MIDDLE] = "left-middle",
	[FINGER_LEFT_RING] = "left-ring",       [FINGER_LEFT_LITTLE] = "left-little",
};

const char *finger_name(Finger finger)
{
	return finger >= FINGER_FIRST && finger <= FINGER_LAST ? finger_names[finger] : NULL;
}

Finger finger_parse(const char *text)
{
	for (int finger = FINGER_FIRST; finger <= FINGER_LAST; finger++) {
		if (strcmp(finger_names[finger], text) == 0)
			return (Finger)finger;
	}
	return (Finger)0;
}
