/* The whole simulated terminal as a program, without a network: starts, stops, and is killed. */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "firmware/crypto_psa.h"
#include "firmware/journal.h"
#include "tests/support/scratch.h"

#define POINT                                                                                      \
	"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"                           \
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define PEM "-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n"
#define WAIT_MS 120000 /* longer than any machine is busy */

static const char bundle[] =
	"[bundle]\nterminal=bkd-1\nhost=127.0.0.1\nport=1\nanchors=" PEM "\nbootstrap_certificate=" PEM
	"\nbootstrap_key=" PEM "\nsecret=000102030405060708090a0b0c0d0e0f\nserver_signing=" POINT
	"\nserver_sealing=" POINT "\n";

typedef struct {
	char *folder, *program, *config, *state;
	GSubprocess *terminal;
} Fixture;

static void write_text(Fixture *f, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(f->folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void setup(Fixture *f, gconstpointer data)
{
	(void)data;
	f->folder = scratch_new();
	f->program = g_build_filename(g_getenv("HADIR_BUILD"), "hadir-terminal-sim", NULL);
	f->config = g_build_filename(f->folder, "t.conf", NULL);
	f->state = g_build_filename(f->folder, "state", NULL);
	write_text(f, "b.bundle", bundle);
	write_text(f, "t.conf",
			   "[terminal]\nbundle=b.bundle\nstate=state\nrun=run\nreserve_mib=8\n"
			   "[sensor]\ndriver=sim\n[display]\ndriver=sim\n[indicators]\ndriver=sim\n");
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	if (f->terminal != NULL) {
		g_subprocess_force_exit(f->terminal);
		g_subprocess_wait(f->terminal, NULL, NULL);
		g_clear_object(&f->terminal);
	}
	scratch_free(f->folder);
	g_free(f->program);
	g_free(f->config);
	g_free(f->state);
}

/* Runs to its end; gives the exit status and what it said. */
static int run(Fixture *f, const char *option, const char *value, char **said)
{
	GError *error = NULL;
	g_autoptr(GSubprocess) process =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error,
						 f->program, "--config", f->config, option, value, NULL);

	g_assert_no_error(error);
	g_subprocess_communicate_utf8(process, NULL, NULL, said, NULL, &error);
	g_assert_no_error(error);
	return g_subprocess_get_exit_status(process);
}

/* ── what it journalled ── */

typedef struct {
	guint n[EVENT_CODE + 1]; /* by kind */
	uint32_t last_kind;
	guint n_all;
	int64_t first_ms, last_ms;
} Story;

static void tell(Story *story, const Event *event)
{
	if (story->n_all++ == 0)
		story->first_ms = event->header.wall_ms;
	story->last_ms = event->header.wall_ms;
	story->last_kind = event->header.kind;
	g_assert_cmpuint(event->header.kind, <=, EVENT_CODE);
	story->n[event->header.kind]++;
}

/* Opens the journal of the stopped terminal, follows its chain, counts its events. */
static Story read_story(Fixture *f)
{
	g_autofree char *head = g_build_filename(f->state, "head", NULL);
	JournalConfig config = {.folder = f->state,
							.head = head,
							.terminal = {"bkd-1"},
							.reserve = 1 << 20,
							.version = "test"};
	ClockReading now = {.wall_ms = g_get_real_time() / 1000};
	GError *error = NULL;
	g_autoptr(Journal) journal = journal_open(&config, &now, &error);
	Story story = {0};
	EventRef end;
	Hash follows;

	g_assert_no_error(error);
	journal_head(journal, &end);
	event_genesis(&config.terminal, &end.journal, crypto_sha256, &follows);
	for (uint64_t seq = 0; seq < end.seq;) {
		JournalBatch batch;

		journal_read_batch(journal, &end.journal, seq + 1, EVENT_BATCH_MAX, 1 << 20, &batch,
						   &error);
		g_assert_no_error(error);
		for (guint i = 0; i < batch.events->len; i++) {
			gsize size;
			const uint8_t *bytes = g_bytes_get_data(g_ptr_array_index(batch.events, i), &size);
			Event event;

			g_assert_cmpint(event_decode((Slice){bytes, size}, &event), ==, WIRE_OK);
			g_assert_cmpint(event_check(&event, ++seq, &follows, crypto_sha256, &follows), ==,
							WIRE_OK);
			tell(&story, &event);
		}
		journal_batch_clear(&batch);
	}
	return story;
}

/* ── running ── */

/* The core role says what it shows once it has journalled that it is there. */
static gboolean panel_answers(const char *path)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	char first;

	g_socket_client_set_timeout(client, WAIT_MS / 1000);
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
	return connection != NULL &&
		   g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), &first, 1,
							   NULL, NULL) == 1;
}

