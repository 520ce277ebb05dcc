/*
 * The connection to the broker: libmosquitto in a thread of its own (an external loop with TLS has
 * a known open problem), handing what it gets to the main loop.  Reconnects by itself.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *host;
	int port;
	const char *anchors; /* PEM files */
	const char *certificate;
	const char *key;
	const char *const *topics; /* NULL-terminated filters, subscribed at every connect */
	/* In the main loop, never before link_new() has returned. */
	void (*connected)(gboolean connected, gpointer user);
	void (*received)(const char *topic, GBytes *message, gpointer user);
	gpointer user;
} LinkConfig;

typedef struct Link Link;

/* Starts to connect; strings are copied. NULL: a file cannot be used. */
Link *link_new(const LinkConfig *config, GError **error);
void link_free(Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

/* QoS 1, not retained. FALSE: not connected, or no memory.  Proves nothing. */
gboolean link_publish(Link *link, const char *topic, gconstpointer data, gsize size);
/* Messages dropped because the main loop did not keep up; terminals send them again. */
guint64 link_n_dropped(Link *link);
