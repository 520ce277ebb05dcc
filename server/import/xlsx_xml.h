/* One XML part read from its start to its end, element by element; no DTD, no entities of its own. */
#pragma once

#include <glib.h>

typedef struct XlsxXml XlsxXml;

/* Names are without their namespace; attributes end with NULL, name and value in turn. */
typedef struct {
	void (*start)(XlsxXml *xml, const char *name, const char **attributes, gpointer user);
	void (*end)(XlsxXml *xml, const char *name, gpointer user);              /* may be NULL */
	void (*text)(XlsxXml *xml, const char *text, gsize size, gpointer user); /* may be NULL */
} XlsxHandlers;

/* `part` names it in messages. */
gboolean xlsx_xml_read(GBytes *bytes, const char *part, const XlsxHandlers *handlers, gpointer user,
					   GError **error);
/* Called by a handler: stops, and this is the error. */
void xlsx_xml_fail(XlsxXml *xml, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* NULL: there is none of that name. */
const char *xlsx_attribute(const char **attributes, const char *name);
