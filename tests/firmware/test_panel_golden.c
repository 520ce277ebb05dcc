/*
 * Every screen of the catalogue, drawn and compared with its picture in golden/.
 *
 * Versions of Pango and FreeType place a glyph some hundredths of a pixel differently, so both
 * pictures are blurred before they are compared.  HADIR_GOLDEN=write writes the pictures anew: look
 * at each before it is committed.
 */
#include <math.h>
#include <string.h>

#include <cairo.h>
#include <glib.h>

#include "firmware/hal/display_draw.h"
#include "firmware/panel.h"

#define MEAN_MAX 1.2 /* of 255, over the picture; Debian 13 against 12: up to 0.93 */
#define PEAK_MAX 45  /* of 255, anywhere, after the blur; Debian 13 against 12: up to 30 */
#define BLUR 3       /* px to each side */

#define AT_MS G_GINT64_CONSTANT(1740959530000) /* Monday 3 March 2025, 06.52.10 WIB */
#define LONGEST "DJOKO TRI WAHYUNINGTYASWARDHANI KUSUMO"

typedef struct {
	cairo_surface_t *surface;
} Canvas;

static gpointer canvas_open(const DisplayOptions *options, const DisplayListener *listener,
							gpointer user, GError **error)
{
	(void)options, (void)listener, (void)user, (void)error;
	Canvas *self = g_new0(Canvas, 1);
	self->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, DISPLAY_WIDTH, DISPLAY_HEIGHT);
	return self;
}

static cairo_surface_t *drawn; /* borrowed: what the canvas showed last */

static gboolean canvas_show(gpointer canvas, const DisplayView *view, GError **error)
{
	Canvas *self = canvas;
	(void)error;
	cairo_t *cairo = cairo_create(self->surface);
	display_draw(cairo, view);
	cairo_destroy(cairo);
	cairo_surface_flush(self->surface);
	drawn = self->surface;
	return TRUE;
}

static void canvas_free(gpointer canvas)
{
	Canvas *self = canvas;
	cairo_surface_destroy(self->surface);
	g_free(self);
}

static gpointer dark_open(const IndicatorsOptions *options, IndicatorsTamper tamper, gpointer user,
						  GError **error)
{
	(void)options, (void)tamper, (void)user, (void)error;
	return g_malloc0(1);
}

static void dark_lamp(gpointer self, Lamp lamp)
{
	(void)self, (void)lamp;
}

static void dark_sound(gpointer self, Sound sound)
{
	(void)self, (void)sound;
}

static const DisplayDriver canvas_driver = {"canvas", TRUE, canvas_open, canvas_show, canvas_free};
static const IndicatorsDriver dark_driver = {"dark",    TRUE,       dark_open,
											 dark_lamp, dark_sound, g_free};

/* One number per pixel: all three channels, blurred by two passes of a box. */
static float *blurred(cairo_surface_t *surface)
{
	const int width = DISPLAY_WIDTH, height = DISPLAY_HEIGHT;
	const guint8 *data = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);
	float *grey = g_new(float, (gsize)width *height), *rows = g_new(float, (gsize)width *height);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			const guint8 *pixel = data + y * stride + x * 4;
			grey[y * width + x] = (float)(pixel[0] + pixel[1] + pixel[2]) / 3;
		}
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			float sum = 0;
			for (int d = -BLUR; d <= BLUR; d++)
				sum += grey[y * width + CLAMP(x + d, 0, width - 1)];
			rows[y * width + x] = sum / (2 * BLUR + 1);
		}
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			float sum = 0;
			for (int d = -BLUR; d <= BLUR; d++)
				sum += rows[CLAMP(y + d, 0, height - 1) * width + x];
			grey[y * width + x] = sum / (2 * BLUR + 1);
		}
	g_free(rows);
	return grey;
}

static void save_surface(cairo_surface_t *surface, const char *folder, const char *name)
{
	g_autofree char *file = g_strconcat(name, ".png", NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);
	g_mkdir_with_parents(folder, 0755);
	g_assert_cmpint(cairo_surface_write_to_png(surface, path), ==, CAIRO_STATUS_SUCCESS);
}

static char *golden_folder(void)
{
	return g_build_filename(g_getenv("HADIR_SOURCE"), "tests", "firmware", "golden", NULL);
}

