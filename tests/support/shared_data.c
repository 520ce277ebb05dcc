#include "tests/support/shared_data.h"

char *shared_finger_path(const char *name)
{
	const char *folder = g_getenv("FINGERS");
	if (folder != NULL)
		return g_build_filename(folder, name, NULL);
	return g_build_filename(g_getenv("HADIR_SOURCE"), "..", "shared", "finger", name, NULL);
}
