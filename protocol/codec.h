/*
 * Deterministic CBOR (RFC 8949 §4.2.1), written through libcbor's encoders and read by a bounded
 * pull reader over cbor_stream_decode: no allocation by a length that the sender claims, no
 * recursion deeper than CODEC_DEPTH_MAX, no indefinite length, no floating point, no duplicate or
 * unordered map key, shortest form only.  Whatever breaks a rule makes the reader fail for good.
 */
#pragma once

#include "protocol/ids.h"

#define CODEC_DEPTH_MAX 8

/* Growing bytes. After an allocation fails `failed` stays true and nothing more is written. */
typedef struct {
	uint8_t *data;
	size_t size, capacity;
	bool failed;
} WireBuffer;

void wire_buffer_clear(WireBuffer *buffer);
Slice wire_buffer_slice(const WireBuffer *buffer);

void wire_put_uint(WireBuffer *buffer, uint64_t value);
void wire_put_int(WireBuffer *buffer, int64_t value);
void wire_put_bool(WireBuffer *buffer, bool value);
void wire_put_null(WireBuffer *buffer);
void wire_put_bytes(WireBuffer *buffer, Slice bytes);
void wire_put_text(WireBuffer *buffer, Slice text);
void wire_put_array(WireBuffer *buffer, size_t n_items);
/* The caller writes the keys in deterministic order: unsigned ascending, then negative. */
void wire_put_map(WireBuffer *buffer, size_t n_pairs);
void wire_put_tag(WireBuffer *buffer, uint64_t tag);
void wire_put_raw(WireBuffer *buffer, Slice encoded);

/* What is wrong with bytes from outside.  The texts of wire_result_text() name it for a log. */
typedef enum {
	WIRE_OK,
	WIRE_MALFORMED,   /* not deterministic CBOR, or cut, or too deep */
	WIRE_SHAPE,       /* well-formed, but not what hadir.cddl says */
	WIRE_RANGE,       /* a value outside its stated bounds */
	WIRE_VERSION,     /* a version of the message we do not read */
	WIRE_SIGNATURE,   /* the signature does not verify */
	WIRE_CHAIN,       /* digest, previous hash or sequence does not follow */
	WIRE_MEMORY,
} WireResult;

const char *wire_result_text(WireResult result);

typedef struct {
	Slice rest;          /* not read yet */
	WireResult result;   /* the first failure, kept */
	int depth;
} WireReader;

void wire_reader_init(WireReader *reader, Slice bytes);
/* Each reads one item of that type, or sets the failure and gives zero or an empty slice. */
uint64_t wire_get_uint(WireReader *reader, uint64_t max);
int64_t wire_get_int(WireReader *reader, int64_t min, int64_t max);
bool wire_get_bool(WireReader *reader);
/* True, and consumed, when the next item is null. */
bool wire_get_null(WireReader *reader);
Slice wire_get_bytes(WireReader *reader, size_t min, size_t max);
/* Valid UTF-8 (RFC 3629), no control characters. */
Slice wire_get_text(WireReader *reader, size_t min, size_t max);
void wire_get_fixed(WireReader *reader, uint8_t *out, size_t size); /* a byte string of that size */
size_t wire_get_array(WireReader *reader, size_t min, size_t max);
size_t wire_get_map(WireReader *reader, size_t max);
/* The next key of a map whose keys ascend; negative ones are allowed. `previous` starts as
 * WIRE_NO_KEY. Fails on a repeated or unordered key. */
#define WIRE_NO_KEY INT64_MIN
int64_t wire_get_key(WireReader *reader, int64_t *previous);
uint64_t wire_get_tag(WireReader *reader);
/* Skips one whole item of any type, bounded: how an unknown map key is ignored. */
void wire_skip(WireReader *reader);
/* Fails with WIRE_SHAPE when bytes remain. */
WireResult wire_reader_finish(WireReader *reader);
