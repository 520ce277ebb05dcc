/*
 * Pages beside a hello page of the same library: log-ins, a person's month, the board; a month while a
 * replay is merged into the same database; what open live boards cost in memory.
 *
 *   server (this process: web in the main loop, hello in a thread of the library's)
 *     ├─ browsers: a process that asks, and prints the figures
 *     └─ replay: a process that merges signed batches when told to
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/merge.h"
#include "server/store/people/assignments.h"
#include "server/store/system/sessions.h"
#include "server/store/terminals/terminals.h"
#include "server/store/time/verdicts.h"
#include "tests/bench/bench.h"
#include "tests/bench/web_client.h"
#include "tests/server/device.h"
#include "tests/web/province.h"

#define CONNECTIONS 16
#define BOARDS_PER_ACCOUNT LIVE_PER_OWNER_MAX
#define REPLAY_TERMINALS 50
#define REPLAY_GROUP 16 /* batches in one transaction, as the core role commits them */
#define PASSWORD "kopi tubruk di Gunung Lawu"
#define TOKEN_MAX 128

typedef struct {
	gint64 people, requests, boards, events, logins;
} Sizes;

/* What the children are told once the server listens. */
typedef struct {
	guint16 web, hello;
	pid_t server;
	char own[TOKEN_MAX], keeper[TOKEN_MAX]; /* cookies: Siti, a pengelola */
	char url[1024];
} Told;

typedef struct {
	Sizes sizes;
	int told[2], begin[2], merged[2]; /* pipes: Told, to the replay, from it */
} Bench;

/* ── the province, larger ── */

static void add_person(Province *p, PersonId id)
{
	Change since = {.from_day = TODAY - 1000, .to_day = DAY_OPEN, .now_ms = NOW, .today = TODAY};
	g_autofree char *text = g_strdup_printf("PEGAWAI %d CONTOH", (int)id);
	PersonName name = {.name = text};
	g_assert_true(people_add(p->sql, id, NULL, NOW, &id, NULL));
	g_assert_true(people_set_name(p->sql, id, &name, &since, NULL, NULL));
	g_assert_true(people_set_employment(p->sql, id, "PNS", "01", &since, NULL, NULL));
	g_assert_true(assignments_set(p->sql, id, p->umum, 0, &since, NULL, NULL));
	province_punch(p, id, TODAY * DAY_MS - 8 * MINUTE_MS - id % 1000, PUNCH_COUNTED);
	province_verdict(p, id, TODAY, "BW", TODAY * DAY_MS - 8 * MINUTE_MS);
}

/* The working days before TODAY, each with two punches and the reasons that a judged day has. */
static void add_month(Province *p)
{
	static const char reasons[] =
		"[{\"rule\":\"late\",\"version\":1,\"text\":\"Terlambat 12 menit (TL1). Presensi pertama "
		"dalam "
		"jendela masuk 07.12; detik "
		"diabaikan.\"},{\"rule\":\"present\",\"version\":1,\"text\":\"Masuk "
		"07.12 di Lobi BKD, pulang 15.34 di Lobi BKD. Jadwal 07.00–15.30 (5 hari kerja).\"}]";
	for (gint64 day = TODAY - 31; day < TODAY; day++) {
		gboolean changed;
		Verdict verdict = {.person = p->siti,
						   .unit = p->umum,
						   .day = day,
						   .codes = "TL1",
						   .state = "final",
						   .in_ms = day * DAY_MS + 12 * MINUTE_MS,
						   .reasons = reasons,
						   .hash = "x",
						   .judged_ms = NOW};
		province_punch(p, p->siti, day * DAY_MS + 12 * MINUTE_MS, PUNCH_COUNTED);
		province_punch(p, p->siti, day * DAY_MS + 514 * MINUTE_MS, PUNCH_COUNTED);
		g_assert_true(verdicts_put(p->sql, &verdict, NULL, &changed, NULL));
	}
}

