/*
 * The names both sides give to things: terminals, journals, keys, people.
 *
 * All are plain values: they are copied, never freed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to somebody else, valid as long as that owner says. */
typedef struct {
	const uint8_t *data;
	size_t size;
} Slice;

Slice slice_of(const void *data, size_t size);
/* Without the final zero; NULL gives an empty slice. */
Slice slice_of_text(const char *text);
bool slice_equal(Slice a, Slice b);

#define TERMINAL_ID_MIN 3
#define TERMINAL_ID_MAX 32

/* `[a-z0-9-]{3,32}`, zero-terminated; one device, never reused. */
typedef struct {
	char text[TERMINAL_ID_MAX + 1];
} TerminalId;

/* Checks alphabet, length, and that it is no name of a service at the broker: `collector-…`,
 * `tool-…`, `web-…`, `server…`, `broker…`.  On false `id` is untouched. */
bool terminal_id_parse(TerminalId *id, Slice text);
bool terminal_id_equal(const TerminalId *a, const TerminalId *b);

/* 16 random bytes: a journal, a server's epoch, a boot, an enrolment. */
typedef struct {
	uint8_t bytes[16];
} RandomId;

#define RANDOM_ID_TEXT 33 /* 32 hex digits and the zero */

bool random_id_equal(const RandomId *a, const RandomId *b);
/* All zero stands for "none". */
bool random_id_is_zero(const RandomId *id);
void random_id_format(const RandomId *id, char text[RANDOM_ID_TEXT]);
/* Exactly 32 lower-case hex digits; on false `id` is untouched. */
bool random_id_parse(RandomId *id, const char *text);

/* SHA-256 (FIPS 180-4). */
typedef struct {
	uint8_t bytes[32];
} Hash;

bool hash_equal(const Hash *a, const Hash *b);

/* An uncompressed P-256 point, 0x04 ‖ x ‖ y (SEC 1 §2.3.3). */
typedef struct {
	uint8_t bytes[65];
} PublicKey;

/* The first 16 bytes of SHA-256 over the PublicKey. */
typedef struct {
	uint8_t bytes[16];
} KeyId;

bool key_id_equal(const KeyId *a, const KeyId *b);

/* Our own number of a person, 1 … 999,999,999: what a visitor types.  Never the NIP. */
typedef int64_t PersonId;
#define PERSON_ID_MAX 999999999

bool person_id_valid(PersonId id);

/* Finger positions, ISO/IEC 19794-2:2005 table 2. */
typedef enum {
	FINGER_RIGHT_THUMB = 1,
	FINGER_RIGHT_INDEX,
	FINGER_RIGHT_MIDDLE,
	FINGER_RIGHT_RING,
	FINGER_RIGHT_LITTLE,
	FINGER_LEFT_THUMB,
	FINGER_LEFT_INDEX,
	FINGER_LEFT_MIDDLE,
	FINGER_LEFT_RING,
	FINGER_LEFT_LITTLE,
} Finger;

#define FINGER_FIRST FINGER_RIGHT_THUMB
#define FINGER_LAST FINGER_LEFT_LITTLE

/* "right-index"; static storage. NULL for what is no finger. */
const char *finger_name(Finger finger);
/* 0 when the text names none. */
Finger finger_parse(const char *text);
