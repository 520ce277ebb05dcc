#include "server/web/listener.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <microhttpd.h>

#include "server/web/conditional.h"
#include "server/web/routes.h"

#define CONNECTIONS_MAX (LIVE_LISTENERS_MAX + 200)
#define CONNECTION_MEMORY (32 * 1024) /* headers and buffers of one connection */
#define IDLE_S 30
#define REQUEST_MS 60000
#define SWEEP_S 5
/* What a stream writes at once.  The library keeps a buffer per connection, of which only the part that
 * was ever written to is resident: thousands of boards are open, most of the time idle. */
#define STREAM_BLOCK 2048

struct Listener {
	Web *web;
	struct MHD_Daemon *daemon;
	guint epoll_source, timer_source, kick_source, sweep_source;
	GQueue sockets;          /* Socket */
	GQueue exchanges;        /* Exchange */
	char *certificate, *key; /* PEM, which the library borrows */
};

/* One TCP connection. */
typedef struct {
	GList link; /* in listener->sockets */
	int fd;
	gint64 since_ms; /* when it began to wait for its request */
	gboolean busy;   /* a whole request is here, its answer is not yet out */
} Socket;

/* One request and its answer. */
typedef struct {
	GList link; /* in listener->exchanges */
	Listener *listener;
	struct MHD_Connection *connection;
	char *target;
	Request *request; /* until it is dispatched */
	gboolean seen, dispatched, suspended;
	Call *call; /* once it is done */
} Exchange;

/* ── driving the library from the main loop ── */

static void run(Listener *listener);

static gboolean on_ready(gint fd, GIOCondition condition, gpointer user)
{
	(void)fd;
	(void)condition;
	run(user);
	return G_SOURCE_CONTINUE;
}

static gboolean on_timer(gpointer user)
{
	Listener *listener = user;
	listener->timer_source = 0;
	run(listener);
	return G_SOURCE_REMOVE;
}

static void run(Listener *listener)
{
	MHD_run(listener->daemon);
	MHD_UNSIGNED_LONG_LONG wait_ms;
	g_clear_handle_id(&listener->timer_source, g_source_remove);
	if (MHD_get_timeout(listener->daemon, &wait_ms) == MHD_YES)
		listener->timer_source = g_timeout_add((guint)MIN(wait_ms, 60000), on_timer, listener);
}

static gboolean on_kick(gpointer user)
{
	Listener *listener = user;
	listener->kick_source = 0;
	run(listener);
	return G_SOURCE_REMOVE;
}

/* A resumed connection is looked at only by the next run. */
static void resume(Exchange *exchange)
{
	Listener *listener = exchange->listener;
	if (!exchange->suspended)
		return;
	exchange->suspended = FALSE;
	MHD_resume_connection(exchange->connection);
	if (listener->kick_source == 0)
		listener->kick_source = g_idle_add_full(G_PRIORITY_DEFAULT, on_kick, listener, NULL);
}

static void suspend(Exchange *exchange)
{
	exchange->suspended = TRUE;
	MHD_suspend_connection(exchange->connection);
}

/* Ends connections whose request takes too long to arrive, however busily it trickles. */
static gboolean sweep(gpointer user)
{
	Listener *listener = user;
	gint64 now_ms = g_get_monotonic_time() / 1000;
	for (GList *at = listener->sockets.head; at != NULL; at = at->next) {
		Socket *socket = at->data;
		if (!socket->busy && now_ms - socket->since_ms > REQUEST_MS)
			shutdown(socket->fd, SHUT_RDWR);
	}
	return G_SOURCE_CONTINUE;
}

/* ── answers ── */

static const char policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
	"frame-ancestors 'none'";

void listener_secure(Response *response, gboolean https)
{
	response_header(response, "Content-Security-Policy", policy);
	response_header(response, "X-Content-Type-Options", "nosniff");
	response_header(response, "X-Frame-Options", "DENY");
	response_header(response, "Referrer-Policy", "same-origin");
	response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	response_header(response, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
	response_header(response, "Cache-Control",
					response->keep ? "public, max-age=31536000, immutable" : "no-store");
	if (https)
		response_header(response, "Strict-Transport-Security", "max-age=31536000");
	if (response->content_type != NULL)
		response_header(response, "Content-Type", response->content_type);
}

static ssize_t read_stream(void *user, uint64_t at, char *buffer, size_t size)
{
	(void)at;
	Exchange *exchange = user;
	gssize n = live_listener_read(exchange->call->response->live, buffer, MIN(size, STREAM_BLOCK));
	if (n < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0)
		suspend(exchange);
	return n;
}

static void wake_stream(gpointer user)
{
	resume(user);
}

static void release_bytes(void *bytes)
{
	g_bytes_unref(bytes);
}

static struct MHD_Response *make_response(Exchange *exchange, const Response *from)
{
	if (from->live != NULL) {
		live_listener_set_wake(from->live, wake_stream, exchange);
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream,
												 exchange, NULL);
	}
	if (from->body == NULL)
		return MHD_create_response_from_buffer(0, (void *)(guintptr) "", MHD_RESPMEM_PERSISTENT);
	gsize size;
	gconstpointer data = g_bytes_get_data(from->body, &size);
	return MHD_create_response_from_buffer_with_free_callback_cls(
		size, (void *)(guintptr)data, release_bytes, g_bytes_ref(from->body));
}

