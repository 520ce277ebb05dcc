#include "firmware/hal/display_draw.h"

#include <math.h>
#include <string.h>

#include <pango/pangocairo.h>

#define MARGIN 32
#define BAR_HEIGHT 64
#define FONT "DejaVu Sans"

typedef struct {
	double red, green, blue;
} Colour;

static const Colour paper = {0.98, 0.98, 0.97}, ink = {0.09, 0.11, 0.15}, grey = {0.38, 0.41, 0.46},
					line = {0.85, 0.86, 0.88}, white = {1, 1, 1};

/* Dark enough for white on them (contrast ≥ 4.5 : 1), but for yellow, which carries ink. */
static const Colour lamp_colours[] = {
	[LAMP_OFF] = {0.38, 0.41, 0.46},        [LAMP_WHITE] = {0.20, 0.29, 0.42},
	[LAMP_GREEN] = {0.07, 0.49, 0.26},      [LAMP_YELLOW] = {0.98, 0.76, 0.11},
	[LAMP_RED] = {0.77, 0.13, 0.15},        [LAMP_BLUE] = {0.10, 0.39, 0.75},
	[LAMP_GREEN_BLUE] = {0.07, 0.49, 0.26},
};

/* The keypad's grid. */
#define KEYS_X 452
#define KEYS_Y 80
#define KEY_WIDTH 100
#define KEY_HEIGHT 86
#define KEY_GAP 12
static const char key_rows[4][3] = {
	{'1', '2', '3'}, {'4', '5', '6'}, {'7', '8', '9'}, {'*', '0', '#'}};

/* The button at the lower edge. */
#define BUTTON_WIDTH 300
#define BUTTON_HEIGHT 60
#define BUTTON_X ((DISPLAY_WIDTH - BUTTON_WIDTH) / 2)
#define BUTTON_Y (DISPLAY_HEIGHT - BUTTON_HEIGHT - 16)

