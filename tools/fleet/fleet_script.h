/*
 * What a fleet lives through: one function per script, each bounded in time, each of which adds figures
 * and, when something did not happen that had to, a problem.
 */
#pragma once

#include "tools/fleet/fleet_province.h"
#include "tools/fleet/fleet_terminal.h"

typedef struct {
	const char *name, *unit; /* literals */
	double value;
} FleetFigure;

typedef struct {
	FleetProvince *province; /* borrowed */
	FleetLoop *loop;
	GPtrArray *terminals; /* of FleetTerminal */
	GPtrArray *added;     /* of FleetDevice: those that came later */
	FleetCount count;
	GRand *random;
	guint limit_s; /* for each wait */
	GArray *figures;
	GPtrArray *problems; /* texts */
	/* What the checker expects. */
	guint64 n_forged;   /* messages that the server must have refused */
	guint64 n_restored; /* terminals whose card went back */
	guint64 n_revoked;
	/* What a wait waits for. */
	guint64 receipts_due;
	gint64 n_refused, looked_us;
} Fleet;

/* Open files for so many terminals, here and in what is started later; says so when that is not allowed. */
void fleet_raise_limit(guint n_terminals);
Fleet *fleet_new(FleetProvince *province, guint limit_s);
void fleet_free(Fleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fleet, fleet_free)
void fleet_note(Fleet *fleet, const char *name, double value, const char *unit);
void fleet_problem(Fleet *fleet, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Of gint64 microseconds, sorted in place; in ms. 0 when empty. */
double fleet_quantile_ms(GArray *us, double share);
/* Serves the fleet until `done`; FALSE and a problem after the limit. */
gboolean fleet_wait(Fleet *fleet, const char *what, gboolean (*done)(Fleet *fleet));
gboolean fleet_is_quiet(Fleet *fleet); /* nothing is without a receipt */

/* All connect and hear the server's first receipt. */
void fleet_script_connect(Fleet *fleet);
/* Every connection is cut at once, and all come back. */
void fleet_script_storm(Fleet *fleet);
/* So many events of the last three days, sent by all at once; gives the seconds until durable and
 * receipted. */
double fleet_script_replay(Fleet *fleet, guint64 n_events);
/* The same, every message twice. */
double fleet_script_duplicates(Fleet *fleet, guint64 n_events);
/* Touches at random terminals, one message each. */
void fleet_script_peak(Fleet *fleet, guint per_second, guint seconds);
/* Messages that must not be believed: wrong key, wrong terminal, changed, cut, invented. */
void fleet_script_forgeries(Fleet *fleet, guint n_forgers);
/* Cards that go back to an older copy. */
void fleet_script_restored(Fleet *fleet, guint n_cards);
/* A device is revoked with events in it, another joins in its place over the wire. */
void fleet_script_replaced(Fleet *fleet);
