#include "tools/fleet/fleet_terminal.h"

#include <string.h>

#include "protocol/command.h"
#include "protocol/roster.h"

static gint64 now_ms(void)
{
	return g_get_real_time() / 1000;
}

static void publish_taken(FleetTerminal *terminal, const char *topic, GBytes *message)
{
	gsize size;
	gconstpointer data = g_bytes_get_data(message, &size);
	fleet_link_publish(terminal->link, topic, data, size);
	g_bytes_unref(message);
}

gboolean fleet_terminal_say(FleetTerminal *terminal, TopicKind kind, GBytes *message)
{
	char topic[TOPIC_MAX];
	gsize size;
	gconstpointer data = g_bytes_get_data(message, &size);
	fleet_device_topic(terminal->device, kind, topic);
	return fleet_link_publish(terminal->link, topic, data, size);
}

/* ── events ── */

static void forget_flight(FleetTerminal *terminal)
{
	terminal->n_in_flight = 0;
	for (guint i = 0; i < terminal->device->journals->len; i++) {
		FleetJournal *journal = terminal->device->journals->pdata[i];
		journal->next = journal->receipted + 1;
	}
}

static void send_batch(FleetTerminal *terminal, FleetJournal *journal)
{
	guint64 first = journal->next, last = fleet_journal_batch_end(journal, first);
	GBytes *message =
		fleet_device_batch(terminal->device, journal, first, last, terminal->device->signing);
	for (guint i = 1; i < terminal->copies; i++)
		publish_taken(terminal, terminal->up_events, g_bytes_ref(message));
	publish_taken(terminal, terminal->up_events, message);
	terminal->flight[terminal->n_in_flight++] = last;
	terminal->journal = journal;
	journal->next = last + 1;
	terminal->moved_us = g_get_monotonic_time();
	terminal->count->n_batches += terminal->copies;
	terminal->count->n_events += (last - first + 1) * terminal->copies;
}

void fleet_terminal_pump(FleetTerminal *terminal)
{
	if (!terminal->resumed || terminal->held_back)
		return;
	for (;;) {
		FleetJournal *journal = fleet_device_pending(terminal->device);
		gboolean other = terminal->n_in_flight > 0 && journal != terminal->journal;
		if (journal == NULL || other || terminal->n_in_flight == FLEET_WINDOW ||
			journal->next > fleet_journal_last(journal))
			return;
		send_batch(terminal, journal);
	}
}

void fleet_terminal_join(FleetTerminal *terminal, const guint8 secret[32])
{
	terminal->secret = secret;
	terminal->moved_us = g_get_monotonic_time();
	publish_taken(terminal, terminal->up_want, fleet_device_join(terminal->device, secret));
}

void fleet_terminal_tick(FleetTerminal *terminal, gint64 now_us)
{
	if (terminal->secret != NULL && terminal->order == NULL && fleet_link_is_up(terminal->link) &&
		now_us - terminal->moved_us > FLEET_JOIN_US)
		fleet_terminal_join(terminal, terminal->secret);
	if (terminal->n_in_flight == 0 || now_us - terminal->moved_us < FLEET_RETRY_US)
		return;
	terminal->count->n_resent += terminal->n_in_flight;
	forget_flight(terminal);
	fleet_terminal_pump(terminal);
}

/* ── from the server ── */

static void note_latency(gint64 us, gpointer user)
{
	FleetCount *count = user;
	g_array_append_val(count->latency_us, us);
}

static void land(FleetTerminal *terminal)
{
	const FleetJournal *journal = terminal->journal;
	guint n = 0;
	while (n < terminal->n_in_flight && terminal->flight[n] <= journal->receipted)
		n++;
	terminal->n_in_flight -= n;
	memmove(terminal->flight, terminal->flight + n, terminal->n_in_flight * sizeof(guint64));
	terminal->moved_us = g_get_monotonic_time();
}

static void on_receipt(FleetTerminal *terminal, Slice payload)
{
	FleetCount *count = terminal->count;
	gint64 now_us = g_get_monotonic_time();
	FleetReceipt outcome =
		fleet_device_receipt(terminal->device, payload, now_us, now_ms(), note_latency, count);
	count->n_receipts++;
	if (terminal->opened_us != 0) {
		gint64 took_us = now_us - terminal->opened_us;
		g_array_append_val(count->first_us, took_us);
		terminal->opened_us = 0;
	}
	switch (outcome) {
	case FLEET_RECEIPT_ADVANCED:
		land(terminal);
		break;
	case FLEET_RECEIPT_FORKED:
		forget_flight(terminal);
		break;
	case FLEET_RECEIPT_BAD:
		terminal->device->n_bad++;
		break;
	case FLEET_RECEIPT_SAME:
	default:
		break;
	}
	terminal->resumed = TRUE;
	fleet_terminal_pump(terminal);
}

