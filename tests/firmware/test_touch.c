/*
 * The programs themselves: a simulated terminal without a server, `hadir touch`, and roles that are
 * killed in between.
 */
#include <signal.h>
#include <string.h>
#include <sys/types.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/support/scratch.h"
#include "tests/support/synthetic_finger.h"
#include "tools/match/png_file.h"

#define TERMINAL "lab-1"

typedef struct {
	char *folder, *config, *image;
	GPid terminal;
} Fixture;

static char *program(const char *name)
{
	return g_build_filename(g_getenv("HADIR_BUILD"), name, NULL);
}

/* A key and a certificate that nobody issued: enough for a terminal that meets no broker. */
static char *pem_of(EVP_PKEY *key, gboolean certificate)
{
	BIO *memory = BIO_new(BIO_s_mem());
	if (certificate) {
		X509 *x509 = X509_new();
		ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
		X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
		X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
		X509_set_pubkey(x509, key);
		X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
								   (const guchar *)TERMINAL, -1, -1, 0);
		X509_set_issuer_name(x509, X509_get_subject_name(x509));
		g_assert_cmpint(X509_sign(x509, key, EVP_sha256()), >, 0);
		PEM_write_bio_X509(memory, x509);
		X509_free(x509);
	} else {
		PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL);
	}
	char *data = NULL;
	long size = BIO_get_mem_data(memory, &data);
	char *text = g_strndup(data, (gsize)size);
	BIO_free(memory);
	return text;
}

static char *point_of(EVP_PKEY *key)
{
	guint8 *point = NULL;
	gsize size = EVP_PKEY_get1_encoded_public_key(key, &point);
	GString *hex = g_string_new(NULL);
	g_assert_cmpuint(size, ==, 65);
	for (gsize i = 0; i < size; i++)
		g_string_append_printf(hex, "%02x", point[i]);
	OPENSSL_free(point);
	return g_string_free(hex, FALSE);
}

static void write_bundle(const char *path)
{
	g_autoptr(GKeyFile) bundle = g_key_file_new();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	g_autofree char *certificate = pem_of(key, TRUE);
	g_autofree char *private = pem_of(key, FALSE);
	g_autofree char *point = point_of(key);
	const char *const rows[][2] = {
		{"terminal", TERMINAL},
		{"host", "127.0.0.1"},
		{"port", "1"}, /* nobody listens there */
		{"anchors", certificate},
		{"bootstrap_certificate", certificate},
		{"bootstrap_key", private},
		{"secret", "00112233445566778899aabbccddeeff"},
		{"server_signing", point},
		{"server_sealing", point},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_key_file_set_string(bundle, "bundle", rows[i][0], rows[i][1]);
	g_assert_true(g_key_file_save_to_file(bundle, path, NULL));
	EVP_PKEY_free(key);
}

static void start_terminal(Fixture *self)
{
	g_autofree char *path = program("hadir-terminal-sim");
	const char *const argv[] = {path, "--config", self->config, NULL};
	g_autoptr(GError) error = NULL;
	g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &self->terminal,
				  &error);
	g_assert_no_error(error);
}

static void set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	(void)data;
	self->folder = scratch_new();
	g_autofree char *folder = g_build_filename(self->folder, "terminals", TERMINAL, NULL);
	g_autofree char *run = g_build_filename(folder, "run", NULL);
	g_autofree char *bundle = g_build_filename(folder, "terminal.bundle", NULL);
	g_assert_cmpint(g_mkdir_with_parents(run, 0700), ==, 0);
	write_bundle(bundle);
	self->config = g_build_filename(folder, "terminal.conf", NULL);
	g_file_set_contents(self->config, "[terminal]\nbundle=terminal.bundle\nstate=state\nrun=run\n",
						-1, &error);
	g_assert_no_error(error);
	self->image = g_build_filename(self->folder, "finger.png", NULL);
	g_autofree guint8 *pixels = synthetic_image(1, 1);
	png_file_write(self->image, pixels, SYNTHETIC_WIDTH, SYNTHETIC_HEIGHT, &error);
	g_assert_no_error(error);
}

static gboolean on_exit_status(gpointer user)
{
	*(gboolean *)user = TRUE;
	return G_SOURCE_REMOVE;
}

static void on_exited(GPid pid, gint status, gpointer user)
{
	(void)pid;
	*(gint *)user = status;
}

