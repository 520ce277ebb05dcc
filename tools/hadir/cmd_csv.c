#include "tools/hadir/cmd_csv.h"

#include <string.h>

void cmd_csv_add(GString *line, const char *text)
{
	if (line->len > 0)
		g_string_append_c(line, ',');
	if (text == NULL)
		return;
	/* What a spreadsheet would take for a formula is a text. */
	gboolean formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
	if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
		g_string_append(line, text);
		return;
	}
	g_string_append_c(line, '"');
	if (formula)
		g_string_append_c(line, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			g_string_append_c(line, '"');
		g_string_append_c(line, *text);
	}
	g_string_append_c(line, '"');
}

void cmd_csv_add_number(GString *line, gint64 number)
{
	g_string_append_printf(line, ",%" G_GINT64_FORMAT, number);
}