static void compare(const char *name)
{
	g_autofree char *folder = golden_folder();
	g_autofree char *file = g_strconcat(name, ".png", NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);
	cairo_surface_t *golden = cairo_image_surface_create_from_png(path);
	if (cairo_surface_status(golden) != CAIRO_STATUS_SUCCESS)
		g_error("%s: %s", path, cairo_status_to_string(cairo_surface_status(golden)));
	g_assert_cmpint(cairo_image_surface_get_width(golden), ==, DISPLAY_WIDTH);
	g_assert_cmpint(cairo_image_surface_get_height(golden), ==, DISPLAY_HEIGHT);
	g_autofree float *want = blurred(golden);
	g_autofree float *have = blurred(drawn);
	double sum = 0, peak = 0;
	for (gsize i = 0; i < (gsize)DISPLAY_WIDTH * DISPLAY_HEIGHT; i++) {
		double difference = fabs((double)want[i] - (double)have[i]);
		sum += difference;
		peak = MAX(peak, difference);
	}
	cairo_surface_destroy(golden);
	double mean = sum / (DISPLAY_WIDTH * DISPLAY_HEIGHT);
	if (mean <= MEAN_MAX && peak <= PEAK_MAX)
		return;
	g_autofree char *wrong = g_build_filename(g_getenv("HADIR_BUILD"), "golden-wrong", NULL);
	save_surface(drawn, wrong, name);
	g_test_message("%s: mean %.2f (≤ %.2f), peak %.1f (≤ %d); drawn is in %s", name, mean, MEAN_MAX,
				   peak, PEAK_MAX, wrong);
	g_test_fail();
}

static void check(const char *name)
{
	g_autofree char *folder = golden_folder();
	if (g_strcmp0(g_getenv("HADIR_GOLDEN"), "write") == 0)
		save_surface(drawn, folder, name);
	else
		compare(name);
}

static Panel *new_panel(void)
{
	static const PanelListener listener = {0};
	PanelConfig config = {
		.display = &canvas_driver, .indicators = &dark_driver, .title = "Lobi BKD"};
	Panel *panel = panel_new(&config, &listener, NULL, NULL);
	g_assert_nonnull(panel);
	return panel;
}

static FeedbackText ordinary_text(void)
{
	return (FeedbackText){.name = "SITI RAHMAWATI",
						  .now_ms = AT_MS,
						  .at_ms = AT_MS,
						  .utc_offset_min = 420,
						  .n_waiting = 128,
						  .finger = FINGER_RIGHT_INDEX,
						  .accepted = 1,
						  .wanted = 3,
						  .minutes = 90,
						  .code = "kmn4-pqr7-wxyz"};
}

/* Screens that are shown without a network only. */
static gboolean is_offline(Screen screen)
{
	return screen == SCREEN_READY_OFFLINE || screen == SCREEN_OK_OFFLINE ||
		   screen == SCREEN_VISITOR_OFFLINE;
}

static void test_every_screen(void)
{
	g_autoptr(Panel) panel = new_panel();
	for (Screen screen = 0; screen < SCREEN_N; screen++) {
		const FeedbackRow *row = feedback_row(screen);
		FeedbackText text = ordinary_text();
		PanelStatus status = {.ready = TRUE, .offline = is_offline(screen), .typed = "1204"};
		if (screen == SCREEN_ENROL_NEXT)
			text.finger = FINGER_LEFT_INDEX;
		if (screen >= SCREEN_ENROL_NOTICE && screen <= SCREEN_ENROL_NEXT) {
			status.step = screen == SCREEN_ENROL_NEXT || screen == SCREEN_ENROL_NOTICE ? 0 : 1;
			status.n_steps = 3;
		}
		panel_show(panel, screen, FALSE, &text, &status);
		check(row->name);
	}
}

/* Whatever must fit, fits: the longest name there may be, on each row that has one. */
static void test_longest_name(void)
{
	g_autoptr(Panel) panel = new_panel();
	static const Screen screens[] = {SCREEN_OK_IN, SCREEN_APPROVER, SCREEN_APPROVED,
									 SCREEN_ENROL_FINGER};
	static const char *const names[] = {"longest-ok-in", "longest-approver", "longest-approved",
										"longest-enrol-finger"};
	for (gsize i = 0; i < G_N_ELEMENTS(screens); i++) {
		FeedbackText text = ordinary_text();
		PanelStatus status = {.ready = TRUE, .offline = TRUE};
		text.name = LONGEST;
		text.finger = FINGER_RIGHT_MIDDLE;
		panel_show(panel, screens[i], FALSE, &text, &status);
		check(names[i]);
	}
}

static void test_longest_number(void)
{
	g_autoptr(Panel) panel = new_panel();
	FeedbackText text = ordinary_text();
	PanelStatus status = {.ready = TRUE, .typed = "198501012010011001"};
	panel_show(panel, SCREEN_KEYPAD, FALSE, &text, &status);
	check("longest-number");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/panel/every_screen_is_as_it_was_looked_at", test_every_screen);
	g_test_add_func("/panel/the_longest_name_fits", test_longest_name);
	g_test_add_func("/panel/the_longest_number_fits", test_longest_number);
	return g_test_run();
}
