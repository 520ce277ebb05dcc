#include "protocol/fields.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define VERSION_KEY 0

static uint64_t load_uint(const void *at, uint32_t size)
{
	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 4:
		return *(const uint32_t *)at;
	default:
		assert(size == 8);
		return *(const uint64_t *)at;
	}
}

static void store_uint(void *at, uint32_t size, uint64_t value)
{
	switch (size) {
	case 1:
		*(uint8_t *)at = (uint8_t)value;
		break;
	case 4:
		*(uint32_t *)at = (uint32_t)value;
		break;
	default:
		assert(size == 8);
		*(uint64_t *)at = value;
		break;
	}
}

static int64_t load_int(const void *at, uint32_t size)
{
	return size == 4 ? *(const int32_t *)at : *(const int64_t *)at;
}

static void store_int(void *at, uint32_t size, int64_t value)
{
	if (size == 4)
		*(int32_t *)at = (int32_t)value;
	else
		*(int64_t *)at = value;
}

static size_t *list_count(const Field *field, const uint8_t *from)
{
	return (size_t *)(from + field->list->count_offset);
}

/* The first element of a list. */
static uint8_t *list_elements(const Field *field, const uint8_t *from)
{
	const uint8_t *at = from + field->offset;
	uint8_t *elements = (uint8_t *)at;

	if (field->list->heap)
		memcpy(&elements, at, sizeof elements);
	return elements;
}

static bool is_empty(const Field *field, const uint8_t *from)
{
	const uint8_t *at = from + field->offset;

	switch (field->type) {
	case FIELD_BYTES:
	case FIELD_TEXT:
	case FIELD_DIGITS:
	case FIELD_RAW:
		return ((const Slice *)at)->size == 0;
	case FIELD_LIST:
		return *list_count(field, from) == 0;
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_BOOL:
	case FIELD_FIXED:
	case FIELD_POINT:
		break;
	}
	for (size_t i = 0; i < field->size; i++) {
		if (at[i] != 0)
			return false;
	}
	return true;
}

static bool in_bounds(const Field *field, uint64_t value)
{
	return value >= (uint64_t)field->min && value <= field->max;
}

static bool is_digits(Slice text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	return true;
}

static bool is_point(const uint8_t *at)
{
	return at[0] == 0x04;
}

/* Whether the value is one that the decoder will take. */
static bool is_good(const Field *field, const uint8_t *from)
{
	const uint8_t *at = from + field->offset;
	int64_t value;

	switch (field->type) {
	case FIELD_UINT:
		return in_bounds(field, load_uint(at, field->size));
	case FIELD_INT:
		value = load_int(at, field->size);
		return value >= field->min && value <= (int64_t)field->max;
	case FIELD_POINT:
		return is_point(at);
	case FIELD_BYTES:
		return in_bounds(field, ((const Slice *)at)->size);
	case FIELD_TEXT:
		return in_bounds(field, ((const Slice *)at)->size) && wire_text_valid(*(const Slice *)at);
	case FIELD_DIGITS:
		return in_bounds(field, ((const Slice *)at)->size) && is_digits(*(const Slice *)at);
	case FIELD_RAW:
		return ((const Slice *)at)->size > 0;
	case FIELD_LIST:
		return in_bounds(field, *list_count(field, from));
	case FIELD_BOOL:
	case FIELD_FIXED:
		break;
	}
	return true;
}

static void encode_value(WireBuffer *out, const Field *field, const uint8_t *from);

static void encode_list(WireBuffer *out, const Field *field, const uint8_t *from)
{
	const FieldList *list = field->list;
	size_t n = *list_count(field, from);
	const uint8_t *element = list_elements(field, from);

	wire_put_array(out, n);
	for (size_t i = 0; i < n; i++, element += list->element_size) {
		if (list->table)
			fields_encode(out, list->table, element);
		else
			encode_value(out, list->plain, element);
	}
}

static void encode_value(WireBuffer *out, const Field *field, const uint8_t *from)
{
	const uint8_t *at = from + field->offset;

	if (!is_good(field, from)) {
		out->failed = true;
		return;
	}
	switch (field->type) {
	case FIELD_UINT:
		wire_put_uint(out, load_uint(at, field->size));
		break;
	case FIELD_INT:
		wire_put_int(out, load_int(at, field->size));
		break;
	case FIELD_BOOL:
		wire_put_bool(out, *(const bool *)at);
		break;
	case FIELD_FIXED:
	case FIELD_POINT:
		wire_put_bytes(out, slice_of(at, field->size));
		break;
	case FIELD_BYTES:
		wire_put_bytes(out, *(const Slice *)at);
		break;
	case FIELD_TEXT:
	case FIELD_DIGITS:
		wire_put_text(out, *(const Slice *)at);
		break;
	case FIELD_RAW:
		wire_put_raw(out, *(const Slice *)at);
		break;
	case FIELD_LIST:
		encode_list(out, field, from);
		break;
	}
}

