/* Where the real fingerprints and recordings lie that tests labelled "data" read. */
#pragma once

#include <glib.h>

/* A path below them: FINGERS, or ../shared/finger beside the source. (transfer full) */
char *shared_finger_path(const char *name);
