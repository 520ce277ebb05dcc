#include "tools/fleet/fleet_link.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mosquitto.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#define KEEPALIVE_S 120
#define SWEEP_US (10 * G_USEC_PER_SEC)
#define EVENTS_MAX 256
/* Packets of one link before the others have their turn. */
#define READS_MAX 64

typedef enum { IDLE, WAITING, CONNECTING, UP } State;

struct FleetLoop {
	int epoll;
	GQueue waiting; /* of FleetLink */
	GPtrArray *links;
	guint n_connecting, n_up;
	gint64 swept_us;
};

struct FleetLink {
	FleetLoop *loop;
	const FleetListener *listener;
	gpointer user;
	char *name, *host, *anchors, *filter, *will_topic;
	int port;
	SSL_CTX *tls;
	GBytes *will;
	State state;
	struct mosquitto *mosquitto;
	int socket; /* in the epoll; -1 */
	gboolean wants_write, failed;
	guint n_unacknowledged;
};

/* ── the loop ── */

FleetLoop *fleet_loop_new(void)
{
	FleetLoop *loop = g_new0(FleetLoop, 1);
	mosquitto_lib_init();
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	g_assert_cmpint(loop->epoll, >=, 0);
	g_queue_init(&loop->waiting);
	loop->links = g_ptr_array_new();
	return loop;
}

void fleet_loop_free(FleetLoop *loop)
{
	close(loop->epoll);
	g_queue_clear(&loop->waiting);
	g_ptr_array_unref(loop->links);
	g_free(loop);
	mosquitto_lib_cleanup();
}

guint fleet_loop_n_up(const FleetLoop *loop)
{
	return loop->n_up;
}

static void set_state(FleetLink *link, State state)
{
	link->loop->n_connecting += (state == CONNECTING) - (link->state == CONNECTING);
	link->loop->n_up += (state == UP) - (link->state == UP);
	link->state = state;
}

/* Tells epoll what the client waits for. */
static void watch(FleetLink *link)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
	gboolean wants_write = mosquitto_want_write(link->mosquitto);
	if (link->socket >= 0 && wants_write == link->wants_write)
		return;
	event.events |= wants_write ? EPOLLOUT : 0;
	int socket = mosquitto_socket(link->mosquitto);
	if (socket < 0)
		return;
	epoll_ctl(link->loop->epoll, link->socket >= 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
	link->socket = socket;
	link->wants_write = wants_write;
}

static void end_client(FleetLink *link)
{
	if (link->state == WAITING)
		g_queue_remove(&link->loop->waiting, link);
	if (link->mosquitto != NULL) {
		int socket = mosquitto_socket(link->mosquitto);
		if (socket >= 0 && link->socket >= 0)
			epoll_ctl(link->loop->epoll, EPOLL_CTL_DEL, socket, NULL);
		mosquitto_destroy(link->mosquitto); /* closes without DISCONNECT */
	}
	link->mosquitto = NULL;
	link->socket = -1;
	link->wants_write = link->failed = FALSE;
	link->n_unacknowledged = 0;
	set_state(link, IDLE);
}

static void fail(FleetLink *link)
{
	end_client(link);
	link->listener->down(link->user);
}

/* A read gives one packet: more may wait in the record of TLS, where no poll sees it, and in the socket. */
static gboolean has_more(const FleetLink *link)
{
	const SSL *ssl = mosquitto_ssl_get(link->mosquitto);
	guint8 byte;
	return ssl != NULL && (SSL_pending(ssl) > 0 || recv(mosquitto_socket(link->mosquitto), &byte, 1,
														MSG_PEEK | MSG_DONTWAIT) > 0);
}