static void cookie_of(Province *p, gint64 account, char out[TOKEN_MAX])
{
	Session session;
	char *token = sessions_begin(p->sql, account, NULL, NOW, NULL);
	g_assert_true(sessions_find(p->sql, token, NOW, &session, NULL));
	g_assert_true(sessions_prove(p->sql, session.token_hash, NOW, NULL));
	g_snprintf(out, TOKEN_MAX, "%s=%s", p->web->cookie, token);
	g_free(token);
}

static gint64 account_of(Province *p, const char *name, const char *hash)
{
	g_autoptr(User) user = users_find(p->sql, name, NULL);
	g_assert_true(users_set_password(p->sql, user->id, hash, NULL, NOW, NULL));
	return user->id;
}

/* Accounts that watch boards: one may have only so many open. */
static GString *board_cookies(Province *p, gint64 n)
{
	GString *cookies = g_string_new(NULL);
	for (gint64 i = 0; i < n; i++) {
		gint64 account = 1000 + i;
		char cookie[TOKEN_MAX];
		GrantNew grant = {
			.account = account, .role = ROLE_BKD, .from_day = TODAY - 1, .to_day = G_MAXINT64};
		g_assert_true(sql_run(p->sql, NULL,
							  "INSERT INTO account (id, name, one_time, created_ms)"
							  " VALUES ($1, 'papan' || $1, 0, 1)",
							  "i", account));
		g_assert_cmpint(grants_add(p->sql, &grant, NOW, NULL), !=, 0);
		cookie_of(p, account, cookie);
		g_string_append_printf(cookies, "%s\n", cookie);
	}
	return cookies;
}

static GString *fill(Province *p, const Sizes *sizes, Told *told)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *hash = password_hash(PASSWORD, &error);
	g_assert_no_error(error);
	g_assert_true(sql_begin(p->sql, NULL));
	for (gint64 i = 0; i < sizes->people; i++)
		add_person(p, 500000 + i);
	add_month(p);
	cookie_of(p, account_of(p, "pegawai", hash), told->own);
	cookie_of(p, account_of(p, "skpd", hash), told->keeper);
	GString *cookies =
		board_cookies(p, (sizes->boards + BOARDS_PER_ACCOUNT - 1) / BOARDS_PER_ACCOUNT);
	g_assert_true(sql_commit(p->sql, NULL));
	return cookies;
}

/* ── the hello page ── */

