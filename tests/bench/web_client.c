#include "tests/bench/web_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define ANSWER_MAX (1024 * 1024)
#define EVENTS_MAX 64
/* An answer that takes longer is none. */
#define PATIENCE_MS 60000

typedef struct {
	int fd;
	double sent_s;
	GByteArray *answer;
	gsize whole; /* size of the answer; 0: its head is not here yet */
} Connection;

typedef struct {
	const WebClientPlan *plan;
	Connection *connections;
	int epoll;
	guint n_sent, n_answered;
	GArray *took; /* of double */
} Run;

static int dial(guint16 port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		g_error("no connection to port %u: %s", port, g_strerror(errno));
	return fd;
}

static void send_all(int fd, const char *text)
{
	gsize size = strlen(text);
	while (size > 0) {
		gssize n = send(fd, text, size, MSG_NOSIGNAL);
		if (n <= 0)
			g_error("a request could not be sent: %s", g_strerror(errno));
		text += n;
		size -= (gsize)n;
	}
}

static void ask(Run *run, Connection *connection)
{
	g_autofree char *request = run->plan->make(run->n_sent++, run->plan->user);
	g_byte_array_set_size(connection->answer, 0);
	connection->whole = 0;
	connection->sent_s = bench_now();
	send_all(connection->fd, request);
}

/* Once the head is there: the status must be the expected one, and the size follows from it. */
static void read_head(const Run *run, Connection *connection)
{
	const char *text = (const char *)connection->answer->data;
	const char *end = g_strstr_len(text, connection->answer->len, "\r\n\r\n");
	if (end == NULL)
		return;
	g_autofree char *head = g_ascii_strdown(text, end - text);
	const char *length = strstr(head, "content-length:");
	if (strlen(head) < 12 || (guint)strtoul(head + 9, NULL, 10) != run->plan->status ||
		length == NULL)
		g_error("an answer that was not expected: %.200s", head);
	connection->whole =
		(gsize)(end - text) + 4 + strtoul(length + strlen("content-length:"), NULL, 10);
}

static gboolean is_over(const Run *run)
{
	if (run->plan->n_requests != 0)
		return run->n_sent >= run->plan->n_requests;
	struct pollfd until = {.fd = run->plan->until_fd, .events = POLLIN};
	return poll(&until, 1, 0) != 0;
}

static void receive(Run *run, Connection *connection)
{
	guint8 bytes[16384];
	gssize n = recv(connection->fd, bytes, sizeof bytes, 0);
	if (n <= 0)
		g_error("a connection ended before its answer");
	g_byte_array_append(connection->answer, bytes, (guint)n);
	g_assert_cmpuint(connection->answer->len, <=, ANSWER_MAX);
	if (connection->whole == 0)
		read_head(run, connection);
	if (connection->whole == 0 || connection->answer->len < connection->whole)
		return;
	double took = bench_now() - connection->sent_s;
	g_array_append_val(run->took, took);
	run->n_answered++;
	if (!is_over(run))
		ask(run, connection);
}

static void open_connections(Run *run)
{
	for (guint i = 0; i < run->plan->n_connections; i++) {
		Connection *connection = &run->connections[i];
		struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection}};
		connection->fd = dial(run->plan->port);
		connection->answer = g_byte_array_new();
		g_assert_cmpint(epoll_ctl(run->epoll, EPOLL_CTL_ADD, connection->fd, &event), ==, 0);
	}
}

void web_client_run(const WebClientPlan *plan, WebClientResult *out)
{
	Run run = {.plan = plan,
			   .connections = g_new0(Connection, plan->n_connections),
			   .epoll = epoll_create1(EPOLL_CLOEXEC),
			   .took = g_array_new(FALSE, FALSE, sizeof(double))};
	open_connections(&run);
	double start = bench_now();
	for (guint i = 0; i < plan->n_connections && (i == 0 || !is_over(&run)); i++)
		ask(&run, &run.connections[i]);
	while (run.n_answered < run.n_sent) {
		struct epoll_event events[EVENTS_MAX];
		int n = epoll_wait(run.epoll, events, EVENTS_MAX, PATIENCE_MS);
		if (n == 0)
			g_error("no answer within %d s", PATIENCE_MS / 1000);
		for (int i = 0; i < n; i++)
			receive(&run, events[i].data.ptr);
	}
	out->seconds = bench_now() - start;
	out->n = run.took->len;
	out->took_s = (double *)(gpointer)g_array_free(run.took, FALSE);
	for (guint i = 0; i < plan->n_connections; i++) {
		close(run.connections[i].fd);
		g_byte_array_unref(run.connections[i].answer);
	}
	g_free(run.connections);
	close(run.epoll);
	bench_quantile(out->took_s, out->n, 0); /* sorts */
}

void web_client_clear(WebClientResult *result)
{
	g_clear_pointer(&result->took_s, g_free);
}

double web_client_rate(const WebClientResult *result)
{
	return result->n / result->seconds;
}

double web_client_quantile(const WebClientResult *result, double share)
{
	return result->took_s[(gsize)((double)(result->n - 1) * share)] * 1000;
}

int web_client_open(guint16 port, const char *request)
{
	char first[16];
	int fd = dial(port);
	send_all(fd, request);
	if (recv(fd, first, sizeof first, 0) <= 0 || memcmp(first, "HTTP/1.1 200", 12) != 0)
		g_error("a stream did not begin");
	return fd;
}
