/*
 * The one table of routes, and the one place where a request is let through: who asks, whether the
 * route's right is theirs, over which units, and whether the person or unit asked about is within
 * (otherwise it does not exist for them: 404).  Changes run in one transaction with their row of
 * the audit log; reads of other people's data are in the log before they are sent.
 */
#pragma once

#include "server/web/call.h"

typedef enum {
	NEED_NOTHING, /* anybody */
	NEED_LOGIN,   /* whoever has proved who they are */
	NEED_RIGHT,   /* the route's right */
} RouteNeed;

typedef enum {
	ROUTE_OWN = 1 << 0,       /* also for the account's own person, with RIGHT_OWN_DATA */
	ROUTE_NOT_OWN = 1 << 1,   /* never for the account's own person */
	ROUTE_ONE_TIME = 1 << 2,  /* open while the one-time password is not yet changed */
	ROUTE_JSON = 1 << 3,      /* takes a JSON body */
	ROUTE_FORM = 1 << 4,      /* takes a form */
	ROUTE_OPEN_FORM = 1 << 5, /* a form without session: no CSRF token, the origin alone counts */
	ROUTE_SECOND = 1 << 7,    /* open while the second factor is still to be shown */
	ROUTE_LATER = 1 << 6,     /* answers later, makes its own transaction and row */
} RouteFlags;

/* NULL with `error` unset when `call->pending`. */
typedef Response *(*RouteHandler)(Call *call, GError **error);
/* Fills call->subject; NULL, or the answer that refuses it. */
typedef Response *(*RouteSubject)(Call *call, GError **error);

struct Route {
	const char *method, *pattern; /* "/api/v1/people/{id}/days" */
	RouteNeed need;
	Right right;
	int flags;
	const char *action;   /* of the audit log; NULL: touches nobody's data */
	RouteSubject subject; /* NULL: about nobody in particular */
	RouteHandler handler;
};

extern const Route routes[];
extern const gsize n_routes;

/* Takes `request`; calls `done` once, perhaps before it returns, with call->response set; `done`
 * frees the call. */
void routes_dispatch(Web *web, Request *request, CallDone done, gpointer user);

/* The route of a method and path; its parameters into `params`. NULL: none; then *other_method says
 * whether another method has one. */
const Route *routes_find(const Request *request, const char **params, gboolean *other_method);
