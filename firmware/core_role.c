#include "firmware/core_role.h"

#include <string.h>

#include "firmware/capture.h"
#include "firmware/control.h"
#include "firmware/core_parts.h"
#include "firmware/crypto_psa.h"
#include "firmware/health.h"
#include "firmware/messages.h"
#include "firmware/publish.h"
#include "firmware/terminal.h"
#include "protocol/process/channel.h"
#include "protocol/process/roles.h"

/* Steps of the clock and the disk are looked at this often. */
#define TICK_S 10
/* A want is repeated until the server answers, with a doubled pause. */
#define WANT_MIN_MS 5000
#define WANT_MAX_MS (5 * 60 * 1000)
#define WANT_DAILY_MS (24 * 3600 * 1000)
/* The server holds the next command back until this one is confirmed. */
#define CONFIRM_MS 200
/* A short loss of the network is no event. */
#define NETWORK_LOST_S 30
/* How long a stop waits for the server to have EVENT_STOP, too. */
#define STOP_MS 1500

typedef struct {
	CoreParts parts;
	const TerminalConfig *config;
	Publisher *publisher;
	Control *control;
	Terminal *terminal;
	RoleContext *role;
	Channel *uplink;

	gboolean connected;    /* with our own certificate */
	gboolean connect_due;  /* the uplink's order could not be written */
	gboolean stopping;     /* EVENT_STOP is the last event */
	gboolean network_lost; /* and journalled */
	gboolean only_roster;  /* what the next want asks for */
	guint want_ms;         /* pause before the want is repeated; 0: it was answered */
	guint tick_source, alive_source, health_source, want_source, lost_source, stop_source;
	int status;
} Core;

/* ── to the uplink ── */

static gboolean send_uplink(Core *core, UplinkMessageType type, WireBuffer *bytes)
{
	gboolean sent = core->uplink != NULL && !bytes->failed &&
					channel_send(core->uplink, (guint8)type, bytes->data, bytes->size);

	wire_buffer_clear(bytes);
	return sent;
}

static gboolean send_message(TopicKind kind, Slice message, gpointer user)
{
	UplinkPublish publish = {kind, message};
	WireBuffer bytes = {0};

	uplink_publish_encode(&bytes, &publish);
	return send_uplink(user, UPLINK_PUBLISH, &bytes);
}

static void gather(Core *core, Health *health, gboolean online)
{
	HealthParts parts = {
		.journal = core->parts.journal,
		.roster = core->parts.roster,
		.timekeeper = core->parts.timekeeper,
		.folder = core->config->state,
		.sensor_ok = terminal_sensor_ok(core->terminal),
		.tamper_open = terminal_tamper_open(core->terminal),
		.simulated = core->parts.simulated,
		.sensor = terminal_sensor_name(core->terminal),
	};

	health_gather(health, &parts, online);
}

static void send_health(Core *core)
{
	g_autoptr(GError) error = NULL;
	Health health;

	if (!core->connected)
		return;
	gather(core, &health, TRUE);
	if (!publisher_send_health(core->publisher, &health, &error))
		g_warning("core: health: %s", error->message);
}

static void send_connect(Core *core)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) will = NULL;
	UplinkConnect connect = {0};
	WireBuffer bytes = {0};
	ClockReading now;
	Health health;
	gsize size = 0;

	gather(core, &health, FALSE);
	will = publisher_will(core->publisher, &health, &error);
	/* A full disk: without this word an uplink that is connected would stay silent for ever. */
	core->connect_due = will == NULL;
	if (will == NULL) {
		g_warning("core: last will: %s", error->message);
		return;
	}
	timekeeper_read(core->parts.timekeeper, &now);
	connect.will.data = g_bytes_get_data(will, &size);
	connect.will.size = size;
	if (now.trust == CLOCK_UNSET)
		connect.check_ms = timekeeper_tls_ms(core->parts.timekeeper);
	uplink_connect_encode(&bytes, &connect);
	send_uplink(core, UPLINK_CONNECT, &bytes);
}

