/*
 * A request on its way through the routes: what a handler gets, and what it may use.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "server/web/system/access.h"
#include "server/web/assets.h"
#include "server/web/limits.h"
#include "server/web/time/live.h"
#include "server/web/request.h"
#include "server/web/web.h"
#include "server/web/worker.h"

typedef struct Call Call;
typedef struct Route Route;
typedef struct Listener Listener;
typedef struct Auditor Auditor;

struct Web {
	Sql *sql; /* reads, and changes in short transactions; of the main loop */
	char *database, *host, *certificate, *key;
	guint16 port;
	gboolean https;
	const char *cookie; /* its name */
	gint64 utc_offset_min;
	gint64 (*now_ms)(void);
	void (*commands)(const char *terminal, gpointer user);
	gpointer user;
	WebProve prove;
	void (*explain)(Sql *sql, gint64 utc_offset_min); /* may be NULL */
	Assets *assets;
	Limits *by_account, *by_address;
	Worker *passwords;        /* argon2id: one at a time */
	Auditor *auditor;         /* audit rows, group-committed over a connection of its own */
	LiveHub *live;            /* boards, by unit */
	LiveHub *live_enrolments; /* what is being enrolled, by unit */
	Listener *listener;
	gboolean files_confined, calls_confined; /* Landlock, seccomp */
	guint sweep;                             /* GLib source */
};

/* What a request is about; filled by the route before its rights are checked. */
typedef struct {
	gint64 person;           /* 0: nobody in particular */
	gint64 unit;             /* 0: none */
	gint64 grant;            /* under which it may be seen; 0: the scope's first */
	gint64 from_day, to_day; /* the days asked for */
	char *detail;            /* for the audit log: what else identifies it; may be NULL */
} Subject;

typedef void (*CallDone)(Call *call, gpointer user);

struct Call {
	Web *web;
	Request *request; /* owned */
	const Route *route;
	const char *params[REQUEST_SEGMENTS_MAX]; /* of {…} in the pattern, in order; borrowed */
	gint64 today;                             /* local day of the request */
	Access *access;
	Scope *scope; /* of the route's right, today */
	Subject subject;
	GArray *days; /* DaySpan: which days of the subject's person may be seen */
	json_t *body; /* routes with JSON bodies */
	Form *form;   /* routes with forms */
	Response *response;
	gboolean pending;      /* the handler answers later, with call_finish() */
	gpointer state;        /* of a handler that answers later */
	char *notify_terminal; /* tell core after the commit */
	CallDone done;
	gpointer done_user;
};

void call_free(Call *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_free)

/* For handlers that set `pending`: takes the response and goes on to the audit log and out. */
void call_finish(Call *call, Response *response);

/* ── helpers of handlers ── */

Response *call_html(GBytes *page);
/* Takes `body`. */
Response *call_json(guint status, json_t *body);
/* Server-sent events of the subject's unit. */
Response *call_live(const Call *call, LiveHub *hub);
const char *call_query(const Call *call, const char *name);
