/* The codec's types with GLib's clean-up, for the server's side. */
#pragma once

#include <glib.h>

#include "protocol/codec.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WireBuffer, wire_buffer_clear)

/* Borrowed from `bytes`. */
static inline Slice slice_of_bytes(GBytes *bytes)
{
	gsize size;
	const uint8_t *data = g_bytes_get_data(bytes, &size);
	return (Slice){data, size};
}

static inline GBytes *bytes_of_slice(Slice slice)
{
	return g_bytes_new(slice.data, slice.size);
}
