#include "server/web/cursor.h"

#include <string.h>

#define CURSOR_SIZE 22 /* 16 bytes in base64url */

char *cursor_encode(gint64 a, gint64 b)
{
	gint64 numbers[2] = {GINT64_TO_BE(a), GINT64_TO_BE(b)};
	char *text = g_base64_encode((const guchar *)numbers, sizeof numbers);
	text[CURSOR_SIZE] = '\0'; /* without the padding */
	return g_strdelimit(g_strdelimit(text, "+", '-'), "/", '_');
}

gboolean cursor_decode(const char *text, gint64 *a, gint64 *b)
{
	gsize size;
	if (strlen(text) != CURSOR_SIZE)
		return FALSE;
	g_autofree char *padded = g_strconcat(text, "==", NULL);
	g_strdelimit(g_strdelimit(padded, "-", '+'), "_", '/');
	g_autofree guchar *bytes = g_base64_decode(padded, &size);
	gint64 numbers[2];
	if (size != sizeof numbers)
		return FALSE;
	memcpy(numbers, bytes, sizeof numbers);
	*a = GINT64_FROM_BE(numbers[0]);
	*b = GINT64_FROM_BE(numbers[1]);
	return *a >= 0 && *b >= 0;
}
