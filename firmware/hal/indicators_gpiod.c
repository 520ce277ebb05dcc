#include "firmware/hal/indicators_gpiod.h"

#include <glib-unix.h>

#include "firmware/hal/gpio.h"

#define PREFIX_DEFAULT "hadir-"
/* A switch bounces for some milliseconds; what it says afterwards counts. */
#define DEBOUNCE_MS 50
/* Green and blue in turn: one lamp cannot show both at once as two. */
#define ALTERNATE_MS 500

enum { RED, GREEN, BLUE, LEDS };

typedef struct {
	GpioOutput *leds[LEDS];
	GpioOutput *buzzer;
	GpioInput *switch_line;
	IndicatorsTamper tamper;
	gpointer user;
	int open; /* the case, as last told; -1: not yet */
	guint edge_source, settle_source, lamp_source, sound_source;
	gboolean second_half;   /* of an alternating lamp */
	const guint16 *pattern; /* what of the sound is left */
	gboolean sounding;
} IndicatorsGpiod;

/* On, off, on, … in ms; 0 ends. An active buzzer has one pitch: length and number say it. */
static const guint16 sounds[][8] = {
	[SOUND_NONE] = {0},
	[SOUND_OK] = {70, 70, 110, 0},
	[SOUND_AGAIN] = {200, 0},
	[SOUND_NO] = {800, 0},
	[SOUND_WAIT] = {30, 170, 30, 170, 30, 0},
};

static const guint8 lamps[][LEDS] = {
	[LAMP_OFF] = {0, 0, 0},        [LAMP_WHITE] = {1, 1, 1}, [LAMP_GREEN] = {0, 1, 0},
	[LAMP_YELLOW] = {1, 1, 0},     [LAMP_RED] = {1, 0, 0},   [LAMP_BLUE] = {0, 0, 1},
	[LAMP_GREEN_BLUE] = {0, 1, 0},
};

static void set_output(GpioOutput *output, gboolean high)
{
	g_autoptr(GError) error = NULL;
	if (!gpio_output_set(output, high, &error))
		g_warning("indicators: %s", error->message);
}

static void set_lamp(IndicatorsGpiod *self, const guint8 levels[LEDS])
{
	for (int i = 0; i < LEDS; i++)
		set_output(self->leds[i], levels[i] != 0);
}

static gboolean on_alternate(gpointer user)
{
	IndicatorsGpiod *self = user;
	self->second_half = !self->second_half;
	set_lamp(self, lamps[self->second_half ? LAMP_BLUE : LAMP_GREEN]);
	return G_SOURCE_CONTINUE;
}

static void indicators_gpiod_lamp(gpointer indicators, Lamp lamp)
{
	IndicatorsGpiod *self = indicators;
	gboolean alternates = lamp == LAMP_GREEN_BLUE;
	if (alternates && self->lamp_source != 0)
		return; /* a redraw must not restart the turn */
	g_clear_handle_id(&self->lamp_source, g_source_remove);
	self->second_half = FALSE;
	set_lamp(self, lamps[lamp]);
	if (alternates)
		self->lamp_source = g_timeout_add(ALTERNATE_MS, on_alternate, self);
}

static gboolean on_sound(gpointer user)
{
	IndicatorsGpiod *self = user;
	guint16 wait_ms = *self->pattern;
	self->sound_source = 0;
	self->sounding = wait_ms != 0 && !self->sounding;
	set_output(self->buzzer, self->sounding);
	if (wait_ms == 0)
		return G_SOURCE_REMOVE;
	self->pattern++;
	self->sound_source = g_timeout_add(wait_ms, on_sound, self);
	return G_SOURCE_REMOVE;
}

static void indicators_gpiod_sound(gpointer indicators, Sound sound)
{
	IndicatorsGpiod *self = indicators;
	g_clear_handle_id(&self->sound_source, g_source_remove);
	self->sounding = FALSE;
	self->pattern = sounds[sound];
	on_sound(self);
}

