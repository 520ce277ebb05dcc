/* The configuration and the bundle: what is wrong is named. */
#include <glib/gstdio.h>
#include <string.h>

#include "firmware/bundle.h"
#include "firmware/config.h"
#include "tests/support/scratch.h"

#define POINT                                                                                      \
	"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"                           \
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define PEM "-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n"

/* A good file, line by line; a case replaces one line. */
static const char *const bundle_lines[] = {
	"[bundle]",
	"terminal=bkd-1",
	"host=127.0.0.1",
	"port=8883",
	"anchors=" PEM,
	"bootstrap_certificate=" PEM,
	"bootstrap_key=-----BEGIN PRIVATE KEY-----\\nMAA=\\n-----END PRIVATE KEY-----\\n",
	"secret=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	"server_signing=" POINT,
	"server_sealing=" POINT,
};

static const char *const config_lines[] = {
	"[terminal]", "bundle=b.bundle", "state=state", "run=run", "[sensor]", "driver=fprint",
};

static char *write_lines(const char *folder, const char *const *lines, gsize n, gsize replaced,
						 const char *with)
{
	char *path = g_build_filename(folder, "file", NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (gsize i = 0; i < n; i++)
		g_string_append_printf(text, "%s\n", i == replaced ? with : lines[i]);
	g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
	return path;
}

static void a_good_bundle_is_read(void)
{
	char *folder = scratch_new();
	g_autofree char *path =
		write_lines(folder, bundle_lines, G_N_ELEMENTS(bundle_lines), G_MAXSIZE, NULL);
	GError *error = NULL;
	g_autoptr(Bundle) bundle = bundle_load(path, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(bundle->terminal.text, ==, "bkd-1");
	g_assert_cmpuint(bundle->port, ==, 8883);
	g_assert_cmpuint(bundle->secret_size, ==, 32);
	g_assert_cmpuint(bundle->secret[31], ==, 0x1f);
	g_assert_cmpuint(bundle->server_signing.bytes[0], ==, 4);
	g_assert_nonnull(strstr(bundle->anchors, "\nMAA=\n"));
	scratch_free(folder);
}

static void a_bad_bundle_names_its_key(void)
{
	static const struct {
		gsize line;
		const char *with, *named;
	} cases[] = {
		{0, "[other]", "bundle"},             /* no group */
		{1, "terminal=server-1", "terminal"}, /* a service's name */
		{1, "terminal=../x", "terminal"},
		{2, "", "host"},
		{3, "port=0", "port"},
		{3, "port=65536", "port"},
		{3, "port=x", "port"},
		{4, "anchors=none", "anchors"},
		{5, "bootstrap_certificate=", "bootstrap_certificate"},
		{7, "secret=00", "secret"}, /* too short */
		{7, "secret=zz", "secret"},
		{8, "server_signing=04", "server_signing"},
		{9, "server_sealing=" POINT "00", "server_sealing"},
	};
	char *folder = scratch_new();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = write_lines(folder, bundle_lines, G_N_ELEMENTS(bundle_lines),
											cases[i].line, cases[i].with);
		g_autoptr(GError) error = NULL;

		g_assert_null(bundle_load(path, &error));
		g_assert_nonnull(error);
		g_assert_nonnull(strstr(error->message, cases[i].named));
		g_assert_nonnull(strstr(error->message, path));
	}
	scratch_free(folder);
}

static void a_good_configuration_is_read(void)
{
	char *folder = scratch_new();
	g_autofree char *path =
		write_lines(folder, config_lines, G_N_ELEMENTS(config_lines), G_MAXSIZE, NULL);
	g_autofree char *head = g_build_filename(folder, "state", "head", NULL);
	TerminalConfig config;
	GError *error = NULL;

	config_load(path, &config, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config.head, ==, head);
	g_assert_cmpstr(config.sensor, ==, "fprint");
	g_assert_null(config.display);
	g_assert_cmpint(config.alive_s, ==, 900);
	config_clear(&config);
	scratch_free(folder);
}

static void a_bad_configuration_is_refused(void)
{
	static const struct {
		gsize line;
		const char *with;
	} cases[] = {
		{1, ""},                     /* required */
		{2, "state=state\nstat=x"},  /* unknown key */
		{4, "[sensors]"},            /* unknown group */
		{3, "run=run\nalive_s=901"}, /* rarer than the server tolerates */
		{3, "run=run\nreserve_mib=0"},
		{3, "run=/a/folder/whose/path/is/so/long/that/no/socket/would/fit/below/it/any/more"},
	};
	char *folder = scratch_new();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = write_lines(folder, config_lines, G_N_ELEMENTS(config_lines),
											cases[i].line, cases[i].with);
		g_autoptr(GError) error = NULL;
		TerminalConfig config;

		g_assert_false(config_load(path, &config, &error));
		g_assert_nonnull(error);
		g_assert_nonnull(strstr(error->message, path));
	}
	scratch_free(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/firmware/config/a_good_bundle_is_read", a_good_bundle_is_read);
	g_test_add_func("/firmware/config/a_bad_bundle_names_its_key", a_bad_bundle_names_its_key);
	g_test_add_func("/firmware/config/a_good_configuration_is_read", a_good_configuration_is_read);
	g_test_add_func("/firmware/config/a_bad_configuration_is_refused",
					a_bad_configuration_is_refused);
	return g_test_run();
}
