/*
 * What of a web request our own code reads: target (path and query), headers, cookies, bearer token,
 * form and cursor.  Input: lines of a request head, the first "METHOD TARGET", then "Name: value" each;
 * after an empty line the body.
 */
#include <stdlib.h>
#include <string.h>

#include "server/web/cursor.h"
#include "server/web/request.h"
#include "tests/fuzz/fuzz.h"

/* Cuts `text` at the next line end; gives what follows, or NULL at the end. */
static char *cut_line(char *text)
{
	char *end = strchr(text, '\n');
	if (end == NULL)
		return NULL;
	*end = '\0';
	return end + 1;
}

/* What is kept is text without control characters. */
static void must_be_text(const char *text)
{
	fuzz_must(g_utf8_validate(text, -1, NULL));
	for (const char *c = text; *c != '\0'; c++)
		fuzz_must((guchar)*c >= ' ' || *c == '\n' || *c == '\r' || *c == '\t');
}

static void read_cursor(const char *text)
{
	gint64 a, b;
	if (text == NULL || !cursor_decode(text, &a, &b))
		return;
	g_autofree char *again = cursor_encode(a, b);
	gint64 c, d;
	fuzz_must(cursor_decode(again, &c, &d) && a == c && b == d);
}

static void read_form(const Request *request)
{
	static const char *const names[] = {"nama", "sandi", "csrf", NULL};
	g_autoptr(Form) form = request_form(request);
	if (form == NULL)
		return;
	fuzz_must(form_n_fields(form) <= FORM_FIELDS_MAX);
	const char *unknown = form_unknown(form, names);
	if (unknown != NULL)
		must_be_text(unknown);
	for (gsize i = 0; names[i] != NULL; i++) {
		const char *value = form_get(form, names[i]);
		if (value != NULL) {
			must_be_text(value);
			fuzz_must(strlen(value) <= FORM_VALUE_MAX);
		}
	}
}

/* Headers up to the empty line; gives the body, NULL when there is none. */
static const char *read_headers(Request *request, char *line)
{
	while (line != NULL && *line != '\0') {
		if (*line == '\n')
			return line + 1;
		char *next = cut_line(line);
		char *colon = strchr(line, ':');
		if (colon != NULL) {
			*colon = '\0';
			request_add_header(request, line, g_strstrip(colon + 1));
		}
		line = next;
	}
	return NULL;
}

static void read_request(char *method, char *target, char *headers)
{
	g_autoptr(Request) request = request_new(method, target, 0);
	if (request == NULL)
		return;
	fuzz_must(request->n_segments <= REQUEST_SEGMENTS_MAX);
	for (gsize i = 0; i < request->n_segments; i++)
		must_be_text(request->segments[i]);
	read_cursor(form_get(request->query, "cursor"));
	const char *body = read_headers(request, headers);
	if (body != NULL)
		g_byte_array_append(request->body, (const guint8 *)body,
							(guint)MIN(strlen(body), REQUEST_BODY_MAX));
	g_autofree char *cookie = request_cookie(request, "hadir");
	fuzz_must(cookie == NULL || strchr(cookie, ';') == NULL);
	read_cursor(request_bearer(request));
	read_form(request);
	request_is_api(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	char *headers = cut_line(text);
	char *space = strchr(text, ' ');
	if (space == NULL)
		return 0;
	*space = '\0';
	read_request(text, space + 1, headers);
	return 0;
}