static void await_core(Fixture *f)
{
	g_autofree char *socket = g_build_filename(f->folder, "run", "panel.sock", NULL);
	gboolean answers = FALSE;

	for (int i = 0; i < WAIT_MS / 10 && !answers; i++) {
		g_usleep(10000);
		answers = panel_answers(socket);
	}
	g_assert_true(answers);
}

static void start(Fixture *f)
{
	GError *error = NULL;

	f->terminal = g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, f->program,
								   "--config", f->config, NULL);
	g_assert_no_error(error);
	await_core(f);
}

static void stop(Fixture *f)
{
	g_subprocess_send_signal(f->terminal, SIGTERM);
	g_subprocess_wait(f->terminal, NULL, NULL);
	g_assert_true(g_subprocess_get_if_exited(f->terminal));
	g_assert_cmpint(g_subprocess_get_exit_status(f->terminal), ==, 0);
	g_clear_object(&f->terminal);
}

/* The process of a role; 0: there is none now. */
static pid_t find_role(Fixture *f, const char *role)
{
	const char *id = g_subprocess_get_identifier(f->terminal);
	g_autofree char *path = g_strdup_printf("/proc/%s/task/%s/children", id, id), *text = NULL;
	g_auto(GStrv) pids = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	pids = g_strsplit(g_strchomp(text), " ", -1);
	for (gsize i = 0; pids[i] != NULL && *pids[i] != '\0'; i++) {
		g_autofree char *command = g_strdup_printf("/proc/%s/cmdline", pids[i]), *line = NULL;
		gsize size;

		if (!g_file_get_contents(command, &line, &size, NULL) || size < strlen(role) + 2)
			continue;
		if (strcmp(line + size - strlen(role) - 1, role) == 0)
			return (pid_t)g_ascii_strtoll(pids[i], NULL, 10);
	}
	return 0;
}

static void kill_role(Fixture *f, const char *role)
{
	pid_t before = find_role(f, role), after = 0;

	g_assert_cmpint(before, >, 0);
	kill(before, SIGKILL);
	for (int i = 0; i < WAIT_MS / 20 && (after == 0 || after == before); i++) {
		g_usleep(20000);
		after = find_role(f, role);
	}
	g_assert_cmpint(after, >, 0);
	g_assert_cmpint(after, !=, before);
}

/* ── cases ── */

static void a_wrong_configuration_is_named(Fixture *f, gconstpointer data)
{
	g_autofree char *said = NULL, *other = NULL;

	(void)data;
	g_assert_cmpint(run(f, "-n", NULL, &said), ==, 0);
	write_text(f, "t.conf", "[terminal]\nbundle=b.bundle\nstate=state\nrun=run\nreserv_mib=8\n");
	g_assert_cmpint(run(f, "-n", NULL, &other), ==, 78);
	g_assert_nonnull(strstr(other, "reserv_mib"));
	g_assert_false(g_file_test(f->state, G_FILE_TEST_EXISTS)); /* a check makes nothing */
}