/* ── want ── */

static gboolean want_due(gpointer user);

static void schedule_want(Core *core, guint delay_ms)
{
	g_clear_handle_id(&core->want_source, g_source_remove);
	core->want_source = g_timeout_add(delay_ms, want_due, core);
}

static void send_want(Core *core)
{
	g_autoptr(GError) error = NULL;
	EventRef head;
	Want want = {
		.roster_version = roster_version(core->parts.roster),
		.last_command = control_last_command(core->control),
		.only_roster = core->only_roster,
	};

	journal_head(core->parts.journal, &head);
	want.has_epoch = control_epoch(core->control, &want.epoch);
	want.journal = head.journal;
	want.seq = head.seq;
	want.head = head.head;
	if (!publisher_send_want(core->publisher, &want, &error))
		g_warning("core: want: %s", error->message);
}

/* Sends, and sends again until something comes; then once a day. */
static gboolean want_due(gpointer user)
{
	Core *core = user;

	core->want_source = 0;
	if (!core->connected)
		return G_SOURCE_REMOVE;
	send_want(core);
	if (core->want_ms == 0)
		core->want_ms = WANT_MIN_MS;
	schedule_want(core, core->want_ms + (guint)g_random_int_range(0, (gint32)core->want_ms / 2));
	core->want_ms = MIN(2 * core->want_ms, WANT_MAX_MS);
	return G_SOURCE_REMOVE;
}

static void want_soon(Core *core, gboolean only_roster, guint delay_ms)
{
	core->only_roster = only_roster;
	core->want_ms = 0;
	schedule_want(core, delay_ms);
}

static void want_answered(Core *core)
{
	core->only_roster = FALSE;
	core->want_ms = 0;
	schedule_want(core, WANT_DAILY_MS - (guint)g_random_int_range(0, 3600 * 1000));
}

/* ── what control hands over ── */

static void on_receipt(const Receipt *receipt, JournalReceiptOutcome outcome, gpointer user)
{
	Core *core = user;

	if (core->want_ms > 0 && !core->only_roster)
		want_answered(core);
	terminal_set_online(core->terminal, TRUE);
	publisher_receipted(core->publisher, receipt, outcome);
	if (outcome == JOURNAL_RECEIPT_ADVANCED || outcome == JOURNAL_RECEIPT_SAME)
		terminal_receipted(core->terminal, &receipt->journal, receipt->seq);
	if (core->stopping && journal_backlog(core->parts.journal) == 0)
		role_quit(core->role);
}

static void on_roster(RosterOutcome outcome, gboolean more, gpointer user)
{
	Core *core = user;
	EventBody body = {.roster = {.version = roster_version(core->parts.roster)}};

	if (outcome == ROSTER_GAP) {
		want_soon(core, FALSE, CONFIRM_MS);
		return;
	}
	if (more) {
		want_soon(core, TRUE, 0);
		return;
	}
	if (core->only_roster)
		want_answered(core);
	control_epoch(core->control, &body.roster.epoch);
	if (!core->stopping)
		core_parts_append(&core->parts, EVENT_ROSTER, &body);
}

static void on_enrol(const Command *command, gpointer user)
{
	terminal_enrol(((Core *)user)->terminal, command);
}

static void on_enrol_cancel(const RandomId *enrolment, gpointer user)
{
	terminal_enrol_cancel(((Core *)user)->terminal, enrolment);
}

static void on_enrol_answer(const RandomId *enrolment, AnswerOutcome outcome, gpointer user)
{
	Core *core = user;

	publisher_enrol_answered(core->publisher, enrolment);
	terminal_enrol_answer(core->terminal, enrolment, outcome);
}

static void on_claim_answer(const Command *command, gpointer user)
{
	terminal_claim_answer(((Core *)user)->terminal, command);
}