/* SIGTERM, and what it ended with: it must be a clean end, and soon. */
static void stop_terminal(Fixture *self)
{
	gint status = -1;
	gboolean late = FALSE;
	g_child_watch_add(self->terminal, on_exited, &status);
	guint timer = g_timeout_add(20000, on_exit_status, &late);
	kill(self->terminal, SIGTERM);
	while (status == -1 && !late)
		g_main_context_iteration(NULL, TRUE);
	if (late)
		kill(self->terminal, SIGKILL);
	else
		g_source_remove(timer);
	g_assert_cmpint(status, ==, 0);
	g_spawn_close_pid(self->terminal);
}

static void tear_down(Fixture *self, gconstpointer data)
{
	(void)data;
	g_free(self->config);
	g_free(self->image);
	scratch_free(self->folder);
}

/* (transfer full) the answer; NULL with `rc` when the command failed. */
static json_t *touch(const Fixture *self, const char *claim, const char *image, int *rc)
{
	g_autofree char *path = program("hadir");
	const char *argv[] = {path,         "touch", "--terminal", TERMINAL, "--demo",
						  self->folder, image,   NULL,         NULL,     NULL};
	if (claim != NULL) {
		argv[7] = "--claim";
		argv[8] = claim;
	}
	g_autofree char *out = NULL;
	g_autofree char *errors = NULL;
	g_autoptr(GError) error = NULL;
	int status = 0;
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &errors, &status,
				 &error);
	g_assert_no_error(error);
	*rc = status;
	g_test_message("%s%s", out, errors);
	return status == 0 ? json_loads(out, 0, NULL) : NULL;
}

static void expect(const Fixture *self, const char *claim, const char *outcome)
{
	int rc = 0;
	json_t *answer = touch(self, claim, self->image, &rc);
	g_assert_nonnull(answer);
	g_assert_cmpstr(json_string_value(json_object_get(answer, "outcome")), ==, outcome);
	g_assert_true(json_is_null(json_object_get(answer, "person")));
	json_decref(answer);
}

/* The process of a role: the supervisor's child whose command line ends with its name. */
static pid_t find_role(GPid supervisor, const char *role)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", supervisor, supervisor);
	g_autofree char *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	g_auto(GStrv) pids = g_strsplit(g_strstrip(text), " ", -1);
	for (gsize i = 0; pids[i] != NULL; i++) {
		g_autofree char *file = g_strdup_printf("/proc/%s/cmdline", pids[i]);
		g_autofree char *line = NULL;
		gsize size = 0, skip = strlen(role) + 1;
		if (g_file_get_contents(file, &line, &size, NULL) && size > skip &&
			g_str_equal(line + size - skip, role))
			return (pid_t)g_ascii_strtoll(pids[i], NULL, 10);
	}
	return 0;
}

static void kill_role(const Fixture *self, const char *role)
{
	pid_t pid = find_role(self->terminal, role);
	g_assert_cmpint(pid, >, 0);
	g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
	while (find_role(self->terminal, role) == pid)
		g_usleep(10000);
}

static void test_touches(Fixture *self, gconstpointer data)
{
	(void)data;
	start_terminal(self);
	expect(self, NULL, "unrecognised");
	expect(self, "4711", "claimed");
	expect(self, "198501012010011001", "claimed");
	kill_role(self, "sensor");
	expect(self, NULL, "unrecognised");
	kill_role(self, "core");
	expect(self, NULL, "unrecognised");
	stop_terminal(self);
}

static void test_errors(Fixture *self, gconstpointer data)
{
	(void)data;
	int rc = 0;
	g_autofree char *no_image = g_build_filename(self->folder, "none.png", NULL);
	g_assert_null(touch(self, NULL, no_image, &rc));
	g_assert_cmpint(rc, !=, 0);
	g_assert_null(touch(self, NULL, self->config, &rc)); /* no PNG */
	g_assert_cmpint(rc, !=, 0);
	g_assert_null(touch(self, "12x", self->image, &rc));
	g_assert_cmpint(rc, !=, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/touch/a_terminal_answers_whatever_role_was_killed", Fixture, NULL, set_up,
			   test_touches, tear_down);
	g_test_add("/touch/what_is_no_touch_is_an_error", Fixture, NULL, set_up, test_errors,
			   tear_down);
	return g_test_run();
}
