#include "server/import/xlsx_package.h"

#include <zip.h>

#define CHUNK 65536

G_DEFINE_QUARK(hadir - xlsx - error, xlsx_error)

struct XlsxPackage {
	zip_t *zip;
};

XlsxPackage *xlsx_package_open(GBytes *data, GError **error)
{
	zip_error_t why;
	zip_error_init(&why);
	zip_source_t *source =
		zip_source_buffer_create(g_bytes_get_data(data, NULL), g_bytes_get_size(data), 0, &why);
	zip_t *zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
	if (zip == NULL) {
		g_set_error(error, XLSX_ERROR, 0, "no XLSX file: %s", zip_error_strerror(&why));
		if (source != NULL)
			zip_source_free(source);
		zip_error_fini(&why);
		return NULL;
	}
	zip_error_fini(&why);
	XlsxPackage *package = g_new0(XlsxPackage, 1);
	package->zip = zip;
	return package;
}

void xlsx_package_close(XlsxPackage *package)
{
	if (package == NULL)
		return;
	zip_discard(package->zip);
	g_free(package);
}

gboolean xlsx_package_has(XlsxPackage *package, const char *part)
{
	return zip_name_locate(package->zip, part, 0) >= 0;
}

static GBytes *unpack(zip_file_t *file, const char *part, gsize size_max, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree guint8 *chunk = g_malloc(CHUNK);
	zip_int64_t n;
	while ((n = zip_fread(file, chunk, CHUNK)) > 0) {
		if (bytes->len + (gsize)n > size_max) {
			g_set_error(error, XLSX_ERROR, 0, "%s has more than %" G_GSIZE_FORMAT " bytes", part,
						size_max);
			return NULL;
		}
		g_byte_array_append(bytes, chunk, (guint)n);
	}
	if (n == 0)
		return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
	g_set_error(error, XLSX_ERROR, 0, "%s is damaged: %s", part,
				zip_error_strerror(zip_file_get_error(file)));
	return NULL;
}

GBytes *xlsx_package_read(XlsxPackage *package, const char *part, gsize size_max, GError **error)
{
	zip_file_t *file = zip_fopen(package->zip, part, 0);
	if (file == NULL) {
		g_set_error(error, XLSX_ERROR, 0, "%s: %s", part, zip_strerror(package->zip));
		return NULL;
	}
	GBytes *bytes = unpack(file, part, size_max, error);
	zip_fclose(file);
	return bytes;
}
