/*
 * Many browsers in one process: requests over kept connections of 127.0.0.1, each connection one at a
 * time, and how long each answer took.  It costs far less than what it asks for.
 */
#pragma once

#include <glib.h>

/* The n-th request, whole (transfer full). */
typedef char *(*WebClientMake)(guint n, gpointer user);

typedef struct {
	guint16 port;
	guint n_connections;
	guint n_requests; /* 0: until `until_fd` can be read */
	int until_fd;
	guint status; /* what an answer must have; another ends the program */
	WebClientMake make;
	gpointer user;
} WebClientPlan;

typedef struct {
	double seconds;
	double *took_s; /* of each answer, sorted */
	guint n;
} WebClientResult;

void web_client_run(const WebClientPlan *plan, WebClientResult *out);
void web_client_clear(WebClientResult *result);
double web_client_rate(const WebClientResult *result);
/* Milliseconds; share 0 … 1. */
double web_client_quantile(const WebClientResult *result, double share);

/* Opens a connection, sends the request and reads until the answer has begun; the socket, left open. */
int web_client_open(guint16 port, const char *request);