static void serve(FleetLink *link, guint32 events)
{
	int code = MOSQ_ERR_SUCCESS;
	if (events & EPOLLOUT)
		code = mosquitto_loop_write(link->mosquitto, 16);
	if (code == MOSQ_ERR_SUCCESS && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
		code = mosquitto_loop_read(link->mosquitto, 1);
	for (guint i = 0; i < READS_MAX && code == MOSQ_ERR_SUCCESS && has_more(link); i++)
		code = mosquitto_loop_read(link->mosquitto, 1);
	if (code != MOSQ_ERR_SUCCESS || link->failed)
		fail(link);
	else
		watch(link);
}

static gboolean connect_client(FleetLink *link);

static void start_waiting(FleetLoop *loop)
{
	while (loop->n_connecting < FLEET_CONNECTING_MAX && !g_queue_is_empty(&loop->waiting)) {
		FleetLink *link = g_queue_pop_head(&loop->waiting);
		if (!connect_client(link))
			fail(link);
	}
}

/* Keepalive. */
static void sweep(FleetLoop *loop)
{
	gint64 now_us = g_get_monotonic_time();
	if (now_us - loop->swept_us < SWEEP_US)
		return;
	loop->swept_us = now_us;
	for (guint i = 0; i < loop->links->len; i++) {
		FleetLink *link = loop->links->pdata[i];
		if (link->mosquitto == NULL)
			continue;
		if (mosquitto_loop_misc(link->mosquitto) != MOSQ_ERR_SUCCESS)
			fail(link);
		else
			watch(link);
	}
}

void fleet_loop_step(FleetLoop *loop, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	start_waiting(loop);
	sweep(loop);
	int n = epoll_wait(loop->epoll, events, EVENTS_MAX, timeout_ms);
	for (int i = 0; i < n; i++) {
		FleetLink *link = events[i].data.ptr;
		if (link->mosquitto != NULL) /* ended by what came before it */
			serve(link, events[i].events);
	}
}

/* ── what libmosquitto calls ── */

static void came_up(FleetLink *link)
{
	set_state(link, UP);
	link->listener->up(link->user);
}

static void on_connect(struct mosquitto *mosquitto, void *user, int code)
{
	FleetLink *link = user;
	if (code != 0)
		link->failed = TRUE;
	else if (link->filter == NULL)
		came_up(link);
	else
		mosquitto_subscribe(mosquitto, NULL, link->filter, 1);
}

static void on_subscribe(struct mosquitto *mosquitto, void *user, int id, int n, const int *qos)
{
	(void)mosquitto, (void)id, (void)n, (void)qos;
	came_up(user);
}

static void on_publish(struct mosquitto *mosquitto, void *user, int id)
{
	FleetLink *link = user;
	(void)mosquitto, (void)id;
	if (link->n_unacknowledged > 0)
		link->n_unacknowledged--;
}

static void on_message(struct mosquitto *mosquitto, void *user,
					   const struct mosquitto_message *message)
{
	FleetLink *link = user;
	(void)mosquitto;
	if (message->payloadlen >= 0)
		link->listener->message(message->topic,
								slice_of(message->payload, (gsize)message->payloadlen), link->user);
}

/* ── one link ── */

static gboolean connect_client(FleetLink *link)
{
	gsize size = 0;
	link->mosquitto = mosquitto_new(link->name, true, link);
	if (link->mosquitto == NULL || link->tls == NULL)
		return FALSE;
	set_state(link, CONNECTING);
	mosquitto_connect_callback_set(link->mosquitto, on_connect);
	mosquitto_subscribe_callback_set(link->mosquitto, on_subscribe);
	mosquitto_publish_callback_set(link->mosquitto, on_publish);
	mosquitto_message_callback_set(link->mosquitto, on_message);
	mosquitto_max_inflight_messages_set(link->mosquitto, 0);
	if (mosquitto_void_option(link->mosquitto, MOSQ_OPT_SSL_CTX, link->tls) != MOSQ_ERR_SUCCESS ||
		mosquitto_int_option(link->mosquitto, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0) !=
			MOSQ_ERR_SUCCESS ||
		mosquitto_int_option(link->mosquitto, MOSQ_OPT_TCP_NODELAY, 1) != MOSQ_ERR_SUCCESS)
		return FALSE;
	if (link->will != NULL && link->will_topic != NULL) {
		const void *will = g_bytes_get_data(link->will, &size);
		if (mosquitto_will_set(link->mosquitto, link->will_topic, (int)size, will, 1, false) !=
			MOSQ_ERR_SUCCESS)
			return FALSE;
	}
	if (mosquitto_connect(link->mosquitto, link->host, link->port, KEEPALIVE_S) != MOSQ_ERR_SUCCESS)
		return FALSE;
	watch(link);
	return TRUE;
}

FleetLink *fleet_link_new(FleetLoop *loop, const FleetLinkConfig *config,
						  const FleetListener *listener, gpointer user)
{
	FleetLink *link = g_new0(FleetLink, 1);
	link->loop = loop;
	link->listener = listener;
	link->user = user;
	link->name = g_strdup(config->name);
	link->host = g_strdup(config->host);
	link->port = config->port;
	link->anchors = g_strdup(config->anchors);
	link->filter = g_strdup(config->filter);
	link->will_topic = g_strdup(config->will_topic);
	link->socket = -1;
	g_ptr_array_add(loop->links, link);
	return link;
}

void fleet_link_free(FleetLink *link)
{
	end_client(link);
	g_ptr_array_remove_fast(link->loop->links, link);
	SSL_CTX_free(link->tls);
	g_clear_pointer(&link->will, g_bytes_unref);
	g_free(link->name);
	g_free(link->host);
	g_free(link->anchors);
	g_free(link->filter);
	g_free(link->will_topic);
	g_free(link);
}

gboolean fleet_link_identity(FleetLink *link, const char *certificate_pem, const ServerKey *key)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	BIO *bio = BIO_new_mem_buf(certificate_pem, -1);
	X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
	gboolean good = tls != NULL && certificate != NULL &&
					SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
					SSL_CTX_load_verify_locations(tls, link->anchors, NULL) == 1 &&
					SSL_CTX_use_certificate(tls, certificate) == 1 &&
					SSL_CTX_use_PrivateKey(tls, server_key_native(key)) == 1 &&
					SSL_CTX_check_private_key(tls) == 1;
	X509_free(certificate);
	BIO_free(bio);
	if (!good) {
		SSL_CTX_free(tls);
		return FALSE;
	}
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls);
	if (X509_VERIFY_PARAM_set1_ip_asc(param, link->host) != 1)
		X509_VERIFY_PARAM_set1_host(param, link->host, 0);
	SSL_CTX_free(link->tls);
	link->tls = tls;
	return TRUE;
}

