/*
 * The connection to the broker: one attempt, one connection, until it ends.  Who wants another
 * opens another: back-off is the caller's.
 *
 * A driver is one struct of functions.  Callbacks come from the default main context, never before
 * open() has returned and never after free() has been called.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *host;
	guint16 port;
	const char *client_id;
	const char *anchors_file;  /* PEM: whom the broker's certificate may come from */
	const char *identity_file; /* PEM: our certificate, its chain, and the key */
	gint64 check_ms;           /* check the broker's certificate at this UTC ms; 0: now */
	const char *subscribe;     /* one filter, QoS 1 */
	const char *will_topic;    /* NULL: no will */
	const guint8 *will;
	gsize will_size;
} LinkOptions;

typedef struct {
	/* TRUE once, when connected and subscribed; FALSE at the end, with why.  After FALSE nothing
	 * more comes. */
	void (*state)(gboolean connected, const char *reason, gpointer user);
	/* Borrowed until it returns. */
	void (*message)(const char *topic, const guint8 *data, gsize size, gpointer user);
} LinkListener;

typedef struct {
	const char *name;
	/* Copies its options and begins to connect.  `listener` outlives it. */
	gpointer (*open)(const LinkOptions *options, const LinkListener *listener, gpointer user,
					 GError **error);
	/* QoS 1.  FALSE when not connected, or too much waits to be sent. */
	gboolean (*publish)(gpointer self, const char *topic, const guint8 *data, gsize size);
	void (*free)(gpointer self);
} LinkDriver;

/* Above this many bytes handed to publish() and not yet acknowledged it refuses. */
#define LINK_BACKLOG_MAX (8 * 1024 * 1024)

extern const LinkDriver link_mosquitto;
