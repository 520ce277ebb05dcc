#include "server/web/routes.h"

#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/system/audit_log.h"
#include "server/web/system/audit.h"
#include "server/web/problem.h"
#include "server/web/words.h"

/* ── finding the route ── */

static gboolean matches(const char *pattern, const Request *request, const char **params)
{
	gsize at = 0, n_params = 0;
	while (*pattern == '/' && pattern[1] != '\0') {
		pattern++;
		gsize size = strcspn(pattern, "/");
		if (at == request->n_segments)
			return FALSE;
		const char *segment = request->segments[at++];
		if (pattern[0] == '{')
			params[n_params++] = segment;
		else if (strlen(segment) != size || strncmp(segment, pattern, size) != 0)
			return FALSE;
		pattern += size;
	}
	return at == request->n_segments;
}

const Route *routes_find(const Request *request, const char **params, gboolean *other_method)
{
	*other_method = FALSE;
	for (gsize i = 0; i < n_routes; i++) {
		if (!matches(routes[i].pattern, request, params))
			continue;
		if (request_is(request, routes[i].method))
			return &routes[i];
		*other_method = TRUE;
	}
	return NULL;
}

/* ── letting it through; each step gives NULL or the answer that refuses ── */

static Response *refuse_nobody(const Call *call)
{
	if (request_is_api(call->request) || call->access->bad_token) {
		Response *response = problem_new(401, "send a bearer token that is in force");
		response_header(response, "WWW-Authenticate",
						call->access->bad_token ? "Bearer error=\"invalid_token\"" : "Bearer");
		return response;
	}
	if (!request_is(call->request, "GET"))
		return response_redirect("/masuk");
	g_autofree char *escaped = g_uri_escape_string(call->request->path, NULL, FALSE);
	g_autofree char *location = g_strconcat("/masuk?lanjut=", escaped, NULL);
	return response_redirect(location);
}

/* The password alone opens nothing that the second factor guards. */
static Response *check_second(const Call *call)
{
	const Access *access = call->access;
	int flags = call->route->flags;
	if (!access->second_due || (flags & ROUTE_SECOND) != 0 ||
		(access->user->one_time && (flags & ROUTE_ONE_TIME) != 0))
		return NULL;
	if (request_is_api(call->request))
		return problem_new(403, "the second factor has to be shown first");
	return response_redirect(access->second_known ? "/kode" : "/kode/pasang");
}

static Response *check_login(const Call *call)
{
	const Access *access = call->access;
	if (call->route->need == NEED_NOTHING)
		return NULL;
	if (access->kind == ACCESS_NOBODY)
		return refuse_nobody(call);
	if (access->kind == ACCESS_SESSION && access->user->one_time &&
		(call->route->flags & ROUTE_ONE_TIME) == 0)
		return request_is_api(call->request)
				   ? problem_new(403, "the one-time password has to be changed first")
				   : response_redirect("/kata-sandi");
	return check_second(call);
}

/* A page elsewhere must not make a browser send changes here. */
static Response *check_origin(const Call *call)
{
	const Request *request = call->request;
	const char *site = request->headers[HEADER_SEC_FETCH_SITE];
	const char *origin = request->headers[HEADER_ORIGIN];
	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return problem_for(call, 403, "the request comes from another site");
	if (origin == NULL)
		return NULL;
	const char *host = request->headers[HEADER_HOST];
	const char *start = strstr(origin, "://");
	if (host == NULL || start == NULL || strcmp(start + 3, host) != 0)
		return problem_for(call, 403, "the request comes from another site");
	return NULL;
}

static Response *read_form(Call *call)
{
	call->form = request_form(call->request);
	if (call->form == NULL)
		return problem_for(call, 400, "the body is no form");
	if ((call->route->flags & ROUTE_OPEN_FORM) == 0 &&
		!access_csrf_equal(call->access->csrf, form_get(call->form, "csrf")))
		return problem_for(call, 403, "the form's token does not belong to this session");
	return NULL;
}

static Response *read_json(Call *call)
{
	const char *type = call->request->headers[HEADER_CONTENT_TYPE];
	if (type == NULL || !g_str_has_prefix(type, "application/json"))
		return problem_new(415, "send application/json");
	json_error_t problem;
	call->body = json_loadb((const char *)call->request->body->data, call->request->body->len,
							JSON_REJECT_DUPLICATES, &problem);
	if (!json_is_object(call->body)) {
		g_autofree char *detail = g_strdup_printf("the body is no JSON object: %s",
												  call->body == NULL ? problem.text : "other type");
		return problem_new(400, detail);
	}
	return NULL;
}

static Response *check_change(Call *call)
{
	if (strcmp(call->route->method, "POST") != 0)
		return NULL;
	if (call->request->body_too_large)
		return problem_for(call, 413, "at most 64 KiB");
	Response *refusal = check_origin(call);
	if (refusal != NULL)
		return refusal;
	if ((call->route->flags & ROUTE_FORM) != 0)
		return read_form(call);
	/* Cookies go along by themselves: programs change things with a bearer token only. */
	if (call->access->kind != ACCESS_TOKEN)
		return problem_new(403, "changes over REST need a bearer token");
	return (call->route->flags & ROUTE_JSON) != 0 ? read_json(call) : NULL;
}

static gboolean is_own(const Call *call)
{
	const User *user = call->access->user;
	return user != NULL && user->person != 0 && user->person == call->subject.person;
}

