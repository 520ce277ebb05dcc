#include "tests/support/scratch.h"

#include <glib/gstdio.h>
#include <string.h>

char *scratch_new(void)
{
	GError *error = NULL;
	char *folder = g_dir_make_tmp("hadir-XXXXXX", &error);

	g_assert_no_error(error);
	return folder;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *below = g_build_filename(path, name, NULL);

		remove_tree(below);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_remove(path);
}

void scratch_free(char *folder)
{
	remove_tree(folder);
	g_free(folder);
}

static guint count_in_file(const char *path, gconstpointer bytes, gsize size)
{
	g_autofree char *content = NULL;
	const char *at;
	gsize length;
	guint n = 0;

	if (!g_file_get_contents(path, &content, &length, NULL))
		return 0;
	at = content;
	while ((at = memmem(at, length - (gsize)(at - content), bytes, size)) != NULL) {
		n++;
		at++;
	}
	return n;
}

guint scratch_count_bytes(const char *folder, gconstpointer bytes, gsize size)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;
	guint n = 0;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		n += g_file_test(path, G_FILE_TEST_IS_DIR) ? scratch_count_bytes(path, bytes, size)
												   : count_in_file(path, bytes, size);
	}
	return n;
}
