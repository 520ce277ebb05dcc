/*
 * Every message behind one interface: read, and written again.  What was read and written once
 * stays the same when it is read and written again; tests and fuzz targets ask for that.  libc and
 * protocol/ only.
 */
#pragma once

#include "protocol/codec.h"

/* Decodes `bytes` and, when they are good, appends what the encoder makes of them. */
typedef WireResult (*WireRedo)(Slice bytes, WireBuffer *out);

typedef struct {
	const char *name; /* as in protocol/vectors/index */
	WireRedo redo;
} WireMessage;

extern const WireMessage wire_messages[];
extern const size_t wire_n_messages;

/* NULL for another name. */
const WireMessage *wire_message_find(const char *name);

/* The same for the payload of an event of that kind. */
WireResult wire_redo_body(uint32_t kind, Slice bytes, WireBuffer *out);
