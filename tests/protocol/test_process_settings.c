#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "protocol/process/settings.h"

typedef struct {
	char *name, *path;
	gint64 port;
	gboolean quiet;
} Target;

static const SettingSpec specs[] = {
	{"server", "name", SETTING_TEXT, G_STRUCT_OFFSET(Target, name), NULL, 0, 0, "name"},
	{"server", "path", SETTING_PATH, G_STRUCT_OFFSET(Target, path), "", 0, 0, "path"},
	{"web", "port", SETTING_INT, G_STRUCT_OFFSET(Target, port), "8080", 1, 65535, "port"},
	{"web", "quiet", SETTING_BOOL, G_STRUCT_OFFSET(Target, quiet), "false", 0, 0, "quiet"},
};

/* What the error must contain; NULL: it loads. */
static const struct {
	const char *text, *error;
} cases[] = {
	{"[server]\nname=a\n", NULL},
	{"[server]\nname=a\npath=x/y\n[web]\nport=1\nquiet=true\n", NULL},
	{"[server]\nnam=a\n", "unknown key 'nam' in [server]"},
	{"[server]\nname=a\n[wbe]\nport=1\n", "unknown group [wbe]"},
	{"[web]\nport=1\n", "[server] name is missing"},
	{"[server]\nname=a\n[web]\nport=0\n", "[web] port = '0'"},
	{"[server]\nname=a\n[web]\nport=65536\n", "[web] port = '65536'"},
	{"[server]\nname=a\n[web]\nport=12x\n", "[web] port = '12x'"},
	{"[server]\nname=a\n[web]\nquiet=yes\n", "true or false"},
	{"name=a\n", ""},
};

static gboolean load_text(const char *text, Target *target, GError **error)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "settings.XXXXXX", NULL);
	int fd = g_mkstemp(path);
	gboolean ok;

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
	close(fd);
	ok = settings_load(path, specs, G_N_ELEMENTS(specs), target, error);
	g_unlink(path);
	return ok;
}

static void every_fault_names_its_key(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Target target = {0};
		g_autoptr(GError) error = NULL;
		gboolean ok = load_text(cases[i].text, &target, &error);

		g_assert_cmpint(ok, ==, cases[i].error == NULL);
		if (!ok) {
			g_assert_nonnull(strstr(error->message, cases[i].error));
			g_assert_null(target.name);
		}
		settings_clear(specs, G_N_ELEMENTS(specs), &target);
	}
}

static void defaults_and_relative_paths(void)
{
	Target target = {0};
	g_autofree char *expected = g_build_filename(g_get_tmp_dir(), "x/y", NULL);

	g_assert_true(load_text("[server]\nname=a\npath=x/y\n", &target, NULL));
	g_assert_cmpstr(target.path, ==, expected);
	g_assert_cmpint(target.port, ==, 8080);
	g_assert_false(target.quiet);
	settings_clear(specs, G_N_ELEMENTS(specs), &target);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/process/settings/every_fault_names_its_key", every_fault_names_its_key);
	g_test_add_func("/process/settings/defaults_and_relative_paths", defaults_and_relative_paths);
	return g_test_run();
}
