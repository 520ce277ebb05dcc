#include "tools/fleet/fleet_script.h"

#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>

#include "server/wire.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define BACKLOG_DAYS 3
#define STEP_MS 20
#define FILES_PER_TERMINAL 4
#define TICK_US G_USEC_PER_SEC

static gint64 now_ms(void)
{
	return g_get_real_time() / 1000;
}

static FleetTerminal *terminal_at(const Fleet *fleet, guint index)
{
	return fleet->terminals->pdata[index];
}

static FleetTerminal *add_terminal(Fleet *fleet, FleetDevice *device)
{
	const ServerConfig *config = fleet->province->config;
	g_autofree char *anchors = fleet_province_anchors(fleet->province);
	FleetTerminal *terminal = fleet_terminal_new(device, fleet->loop, config->broker_bind,
												 (int)config->broker_port, anchors, &fleet->count);
	g_ptr_array_add(fleet->terminals, terminal);
	return terminal;
}

/* Each connection takes three descriptors here and one of the broker, which inherits the limit. */
void fleet_raise_limit(guint n_terminals)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)n_terminals * FILES_PER_TERMINAL + 1024;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	limit.rlim_max = MAX(limit.rlim_max, wanted);
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		g_printerr("%u terminals need %u open files: ulimit -n\n", n_terminals, (guint)wanted);
}

Fleet *fleet_new(FleetProvince *province, guint limit_s)
{
	Fleet *fleet = g_new0(Fleet, 1);
	fleet->province = province;
	fleet->limit_s = limit_s;
	fleet->loop = fleet_loop_new();
	fleet->terminals = g_ptr_array_new_with_free_func(fleet_terminal_free);
	fleet->added = g_ptr_array_new_with_free_func(fleet_device_free);
	fleet->random = g_rand_new_with_seed(province->plan.seed);
	fleet->figures = g_array_new(FALSE, FALSE, sizeof(FleetFigure));
	fleet->problems = g_ptr_array_new_with_free_func(g_free);
	fleet->count.latency_us = g_array_new(FALSE, FALSE, sizeof(gint64));
	fleet->count.first_us = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (guint i = 0; i < province->devices->len; i++) {
		FleetDevice *device = province->devices->pdata[i];
		fleet_device_open(device, OPEN_FIRST, NULL, now_ms() - BACKLOG_DAYS * DAY_MS);
		add_terminal(fleet, device);
	}
	return fleet;
}

void fleet_free(Fleet *fleet)
{
	g_ptr_array_unref(fleet->terminals);
	g_ptr_array_unref(fleet->added);
	fleet_loop_free(fleet->loop);
	g_rand_free(fleet->random);
	g_array_unref(fleet->figures);
	g_ptr_array_unref(fleet->problems);
	g_array_unref(fleet->count.latency_us);
	g_array_unref(fleet->count.first_us);
	g_free(fleet);
}

void fleet_note(Fleet *fleet, const char *name, double value, const char *unit)
{
	FleetFigure figure = {name, unit, value};
	g_array_append_val(fleet->figures, figure);
}