static void on_code_answer(const Command *command, gpointer user)
{
	terminal_code_answer(((Core *)user)->terminal, command);
}

static void on_certificate(const Command *command, gpointer user)
{
	UplinkCertificate certificate = {.n_certificates = command->certificate.n_certificates,
									 .n_leaf = command->certificate.n_leaf};
	WireBuffer bytes = {0};

	memcpy(certificate.certificates, command->certificate.certificates,
		   sizeof certificate.certificates);
	uplink_certificate_encode(&bytes, &certificate);
	if (!send_uplink(user, UPLINK_CERTIFICATE, &bytes))
		g_warning("core: the uplink does not take its certificate");
}

static void on_revoked(gpointer user)
{
	g_warning("core: this terminal is revoked");
	terminal_set_revoked(((Core *)user)->terminal, TRUE);
}

static void on_resync(gpointer user)
{
	want_soon(user, FALSE, 0);
}

static void on_carried_out(gpointer user)
{
	want_soon(user, FALSE, CONFIRM_MS);
}

/* ── what the uplink says ── */

static gboolean network_lost(gpointer user)
{
	Core *core = user;
	EventBody body = {0};

	core->lost_source = 0;
	core->network_lost = core_parts_append(&core->parts, EVENT_NETWORK_LOST, &body);
	return G_SOURCE_REMOVE;
}

static void note_network(Core *core, gboolean connected)
{
	EventBody body = {0};

	if (core->stopping)
		return;
	if (!connected) {
		if (core->lost_source == 0 && !core->network_lost)
			core->lost_source = g_timeout_add_seconds(NETWORK_LOST_S, network_lost, core);
		return;
	}
	g_clear_handle_id(&core->lost_source, g_source_remove);
	if (core->network_lost)
		core->network_lost = !core_parts_append(&core->parts, EVENT_NETWORK_BACK, &body);
}

static void on_state(Core *core, Slice bytes)
{
	UplinkState state;

	if (uplink_state_decode(bytes, &state) != WIRE_OK) {
		g_warning("core: the uplink's state is not readable");
		return;
	}
	core->connected = state.connected && !state.bootstrap;
	publisher_set_connected(core->publisher, state.connected);
	note_network(core, state.connected);
	if (!core->connected) {
		terminal_set_online(core->terminal, FALSE);
		/* The next connection's will: numbers grow. */
		if (!state.connected)
			send_connect(core);
		return;
	}
	send_health(core);
	want_soon(core, FALSE, 0);
}

static void on_message(Core *core, Slice bytes)
{
	UplinkMessage message;
	char topic[TOPIC_MAX];

	if (uplink_message_decode(bytes, &message) != WIRE_OK) {
		g_warning("core: the uplink's message is not readable");
		return;
	}
	memcpy(topic, message.topic.data, message.topic.size);
	topic[message.topic.size] = '\0';
	control_accept(core->control, topic, message.message);
}

/* A first join shows that the device has the bundle's secret; a renewal's signature is enough. */
static gboolean prove(const Bundle *bundle, Join *join)
{
	const Slice proved[] = {{join->signing.bytes, sizeof join->signing.bytes},
							{join->sealing.bytes, sizeof join->sealing.bytes},
							join->csr};

	return crypto_hmac_sha256((Slice){bundle->secret, bundle->secret_size}, proved,
							  G_N_ELEMENTS(proved), &join->proof);
}

static void on_request(Core *core, Slice bytes)
{
	g_autoptr(GError) error = NULL;
	UplinkRequest request;
	Join join = {.signing = *keystore_signing(core->parts.keys),
				 .sealing = *keystore_sealing(core->parts.keys)};

	if (uplink_request_decode(bytes, &request) != WIRE_OK || request.csr.size > JOIN_CSR_MAX) {
		g_warning("core: the uplink's certificate request is not readable");
		return;
	}
	join.csr = request.csr;
	join.renewal = request.renewal;
	if ((!join.renewal && !prove(core->parts.bundle, &join)) ||
		!publisher_send_join(core->publisher, &join, &error))
		g_warning("core: join: %s", error == NULL ? "no proof" : error->message);
}