static enum MHD_Result hello(void *user, struct MHD_Connection *connection, const char *url,
							 const char *method, const char *version, const char *data,
							 size_t *size, void **state)
{
	static char page[] = "<!doctype html><title>hello</title><p>hello";
	(void)user, (void)url, (void)method, (void)version, (void)data, (void)size;
	/* An answer at the first call would end the connection. */
	if (*state == NULL) {
		*state = page;
		return MHD_YES;
	}
	*state = NULL;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(sizeof page - 1, page, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "text/html");
	enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static struct MHD_Daemon *hello_start(guint16 *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct MHD_Daemon *daemon =
		MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, hello, NULL,
						 MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
	g_assert_nonnull(daemon);
	*port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	return daemon;
}

/* ── the replay ── */

static void join_device(Sql *sql, Device *device)
{
	PublicKey signing, sealing;
	gint64 place = 0;
	const guint8 secret[32] = {0};
	server_key_public(device->signing, &signing);
	server_key_public(device->sealing, &sealing);
	g_assert_true(sql_get_int(sql, &place, 0, NULL, "SELECT min(id) FROM place", ""));
	g_assert_true(terminals_add(sql, &device->id, place, secret, G_MAXINT64, NOW, NULL));
	g_assert_true(terminals_join(sql, &device->id, &signing, &sealing, &device->key, NOW, NULL));
}

/* Signed batches of each terminal in turn. */
static GPtrArray *make_batches(Sql *sql, const Sizes *sizes, GPtrArray *devices)
{
	GPtrArray *batches = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	gint64 each = MAX(sizes->events / REPLAY_TERMINALS, 2);
	g_assert_true(sql_begin(sql, NULL));
	for (int t = 0; t < REPLAY_TERMINALS; t++) {
		g_autofree char *id = g_strdup_printf("bench-%d", t);
		gint64 at_ms = NOW - 5 * DAY_MS;
		Device *device = device_new(id, at_ms);
		join_device(sql, device);
		device_boot_event(device, FALSE, at_ms);
		while (device_seq(device) < each)
			device_punch(device, 500000 + device_seq(device) % sizes->people, at_ms += 1000);
		g_ptr_array_add(devices, device);
	}
	g_assert_true(sql_commit(sql, NULL));
	for (gint64 first = 1; first <= each; first += EVENT_BATCH_MAX)
		for (guint t = 0; t < devices->len; t++)
			g_ptr_array_add(batches, device_batch(devices->pdata[t], first,
												  MIN(first + EVENT_BATCH_MAX - 1, each)));
	return batches;
}

static void merge_one(Sql *sql, const MergePolicy *policy, const Device *device, GBytes *message)
{
	char topic[TOPIC_MAX];
	g_auto(Collected) collected = {0};
	g_auto(MergeResult) result = {0};
	EventBatch batch;
	size_t bad;
	device_topic(device, TOPIC_UP_EVENTS, topic);
	g_assert_cmpint(collect_message(topic, message, &collected), ==, COLLECT_OK);
	g_assert_cmpint(event_batch_decode(&collected.envelope, &batch), ==, WIRE_OK);
	g_assert_cmpint(event_batch_check(&batch, crypto_sha256, &bad), ==, WIRE_OK);
	Slice all = slice_of_bytes(message);
	Slice statement = {all.data, all.size - collected.envelope.rest.size};
	g_assert_true(
		merge_batch(sql, policy, &collected.terminal, &batch, statement, NOW, &result, NULL));
	g_assert_cmpint(result.outcome, ==, MERGE_STORED);
}

static void replay(const Bench *bench, const Told *told)
{
	static const MergePolicy policy = {.utc_offset_min = OFFSET_MIN,
									   .alive_tolerance_ms = 20 * 60000,
									   .limits = {300000, 400 * DAY_MS}};
	g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)device_free);
	Sql *sql = sql_open(told->url, NULL);
	g_autoptr(GPtrArray) batches = make_batches(sql, &bench->sizes, devices);
	char byte = 0;
	g_assert_cmpint(write(bench->merged[1], "r", 1), ==, 1); /* ready */
	g_assert_cmpint(read(bench->begin[0], &byte, 1), ==, 1);
	double start = bench_now();
	for (guint i = 0; i < batches->len; i++) {
		if (i % REPLAY_GROUP == 0)
			g_assert_true(sql_begin(sql, NULL));
		merge_one(sql, &policy, devices->pdata[i % devices->len], batches->pdata[i]);
		if (i % REPLAY_GROUP == REPLAY_GROUP - 1 || i == batches->len - 1)
			g_assert_true(sql_commit(sql, NULL));
	}
	fprintf(stderr, "replay: %u batches in %.1f s\n", batches->len, bench_now() - start);
	g_assert_cmpint(write(bench->merged[1], "m", 1), ==, 1);
	sql_close(sql);
}

/* ── the browsers ── */

static char *get_page(const char *target, const char *cookie)
{
	return g_strdup_printf("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\n\r\n", target,
						   cookie);
}

static char *make_same(guint n, gpointer user)
{
	(void)n;
	return g_strdup(user);
}

static char *make_login(guint n, gpointer user)
{
	static const char form[] = "nama=pegawai&sandi=kopi+tubruk+di+Gunung+Lawu";
	(void)user;
	return g_strdup_printf("POST /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\n"
						   "X-Forwarded-For: 10.%u.%u.1\r\n"
						   "Content-Type: application/x-www-form-urlencoded\r\n"
						   "Content-Length: %zu\r\n\r\n%s",
						   n / 256 % 256, n % 256, sizeof form - 1, form);
}