static void set_colour(cairo_t *cairo, Colour colour)
{
	cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

static void rounded(cairo_t *cairo, double x, double y, double width, double height, double radius)
{
	cairo_new_sub_path(cairo);
	cairo_arc(cairo, x + width - radius, y + radius, radius, -G_PI_2, 0);
	cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, G_PI_2);
	cairo_arc(cairo, x + radius, y + height - radius, radius, G_PI_2, G_PI);
	cairo_arc(cairo, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
	cairo_close_path(cairo);
}

/* Text. */

typedef struct {
	double x, y;  /* centre of the box, or its left or right edge and its middle */
	double width; /* of the box; longer text is wrapped, or made smaller if `one_line` */
	double size;  /* of the font, pixels */
	gboolean bold, one_line;
	PangoAlignment align;
	Colour colour;
} TextBox;

static void set_font(PangoLayout *layout, const TextBox *box, double size)
{
	PangoFontDescription *font = pango_font_description_from_string(FONT);
	pango_font_description_set_weight(font, box->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
}

static PangoLayout *new_layout(cairo_t *cairo, const char *text)
{
	PangoLayout *layout = pango_cairo_create_layout(cairo);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
	pango_cairo_context_set_resolution(pango_layout_get_context(layout), 96);
	pango_layout_context_changed(layout);
	cairo_font_options_destroy(options);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

/* Two lines of about the same length read better than a full one and a word. */
static void wrap(PangoLayout *layout, double width)
{
	PangoRectangle extents;
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(layout, 1.15F);
	pango_layout_get_extents(layout, NULL, &extents);
	double natural = (double)extents.width / PANGO_SCALE;
	for (int percent = 52; natural > width && natural * percent < width * 100; percent += 4) {
		pango_layout_set_width(layout, (int)(natural * percent / 100 * PANGO_SCALE));
		if (pango_layout_get_line_count(layout) <= 2)
			return;
	}
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
}

static void draw_text(cairo_t *cairo, const char *text, const TextBox *box)
{
	PangoLayout *layout = new_layout(cairo, text);
	set_font(layout, box, box->size);
	PangoRectangle extents;
	if (box->one_line) {
		pango_layout_get_extents(layout, NULL, &extents);
		double width = (double)extents.width / PANGO_SCALE;
		if (width > box->width)
			set_font(layout, box, floor(box->size * box->width / width));
	} else {
		wrap(layout, box->width);
	}
	pango_layout_set_alignment(layout, box->align);
	pango_layout_get_extents(layout, NULL, &extents);
	double width =
		pango_layout_get_width(layout) >= 0 ? pango_layout_get_width(layout) : extents.width;
	width /= PANGO_SCALE;
	double height = (double)extents.height / PANGO_SCALE;
	double x = box->x;
	if (box->align == PANGO_ALIGN_CENTER)
		x -= width / 2;
	else if (box->align == PANGO_ALIGN_RIGHT)
		x -= width;
	set_colour(cairo, box->colour);
	cairo_move_to(cairo, x, box->y - height / 2);
	pango_cairo_show_layout(cairo, layout);
	g_object_unref(layout);
}

/* Symbols, in a circle of radius 1 around 0, 0. */

static void path_check(cairo_t *cairo, double shift)
{
	cairo_move_to(cairo, -0.42 + shift, 0.02);
	cairo_line_to(cairo, -0.12 + shift, 0.33);
	cairo_line_to(cairo, 0.45 + shift, -0.32);
	cairo_stroke(cairo);
}

static void path_symbol(cairo_t *cairo, Symbol symbol)
{
	switch (symbol) {
	case SYMBOL_CHECK:
		path_check(cairo, 0);
		break;
	case SYMBOL_DOUBLE_CHECK:
		path_check(cairo, -0.2);
		path_check(cairo, 0.2);
		break;
	case SYMBOL_ALERT:
		cairo_move_to(cairo, 0, -0.5);
		cairo_line_to(cairo, 0, 0.12);
		cairo_stroke(cairo);
		cairo_arc(cairo, 0, 0.45, 0.1, 0, 2 * G_PI);
		cairo_fill(cairo);
		break;
	case SYMBOL_CROSS:
		cairo_move_to(cairo, -0.34, -0.34);
		cairo_line_to(cairo, 0.34, 0.34);
		cairo_move_to(cairo, 0.34, -0.34);
		cairo_line_to(cairo, -0.34, 0.34);
		cairo_stroke(cairo);
		break;
	case SYMBOL_WAIT:
		for (int dot = -1; dot <= 1; dot++) {
			cairo_arc(cairo, dot * 0.42, 0, 0.13, 0, 2 * G_PI);
			cairo_fill(cairo);
		}
		break;
	case SYMBOL_NONE:
		break;
	}
}

static void draw_symbol(cairo_t *cairo, const DisplayView *view, double x, double y, double radius)
{
	if (view->symbol == SYMBOL_NONE)
		return;
	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_scale(cairo, radius, radius);
	set_colour(cairo, lamp_colours[view->lamp]);
	cairo_arc(cairo, 0, 0, 1, 0, 2 * G_PI);
	cairo_fill(cairo);
	if (view->lamp == LAMP_GREEN_BLUE) {
		/* A blue ring around the green: recorded here, not yet with the server. */
		set_colour(cairo, lamp_colours[LAMP_BLUE]);
		cairo_set_line_width(cairo, 0.13);
		cairo_arc(cairo, 0, 0, 1.16, 0, 2 * G_PI);
		cairo_stroke(cairo);
	}
	set_colour(cairo, view->lamp == LAMP_YELLOW ? ink : white);
	cairo_set_line_width(cairo, 0.17);
	cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	path_symbol(cairo, view->symbol);
	cairo_restore(cairo);
}

/* Parts. */

static void draw_bar(cairo_t *cairo, const DisplayView *view)
{
	set_colour(cairo, lamp_colours[view->lamp]);
	cairo_rectangle(cairo, 0, 0, DISPLAY_WIDTH, 8);
	cairo_fill(cairo);
	if (view->lamp == LAMP_GREEN_BLUE) {
		set_colour(cairo, lamp_colours[LAMP_BLUE]);
		cairo_rectangle(cairo, DISPLAY_WIDTH / 2.0, 0, DISPLAY_WIDTH / 2.0, 8);
		cairo_fill(cairo);
	}
	TextBox title = {.x = MARGIN,
					 .y = 8 + BAR_HEIGHT / 2.0 - 4,
					 .width = 420,
					 .size = 22,
					 .one_line = TRUE,
					 .align = PANGO_ALIGN_LEFT,
					 .colour = grey};
	draw_text(cairo, view->title, &title);
	double right = DISPLAY_WIDTH - MARGIN;
	if (view->clock[0] != '\0') {
		TextBox clock = {.x = right,
						 .y = title.y,
						 .width = 120,
						 .size = 26,
						 .bold = TRUE,
						 .one_line = TRUE,
						 .align = PANGO_ALIGN_RIGHT,
						 .colour = ink};
		draw_text(cairo, view->clock, &clock);
		right -= 110;
	}
	if (view->offline) {
		set_colour(cairo, lamp_colours[LAMP_BLUE]);
		rounded(cairo, right - 180, title.y - 18, 180, 36, 18);
		cairo_fill(cairo);
		TextBox chip = {.x = right - 90,
						.y = title.y,
						.width = 160,
						.size = 18,
						.one_line = TRUE,
						.align = PANGO_ALIGN_CENTER,
						.colour = white};
		draw_text(cairo, "Tanpa jaringan", &chip);
	}
}

static void draw_button(cairo_t *cairo, const DisplayView *view)
{
	if (view->button == NULL)
		return;
	set_colour(cairo, lamp_colours[LAMP_WHITE]);
	rounded(cairo, BUTTON_X, BUTTON_Y, BUTTON_WIDTH, BUTTON_HEIGHT, 14);
	cairo_fill(cairo);
	g_autofree char *label = g_strdup_printf("OK: %s", view->button);
	TextBox box = {.x = DISPLAY_WIDTH / 2.0,
				   .y = BUTTON_Y + BUTTON_HEIGHT / 2.0,
				   .width = BUTTON_WIDTH - 24,
				   .size = 24,
				   .bold = TRUE,
				   .one_line = TRUE,
				   .align = PANGO_ALIGN_CENTER,
				   .colour = white};
	draw_text(cairo, label, &box);
}

/* One dot per impression. */
static void draw_steps(cairo_t *cairo, const DisplayView *view)
{
	const double gap = 56, y = DISPLAY_HEIGHT - 48;
	const double left = DISPLAY_WIDTH / 2.0 - gap * (view->n_steps - 1.0) / 2;
	for (guint i = 0; i < view->n_steps; i++) {
		double x = left + gap * i;
		set_colour(cairo, i < view->step ? lamp_colours[LAMP_GREEN] : line);
		cairo_arc(cairo, x, y, 17, 0, 2 * G_PI);
		cairo_fill(cairo);
		if (i >= view->step)
			continue;
		DisplayView tick = {.symbol = SYMBOL_CHECK, .lamp = LAMP_GREEN};
		draw_symbol(cairo, &tick, x, y, 17);
	}
}

static void draw_plain(cairo_t *cairo, const DisplayView *view)
{
	gboolean bare = view->symbol == SYMBOL_NONE;
	/* What lies at the lower edge pushes the rest up. */
	double lift = view->button != NULL ? 32 : view->n_steps > 0 ? 22 : 0;
	draw_symbol(cairo, view, DISPLAY_WIDTH / 2.0, 172 - lift, 74);
	TextBox large = {.x = DISPLAY_WIDTH / 2.0,
					 .y = (bare ? 212 : 308) - lift,
					 .width = DISPLAY_WIDTH - 2 * MARGIN,
					 .size = bare ? 88 : 54,
					 .bold = TRUE,
					 .one_line = TRUE,
					 .align = PANGO_ALIGN_CENTER,
					 .colour = ink};
	draw_text(cairo, view->large, &large);
	TextBox small = {.x = DISPLAY_WIDTH / 2.0,
					 .y = (bare ? 320 : 388) - lift * 1.2,
					 .width = DISPLAY_WIDTH - 2 * MARGIN - 16,
					 .size = 28,
					 .align = PANGO_ALIGN_CENTER,
					 .colour = grey};
	draw_text(cairo, view->small, &small);
	draw_button(cairo, view);
	draw_steps(cairo, view);
}

static void draw_key(cairo_t *cairo, char key, double x, double y)
{
	Colour face = key == '#' ? lamp_colours[LAMP_GREEN] : white;
	set_colour(cairo, face);
	rounded(cairo, x, y, KEY_WIDTH, KEY_HEIGHT, 12);
	cairo_fill_preserve(cairo);
	set_colour(cairo, key == '#' ? face : line);
	cairo_set_line_width(cairo, 2);
	cairo_stroke(cairo);
	char digit[2] = {key, '\0'};
	const char *label = key == '#' ? "OK" : key == '*' ? "Hapus" : digit;
	TextBox box = {.x = x + KEY_WIDTH / 2.0,
				   .y = y + KEY_HEIGHT / 2.0,
				   .width = KEY_WIDTH - 12,
				   .size = key == '*' ? 24 : 36,
				   .bold = TRUE,
				   .one_line = TRUE,
				   .align = PANGO_ALIGN_CENTER,
				   .colour = key == '#' ? white : ink};
	draw_text(cairo, label, &box);
}

static void draw_typed(cairo_t *cairo, const char *typed)
{
	set_colour(cairo, white);
	rounded(cairo, MARGIN, 392, 380, 64, 10);
	cairo_fill_preserve(cairo);
	set_colour(cairo, grey);
	cairo_set_line_width(cairo, 2);
	cairo_stroke(cairo);
	TextBox box = {.x = MARGIN + 190,
				   .y = 424,
				   .width = 356,
				   .size = 34,
				   .bold = TRUE,
				   .one_line = TRUE,
				   .align = PANGO_ALIGN_CENTER,
				   .colour = ink};
	draw_text(cairo, typed, &box);
}

static void draw_keypad(cairo_t *cairo, const DisplayView *view)
{
	const double middle = MARGIN + 190;
	gboolean bare = view->symbol == SYMBOL_NONE;
	draw_symbol(cairo, view, middle, 140, 50);
	TextBox large = {.x = middle,
					 .y = bare ? 190 : 236,
					 .width = 380,
					 .size = 40,
					 .bold = TRUE,
					 .one_line = TRUE,
					 .align = PANGO_ALIGN_CENTER,
					 .colour = ink};
	draw_text(cairo, view->large, &large);
	TextBox small = {.x = middle,
					 .y = bare ? 270 : 316,
					 .width = 380,
					 .size = 25,
					 .align = PANGO_ALIGN_CENTER,
					 .colour = grey};
	draw_text(cairo, view->small, &small);
	draw_typed(cairo, view->typed != NULL ? view->typed : "");
	for (int row = 0; row < 4; row++)
		for (int column = 0; column < 3; column++)
			draw_key(cairo, key_rows[row][column], KEYS_X + column * (KEY_WIDTH + KEY_GAP),
					 KEYS_Y + row * (KEY_HEIGHT + KEY_GAP));
}

void display_draw(cairo_t *cairo, const DisplayView *view)
{
	set_colour(cairo, paper);
	cairo_paint(cairo);
	draw_bar(cairo, view);
	if (view->keypad)
		draw_keypad(cairo, view);
	else
		draw_plain(cairo, view);
}

char display_key_at(const DisplayView *view, double x, double y)
{
	if (!view->keypad) {
		if (view->button != NULL && x >= BUTTON_X && x < BUTTON_X + BUTTON_WIDTH && y >= BUTTON_Y &&
			y < BUTTON_Y + BUTTON_HEIGHT)
			return '#';
		return '\0';
	}
	double column = floor((x - KEYS_X) / (KEY_WIDTH + KEY_GAP));
	double row = floor((y - KEYS_Y) / (KEY_HEIGHT + KEY_GAP));
	if (column < 0 || column > 2 || row < 0 || row > 3)
		return '\0';
	return key_rows[(int)row][(int)column];
}
