/* CSV (RFC 4180) of what subcommands list. */
#pragma once

#include <glib.h>

/* A field behind those that are in `line`; NULL: empty.  What a spreadsheet would take for a formula
 * becomes a text. */
void cmd_csv_add(GString *line, const char *text);
void cmd_csv_add_number(GString *line, gint64 number);
