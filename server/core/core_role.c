#include "server/core/core_role.h"

#include <string.h>

#include <glib/gstdio.h>

#include "server/broker_config.h"
#include "server/core/core.h"
#include "server/server_keys.h"
#include "server/store/migrate.h"
#include "server/store/system/server_state.h"

#define QUEUE_MAX 2048
#define GROUP_MAX 16
#define NOTICES_MAX 8192
#define TICK_MS 1000
#define NUMBERS_FIRST 1000000
#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)

gint64 core_now_ms(void)
{
	return g_get_real_time() / 1000;
}

Session *core_session(Core *core, const TerminalId *terminal)
{
	Session *session = g_hash_table_lookup(core->sessions, terminal->text);
	if (session != NULL)
		return session;
	session = g_new0(Session, 1);
	session->id = *terminal;
	g_hash_table_insert(core->sessions, session->id.text, session);
	return session;
}

/* ── links to the other roles ── */

static void on_web_message(Channel *channel, guint8 type, const guint8 *payload, gsize size,
						   gpointer user)
{
	Core *core = user;
	Slice slice = {payload, size};
	TerminalId terminal;
	gint64 person;
	(void)channel;
	if (type == SERVER_COMMANDS && server_terminal_decode(slice, &terminal) &&
		key_ring_find(core->keys, &terminal) != NULL)
		core_send_command(core, &terminal);
	else if (type == SERVER_PEOPLE && server_person_decode(slice, &person))
		g_atomic_int_set(&core->refresh_all, TRUE);
	else
		g_warning("web sent a message of type %u that means nothing", type);
}

static void on_web_closed(Channel *channel, gpointer user)
{
	Core *core = user;
	if (core->web == channel)
		core->web = NULL;
	channel_free(channel);
}

static void on_linked(const char *peer, int fd, gpointer user)
{
	Core *core = user;
	if (strcmp(peer, "vault") == 0) {
		core_vault_linked(core, fd);
		return;
	}
	g_clear_pointer(&core->web, channel_free);
	core->web = channel_new(fd, on_web_message, on_web_closed, core);
}

static void on_stopping(gpointer user)
{
	Core *core = user;
	role_quit(core->role);
}

/* ── from the commit thread ── */

static void on_notice(gpointer item, gpointer user)
{
	Core *core = user;
	Notice *notice = item;
	if (notice->kind == NOTICE_FORGET)
		core_vault_forget(core, notice->reference);
	else if (notice->kind == NOTICE_CHANGED)
		core_tell_web_changed(core, notice->person, notice->day, NULL);
	else
		core_send_roster(core, core_session(core, &notice->terminal));
	g_free(notice);
}

/* ── every second ── */

static void see_terminal(const KeyRingTerminal *terminal, gpointer user)
{
	Core *core = user;
	Session *session = core_session(core, &terminal->id);
	if (terminal->state == TERMINAL_REVOKED && !session->revoked)
		session->revoked = core_job_revoked(core, &terminal->id);
}

static gboolean start_link(Core *core, GError **error);

/* libmosquitto keeps the certificate it began with: a renewed one needs a new connection. */
static void follow_certificate(Core *core)
{
	g_autoptr(GError) error = NULL;
	GStatBuf file;
	g_autofree char *path = broker_service_path(core->config, core->config->broker_name, ".crt");
	if (g_stat(path, &file) != 0 || file.st_mtime == core->certificate_time)
		return;
	g_message("connecting with the renewed certificate");
	g_clear_pointer(&core->link, link_free);
	if (!start_link(core, &error))
		g_warning("%s", error->message);
}

static gboolean on_tick(gpointer user)
{
	Core *core = user;
	gboolean changed = FALSE;
	g_autoptr(GError) error = NULL;
	if (!key_ring_load(core->keys, core->sql, &changed, &error))
		g_warning("%s", error->message);
	if (changed) {
		key_ring_each(core->keys, see_terminal, core);
		g_atomic_int_set(&core->refresh_all, TRUE);
	}
	follow_certificate(core);
	core_flush_refusals(core);
	if (core->gallery_source == 0)
		core_scan_claims(core);
	core_scan_decisions(core);
	return G_SOURCE_CONTINUE;
}

/* ── start and stop ── */

static void on_connected(gboolean connected, gpointer user)
{
	(void)user;
	g_message(connected ? "connected to the broker" : "no connection to the broker");
}

static gboolean start_link(Core *core, GError **error)
{
	static const char *const topics[] = {"hadir/1/+/+/up/events", "hadir/1/+/+/up/health",
										 "hadir/1/+/+/up/enrol", "hadir/1/+/+/up/want", NULL};
	const ServerConfig *config = core->config;
	g_autofree char *anchors = g_build_filename(config->broker_folder, "ca.crt", NULL);
	g_autofree char *certificate = broker_service_path(config, config->broker_name, ".crt");
	g_autofree char *key = broker_service_path(config, config->broker_name, ".key");
	LinkConfig link = {.host = config->broker_host,
					   .port = (int)config->broker_port,
					   .anchors = anchors,
					   .certificate = certificate,
					   .key = key,
					   .topics = topics,
					   .connected = on_connected,
					   .received = core_receive,
					   .user = core};
	GStatBuf file;
	core->certificate_time = g_stat(certificate, &file) == 0 ? file.st_mtime : 0;
	core->link = link_new(&link, error);
	return core->link != NULL;
}

