/*
 * Panel, lamps and buzzer as one: a screen of the catalogue is shown with its lamp and its sound.
 */
#pragma once

#include "firmware/feedback.h"
#include "firmware/hal/display.h"
#include "firmware/hal/indicators.h"

typedef struct {
	const DisplayDriver *display;
	DisplayOptions display_options;
	const IndicatorsDriver *indicators;
	IndicatorsOptions indicators_options;
	const char *title; /* copied */
} PanelConfig;

typedef struct {
	void (*key)(char key, gpointer user);
	void (*tamper)(gboolean open, gpointer user);
} PanelListener;

typedef struct Panel Panel;

/* `listener` outlives the panel. NULL with an error when panel or lamps cannot be opened. */
Panel *panel_new(const PanelConfig *config, const PanelListener *listener, gpointer user,
				 GError **error);
void panel_free(Panel *panel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Panel, panel_free)

/* What is shown beside the catalogue's row. */
typedef struct {
	gboolean ready, offline;
	const char *typed;   /* digits of the keypad */
	guint step, n_steps; /* impressions of an enrolment */
	const char *outcome; /* of the last touch, NULL before the first */
	gint64 person;       /* whom it named, 0 nobody */
	guint64 touch;
} PanelStatus;

/* The sound is played when the screen is another than before, or `again`. */
void panel_show(Panel *panel, Screen screen, gboolean again, const FeedbackText *text,
				const PanelStatus *status);
