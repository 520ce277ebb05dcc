#include "firmware/hal/clock_sim.h"

#include <string.h>

#include "firmware/hal/clock_system.h"

typedef struct {
	ClockTime now;
	guint8 boot[16];
} ClockSim;

static void draw_boot_id(ClockSim *self)
{
	for (gsize i = 0; i < sizeof self->boot; i++)
		self->boot[i] = (guint8)g_random_int_range(0, 256);
}

static gpointer clock_sim_open(const ClockOptions *options, GError **error)
{
	(void)error;
	ClockSim *self = g_new0(ClockSim, 1);
	self->now.wall_ms =
		options != NULL && options->start_ms != 0 ? options->start_ms : g_get_real_time() / 1000;
	self->now.synchronised = TRUE;
	self->now.error_ms = 1;
	draw_boot_id(self);
	return self;
}

static void clock_sim_read(gpointer self, ClockTime *out)
{
	*out = ((ClockSim *)self)->now;
}

static void clock_sim_boot_id(gpointer self, guint8 out[16])
{
	memcpy(out, ((ClockSim *)self)->boot, 16);
}

const ClockDriver clock_sim = {
	.name = "sim",
	.simulated = TRUE,
	.open = clock_sim_open,
	.read = clock_sim_read,
	.boot_id = clock_sim_boot_id,
	.free = g_free,
};

void clock_sim_set_wall(gpointer self, gint64 wall_ms)
{
	((ClockSim *)self)->now.wall_ms = wall_ms;
}

void clock_sim_advance(gpointer self, gint64 by_ms)
{
	ClockTime *now = &((ClockSim *)self)->now;
	now->wall_ms += by_ms;
	now->mono_ms += (guint64)by_ms;
}

void clock_sim_set_synchronised(gpointer self, gboolean on)
{
	ClockTime *now = &((ClockSim *)self)->now;
	now->synchronised = on;
	now->error_ms = on ? 1 : G_MAXUINT32;
}

void clock_sim_reboot(gpointer self)
{
	ClockSim *sim = self;
	sim->now.mono_ms = 0;
	draw_boot_id(sim);
}

/* The machine's clock, whose word is taken. */

#define HOST_ERROR_MS 1000

static gpointer clock_host_open(const ClockOptions *options, GError **error)
{
	return clock_system.open(options, error);
}

static void clock_host_read(gpointer self, ClockTime *out)
{
	clock_system.read(self, out);
	if (out->synchronised)
		return;
	out->synchronised = TRUE;
	out->error_ms = HOST_ERROR_MS;
}

static void clock_host_boot_id(gpointer self, guint8 out[16])
{
	clock_system.boot_id(self, out);
}

const ClockDriver clock_host = {
	.name = "host",
	.simulated = TRUE,
	.open = clock_host_open,
	.read = clock_host_read,
	.boot_id = clock_host_boot_id,
	.free = g_free,
};