void fields_encode(WireBuffer *out, const FieldTable *table, const void *from)
{
	size_t n_pairs = table->version != 0;

	for (size_t i = 0; i < table->n_fields; i++)
		n_pairs += !table->fields[i].optional || !is_empty(&table->fields[i], from);
	wire_put_map(out, n_pairs);
	if (table->version != 0) {
		wire_put_uint(out, VERSION_KEY);
		wire_put_uint(out, table->version);
	}
	for (size_t i = 0; i < table->n_fields; i++) {
		const Field *field = &table->fields[i];
		if (field->optional && is_empty(field, from))
			continue;
		wire_put_uint(out, field->key);
		encode_value(out, field, from);
	}
}

static void decode_value(WireReader *reader, const Field *field, uint8_t *into);

static void decode_list(WireReader *reader, const Field *field, uint8_t *into)
{
	const FieldList *list = field->list;
	size_t n = wire_get_array(reader, (size_t)field->min, (size_t)field->max);

	if (list->heap && n > 0) {
		/* Bounded: the reader lets no count pass that is larger than the bytes left. */
		uint8_t *memory = calloc(n, list->element_size);
		if (!memory) {
			wire_reader_fail(reader, WIRE_MEMORY);
			return;
		}
		memcpy(into + field->offset, &memory, sizeof memory);
	}
	*list_count(field, into) = n;
	uint8_t *element = list_elements(field, into);
	for (size_t i = 0; i < n && reader->result == WIRE_OK; i++, element += list->element_size) {
		if (list->table)
			fields_decode(reader, list->table, element);
		else
			decode_value(reader, list->plain, element);
	}
}

static void decode_value(WireReader *reader, const Field *field, uint8_t *into)
{
	uint8_t *at = into + field->offset;
	size_t min = (size_t)field->min, max = (size_t)field->max;

	switch (field->type) {
	case FIELD_UINT:
		store_uint(at, field->size, wire_get_uint(reader, field->max));
		break;
	case FIELD_INT:
		store_int(at, field->size, wire_get_int(reader, field->min, (int64_t)field->max));
		break;
	case FIELD_BOOL:
		*(bool *)at = wire_get_bool(reader);
		break;
	case FIELD_FIXED:
	case FIELD_POINT:
		wire_get_fixed(reader, at, field->size);
		break;
	case FIELD_BYTES:
		*(Slice *)at = wire_get_bytes(reader, min, max);
		break;
	case FIELD_TEXT:
	case FIELD_DIGITS:
		*(Slice *)at = wire_get_text(reader, min, max);
		break;
	case FIELD_RAW:
		*(Slice *)at = wire_skip(reader);
		break;
	case FIELD_LIST:
		decode_list(reader, field, into);
		break;
	}
	if (reader->result == WIRE_OK && !is_good(field, into))
		wire_reader_fail(reader, WIRE_RANGE);
}

/* The table's version, as the first pair. */
static void decode_version(WireReader *reader, uint64_t version, int64_t *previous)
{
	if (wire_get_key(reader, previous) != VERSION_KEY)
		wire_reader_fail(reader, WIRE_SHAPE);
	else if (wire_get_uint(reader, UINT64_MAX) != version)
		wire_reader_fail(reader, WIRE_VERSION);
}

/* The row of `key`, or NULL when it is unknown.  `i` moves past it; a row that is passed by and
 * not optional is a failure. */
static const Field *find_field(WireReader *reader, const FieldTable *table, size_t *i, int64_t key)
{
	while (*i < table->n_fields && (key < 0 || table->fields[*i].key < key)) {
		if (!table->fields[*i].optional)
			wire_reader_fail(reader, WIRE_SHAPE);
		++*i;
	}
	if (*i < table->n_fields && table->fields[*i].key == key)
		return &table->fields[(*i)++];
	return NULL;
}

void fields_decode(WireReader *reader, const FieldTable *table, void *into)
{
	size_t n = wire_get_map(reader, FIELDS_MAX);
	int64_t previous = WIRE_NO_KEY;
	size_t i = 0;

	if (table->version != 0 && n > 0) {
		decode_version(reader, table->version, &previous);
		n--;
	} else if (table->version != 0) {
		wire_reader_fail(reader, WIRE_SHAPE);
	}
	for (; n > 0 && reader->result == WIRE_OK; n--) {
		int64_t key = wire_get_key(reader, &previous);
		const Field *field = find_field(reader, table, &i, key);
		if (field)
			decode_value(reader, field, into);
		else
			wire_skip(reader);
	}
	for (; i < table->n_fields; i++) {
		if (!table->fields[i].optional)
			wire_reader_fail(reader, WIRE_SHAPE);
	}
}

void fields_clear(const FieldTable *table, void *into)
{
	for (size_t i = 0; i < table->n_fields; i++) {
		const Field *field = &table->fields[i];
		if (field->type != FIELD_LIST)
			continue;
		uint8_t *element = list_elements(field, into);
		size_t n = *list_count(field, into);
		for (size_t k = 0; element && field->list->table && k < n; k++)
			fields_clear(field->list->table, element + k * field->list->element_size);
		*list_count(field, into) = 0;
		if (!field->list->heap)
			continue;
		free(element);
		element = NULL;
		memcpy((uint8_t *)into + field->offset, &element, sizeof element);
	}
}

WireResult fields_decode_all(Slice payload, const FieldTable *table, void *into, size_t size)
{
	WireReader reader;

	memset(into, 0, size);
	wire_reader_init(&reader, payload);
	fields_decode(&reader, table, into);
	return wire_reader_finish(&reader);
}
