#include "protocol/codec.h"

#include <cbor.h>
#include <string.h>

typedef enum {
	ITEM_REFUSED = 0, /* floating point, undefined, indefinite length, break */
	ITEM_UINT,
	ITEM_NEGINT, /* -1 - value */
	ITEM_BYTES,
	ITEM_TEXT,
	ITEM_ARRAY,
	ITEM_MAP,
	ITEM_TAG,
	ITEM_BOOL,
	ITEM_NULL,
} ItemType;

/* One head as libcbor understood it, with the bytes of a string. */
typedef struct {
	ItemType type;
	uint64_t value; /* or the count, the tag, the truth */
	Slice bytes;
} Item;

/* libcbor 0.9 widened the sizes that its callbacks get. */
#if CBOR_MAJOR_VERSION == 0 && CBOR_MINOR_VERSION < 9
typedef size_t CborSize;
#else
typedef uint64_t CborSize;
#endif

static void on_uint8(void *item, uint8_t value)
{
	*(Item *)item = (Item){.type = ITEM_UINT, .value = value};
}

static void on_uint16(void *item, uint16_t value)
{
	*(Item *)item = (Item){.type = ITEM_UINT, .value = value};
}

static void on_uint32(void *item, uint32_t value)
{
	*(Item *)item = (Item){.type = ITEM_UINT, .value = value};
}

static void on_uint64(void *item, uint64_t value)
{
	*(Item *)item = (Item){.type = ITEM_UINT, .value = value};
}

static void on_negint8(void *item, uint8_t value)
{
	*(Item *)item = (Item){.type = ITEM_NEGINT, .value = value};
}

static void on_negint16(void *item, uint16_t value)
{
	*(Item *)item = (Item){.type = ITEM_NEGINT, .value = value};
}

static void on_negint32(void *item, uint32_t value)
{
	*(Item *)item = (Item){.type = ITEM_NEGINT, .value = value};
}

static void on_negint64(void *item, uint64_t value)
{
	*(Item *)item = (Item){.type = ITEM_NEGINT, .value = value};
}

static void on_bytes(void *item, cbor_data data, CborSize size)
{
	*(Item *)item = (Item){.type = ITEM_BYTES, .value = size, .bytes = {data, (size_t)size}};
}

static void on_text(void *item, cbor_data data, CborSize size)
{
	*(Item *)item = (Item){.type = ITEM_TEXT, .value = size, .bytes = {data, (size_t)size}};
}

static void on_array(void *item, CborSize n_items)
{
	*(Item *)item = (Item){.type = ITEM_ARRAY, .value = n_items};
}

static void on_map(void *item, CborSize n_pairs)
{
	*(Item *)item = (Item){.type = ITEM_MAP, .value = n_pairs};
}

static void on_bool(void *item, bool value)
{
	*(Item *)item = (Item){.type = ITEM_BOOL, .value = value};
}

static void on_null(void *item)
{
	*(Item *)item = (Item){.type = ITEM_NULL};
}

/* What is refused has libcbor's callback that does nothing: the item stays ITEM_REFUSED. */
static const struct cbor_callbacks callbacks = {
	.uint8 = on_uint8,
	.uint16 = on_uint16,
	.uint32 = on_uint32,
	.uint64 = on_uint64,
	.negint8 = on_negint8,
	.negint16 = on_negint16,
	.negint32 = on_negint32,
	.negint64 = on_negint64,
	.byte_string_start = cbor_null_byte_string_start_callback,
	.byte_string = on_bytes,
	.string = on_text,
	.string_start = cbor_null_string_start_callback,
	.indef_array_start = cbor_null_indef_array_start_callback,
	.array_start = on_array,
	.indef_map_start = cbor_null_indef_map_start_callback,
	.map_start = on_map,
	.tag = cbor_null_tag_callback,
	.float2 = cbor_null_float2_callback,
	.float4 = cbor_null_float4_callback,
	.float8 = cbor_null_float8_callback,
	.undefined = cbor_null_undefined_callback,
	.null = on_null,
	.boolean = on_bool,
	.indef_break = cbor_null_indef_break_callback,
};

