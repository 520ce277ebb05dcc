/*
 * The template and its compact form:
 *
 *   offset 0  'H' 'F' 'M'   magic
 *          3  2             version
 *          4  width         2 bytes, big endian, as everything below
 *          6  height        2
 *          8  n             1, 0 … 200
 *          9  cell          1, px; 0 without a field
 *         10  columns, rows 1 each; 0 without a field
 *         12  n × { x 2, y 2, angle 2, quality 1 }
 *             columns × rows directions
 *
 * and nothing after it.
 */
#include <string.h>

#include "firmware/match/template.h"

#define MAGIC "HFM"
#define VERSION 2
#define HEADER_SIZE 12
#define MINUTIA_SIZE 7

G_STATIC_ASSERT(HEADER_SIZE + MATCH_MINUTIAE_MAX * MINUTIA_SIZE + MATCH_FIELD_CELLS_MAX <=
				MATCH_TEMPLATE_SIZE_MAX);
G_STATIC_ASSERT(MATCH_MINUTIAE_MAX <= G_MAXUINT8);

G_DEFINE_QUARK(match - error - quark, match_error)

static int better_first(gconstpointer a, gconstpointer b, gpointer user)
{
	const MatchMinutia *left = a, *right = b;

	(void)user;
	return (int)right->quality - (int)left->quality;
}

MatchTemplate *match_template_new_with_field(const MatchMinutia *minutiae, gsize n, guint16 width,
											 guint16 height, const MatchField *field)
{
	MatchTemplate *template = g_new0(MatchTemplate, 1);
	g_autofree MatchMinutia *sorted = g_memdup2(minutiae, n * sizeof *minutiae);

	template->width = width;
	template->height = height;
	template->minutiae = g_new0(MatchMinutia, MIN(n, MATCH_MINUTIAE_MAX));
	if (n > MATCH_MINUTIAE_MAX)
		g_qsort_with_data(sorted, (gint)n, sizeof *sorted, better_first, NULL);
	for (gsize i = 0; i < n && template->n < MATCH_MINUTIAE_MAX; i++) {
		if (sorted[i].x >= width || sorted[i].y >= height)
			continue;
		template->minutiae[template->n] = sorted[i];
		if (sorted[i].quality > 100)
			template->minutiae[template->n].quality = 100;
		template->n++;
	}
	if (field != NULL)
		template->field = *field;
	template->points = g_new0(MatchPoint, template->n);
	match_template_describe(template);
	if (n > 0)
		explicit_bzero(sorted, n * sizeof *sorted);
	return template;
}

MatchTemplate *match_template_new(const MatchMinutia *minutiae, gsize n, guint16 width,
								  guint16 height)
{
	return match_template_new_with_field(minutiae, n, width, height, NULL);
}

static gsize field_size(const MatchField *field)
{
	return (gsize)field->columns * field->rows;
}

void match_template_free(MatchTemplate *template)
{
	if (template == NULL)
		return;
	/* Biometric data does not stay behind in freed memory. */
	if (template->n > 0) { /* glibc 2.36 takes no NULL here, not even for no bytes */
		explicit_bzero(template->minutiae, template->n * sizeof *template->minutiae);
		explicit_bzero(template->points, template->n * sizeof *template->points);
	}
	if (template->field.direction != NULL)
		explicit_bzero(template->field.direction, field_size(&template->field));
	g_free(template->field.direction);
	g_free(template->minutiae);
	g_free(template->points);
	g_free(template);
}

gsize match_template_count(const MatchTemplate *template)
{
	return template->n;
}

static guint8 *put16(guint8 *out, guint16 value)
{
	out[0] = (guint8)(value >> 8);
	out[1] = (guint8)value;
	return out + 2;
}

static guint16 get16(const guint8 *data)
{
	return (guint16)(data[0] << 8 | data[1]);
}

GBytes *match_template_encode(const MatchTemplate *template)
{
	const MatchField *field = &template->field;
	gsize size = HEADER_SIZE + template->n * MINUTIA_SIZE + field_size(field);
	guint8 *data = g_malloc(size), *out = data;

	memcpy(out, MAGIC, 3);
	out[3] = VERSION;
	out = put16(out + 4, template->width);
	out = put16(out, template->height);
	*out++ = (guint8) template->n;
	*out++ = field->cell;
	*out++ = field->columns;
	*out++ = field->rows;
	for (guint i = 0; i < template->n; i++) {
		const MatchMinutia *minutia = &template->minutiae[i];

		out = put16(out, minutia->x);
		out = put16(out, minutia->y);
		out = put16(out, minutia->angle);
		*out++ = minutia->quality;
	}
	if (field_size(field) > 0)
		memcpy(out, field->direction, field_size(field));
	return g_bytes_new_take(data, size);
}

static gboolean malformed(GError **error, const char *what)
{
	g_set_error(error, MATCH_ERROR, MATCH_ERROR_MALFORMED, "template: %s", what);
	return FALSE;
}

static gboolean check_header(const guint8 *data, gsize size, MatchField *field, GError **error)
{
	if (size < HEADER_SIZE || memcmp(data, MAGIC, 3) != 0)
		return malformed(error, "it does not begin as one");
	if (data[3] != VERSION) {
		g_set_error(error, MATCH_ERROR, MATCH_ERROR_VERSION, "template version %u is not known",
					data[3]);
		return FALSE;
	}
	*field = (MatchField){data[9], data[10], data[11], NULL};
	if (field_size(field) > MATCH_FIELD_CELLS_MAX)
		return malformed(error, "its field is too large");
	if ((field->cell == 0) != (field_size(field) == 0) ||
		(field->columns == 0) != (field->rows == 0))
		return malformed(error, "its field has no size");
	if (data[8] > MATCH_MINUTIAE_MAX ||
		size != HEADER_SIZE + (gsize)data[8] * MINUTIA_SIZE + field_size(field))
		return malformed(error, "its length is not that of its content");
	return TRUE;
}

MatchTemplate *match_template_decode(const guint8 *data, gsize size, GError **error)
{
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
	MatchField field;
	MatchTemplate *template;
	guint16 width, height;

	if (!check_header(data, size, &field, error))
		return NULL;
	width = get16(data + 4);
	height = get16(data + 6);
	for (guint i = 0; i < data[8]; i++) {
		const guint8 *in = data + HEADER_SIZE + i * MINUTIA_SIZE;

		minutiae[i] = (MatchMinutia){get16(in), get16(in + 2), get16(in + 4), in[6]};
		if (minutiae[i].x >= width || minutiae[i].y >= height || minutiae[i].quality > 100) {
			malformed(error, "a minutia is out of range");
			return NULL;
		}
	}
	field.direction = g_memdup2(data + size - field_size(&field), field_size(&field));
	template = match_template_new_with_field(minutiae, data[8], width, height, &field);
	explicit_bzero(minutiae, sizeof minutiae);
	return template;
}
