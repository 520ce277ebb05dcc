/*
 * The broker and the server of a fleet's province: started, waited for, measured, and ended by their own
 * pid.  They die with this program.
 */
#pragma once

#include <glib.h>

typedef struct FleetProcess FleetProcess;

/* Starts argv[0] with its output in `log`, and waits up to `wait_s` until that says `ready`. */
FleetProcess *fleet_process_start(const char *const *argv, const char *log, const char *ready,
								  guint wait_s, GError **error);
gboolean fleet_process_alive(FleetProcess *process);
/* SIGTERM, and SIGKILL to what does not go within 20 s. */
void fleet_process_stop(FleetProcess *process);
/* SIGKILL, at once. */
void fleet_process_kill(FleetProcess *process);

typedef struct {
	double rss_mib, processor_s;
} FleetUse;

/* Of the process itself, or of its child of that role. */
FleetUse fleet_process_use(const FleetProcess *process, const char *role);
