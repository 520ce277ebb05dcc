/*
 * Deterministic CBOR (RFC 8949 §4.2.1), written through libcbor's encoders and read by a bounded
 * pull reader over cbor_stream_decode: no allocation by a length that the sender claims, no
 * item nested deeper than CODEC_DEPTH_MAX, no indefinite length, no floating point, no duplicate or
 * unordered map key, shortest form only.  Whatever breaks a rule makes the reader fail for good.
 */
#pragma once

#include "protocol/ids.h"

#define CODEC_DEPTH_MAX 8

/* Growing bytes; start with {0}.  `failed` becomes and stays true, and nothing more is written,
 * when memory ends or a message's encoder meets a value that its decoder would refuse: what is
 * sent can be read. */
typedef struct {
	uint8_t *data;
	size_t size, capacity;
	bool failed;
} WireBuffer;

/* Frees the bytes; the buffer is empty and can be used again. */
void wire_buffer_clear(WireBuffer *buffer);
/* Borrowed until the next wire_put_…; empty when the buffer has failed. */
Slice wire_buffer_slice(const WireBuffer *buffer);

void wire_put_uint(WireBuffer *buffer, uint64_t value);
void wire_put_int(WireBuffer *buffer, int64_t value);
void wire_put_bool(WireBuffer *buffer, bool value);
void wire_put_null(WireBuffer *buffer);
void wire_put_bytes(WireBuffer *buffer, Slice bytes);
void wire_put_text(WireBuffer *buffer, Slice text);
void wire_put_array(WireBuffer *buffer, size_t n_items);
/* The caller writes the keys in deterministic order: 0, 1, 2 …, then -1, -2 … */
void wire_put_map(WireBuffer *buffer, size_t n_pairs);
void wire_put_tag(WireBuffer *buffer, uint64_t tag);
void wire_put_raw(WireBuffer *buffer, Slice encoded);

/* What is wrong with bytes from outside.  The texts of wire_result_text() name it for a log. */
typedef enum {
	WIRE_OK,
	WIRE_MALFORMED, /* not deterministic CBOR, or cut, or too deep */
	WIRE_SHAPE,     /* well-formed, but not what hadir.cddl says */
	WIRE_RANGE,     /* a value outside its stated bounds */
	WIRE_VERSION,   /* a version of the message we do not read */
	WIRE_SIGNATURE, /* the signature does not verify */
	WIRE_CHAIN,     /* digest, previous hash or sequence does not follow */
	WIRE_MEMORY,
} WireResult;

const char *wire_result_text(WireResult result);

/* Counts and numbers end where a database's BIGINT and our int64_t do. */
#define WIRE_UINT_MAX INT64_MAX
/* UTC ms of 9999-12-31T23:59:59.999Z; no stamp is negative. */
#define WIRE_TIME_MAX INT64_C(253402300799999)

typedef struct {
	Slice rest;        /* not read yet; emptied by a failure */
	WireResult result; /* the first failure, kept */
} WireReader;

void wire_reader_init(WireReader *reader, Slice bytes);
/* Makes the reader fail, unless it has failed already. */
void wire_reader_fail(WireReader *reader, WireResult result);
/* Each reads one item of that type, or sets the failure and gives zero or an empty slice. */
uint64_t wire_get_uint(WireReader *reader, uint64_t max);
int64_t wire_get_int(WireReader *reader, int64_t min, int64_t max);
bool wire_get_bool(WireReader *reader);
/* True, and consumed, when the next item is null; any other item is left there. */
bool wire_get_null(WireReader *reader);
Slice wire_get_bytes(WireReader *reader, size_t min, size_t max);
/* Valid UTF-8 (RFC 3629), no control characters. */
Slice wire_get_text(WireReader *reader, size_t min, size_t max);
bool wire_text_valid(Slice text);
void wire_get_fixed(WireReader *reader, uint8_t *out, size_t size); /* a byte string of that size */
/* The number of items, resp. pairs, that follow; never more than bytes are left. */
size_t wire_get_array(WireReader *reader, size_t min, size_t max);
size_t wire_get_map(WireReader *reader, size_t max);
/* The next key of a map: an integer, in deterministic order (0, 1, 2 …, -1, -2 …).  `previous`
 * starts as WIRE_NO_KEY.  Fails on a repeated or unordered key. */
#define WIRE_NO_KEY INT64_MIN
int64_t wire_get_key(WireReader *reader, int64_t *previous);
uint64_t wire_get_tag(WireReader *reader);
/* Skips one whole item of any type, checked like all others, and gives its bytes: how the value of
 * an unknown map key is ignored.  Fails when it is nested deeper than CODEC_DEPTH_MAX. */
Slice wire_skip(WireReader *reader);
/* Fails with WIRE_SHAPE when bytes remain. */
WireResult wire_reader_finish(WireReader *reader);
