/* The pages of superiors, and of what waits for whoever looks, from plain views; see golden_page.h. */
#include "server/web/system/page_delegations.h"
#include "server/web/system/page_tasks.h"
#include "server/web/terminals/page_outages.h"
#include "server/web/time/page_charts.h"
#include "server/web/time/page_roster.h"
#include "server/web/time/page_roster_request.h"
#include "server/web/time/page_team.h"
#include "tests/server/golden_page.h"

static const UnitChoice choices[] = {{"BKD", "Badan Kepegawaian Daerah", 0},
									 {"BKD-UMUM", "Sekretariat & umum", 1}};

static GArray *array_of(gconstpointer items, guint n, guint size)
{
	GArray *array = g_array_new(FALSE, FALSE, size);
	g_array_append_vals(array, items, n);
	return array;
}
#define ARRAY(items) array_of(items, G_N_ELEMENTS(items), sizeof(items)[0])

/* ── the team ── */

static void test_team(void)
{
	static const TeamPerson missing[] = {
		{1, "AGUS <b>WIBOWO</b>", "Sekretariat & umum", NULL, "hd-tone-missing"},
		{2, "RINA", "Sekretariat & umum", "belum terdaftar", "hd-tone-late"}};
	static const TeamPerson present[] = {
		{3, "SITI RAHMAWATI", "Sekretariat & umum · Lobi BKD", "06.52", "hd-tone-ok"}};
	static const TeamPerson leave[] = {
		{4, "DEWI", "Sekretariat & umum · Cuti tahunan", "CT", "hd-tone-away"}};
	g_autoptr(GArray) units = ARRAY(choices), none = g_array_new(FALSE, FALSE, 1);
	g_autoptr(GArray) absent = ARRAY(missing), here = ARRAY(present), away = ARRAY(leave);
	TeamView view = {.choices = units,
					 .unit_code = "BKD",
					 .unit_name = "Badan Kepegawaian Daerah",
					 .date = "Senin, 3 Maret 2025",
					 .time = "07.30",
					 .groups = {absent, here, away, none, none}};
	Frame frame = golden_page_frame("Tim hari ini", NAV_NONE);
	Html *html = html_new();
	page_team_render(html, &frame, &view);
	golden_page_check("tim", html);
	view.too_many = TRUE;
	html = html_new();
	page_team_render(html, &frame, &view);
	golden_page_check("tim-banyak", html);
}

static TeamRow month_row(gint64 id, const char *name)
{
	TeamRow row = {.id = id, .name = name, .n_present = 18, .n_absent = 1, .late_min = 1204};
	row.days[0] = (TeamCell){"TL1 PSW2", "hd-tone-late"};
	row.days[2] = (TeamCell){"H", "hd-tone-ok"};
	return row;
}

static void test_team_month(void)
{
	TeamRow first = month_row(1, "AGUS <b>WIBOWO</b>");
	g_autoptr(GArray) units = ARRAY(choices);
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	TeamMonthView view = {.choices = units,
						  .unit_code = "BKD",
						  .unit_name = "Badan Kepegawaian Daerah",
						  .month = "Februari 2025",
						  .month_iso = "2025-02",
						  .before = "2025-01",
						  .n_days = 28,
						  .first_weekday = 5,
						  .rows = rows};
	Frame frame = golden_page_frame("Tim sebulan", NAV_NONE);
	Html *html = html_new();
	page_team_month_render(html, &frame, &view);
	golden_page_check("tim-bulan-kosong", html);
	g_ptr_array_add(rows, &first);
	view.n_rows = 1;
	view.after = "2025-03";
	html = html_new();
	page_team_month_render(html, &frame, &view);
	golden_page_check("tim-bulan", html);
}

/* As many people as one part holds, with long names and codes: the page stays below its limit. */
static void test_longest_team_month_is_small_enough(void)
{
	TeamRow row = month_row(999999999, "MUHAMMAD ABDURRAHMAN WAHYUDININGRAT KUSUMAWARDHANI");
	for (gsize i = 0; i < G_N_ELEMENTS(row.days); i++)
		row.days[i] = (TeamCell){"TL4 PSW4 UC", "hd-tone-missing"};
	g_autoptr(GArray) units = ARRAY(choices);
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	for (int i = 0; i < TEAM_PEOPLE_MAX; i++)
		g_ptr_array_add(rows, &row);
	TeamMonthView view = {.choices = units,
						  .unit_code = "BKD",
						  .unit_name = "Badan Kepegawaian Daerah",
						  .month = "Januari 2025",
						  .month_iso = "2025-01",
						  .before = "2024-12",
						  .n_days = 31,
						  .rows = rows,
						  .n_rows = TEAM_PEOPLE_MAX,
						  .from = TEAM_MONTH_ROWS};
	Frame frame = golden_page_frame("Tim sebulan", NAV_NONE);
	g_autoptr(Html) html = html_new();
	page_team_month_render(html, &frame, &view);
	g_assert_cmpuint(html_size(html), <=, PAGE_SIZE_MAX);
}

