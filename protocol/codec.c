#include "protocol/codec.h"

#include <cbor.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_MAX 9 /* the initial byte and a 64-bit argument */

void wire_buffer_clear(WireBuffer *buffer)
{
	free(buffer->data);
	*buffer = (WireBuffer){0};
}

Slice wire_buffer_slice(const WireBuffer *buffer)
{
	if (buffer->failed)
		return (Slice){0};
	return slice_of(buffer->data, buffer->size);
}

/* Room for `size` more bytes, or NULL and the buffer has failed. */
static uint8_t *reserve(WireBuffer *buffer, size_t size)
{
	if (buffer->failed)
		return NULL;
	if (buffer->capacity - buffer->size < size) {
		size_t capacity = buffer->capacity < 128 ? 128 : buffer->capacity;
		while (capacity - buffer->size < size && capacity <= SIZE_MAX / 2)
			capacity *= 2;
		uint8_t *data = capacity - buffer->size < size ? NULL : realloc(buffer->data, capacity);
		if (!data) {
			buffer->failed = true;
			return NULL;
		}
		buffer->data = data;
		buffer->capacity = capacity;
	}
	return buffer->data + buffer->size;
}

void wire_put_raw(WireBuffer *buffer, Slice encoded)
{
	uint8_t *at = reserve(buffer, encoded.size);

	if (at && encoded.size > 0)
		memcpy(at, encoded.data, encoded.size);
	if (at)
		buffer->size += encoded.size;
}

/* Each of libcbor's encoders writes the head in its shortest form. */
static void put_head(WireBuffer *buffer, const uint8_t *head, size_t size)
{
	wire_put_raw(buffer, slice_of(head, size));
}

void wire_put_uint(WireBuffer *buffer, uint64_t value)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_uint(value, head, sizeof head));
}

void wire_put_int(WireBuffer *buffer, int64_t value)
{
	uint8_t head[HEAD_MAX];

	if (value >= 0)
		wire_put_uint(buffer, (uint64_t)value);
	else
		put_head(buffer, head, cbor_encode_negint((uint64_t)(-1 - value), head, sizeof head));
}

void wire_put_bool(WireBuffer *buffer, bool value)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_bool(value, head, sizeof head));
}

void wire_put_null(WireBuffer *buffer)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_null(head, sizeof head));
}

void wire_put_bytes(WireBuffer *buffer, Slice bytes)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_bytestring_start(bytes.size, head, sizeof head));
	wire_put_raw(buffer, bytes);
}

void wire_put_text(WireBuffer *buffer, Slice text)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_string_start(text.size, head, sizeof head));
	wire_put_raw(buffer, text);
}

void wire_put_array(WireBuffer *buffer, size_t n_items)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_array_start(n_items, head, sizeof head));
}

void wire_put_map(WireBuffer *buffer, size_t n_pairs)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_map_start(n_pairs, head, sizeof head));
}

void wire_put_tag(WireBuffer *buffer, uint64_t tag)
{
	uint8_t head[HEAD_MAX];

	put_head(buffer, head, cbor_encode_tag(tag, head, sizeof head));
}
