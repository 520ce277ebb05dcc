/* /healthz, /metrics, the REST description, and the files that pages need. */
#include <string.h>

#include "server/store/time/board.h"
#include "server/store/time/marks.h"
#include "server/web/api.h"
#include "server/web/handlers.h"

Response *api_healthz(Call *call, GError **error)
{
	gint64 n_marks;
	if (!marks_count(call->web->sql, &n_marks, error))
		return problem_new(503, "the database does not answer");
	return call_json(200,
					 json_pack("{s:s, s:s, s:{s:b, s:b}}", "status", "ok", "version", HADIR_VERSION,
							   "confinement", "landlock", call->web->files_confined, "seccomp",
							   call->web->calls_confined));
}

static const struct {
	const char *name, *type, *help;
	gsize offset;
} metrics[] = {
#define METRIC(name, type, field, help) {name, type, help, G_STRUCT_OFFSET(BoardFigures, field)}
	METRIC("hadir_events_stored_total", "counter", n_events, "Events stored, of all journals."),
	METRIC("hadir_batches_receipted_total", "counter", n_batches,
		   "Signed batches stored, each answered by a receipt."),
	METRIC("hadir_messages_refused_total", "counter", n_refused,
		   "Messages refused before they were stored."),
	METRIC("hadir_marks_pending", "gauge", n_marks, "Person-days to be judged again."),
	METRIC("hadir_events_quarantined", "gauge", n_quarantined, "Events that wait for a decision."),
	METRIC("hadir_alarms_open", "gauge", n_alarms, "Alarms that nobody has dealt with."),
	METRIC("hadir_enrolments_open", "gauge", n_enrolments, "Enrolments under way."),
	METRIC("hadir_terminals", "gauge", n_terminals, "Terminals in service."),
	METRIC("hadir_terminals_connected", "gauge", n_connected, "Terminals that are connected."),
	METRIC("hadir_terminals_backlog", "gauge", n_backlog, "Events that terminals still hold."),
	METRIC("hadir_audit_entries_total", "counter", n_audit, "Rows of the audit log."),
#undef METRIC
};

static void add_metric(GString *text, const char *name, const char *type, const char *help,
					   gint64 value)
{
	g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n%s %" G_GINT64_FORMAT "\n", name,
						   help, name, type, name, value);
}

Response *api_metrics(Call *call, GError **error)
{
	BoardFigures figures;
	if (!board_figures(call->web->sql, &figures, error))
		return NULL;
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++)
		add_metric(text, metrics[i].name, metrics[i].type, metrics[i].help,
				   G_STRUCT_MEMBER(gint64, &figures, metrics[i].offset));
	add_metric(text, "hadir_boards_live", "gauge", "Live boards that are watched.",
			   (gint64)live_hub_n_listeners(call->web->live));
	return response_new(200, "text/plain; version=0.0.4; charset=utf-8",
						g_string_free_to_bytes(text));
}

Response *api_description(Call *call, GError **error)
{
	(void)error;
	const Asset *asset = assets_get(call->web->assets, "openapi.yaml");
	return response_new(200, asset->content_type, g_bytes_ref(asset->body));
}

Response *serve_asset(Call *call, GError **error)
{
	(void)error;
	const Asset *asset = assets_find(call->web->assets, call->params[0]);
	if (asset == NULL)
		return problem_for(call, 404, NULL);
	Response *response = response_new(200, asset->content_type, g_bytes_ref(asset->body));
	response->keep = TRUE;
	return response;
}