/* ── what waits ── */

static void test_tasks(void)
{
	static const Task kinds[] = {
		{"/persetujuan", "Presensi tanpa sidik jari", "Setujui atau tolak.", "hd-tone-wait", 1204},
		{"/mesin", "Mesin bermasalah", "Yang terberat paling atas.", "hd-tone-late", 0}};
	g_autoptr(GArray) tasks = ARRAY(kinds);
	TasksView view = {.tasks = tasks, .may_delegate = TRUE};
	Frame frame = golden_page_frame("Kotak tugas", NAV_NONE);
	Html *html = html_new();
	page_tasks_render(html, &frame, &view);
	golden_page_check("tugas", html);
	g_array_set_size(tasks, 0);
	html = html_new();
	page_tasks_render(html, &frame, &view);
	golden_page_check("tugas-kosong", html);
}

static void test_roster_request(void)
{
	static const RosterRequestDay changed[] = {
		{"AGUS <b>WIBOWO</b>", "Senin, 3 Maret 2025", "P", "S"}};
	g_autoptr(GArray) days = ARRAY(changed);
	g_autoptr(GPtrArray) conflicts = g_ptr_array_new();
	RosterRequestView view = {.id = 7,
							  .title = "Tukar jadwal",
							  .reason = "<i>anak sakit</i>",
							  .by = "ruang.mawar",
							  .asked = "Senin, 3 Maret 2025 pukul 06.52",
							  .days = days,
							  .conflicts = conflicts,
							  .verdict = "",
							  .words = ""};
	Frame frame = golden_page_frame("Tukar jadwal", NAV_NONE);
	Html *html = html_new();
	g_ptr_array_add(conflicts, (gpointer) "AGUS, Senin, 3 Maret 2025: istirahat 6 jam");
	view.verdict_problem = "Pilih putusan.";
	view.words_problem = "Tulis alasannya, paling sedikit 3 huruf.";
	view.despite_problem = "Centang bila tetap disetujui.";
	page_roster_request_render(html, &frame, &view);
	golden_page_check("jadwal-satu", html);
	view.own = TRUE;
	view.by = NULL;
	html = html_new();
	page_roster_request_render(html, &frame, &view);
	golden_page_check("jadwal-sendiri", html);
}

static RosterView roster_view(const GArray *units, const GPtrArray *rows, const GPtrArray *none,
							  const GArray *versions)
{
	return (RosterView){.choices = units,
						.unit_code = "BKD",
						.unit_name = "Badan Kepegawaian Daerah",
						.month = "April 2025",
						.month_iso = "2025-04",
						.before = "2025-03",
						.after = "2025-05",
						.n_days = 30,
						.first_weekday = 1,
						.rows = rows,
						.conflicts = none,
						.versions = versions,
						.shifts = none,
						.pasted = "",
						.reason = "",
						.problems = none};
}

static void test_roster(void)
{
	static const RosterVersion known[] = {
		{"Terbitan 1, Senin, 3 Maret 2025 pukul 06.52, oleh kepala.ruang", "1 pertentangan: <b>"}};
	RosterGridRow row = {.name = "AGUS <b>WIBOWO</b>"};
	row.days[0] = (RosterCell){"P", FALSE};
	row.days[1] = (RosterCell){"P+S", TRUE};
	row.days[29] = (RosterCell){"–", TRUE};
	g_autoptr(GArray) units = ARRAY(choices), versions = ARRAY(known);
	g_autoptr(GPtrArray) rows = g_ptr_array_new(), none = g_ptr_array_new();
	g_autoptr(GPtrArray) conflicts = g_ptr_array_new(), problems = g_ptr_array_new();
	RosterView view = roster_view(units, rows, none, versions);
	Frame frame = golden_page_frame("Jadwal", NAV_NONE);
	Html *html = html_new();
	g_array_set_size(versions, 0);
	page_roster_render(html, &frame, &view);
	golden_page_check("jadwal-kosong", html);
	g_array_append_vals(versions, known, 1);
	g_ptr_array_add(rows, &row);
	g_ptr_array_add(conflicts, (gpointer) "AGUS, Selasa, 1 April 2025: istirahat 6 jam");
	g_ptr_array_add(problems, (gpointer) "Baris 2, tanggal 5: tidak ada shift dengan kode <X>.");
	view.n_draft = 2;
	view.n_conflicts = 1204;
	view.conflicts = conflicts;
	view.problems = problems;
	view.shifts = problems;
	view.pasted = "</textarea><script>";
	view.reason_problem = "Tulis alasannya, paling sedikit 3 huruf.";
	html = html_new();
	page_roster_render(html, &frame, &view);
	golden_page_check("jadwal", html);
	view.no_unit = TRUE;
	html = html_new();
	page_roster_render(html, &frame, &view);
	golden_page_check("jadwal-unit", html);
}

