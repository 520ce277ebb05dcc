/*
 * Lamps, buzzer and the tamper switch.
 *
 * A driver is one struct of functions.  Callbacks come from the default main context, never before
 * open() has returned.
 */
#pragma once

#include <glib.h>

typedef enum {
	LAMP_OFF,
	LAMP_WHITE,
	LAMP_GREEN,
	LAMP_YELLOW,
	LAMP_RED,
	LAMP_BLUE,
	LAMP_GREEN_BLUE, /* recorded, but not yet with the server */
} Lamp;

#define LAMP_LAST LAMP_GREEN_BLUE

typedef enum {
	SOUND_NONE,
	SOUND_OK,    /* two short, rising */
	SOUND_AGAIN, /* one short, low */
	SOUND_NO,    /* one long, low */
	SOUND_WAIT,  /* three soft */
} Sound;

#define SOUND_LAST SOUND_WAIT

/* "green"; static storage. */
const char *lamp_name(Lamp lamp);

/* The case was opened (TRUE) or closed; also once after open() with the state found. */
typedef void (*IndicatorsTamper)(gboolean open, gpointer user);

typedef struct {
	const char *chip;  /* a gpiochip's name, label or path; NULL: every chip is searched */
	const char *lines; /* prefix of the line names, "hadir-" by default (board/README.md) */
} IndicatorsOptions;

typedef struct {
	const char *name;
	gboolean simulated;
	/* (transfer full); NULL with an error that names the chip or line. */
	gpointer (*open)(const IndicatorsOptions *options, IndicatorsTamper tamper, gpointer user,
					 GError **error);
	void (*lamp)(gpointer self, Lamp lamp);
	/* Starts a pattern and returns; a pattern under way is replaced. */
	void (*sound)(gpointer self, Sound sound);
	void (*free)(gpointer self);
} IndicatorsDriver;

#define INDICATORS_ERROR (indicators_error_quark())
GQuark indicators_error_quark(void);

typedef enum {
	INDICATORS_ERROR_LINE, /* no chip has a line of that name, or it is taken */
	INDICATORS_ERROR_IO,
} IndicatorsError;
