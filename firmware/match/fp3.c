#include <string.h>

#include "firmware/match/fp3.h"

#define FP3_TYPE "(issbymsmsia{sv}v)"
#define FP3_DATA_CHILD 9
#define NBIS_TYPE "(a(aiaiai))"
#define FPI_PRINT_NBIS 2         /* libfprint's FpiPrintType: a print made of minutiae */
#define FP3_SIZE_MAX (64 * 1024) /* 200 minutiae take about 2.5 KiB */

static void *malformed(GError **error, const char *what)
{
	g_set_error(error, MATCH_ERROR, MATCH_ERROR_MALFORMED, "libfprint's print: %s", what);
	return NULL;
}

/* The bytes as a checked GVariant in this machine's byte order, or NULL. */
static GVariant *parse(const guint8 *data, gsize size)
{
	g_autoptr(GVariant) little = NULL;
	/* A fresh copy is aligned for any type. */
	guint8 *copy = g_memdup2(data + 3, size - 3);

	little = g_variant_ref_sink(
		g_variant_new_from_data(G_VARIANT_TYPE(FP3_TYPE), copy, size - 3, FALSE, g_free, copy));
	if (!g_variant_is_normal_form(little))
		return NULL;
#if G_BYTE_ORDER == G_BIG_ENDIAN
	return g_variant_byteswap(little);
#else
	return g_steal_pointer(&little);
#endif
}

static GVariant *find_minutiae(GVariant *print)
{
	g_autoptr(GVariant) boxed = NULL, scans = NULL, list = NULL;
	gint32 type;

	g_variant_get_child(print, 0, "i", &type);
	if (type != FPI_PRINT_NBIS)
		return NULL;
	boxed = g_variant_get_child_value(print, FP3_DATA_CHILD);
	scans = g_variant_get_variant(boxed);
	if (!g_variant_is_of_type(scans, G_VARIANT_TYPE(NBIS_TYPE)))
		return NULL;
	list = g_variant_get_child_value(scans, 0);
	if (g_variant_n_children(list) != 1)
		return NULL;
	return g_variant_get_child_value(list, 0);
}

/* ISO measures the direction the other way along the ridge than NIST: half a turn. libfprint gives some
 * directions as negative ones. */
static guint16 iso_angle(gint32 nist_deg)
{
	return (guint16)((((nist_deg + 360 + 180) % 360) * 65536 + 180) / 360);
}

static MatchTemplate *convert(GVariant *scan, guint16 width, guint16 height, GError **error)
{
	g_autoptr(GVariant) xs = NULL, ys = NULL, thetas = NULL;
	const gint32 *x, *y, *nist_deg;
	gsize n, n_y, n_theta;
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];

	g_variant_get(scan, "(@ai@ai@ai)", &xs, &ys, &thetas);
	x = g_variant_get_fixed_array(xs, &n, sizeof *x);
	y = g_variant_get_fixed_array(ys, &n_y, sizeof *y);
	nist_deg = g_variant_get_fixed_array(thetas, &n_theta, sizeof *nist_deg);
	if (n != n_y || n != n_theta || n > MATCH_MINUTIAE_MAX)
		return malformed(error, "its lists differ in length or are too long");
	for (gsize i = 0; i < n; i++) {
		if (x[i] < 0 || x[i] >= width || y[i] < 0 || y[i] > height || nist_deg[i] <= -360 ||
			nist_deg[i] >= 360)
			return malformed(error, "a minutia is out of range");
		minutiae[i] = (MatchMinutia){.x = (guint16)x[i],
									 .y = (guint16)MIN(height - y[i], height - 1),
									 .angle = iso_angle(nist_deg[i])};
	}
	return match_template_new(minutiae, n, width, height);
}

MatchTemplate *match_template_from_fp3(const guint8 *data, gsize size, guint16 width,
									   guint16 height, GError **error)
{
	g_autoptr(GVariant) print = NULL, scan = NULL;

	if (size <= 3 || size > FP3_SIZE_MAX || memcmp(data, "FP3", 3) != 0)
		return malformed(error, "it does not begin with FP3");
	print = parse(data, size);
	if (print == NULL)
		return malformed(error, "its structure is broken");
	scan = find_minutiae(print);
	if (scan == NULL)
		return malformed(error, "it holds no minutiae of one scan");
	return convert(scan, width, height, error);
}
