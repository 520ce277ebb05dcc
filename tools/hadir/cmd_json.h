/* What subcommands put into JSON objects. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* NULL: null. */
void cmd_json_text(json_t *object, const char *name, const char *text);
/* "from" and "to" of a half-open validity; `to` is the last day, as decrees and files write it; null: always,
 * or no end known. */
void cmd_json_days(json_t *object, gint64 from_day, gint64 to_day);
/* Prints it in one line, and frees it. */
void cmd_json_print(json_t *object);
