#include "server/import/xlsx_xml.h"

#include <string.h>

#include <expat.h>

#include "server/import/xlsx_package.h"

#define SEPARATOR '|'
#define ATTRIBUTES_MAX 32

struct XlsxXml {
	XML_Parser parser;
	const XlsxHandlers *handlers;
	gpointer user;
	char *wrong;
};

void xlsx_xml_fail(XlsxXml *xml, const char *format, ...)
{
	va_list arguments;
	if (xml->wrong != NULL)
		return;
	va_start(arguments, format);
	xml->wrong = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	XML_StopParser(xml->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
	const char *separator = strrchr(name, SEPARATOR);
	return separator != NULL ? separator + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

static void on_start(void *user, const char *name, const char **attributes)
{
	XlsxXml *xml = user;
	const char *local[2 * ATTRIBUTES_MAX + 1];
	gsize n = 0;
	for (; n < 2 * ATTRIBUTES_MAX && attributes[n] != NULL; n += 2) {
		local[n] = local_name(attributes[n]);
		local[n + 1] = attributes[n + 1];
	}
	local[n] = NULL;
	if (xml->wrong == NULL)
		xml->handlers->start(xml, local_name(name), local, xml->user);
}

static void on_end(void *user, const char *name)
{
	XlsxXml *xml = user;
	if (xml->wrong == NULL && xml->handlers->end != NULL)
		xml->handlers->end(xml, local_name(name), xml->user);
}

static void on_text(void *user, const char *text, int size)
{
	XlsxXml *xml = user;
	if (xml->wrong == NULL && xml->handlers->text != NULL)
		xml->handlers->text(xml, text, (gsize)size, xml->user);
}

/* Entities come from there: an office program writes none. */
static void on_doctype(void *user, const char *name, const char *system, const char *public,
					   int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	xlsx_xml_fail(user, "it has a document type definition");
}

gboolean xlsx_xml_read(GBytes *bytes, const char *part, const XlsxHandlers *handlers, gpointer user,
					   GError **error)
{
	XlsxXml xml = {.handlers = handlers, .user = user};
	xml.parser = XML_ParserCreateNS(NULL, SEPARATOR);
	XML_SetUserData(xml.parser, &xml);
	XML_SetElementHandler(xml.parser, on_start, on_end);
	XML_SetCharacterDataHandler(xml.parser, on_text);
	XML_SetStartDoctypeDeclHandler(xml.parser, on_doctype);
	gsize size = 0;
	const char *data = g_bytes_get_data(bytes, &size);
	gboolean good = size <= G_MAXINT && XML_Parse(xml.parser, data, (int)size, XML_TRUE) != 0;
	if (xml.wrong != NULL)
		g_set_error(error, XLSX_ERROR, 0, "%s: %s", part, xml.wrong);
	else if (!good)
		g_set_error(error, XLSX_ERROR, 0, "%s: %s", part,
					XML_ErrorString(XML_GetErrorCode(xml.parser)));
	good = good && xml.wrong == NULL;
	g_free(xml.wrong);
	XML_ParserFree(xml.parser);
	return good;
}