static void uplink_received(Channel *channel, guint8 type, const guint8 *payload, gsize size,
							gpointer user)
{
	Slice bytes = {payload, size};

	(void)channel;
	switch (type) {
	case UPLINK_STATE:
		on_state(user, bytes);
		break;
	case UPLINK_MESSAGE:
		on_message(user, bytes);
		break;
	case UPLINK_REQUEST:
		on_request(user, bytes);
		break;
	default:
		g_warning("core: unknown message %u of the uplink", type);
	}
}

static void uplink_closed(Channel *channel, gpointer user)
{
	Core *core = user;

	(void)channel;
	g_clear_pointer(&core->uplink, channel_free);
	core->connected = FALSE;
	publisher_set_connected(core->publisher, FALSE);
	terminal_set_online(core->terminal, FALSE);
	note_network(core, FALSE);
}

/* ── time passes ── */

static void note_step(Core *core)
{
	EventBody body = {0};

	if (!timekeeper_check_step(core->parts.timekeeper, &body.clock_step.delta_ms))
		return;
	core_parts_append(&core->parts, EVENT_CLOCK_STEP, &body);
	send_connect(core); /* the uplink's certificates are checked at another time now */
}

static gboolean tick(gpointer user)
{
	Core *core = user;
	g_autoptr(GError) error = NULL;
	gboolean reached = journal_reserve_reached(core->parts.journal);
	ClockReading now;

	note_step(core);
	timekeeper_read(core->parts.timekeeper, &now);
	if (!journal_check_space(core->parts.journal, &now, &error))
		g_warning("core: %s", error->message);
	if (core->connect_due)
		send_connect(core);
	if (reached != journal_reserve_reached(core->parts.journal))
		send_health(core);
	if (journal_is_broken(core->parts.journal)) {
		g_warning("core: the journal is damaged: starting anew");
		core->status = 1;
		role_quit(core->role);
	}
	return G_SOURCE_CONTINUE;
}

static gboolean alive(gpointer user)
{
	Core *core = user;
	EventBody body = {.alive = {
						  .backlog = journal_backlog(core->parts.journal),
						  .roster_version = roster_version(core->parts.roster),
						  .sensor_ok = terminal_sensor_ok(core->terminal),
					  }};

	core_parts_append(&core->parts, EVENT_ALIVE, &body);
	return G_SOURCE_CONTINUE;
}

static gboolean health_due(gpointer user)
{
	send_health(user);
	return G_SOURCE_CONTINUE;
}

static void stop_timers(Core *core)
{
	guint *sources[] = {&core->tick_source, &core->alive_source, &core->health_source,
						&core->want_source, &core->lost_source};

	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
		g_clear_handle_id(sources[i], g_source_remove);
}

/* ── the role ── */

static void linked(const char *peer, int fd, gpointer user)
{
	Core *core = user;

	if (strcmp(peer, "sensor") == 0) {
		terminal_sensor_linked(core->terminal, fd);
		return;
	}
	g_clear_pointer(&core->uplink, channel_free);
	core->uplink = channel_new(fd, uplink_received, uplink_closed, core);
	send_connect(core);
}

static gboolean stop_waited(gpointer user)
{
	Core *core = user;

	core->stop_source = 0;
	role_quit(core->role);
	return G_SOURCE_REMOVE;
}

/* The last event is EVENT_STOP; the server gets a moment to have it. */
static void stopping(gpointer user)
{
	Core *core = user;
	EventBody body = {0};

	terminal_set_stopping(core->terminal);
	stop_timers(core);
	core->stopping = core_parts_append(&core->parts, EVENT_STOP, &body);
	if (core->stopping && core->connected &&
		journal_backlog(core->parts.journal) <= EVENT_BATCH_MAX)
		core->stop_source = g_timeout_add(STOP_MS, stop_waited, core);
	else
		role_quit(core->role);
}

