/*
 * The main job over the wire: terminals, TLS, broker, server, database, with what each figure is compared
 * with from the same run: the same broker and clients without a server, the same events without Hadir.
 */
#include <string.h>

#include "server/broker_config.h"
#include "server/wire.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/support/scratch.h"
#include "tools/fleet/fleet_check.h"

#define RAW_BATCH 1000
#define LIMIT_S 150
#define LIVE_SIZE 560 /* bytes of a live message: one punch under a signature */
#define SERVER_MIB 200.0
#define UP_S 60.0
#define STILL_US (2 * G_USEC_PER_SEC)

/* ── bare publish → subscribe ── */

typedef struct {
	Fleet *fleet;
	FleetLink *subscriber;
	guint64 n_heard;
	GArray *latency_us;
} Bare;

static void bare_up(gpointer user)
{
	(void)user;
}

static void bare_down(gpointer user)
{
	(void)user;
	g_error("the subscriber lost its connection");
}

static void bare_message(const char *topic, Slice payload, gpointer user)
{
	Bare *bare = user;
	gint64 sent_us;
	if (!g_str_has_suffix(topic, "/up/events") || payload.size != LIVE_SIZE)
		return;
	memcpy(&sent_us, payload.data, sizeof sent_us);
	sent_us = g_get_monotonic_time() - sent_us;
	g_array_append_val(bare->latency_us, sent_us);
	bare->n_heard++;
}

static const FleetListener bare_listener = {bare_up, bare_down, bare_message};

static void bare_open(Bare *bare, Fleet *fleet)
{
	const ServerConfig *config = fleet->province->config;
	g_autofree char *anchors = fleet_province_anchors(fleet->province);
	g_autofree char *crt = broker_service_path(config, config->broker_name, ".crt");
	g_autofree char *key_path = broker_service_path(config, config->broker_name, ".key");
	g_autofree char *pem = NULL;
	g_autoptr(ServerKey) key = server_key_load(key_path, NULL);
	FleetLinkConfig link = {config->broker_name,      config->broker_bind,
							(int)config->broker_port, anchors,
							"hadir/1/+/+/up/#",       NULL};
	*bare = (Bare){.fleet = fleet, .latency_us = g_array_new(FALSE, FALSE, sizeof(gint64))};
	bare->subscriber = fleet_link_new(fleet->loop, &link, &bare_listener, bare);
	if (key == NULL || !g_file_get_contents(crt, &pem, NULL, NULL) ||
		!fleet_link_identity(bare->subscriber, pem, key))
		g_error("the subscriber's certificate");
	fleet_link_open(bare->subscriber, NULL);
	for (guint i = 0; i < fleet->terminals->len; i++)
		fleet_link_open(((FleetTerminal *)fleet->terminals->pdata[i])->link, NULL);
	while (fleet_loop_n_up(fleet->loop) < fleet->terminals->len + 1)
		fleet_loop_step(fleet->loop, 20);
}

static void bare_close(Bare *bare)
{
	for (guint i = 0; i < bare->fleet->terminals->len; i++)
		fleet_link_drop(((FleetTerminal *)bare->fleet->terminals->pdata[i])->link);
	fleet_link_free(bare->subscriber);
	g_array_unref(bare->latency_us);
}

static void bare_publish(Bare *bare, guint64 n)
{
	Fleet *fleet = bare->fleet;
	guint8 payload[LIVE_SIZE] = {0};
	guint index = (guint)g_rand_int_range(fleet->random, 0, (gint32)fleet->terminals->len);
	FleetTerminal *terminal = fleet->terminals->pdata[index];
	gint64 now_us = g_get_monotonic_time();
	memcpy(payload, &now_us, sizeof now_us);
	memcpy(payload + sizeof now_us, &n, sizeof n);
	if (!fleet_link_publish(terminal->link, terminal->up_events, payload, sizeof payload))
		g_error("a terminal lost its connection");
}

/* So many a second for so long; gives the seconds until the last was heard.  A broker without us behind it
 * loses some: what is not there after STILL_US is not waited for. */
static double bare_run(Bare *bare, guint per_second, guint seconds)
{
	gint64 start_us = g_get_monotonic_time(), heard_us = start_us;
	guint64 n = 0, n_before = 0, n_all = (guint64)per_second * seconds;
	bare->n_heard = 0;
	g_array_set_size(bare->latency_us, 0);
	while (bare->n_heard < n_all) {
		gint64 now_us = g_get_monotonic_time();
		guint64 due = MIN((guint64)(now_us - start_us) * per_second / G_USEC_PER_SEC, n_all);
		if (bare->n_heard != n_before)
			heard_us = now_us;
		n_before = bare->n_heard;
		if (now_us - heard_us > STILL_US)
			break;
		for (guint burst = 0; n < due && burst < 64; burst++)
			bare_publish(bare, n++);
		fleet_loop_step(bare->fleet->loop, 1);
	}
	return (double)(heard_us - start_us) / 1e6;
}

typedef struct {
	double handshakes_s, bare_rate, bare_p50, bare_p99;
} Yardstick;

/* Before the server runs. */
static void measure_bare(Fleet *fleet, guint rate, guint seconds, Yardstick *out)
{
	guint n = fleet->terminals->len;
	g_autofree FleetLink **links = g_new0(FleetLink *, n);
	for (guint i = 0; i < n; i++)
		links[i] = ((FleetTerminal *)fleet->terminals->pdata[i])->link;
	out->handshakes_s = fleet_link_handshakes(links, n);
	if (out->handshakes_s < 0)
		g_error("a TLS handshake failed");
	Bare bare;
	bare_open(&bare, fleet);
	bare_run(&bare, rate, seconds);
	out->bare_p50 = fleet_quantile_ms(bare.latency_us, 0.5);
	out->bare_p99 = fleet_quantile_ms(bare.latency_us, 0.99);
	double took = bare_run(&bare, 20000, 1);
	out->bare_rate = (double)bare.n_heard / took;
	bare_close(&bare);
}