void fleet_problem(Fleet *fleet, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_ptr_array_add(fleet->problems, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

static int by_size(gconstpointer a, gconstpointer b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
	return (x > y) - (x < y);
}

double fleet_quantile_ms(GArray *us, double share)
{
	if (us->len == 0)
		return 0;
	g_array_sort(us, by_size);
	return (double)g_array_index(us, gint64, (guint)((us->len - 1) * share)) / 1000;
}

/* ── waiting ── */

static void serve(Fleet *fleet, gint64 *ticked_us)
{
	gint64 now_us = g_get_monotonic_time();
	fleet_loop_step(fleet->loop, STEP_MS);
	if (now_us - *ticked_us < TICK_US)
		return;
	*ticked_us = now_us;
	for (guint i = 0; i < fleet->terminals->len; i++)
		fleet_terminal_tick(terminal_at(fleet, i), now_us);
}

gboolean fleet_wait(Fleet *fleet, const char *what, gboolean (*done)(Fleet *fleet))
{
	gint64 until_us = g_get_monotonic_time() + fleet->limit_s * G_USEC_PER_SEC, ticked_us = 0;
	while (!done(fleet)) {
		if (g_get_monotonic_time() > until_us) {
			fleet_problem(fleet, "%s: not within %u s", what, fleet->limit_s);
			return FALSE;
		}
		serve(fleet, &ticked_us);
	}
	return TRUE;
}

gboolean fleet_is_quiet(Fleet *fleet)
{
	for (guint i = 0; i < fleet->terminals->len; i++)
		if (fleet_device_pending(terminal_at(fleet, i)->device) != NULL)
			return FALSE;
	return TRUE;
}

static gboolean all_answered(Fleet *fleet)
{
	for (guint i = 0; i < fleet->terminals->len; i++)
		if (terminal_at(fleet, i)->opened_us != 0)
			return FALSE;
	return TRUE;
}

static gboolean all_resumed(Fleet *fleet)
{
	for (guint i = 0; i < fleet->terminals->len; i++)
		if (!terminal_at(fleet, i)->resumed)
			return FALSE;
	return TRUE;
}

/* ── connecting ── */

/* Those that fail come again, as terminals do. */
static gboolean reconnect_until_answered(Fleet *fleet)
{
	for (guint i = 0; i < fleet->terminals->len; i++) {
		FleetTerminal *terminal = terminal_at(fleet, i);
		gint64 opened_us = terminal->opened_us;
		if (opened_us == 0 || !fleet_link_is_idle(terminal->link))
			continue;
		fleet_terminal_connect(terminal);
		terminal->opened_us = opened_us; /* from the first attempt on */
	}
	return all_answered(fleet);
}

/* Gives the seconds until the last had its first receipt. */
static double connect_all(Fleet *fleet, const char *what)
{
	gint64 start_us = g_get_monotonic_time();
	g_array_set_size(fleet->count.first_us, 0);
	for (guint i = 0; i < fleet->terminals->len; i++)
		fleet_terminal_connect(terminal_at(fleet, i));
	fleet_wait(fleet, what, reconnect_until_answered);
	return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

static void note_server(Fleet *fleet)
{
	const FleetProcess *daemon = fleet->province->daemon;
	if (daemon == NULL)
		return;
	fleet_note(fleet, "server-core-memory", fleet_process_use(daemon, "core").rss_mib, "MiB");
	fleet_note(fleet, "server-web-memory", fleet_process_use(daemon, "web").rss_mib, "MiB");
	fleet_note(fleet, "broker-memory", fleet_process_use(fleet->province->broker, NULL).rss_mib,
			   "MiB");
}

void fleet_script_connect(Fleet *fleet)
{
	double seconds = connect_all(fleet, "first connection");
	fleet_note(fleet, "connected", fleet_loop_n_up(fleet->loop), "terminals");
	fleet_note(fleet, "connect", seconds, "s");
	fleet_wait(fleet, "the journals' first events", fleet_is_quiet);
	note_server(fleet);
}

void fleet_script_storm(Fleet *fleet)
{
	for (guint i = 0; i < fleet->terminals->len; i++)
		fleet_link_drop(terminal_at(fleet, i)->link);
	fleet_note(fleet, "storm", connect_all(fleet, "reconnect storm"), "s");
	fleet_note(fleet, "storm-p50", fleet_quantile_ms(fleet->count.first_us, 0.5), "ms");
	fleet_note(fleet, "storm-p99", fleet_quantile_ms(fleet->count.first_us, 0.99), "ms");
	fleet_wait(fleet, "events after the storm", fleet_is_quiet);
}

/* ── events ── */

static PersonId pick_person(Fleet *fleet, guint index)
{
	guint n = fleet->province->plan.n_people;
	guint home = MIN(index, fleet->province->plan.n_terminals - 1);
	return FLEET_PERSON_FIRST + (PersonId)home * n + g_rand_int_range(fleet->random, 0, (gint32)n);
}

static void fill_backlog(Fleet *fleet, guint64 n_events)
{
	guint n = fleet->terminals->len;
	gint64 to_ms = now_ms(), from_ms = to_ms - BACKLOG_DAYS * DAY_MS;
	guint64 each = MAX(n_events / n, 1);
	for (guint i = 0; i < n; i++) {
		FleetTerminal *terminal = terminal_at(fleet, i);
		terminal->held_back = TRUE;
		for (guint64 e = 0; e < each; e++)
			fleet_device_touch(terminal->device, pick_person(fleet, i),
							   from_ms + (to_ms - from_ms) * (gint64)e / (gint64)each, 0);
	}
}

static double release(Fleet *fleet, guint copies, const char *what)
{
	gint64 start_us = g_get_monotonic_time();
	for (guint i = 0; i < fleet->terminals->len; i++) {
		FleetTerminal *terminal = terminal_at(fleet, i);
		terminal->held_back = FALSE;
		terminal->copies = copies;
		fleet_terminal_pump(terminal);
	}
	fleet_wait(fleet, what, fleet_is_quiet);
	return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

double fleet_script_replay(Fleet *fleet, guint64 n_events)
{
	FleetUse before = fleet_process_use(fleet->province->daemon, "core");
	guint64 sent = fleet->count.n_events;
	fill_backlog(fleet, n_events);
	double seconds = release(fleet, 1, "replay");
	double n = (double)(fleet->count.n_events - sent);
	fleet_note(fleet, "replay", n / seconds, "events/s");
	fleet_note(
		fleet, "replay-core-processor",
		(fleet_process_use(fleet->province->daemon, "core").processor_s - before.processor_s) /
			seconds,
		"of one");
	note_server(fleet);
	return seconds;
}

static gboolean all_receipts(Fleet *fleet)
{
	return fleet->count.n_receipts >= fleet->receipts_due && fleet_is_quiet(fleet);
}

double fleet_script_duplicates(Fleet *fleet, guint64 n_events)
{
	guint64 sent = fleet->count.n_events, batches = fleet->count.n_batches;
	fleet->receipts_due = fleet->count.n_receipts;
	fill_backlog(fleet, n_events);
	gint64 start_us = g_get_monotonic_time();
	release(fleet, 2, "duplicates");
	fleet->receipts_due += fleet->count.n_batches - batches;
	fleet_wait(fleet, "receipts of the duplicates", all_receipts);
	double seconds = (double)(g_get_monotonic_time() - start_us) / 1e6;
	for (guint i = 0; i < fleet->terminals->len; i++)
		terminal_at(fleet, i)->copies = 1;
	fleet_note(fleet, "duplicates", (double)(fleet->count.n_events - sent) / seconds, "events/s");
	return seconds;
}

void fleet_script_peak(Fleet *fleet, guint per_second, guint seconds)
{
	gint64 start_us = g_get_monotonic_time(), end_us = start_us + seconds * G_USEC_PER_SEC;
	gint64 ticked_us = start_us;
	guint64 batches = fleet->count.n_batches, n = 0;
	g_array_set_size(fleet->count.latency_us, 0);
	for (gint64 now_us = start_us; now_us < end_us; now_us = g_get_monotonic_time()) {
		guint64 due = (guint64)(now_us - start_us) * per_second / G_USEC_PER_SEC;
		for (; n < due; n++) {
			guint index = (guint)g_rand_int_range(fleet->random, 0, (gint32)fleet->terminals->len);
			FleetTerminal *terminal = terminal_at(fleet, index);
			fleet_device_touch(terminal->device, pick_person(fleet, index), now_ms(), now_us);
			fleet_terminal_pump(terminal);
		}
		fleet_loop_step(fleet->loop, 1);
		if (now_us - ticked_us > TICK_US) {
			ticked_us = now_us;
			for (guint i = 0; i < fleet->terminals->len; i++)
				fleet_terminal_tick(terminal_at(fleet, i), now_us);
		}
	}
	fleet_wait(fleet, "receipts of the peak", fleet_is_quiet);
	double took = (double)(g_get_monotonic_time() - start_us) / 1e6;
	fleet_note(fleet, "peak", (double)n / took, "events/s");
	fleet_note(fleet, "peak-messages", (double)(fleet->count.n_batches - batches) / took,
			   "messages/s");
	fleet_note(fleet, "peak-p50", fleet_quantile_ms(fleet->count.latency_us, 0.5), "ms");
	fleet_note(fleet, "peak-p99", fleet_quantile_ms(fleet->count.latency_us, 0.99), "ms");
}

/* ── forgeries ── */

static GBytes *altered(GRand *random, GBytes *message)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(message, &size);
	guint8 *copy = g_memdup2(data, size);
	copy[size - 1 - (gsize)g_rand_int_range(random, 0, 60)] ^=
		(guint8)(1 << g_rand_int_range(random, 0, 8));
	return g_bytes_new_take(copy, size);
}

static void forge(Fleet *fleet, FleetTerminal *forger, GBytes *message)
{
	fleet->n_forged += fleet_terminal_say(forger, TOPIC_UP_EVENTS, message) ? 1 : 0;
}

/* Somebody with the terminal's certificate, without its signing key. */
static void invent(Fleet *fleet, FleetTerminal *forger)
{
	FleetDevice *liar = fleet_device_new(forger->device->id.text, g_rand_int(fleet->random),
										 &fleet->province->server, now_ms());
	FleetJournal *journal = fleet_device_open(liar, OPEN_FIRST, NULL, now_ms());
	fleet_device_touch(liar, FLEET_PERSON_FIRST, now_ms(), 0);
	g_autoptr(GBytes) own = fleet_device_batch(liar, journal, 1, 3, liar->signing);
	forge(fleet, forger, own); /* a key that nobody knows */
	liar->key = forger->device->key;
	g_autoptr(GBytes) named = fleet_device_batch(liar, journal, 1, 3, liar->signing);
	forge(fleet, forger, named); /* the known key's name, another's signature */
	fleet_device_free(liar);
}

static void forge_all(Fleet *fleet, FleetTerminal *forger, FleetTerminal *victim)
{
	g_autoptr(GBytes) theirs = fleet_device_batch(
		victim->device, fleet_device_journal(victim->device), 1, 2, victim->device->signing);
	g_autoptr(GBytes) own = fleet_device_batch(forger->device, fleet_device_journal(forger->device),
											   1, 2, forger->device->signing);
	g_autoptr(GBytes) flipped = altered(fleet->random, own);
	g_autoptr(GBytes) cut = g_bytes_new_from_bytes(own, 0, g_bytes_get_size(own) / 2);
	gsize size;
	gconstpointer data = g_bytes_get_data(theirs, &size);
	forge(fleet, forger, theirs); /* genuine, but not this terminal's */
	forge(fleet, forger, flipped);
	forge(fleet, forger, cut);
	invent(fleet, forger);
	/* The broker lets nobody speak on another's topic: the server never sees it. */
	fleet_link_publish(forger->link, victim->up_events, data, size);
}

static gboolean all_refused(Fleet *fleet)
{
	gint64 now_us = g_get_monotonic_time();
	if (now_us - fleet->looked_us > TICK_US / 4) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Sql) sql = fleet_province_sql(fleet->province, &error);
		fleet->looked_us = now_us;
		if (sql == NULL ||
			!sql_get_int(sql, &fleet->n_refused, 0, &error, "SELECT SUM(n) FROM refusal", ""))
			fleet_problem(fleet, "refusals: %s", error->message);
	}
	return fleet->n_refused >= (gint64)fleet->n_forged;
}

void fleet_script_forgeries(Fleet *fleet, guint n_forgers)
{
	guint n = fleet->terminals->len;
	for (guint i = 0; i < MIN(n_forgers, n); i++)
		forge_all(fleet, terminal_at(fleet, i), terminal_at(fleet, (i + 1) % n));
	fleet_wait(fleet, "forgeries refused", all_refused);
	fleet_note(fleet, "forgeries", (double)fleet->n_forged, "messages");
}

/* ── cards and devices ── */

void fleet_script_restored(Fleet *fleet, guint n_cards)
{
	guint n = MIN(n_cards, fleet->terminals->len);
	for (guint i = 0; i < n; i++) {
		FleetTerminal *terminal = terminal_at(fleet, i);
		guint64 last = fleet_journal_last(fleet_device_journal(terminal->device));
		fleet_link_drop(terminal->link);
		if (last < 4)
			fleet_problem(fleet, "%s has too few events to lose some", terminal->device->id.text);
		fleet_device_roll_back(terminal->device, last / 2);
		fleet_device_touch(terminal->device, pick_person(fleet, i), now_ms(), 0);
		fleet_device_touch(terminal->device, pick_person(fleet, i), now_ms(), 0);
		fleet_terminal_connect(terminal);
		fleet->n_restored++;
	}
	fleet_wait(fleet, "restored cards heard", all_resumed);
	fleet_wait(fleet, "restored cards in a new journal", fleet_is_quiet);
	for (guint i = 0; i < n; i++)
		if (terminal_at(fleet, i)->device->journals->len != 3)
			fleet_problem(fleet, "%s did not begin a new journal",
						  terminal_at(fleet, i)->device->id.text);
	fleet_note(fleet, "restored", n, "cards");
}

static gboolean last_is_out(Fleet *fleet)
{
	return fleet_link_is_idle(terminal_at(fleet, fleet->terminals->len - 1)->link);
}

static gboolean last_is_up(Fleet *fleet)
{
	return fleet_link_is_up(terminal_at(fleet, fleet->terminals->len - 1)->link);
}

static gboolean last_has_order(Fleet *fleet)
{
	return terminal_at(fleet, fleet->terminals->len - 1)->order != NULL;
}

/* The bundle of a file, and the device it makes; NULL with a problem. */
static FleetTerminal *unpack(Fleet *fleet, const char *id, const char *path, guint8 secret[32])
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *certificate = NULL, *key_pem = NULL;
	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error) ||
		!fleet_province_secret(file, secret, &error)) {
		fleet_problem(fleet, "%s: %s", path, error->message);
		return NULL;
	}
	certificate = g_key_file_get_string(file, "bundle", "bootstrap_certificate", NULL);
	key_pem = g_key_file_get_string(file, "bundle", "bootstrap_key", NULL);
	g_autofree char *key_path = g_strconcat(path, ".key", NULL);
	g_autoptr(ServerKey) key = g_file_set_contents(key_path, key_pem, -1, &error)
								   ? server_key_load(key_path, &error)
								   : NULL;
	FleetDevice *device =
		fleet_device_new(id, g_rand_int(fleet->random), &fleet->province->server, now_ms());
	g_ptr_array_add(fleet->added, device);
	fleet_device_open(device, OPEN_FIRST, NULL, now_ms());
	FleetTerminal *terminal = add_terminal(fleet, device);
	if (key == NULL || !fleet_link_identity(terminal->link, certificate, key))
		fleet_problem(fleet, "%s: its certificate and key do not fit", path);
	return terminal;
}

