/* The golden messages, good and broken: made from the samples, kept in protocol/vectors. */
#pragma once

#include <glib.h>

#include "protocol/codec.h"

typedef struct {
	char *file;          /* without ".hex" */
	const char *message; /* of wire_messages, or "body KIND" */
	WireResult result;
	const char *text; /* what it shows */
	WireBuffer bytes;
} WireVector;

/* (element-type WireVector) (transfer full) */
GPtrArray *wire_vectors_make(void);

/* What reading gives: decoded, and for an envelope the signature and the chain checked too, with
 * the test key. */
WireResult wire_vector_read(const char *message, Slice bytes);

/* "good", "malformed" …; and back, or -1. */
const char *wire_result_name(WireResult result);
int wire_result_parse(const char *name);
