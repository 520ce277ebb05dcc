#include "server/web/system/audit.h"

#include "server/web/problem.h"
#include "server/web/routes.h"

#define CALLS_MAX 1000
#define CALLS_PER_COMMIT 100

struct Auditor {
	Sql *sql; /* the thread's */
	Worker *worker;
};

/* A call that waits for its row, whose texts are the call's; or, without a call, a session that is
 * in use. */
typedef struct {
	Call *call;
	AuditEntry entry;
	gboolean stored;
	Session session;
	gint64 now_ms;
} Waiting;

static gint64 grant_of(const Call *call)
{
	if (call->scope == NULL)
		return 0;
	return call->subject.grant != 0 ? call->subject.grant
									: scope_grant(call->scope, call->subject.unit);
}

AuditEntry audit_entry(const Call *call)
{
	return (AuditEntry){
		.at_ms = call->request->now_ms,
		.account = call->access->user == NULL ? 0 : call->access->user->id,
		.grant = grant_of(call),
		.action = call->route->action,
		.person = call->subject.person,
		.unit = call->subject.unit,
		.detail = call->subject.detail,
		.address = call->request->address,
	};
}

/* In the thread, as what follows to on_run(). A mark of use that is lost costs a log-in. */
static void touch(Sql *sql, const Waiting *waiting)
{
	g_autoptr(GError) error = NULL;
	if (!sessions_touch(sql, &waiting->session, waiting->now_ms, &error))
		g_warning("marking a session as used: %s", error->message);
}

static void on_run(gpointer *items, gsize n, gpointer user)
{
	Auditor *auditor = user;
	g_autofree AuditEntry *entries = g_new(AuditEntry, n);
	g_autoptr(GError) error = NULL;
	gsize n_entries = 0;
	for (gsize i = 0; i < n; i++) {
		const Waiting *waiting = items[i];
		if (waiting->call == NULL)
			touch(auditor->sql, waiting);
		else
			entries[n_entries++] = waiting->entry;
	}
	gboolean stored =
		n_entries == 0 || audit_log_append_all(auditor->sql, entries, n_entries, &error);
	if (!stored)
		g_warning("%s; %zu answers are withheld", error->message, n_entries);
	for (gsize i = 0; i < n; i++)
		((Waiting *)items[i])->stored = stored;
}

static void done(gpointer item, gpointer user)
{
	(void)user;
	g_autofree Waiting *waiting = item;
	Call *call = waiting->call;
	if (call == NULL)
		return;
	Response *response = g_steal_pointer(&call->response);
	if (!waiting->stored) {
		response_free(response);
		response = problem_for(call, 503, NULL);
	}
	call_finish(call, response);
}

/* At the end of the program: no row was promised, so there is no answer. */
static void free_waiting(gpointer item)
{
	((Waiting *)item)->stored = FALSE;
	done(item, NULL);
}

Auditor *auditor_new(const char *database, GError **error)
{
	Auditor *auditor = g_new0(Auditor, 1);
	auditor->sql = sql_open(database, error);
	if (auditor->sql == NULL) {
		g_free(auditor);
		return NULL;
	}
	auditor->worker =
		worker_new("auditor", CALLS_MAX, CALLS_PER_COMMIT, on_run, done, free_waiting, auditor);
	return auditor;
}

void auditor_free(Auditor *auditor)
{
	if (auditor == NULL)
		return;
	worker_free(auditor->worker);
	sql_close(auditor->sql);
	g_free(auditor);
}

void audit_touch_session(const Call *call)
{
	Waiting *waiting = g_new0(Waiting, 1);
	waiting->session = call->access->session;
	waiting->now_ms = call->request->now_ms;
	if (!worker_push(call->web->auditor->worker, waiting))
		g_free(waiting);
}

void audit_read(Call *call)
{
	Waiting *waiting = g_new0(Waiting, 1);
	waiting->call = call;
	waiting->entry = audit_entry(call);
	call->pending = TRUE;
	if (worker_push(call->web->auditor->worker, waiting))
		return;
	g_free(waiting);
	response_free(call->response);
	call_finish(call, problem_for(call, 503, NULL));
}
