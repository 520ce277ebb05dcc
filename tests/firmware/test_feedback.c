/* The catalogue's rules, on every row. */
#include "firmware/feedback.h"

#include <string.h>

#include <glib.h>

/* Monday 3 March 2025, 06.52.10 WIB. */
#define AT_MS G_GINT64_CONSTANT(1740959530000)
#define LONGEST "DJOKO TRI WAHYUNINGTYASWARDHANI KUSUMO"

static FeedbackText text_of(const char *name)
{
	return (FeedbackText){.name = name,
						  .now_ms = AT_MS,
						  .at_ms = AT_MS,
						  .utc_offset_min = 420,
						  .n_waiting = 1204,
						  .finger = FINGER_RIGHT_MIDDLE,
						  .accepted = 1,
						  .wanted = 3,
						  .minutes = 90,
						  .code = "kmn4-pqr7-wxyz"};
}

static void test_lengths(void)
{
	static const char *const names[] = {"SITI RAHMAWATI", LONGEST, "",
										"ÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅ"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		for (Screen screen = 0; screen < SCREEN_N; screen++) {
			FeedbackText text = text_of(names[i]);
			FeedbackLines lines;
			for (Finger finger = FINGER_FIRST; finger <= FINGER_LAST; finger++) {
				text.finger = finger;
				feedback_lines(screen, &text, &lines);
				g_assert_cmpint(g_utf8_strlen(lines.large, -1), <=, FEEDBACK_LARGE_MAX);
				g_assert_cmpint(g_utf8_strlen(lines.small, -1), <=, FEEDBACK_SMALL_MAX);
				g_assert_true(g_utf8_validate(lines.large, -1, NULL));
				g_assert_true(g_utf8_validate(lines.small, -1, NULL));
			}
		}
}

static void test_words(void)
{
	for (Screen screen = 0; screen < SCREEN_N; screen++) {
		FeedbackText text = text_of("SITI");
		FeedbackLines lines;
		feedback_lines(screen, &text, &lines);
		g_autofree char *both = g_strconcat(lines.large, "\n", lines.small, NULL);
		g_autofree char *lower = g_utf8_strdown(both, -1);
		g_assert_null(strchr(both, '!'));
		g_assert_null(strstr(lower, "absen")); /* which means absent; "presensi" is the word */
		g_assert_null(strstr(lower, "luring"));
		g_assert_null(strchr(both, '{'));
		g_assert_cmpuint(strlen(lines.large), >, 0);
		g_assert_cmpuint(strlen(lines.small), >, 0);
	}
}

/* No two rows share a name, and colour never stands alone. */
static void test_rows(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	for (Screen screen = 0; screen < SCREEN_N; screen++) {
		const FeedbackRow *row = feedback_row(screen);
		g_assert_true(g_hash_table_add(names, (gpointer)row->name));
		if (row->lamp != LAMP_WHITE && row->lamp != LAMP_OFF)
			g_assert_cmpint(row->symbol, !=, SYMBOL_NONE);
		if (row->lamp == LAMP_RED)
			g_assert_cmpint(row->symbol, ==, SYMBOL_CROSS);
		if (row->symbol == SYMBOL_CROSS)
			g_assert_cmpint(row->lamp, ==, LAMP_RED);
	}
}

static void test_lines(void)
{
	static const struct {
		Screen screen;
		const char *large, *small;
	} rows[] = {
		{SCREEN_READY, "06.52.10", "Senin, 3 Maret 2025 · Tempelkan jari Anda"},
		{SCREEN_READY_OFFLINE, "06.52.10",
		 "Tanpa jaringan. Presensi tetap tercatat (1.204 menunggu)"},
		{SCREEN_OK_IN, "SITI RAHMAWATI", "Presensi masuk tercatat pukul 06.52"},
		{SCREEN_OK_OFFLINE, "SITI RAHMAWATI",
		 "Tercatat 06.52 di mesin ini, terkirim saat jaringan pulih"},
		{SCREEN_APPROVED, "Disetujui", "Oleh SITI RAHMAWATI pukul 06.52"},
		{SCREEN_ENROL_FINGER, "Jari tengah kanan: 2/3", "SITI RAHMAWATI, tempelkan jari"},
		{SCREEN_COURIER_DONE, "Selesai disalin", "1.204 presensi. USB boleh dicabut"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		FeedbackText text = text_of("SITI RAHMAWATI");
		FeedbackLines lines;
		feedback_lines(rows[i].screen, &text, &lines);
		g_assert_cmpstr(lines.large, ==, rows[i].large);
		g_assert_cmpstr(lines.small, ==, rows[i].small);
	}
}

static void test_names(void)
{
	static const struct {
		const char *name, *large;
	} rows[] = {
		{"SITI RAHMAWATI", "SITI RAHMAWATI"},
		{"BAMBANG SUTRISNO HADI PUTRA", "BAMBANG SUTRISNO HADI"}, /* a short loss: at the word */
		{LONGEST, "DJOKO TRI WAHYUNINGTYAS…"},                    /* a long one: within it */
		{"ABCDEFGHIJKLMNOPQRSTUVWX", "ABCDEFGHIJKLMNOPQRSTUVWX"}, /* exactly 24 */
		{"\xff\xfe", "��"},                                       /* not UTF-8: shown as such */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		FeedbackText text = text_of(rows[i].name);
		FeedbackLines lines;
		feedback_lines(SCREEN_OK, &text, &lines);
		g_assert_cmpstr(lines.large, ==, rows[i].large);
	}
}

static void test_clock(void)
{
	static const struct {
		gint64 at_ms;
		const char *clock;
	} rows[] = {
		{0, "07.00.00"},
		{AT_MS, "06.52.10"},
		{AT_MS + 999, "06.52.10"},
		{G_MAXINT64, "00.00.00"}, /* no date GLib knows */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		char clock[9];
		feedback_clock(clock, rows[i].at_ms, 420, TRUE);
		g_assert_cmpstr(clock, ==, rows[i].clock);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/feedback/every_line_fits_at_the_longest_name", test_lengths);
	g_test_add_func("/feedback/words_that_are_never_said", test_words);
	g_test_add_func("/feedback/a_symbol_besides_every_colour", test_rows);
	g_test_add_func("/feedback/gaps_are_filled", test_lines);
	g_test_add_func("/feedback/names_are_cut_where_it_reads_well", test_names);
	g_test_add_func("/feedback/clock_of_local_time", test_clock);
	return g_test_run();
}
