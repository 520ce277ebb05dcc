#include "firmware/hal/indicators_sim.h"

typedef struct {
	Lamp lamp;
} IndicatorsSim;

static gpointer indicators_sim_open(const IndicatorsOptions *options, IndicatorsTamper tamper,
									gpointer user, GError **error)
{
	(void)options, (void)tamper, (void)user, (void)error;
	return g_new0(IndicatorsSim, 1);
}

static void indicators_sim_lamp(gpointer indicators, Lamp lamp)
{
	IndicatorsSim *self = indicators;
	if (self->lamp != lamp)
		g_debug("lamp: %s", lamp_name(lamp));
	self->lamp = lamp;
}

static void indicators_sim_sound(gpointer indicators, Sound sound)
{
	(void)indicators;
	g_debug("sound: %d", sound);
}

const IndicatorsDriver indicators_sim = {
	.name = "sim",
	.simulated = TRUE,
	.open = indicators_sim_open,
	.lamp = indicators_sim_lamp,
	.sound = indicators_sim_sound,
	.free = g_free,
};
