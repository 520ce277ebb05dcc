/*
 * Where time comes from.  The timekeeper turns it into evidence (trust, steps, boot id).
 *
 * A driver is one struct of functions; reading never blocks and never fails.
 */
#pragma once

#include <glib.h>

typedef struct {
	gint64 wall_ms;        /* UTC, since 1970 */
	guint64 mono_ms;       /* since boot, counting suspended time; never goes back */
	gboolean synchronised; /* the kernel's clock is disciplined by a time service now */
	guint32 error_ms;      /* bound of the wall clock's error, G_MAXUINT32: unknown */
} ClockTime;

typedef struct {
	gint64 start_ms; /* simulated clock: the wall time it starts at; 0: the machine's */
} ClockOptions;

typedef struct {
	const char *name;
	gboolean simulated;
	gpointer (*open)(const ClockOptions *options, GError **error); /* (transfer full) */
	void (*read)(gpointer self, ClockTime *out);
	/* 16 bytes that differ from boot to boot. */
	void (*boot_id)(gpointer self, guint8 out[16]);
	void (*free)(gpointer self);
} ClockDriver;

/* For the opened clock of the driver "sim", which stands still until it is moved (hadir-hal-sim). */
void clock_sim_set_wall(gpointer self, gint64 wall_ms); /* a step: mono is untouched */
void clock_sim_advance(gpointer self, gint64 by_ms);    /* both */
void clock_sim_set_synchronised(gpointer self, gboolean on);
void clock_sim_reboot(gpointer self); /* mono begins at 0, the boot id changes */