/* Joins with the bundle, connects with what came of it. */
static gboolean join_wire(Fleet *fleet, FleetTerminal *terminal, const guint8 secret[32])
{
	fleet_terminal_connect(terminal);
	if (!fleet_wait(fleet, "the bundle's connection", last_is_up))
		return FALSE;
	fleet_terminal_join(terminal, secret);
	if (!fleet_wait(fleet, "the join's certificate", last_has_order))
		return FALSE;
	terminal->secret = NULL;
	terminal->device->certificate = fleet_province_certificate(slice_of_bytes(terminal->order));
	fleet_link_drop(terminal->link);
	if (terminal->device->certificate == NULL ||
		!fleet_link_identity(terminal->link, terminal->device->certificate, terminal->device->tls))
		fleet_problem(fleet, "the join's certificate is not this device's");
	fleet_terminal_connect(terminal);
	return TRUE;
}

/* What it held and had not sent is lost to the server until BKD decides. */
static gboolean revoke_last(Fleet *fleet)
{
	g_autoptr(GError) error = NULL;
	FleetTerminal *old = terminal_at(fleet, fleet->terminals->len - 1);
	FleetJournal *journal = fleet_device_journal(old->device);
	fleet_device_touch(old->device, pick_person(fleet, 0), now_ms(), 0);
	journal->closed = TRUE;
	journal->closed_seq = journal->receipted;
	fleet->n_revoked++;
	if (!fleet_province_hadir(fleet->province, &error, "terminal", "revoke", old->device->id.text,
							  NULL)) {
		fleet_problem(fleet, "%s", error->message);
		return FALSE;
	}
	return fleet_wait(fleet, "the revoked terminal's connection ended", last_is_out);
}

void fleet_script_replaced(Fleet *fleet)
{
	g_autoptr(GError) error = NULL;
	const char *place = terminal_at(fleet, fleet->terminals->len - 1)->device->id.text;
	g_autofree char *bundle = g_build_filename(fleet->province->folder, "bundle", NULL);
	gint64 start_us = g_get_monotonic_time();
	guint8 secret[32];
	if (!revoke_last(fleet))
		return;
	fleet_note(fleet, "revoked-cut", (double)(g_get_monotonic_time() - start_us) / 1e6, "s");
	if (!fleet_province_hadir(fleet->province, &error, "terminal", "add", "fleet-new", "--place",
							  place, "--out", bundle, NULL)) {
		fleet_problem(fleet, "%s", error->message);
		return;
	}
	FleetTerminal *fresh = unpack(fleet, "fleet-new", bundle, secret);
	if (fresh == NULL || !join_wire(fleet, fresh, secret))
		return;
	fleet_device_touch(fresh->device, pick_person(fleet, 0), now_ms(), 0);
	fleet_wait(fleet, "the new device's events", fleet_is_quiet);
	fleet_note(fleet, "replaced", (double)(g_get_monotonic_time() - start_us) / 1e6, "s");
}