static gboolean load_keys(Core *core, GError **error)
{
	g_autofree char *folder = broker_authority_folder(core->config);
	PublicKey public_key;
	core->signing = server_keys_signing(core->config, error);
	if (core->signing == NULL)
		return FALSE;
	server_key_public(core->signing, &public_key);
	key_id_of(&public_key, crypto_sha256, &core->signing_id);
	core->work.authority = authority_open(folder, error);
	return core->work.authority != NULL;
}

static void set_policies(Core *core)
{
	const ServerConfig *config = core->config;
	core->merge = (MergePolicy){
		.demo = core->demo,
		.utc_offset_min = config->utc_offset_min,
		.alive_tolerance_ms = config->alive_tolerance_s * 1000,
		.limits = {.future_ms = config->future_s * 1000, .past_ms = config->past_days * DAY_MS}};
	core->distribute = (DistributePolicy){.utc_offset_min = config->utc_offset_min,
										  .lease_days = config->lease_days,
										  .grace_days = config->grace_days,
										  .repeat_s = config->repeat_s};
}

static gboolean reserve_numbers(Core *core, GError **error)
{
	if (!sql_begin(core->sql, error))
		return FALSE;
	if (!server_state_reserve_numbers(core->sql, NUMBERS_FIRST, core_now_ms(), &core->next_number,
									  error) ||
		!sql_commit(core->sql, error)) {
		sql_rollback(core->sql);
		return FALSE;
	}
	core->end_number = core->next_number + NUMBERS_FIRST;
	return TRUE;
}

static gboolean open_database(Core *core, GError **error)
{
	core->database = config_database(core->config);
	core->sql = sql_open(core->database, error);
	return core->sql != NULL && migrate_check(core->sql, error) &&
		   server_state_epoch(core->sql, &core->epoch, error) &&
		   server_state_demo(core->sql, &core->demo, error) && reserve_numbers(core, error);
}

gboolean core_role_migrate(const ServerConfig *config, GError **error)
{
	g_autofree char *database = config_database(config);
	g_autoptr(Sql) sql = sql_open(database, error);
	return sql != NULL && migrate_run(sql, core_now_ms(), error);
}

static gboolean start_commit(Core *core, GError **error)
{
	CommitConfig commit = {.database = core->database,
						   .n_max = QUEUE_MAX,
						   .group_max = GROUP_MAX,
						   .begin = core_work_begin,
						   .idle = core_work_idle,
						   .end = core_work_end,
						   .user = core};
	core->commit = commit_new(&commit, error);
	return core->commit != NULL;
}

/* Who was there before us is taken as there, so that what is new reaches them at once. */
static gboolean load_sessions(Core *core, GError **error)
{
	g_autoptr(GArray) terminals = NULL;
	if (!terminals_list(core->sql, 0, &terminals, error))
		return FALSE;
	for (guint i = 0; i < terminals->len; i++) {
		const TerminalRow *row = &g_array_index(terminals, TerminalRow, i);
		Session *session = core_session(core, &row->id);
		session->has_roster = row->online;
		session->roster_version = row->roster_version;
		/* Long since carried out; a fresh one is carried out again, to be sure. */
		session->revoked =
			row->state == TERMINAL_REVOKED && core_now_ms() - row->revoked_ms > DAY_MS;
	}
	return key_ring_load(core->keys, core->sql, NULL, error);
}

static gboolean start(Core *core, GError **error)
{
	if (!open_database(core, error) || !load_keys(core, error))
		return FALSE;
	set_policies(core);
	if (!load_sessions(core, error) || !start_commit(core, error) || !start_link(core, error))
		return FALSE;
	key_ring_each(core->keys, see_terminal, core);
	core->tick_source = g_timeout_add(TICK_MS, on_tick, core);
	return TRUE;
}

static void stop(Core *core)
{
	g_clear_handle_id(&core->tick_source, g_source_remove);
	g_clear_handle_id(&core->gallery_source, g_source_remove);
	g_clear_pointer(&core->link, link_free);
	g_clear_pointer(&core->commit, commit_free);
	g_clear_pointer(&core->vault, channel_free);
	g_clear_pointer(&core->web, channel_free);
}

static void request_free(gpointer data)
{
	core_vault_request_free(data);
}

static void core_init(Core *core, const ServerConfig *config)
{
	core->config = config;
	core->keys = key_ring_new();
	core->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	core->requests = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, request_free);
	core->notices = handover_new(NOTICES_MAX, on_notice, g_free, core);
}

static void core_clear(Core *core)
{
	stop(core);
	handover_free(core->notices);
	g_hash_table_unref(core->requests);
	g_hash_table_unref(core->sessions);
	g_clear_pointer(&core->refusals, g_hash_table_unref);
	key_ring_free(core->keys);
	g_clear_pointer(&core->work.authority, authority_free);
	server_key_free(core->signing);
	g_clear_pointer(&core->sql, sql_close);
	g_free(core->database);
}

int core_role_run(const ServerConfig *config)
{
	Core core = {0};
	g_autoptr(GError) error = NULL;
	core_init(&core, config);
	core.role = role_new(on_linked, on_stopping, &core);
	gboolean started = start(&core, &error);
	if (started)
		role_run(core.role);
	else
		g_printerr("hadir-server: core: %s\n", error->message);
	core_clear(&core);
	role_free(core.role);
	return started ? 0 : 1;
}
