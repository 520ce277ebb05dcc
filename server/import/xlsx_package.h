/* The parts of an Office Open XML file (ECMA-376 part 2): a zip archive in memory. */
#pragma once

#include <glib.h>

typedef struct XlsxPackage XlsxPackage;

#define XLSX_ERROR (xlsx_error_quark())
GQuark xlsx_error_quark(void);

/* `data` is borrowed and outlives the package. */
XlsxPackage *xlsx_package_open(GBytes *data, GError **error);
void xlsx_package_close(XlsxPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlsxPackage, xlsx_package_close)

/* A part unpacked, of at most `size_max` bytes whatever the archive says of itself.  (transfer full);
 * NULL with an error that names it. */
GBytes *xlsx_package_read(XlsxPackage *package, const char *part, gsize size_max, GError **error);
gboolean xlsx_package_has(XlsxPackage *package, const char *part);