static WebClientResult fetch(guint16 port, char *request, guint n)
{
	WebClientResult result;
	WebClientPlan plan = {.port = port,
						  .n_connections = CONNECTIONS,
						  .n_requests = n,
						  .status = 200,
						  .make = make_same,
						  .user = request};
	web_client_run(&plan, &result);
	g_free(request);
	return result;
}

/* A page's rate beside the hello page's, asked in turn with it. */
static void page_row(const Bench *bench, const Told *told, const char *name, const char *what,
					 const char *target, const char *cookie)
{
	guint n = (guint)bench->sizes.requests;
	g_autofree char *warm = get_page(target, cookie);
	WebClientResult first = fetch(told->web, g_strdup(warm), CONNECTIONS);
	WebClientResult theirs = fetch(told->hello, get_page("/", "none"), 4 * n);
	WebClientResult ours = fetch(told->web, g_steal_pointer(&warm), n);
	bench_print(&(BenchRow){name, what, "a hello page of the same library", "pages/s",
							web_client_rate(&ours), web_client_rate(&theirs), TRUE});
	web_client_clear(&first);
	web_client_clear(&theirs);
	web_client_clear(&ours);
}

static void login_row(const Bench *bench, const Told *told)
{
	WebClientResult ours;
	guint n = (guint)bench->sizes.logins;
	WebClientPlan plan = {
		.port = told->web, .n_connections = 2, .n_requests = n, .status = 303, .make = make_login};
	web_client_run(&plan, &ours);
	g_autofree char *hash = password_hash(PASSWORD, NULL);
	double start = bench_now();
	for (guint i = 0; i < n; i++)
		g_assert_true(password_verify(hash, PASSWORD));
	bench_print(&(BenchRow){"web-login", "log-ins, one after another",
							"libsodium's argon2id alone, one thread", "log-ins/s",
							web_client_rate(&ours), n / (bench_now() - start), TRUE});
	web_client_clear(&ours);
}

static double resident_mib(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/statm", (int)pid);
	g_autofree char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	gint64 pages = g_ascii_strtoll(strchr(text, ' ') + 1, NULL, 10);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static void boards_row(const Bench *bench, const Told *told, char **cookies)
{
	gint64 n = bench->sizes.boards;
	double before = resident_mib(told->server);
	g_autofree int *open = g_new(int, (gsize)n);
	for (gint64 i = 0; i < n; i++) {
		g_autofree char *request =
			get_page("/papan/aliran?unit=BKD", cookies[i / BOARDS_PER_ACCOUNT]);
		open[i] = web_client_open(told->web, request);
	}
	double after = resident_mib(told->server);
	g_autofree char *what =
		g_strdup_printf("resident with %d live boards open (%.0f before)", (int)n, before);
	bench_print(&(BenchRow){"web-boards", what, "what is asked for, 2,000 boards", "MiB", after,
							100, FALSE});
	for (gint64 i = 0; i < n; i++)
		close(open[i]);
}

/* How long a page takes while the replay goes on. */
static void replay_row(const Bench *bench, const Told *told)
{
	WebClientResult ours;
	g_autofree char *request = get_page("/bulan?bulan=2025-02", told->own);
	WebClientPlan plan = {.port = told->web,
						  .n_connections = 2,
						  .until_fd = bench->merged[0],
						  .status = 200,
						  .make = make_same,
						  .user = request};
	char byte = 0;
	g_assert_cmpint(read(bench->merged[0], &byte, 1), ==, 1);
	g_assert_cmpint(write(bench->begin[1], "b", 1), ==, 1);
	web_client_run(&plan, &ours);
	g_assert_cmpint(read(bench->merged[0], &byte, 1), ==, 1);
	g_autofree char *what =
		g_strdup_printf("person-month page while %d events are replayed, p99 (p50 %.2f)",
						(int)bench->sizes.events, web_client_quantile(&ours, 0.5));
	bench_print(&(BenchRow){"web-replay", what, "what is asked for", "ms",
							web_client_quantile(&ours, 0.99), 20, FALSE});
	web_client_clear(&ours);
}

static void browse(const Bench *bench, const Told *told, const char *text)
{
	g_auto(GStrv) cookies = g_strsplit(text, "\n", -1);
	page_row(bench, told, "web-month", "person-month page, one's own", "/bulan?bulan=2025-02",
			 told->own);
	page_row(bench, told, "web-audited", "person-month page of another, with its row of the log",
			 "/pegawai/500000/bulan?bulan=2025-03", told->keeper);
	page_row(bench, told, "web-board", "board of today", "/papan?unit=BKD", told->keeper);
	login_row(bench, told);
	boards_row(bench, told, cookies);
	replay_row(bench, told);
}

/* ── together ── */

/* A child that waits to be told; it does not come back. */
static pid_t start(const Bench *bench, const char *cookies_file, gboolean browsers)
{
	pid_t pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid != 0)
		return pid;
	Told told;
	g_autofree char *text = NULL;
	close(bench->told[1]);
	if (read(bench->told[0], &told, sizeof told) != (gssize)sizeof told)
		_exit(1);
	if (browsers) {
		g_assert_true(g_file_get_contents(cookies_file, &text, NULL, NULL));
		browse(bench, &told, text);
	} else {
		replay(bench, &told);
	}
	g_free(g_steal_pointer(&text));
	fflush(stdout);
	_exit(0);
}