static enum MHD_Result queue(Exchange *exchange, Response *from)
{
	listener_secure(from, exchange->listener->web->https);
	struct MHD_Response *response = make_response(exchange, from);
	if (response == NULL)
		return MHD_NO;
	for (guint i = 0; i + 1 < from->headers->len; i += 2)
		MHD_add_response_header(response, from->headers->pdata[i], from->headers->pdata[i + 1]);
	enum MHD_Result result = MHD_queue_response(exchange->connection, from->status, response);
	MHD_destroy_response(response);
	return result;
}

/* Before there is a request to dispatch: the refusal is as short as it can be. */
static enum MHD_Result refuse(Exchange *exchange, guint status)
{
	exchange->dispatched = TRUE;
	g_autoptr(Response) response = response_new(status, NULL, NULL);
	return queue(exchange, response);
}

/* ── requests ── */

static void *on_target(void *user, const char *target, struct MHD_Connection *connection)
{
	Exchange *exchange = g_new0(Exchange, 1);
	exchange->listener = user;
	exchange->connection = connection;
	exchange->target = g_strdup(target);
	exchange->link.data = exchange;
	g_queue_push_tail_link(&exchange->listener->exchanges, &exchange->link);
	return exchange;
}

typedef struct {
	Request *request;
	gboolean refused;
} HeaderReader;

static enum MHD_Result on_header(void *user, enum MHD_ValueKind kind, const char *name,
								 const char *value)
{
	(void)kind;
	HeaderReader *reader = user;
	if (!request_add_header(reader->request, name, value == NULL ? "" : value))
		reader->refused = TRUE;
	return MHD_YES;
}

/* Behind a proxy on this machine the last entry is the one that the proxy itself has seen. */
static char *client_address(const struct sockaddr *peer, const Request *request)
{
	const char *forwarded = request->headers[HEADER_X_FORWARDED_FOR];
	char text[INET6_ADDRSTRLEN] = "";
	gboolean loopback = FALSE;
	if (peer->sa_family == AF_INET) {
		const struct in_addr *address =
			&((const struct sockaddr_in *)(gconstpointer)peer)->sin_addr;
		inet_ntop(AF_INET, address, text, sizeof text);
		loopback = ntohl(address->s_addr) >> 24 == 127;
	} else if (peer->sa_family == AF_INET6) {
		const struct in6_addr *address =
			&((const struct sockaddr_in6 *)(gconstpointer)peer)->sin6_addr;
		inet_ntop(AF_INET6, address, text, sizeof text);
		loopback = IN6_IS_ADDR_LOOPBACK(address);
	}
	if (!loopback || forwarded == NULL)
		return g_strdup(text);
	const char *comma = strrchr(forwarded, ',');
	g_autofree char *last = g_strstrip(g_strdup(comma == NULL ? forwarded : comma + 1));
	return g_hostname_is_ip_address(last) ? g_steal_pointer(&last) : g_strdup(text);
}

static Socket *socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info->socket_context;
}

static enum MHD_Result begin(Exchange *exchange, const char *method)
{
	Web *web = exchange->listener->web;
	exchange->seen = TRUE;
	exchange->request = request_new(method, exchange->target, web->now_ms());
	if (exchange->request == NULL)
		return refuse(exchange, strlen(exchange->target) > REQUEST_TARGET_MAX ? 414 : 400);
	HeaderReader reader = {.request = exchange->request};
	MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, on_header, &reader);
	if (reader.refused)
		return refuse(exchange, 400);
	const union MHD_ConnectionInfo *peer =
		MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	exchange->request->address = client_address(peer->client_addr, exchange->request);
	return MHD_YES;
}

/* More than the limit is read and thrown away; the route then says so. */
static void take_body(Request *request, const char *data, gsize size)
{
	gsize room = REQUEST_BODY_MAX - request->body->len;
	if (size > room)
		request->body_too_large = TRUE;
	else
		g_byte_array_append(request->body, (const guint8 *)data, (guint)size);
}