void fleet_link_open(FleetLink *link, GBytes *will)
{
	g_clear_pointer(&link->will, g_bytes_unref);
	link->will = will;
	if (link->state != IDLE)
		return;
	set_state(link, WAITING);
	g_queue_push_tail(&link->loop->waiting, link);
}

gboolean fleet_link_is_up(const FleetLink *link)
{
	return link->state == UP;
}

gboolean fleet_link_is_idle(const FleetLink *link)
{
	return link->state == IDLE;
}

void fleet_link_drop(FleetLink *link)
{
	end_client(link);
}

gboolean fleet_link_publish(FleetLink *link, const char *topic, gconstpointer data, gsize size)
{
	if (link->state != UP || mosquitto_publish(link->mosquitto, NULL, topic, (int)size, data, 1,
											   false) != MOSQ_ERR_SUCCESS)
		return FALSE;
	link->n_unacknowledged++;
	watch(link);
	return TRUE;
}

guint fleet_link_n_unacknowledged(const FleetLink *link)
{
	return link->n_unacknowledged;
}

/* ── the yardstick ── */

typedef struct {
	int socket;
	SSL *ssl;
} Handshake;

static gboolean begin_handshake(const FleetLink *link, Handshake *handshake, int epoll)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)link->port)};
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = handshake};
	int one = 1;
	handshake->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (inet_pton(AF_INET, link->host, &address.sin_addr) != 1 ||
		connect(handshake->socket, (const struct sockaddr *)&address, sizeof address) != 0)
		return FALSE;
	setsockopt(handshake->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	g_unix_set_fd_nonblocking(handshake->socket, TRUE, NULL);
	handshake->ssl = SSL_new(link->tls);
	return SSL_set_fd(handshake->ssl, handshake->socket) == 1 &&
		   epoll_ctl(epoll, EPOLL_CTL_ADD, handshake->socket, &event) == 0;
}

/* 1: done, 0: more to come, -1: failed. */
static int go_on(Handshake *handshake)
{
	int code = SSL_connect(handshake->ssl);
	if (code == 1)
		return 1;
	code = SSL_get_error(handshake->ssl, code);
	return code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static void end_handshake(Handshake *handshake)
{
	SSL_free(handshake->ssl);
	if (handshake->socket >= 0)
		close(handshake->socket);
	*handshake = (Handshake){.socket = -1};
}

double fleet_link_handshakes(FleetLink *const *links, guint n)
{
	g_autofree Handshake *all = g_new0(Handshake, n);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	gint64 start_us = g_get_monotonic_time();
	guint n_begun = 0, n_done = 0;
	gboolean good = TRUE;
	while (good && n_done < n) {
		struct epoll_event events[EVENTS_MAX];
		for (; good && n_begun < n && n_begun - n_done < FLEET_CONNECTING_MAX; n_begun++)
			good = begin_handshake(links[n_begun], &all[n_begun], epoll);
		int n_ready = good ? epoll_wait(epoll, events, EVENTS_MAX, 10000) : 0;
		good = good && n_ready > 0;
		for (int i = 0; i < n_ready && good; i++) {
			Handshake *handshake = events[i].data.ptr;
			int code = go_on(handshake);
			good = code >= 0;
			if (code == 0)
				continue;
			end_handshake(handshake);
			n_done++;
		}
	}
	for (guint i = 0; i < n_begun; i++)
		if (all[i].ssl != NULL)
			end_handshake(&all[i]);
	close(epoll);
	return good ? (double)(g_get_monotonic_time() - start_us) / 1e6 : -1;
}
