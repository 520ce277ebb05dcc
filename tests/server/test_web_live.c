/* Live boards: rendered once for all who watch, only when touched, sent only when different. */
#include <string.h>

#include <glib.h>

#include "server/web/time/live.h"

typedef struct {
	LiveHub *hub;
	int n_rendered;
	const char *text; /* of every board */
	gint64 now_ms;
} Fixture;

static Fixture *current; /* the clock has no user data */

static gint64 clock_ms(void)
{
	return current->now_ms;
}

static GBytes *render(gint64 unit, gpointer user)
{
	Fixture *f = user;
	f->n_rendered++;
	g_autofree char *text = g_strdup_printf("%s\n%d", f->text, (int)unit);
	return g_bytes_new(text, strlen(text));
}

static void set_up(Fixture *f, gconstpointer unused)
{
	(void)unused;
	current = f;
	*f = (Fixture){.text = "a"};
	f->hub = live_hub_new(render, clock_ms, f);
}

static void tear_down(Fixture *f, gconstpointer unused)
{
	(void)unused;
	live_hub_free(f->hub);
	current = NULL;
}

static char *read_all(LiveListener *listener)
{
	GString *text = g_string_new(NULL);
	char buffer[7];
	gssize n;
	while ((n = live_listener_read(listener, buffer, sizeof buffer)) > 0)
		g_string_append_len(text, buffer, n);
	return g_string_free(text, FALSE);
}

static void expect(LiveListener *listener, const char *expected)
{
	g_autofree char *text = read_all(listener);
	g_assert_cmpstr(text, ==, expected);
}

static void pause_of_the_hub(void)
{
	gint64 end = g_get_monotonic_time() + (LIVE_PAUSE_MS + 200) * 1000;
	while (g_get_monotonic_time() < end)
		g_main_context_iteration(NULL, FALSE);
}

static void test_newcomer_gets_the_board_at_once(Fixture *f, gconstpointer unused)
{
	(void)unused;
	LiveListener *listener = live_listen(f->hub, 7, 1);
	expect(listener, "event: papan\ndata: a\ndata: 7\n\n");
	expect(listener, "");
	live_listener_free(listener);
}

static void test_one_rendering_serves_all(Fixture *f, gconstpointer unused)
{
	(void)unused;
	LiveListener *one = live_listen(f->hub, 7, 1), *two = live_listen(f->hub, 7, 2);
	LiveListener *other = live_listen(f->hub, 8, 3);
	g_assert_cmpint(f->n_rendered, ==, 2);
	expect(one, "event: papan\ndata: a\ndata: 7\n\n");
	f->text = "b";
	live_hub_touch(f->hub, 7);
	live_hub_touch(f->hub, 7);
	live_hub_touch(f->hub, 99); /* nobody watches it */
	pause_of_the_hub();
	g_assert_cmpint(f->n_rendered, ==, 3);
	expect(one, "event: papan\ndata: b\ndata: 7\n\n");
	/* Who had not read the first yet gets both. */
	expect(two, "event: papan\ndata: a\ndata: 7\n\nevent: papan\ndata: b\ndata: 7\n\n");
	expect(other, "event: papan\ndata: a\ndata: 8\n\n");
	live_listener_free(one);
	live_listener_free(two);
	live_listener_free(other);
}

static void test_same_board_is_not_sent_again(Fixture *f, gconstpointer unused)
{
	(void)unused;
	LiveListener *listener = live_listen(f->hub, 7, 1);
	expect(listener, "event: papan\ndata: a\ndata: 7\n\n");
	live_hub_touch_all(f->hub);
	pause_of_the_hub();
	g_assert_cmpint(f->n_rendered, ==, 2);
	expect(listener, "");
	live_listener_free(listener);
}

/* However slowly somebody reads, at most two boards wait for them. */
static void test_slow_reader_skips_boards(Fixture *f, gconstpointer unused)
{
	(void)unused;
	static const char *const texts[] = {"b", "c", "d"};
	LiveListener *listener = live_listen(f->hub, 7, 1);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		f->text = texts[i];
		live_hub_touch(f->hub, 7);
		pause_of_the_hub();
	}
	expect(listener, "event: papan\ndata: a\ndata: 7\n\nevent: papan\ndata: d\ndata: 7\n\n");
	live_listener_free(listener);
}

static void test_stream_ends_so_that_rights_are_looked_at(Fixture *f, gconstpointer unused)
{
	(void)unused;
	char byte;
	LiveListener *listener = live_listen(f->hub, 7, 1);
	g_free(read_all(listener));
	g_assert_cmpint(live_listener_read(listener, &byte, 1), ==, 0);
	f->now_ms = LIVE_LIFE_MS;
	g_assert_cmpint(live_listener_read(listener, &byte, 1), ==, -1);
	live_listener_free(listener);
}

static void test_number_is_bounded(Fixture *f, gconstpointer unused)
{
	(void)unused;
	LiveListener *all[LIVE_PER_OWNER_MAX];
	for (gsize i = 0; i < LIVE_PER_OWNER_MAX; i++)
		all[i] = live_listen(f->hub, (gint64)i, 1);
	g_assert_null(live_listen(f->hub, 1, 1));
	LiveListener *other = live_listen(f->hub, 1, 2);
	g_assert_nonnull(other);
	live_listener_free(other);
	for (gsize i = 0; i < LIVE_PER_OWNER_MAX; i++)
		live_listener_free(all[i]);
	g_assert_cmpuint(live_hub_n_listeners(f->hub), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
	ADD("/web/live/newcomer_gets_the_board_at_once", test_newcomer_gets_the_board_at_once);
	ADD("/web/live/one_rendering_serves_all", test_one_rendering_serves_all);
	ADD("/web/live/same_board_is_not_sent_again", test_same_board_is_not_sent_again);
	ADD("/web/live/slow_reader_skips_boards", test_slow_reader_skips_boards);
	ADD("/web/live/stream_ends_so_that_rights_are_looked_at",
		test_stream_ends_so_that_rights_are_looked_at);
	ADD("/web/live/number_is_bounded", test_number_is_bounded);
	return g_test_run();
}
