/*
 * hal/link.h over libmosquitto.  One thread per connection connects, runs mosquitto_loop() and
 * hands what comes to the main loop; libmosquitto's own reconnecting is not used.
 *
 * A thread that hangs in connect() is not waited for: link and thread share the struct, and the
 * last one frees it.
 */
#include "firmware/hal/link.h"

#include <errno.h>
#include <gio/gio.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include <mosquitto.h>
#include <openssl/ssl.h>

#include "protocol/process/handover.h"

#define KEEPALIVE_S 30
#define LOOP_MS 500
#define JOIN_S 2
#define HANDOVER_MAX 256

typedef struct {
	enum { ITEM_UP, ITEM_DOWN, ITEM_MESSAGE } kind;
	char *text; /* topic, or why it is down */
	guint8 *data;
	gsize size;
} Item;

typedef struct {
	/* The main thread's. */
	const LinkListener *listener;
	gpointer user;
	gboolean up;
	pthread_t thread;
	/* Set before the thread starts, constant since. */
	struct mosquitto *mosquitto;
	char *host, *subscribe;
	int port;
	/* Under the mutex. */
	pthread_mutex_t mutex;
	Handover *handover;         /* NULL: the link was freed, nobody listens */
	int n_owners;               /* link and thread */
	GHashTable *unacknowledged; /* message id → size + 1; 1: acknowledged before it was entered */
	gsize backlog;
	char *refusal; /* what the broker's CONNACK said */
} Link;

static void item_free(gpointer data)
{
	Item *item = data;

	g_free(item->text);
	g_free(item->data);
	g_free(item);
}

static void link_unref(Link *link)
{
	gboolean last;

	pthread_mutex_lock(&link->mutex);
	last = --link->n_owners == 0;
	pthread_mutex_unlock(&link->mutex);
	if (!last)
		return;
	mosquitto_destroy(link->mosquitto);
	pthread_mutex_destroy(&link->mutex);
	g_hash_table_destroy(link->unacknowledged);
	g_free(link->refusal);
	g_free(link->host);
	g_free(link->subscribe);
	g_free(link);
}

/* ── the connection's thread ── */

static void push(Link *link, Item *item)
{
	gboolean pushed;

	pthread_mutex_lock(&link->mutex);
	pushed = link->handover != NULL && handover_push(link->handover, item);
	pthread_mutex_unlock(&link->mutex);
	if (!pushed) /* the server repeats what is not answered */
		item_free(item);
}

static gboolean is_wanted(Link *link)
{
	gboolean wanted;

	pthread_mutex_lock(&link->mutex);
	wanted = link->handover != NULL;
	pthread_mutex_unlock(&link->mutex);
	return wanted;
}

static void on_connect(struct mosquitto *mosquitto, void *user, int result)
{
	Link *link = user;

	if (result == 0) {
		mosquitto_subscribe(mosquitto, NULL, link->subscribe, 1);
		return;
	}
	pthread_mutex_lock(&link->mutex);
	g_free(link->refusal);
	link->refusal = g_strdup(mosquitto_connack_string(result));
	pthread_mutex_unlock(&link->mutex);
	mosquitto_disconnect(mosquitto);
}

static void on_subscribe(struct mosquitto *mosquitto, void *user, int id, int n, const int *qos)
{
	Item *item = g_new0(Item, 1);

	(void)mosquitto;
	(void)id;
	(void)n;
	(void)qos; /* a broker says "granted" for what it denies, too */
	item->kind = ITEM_UP;
	push(user, item);
}

static void on_message(struct mosquitto *mosquitto, void *user,
					   const struct mosquitto_message *message)
{
	Item *item;

	(void)mosquitto;
	if (message->payloadlen < 0)
		return;
	item = g_new0(Item, 1);
	item->kind = ITEM_MESSAGE;
	item->text = g_strdup(message->topic);
	item->size = (gsize)message->payloadlen;
	item->data = g_memdup2(message->payload, item->size);
	push(user, item);
}

/* Called by both threads, in either order: whoever comes second settles the account. */
static void account(Link *link, int id, gsize entry)
{
	gsize known;

	pthread_mutex_lock(&link->mutex);
	known = GPOINTER_TO_SIZE(g_hash_table_lookup(link->unacknowledged, GINT_TO_POINTER(id)));
	if (known == 0) {
		g_hash_table_insert(link->unacknowledged, GINT_TO_POINTER(id), GSIZE_TO_POINTER(entry));
		link->backlog += entry - 1;
	} else {
		g_hash_table_remove(link->unacknowledged, GINT_TO_POINTER(id));
		link->backlog -= known - 1;
	}
	pthread_mutex_unlock(&link->mutex);
}

static void on_publish(struct mosquitto *mosquitto, void *user, int id)
{
	(void)mosquitto;
	account(user, id, 1);
}

static char *reason_of(Link *link, int result, int error_number)
{
	char *reason;

	pthread_mutex_lock(&link->mutex);
	if (link->refusal != NULL)
		reason = g_strdup(link->refusal);
	else if (result == MOSQ_ERR_ERRNO)
		reason = g_strdup(g_strerror(error_number));
	else
		reason = g_strdup(mosquitto_strerror(result));
	pthread_mutex_unlock(&link->mutex);
	return reason;
}

static void *run(void *user)
{
	Link *link = user;
	Item *item;
	int result = mosquitto_connect(link->mosquitto, link->host, link->port, KEEPALIVE_S);

	while (result == MOSQ_ERR_SUCCESS && is_wanted(link))
		result = mosquitto_loop(link->mosquitto, LOOP_MS, 1);
	item = g_new0(Item, 1);
	item->kind = ITEM_DOWN;
	item->text = reason_of(link, result, errno);
	push(link, item);
	link_unref(link);
	return NULL;
}

