#include "firmware/uplink_role.h"

#include <string.h>
#include <sys/stat.h>

#include "firmware/bundle.h"
#include "firmware/crypto_psa.h"
#include "firmware/identity.h"
#include "firmware/messages.h"
#include "protocol/envelope.h"
#include "protocol/process/channel.h"
#include "protocol/process/roles.h"

#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS (5 * 60 * 1000)
/* An attempt that has come to nothing by then is given up: a half-open network says nothing. */
#define CONNECT_MS (60 * 1000)
/* A connection that lasted this long was good: the next attempt comes soon. */
#define STABLE_MS (60 * 1000)
/* The certificate request is repeated until it is answered; a renewal has a third of its life. */
#define REQUEST_MS (20 * 1000)
#define RENEWAL_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

typedef struct {
	const LinkDriver *driver;
	Bundle *bundle;
	Identity *identity;
	RoleContext *role;
	Channel *core;

	gpointer link;
	gboolean up, bootstrap;
	GBytes *will;
	int64_t check_ms;
	gint64 up_since_us, renewal_us; /* monotonic; 0: never */
	guint retry_ms;
	guint attempt_source, deadline_source, request_source;
} Uplink;

static int64_t now_ms(const Uplink *uplink)
{
	return uplink->check_ms > 0 ? uplink->check_ms : g_get_real_time() / 1000;
}

static void send_core(Uplink *uplink, UplinkMessageType type, WireBuffer *bytes)
{
	if (uplink->core != NULL && !bytes->failed &&
		!channel_send(uplink->core, (guint8)type, bytes->data, bytes->size))
		g_warning("uplink: core does not take its messages");
	wire_buffer_clear(bytes);
}

static void send_state(Uplink *uplink, const char *reason)
{
	g_autofree char *valid = g_utf8_make_valid(reason == NULL ? "" : reason, -1);
	gsize size = MIN(strlen(valid), UPLINK_REASON_MAX);
	UplinkState state = {uplink->up, uplink->bootstrap, {(const uint8_t *)valid, size}};
	WireBuffer bytes = {0};

	uplink_state_encode(&bytes, &state);
	send_core(uplink, UPLINK_STATE, &bytes);
}

/* ── the certificate ── */

static void send_request(Uplink *uplink)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) csr = identity_request(uplink->identity, &error);
	UplinkRequest request = {.renewal = !uplink->bootstrap};
	WireBuffer bytes = {0};

	if (csr == NULL) {
		g_warning("uplink: %s", error->message);
		return;
	}
	request.csr = (Slice){g_bytes_get_data(csr, NULL), g_bytes_get_size(csr)};
	uplink_request_encode(&bytes, &request);
	send_core(uplink, UPLINK_REQUEST, &bytes);
}

static gboolean check_request(gpointer user)
{
	Uplink *uplink = user;
	gint64 now_us = g_get_monotonic_time();

	if (!uplink->up)
		return G_SOURCE_CONTINUE;
	if (uplink->bootstrap) {
		send_request(uplink);
	} else if (identity_is_due(uplink->identity, now_ms(uplink)) &&
			   (uplink->renewal_us == 0 || now_us - uplink->renewal_us >= RENEWAL_US)) {
		uplink->renewal_us = now_us;
		send_request(uplink);
	}
	return G_SOURCE_CONTINUE;
}

/* ── the connection ── */

static gboolean attempt(gpointer user);

static void drop_link(Uplink *uplink)
{
	g_clear_handle_id(&uplink->deadline_source, g_source_remove);
	if (uplink->link != NULL)
		uplink->driver->free(uplink->link);
	uplink->link = NULL;
	uplink->up = FALSE;
}

static void schedule(Uplink *uplink, guint delay_ms)
{
	g_clear_handle_id(&uplink->attempt_source, g_source_remove);
	uplink->attempt_source = g_timeout_add(delay_ms, attempt, uplink);
}

/* Half to one and a half of the pause, doubled each time: a thousand terminals whose broker comes
 * back do not come at once. */
static void schedule_retry(Uplink *uplink)
{
	guint pause = uplink->retry_ms;

	if (uplink->up_since_us > 0 &&
		g_get_monotonic_time() - uplink->up_since_us > STABLE_MS * G_GINT64_CONSTANT(1000))
		pause = RETRY_MIN_MS;
	uplink->up_since_us = 0;
	uplink->retry_ms = MIN(2 * pause, RETRY_MAX_MS);
	schedule(uplink, pause / 2 + (guint)g_random_int_range(0, (gint32)pause + 1));
}

