/*
 * Pages from plain views, compared with tests/server/web_pages/NAME.html.  After a wanted change:
 * HADIR_WRITE_PAGES=1 build-debug/tests/server_web_pages, look at the difference, commit it.
 */
#include <string.h>

#include <glib.h>

#include "server/web/time/page_board.h"
#include "server/web/system/page_login.h"
#include "server/web/system/page_password.h"
#include "server/web/time/page_today.h"
#include "server/web/words.h"
#include "tests/server/golden_page.h"

static void test_login(void)
{
	LoginView view = {.name = "", .next = "/"};
	Html *html = html_new();
	page_login_render(html, &golden_page_nobody, &view);
	golden_page_check("masuk", html);
	view = (LoginView){.name = "siti\"><script>", .next = "/papan?unit=a", .problem = "Salah."};
	html = html_new();
	page_login_render(html, &golden_page_nobody, &view);
	golden_page_check("masuk-salah", html);
}

static void test_password(void)
{
	Frame frame = golden_page_frame("Kata sandi", NAV_NONE);
	frame.nav = 0;
	frame.refresh_s = NULL;
	PasswordView view = {.one_time = TRUE,
						 .old_problem = "Kata sandi ini salah.",
						 .fresh_problem = "Terlalu pendek.",
						 .repeat_problem = "Tidak sama dengan kata sandi baru."};
	Html *html = html_new();
	page_password_render(html, &frame, &view);
	golden_page_check("kata-sandi", html);
}

/* ── the board ── */

static const BoardPerson cast[] = {
	{.person = 1, .name = "AGUS <b>WIBOWO</b>", .unit = 1, .state = BOARD_MISSING},
	{.person = 2,
	 .name = "SITI RAHMAWATI",
	 .unit = 2,
	 .state = BOARD_PRESENT,
	 .at_ms = 20150 * DAY_MS - 8 * MINUTE_MS,
	 .place = "Lobi BKD"},
	{.person = 3,
	 .name = "BUDI SANTOSO",
	 .unit = 2,
	 .state = BOARD_PRESENT,
	 .at_ms = 20150 * DAY_MS + 12 * MINUTE_MS,
	 .place = "Lobi BKD",
	 .code = "TL1",
	 .late_min = 12},
	{.person = 4,
	 .name = "RINA",
	 .unit = 1,
	 .state = BOARD_AWAY,
	 .code = "CT",
	 .meaning = "Cuti tahunan"},
	{.person = 5, .name = "JOKO", .unit = 1, .state = BOARD_NOT_ENROLLED},
	{.person = 6,
	 .name = "EKO",
	 .unit = 1,
	 .state = BOARD_WAITING,
	 .at_ms = 20150 * DAY_MS,
	 .place = "SMA Negeri 1"},
	{.person = 7, .name = "DEWI", .unit = 1, .state = BOARD_GAP},
	{.person = 8,
	 .name = "TONO",
	 .unit = 1,
	 .state = BOARD_OFF,
	 .code = "L",
	 .meaning = "Libur mingguan"},
};

typedef struct {
	GPtrArray *people;
	GHashTable *units;
	GArray *terminals, *sums, *choices;
	gint64 ids[2];
	BoardPage page;
} Board;

static void board_init(Board *board)
{
	static const UnitChoice choices[] = {{"BKD", "Badan Kepegawaian Daerah", 0},
										 {"BKD-UMUM", "Sekretariat & umum", 1}};
	*board = (Board){
		.people = g_ptr_array_new(),
		.units = g_hash_table_new(g_int64_hash, g_int64_equal),
		.terminals = g_array_new(FALSE, FALSE, sizeof(BoardTerminal)),
		.sums = g_array_new(FALSE, FALSE, sizeof(BoardUnit)),
		.choices = g_array_new(FALSE, FALSE, sizeof(UnitChoice)),
		.ids = {1, 2},
	};
	g_array_append_vals(board->choices, choices, 2);
	g_hash_table_insert(board->units, &board->ids[0],
						(gpointer)(guintptr) "Badan Kepegawaian Daerah");
	g_hash_table_insert(board->units, &board->ids[1], (gpointer)(guintptr) "Sekretariat & umum");
	board->page = (BoardPage){
		.unit_code = "BKD",
		.unit_name = "Badan Kepegawaian Daerah",
		.choices = board->choices,
		.board = {.date = "Senin, 3 Maret 2025",
				  .time = "07.31",
				  .utc_offset_min = 420,
				  .people = board->people,
				  .units = board->units,
				  .terminals = board->terminals,
				  .n_terminals = 2},
	};
}

static void board_clear(Board *board)
{
	g_ptr_array_unref(board->people);
	g_hash_table_unref(board->units);
	g_array_unref(board->terminals);
	g_array_unref(board->sums);
	g_array_unref(board->choices);
}

