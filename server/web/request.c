#include "server/web/request.h"

#include <string.h>

static const char *const header_names[N_HEADERS] = {
	[HEADER_ACCEPT] = "Accept",
	[HEADER_AUTHORIZATION] = "Authorization",
	[HEADER_CONTENT_TYPE] = "Content-Type",
	[HEADER_COOKIE] = "Cookie",
	[HEADER_HOST] = "Host",
	[HEADER_IDEMPOTENCY_KEY] = "Idempotency-Key",
	[HEADER_IF_NONE_MATCH] = "If-None-Match",
	[HEADER_ORIGIN] = "Origin",
	[HEADER_SEC_FETCH_SITE] = "Sec-Fetch-Site",
	[HEADER_X_FORWARDED_FOR] = "X-Forwarded-For",
};

#define HEADER_VALUE_MAX 4096

const char *request_header_name(RequestHeader header)
{
	return header_names[header];
}

/* "/a/b" into "a", "b"; "/" into nothing. */
static gboolean split_path(Request *request, const char *path, gsize size)
{
	gsize at = 1;
	while (at < size) {
		const char *slash = memchr(path + at, '/', size - at);
		gsize part = slash == NULL ? size - at : (gsize)(slash - (path + at));
		if (request->n_segments == REQUEST_SEGMENTS_MAX)
			return FALSE;
		char *segment = percent_decode(path + at, part, FALSE);
		if (segment == NULL)
			return FALSE;
		request->segments[request->n_segments++] = segment;
		at += part + 1;
	}
	return TRUE;
}

Request *request_new(const char *method, const char *target, gint64 now_ms)
{
	gsize size = strnlen(target, REQUEST_TARGET_MAX + 1);
	if (target[0] != '/' || size > REQUEST_TARGET_MAX)
		return NULL;
	const char *question = strchr(target, '?');
	gsize path_size = question == NULL ? size : (gsize)(question - target);
	g_autoptr(Request) request = g_new0(Request, 1);
	request->method = g_strdup(method);
	request->path = g_strndup(target, path_size);
	request->now_ms = now_ms;
	request->body = g_byte_array_new();
	request->query =
		question == NULL ? form_parse("", 0) : form_parse(question + 1, size - path_size - 1);
	if (request->query == NULL || !split_path(request, target, path_size))
		return NULL;
	return g_steal_pointer(&request);
}

void request_free(Request *request)
{
	if (request == NULL)
		return;
	g_free(request->method);
	g_free(request->path);
	for (gsize i = 0; i < request->n_segments; i++)
		g_free(request->segments[i]);
	form_free(request->query);
	for (gsize i = 0; i < N_HEADERS; i++)
		g_free(request->headers[i]);
	g_byte_array_unref(request->body);
	g_free(request->address);
	g_free(request);
}

gboolean request_add_header(Request *request, const char *name, const char *value)
{
	for (gsize i = 0; i < N_HEADERS; i++) {
		if (g_ascii_strcasecmp(name, header_names[i]) != 0)
			continue;
		if (request->headers[i] != NULL || strlen(value) > HEADER_VALUE_MAX)
			return FALSE;
		request->headers[i] = g_strdup(value);
		return TRUE;
	}
	return TRUE;
}

char *request_cookie(const Request *request, const char *name)
{
	if (request->headers[HEADER_COOKIE] == NULL)
		return NULL;
	g_auto(GStrv) pairs = g_strsplit(request->headers[HEADER_COOKIE], ";", FORM_FIELDS_MAX);
	gsize size = strlen(name);
	for (char **pair = pairs; *pair != NULL; pair++) {
		const char *text = g_strstrip(*pair);
		if (strncmp(text, name, size) == 0 && text[size] == '=')
			return g_strdup(text + size + 1);
	}
	return NULL;
}

const char *request_bearer(const Request *request)
{
	const char *value = request->headers[HEADER_AUTHORIZATION];
	if (value == NULL || g_ascii_strncasecmp(value, "Bearer ", 7) != 0)
		return NULL;
	return value + 7;
}

Form *request_form(const Request *request)
{
	const char *type = request->headers[HEADER_CONTENT_TYPE];
	if (type == NULL || !g_str_has_prefix(type, "application/x-www-form-urlencoded"))
		return NULL;
	return form_parse((const char *)request->body->data, request->body->len);
}

gboolean request_is(const Request *request, const char *method)
{
	return strcmp(request->method, method) == 0 ||
		   (strcmp(method, "GET") == 0 && strcmp(request->method, "HEAD") == 0);
}

gboolean request_is_api(const Request *request)
{
	return request->n_segments > 0 && strcmp(request->segments[0], "api") == 0;
}
