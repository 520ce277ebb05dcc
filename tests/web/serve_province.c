/*
 * The web server over the small province of tests/web/province.h, for the browser's tests.
 *
 * Prints one line of JSON with address and accounts, then obeys lines on standard input:
 *   punch PERSON     a punch now, as if a terminal had sent it
 *   capture PERSON   the terminal reads the first finger of the person's open enrolment
 * and ends when standard input does.
 */
#include <string.h>
#include <unistd.h>

#include "server/store/terminals/duplicates.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/terminals/finger_use.h"
#include "server/store/terminals/references.h"
#include "server/web_fences.h"
#include "tests/web/province.h"

typedef struct {
	Province province;
	WebFences fences; /* with TLS, as the role has them */
	const char *certificate, *key;
	GMainLoop *loop;
	gint64 n_punches;
} Server;

/* Joko's finger is hardly known, and he seems to be Budi. */
static void add_fingers(Province *p)
{
	gint64 now_ms = province_now();
	ReferenceRow reference = {
		.id = 901, .person = p->joko, .finger = FINGER_LEFT_LITTLE, .from_ms = now_ms};
	const FingerTouch touch = {.person = p->joko,
							   .reference = reference.id,
							   .day = now_ms / (24 * 3600 * 1000),
							   .score = 5500,
							   .margin = 5000,
							   .quality = 60,
							   .n_vain = 1};
	DuplicateRun run;
	DuplicatePair pair = {.person = p->budi,
						  .other = p->joko,
						  .finger = FINGER_LEFT_LITTLE,
						  .score = 9000,
						  .found_ms = now_ms};
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	g_assert_true(references_add(p->sql, &reference, sealed, NULL, NULL));
	for (int i = 0; i < 6; i++)
		g_assert_true(finger_use_add(p->sql, &touch, NULL));
	g_assert_true(duplicate_runs_begin(p->sql, now_ms, &run, NULL));
	pair.run = run.id;
	g_assert_true(duplicates_add(p->sql, &pair, NULL));
}

static void punch(Server *server, gint64 person)
{
	province_punch(&server->province, person, province_now() + server->n_punches++, PUNCH_COUNTED);
	web_changed(server->province.web, person);
}

static void capture(Server *server, gint64 person)
{
	g_autoptr(GArray) rows = NULL;
	gboolean changed;
	g_assert_true(enrolments_list(server->province.sql, person, NULL, 1, &rows, NULL));
	if (rows->len == 0)
		return;
	const EnrolmentRow *row = &g_array_index(rows, EnrolmentRow, 0);
	EnrolReport report = {.enrolment = row->id,
						  .person = person,
						  .state = ENROL_CAPTURING,
						  .finger = row->fingers[0],
						  .accepted = 1,
						  .wanted = 3,
						  .hint = ENROL_HINT_GOOD};
	g_assert_true(enrolments_progress(server->province.sql, &report, &row->terminal, province_now(),
									  &changed, NULL));
	web_enrolment_changed(server->province.web);
}

static void obey(Server *server, const char *line)
{
	static const struct {
		const char *verb;
		void (*run)(Server *server, gint64 person);
	} verbs[] = {{"punch ", punch}, {"capture ", capture}};
	gint64 person;
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (g_str_has_prefix(line, verbs[i].verb) &&
			g_ascii_string_to_signed(line + strlen(verbs[i].verb), 10, 1, PERSON_ID_MAX, &person,
									 NULL))
			verbs[i].run(server, person);
}

static gboolean on_input(GIOChannel *input, GIOCondition condition, gpointer user)
{
	Server *server = user;
	g_autofree char *line = NULL;
	(void)condition;
	if (g_io_channel_read_line(input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
		g_main_loop_quit(server->loop);
		return G_SOURCE_REMOVE;
	}
	obey(server, g_strchomp(line));
	return G_SOURCE_CONTINUE;
}

static void print_accounts(const Server *server)
{
	json_t *accounts = json_object();
	GHashTableIter iter;
	gpointer name, value;
	g_hash_table_iter_init(&iter, server->province.tokens);
	while (g_hash_table_iter_next(&iter, &name, &value))
		json_object_set_new(accounts, name, json_string(value));
	g_autofree char *url =
		g_strdup_printf("%s://127.0.0.1:%u", server->province.web->https ? "https" : "http",
						web_port(server->province.web));
	json_t *all = json_pack("{s:s, s:o}", "url", url, "accounts", accounts);
	char *text = json_dumps(all, JSON_COMPACT);
	g_print("%s\n", text);
	free(text);
	json_decref(all);
}

static void fence(gpointer user)
{
	Server *server = user;
	g_autoptr(GError) error = NULL;
	web_fences_open(&server->fences, server->province.database.url, &error);
	g_assert_no_error(error);
	web_fences_files(&server->fences, server->certificate, server->key);
}

int main(int argc, char **argv)
{
	Server server = {.loop = g_main_loop_new(NULL, FALSE)};
	gboolean https = argc == 3;
	if (https) {
		server.certificate = argv[1];
		server.key = argv[2];
		server.province.before_web = fence;
		server.province.before_user = &server;
	}
	province_open_tls(&server.province, server.certificate, server.key);
	if (https) {
		web_fences_calls(&server.fences);
		web_set_confinement(server.province.web, server.fences.files, server.fences.calls);
	}
	add_fingers(&server.province);
	province_verdict(&server.province, server.province.siti, TODAY - 1, "TL1",
					 (TODAY - 1) * DAY_MS + 12 * MINUTE_MS);
	print_accounts(&server);
	GIOChannel *input = g_io_channel_unix_new(0);
	g_io_add_watch(input, G_IO_IN | G_IO_HUP, on_input, &server);
	g_main_loop_run(server.loop);
	if (https)
		_exit(
			0); /* within its fences the database's files cannot be removed, nor leaks looked for */
	g_io_channel_unref(input);
	g_main_loop_unref(server.loop);
	province_close(&server.province, NULL);
	return 0;
}