static const PublicKey *vault_key(gpointer user)
{
	return control_server_sealing(((Core *)user)->control);
}

static gboolean report_enrolment(const EnrolReport *report, gpointer user)
{
	g_autoptr(GError) error = NULL;

	if (publisher_send_enrol(((Core *)user)->publisher, report, &error))
		return TRUE;
	g_warning("core: report an enrolment: %s", error->message);
	return FALSE;
}

static void terminal_changed(gpointer user)
{
	send_health(user);
}

static gboolean open_control(Core *core, GError **error)
{
	ControlConfig config = {
		.terminal = core->parts.bundle->terminal,
		.bundle = core->parts.bundle,
		.db = core->parts.db,
		.journal = core->parts.journal,
		.roster = core->parts.roster,
		.timekeeper = core->parts.timekeeper,
		.handlers = {on_receipt, on_roster, on_enrol, on_enrol_cancel, on_enrol_answer,
					 on_claim_answer, on_code_answer, on_certificate, on_revoked, on_resync,
					 on_carried_out},
		.user = core,
	};

	core->control = control_new(&config, error);
	return core->control != NULL;
}

static gboolean open_terminal(Core *core, GError **error)
{
	const TerminalConfig *config = core->config;
	TerminalDeps deps = {
		.id = core->parts.bundle->terminal,
		.title = config->title,
		.display = core->parts.display,
		.display_options = {config->run, config->display_device, config->display_input},
		.indicators = core->parts.indicators,
		.indicators_options = {config->indicators_chip, config->indicators_lines},
		.journal = core->parts.journal,
		.roster = core->parts.roster,
		.timekeeper = core->parts.timekeeper,
		.keys = core->parts.keys,
		.vault_key = vault_key,
		.report = report_enrolment,
		.changed = terminal_changed,
		.user = core,
	};

	core->terminal = terminal_new(&deps, error);
	if (core->terminal == NULL)
		return FALSE;
	terminal_set_revoked(core->terminal, control_is_revoked(core->control));
	return TRUE;
}

static gboolean open_all(Core *core, const HalDrivers *drivers, GError **error)
{
	if (!core_parts_open(&core->parts, drivers, core->config, error))
		return FALSE;
	core->publisher = publisher_new(&(PublisherConfig){
		.terminal = core->parts.bundle->terminal,
		.journal = core->parts.journal,
		.keys = core->parts.keys,
		.db = core->parts.db,
		.send = send_message,
		.user = core,
	});
	if (!open_control(core, error) || !open_terminal(core, error))
		return FALSE;
	core_parts_append_boot(&core->parts);
	core->tick_source = g_timeout_add_seconds(TICK_S, tick, core);
	core->alive_source = g_timeout_add_seconds((guint)core->config->alive_s, alive, core);
	core->health_source = g_timeout_add_seconds((guint)core->config->health_s, health_due, core);
	return TRUE;
}

static void close_all(Core *core)
{
	stop_timers(core);
	g_clear_handle_id(&core->stop_source, g_source_remove);
	g_clear_pointer(&core->uplink, channel_free);
	g_clear_pointer(&core->terminal, terminal_free);
	g_clear_pointer(&core->control, control_free);
	g_clear_pointer(&core->publisher, publisher_free);
	core_parts_close(&core->parts);
}

int core_role_run(const HalDrivers *drivers, const TerminalConfig *config)
{
	g_autoptr(GError) error = NULL;
	Core core = {.config = config};

	core.role = role_new(linked, stopping, &core);
	if (open_all(&core, drivers, &error)) {
		role_run(core.role);
	} else {
		g_printerr("hadir-terminal: core: %s\n", error->message);
		core.status = 1;
	}
	close_all(&core);
	role_free(core.role);
	return core.status;
}