/* For the audit log, when several grants give the right: by the person's unit on the first such day. */
static gboolean find_grant(Call *call, GError **error)
{
	Assignment at = {0};
	if (call->access->grants->len < 2)
		return TRUE;
	if (!assignments_on(call->web->sql, call->subject.person,
						g_array_index(call->days, DaySpan, 0).from_day, &at, error))
		return FALSE;
	call->subject.grant = scope_grant(call->scope, at.unit);
	return TRUE;
}

/* The days of the subject's person that may be seen; none: the person does not exist here. */
static Response *check_person(Call *call, GError **error)
{
	const Subject *subject = &call->subject;
	if ((call->route->flags & ROUTE_OWN) != 0 && is_own(call) &&
		access_has_right(call->access, RIGHT_OWN_DATA)) {
		DaySpan all = {subject->from_day, subject->to_day};
		call->days = g_array_new(FALSE, FALSE, sizeof(DaySpan));
		g_array_append_val(call->days, all);
		return NULL;
	}
	call->days = access_person_days(call->web->sql, call->access, call->route->right,
									subject->person, subject->from_day, subject->to_day, error);
	if (call->days == NULL)
		return problem_for(call, 503, NULL);
	if (call->days->len == 0)
		return problem_for(call, 404, NULL);
	if (!find_grant(call, error))
		return problem_for(call, 503, NULL);
	if ((call->route->flags & ROUTE_NOT_OWN) != 0 && is_own(call))
		return problem_for(call, 403, "nobody does this for themselves");
	return NULL;
}

static Response *check_right(Call *call, GError **error)
{
	const Route *route = call->route;
	if (route->need != NEED_RIGHT)
		return NULL;
	gboolean own =
		(route->flags & ROUTE_OWN) != 0 && access_has_right(call->access, RIGHT_OWN_DATA);
	call->scope = access_scope(call->web->sql, call->access, route->right, call->today, error);
	if (call->scope == NULL)
		return problem_for(call, 503, NULL);
	if (!access_has_right(call->access, route->right) && !own)
		return problem_for(call, 403, "no grant of this account gives the right to it");
	return NULL;
}

static Response *check_subject(Call *call, GError **error)
{
	if (call->route->subject == NULL)
		return NULL;
	call->subject.from_day = call->today;
	call->subject.to_day = call->today + 1;
	Response *refusal = call->route->subject(call, error);
	if (refusal != NULL)
		return refusal;
	if (error != NULL && *error != NULL)
		return problem_for(call, 503, NULL);
	if (call->subject.person != 0)
		return check_person(call, error);
	if (call->subject.unit != 0 && !scope_has(call->scope, call->subject.unit))
		return problem_for(call, 404, NULL);
	return NULL;
}

static Response *let_through(Call *call, GError **error)
{
	Response *refusal = check_login(call);
	if (refusal == NULL)
		refusal = check_change(call);
	if (refusal == NULL)
		refusal = check_right(call, error);
	if (refusal == NULL)
		refusal = check_subject(call, error);
	return refusal;
}

/* ── handling ── */

/* Runs the handler of a change and its row of the audit log in one transaction. */
static Response *change(Call *call, GError **error)
{
	Sql *sql = call->web->sql;
	if ((call->route->flags & ROUTE_LATER) != 0)
		return call->route->handler(call, error);
	if (!audit_change_begin(sql, error))
		return NULL;
	g_autoptr(Response) response = call->route->handler(call, error);
	if (response == NULL || response->status >= 400) {
		audit_change_rollback(sql);
		return g_steal_pointer(&response);
	}
	AuditEntry entry = audit_entry(call);
	if (!audit_change_commit(sql, &entry, error))
		return NULL;
	if (call->notify_terminal != NULL && call->web->commands != NULL)
		call->web->commands(call->notify_terminal, call->web->user);
	if (call->route->right == RIGHT_ENROL)
		web_enrolment_changed(call->web);
	return g_steal_pointer(&response);
}

static void touch_session(const Call *call)
{
	const Access *access = call->access;
	if (access->kind == ACCESS_SESSION &&
		call->request->now_ms - access->session.used_ms >= SESSION_TOUCH_MS)
		audit_touch_session(call);
}

static void answer(Call *call, GError **error)
{
	touch_session(call);
	Response *response = let_through(call, error);
	gboolean reads = FALSE;
	if (response == NULL) {
		reads = strcmp(call->route->method, "GET") == 0;
		response = reads ? call->route->handler(call, error) : change(call, error);
		if (call->pending)
			return;
	}
	if (response == NULL)
		response = problem_for(call, 503, NULL);
	call->response = response;
	if (reads && response->status < 400 && call->route->action != NULL && !is_own(call))
		audit_read(call);
	else
		call->done(call, call->done_user);
}

void call_finish(Call *call, Response *response)
{
	call->pending = FALSE;
	call->response = response;
	call->done(call, call->done_user);
}

void routes_dispatch(Web *web, Request *request, CallDone done, gpointer user)
{
	g_autoptr(GError) error = NULL;
	Call *call = g_new0(Call, 1);
	call->web = web;
	call->request = request;
	call->done = done;
	call->done_user = user;
	call->today = words_day(request->now_ms, web->utc_offset_min);
	gboolean other_method;
	call->route = routes_find(request, call->params, &other_method);
	call->access = access_identify(web->sql, request, web->cookie, call->today, &error);
	if (call->access != NULL && call->route != NULL) {
		answer(call, &error);
	} else {
		guint status = call->access == NULL ? 503 : other_method ? 405 : 404;
		call_finish(call, problem_for(call, status, NULL));
	}
	if (error != NULL)
		g_warning("%s %s: %s", request->method, request->path, error->message);
}
