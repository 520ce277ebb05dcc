/*
 * Reasons as they are stored: the rule and its parameters as short text, a tenth of the JSON form; the
 * words are made when somebody reads them.
 *
 *   1;420                                      the form, and the local time's minutes from UTC
 *   present;f1741046400000;pLobi;eterm-1/…/7   a line per reason: its kind, then letter and value
 *
 * Only what is set is there.  In texts, a backslash stands before ";", before itself, and before "n" for the end of a line.
 */
#pragma once

#include "server/rules/reason.h"

/* (transfer full) */
char *reasons_pack(const Reason *reasons, gsize n, gint64 utc_offset_min);
/* The JSON of reasons_json() (transfer full).  What is no packed text (JSON of older databases) is given
 * back as it is; a line that cannot be understood is left out. */
char *reasons_unpack_json(const char *packed);
