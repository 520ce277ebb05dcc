/*
 * Thousands of connections to the broker in one thread: libmosquitto's clients, whose sockets one epoll
 * loop serves.  A link may be opened again and again; each time it is a new client, as a terminal's is.
 *
 *   IDLE ──open──> WAITING ──a place is free──> CONNECTING ──SUBACK──> UP
 *     ^                                             │                   │
 *     └─────────── down (refused, lost, dropped) ───┴───────────────────┘
 */
#pragma once

#include <glib.h>

#include "protocol/ids.h"
#include "server/crypto_openssl.h"

/* So many handshakes at a time: below the broker's listen backlog of 100, where connecting never waits. */
#define FLEET_CONNECTING_MAX 64

typedef struct FleetLoop FleetLoop;
typedef struct FleetLink FleetLink;

typedef struct {
	void (*up)(gpointer user); /* subscribed */
	void (*down)(
		gpointer user); /* from any state but IDLE; it may be opened again, not from here */
	void (*message)(const char *topic, Slice payload, gpointer user);
} FleetListener;

typedef struct {
	const char *name; /* the client's id */
	const char *host;
	int port;
	const char *anchors; /* PEM file */
	const char *filter;  /* subscribed; NULL: nothing, up comes with the CONNACK */
	const char *will_topic;
} FleetLinkConfig;

FleetLoop *fleet_loop_new(void);
void fleet_loop_free(FleetLoop *loop);
/* Serves what is ready, waits at most so long for the first. */
void fleet_loop_step(FleetLoop *loop, int timeout_ms);
guint fleet_loop_n_up(const FleetLoop *loop);

/* Strings are copied; `listener` outlives it. */
FleetLink *fleet_link_new(FleetLoop *loop, const FleetLinkConfig *config,
						  const FleetListener *listener, gpointer user);
void fleet_link_free(FleetLink *link);
/* The certificate and key to show from the next connection on; FALSE: they do not fit together. */
gboolean fleet_link_identity(FleetLink *link, const char *certificate_pem, const ServerKey *key);
/* `will`: its bytes (transfer full); NULL: none. */
void fleet_link_open(FleetLink *link, GBytes *will);
gboolean fleet_link_is_up(const FleetLink *link);
gboolean fleet_link_is_idle(const FleetLink *link);
/* Cuts the connection without a word, as a network does; `down` is not called. */
void fleet_link_drop(FleetLink *link);
/* QoS 1. FALSE: not up. */
gboolean fleet_link_publish(FleetLink *link, const char *topic, gconstpointer data, gsize size);
/* Published and not acknowledged by the broker. */
guint fleet_link_n_unacknowledged(const FleetLink *link);

/* TLS alone, with the same identities: each connects to the port, does the handshake and closes.
 * Seconds for all; negative: one failed. */
double fleet_link_handshakes(FleetLink *const *links, guint n);