const char *wire_result_text(WireResult result)
{
	switch (result) {
	case WIRE_OK:
		return "good";
	case WIRE_MALFORMED:
		return "not deterministic CBOR";
	case WIRE_SHAPE:
		return "not the message it should be";
	case WIRE_RANGE:
		return "a value is out of its bounds";
	case WIRE_VERSION:
		return "a version we do not read";
	case WIRE_SIGNATURE:
		return "the signature does not verify";
	case WIRE_CHAIN:
		return "the chain does not follow";
	case WIRE_MEMORY:
		return "out of memory";
	}
	return "unknown";
}

void wire_reader_init(WireReader *reader, Slice bytes)
{
	*reader = (WireReader){.rest = bytes};
}

void wire_reader_fail(WireReader *reader, WireResult result)
{
	if (reader->result == WIRE_OK)
		reader->result = result;
	reader->rest = (Slice){0};
}

/* Bytes of the shortest head that can carry `value` (RFC 8949 §4.2.1). */
static size_t head_size(uint64_t value)
{
	if (value < 24)
		return 1;
	if (value <= UINT8_MAX)
		return 2;
	if (value <= UINT16_MAX)
		return 3;
	return value <= UINT32_MAX ? 5 : 9;
}

#define MAJOR_TAG 6

/* libcbor before 0.11 refuses the tags that it has no name for: a tag's head is read as the
 * unsigned integer of the same argument. */
static struct cbor_decoder_result decode_tag(Slice bytes, Item *item)
{
	uint8_t head[9];
	size_t size = bytes.size < sizeof head ? bytes.size : sizeof head;

	memcpy(head, bytes.data, size);
	head[0] &= 0x1f;
	struct cbor_decoder_result read = cbor_stream_decode(head, size, &callbacks, item);
	item->type = item->type == ITEM_UINT ? ITEM_TAG : ITEM_REFUSED;
	return read;
}

static struct cbor_decoder_result decode(Slice bytes, Item *item)
{
	if (bytes.size > 0 && bytes.data[0] >> 5 == MAJOR_TAG)
		return decode_tag(bytes, item);
	return cbor_stream_decode(bytes.data, bytes.size, &callbacks, item);
}

/* The next head, and the whole of a string; on false the reader has failed. */
static bool next_item(WireReader *reader, Item *item)
{
	*item = (Item){0};
	if (reader->result != WIRE_OK)
		return false;
	struct cbor_decoder_result read = decode(reader->rest, item);
	if (read.status != CBOR_DECODER_FINISHED || item->type == ITEM_REFUSED ||
		read.read - item->bytes.size != head_size(item->value)) {
		wire_reader_fail(reader, WIRE_MALFORMED);
		return false;
	}
	reader->rest.data += read.read;
	reader->rest.size -= read.read;
	/* Each item takes a byte at least: a larger count is cut off, and nobody allocates by it. */
	bool counts = item->type == ITEM_ARRAY || item->type == ITEM_MAP;
	if (counts && item->value > reader->rest.size / (item->type == ITEM_MAP ? 2 : 1)) {
		wire_reader_fail(reader, WIRE_MALFORMED);
		return false;
	}
	return true;
}

static bool next_of(WireReader *reader, ItemType type, Item *item)
{
	if (!next_item(reader, item))
		return false;
	if (item->type == type)
		return true;
	wire_reader_fail(reader, WIRE_SHAPE);
	return false;
}

uint64_t wire_get_uint(WireReader *reader, uint64_t max)
{
	Item item;

	if (!next_of(reader, ITEM_UINT, &item))
		return 0;
	if (item.value <= max)
		return item.value;
	wire_reader_fail(reader, WIRE_RANGE);
	return 0;
}