static void read_switch(IndicatorsGpiod *self)
{
	g_autoptr(GError) error = NULL;
	int level = gpio_input_get(self->switch_line, &error);
	if (level < 0) {
		g_warning("indicators: tamper switch: %s", error->message);
		return;
	}
	if (level == self->open)
		return;
	self->open = level;
	self->tamper(level == 1, self->user);
}

static gboolean on_settled(gpointer user)
{
	IndicatorsGpiod *self = user;
	self->settle_source = 0;
	read_switch(self);
	return G_SOURCE_REMOVE;
}

static gboolean on_edge(gint fd, GIOCondition condition, gpointer user)
{
	IndicatorsGpiod *self = user;
	g_autoptr(GError) error = NULL;
	(void)fd, (void)condition;
	if (!gpio_input_read_edge(self->switch_line, &error)) {
		g_warning("indicators: tamper switch is watched no more: %s", error->message);
		self->edge_source = 0;
		return G_SOURCE_REMOVE;
	}
	g_clear_handle_id(&self->settle_source, g_source_remove);
	self->settle_source = g_timeout_add(DEBOUNCE_MS, on_settled, self);
	return G_SOURCE_CONTINUE;
}

static void indicators_gpiod_free(gpointer indicators)
{
	IndicatorsGpiod *self = indicators;
	g_clear_handle_id(&self->edge_source, g_source_remove);
	g_clear_handle_id(&self->settle_source, g_source_remove);
	g_clear_handle_id(&self->lamp_source, g_source_remove);
	g_clear_handle_id(&self->sound_source, g_source_remove);
	for (int i = 0; i < LEDS; i++) {
		if (self->leds[i] != NULL)
			set_output(self->leds[i], FALSE);
		gpio_output_free(self->leds[i]);
	}
	if (self->buzzer != NULL)
		set_output(self->buzzer, FALSE);
	gpio_output_free(self->buzzer);
	gpio_input_free(self->switch_line);
	g_free(self);
}

static gboolean open_lines(IndicatorsGpiod *self, const IndicatorsOptions *options, GError **error)
{
	static const char *const names[LEDS] = {"led-red", "led-green", "led-blue"};
	const char *prefix = options->lines != NULL ? options->lines : PREFIX_DEFAULT;
	for (int i = 0; i < LEDS; i++) {
		g_autofree char *name = g_strconcat(prefix, names[i], NULL);
		self->leds[i] = gpio_output_new(options->chip, name, error);
		if (self->leds[i] == NULL)
			return FALSE;
	}
	g_autofree char *buzzer = g_strconcat(prefix, "buzzer", NULL);
	g_autofree char *tamper = g_strconcat(prefix, "tamper", NULL);
	self->buzzer = gpio_output_new(options->chip, buzzer, error);
	if (self->buzzer == NULL)
		return FALSE;
	self->switch_line = gpio_input_new(options->chip, tamper, error);
	return self->switch_line != NULL;
}

static gpointer indicators_gpiod_open(const IndicatorsOptions *options, IndicatorsTamper tamper,
									  gpointer user, GError **error)
{
	IndicatorsGpiod *self = g_new0(IndicatorsGpiod, 1);
	self->tamper = tamper;
	self->user = user;
	self->open = -1;
	if (!open_lines(self, options, error)) {
		indicators_gpiod_free(self);
		return NULL;
	}
	self->edge_source = g_unix_fd_add(gpio_input_fd(self->switch_line), G_IO_IN, on_edge, self);
	self->settle_source = g_timeout_add(0, on_settled, self);
	return self;
}

const IndicatorsDriver indicators_gpiod = {
	.name = "gpiod",
	.open = indicators_gpiod_open,
	.lamp = indicators_gpiod_lamp,
	.sound = indicators_gpiod_sound,
	.free = indicators_gpiod_free,
};
