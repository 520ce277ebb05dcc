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

/* An opened driver. */
typedef struct Clock Clock;

Clock *clock_new(const ClockDriver *driver, const ClockOptions *options, GError **error);
void clock_free(Clock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Clock, clock_free)
/* The driver's own struct; for drivers. */
gpointer clock_self(const Clock *clock);
const char *clock_name(const Clock *clock); /* the driver's */
void clock_read(const Clock *clock, ClockTime *out);
void clock_boot_id(const Clock *clock, guint8 out[16]);

/* Only in hadir-hal-sim, for a clock of the driver "sim": it stands still until it is moved. */
void clock_sim_set_wall(Clock *clock, gint64 wall_ms); /* a step: mono is untouched */
void clock_sim_advance(Clock *clock, gint64 by_ms);    /* both */
void clock_sim_set_synchronised(Clock *clock, gboolean on);
void clock_sim_reboot(Clock *clock); /* mono begins at 0, the boot id changes */