static gboolean give_up(gpointer user)
{
	Uplink *uplink = user;

	uplink->deadline_source = 0;
	drop_link(uplink);
	send_state(uplink, "no answer");
	schedule_retry(uplink);
	return G_SOURCE_REMOVE;
}

static void link_state(gboolean connected, const char *reason, gpointer user)
{
	Uplink *uplink = user;

	g_clear_handle_id(&uplink->deadline_source, g_source_remove);
	uplink->up = connected;
	send_state(uplink, reason);
	if (connected) {
		uplink->up_since_us = g_get_monotonic_time();
		check_request(uplink);
		return;
	}
	g_message("uplink: not connected: %s", reason);
	schedule_retry(uplink); /* which frees the link */
}

static void link_message(const char *topic, const guint8 *data, gsize size, gpointer user)
{
	UplinkMessage message = {{(const uint8_t *)topic, strlen(topic)}, {data, size}};
	WireBuffer bytes = {0};

	if (message.topic.size >= TOPIC_MAX || size > MESSAGE_SIZE_MAX)
		return;
	uplink_message_encode(&bytes, &message);
	send_core(user, UPLINK_MESSAGE, &bytes);
}

static const LinkListener listener = {link_state, link_message};

static void options_of(Uplink *uplink, LinkOptions *options, char will_topic[TOPIC_MAX],
					   char filter[TOPIC_MAX])
{
	const TerminalId *terminal = &uplink->bundle->terminal;
	char topic[TOPIC_MAX];
	gsize size = 0;

	topic_format(will_topic, TOPIC_UP_HEALTH, terminal, crypto_sha256);
	topic_format(topic, TOPIC_DOWN_RECEIPT, terminal, crypto_sha256);
	*strrchr(topic, '/') = '\0';
	g_snprintf(filter, TOPIC_MAX, "%s/#", topic);
	*options = (LinkOptions){
		.host = uplink->bundle->host,
		.port = uplink->bundle->port,
		.client_id = terminal->text,
		.anchors_file = identity_anchors(uplink->identity),
		.identity_file = identity_file(uplink->identity, now_ms(uplink)),
		.check_ms = uplink->check_ms,
		.subscribe = filter,
		.will_topic = uplink->bootstrap || uplink->will == NULL ? NULL : will_topic,
	};
	if (options->will_topic != NULL)
		options->will = g_bytes_get_data(uplink->will, &size);
	options->will_size = size;
}

static gboolean attempt(gpointer user)
{
	Uplink *uplink = user;
	g_autoptr(GError) error = NULL;
	char will_topic[TOPIC_MAX], filter[TOPIC_MAX];
	LinkOptions options;

	uplink->attempt_source = 0;
	drop_link(uplink);
	uplink->bootstrap = !identity_is_own(uplink->identity, now_ms(uplink));
	options_of(uplink, &options, will_topic, filter);
	uplink->link = uplink->driver->open(&options, &listener, uplink, &error);
	if (uplink->link == NULL) {
		g_warning("uplink: %s", error->message);
		send_state(uplink, error->message);
		schedule_retry(uplink);
		return G_SOURCE_REMOVE;
	}
	uplink->deadline_source = g_timeout_add(CONNECT_MS, give_up, uplink);
	return G_SOURCE_REMOVE;
}

/* ── what core says ── */

static void on_connect(Uplink *uplink, Slice bytes)
{
	UplinkConnect connect;

	if (uplink_connect_decode(bytes, &connect) != WIRE_OK) {
		g_warning("uplink: core's order is not readable");
		return;
	}
	g_clear_pointer(&uplink->will, g_bytes_unref);
	uplink->will = g_bytes_new(connect.will.data, connect.will.size);
	uplink->check_ms = connect.check_ms;
	if (uplink->up)
		send_state(uplink, NULL);
	else if (uplink->attempt_source == 0 && uplink->link == NULL)
		schedule(uplink, 0);
	if (uplink->up)
		check_request(uplink);
}