static void on_roster(FleetTerminal *terminal, Slice payload)
{
	RosterChunk chunk;
	if (roster_chunk_decode(payload, &chunk) != WIRE_OK)
		return;
	terminal->device->roster_version = chunk.upto;
	if (chunk.more)
		publish_taken(terminal, terminal->up_want, fleet_device_want(terminal->device, TRUE));
	roster_chunk_clear(&chunk);
}

/* A certificate is kept for who began the join; all else is confirmed as carried out. */
static void on_command(FleetTerminal *terminal, Slice payload)
{
	Command command;
	if (command_decode(payload, &command) != WIRE_OK ||
		command.id <= terminal->device->last_command)
		return;
	terminal->device->last_command = command.id;
	if (command.kind == COMMAND_CERTIFICATE) {
		g_clear_pointer(&terminal->order, g_bytes_unref);
		terminal->order = g_bytes_new(payload.data, payload.size);
		return;
	}
	publish_taken(terminal, terminal->up_want, fleet_device_want(terminal->device, TRUE));
}

static void on_message(const char *text, Slice message, gpointer user)
{
	FleetTerminal *terminal = user;
	Topic topic;
	Slice payload;
	if (!topic_parse(&topic, text, crypto_sha256))
		return;
	if (topic.kind == TOPIC_DOWN_RECEIPT &&
		fleet_device_accept(terminal->device, MESSAGE_RECEIPT, message, &payload))
		on_receipt(terminal, payload);
	else if (topic.kind == TOPIC_DOWN_ROSTER &&
			 fleet_device_accept(terminal->device, MESSAGE_ROSTER, message, &payload))
		on_roster(terminal, payload);
	else if (topic.kind == TOPIC_DOWN_COMMAND &&
			 fleet_device_accept(terminal->device, MESSAGE_COMMAND, message, &payload))
		on_command(terminal, payload);
}

/* ── the connection ── */

static void on_up(gpointer user)
{
	FleetTerminal *terminal = user;
	if (terminal->device->certificate == NULL) /* with the bundle's: it will join */
		return;
	publish_taken(terminal, terminal->up_health,
				  fleet_device_health(terminal->device, TRUE, now_ms()));
	publish_taken(terminal, terminal->up_want, fleet_device_want(terminal->device, FALSE));
}

static void on_down(gpointer user)
{
	FleetTerminal *terminal = user;
	terminal->count->n_downs++;
	terminal->resumed = FALSE;
	forget_flight(terminal);
}

static const FleetListener listener = {on_up, on_down, on_message};

void fleet_terminal_connect(FleetTerminal *terminal)
{
	terminal->resumed = FALSE;
	forget_flight(terminal);
	terminal->opened_us = g_get_monotonic_time();
	fleet_link_open(terminal->link, terminal->device->certificate == NULL
										? NULL
										: fleet_device_health(terminal->device, FALSE, now_ms()));
}

FleetTerminal *fleet_terminal_new(FleetDevice *device, FleetLoop *loop, const char *host, int port,
								  const char *anchors, FleetCount *count)
{
	FleetTerminal *terminal = g_new0(FleetTerminal, 1);
	char filter[TOPIC_MAX];
	terminal->device = device;
	terminal->count = count;
	terminal->copies = 1;
	fleet_device_topic(device, TOPIC_UP_EVENTS, terminal->up_events);
	fleet_device_topic(device, TOPIC_UP_HEALTH, terminal->up_health);
	fleet_device_topic(device, TOPIC_UP_WANT, terminal->up_want);
	fleet_device_topic(device, TOPIC_DOWN_RECEIPT, filter);
	memcpy(strrchr(filter, '/') + 1, "#", 2);
	FleetLinkConfig config = {device->id.text, host, port, anchors, filter, terminal->up_health};
	terminal->link = fleet_link_new(loop, &config, &listener, terminal);
	if (device->certificate != NULL)
		g_assert_true(fleet_link_identity(terminal->link, device->certificate, device->tls));
	return terminal;
}

void fleet_terminal_free(gpointer data)
{
	FleetTerminal *terminal = data;
	fleet_link_free(terminal->link);
	g_clear_pointer(&terminal->order, g_bytes_unref);
	g_free(terminal);
}
