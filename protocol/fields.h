/*
 * Messages as tables: one row per key of a CBOR map, one member of a C struct each.  The encoder
 * and the decoder of a message both walk its table, so they cannot drift apart; hadir.cddl says
 * the same for people.  Used inside protocol/ only.
 *
 *   static const Field rows[] = {
 *       {1, FIELD_FIXED, FIELD_AT(Receipt, journal)},
 *       {2, FIELD_UINT, FIELD_AT(Receipt, seq), .max = WIRE_UINT_MAX},
 *   };
 *   static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);
 */
#pragma once

#include "protocol/codec.h"

typedef enum {
	FIELD_UINT, /* unsigned, an enum or a PersonId; of 1, 4 or 8 bytes; min … max */
	FIELD_INT,  /* signed, of 4 or 8 bytes; min … (int64_t)max */
	FIELD_BOOL,
	FIELD_FIXED,  /* a byte string as long as the member */
	FIELD_POINT,  /* the same, for a PublicKey: an uncompressed point */
	FIELD_BYTES,  /* a Slice of min … max bytes */
	FIELD_TEXT,   /* the same of UTF-8 */
	FIELD_DIGITS, /* the same of '0' … '9' */
	FIELD_RAW,    /* a Slice of one encoded item of any type */
	FIELD_LIST,   /* an array of min … max elements, see FieldList */
} FieldType;

typedef struct Field Field;
typedef struct FieldTable FieldTable;

/* How the elements of a FIELD_LIST lie in memory: at the member, or, when `heap`, in memory that
 * the member points to. */
typedef struct {
	const FieldTable *table; /* elements are maps … */
	const Field *plain;      /* … or single values; key and offset unused */
	size_t element_size;
	size_t count_offset; /* of the size_t that counts them */
	bool heap;
} FieldList;

struct Field {
	uint8_t key;
	FieldType type;
	uint32_t offset, size;
	int64_t min;
	uint64_t max;
	bool optional; /* zero, false or empty is left out, and what is left out reads as that */
	const FieldList *list;
};

struct FieldTable {
	uint64_t version; /* 0: none; else it is written under key 0, before all others */
	size_t n_fields;
	const Field *fields; /* keys ascend */
};

#define WIRE_V1 1
#define FIELD_AT(Struct, member)                                                                   \
	.offset = offsetof(Struct, member), .size = sizeof(((Struct *)0)->member)
/* For a FIELD_LIST, whose elements have a size of their own. */
#define LIST_AT(Struct, member) .offset = offsetof(Struct, member)
#define FIELD_TABLE(version, fields) {version, sizeof(fields) / sizeof(fields)[0], fields}

/* The most pairs of one map, known and unknown. */
#define FIELDS_MAX 64

void fields_encode(WireBuffer *out, const FieldTable *table, const void *from);
/* `into` is all zero before. Unknown keys are skipped. */
void fields_decode(WireReader *reader, const FieldTable *table, void *into);
/* Frees what `heap` lists hold, also after a failed decode; `into` reads as empty lists then. */
void fields_clear(const FieldTable *table, void *into);

/* A whole payload: zeroes `into`, decodes, and refuses what follows. */
WireResult fields_decode_all(Slice payload, const FieldTable *table, void *into, size_t size);