/* An integer of either sign as CBOR has it, when it fits in 64 bits. */
static bool next_integer(WireReader *reader, int64_t *value)
{
	Item item;

	if (!next_item(reader, &item))
		return false;
	if (item.type != ITEM_UINT && item.type != ITEM_NEGINT) {
		wire_reader_fail(reader, WIRE_SHAPE);
		return false;
	}
	if (item.value > INT64_MAX) {
		wire_reader_fail(reader, WIRE_RANGE);
		return false;
	}
	*value = item.type == ITEM_UINT ? (int64_t)item.value : -1 - (int64_t)item.value;
	return true;
}

int64_t wire_get_int(WireReader *reader, int64_t min, int64_t max)
{
	int64_t value;

	if (!next_integer(reader, &value))
		return 0;
	if (value >= min && value <= max)
		return value;
	wire_reader_fail(reader, WIRE_RANGE);
	return 0;
}

bool wire_get_bool(WireReader *reader)
{
	Item item;

	return next_of(reader, ITEM_BOOL, &item) && item.value != 0;
}

bool wire_get_null(WireReader *reader)
{
	WireReader ahead = *reader;
	Item item;

	if (!next_item(&ahead, &item) || item.type != ITEM_NULL)
		return false;
	*reader = ahead;
	return true;
}

static Slice get_string(WireReader *reader, ItemType type, size_t min, size_t max)
{
	Item item;

	if (!next_of(reader, type, &item))
		return (Slice){0};
	if (item.bytes.size >= min && item.bytes.size <= max)
		return item.bytes;
	wire_reader_fail(reader, WIRE_RANGE);
	return (Slice){0};
}

Slice wire_get_bytes(WireReader *reader, size_t min, size_t max)
{
	return get_string(reader, ITEM_BYTES, min, max);
}

/* The code point at the front, and how many bytes it takes; 0 bytes for what RFC 3629 forbids. */
static size_t next_code_point(Slice text, uint32_t *point)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least; /* a smaller one has a shorter form */
	} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (size_t n = 1; n <= 4; n++) {
		if ((text.data[0] & forms[n - 1].mask) != forms[n - 1].lead)
			continue;
		if (text.size < n)
			return 0;
		*point = text.data[0] & (uint8_t)~forms[n - 1].mask;
		for (size_t i = 1; i < n; i++) {
			if ((text.data[i] & 0xc0) != 0x80)
				return 0;
			*point = *point << 6 | (text.data[i] & 0x3f);
		}
		bool surrogate = *point >= 0xd800 && *point <= 0xdfff;
		return *point < forms[n - 1].least || *point > 0x10ffff || surrogate ? 0 : n;
	}
	return 0;
}

/* How text is wrong, if it is: no UTF-8, or (unless allowed) with control characters. */
static WireResult check_text(Slice text, bool controls_allowed)
{
	uint32_t point;

	for (size_t size; text.size > 0; text.data += size, text.size -= size) {
		size = next_code_point(text, &point);
		if (size == 0)
			return WIRE_MALFORMED;
		bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
		if (control && !controls_allowed)
			return WIRE_RANGE;
	}
	return WIRE_OK;
}

bool wire_text_valid(Slice text)
{
	return check_text(text, false) == WIRE_OK;
}

Slice wire_get_text(WireReader *reader, size_t min, size_t max)
{
	Slice text = get_string(reader, ITEM_TEXT, min, max);
	WireResult result = check_text(text, false);

	if (result == WIRE_OK)
		return text;
	wire_reader_fail(reader, result);
	return (Slice){0};
}

void wire_get_fixed(WireReader *reader, uint8_t *out, size_t size)
{
	Slice bytes = wire_get_bytes(reader, size, size);

	if (bytes.data && bytes.size == size)
		memcpy(out, bytes.data, size);
	else
		memset(out, 0, size);
}

size_t wire_get_array(WireReader *reader, size_t min, size_t max)
{
	Item item;

	if (!next_of(reader, ITEM_ARRAY, &item))
		return 0;
	if (item.value >= min && item.value <= max)
		return (size_t)item.value;
	wire_reader_fail(reader, WIRE_RANGE);
	return 0;
}