/* As many people as one part holds, each cell full, and all conflicts that are told. */
static void test_longest_roster_is_small_enough(void)
{
	RosterGridRow row = {.name = "MUHAMMAD ABDURRAHMAN WAHYUDININGRAT KUSUMAWARDHANI"};
	g_autoptr(GArray) units = ARRAY(choices);
	g_autoptr(GArray) versions = g_array_new(FALSE, FALSE, sizeof(RosterVersion));
	g_autoptr(GPtrArray) rows = g_ptr_array_new(), none = g_ptr_array_new();
	for (gsize i = 0; i < G_N_ELEMENTS(row.days); i++)
		row.days[i] = (RosterCell){"PAGI-7+MALAM-12", TRUE};
	for (int i = 0; i < 10 * ROSTER_ROWS; i++)
		g_ptr_array_add(rows, &row);
	RosterView view = roster_view(units, rows, none, versions);
	Frame frame = golden_page_frame("Jadwal", NAV_NONE);
	g_autoptr(Html) html = html_new();
	view.n_days = 31;
	page_roster_render(html, &frame, &view);
	g_assert_cmpuint(html_size(html), <=, PAGE_SIZE_MAX);
}

static void test_delegations(void)
{
	static const DelegationLine mine[] = {
		{7, "b.santoso", "Senin, 3 Maret 2025 – Jumat, 7 Maret 2025", "cuti <b>tahunan</b>", TRUE}};
	static const DelegationLine theirs[] = {
		{8, "r.wati", "Senin, 3 Maret 2025 – Jumat, 7 Maret 2025", "dinas luar", FALSE}};
	static const DelegationChoice known[] = {{"b.santoso", "BUDI <SANTOSO>"}};
	g_autoptr(GArray) given = ARRAY(mine), received = ARRAY(theirs), choices_known = ARRAY(known);
	DelegationsView view = {.given = given,
							.received = received,
							.choices = choices_known,
							.deputy = "\"><script>",
							.from = "2025-03-03",
							.to = "",
							.reason = "",
							.deputy_problem = "Tidak ada akun dengan nama ini.",
							.to_problem = "Isi tanggal."};
	Frame frame = golden_page_frame("Delegasi", NAV_NONE);
	Html *html = html_new();
	page_delegations_render(html, &frame, &view);
	golden_page_check("delegasi", html);
	g_array_set_size(given, 0);
	g_array_set_size(received, 0);
	g_array_set_size(choices_known, 0);
	view.deputy = "";
	view.deputy_problem = view.to_problem = NULL;
	html = html_new();
	page_delegations_render(html, &frame, &view);
	golden_page_check("delegasi-kosong", html);
}

/* ── outages ── */

static const OutageLine outages[] = {
	{.id = 2,
	 .place = "SMA <Negeri> 1",
	 .span = "Senin, 3 Maret 2025 pukul 06.00–10.00",
	 .cause = "listrik & jaringan",
	 .state = "dilaporkan",
	 .tone = "hd-tone-wait",
	 .open = TRUE,
	 .after_holiday = TRUE},
	{.id = 1,
	 .place = "Lobi BKD",
	 .span = "Minggu, 2 Maret 2025 pukul 06.00–10.00",
	 .cause = "sensor rusak",
	 .state = "✓ disetujui",
	 .tone = "hd-tone-ok"},
};

