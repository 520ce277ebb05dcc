/*
 * The panel: one screen at a time, 800 × 480, and the keys typed on it.
 *
 * A driver is one struct of functions.  What a screen looks like is decided once, in
 * display_draw.h; a driver only brings the picture to glass (or, simulated, to a socket).
 */
#pragma once

#include <glib.h>

#include "firmware/hal/indicators.h"

#define DISPLAY_WIDTH 800
#define DISPLAY_HEIGHT 480

typedef enum {
	SYMBOL_NONE,
	SYMBOL_CHECK,        /* ✓ recorded */
	SYMBOL_DOUBLE_CHECK, /* ✓✓ the server has it */
	SYMBOL_ALERT,        /* ! something to do or to know */
	SYMBOL_CROSS,        /* ✕ not possible */
	SYMBOL_WAIT,         /* … */
} Symbol;

#define SYMBOL_LAST SYMBOL_WAIT

/* "check"; static storage. */
const char *symbol_name(Symbol symbol);

/* What is shown. Texts are UTF-8, borrowed until show() returns. */
typedef struct {
	const char *screen; /* the catalogue's name of it, "ready" */
	const char *large;  /* ≤ 24 characters */
	const char *small;  /* ≤ 60 characters */
	Symbol symbol;
	Lamp lamp;
	const char *title; /* top left: the place, or the terminal's id */
	const char *clock; /* top right: "06.52"; "" on the ready screens, where it is the large line */
	gboolean offline;  /* top right: no network */
	gboolean keypad;   /* keys are drawn, and a finger on them is a key */
	const char *typed; /* the digits so far, NULL unless `keypad` */
	const char *button;  /* what OK does beside its plain meaning ("Tanpa jari"), or NULL */
	guint step, n_steps; /* enrolment: dots filled, of; 0 of 0: none */
	/* For the simulated panel and the log only. */
	gboolean ready;      /* a finger would be read now */
	const char *outcome; /* of the last completed touch; NULL before the first */
	gint64 person;       /* whom it named; 0: nobody */
	guint64 touch;       /* completed touches since start */
} DisplayView;

/* A key: '0' … '9', '#' (OK), '*' (delete; with nothing typed, back). */
typedef struct {
	void (*key)(char key, gpointer user);
	/* Simulated panel only: its case was "opened" or "closed". */
	void (*tamper)(gboolean open, gpointer user);
} DisplayListener;

typedef struct {
	const char *run;    /* folder for sockets (simulated) */
	const char *device; /* DRM card, NULL: the first with a connected panel */
	const char *input;  /* event device of keypad or touch screen, NULL: every one that fits */
} DisplayOptions;

typedef struct {
	const char *name;
	gboolean simulated;
	/* (transfer full); callbacks come from the default main context, never before open() has
	 * returned. `listener` outlives it. */
	gpointer (*open)(const DisplayOptions *options, const DisplayListener *listener, gpointer user,
					 GError **error);
	/* FALSE with an error when the picture did not reach the panel; trying again is harmless. */
	gboolean (*show)(gpointer self, const DisplayView *view, GError **error);
	void (*free)(gpointer self);
} DisplayDriver;

#define DISPLAY_ERROR (display_error_quark())
GQuark display_error_quark(void);

typedef enum {
	DISPLAY_ERROR_DEVICE, /* no card with a connected panel of a usable size */
	DISPLAY_ERROR_IO,
} DisplayError;