static void on_child(GPid pid, gint status, gpointer user)
{
	(void)pid;
	if (status != 0)
		g_error("a child ended with %d", status);
	g_main_loop_quit(user);
}

static void serve(Province *p, const Bench *bench, const Told *told, pid_t browsers, pid_t merging)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	int status = 0;
	(void)p;
	for (int i = 0; i < 2; i++)
		g_assert_cmpint(write(bench->told[1], told, sizeof *told), ==, (gssize)sizeof *told);
	g_child_watch_add(browsers, on_child, loop);
	g_main_loop_run(loop);
	g_assert_cmpint(waitpid(merging, &status, 0), ==, merging);
	g_assert_cmpint(status, ==, 0);
}

int main(int argc, char **argv)
{
	Bench bench = {.sizes = {.people = bench_option(argc, argv, "people", 200, 5000),
							 .requests = bench_option(argc, argv, "requests", 4000, 1000000),
							 .boards = bench_option(argc, argv, "boards", LIVE_LISTENERS_MAX,
													LIVE_LISTENERS_MAX),
							 .events = bench_option(argc, argv, "events", 300000, 10000000),
							 .logins = bench_option(argc, argv, "logins", 40, 10000)}};
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	g_assert_true(pipe(bench.told) == 0 && pipe(bench.begin) == 0 && pipe(bench.merged) == 0);
	g_autofree char *cookies_file = NULL;
	close(g_file_open_tmp("hadir-bench-XXXXXX", &cookies_file, NULL));
	pid_t browsers = start(&bench, cookies_file, TRUE), merging = start(&bench, NULL, FALSE);

	Province province = {0};
	Told told = {.server = getpid()};
	province_open(&province, NULL);
	struct MHD_Daemon *daemon = hello_start(&told.hello);
	told.web = web_port(province.web);
	g_strlcpy(told.url, province.database.url, sizeof told.url);
	GString *cookies = fill(&province, &bench.sizes, &told);
	g_assert_true(g_file_set_contents(cookies_file, cookies->str, (gssize)cookies->len, NULL));
	serve(&province, &bench, &told, browsers, merging);
	g_string_free(cookies, TRUE);
	unlink(cookies_file);
	MHD_stop_daemon(daemon);
	province_close(&province, NULL);
	return 0;
}