static void test_outages(void)
{
	static const OutageFrequent often[] = {{"sma1", 5, 1204}};
	g_autoptr(GArray) list = ARRAY(outages), places = ARRAY(often);
	OutagesView view = {.lines = list, .frequent = places, .more = TRUE, .may_declare = TRUE};
	Frame frame = golden_page_frame("Gangguan", NAV_NONE);
	Html *html = html_new();
	page_outages_render(html, &frame, &view);
	golden_page_check("gangguan", html);
	g_array_set_size(list, 0);
	g_array_set_size(places, 0);
	view.more = view.may_declare = FALSE;
	html = html_new();
	page_outages_render(html, &frame, &view);
	golden_page_check("gangguan-kosong", html);
}

static void test_outage_form(void)
{
	static const OutagePlaceChoice known[] = {{"sma1", "SMA <Negeri> 1"}};
	g_autoptr(GArray) places = ARRAY(known);
	OutageForm form = {.places = places};
	for (gsize i = 0; i < N_OUTAGE_FIELDS; i++)
		form.values[i] = "";
	form.values[OUTAGE_FIELD_CAUSE] = "\"><script>";
	form.problems[OUTAGE_FIELD_PLACE] = "Tidak ada lokasi dengan kode ini dalam wewenang Anda.";
	Frame frame = golden_page_frame("Laporkan gangguan", NAV_NONE);
	Html *html = html_new();
	page_outages_render_form(html, &frame, &form);
	golden_page_check("gangguan-baru", html);
}

static void test_outage(void)
{
	static const OutageHistoryLine steps[] = {
		{"Disetujui", "sesuai <surat>", "bkd", "Senin, 3 Maret 2025 pukul 07.30"}};
	g_autoptr(GArray) history = ARRAY(steps);
	OutageView view = {.line = outages[0],
					   .evidence = "surat PLN",
					   .declared = "Senin, 3 Maret 2025 pukul 07.00",
					   .history = history,
					   .may_decide = TRUE,
					   .may_accept = TRUE,
					   .may_refuse = TRUE,
					   .reason = "x",
					   .letter = "",
					   .reason_problem = "Tulis alasannya satu baris, paling sedikit 3 huruf."};
	Frame frame = golden_page_frame("Gangguan", NAV_NONE);
	Html *html = html_new();
	page_outages_render_one(html, &frame, &view);
	golden_page_check("gangguan-satu", html);
	view.own = TRUE;
	g_array_set_size(history, 0);
	html = html_new();
	page_outages_render_one(html, &frame, &view);
	golden_page_check("gangguan-sendiri", html);
}

static void test_charts(void)
{
	static const ChartRow bars[] = {{"06.45", 12}, {"07.00 <b>", 1204}};
	g_autoptr(GArray) units = ARRAY(choices), rows = ARRAY(bars);
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(ChartRow));
	const Chart charts[] = {
		{"kedatangan", "Kedatangan", "Mulai pukul", "Presensi masuk", "Belum ada.", rows, TRUE},
		{"mesin", "Waktu hidup mesin", "Mesin", "Persen waktu", "Belum ada mesin.", none, FALSE}};
	ChartsView view = {.choices = units,
					   .unit_code = "BKD",
					   .unit_name = "Badan Kepegawaian Daerah",
					   .span = "Selasa, 25 Februari 2025 – Senin, 3 Maret 2025",
					   .charts = charts,
					   .n_charts = G_N_ELEMENTS(charts)};
	Frame frame = golden_page_frame("Grafik", NAV_NONE);
	frame.chart_js = "/aset/chart.js";
	frame.grafik_js = "/aset/grafik.js";
	Html *html = html_new();
	page_charts_render(html, &frame, &view);
	golden_page_check("grafik", html);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/pages_team/team", test_team);
	g_test_add_func("/web/pages_team/team_month", test_team_month);
	g_test_add_func("/web/pages_team/longest_team_month_is_small_enough",
					test_longest_team_month_is_small_enough);
	g_test_add_func("/web/pages_team/tasks", test_tasks);
	g_test_add_func("/web/pages_team/roster_request", test_roster_request);
	g_test_add_func("/web/pages_team/delegations", test_delegations);
	g_test_add_func("/web/pages_team/roster", test_roster);
	g_test_add_func("/web/pages_team/longest_roster_is_small_enough",
					test_longest_roster_is_small_enough);
	g_test_add_func("/web/pages_team/outages", test_outages);
	g_test_add_func("/web/pages_team/outage_form", test_outage_form);
	g_test_add_func("/web/pages_team/outage", test_outage);
	g_test_add_func("/web/pages_team/charts", test_charts);
	return g_test_run();
}