/* ── the same events without us ── */

static double insert_raw(const Fleet *fleet, guint64 *n)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new();
	char *folder = scratch_new();
	for (guint t = 0; t < fleet->terminals->len; t++) {
		const FleetDevice *device = ((FleetTerminal *)fleet->terminals->pdata[t])->device;
		const FleetJournal *journal = fleet_device_journal(device);
		for (guint i = 0; i < journal->events->len; i++)
			g_ptr_array_add(events, journal->events->pdata[i]);
	}
	*n = events->len;
	RawSqlite *raw = raw_open(folder);
	double seconds = raw_insert(raw, events, RAW_BATCH);
	raw_close(raw);
	scratch_free(folder);
	return seconds;
}

static double figure(const Fleet *fleet, const char *name)
{
	double value = 0;
	for (guint i = 0; i < fleet->figures->len; i++) {
		const FleetFigure *at = &g_array_index(fleet->figures, FleetFigure, i);
		if (strcmp(at->name, name) == 0)
			value = at->value; /* the last */
	}
	return value;
}

static void run_scripts(Fleet *fleet, guint64 n_events, guint rate, guint seconds, double *raw_rate)
{
	guint64 n;
	fleet_script_connect(fleet);
	fleet_script_replay(fleet, n_events);
	double raw_s = insert_raw(fleet, &n);
	*raw_rate = (double)n / raw_s;
	fleet_script_duplicates(fleet, n_events / 2);
	fleet_script_peak(fleet, rate, seconds);
	fleet_script_storm(fleet);
}

static void print_rows(const Fleet *fleet, const Yardstick *bare, double raw_rate)
{
	double replay = figure(fleet, "replay");
	bench_print(&(BenchRow){"replay", "backlog over the wire until durable and receipted",
							"SQLite inserts, 1000 a transaction", "events/s", replay, raw_rate,
							TRUE});
	bench_print(&(BenchRow){"replay-cpu", "the core role while it does so", "one processor",
							"of one", figure(fleet, "replay-core-processor"), 1, FALSE});
	bench_print(&(BenchRow){"twice", "every message twice, events handled", "fresh replay",
							"events/s", figure(fleet, "duplicates"), replay, TRUE});
	bench_print(&(BenchRow){"live", "touches, one event a message, kept up",
							"bare publish-subscribe", "messages/s", figure(fleet, "peak-messages"),
							bare->bare_rate, TRUE});
	bench_print(&(BenchRow){"live-p50", "touch to receipt", "bare publish-subscribe, same rate",
							"ms", figure(fleet, "peak-p50"), bare->bare_p50, FALSE});
	bench_print(&(BenchRow){"live-p99", "touch to receipt", "bare publish-subscribe, same rate",
							"ms", figure(fleet, "peak-p99"), bare->bare_p99, FALSE});
	bench_print(&(BenchRow){"storm", "all back, the last one's first receipt",
							"TLS handshakes of the same clients", "s", figure(fleet, "storm"),
							bare->handshakes_s, FALSE});
	bench_print(&(BenchRow){"connect", "first connection of all, journals begun",
							"what is asked for", "s", figure(fleet, "connect"), UP_S, FALSE});
	bench_print(
		&(BenchRow){"memory", "core and web with all of them connected", "what is asked for", "MiB",
					figure(fleet, "server-core-memory") + figure(fleet, "server-web-memory"),
					SERVER_MIB, FALSE});
}

int main(int argc, char **argv)
{
	gint64 n_terminals = bench_option(argc, argv, "terminals", 150, 10000);
	gint64 n_events = bench_option(argc, argv, "events", 30000, 10000000);
	gint64 n_people = bench_option(argc, argv, "people", 33, 1000);
	gint64 rate = bench_option(argc, argv, "rate", 1000, 100000);
	gint64 seconds = bench_option(argc, argv, "seconds", 10, 600);
	g_autoptr(GError) error = NULL;
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *bench = g_path_get_dirname(program);
	g_autofree char *build = g_path_get_dirname(bench);
	char *folder = scratch_new();
	FleetPlan plan = {build, folder, (guint)n_terminals, (guint)n_people, 1};
	Yardstick bare;
	FleetVerdict verdict;
	double raw_rate = 0;
	fleet_raise_limit((guint)n_terminals);
	FleetProvince *province = fleet_province_new(&plan, &error);
	if (province == NULL || !fleet_province_start_broker(province, &error))
		g_error("%s", error->message);
	Fleet *fleet = fleet_new(province, LIMIT_S);
	measure_bare(fleet, (guint)rate, (guint)MIN(seconds, 5), &bare);
	if (!fleet_province_start_server(province, &error))
		g_error("%s", error->message);
	run_scripts(fleet, (guint64)n_events, (guint)rate, (guint)seconds, &raw_rate);
	fleet_process_stop(g_steal_pointer(&province->daemon));
	if (!fleet_check(fleet, &verdict, &error))
		g_error("%s", error->message);
	for (guint i = 0; i < fleet->problems->len; i++)
		g_printerr("bench_fleet: %s\n", (const char *)fleet->problems->pdata[i]);
	print_rows(fleet, &bare, raw_rate);
	int status = fleet->problems->len == 0 ? 0 : 1;
	fleet_free(fleet);
	fleet_province_free(province);
	scratch_free(folder);
	return status;
}
