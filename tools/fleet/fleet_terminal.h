/*
 * A device at the broker: connects, says what it holds, sends its events in signed batches, FLEET_WINDOW
 * of them under way, until the server's receipts release them; repeats what is not receipted.
 */
#pragma once

#include "tools/fleet/fleet_device.h"
#include "tools/fleet/fleet_link.h"

/* Without a receipt for so long everything under way is sent again, as firmware/publish.h does. */
#define FLEET_RETRY_US (5 * G_USEC_PER_SEC)

/* A join is repeated until its certificate is there; a device does it every 20 s. */
#define FLEET_JOIN_US G_USEC_PER_SEC

/* What a whole fleet counts. */
typedef struct {
	guint64 n_receipts, n_batches, n_events, n_resent, n_downs;
	GArray *latency_us; /* of gint64: touch to receipt */
	GArray *first_us;   /* of gint64: from opening the link to the first receipt */
} FleetCount;

typedef struct {
	FleetDevice *device;
	FleetLink *link;
	FleetCount *count;
	gint64 opened_us;   /* of the link; 0: its first receipt is there */
	gboolean resumed;   /* the server answered the want of this connection */
	gboolean held_back; /* sends no events by itself */
	guint copies;       /* each batch is sent so often */
	guint n_in_flight;
	guint64 flight[FLEET_WINDOW]; /* last seq of each batch under way */
	FleetJournal *journal;        /* whose they are */
	gint64 moved_us;              /* the last receipt that helped, or the last sending */
	const guint8 *secret;         /* of the bundle, while it joins */
	GBytes *order;                /* a certificate that came: the payload of the command; NULL */
	char up_events[TOPIC_MAX], up_health[TOPIC_MAX], up_want[TOPIC_MAX];
} FleetTerminal;

/* The device is borrowed and stays the caller's. */
FleetTerminal *fleet_terminal_new(FleetDevice *device, FleetLoop *loop, const char *host, int port,
								  const char *anchors, FleetCount *count);
void fleet_terminal_free(gpointer data); /* a FleetTerminal */

void fleet_terminal_connect(FleetTerminal *terminal);
/* Asks for a certificate with the bundle's secret, until it is in `order`. */
void fleet_terminal_join(FleetTerminal *terminal, const guint8 secret[32]);
/* Sends what the window lets through. */
void fleet_terminal_pump(FleetTerminal *terminal);
/* Once a second or so. */
void fleet_terminal_tick(FleetTerminal *terminal, gint64 now_us);
/* Publishes bytes as they are on this terminal's topic of the kind. */
gboolean fleet_terminal_say(FleetTerminal *terminal, TopicKind kind, GBytes *message);
