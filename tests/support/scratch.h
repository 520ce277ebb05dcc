/* A folder of its own for a test, removed with everything in it. */
#pragma once

#include <glib.h>

/* Under /tmp, so that socket paths stay short.  (transfer full) */
char *scratch_new(void);
/* Removes and frees. */
void scratch_free(char *folder);
/* How often the bytes occur in the files of the folder and of those below. */
guint scratch_count_bytes(const char *folder, gconstpointer bytes, gsize size);
