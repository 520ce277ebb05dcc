/* A place in a list that programs cannot read anything from: two numbers. */
#pragma once

#include <glib.h>

/* (transfer full) */
char *cursor_encode(gint64 a, gint64 b);
gboolean cursor_decode(const char *text, gint64 *a, gint64 *b);