/* ── the main loop's side ── */

static void received(gpointer data, gpointer user)
{
	g_autofree Item *item = data;
	g_autofree char *text = item->text;
	g_autofree guint8 *bytes = item->data;
	Link *link = user;

	switch (item->kind) {
	case ITEM_UP:
		if (!link->up)
			link->listener->state(link->up = TRUE, NULL, link->user);
		break;
	case ITEM_DOWN:
		link->up = FALSE;
		link->listener->state(FALSE, text, link->user);
		break;
	case ITEM_MESSAGE:
		link->listener->message(text, bytes, item->size, link->user);
		break;
	default:
		g_assert_not_reached();
	}
}

/* The broker's certificate must name the host we dialled. */
static gboolean expect_host(SSL_CTX *context, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);

	return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 ||
		   X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

/* All of TLS is ours: libmosquitto's defaults know no time of checking, and 2.0.11 cannot combine
 * them with a context of the caller's. */
static SSL_CTX *tls_context(const LinkOptions *options)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL)
		return NULL;
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (options->check_ms > 0)
		X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), (time_t)(options->check_ms / 1000));
	if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
		SSL_CTX_load_verify_locations(context, options->anchors_file, NULL) == 1 &&
		SSL_CTX_use_certificate_chain_file(context, options->identity_file) == 1 &&
		SSL_CTX_use_PrivateKey_file(context, options->identity_file, SSL_FILETYPE_PEM) == 1 &&
		SSL_CTX_check_private_key(context) == 1 && expect_host(context, options->host))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

static int configure(struct mosquitto *mosquitto, const LinkOptions *options)
{
	SSL_CTX *context = tls_context(options);
	int result = context == NULL ? MOSQ_ERR_TLS : MOSQ_ERR_SUCCESS;

	mosquitto_threaded_set(mosquitto, true);
	if (result == MOSQ_ERR_SUCCESS)
		result = mosquitto_void_option(mosquitto, MOSQ_OPT_SSL_CTX, context);
	SSL_CTX_free(context); /* it has its own reference */
	if (result == MOSQ_ERR_SUCCESS)
		result = mosquitto_int_option(mosquitto, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
	if (result == MOSQ_ERR_SUCCESS)
		result = mosquitto_int_option(mosquitto, MOSQ_OPT_TCP_NODELAY, 1);
	if (result == MOSQ_ERR_SUCCESS && options->will_topic != NULL)
		result = mosquitto_will_set(mosquitto, options->will_topic, (int)options->will_size,
									options->will, 1, false);
	return result;
}

static Link *link_new(const LinkOptions *options, int *result)
{
	Link *link = g_new0(Link, 1);

	pthread_mutex_init(&link->mutex, NULL);
	link->unacknowledged = g_hash_table_new(NULL, NULL);
	link->host = g_strdup(options->host);
	link->port = options->port;
	link->subscribe = g_strdup(options->subscribe);
	link->n_owners = 1;
	link->mosquitto = mosquitto_new(options->client_id, true, link);
	*result = link->mosquitto == NULL ? MOSQ_ERR_NOMEM : configure(link->mosquitto, options);
	if (*result != MOSQ_ERR_SUCCESS)
		return link;
	mosquitto_connect_callback_set(link->mosquitto, on_connect);
	mosquitto_subscribe_callback_set(link->mosquitto, on_subscribe);
	mosquitto_message_callback_set(link->mosquitto, on_message);
	mosquitto_publish_callback_set(link->mosquitto, on_publish);
	return link;
}

static gpointer open_link(const LinkOptions *options, const LinkListener *listener, gpointer user,
						  GError **error)
{
	Link *link;
	int result;

	mosquitto_lib_init();
	link = link_new(options, &result);
	if (result != MOSQ_ERR_SUCCESS) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "link to %s:%u: %s", options->host,
					options->port, mosquitto_strerror(result));
		link_unref(link);
		return NULL;
	}
	link->listener = listener;
	link->user = user;
	link->handover = handover_new(HANDOVER_MAX, received, item_free, link);
	link->n_owners = 2;
	result = pthread_create(&link->thread, NULL, run, link);
	if (result == 0)
		return link;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "link: start a thread: %s",
				g_strerror(result));
	handover_free(link->handover);
	link->n_owners = 1;
	link_unref(link);
	return NULL;
}

static gboolean publish(gpointer self, const char *topic, const guint8 *data, gsize size)
{
	Link *link = self;
	gsize backlog;
	int id;

	pthread_mutex_lock(&link->mutex);
	backlog = link->backlog;
	pthread_mutex_unlock(&link->mutex);
	if (!link->up || backlog + size > LINK_BACKLOG_MAX)
		return FALSE;
	if (mosquitto_publish(link->mosquitto, &id, topic, (int)size, data, 1, false) !=
		MOSQ_ERR_SUCCESS)
		return FALSE;
	account(link, id, size + 1);
	return TRUE;
}

static void free_link(gpointer self)
{
	Link *link = self;
	Handover *handover;
	struct timespec until;

	pthread_mutex_lock(&link->mutex);
	handover = g_steal_pointer(&link->handover);
	pthread_mutex_unlock(&link->mutex);
	handover_free(handover);
	mosquitto_disconnect(link->mosquitto);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += JOIN_S;
	if (pthread_timedjoin_np(link->thread, NULL, &until) != 0)
		pthread_detach(link->thread);
	link_unref(link);
}

const LinkDriver link_mosquitto = {
	.name = "mosquitto",
	.open = open_link,
	.publish = publish,
	.free = free_link,
};