static void a_real_terminal_has_no_simulated_drivers(Fixture *f, gconstpointer data)
{
	g_autofree char *said = NULL;

	(void)data;
	g_free(f->program);
	f->program = g_build_filename(g_getenv("HADIR_BUILD"), "hadir-terminal", NULL);
	g_assert_cmpint(run(f, "-n", NULL, &said), ==, 78);
	g_assert_nonnull(strstr(said, "sim"));
}

static void history_is_journalled_with_its_own_times(Fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "h.csv", NULL), *said = NULL;
	Story story;

	(void)data;
	write_text(f, "h.csv",
			   "at_ms,person,reference,score\n1735689600000,123456,1,50000\n"
			   "1735693200000,123457,2,40000\n1735776000000,123456,1,50000\n");
	g_assert_cmpint(run(f, "--history", path, &said), ==, 0);
	story = read_story(f);
	g_assert_cmpuint(story.n[EVENT_PUNCH], ==, 3);
	g_assert_cmpuint(story.n[EVENT_BOOT], ==, 1);
	g_assert_cmpuint(story.n[EVENT_ALIVE], ==, 97); /* a day, and one at its end */
	g_assert_cmpint(story.last_ms, ==, 1735776000000);
	g_assert_cmpuint(story.last_kind, ==, EVENT_STOP);
}

static void a_wrong_row_of_history_is_named_and_nothing_journalled(Fixture *f, gconstpointer data)
{
	static const char *const bad[] = {
		"1735689600000,x,1,50000",        /* no number */
		"1735689600000,123456,1",         /* a field less */
		"1735689600000,123456,1,50000,9", /* one more */
		"1735689599999,123456,1,50000",   /* before the row above */
	};
	g_autofree char *path = g_build_filename(f->folder, "h.csv", NULL);

	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text =
			g_strdup_printf("at_ms,person,reference,score\n1735689600000,1,1,1\n%s\n", bad[i]);
		g_autofree char *said = NULL;

		write_text(f, "h.csv", text);
		g_assert_cmpint(run(f, "--history", path, &said), !=, 0);
		g_assert_nonnull(strstr(said, "line 3"));
		g_assert_false(g_file_test(f->state, G_FILE_TEST_EXISTS));
	}
}

static void a_stop_is_clean_and_the_next_start_knows(Fixture *f, gconstpointer data)
{
	Story story;

	(void)data;
	start(f);
	stop(f);
	story = read_story(f);
	g_assert_cmpuint(story.n[EVENT_OPEN], ==, 1);
	g_assert_cmpuint(story.n[EVENT_BOOT], ==, 1);
	g_assert_cmpuint(story.last_kind, ==, EVENT_STOP);
	start(f);
	stop(f);
	story = read_story(f);
	g_assert_cmpuint(story.n[EVENT_BOOT], ==, 2);
	g_assert_cmpuint(story.n[EVENT_STOP], ==, 2);
	g_assert_cmpuint(story.n[EVENT_OPEN], ==, 1); /* the same journal */
}

static void a_killed_role_comes_back(Fixture *f, gconstpointer data)
{
	Story story;

	(void)data;
	start(f);
	kill_role(f, "sensor");
	kill_role(f, "uplink");
	for (int i = 0; i < 2; i++) {
		kill_role(f, "core");
		await_core(f);
	}
	stop(f);
	story = read_story(f);
	g_assert_cmpuint(story.n[EVENT_BOOT], ==, 3);
	g_assert_cmpuint(story.n[EVENT_OPEN], ==, 1);
	g_assert_cmpuint(story.last_kind, ==, EVENT_STOP);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define CASE(name) g_test_add("/firmware/program/" #name, Fixture, NULL, setup, name, teardown)
	CASE(a_wrong_configuration_is_named);
	CASE(a_real_terminal_has_no_simulated_drivers);
	CASE(history_is_journalled_with_its_own_times);
	CASE(a_wrong_row_of_history_is_named_and_nothing_journalled);
	CASE(a_stop_is_clean_and_the_next_start_knows);
	CASE(a_killed_role_comes_back);
	return g_test_run();
}
