/*
 * The judge of a run: compares every byte that the terminals signed with every byte that the server
 * stored.  It reads the database by itself and trusts nothing that the server says.
 */
#pragma once

#include "tools/fleet/fleet_script.h"

typedef struct {
	guint64 n_signed; /* events that the server owes */
	guint64 n_stored, n_missing, n_foreign, n_altered;
} FleetVerdict;

/* After the server has stopped.  What does not hold becomes a problem of the fleet. */
gboolean fleet_check(Fleet *fleet, FleetVerdict *verdict, GError **error);