size_t wire_get_map(WireReader *reader, size_t max)
{
	Item item;

	if (!next_of(reader, ITEM_MAP, &item))
		return 0;
	if (item.value <= max)
		return (size_t)item.value;
	wire_reader_fail(reader, WIRE_RANGE);
	return 0;
}

/* Whether `a` comes before `b` in deterministic order: by the bytes of the encoded key. */
static bool key_before(int64_t a, int64_t b)
{
	if ((a < 0) != (b < 0))
		return a >= 0;
	return a < 0 ? a > b : a < b;
}

int64_t wire_get_key(WireReader *reader, int64_t *previous)
{
	int64_t key;

	if (!next_integer(reader, &key))
		return WIRE_NO_KEY;
	if (key == WIRE_NO_KEY || (*previous != WIRE_NO_KEY && !key_before(*previous, key))) {
		wire_reader_fail(reader, WIRE_MALFORMED);
		return WIRE_NO_KEY;
	}
	*previous = key;
	return key;
}

uint64_t wire_get_tag(WireReader *reader)
{
	Item item;

	return next_of(reader, ITEM_TAG, &item) ? item.value : 0;
}

/* One array, map or tag that is being skipped. */
typedef struct {
	uint64_t n_left; /* items, keys and values counted apart */
	bool is_map;
	const uint8_t *item; /* where the item being skipped begins */
	Slice key;           /* the one before, to see that they ascend */
} SkipLevel;

/* Bytewise lexicographic, the shorter first when one begins the other. */
static bool bytes_before(Slice a, Slice b)
{
	size_t shorter = a.size < b.size ? a.size : b.size;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);

	return order < 0 || (order == 0 && a.size < b.size);
}

/* An item of `level` ends at `end`.  False when it is a key and not after the key before. */
static bool skip_ended(SkipLevel *level, const uint8_t *end)
{
	Slice item = {level->item, (size_t)(end - level->item)};
	bool is_key = level->is_map && level->n_left % 2 == 0;

	if (is_key && level->key.size > 0 && !bytes_before(level->key, item))
		return false;
	if (is_key)
		level->key = item;
	level->n_left--;
	level->item = end;
	return true;
}

/* How many items follow the head of an item and belong to it. */
static uint64_t n_inside(const Item *item)
{
	if (item->type == ITEM_MAP)
		return 2 * item->value;
	if (item->type == ITEM_ARRAY)
		return item->value;
	return item->type == ITEM_TAG ? 1 : 0;
}

Slice wire_skip(WireReader *reader)
{
	SkipLevel levels[CODEC_DEPTH_MAX + 1];
	size_t depth = 0;
	const uint8_t *start = reader->rest.data;
	Item item;

	levels[0] = (SkipLevel){.n_left = 1, .item = start};
	while (next_item(reader, &item)) {
		if (item.type == ITEM_TEXT && check_text(item.bytes, true) != WIRE_OK)
			break;
		const uint8_t *end = reader->rest.data;
		uint64_t n = n_inside(&item);
		if (n > 0) {
			if (depth == CODEC_DEPTH_MAX)
				break;
			levels[++depth] =
				(SkipLevel){.n_left = n, .is_map = item.type == ITEM_MAP, .item = end};
			continue;
		}
		while (skip_ended(&levels[depth], end) && levels[depth].n_left == 0) {
			if (depth == 0)
				return (Slice){start, (size_t)(end - start)};
			depth--;
		}
		if (levels[depth].item != end)
			break;
	}
	wire_reader_fail(reader, WIRE_MALFORMED);
	return (Slice){0};
}

WireResult wire_reader_finish(WireReader *reader)
{
	if (reader->result == WIRE_OK && reader->rest.size > 0)
		wire_reader_fail(reader, WIRE_SHAPE);
	return reader->result;
}