static void on_done(Call *call, gpointer user)
{
	Exchange *exchange = user;
	exchange->call = call;
	resume(exchange);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
								  const char *method, const char *version, const char *data,
								  size_t *size, void **state)
{
	Listener *listener = user;
	Exchange *exchange = *state;
	(void)url;
	(void)version;
	if (!exchange->seen)
		return begin(exchange, method);
	if (*size > 0) {
		if (exchange->request != NULL)
			take_body(exchange->request, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (!exchange->dispatched) {
		exchange->dispatched = TRUE;
		socket_of(connection)->busy = TRUE;
		routes_dispatch(listener->web, g_steal_pointer(&exchange->request), on_done, exchange);
	}
	if (exchange->call == NULL) {
		suspend(exchange);
		return MHD_YES;
	}
	conditional_apply(exchange->call->request, exchange->call->response);
	return queue(exchange, exchange->call->response);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
						 enum MHD_RequestTerminationCode code)
{
	(void)user;
	(void)code;
	Exchange *exchange = *state;
	if (exchange == NULL)
		return;
	Socket *socket = socket_of(connection);
	if (socket != NULL) {
		socket->busy = FALSE;
		socket->since_ms = g_get_monotonic_time() / 1000;
	}
	g_queue_unlink(&exchange->listener->exchanges, &exchange->link);
	request_free(exchange->request);
	call_free(exchange->call);
	g_free(exchange->target);
	g_free(exchange);
	*state = NULL;
}

static void on_connection(void *user, struct MHD_Connection *connection, void **state,
						  enum MHD_ConnectionNotificationCode code)
{
	Listener *listener = user;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		Socket *socket = g_new0(Socket, 1);
		socket->fd =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		socket->since_ms = g_get_monotonic_time() / 1000;
		socket->link.data = socket;
		g_queue_push_tail_link(&listener->sockets, &socket->link);
		*state = socket;
	} else if (*state != NULL) {
		Socket *socket = *state;
		g_queue_unlink(&listener->sockets, &socket->link);
		g_free(socket);
		*state = NULL;
	}
}

/* ── starting and ending ── */

/* GnuTLS's words for TLS 1.3, and 1.2 for older phones. */
static const char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static void on_log(void *user, const char *format, va_list args) G_GNUC_PRINTF(2, 0);

static void on_log(void *user, const char *format, va_list args)
{
	(void)user;
	g_autofree char *text = g_strdup_vprintf(format, args);
	g_debug("microhttpd: %s", g_strchomp(text));
}

typedef union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} Address;

static gboolean parse_address(const Web *web, Address *address, GError **error)
{
	gboolean loopback;
	memset(address, 0, sizeof *address);
	if (inet_pton(AF_INET, web->host, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons(web->port);
		loopback = ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
	} else if (inet_pton(AF_INET6, web->host, &address->v6.sin6_addr) == 1) {
		address->v6.sin6_family = AF_INET6;
		address->v6.sin6_port = htons(web->port);
		loopback = IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
	} else {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
					"[web] host '%s' is no IP address", web->host);
		return FALSE;
	}
	if (!loopback && !web->https)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
					"[web] host '%s' is not loopback: that needs certificate and key", web->host);
	return loopback || web->https;
}

static struct MHD_Daemon *start(Listener *listener, const Address *address)
{
	gboolean https = listener->certificate != NULL;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, listener->certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, listener->key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(guintptr)tls_priorities},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
					 (https ? MHD_USE_TLS : 0) |
					 (address->any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);
	return MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, listener, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
		MHD_OPTION_SOCK_ADDR, &address->any, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, listener,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, listener, MHD_OPTION_ARRAY, https ? tls : none, MHD_OPTION_END);
}

static gboolean read_tls(Listener *listener, const Web *web, GError **error)
{
	return !web->https ||
		   (g_file_get_contents(web->certificate, &listener->certificate, NULL, error) &&
			g_file_get_contents(web->key, &listener->key, NULL, error));
}

static void free_all(Listener *listener)
{
	g_free(listener->certificate);
	if (listener->key != NULL)
		explicit_bzero(listener->key, strlen(listener->key));
	g_free(listener->key);
	g_free(listener);
}

static void watch(Listener *listener)
{
	int fd = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	listener->epoll_source = g_unix_fd_add(fd, G_IO_IN, on_ready, listener);
	listener->sweep_source = g_timeout_add_seconds(SWEEP_S, sweep, listener);
}

Listener *listener_new(Web *web, GError **error)
{
	Address address;
	if (!parse_address(web, &address, error))
		return NULL;
	Listener *listener = g_new0(Listener, 1);
	listener->web = web;
	if (read_tls(listener, web, error)) {
		listener->daemon = start(listener, &address);
		if (listener->daemon == NULL)
			g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
						"listening on %s port %u: %s", web->host, web->port, g_strerror(errno));
	}
	if (listener->daemon == NULL) {
		free_all(listener);
		return NULL;
	}
	watch(listener);
	return listener;
}

void listener_free(Listener *listener)
{
	if (listener == NULL)
		return;
	g_source_remove(listener->epoll_source);
	g_source_remove(listener->sweep_source);
	for (GList *at = listener->exchanges.head; at != NULL; at = at->next)
		resume(at->data);
	g_clear_handle_id(&listener->kick_source, g_source_remove);
	g_clear_handle_id(&listener->timer_source, g_source_remove);
	MHD_stop_daemon(listener->daemon);
	free_all(listener);
}

guint16 listener_port(const Listener *listener)
{
	return MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