static void on_publish(Uplink *uplink, Slice bytes)
{
	UplinkPublish publish;
	char topic[TOPIC_MAX];

	if (uplink_publish_decode(bytes, &publish) != WIRE_OK || !topic_is_up(publish.kind)) {
		g_warning("uplink: core's message is not readable");
		return;
	}
	topic_format(topic, publish.kind, &uplink->bundle->terminal, crypto_sha256);
	/* What is not sent now, the publisher sends again. */
	if (uplink->up)
		uplink->driver->publish(uplink->link, topic, publish.message.data, publish.message.size);
}

static void on_certificate(Uplink *uplink, Slice bytes)
{
	g_autoptr(GError) error = NULL;
	UplinkCertificate certificate;

	if (uplink_certificate_decode(bytes, &certificate) != WIRE_OK) {
		g_warning("uplink: the certificate is not readable");
		return;
	}
	if (!identity_install(uplink->identity, &certificate, &error)) {
		g_message("uplink: certificate not taken: %s", error->message);
		return;
	}
	/* Where the clock is wrong the new one may seem due at once. */
	if (!identity_is_due(uplink->identity, now_ms(uplink)))
		uplink->renewal_us = 0;
	g_message("uplink: a new certificate: connecting with it");
	drop_link(uplink);
	send_state(uplink, "new certificate");
	uplink->retry_ms = RETRY_MIN_MS;
	schedule(uplink, (guint)g_random_int_range(100, 1000));
}

static void received(Channel *channel, guint8 type, const guint8 *payload, gsize size,
					 gpointer user)
{
	Slice bytes = {payload, size};

	(void)channel;
	switch (type) {
	case UPLINK_CONNECT:
		on_connect(user, bytes);
		break;
	case UPLINK_PUBLISH:
		on_publish(user, bytes);
		break;
	case UPLINK_CERTIFICATE:
		on_certificate(user, bytes);
		break;
	default:
		g_warning("uplink: unknown message %u", type);
	}
}

static void closed(Channel *channel, gpointer user)
{
	Uplink *uplink = user;

	(void)channel;
	g_clear_pointer(&uplink->core, channel_free);
}

static void linked(const char *peer, int fd, gpointer user)
{
	Uplink *uplink = user;

	(void)peer; /* core is the only one */
	g_clear_pointer(&uplink->core, channel_free);
	uplink->core = channel_new(fd, received, closed, uplink);
}

/* A clean end makes the broker forget the last will: it is said before. */
static void stopping(gpointer user)
{
	Uplink *uplink = user;
	char topic[TOPIC_MAX];
	gsize size;
	const guint8 *will;

	if (uplink->up && !uplink->bootstrap && uplink->will != NULL) {
		topic_format(topic, TOPIC_UP_HEALTH, &uplink->bundle->terminal, crypto_sha256);
		will = g_bytes_get_data(uplink->will, &size);
		uplink->driver->publish(uplink->link, topic, will, size);
	}
	role_quit(uplink->role);
}

static gboolean open_parts(Uplink *uplink, const TerminalConfig *config, GError **error)
{
	g_autofree char *folder = g_build_filename(config->state, "tls", NULL);

	umask(077);
	uplink->bundle = bundle_load(config->bundle, error);
	if (uplink->bundle == NULL)
		return FALSE;
	/* The bootstrap secret is core's to know. */
	explicit_bzero(uplink->bundle->secret, sizeof uplink->bundle->secret);
	uplink->identity = identity_open(folder, uplink->bundle, error);
	return uplink->identity != NULL;
}

int uplink_role_run(const LinkDriver *driver, const TerminalConfig *config)
{
	g_autoptr(GError) error = NULL;
	Uplink uplink = {.driver = driver, .retry_ms = RETRY_MIN_MS};
	gboolean done;

	uplink.role = role_new(linked, stopping, &uplink);
	done = open_parts(&uplink, config, &error);
	if (done) {
		uplink.request_source = g_timeout_add(REQUEST_MS, check_request, &uplink);
		role_run(uplink.role);
	} else {
		g_printerr("hadir-terminal: uplink: %s\n", error->message);
	}
	g_clear_handle_id(&uplink.request_source, g_source_remove);
	g_clear_handle_id(&uplink.attempt_source, g_source_remove);
	drop_link(&uplink);
	g_clear_pointer(&uplink.core, channel_free);
	g_clear_pointer(&uplink.will, g_bytes_unref);
	g_clear_pointer(&uplink.identity, identity_free);
	g_clear_pointer(&uplink.bundle, bundle_free);
	role_free(uplink.role);
	return done ? 0 : 1;
}
