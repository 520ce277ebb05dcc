#include "server/link_mosquitto.h"

#include <errno.h>
#include <pthread.h>

#include <mosquitto.h>

#include "protocol/process/handover.h"

#define KEEPALIVE_S 30
#define QUEUE_MAX 4096
#define RECONNECT_MIN_MS 500
#define RECONNECT_MAX_MS 8000
#define LOOP_MS 100 /* how long stopping may wait */

struct Link {
	LinkConfig config;
	char *host;
	char **topics;
	struct mosquitto *mosquitto;
	Handover *handover;
	pthread_t thread;
	gboolean started;
	gint stopping; /* atomic, as the next two */
	gint is_connected;
	gint n_dropped;
};

typedef struct {
	char *topic; /* NULL: the connection came or went */
	GBytes *message;
	gboolean connected;
} Item;

static void item_free(gpointer data)
{
	Item *item = data;
	g_free(item->topic);
	g_clear_pointer(&item->message, g_bytes_unref);
	g_free(item);
}

static void push(Link *link, Item *item)
{
	if (handover_push(link->handover, item))
		return;
	g_atomic_int_inc(&link->n_dropped);
	item_free(item);
}

/* ── on the connection's thread ── */

static void on_connect(struct mosquitto *mosquitto, void *user, int code)
{
	Link *link = user;
	if (code != 0)
		return;
	for (gsize i = 0; link->topics[i] != NULL; i++)
		mosquitto_subscribe(mosquitto, NULL, link->topics[i], 1);
	g_atomic_int_set(&link->is_connected, TRUE);
	Item *item = g_new0(Item, 1);
	item->connected = TRUE;
	push(link, item);
}

static void on_disconnect(struct mosquitto *mosquitto, void *user, int code)
{
	Link *link = user;
	(void)mosquitto, (void)code;
	g_atomic_int_set(&link->is_connected, FALSE);
	push(link, g_new0(Item, 1));
}

static void on_message(struct mosquitto *mosquitto, void *user,
					   const struct mosquitto_message *message)
{
	(void)mosquitto;
	Item *item = g_new0(Item, 1);
	item->topic = g_strdup(message->topic);
	item->message = g_bytes_new(message->payload, (gsize)message->payloadlen);
	push(user, item);
}

/* ── in the main loop ── */

static void on_item(gpointer data, gpointer user)
{
	Link *link = user;
	Item *item = data;
	if (item->topic != NULL) {
		link->config.received(item->topic, item->message, link->config.user);
	} else {
		link->config.connected(item->connected, link->config.user);
	}
	item_free(item);
}

static gboolean check(int code, const char *what, GError **error)
{
	if (code == MOSQ_ERR_SUCCESS)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", what, mosquitto_strerror(code));
	return FALSE;
}

/* ── the connection's thread ──
 *
 * libmosquitto's own thread ends for good at an error of TLS or of the protocol, which any stranger
 * between us and the broker can cause; ours connects again whatever the error was. */

/* In steps, so that stopping does not wait for it. */
static void wait_before_next(Link *link, guint pause_ms)
{
	for (guint waited = 0; waited < pause_ms && !g_atomic_int_get(&link->stopping);
		 waited += LOOP_MS)
		g_usleep(LOOP_MS * 1000);
}

static void *run(void *user)
{
	Link *link = user;
	guint pause_ms = RECONNECT_MIN_MS;

	while (!g_atomic_int_get(&link->stopping)) {
		gboolean was_connected = FALSE;
		int code = mosquitto_connect(link->mosquitto, link->host, link->config.port, KEEPALIVE_S);

		while (code == MOSQ_ERR_SUCCESS && !g_atomic_int_get(&link->stopping)) {
			code = mosquitto_loop(link->mosquitto, LOOP_MS, 1);
			was_connected |= g_atomic_int_get(&link->is_connected);
		}
		if (g_atomic_int_get(&link->stopping))
			break;
		if (was_connected)
			pause_ms = RECONNECT_MIN_MS;
		g_message("broker %s:%d: %s", link->host, link->config.port,
				  code == MOSQ_ERR_ERRNO ? g_strerror(errno) : mosquitto_strerror(code));
		wait_before_next(link, (guint)g_random_int_range((gint)pause_ms / 2, (gint)pause_ms + 1));
		pause_ms = MIN(2 * pause_ms, RECONNECT_MAX_MS);
	}
	return NULL;
}

static gboolean set_up(Link *link, const LinkConfig *config, GError **error)
{
	struct mosquitto *mosquitto = link->mosquitto;
	mosquitto_connect_callback_set(mosquitto, on_connect);
	mosquitto_disconnect_callback_set(mosquitto, on_disconnect);
	mosquitto_message_callback_set(mosquitto, on_message);
	mosquitto_threaded_set(mosquitto, true);
	if (!check(mosquitto_tls_set(mosquitto, config->anchors, NULL, config->certificate, config->key,
								 NULL),
			   "the certificate files", error) ||
		!check(mosquitto_tls_opts_set(mosquitto, 1, "tlsv1.3", NULL), "TLS 1.3", error) ||
		!check(mosquitto_int_option(mosquitto, MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY", error))
		return FALSE;
	int code = pthread_create(&link->thread, NULL, run, link);
	if (code != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the network thread: %s",
					g_strerror(code));
		return FALSE;
	}
	link->started = TRUE;
	return TRUE;
}

Link *link_new(const LinkConfig *config, GError **error)
{
	mosquitto_lib_init();
	g_autoptr(Link) link = g_new0(Link, 1);
	link->config = *config;
	link->host = g_strdup(config->host);
	link->topics = g_strdupv((char **)config->topics);
	link->handover = handover_new(QUEUE_MAX, on_item, item_free, link);
	link->mosquitto = mosquitto_new(NULL, true, link);
	if (link->mosquitto == NULL)
		g_error("out of memory");
	if (!set_up(link, config, error)) {
		g_prefix_error(error, "broker %s:%d: ", config->host, config->port);
		return NULL;
	}
	return g_steal_pointer(&link);
}

void link_free(Link *link)
{
	if (link == NULL)
		return;
	if (link->started) {
		g_atomic_int_set(&link->stopping, TRUE);
		mosquitto_disconnect(link->mosquitto);
		pthread_join(link->thread, NULL);
	}
	mosquitto_destroy(link->mosquitto);
	handover_free(link->handover);
	g_strfreev(link->topics);
	g_free(link->host);
	g_free(link);
	mosquitto_lib_cleanup();
}

gboolean link_publish(Link *link, const char *topic, gconstpointer data, gsize size)
{
	return g_atomic_int_get(&link->is_connected) && size <= G_MAXINT &&
		   mosquitto_publish(link->mosquitto, NULL, topic, (int)size, data, 1, false) ==
			   MOSQ_ERR_SUCCESS;
}

guint64 link_n_dropped(Link *link)
{
	return (guint64)g_atomic_int_get(&link->n_dropped);
}
