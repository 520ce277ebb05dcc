#include "server/web/conditional.h"

#include <string.h>

#define TAG_DIGITS 32 /* of SHA-256: it only has to differ */

/* "*", or a list of tags; a weak one counts as the same (If-None-Match compares weakly). */
static gboolean names(const char *header, const char *tag)
{
	g_auto(GStrv) list = g_strsplit(header, ",", 64);
	for (char **item = list; *item != NULL; item++) {
		const char *text = g_strstrip(*item);
		if (strncmp(text, "W/", 2) == 0)
			text += 2;
		if (strcmp(text, "*") == 0 || strcmp(text, tag) == 0)
			return TRUE;
	}
	return FALSE;
}

void conditional_apply(const Request *request, Response *response)
{
	if (!request_is(request, "GET") || response->status != 200 || response->body == NULL ||
		response->live != NULL || !(response->keep || request_is_api(request)))
		return;
	g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, response->body);
	g_autofree char *tag = g_strdup_printf("\"%.*s\"", TAG_DIGITS, hash);
	const char *wanted = request->headers[HEADER_IF_NONE_MATCH];
	response_header(response, "ETag", tag);
	if (wanted == NULL || !names(wanted, tag))
		return;
	response->status = 304;
	g_clear_pointer(&response->body, g_bytes_unref);
	response->content_type = NULL;
}
