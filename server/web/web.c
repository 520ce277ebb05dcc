#include "server/web/web.h"

#include <gio/gio.h>

#include "server/store/people/assignments.h"
#include "server/store/time/board.h"
#include "server/store/migrate.h"
#include "server/store/system/request_keys.h"
#include "server/store/system/sessions.h"
#include "server/web/system/audit.h"
#include "server/web/call.h"
#include "server/web/listener.h"
#include "server/web/time/page_board.h"
#include "server/web/people/page_enrol.h"
#include "server/web/problem.h"
#include "server/web/system/passwords.h"
#include "server/web/words.h"

/* Log-in: five attempts at once, then one a minute for an account; twenty, then one in five seconds
 * for an address, behind which a whole office may sit. */
#define ACCOUNT_BURST 5
#define ACCOUNT_REFILL_MS 60000
#define ADDRESS_BURST 20
#define ADDRESS_REFILL_MS 5000
#define LIMIT_KEYS_MAX 20000

#define SWEEP_S 600
#define UNIT_DEPTH_MAX 16

static gboolean on_sweep(gpointer user)
{
	Web *web = user;
	g_autoptr(GError) error = NULL;
	if (!sessions_sweep(web->sql, web->now_ms(), &error))
		g_warning("removing old sessions: %s", error->message);
	g_clear_error(&error);
	if (!request_keys_sweep(web->sql, web->now_ms(), &error))
		g_warning("removing old request keys: %s", error->message);
	return G_SOURCE_CONTINUE;
}

static GBytes *render_live(gint64 unit, gpointer user)
{
	return page_board_fragment(user, unit);
}

static GBytes *render_live_enrolments(gint64 unit, gpointer user)
{
	return page_enrol_fragment(user, unit);
}

static void copy_config(Web *web, const WebConfig *config)
{
	web->database = g_strdup(config->database);
	web->host = g_strdup(config->host);
	web->certificate = g_strdup(config->certificate);
	web->key = g_strdup(config->key);
	web->https = config->certificate != NULL;
	/* The prefix binds the cookie to this host and to TLS (RFC 6265bis §4.1.3.2). */
	web->cookie = web->https ? "__Host-hadir" : "hadir";
	web->port = config->port;
	web->utc_offset_min = config->utc_offset_min;
	web->now_ms = config->now_ms;
	web->commands = config->commands;
	web->prove = config->prove;
	web->explain = config->explain;
	web->user = config->user;
}

static gboolean open_all(Web *web, GError **error)
{
	web->sql = sql_open(web->database, error);
	if (web->sql == NULL || !migrate_check(web->sql, error))
		return FALSE;
	if (web->explain != NULL)
		web->explain(web->sql, web->utc_offset_min);
	web->assets = assets_load(error);
	if (web->assets == NULL)
		return FALSE;
	web->auditor = auditor_new(web->database, error);
	if (web->auditor == NULL)
		return FALSE;
	web->listener = listener_new(web, error);
	return web->listener != NULL;
}

Web *web_new(const WebConfig *config, GError **error)
{
	g_autoptr(Web) web = g_new0(Web, 1);
	copy_config(web, config);
	web->by_account = limits_new(ACCOUNT_BURST, ACCOUNT_REFILL_MS, LIMIT_KEYS_MAX);
	web->by_address = limits_new(ADDRESS_BURST, ADDRESS_REFILL_MS, LIMIT_KEYS_MAX);
	web->passwords = passwords_new();
	web->live = live_hub_new(render_live, web->now_ms, web);
	web->live_enrolments = live_hub_new(render_live_enrolments, web->now_ms, web);
	if (!open_all(web, error)) {
		g_prefix_error(error, "web: ");
		return NULL;
	}
	web->sweep = g_timeout_add_seconds(SWEEP_S, on_sweep, web);
	return g_steal_pointer(&web);
}

void web_free(Web *web)
{
	if (web == NULL)
		return;
	g_clear_handle_id(&web->sweep, g_source_remove);
	worker_free(web->passwords);
	auditor_free(web->auditor);
	listener_free(web->listener);
	live_hub_free(web->live);
	live_hub_free(web->live_enrolments);
	assets_free(web->assets);
	limits_free(web->by_account);
	limits_free(web->by_address);
	sql_close(web->sql);
	g_free(web->database);
	g_free(web->host);
	g_free(web->certificate);
	g_free(web->key);
	g_free(web);
}

void web_set_confinement(Web *web, gboolean files, gboolean calls)
{
	web->files_confined = files;
	web->calls_confined = calls;
}

guint16 web_port(const Web *web)
{
	return listener_port(web->listener);
}

/* The boards on which somebody of that unit stands: the unit's and those of all above it. */
static gboolean touch_boards(Web *web, gint64 unit, gint64 day, GError **error)
{
	live_hub_touch(web->live, 0);
	for (int depth = 0; unit != 0 && depth < UNIT_DEPTH_MAX; depth++) {
		live_hub_touch(web->live, unit);
		if (!board_parent(web->sql, unit, day, &unit, error))
			return FALSE;
	}
	return TRUE;
}

void web_changed(Web *web, gint64 person)
{
	g_autoptr(GError) error = NULL;
	Assignment assignment = {0};
	gint64 day = words_day(web->now_ms(), web->utc_offset_min);
	if (live_hub_n_listeners(web->live) == 0)
		return;
	if (person == 0)
		live_hub_touch_all(web->live);
	else if (!assignments_on(web->sql, person, day, &assignment, &error) ||
			 !touch_boards(web, assignment.unit, day, &error))
		g_warning("live boards: %s", error->message);
}

void web_enrolment_changed(Web *web)
{
	live_hub_touch_all(web->live_enrolments);
}

void call_free(Call *call)
{
	if (call == NULL)
		return;
	request_free(call->request);
	access_free(call->access);
	scope_free(call->scope);
	g_free(call->subject.detail);
	g_clear_pointer(&call->days, g_array_unref);
	json_decref(call->body);
	form_free(call->form);
	response_free(call->response);
	g_free(call->notify_terminal);
	g_free(call);
}

Response *call_html(GBytes *page)
{
	return response_new(200, "text/html; charset=utf-8", page);
}

Response *call_json(guint status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	GBytes *bytes = g_bytes_new_with_free_func(text, strlen(text), free, text);
	return response_new(status, "application/json", bytes);
}

Response *call_live(const Call *call, LiveHub *hub)
{
	LiveListener *listener = live_listen(hub, call->subject.unit, call->access->user->id);
	if (listener == NULL)
		return problem_for(call, 503, NULL);
	Response *response = response_new(200, "text/event-stream", NULL);
	response->live = listener;
	response_header(response, "X-Accel-Buffering", "no");
	return response;
}

const char *call_query(const Call *call, const char *name)
{
	return form_get(call->request->query, name);
}
