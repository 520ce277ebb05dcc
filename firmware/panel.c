#include "firmware/panel.h"

struct Panel {
	const DisplayDriver *display;
	const IndicatorsDriver *indicators;
	gpointer display_self, indicators_self;
	DisplayListener display_listener;
	char *title;
	Screen screen;
	gboolean failing; /* said once in the log, not at each redraw */
};

Panel *panel_new(const PanelConfig *config, const PanelListener *listener, gpointer user,
				 GError **error)
{
	Panel *self = g_new0(Panel, 1);
	self->display = config->display;
	self->indicators = config->indicators;
	self->display_listener = (DisplayListener){listener->key, listener->tamper};
	self->title = g_strdup(config->title);
	self->screen = SCREEN_N;
	self->display_self =
		self->display->open(&config->display_options, &self->display_listener, user, error);
	if (self->display_self == NULL) {
		g_prefix_error(error, "display \"%s\": ", self->display->name);
		panel_free(self);
		return NULL;
	}
	self->indicators_self =
		self->indicators->open(&config->indicators_options, listener->tamper, user, error);
	if (self->indicators_self == NULL) {
		g_prefix_error(error, "indicators \"%s\": ", self->indicators->name);
		panel_free(self);
		return NULL;
	}
	return self;
}

void panel_free(Panel *panel)
{
	if (panel == NULL)
		return;
	if (panel->indicators_self != NULL)
		panel->indicators->free(panel->indicators_self);
	if (panel->display_self != NULL)
		panel->display->free(panel->display_self);
	g_free(panel->title);
	g_free(panel);
}

/* The ready screens have the clock as their large line. */
static gboolean has_clock(Screen screen)
{
	return screen == SCREEN_READY || screen == SCREEN_READY_OFFLINE;
}

static void draw(Panel *self, const DisplayView *view)
{
	g_autoptr(GError) error = NULL;
	gboolean shown = self->display->show(self->display_self, view, &error);
	if (!shown && !self->failing)
		g_warning("panel: %s", error->message);
	self->failing = !shown;
}

void panel_show(Panel *panel, Screen screen, gboolean again, const FeedbackText *text,
				const PanelStatus *status)
{
	const FeedbackRow *row = feedback_row(screen);
	FeedbackLines lines;
	char clock[9];
	feedback_lines(screen, text, &lines);
	feedback_clock(clock, text->now_ms, text->utc_offset_min, FALSE);
	DisplayView view = {
		.screen = row->name,
		.large = lines.large,
		.small = lines.small,
		.symbol = row->symbol,
		.lamp = row->lamp,
		.title = panel->title,
		.clock = has_clock(screen) ? "" : clock,
		.offline = status->offline,
		.keypad = row->keypad,
		.typed = row->keypad ? status->typed : NULL,
		.button = row->button,
		.step = status->step,
		.n_steps = status->n_steps,
		.ready = status->ready,
		.outcome = status->outcome,
		.person = status->person,
		.touch = status->touch,
	};
	draw(panel, &view);
	panel->indicators->lamp(panel->indicators_self, row->lamp);
	if ((screen != panel->screen || again) && row->sound != SOUND_NONE)
		panel->indicators->sound(panel->indicators_self, row->sound);
	panel->screen = screen;
}
