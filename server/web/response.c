/* The answer of request.h; apart from what reads requests, which stands on nothing else. */
#include <string.h>

#include "server/web/request.h"
#include "server/web/time/live.h"

Response *response_new(guint status, const char *content_type, GBytes *body)
{
	Response *response = g_new0(Response, 1);
	response->status = status;
	response->content_type = content_type;
	response->body = body;
	response->headers = g_ptr_array_new_with_free_func(g_free);
	return response;
}

Response *response_redirect(const char *location)
{
	Response *response = response_new(303, NULL, NULL);
	response_header(response, "Location", location);
	return response;
}

void response_header(Response *response, const char *name, const char *value)
{
	g_assert(strpbrk(value, "\r\n") == NULL);
	g_ptr_array_add(response->headers, g_strdup(name));
	g_ptr_array_add(response->headers, g_strdup(value));
}

const char *response_get_header(const Response *response, const char *name)
{
	for (guint i = 0; i + 1 < response->headers->len; i += 2)
		if (g_ascii_strcasecmp(response->headers->pdata[i], name) == 0)
			return response->headers->pdata[i + 1];
	return NULL;
}

void response_free(Response *response)
{
	if (response == NULL)
		return;
	g_clear_pointer(&response->body, g_bytes_unref);
	g_ptr_array_unref(response->headers);
	live_listener_free(response->live);
	g_free(response);
}
