/*
 * One request and its answer, apart from the library that carries them: what the listener fills in,
 * what a handler reads, and what it gives back.
 */
#pragma once

#include <glib.h>

#include "server/web/form.h"

#define REQUEST_TARGET_MAX 2048 /* bytes of path and query */
#define REQUEST_BODY_MAX (64 * 1024)
#define REQUEST_SEGMENTS_MAX 8

typedef struct {
	guint status;              /* HTTP */
	const char *content_type;  /* literal; NULL without body */
	GBytes *body;              /* may be NULL */
	GPtrArray *headers;        /* name, value, name, value …; owned */
	gboolean keep;             /* the body never changes: may be cached for a year */
	struct LiveListener *live; /* server-sent events instead of a body; owned */
} Response;

Response *response_new(guint status, const char *content_type, GBytes *body);
/* 303 See Other. */
Response *response_redirect(const char *location);
void response_header(Response *response, const char *name, const char *value);
/* The value of a header; NULL when it is not there. */
const char *response_get_header(const Response *response, const char *name);
void response_free(Response *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Response, response_free)

/* The headers we look at; a request that sends one of them twice is refused. */
typedef enum {
	HEADER_ACCEPT,
	HEADER_AUTHORIZATION,
	HEADER_CONTENT_TYPE,
	HEADER_COOKIE,
	HEADER_HOST,
	HEADER_IDEMPOTENCY_KEY,
	HEADER_IF_NONE_MATCH,
	HEADER_ORIGIN,
	HEADER_SEC_FETCH_SITE,
	HEADER_X_FORWARDED_FOR,
	N_HEADERS,
} RequestHeader;

/* "Accept"; static. */
const char *request_header_name(RequestHeader header);

typedef struct {
	char *method;                         /* GET, HEAD, POST … */
	char *path;                           /* as sent, without the query */
	char *segments[REQUEST_SEGMENTS_MAX]; /* decoded parts between the slashes */
	gsize n_segments;
	Form *query;
	char *headers[N_HEADERS]; /* NULL: not sent */
	GByteArray *body;
	gboolean body_too_large;
	char *address; /* of the client, for rate limit and audit */
	gint64 now_ms;
} Request;

/* NULL when the target is no path of ours can be: too long, not percent-encoded UTF-8, too deep,
 * a form error in the query. */
Request *request_new(const char *method, const char *target, gint64 now_ms);
void request_free(Request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

/* FALSE when the header came before. `name` in any case; others are ignored. */
gboolean request_add_header(Request *request, const char *name, const char *value);
/* The value of a cookie (transfer full); NULL when it is not there. */
char *request_cookie(const Request *request, const char *name);
/* The token of "Authorization: Bearer …" (borrowed); NULL when there is none. */
const char *request_bearer(const Request *request);
/* The body as a form; NULL when it is none. */
Form *request_form(const Request *request);
gboolean request_is(const Request *request, const char *method);
/* Is the path below /api? Such clients get problem documents. */
gboolean request_is_api(const Request *request);