static void check_board(const char *name, const Board *board)
{
	Frame frame = golden_page_frame("Papan hari ini", NAV_BOARD);
	Html *html = html_new();
	page_board_render(html, &frame, &board->page);
	golden_page_check(name, html);
}

static void test_board(void)
{
	Board board;
	board_init(&board);
	for (gsize i = 0; i < G_N_ELEMENTS(cast); i++) {
		g_ptr_array_add(board.people, (gpointer)&cast[i]);
		board.page.board.n[cast[i].state]++;
		board.page.board.n_people++;
	}
	BoardTerminal terminal = {
		.name = "Lobi BKD", .id = "bkd-1", .since = "pukul 06.12", .backlog = 128};
	g_array_append_val(board.terminals, terminal);
	check_board("papan", &board);
	board_clear(&board);
}

static void test_board_says_what_to_do_when_empty(void)
{
	Board board;
	board_init(&board);
	board.page.board.n_terminals = 0;
	check_board("papan-kosong", &board);
	board_clear(&board);
}

static void test_board_of_many_people_is_sums(void)
{
	Board board;
	board_init(&board);
	BoardUnit unit = {.code = "BKD", .name = "Badan Kepegawaian Daerah", .n_people = 1204};
	unit.n[BOARD_PRESENT] = board.page.board.n[BOARD_PRESENT] = 1000;
	unit.n[BOARD_MISSING] = board.page.board.n[BOARD_MISSING] = 204;
	g_array_append_val(board.sums, unit);
	board.page.board.n_people = 1204;
	board.page.board.people = NULL;
	board.page.board.sums = board.sums;
	check_board("papan-jumlah", &board);
	board_clear(&board);
}

/* As many people as a board lists, all with long names: the page stays below its limit. */
static void test_largest_board_is_small_enough(void)
{
	Board board;
	board_init(&board);
	BoardPerson long_one = {.name = "MUHAMMAD ABDURRAHMAN WAHYUDININGRAT KUSUMAWARDHANI",
							.unit = 2,
							.state = BOARD_PRESENT,
							.at_ms = 20150 * DAY_MS,
							.place = "Kantor Cabang Dinas Pendidikan Wilayah IV",
							.code = "TL1",
							.late_min = 12};
	for (int i = 0; i < BOARD_PEOPLE_MAX; i++)
		g_ptr_array_add(board.people, &long_one);
	board.page.board.n_people = board.page.board.n[BOARD_PRESENT] = BOARD_PEOPLE_MAX;
	Frame frame = golden_page_frame("Papan hari ini", NAV_BOARD);
	g_autoptr(Html) html = html_new();
	page_board_render(html, &frame, &board.page);
	g_assert_cmpuint(html_size(html), <=, PAGE_SIZE_MAX);
	board_clear(&board);
}

/* ── the own day ── */

static void test_today(void)
{
	g_autoptr(GArray) punches = g_array_new(FALSE, FALSE, sizeof(TodayPunch));
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(TodayDay));
	TodayPunch punch = {
		.time = "06.52", .place = "Lobi BKD", .state = "✓ diterima", .counted = TRUE};
	TodayDay day = {.date = "Jumat, 28 Februari 2025",
					.codes = "TL1",
					.text = "Presensi pertama dalam jendela masuk 07.12; detik diabaikan.",
					.tone = "hd-tone-late"};
	TodayView view = {
		.name = "SITI RAHMAWATI", .date = "Senin, 3 Maret 2025", .punches = punches, .days = days};
	Frame frame = golden_page_frame("Hari ini", NAV_TODAY);
	Html *html = html_new();
	page_today_render(html, &frame, &view);
	golden_page_check("hari-ini-kosong", html);
	g_array_append_val(punches, punch);
	g_array_append_val(days, day);
	view.text = "Masuk 06.52 di Lobi BKD.";
	view.figures = "Terlambat 12 menit, potongan 0,5 %";
	view.due_out = "15.42";
	html = html_new();
	page_today_render(html, &frame, &view);
	golden_page_check("hari-ini", html);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/pages/login", test_login);
	g_test_add_func("/web/pages/password", test_password);
	g_test_add_func("/web/pages/board", test_board);
	g_test_add_func("/web/pages/board_says_what_to_do_when_empty",
					test_board_says_what_to_do_when_empty);
	g_test_add_func("/web/pages/board_of_many_people_is_sums", test_board_of_many_people_is_sums);
	g_test_add_func("/web/pages/largest_board_is_small_enough", test_largest_board_is_small_enough);
	g_test_add_func("/web/pages/today", test_today);
	return g_test_run();
}
