/*
 * ISO/IEC 19794-2:2005, finger minutiae record format, one finger view, no extended data.
 *
 *   record header, 24 bytes: "FMR\0", " 20\0", length 4, capture equipment 2, width 2, height 2,
 *                            resolution x 2, y 2 (pixels per cm), views 1, reserved 1
 *   view header, 4 bytes:    finger position, view number and impression type, quality, minutiae
 *   minutia, 6 bytes:        type (2 bits) and x (14), reserved (2) and y (14), angle (1.40625°),
 *                            quality
 *   extended data length, 2 bytes
 */
#include <string.h>

#include "firmware/match/template.h"

#define RECORD_HEADER 24
#define VIEW_HEADER 4
#define MINUTIA_SIZE 6
#define PIXELS_PER_CM 197 /* 500 dpi */
#define COORDINATE_MAX 0x3fff
#define FINGER_POSITION_MAX 10

static guint get16(const guint8 *data)
{
	return (guint)data[0] << 8 | data[1];
}

static guint get32(const guint8 *data)
{
	return (guint)get16(data) << 16 | get16(data + 2);
}

static void put16(guint8 *out, guint value)
{
	out[0] = (guint8)(value >> 8);
	out[1] = (guint8)value;
}

static void *malformed(GError **error, const char *what)
{
	g_set_error(error, MATCH_ERROR, MATCH_ERROR_MALFORMED, "ISO 19794-2 record: %s", what);
	return NULL;
}

static void put_header(guint8 *data, gsize size, const MatchTemplate *template)
{
	memcpy(data, "FMR\0 20\0", 8);
	put16(data + 8, (guint)(size >> 16));
	put16(data + 10, (guint)(size & 0xffff));
	put16(data + 14, template->width);
	put16(data + 16, template->height);
	put16(data + 18, PIXELS_PER_CM);
	put16(data + 20, PIXELS_PER_CM);
	data[22] = 1;
}

GBytes *match_template_to_iso(const MatchTemplate *template, guint8 finger_position)
{
	gsize size = RECORD_HEADER + VIEW_HEADER + template->n * MINUTIA_SIZE + 2;
	guint8 *data = g_malloc0(size), *out = data + RECORD_HEADER + VIEW_HEADER;

	put_header(data, size, template);
	data[24] = MIN(finger_position, FINGER_POSITION_MAX);
	data[26] = match_template_quality(template);
	for (guint i = 0; i < template->n; i++, out += MINUTIA_SIZE) {
		const MatchMinutia *minutia = &template->minutiae[i];

		put16(out, MIN(minutia->x, COORDINATE_MAX)); /* type 00: other, not told apart */
		put16(out + 2, MIN(minutia->y, COORDINATE_MAX));
		out[4] = (guint8)((minutia->angle + 128u) >> 8);
		out[5] = minutia->quality;
	}
	data[27] = (guint8) template->n;
	return g_bytes_new_take(data, size);
}

static gboolean check(const guint8 *data, gsize size, GError **error)
{
	if (size < RECORD_HEADER + VIEW_HEADER + 2 || memcmp(data, "FMR\0", 4) != 0)
		return malformed(error, "it does not begin as one") != NULL;
	if (memcmp(data + 4, " 20\0", 4) != 0) {
		g_set_error_literal(error, MATCH_ERROR, MATCH_ERROR_VERSION,
							"ISO 19794-2 record of another version than 2005");
		return FALSE;
	}
	if (get32(data + 8) != size)
		return malformed(error, "its length is not the one it states") != NULL;
	if (data[22] != 1)
		return malformed(error, "it has not exactly one view") != NULL;
	if (get16(data + 18) < 99 || get16(data + 18) > 1000 || get16(data + 20) < 99 ||
		get16(data + 20) > 1000)
		return malformed(error, "its resolution is out of range") != NULL;
	if (size < RECORD_HEADER + VIEW_HEADER + (gsize)data[27] * MINUTIA_SIZE + 2)
		return malformed(error, "it is too short for its minutiae") != NULL;
	return TRUE;
}

/* To 500 dpi; the standard's 197 pixels per cm is 500 dpi itself. */
static guint16 scale(guint value, guint pixels_per_cm)
{
	return (guint16)MIN((value * PIXELS_PER_CM + pixels_per_cm / 2) / pixels_per_cm, G_MAXUINT16);
}

MatchTemplate *match_template_from_iso(const guint8 *data, gsize size, GError **error)
{
	MatchMinutia minutiae[G_MAXUINT8];
	guint width, height, x_per_cm, y_per_cm;
	MatchTemplate *template;

	if (!check(data, size, error))
		return NULL;
	width = get16(data + 14);
	height = get16(data + 16);
	x_per_cm = get16(data + 18);
	y_per_cm = get16(data + 20);
	for (guint i = 0; i < data[27]; i++) {
		const guint8 *in = data + RECORD_HEADER + VIEW_HEADER + i * MINUTIA_SIZE;
		guint x = get16(in) & COORDINATE_MAX, y = get16(in + 2) & COORDINATE_MAX;

		if (x >= width || y >= height || in[5] > 100)
			return malformed(error, "a minutia is out of range");
		minutiae[i] =
			(MatchMinutia){scale(x, x_per_cm), scale(y, y_per_cm), (guint16)(in[4] << 8), in[5]};
	}
	/* One more pixel: rounding may carry the last one over the scaled edge. */
	template = match_template_new(minutiae, data[27],
								  (guint16)MIN(scale(width, x_per_cm) + (x_per_cm != 197), 65535),
								  (guint16)MIN(scale(height, y_per_cm) + (y_per_cm != 197), 65535));
	explicit_bzero(minutiae, sizeof minutiae);
	return template;
}
