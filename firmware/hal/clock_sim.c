#include "firmware/hal/clock_sim.h"

#include <string.h>

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

void clock_sim_set_wall(Clock *clock, gint64 wall_ms)
{
	((ClockSim *)clock_self(clock))->now.wall_ms = wall_ms;
}

void clock_sim_advance(Clock *clock, gint64 by_ms)
{
	ClockSim *self = clock_self(clock);
	self->now.wall_ms += by_ms;
	self->now.mono_ms += (guint64)by_ms;
}

void clock_sim_set_synchronised(Clock *clock, gboolean on)
{
	ClockSim *self = clock_self(clock);
	self->now.synchronised = on;
	self->now.error_ms = on ? 1 : G_MAXUINT32;
}

void clock_sim_reboot(Clock *clock)
{
	ClockSim *self = clock_self(clock);
	self->now.mono_ms = 0;
	draw_boot_id(self);
}
