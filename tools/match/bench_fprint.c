#include <fprint.h>

#include "firmware/match/template.h"
#include "tools/match/bench_fprint.h"
#include "tools/match/device_fprint.h"
#include "tools/match/processor_time.h"

#define FPI_PRINT_NBIS 2 /* libfprint's FpiPrintType: a print made of minutiae */
#define DRIVER "virtual_image"

/* The inverse of match_template_from_fp3(). */
static GVariant *scan_of(const MatchTemplate *template)
{
	gint32 x[MATCH_MINUTIAE_MAX], y[MATCH_MINUTIAE_MAX], theta[MATCH_MINUTIAE_MAX];
	gsize size = sizeof(gint32);

	for (guint i = 0; i < template->n; i++) {
		const MatchMinutia *minutia = &template->minutiae[i];

		x[i] = minutia->x;
		y[i] = template->height - minutia->y;
		theta[i] = (minutia->angle * 360 / 65536 + 180) % 360;
	}
	return g_variant_new("(@ai@ai@ai)",
						 g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, x, template->n, size),
						 g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, y, template->n, size),
						 g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, theta, template->n, size));
}

static FpPrint *print_of(const MatchTemplate *template, GError **error)
{
	GVariant *scan = scan_of(template);
	g_autoptr(GVariant) print = g_variant_ref_sink(g_variant_new(
		"(issbymsmsi@a{sv}v)", FPI_PRINT_NBIS, DRIVER, "0", FALSE, (guchar)FP_FINGER_UNKNOWN, NULL,
		NULL, G_MININT32, g_variant_new_parsed("@a{sv} {}"),
		g_variant_new("(@a(aiaiai))", g_variant_new_array(NULL, &scan, 1))));
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)"FP3", 3);
	g_byte_array_append(bytes, g_variant_get_data(print), (guint)g_variant_get_size(print));
	return fp_print_deserialize(bytes->data, bytes->len, error);
}

static GPtrArray *make_prints(GPtrArray *templates, GError **error)
{
	g_autoptr(GPtrArray) prints = g_ptr_array_new_with_free_func(g_object_unref);

	for (guint i = 0; i < templates->len; i++) {
		FpPrint *print = print_of(templates->pdata[i], error);

		if (print == NULL)
			return NULL;
		g_ptr_array_add(prints, print);
	}
	return g_steal_pointer(&prints);
}

static gboolean time_identify(FprintDevice *device, GPtrArray *prints, const guint8 *image,
							  guint width, guint height, double *ms, GError **error)
{
	gint64 start_us = processor_time_us();
	gboolean ok = fprint_device_touch(device, prints, image, width, height, NULL, error);

	*ms = (double)(processor_time_us() - start_us) / 1000;
	return ok;
}

gboolean bench_fprint_identify(GPtrArray *templates, const guint8 *image, guint width, guint height,
							   double *empty_ms, double *full_ms, GError **error)
{
	g_autoptr(GPtrArray) prints = make_prints(templates, error), none = g_ptr_array_new();
	g_autoptr(FprintDevice) device = prints != NULL ? fprint_device_open(error) : NULL;

	return device != NULL && time_identify(device, none, image, width, height, empty_ms, error) &&
		   time_identify(device, prints, image, width, height, full_ms, error);
}
