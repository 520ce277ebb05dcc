/* The pages of those who keep people and terminals, from plain views; see golden_page.h. */
#include "server/web/people/page_enrol.h"
#include "server/web/people/page_people.h"
#include "server/web/time/page_closing.h"
#include "server/web/time/page_discipline.h"
#include "server/web/time/page_recap.h"
#include "server/web/terminals/page_terminals.h"
#include "protocol/ids.h"
#include "tests/server/golden_page.h"

static const UnitChoice choices[] = {{"BKD", "Badan Kepegawaian Daerah", 0},
									 {"BKD-UMUM", "Sekretariat & umum", 1}};
static const EnrolTerminalChoice terminals[] = {{"bkd-1", "Lobi BKD · bkd-1"},
												{"bkd-2", "Aula \"A\" · bkd-2 (tanpa jaringan)"}};

static GArray *array_of(gconstpointer items, guint n, guint size)
{
	GArray *array = g_array_new(FALSE, FALSE, size);
	g_array_append_vals(array, items, n);
	return array;
}
#define ARRAY(items) array_of(items, G_N_ELEMENTS(items), sizeof(items)[0])

/* ── enrolment ── */

static const EnrolPerson people[] = {
	{1, "AGUS <b>WIBOWO</b>", "198001012005011001", "Sekretariat & umum", 0},
	{2, "RINA", NULL, "Badan Kepegawaian Daerah", 0},
	{3, "SITI RAHMAWATI", "198203042006042003", "Sekretariat & umum", 1},
};
static const EnrolOrder orders[] = {
	{.id = "00000000000000000000000000000001",
	 .name = "BUDI SANTOSO",
	 .terminal = "bkd-1",
	 .state = "sedang direkam",
	 .tone = "hd-tone-wait",
	 .progress = "Telunjuk kanan: 1 dari 3",
	 .advice = "Bagus; tempelkan jari yang sama sekali lagi.",
	 .time = "07.28",
	 .open = TRUE},
	{.id = "00000000000000000000000000000002",
	 .name = "DEWI",
	 .terminal = "bkd-1",
	 .state = "✓ selesai",
	 .tone = "hd-tone-ok",
	 .advice = "Sidik jari dapat dipakai untuk presensi.",
	 .time = "07.20"},
};

static void test_enrol(void)
{
	g_autoptr(GArray) units = ARRAY(choices), list = ARRAY(terminals), lacking = ARRAY(people),
					  queue = ARRAY(orders);
	EnrolView view = {.choices = units,
					  .unit_code = "BKD",
					  .unit_name = "Badan Kepegawaian Daerah",
					  .terminals = list,
					  .terminal = "bkd-1",
					  .people = lacking,
					  .n_without = 2,
					  .n_lacking = 3,
					  .progress = {.time = "07.30", .orders = queue}};
	Frame frame = golden_page_frame("Perekaman", NAV_ENROL);
	Html *html = html_new();
	page_enrol_render(html, &frame, &view);
	golden_page_check("perekaman", html);
}

static void test_enrol_empty(void)
{
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, 1);
	EnrolView view = {.choices = none,
					  .unit_code = "BKD",
					  .unit_name = "Badan Kepegawaian Daerah",
					  .terminals = none,
					  .people = none,
					  .progress = {.time = "07.30", .orders = none}};
	Frame frame = golden_page_frame("Perekaman", NAV_ENROL);
	Html *html = html_new();
	page_enrol_render(html, &frame, &view);
	golden_page_check("perekaman-kosong", html);
}

/* As many people as the list holds, all with long names: the page stays below its limit. */
static void test_longest_enrol_is_small_enough(void)
{
	g_autoptr(GArray) units = ARRAY(choices), list = ARRAY(terminals), queue = ARRAY(orders);
	g_autoptr(GArray) lacking = g_array_new(FALSE, FALSE, sizeof(EnrolPerson));
	EnrolPerson person = {999999999, "MUHAMMAD ABDURRAHMAN WAHYUDININGRAT KUSUMAWARDHANI",
						  "198001012005011001", "Kantor Cabang Dinas Pendidikan Wilayah IV", 0};
	for (int i = 0; i < ENROL_LIST_MAX; i++)
		g_array_append_val(lacking, person);
	EnrolView view = {.choices = units,
					  .unit_code = "KANTOR-CABANG-DINAS-PENDIDIKAN-WILAYAH-4",
					  .unit_name = "Kantor Cabang Dinas Pendidikan Wilayah IV",
					  .terminals = list,
					  .terminal = "kantor-cabang-dinas-pendidikan-4",
					  .people = lacking,
					  .n_without = 20000,
					  .n_lacking = 20000,
					  .progress = {.time = "07.30", .orders = queue}};
	Frame frame = golden_page_frame("Perekaman", NAV_ENROL);
	g_autoptr(Html) html = html_new();
	page_enrol_render(html, &frame, &view);
	g_assert_cmpuint(html_size(html), <=, PAGE_SIZE_MAX);
}

static void test_enrol_confirm(void)
{
	g_autoptr(GArray) list = ARRAY(terminals);
	EnrolConfirm view = {.person = people[0],
						 .unit_code = "BKD",
						 .terminals = list,
						 .terminal = "bkd-2",
						 .fingers = {FINGER_RIGHT_INDEX, FINGER_RIGHT_INDEX},
						 .terminal_problem = "Mesin ini tidak aktif. Pilih mesin lain.",
						 .finger_problem = "Pilih dua jari yang berbeda."};
	Frame frame = golden_page_frame("Rekam sidik jari", NAV_ENROL);
	Html *html = html_new();
	page_enrol_render_confirm(html, &frame, &view);
	golden_page_check("perekaman-baru", html);
}

static void test_enrol_detail(void)
{
	Frame frame = golden_page_frame("Perekaman", NAV_ENROL);
	Html *html = html_new();
	page_enrol_render_detail(html, &frame, &orders[0]);
	golden_page_check("perekaman-satu", html);
}

/* ── people ── */

static void test_people(void)
{
	static const PeopleRow found[] = {
		{1, "AGUS <b>WIBOWO</b>", "198001012005011001", "Sekretariat & umum", 0},
		{2, "RINA", NULL, "Badan Kepegawaian Daerah", 2},
	};
	g_autoptr(GArray) units = ARRAY(choices), rows = ARRAY(found);
	PeopleView view = {.choices = units,
					   .unit_code = "BKD-UMUM",
					   .unit_name = "Sekretariat & umum",
					   .text = "\"><script>",
					   .rows = rows,
					   .more = TRUE};
	Frame frame = golden_page_frame("Pegawai", NAV_PEOPLE);
	Html *html = html_new();
	page_people_render(html, &frame, &view);
	golden_page_check("pegawai", html);
	g_array_set_size(rows, 0);
	view.more = FALSE;
	html = html_new();
	page_people_render(html, &frame, &view);
	golden_page_check("pegawai-kosong", html);
}

static void test_person(void)
{
	static const PersonFinger have[] = {{"Telunjuk kanan", "Senin, 3 Maret 2025", 71}};
	static const PersonService served[] = {
		{"Sekretariat & umum", "Senin, 3 Maret 2025", NULL},
		{"SMA Negeri 1", "Senin, 6 Januari 2020", "Minggu, 2 Maret 2025"}};
	g_autoptr(GArray) fingers = ARRAY(have), services = ARRAY(served);
	PersonView view = {.id = 111111,
					   .name = "Dr. SITI RAHMAWATI, M.T.",
					   .number_kind = "NIP",
					   .number = "198203042006042003",
					   .employment = "PNS",
					   .unit = "Sekretariat & umum",
					   .places = "Lobi BKD, Aula",
					   .fingers = fingers,
					   .services = services,
					   .may_enrol = TRUE};
	Frame frame = golden_page_frame("Berkas pegawai", NAV_PEOPLE);
	Html *html = html_new();
	page_person_render(html, &frame, &view);
	golden_page_check("berkas", html);
}

/* ── terminals ── */

static const TerminalView machines[] = {
	{.id = "bkd-1",
	 .place = "Lobi BKD",
	 .state = "! tanpa jaringan",
	 .tone = "hd-tone-missing",
	 .heard = "pukul 06.12",
	 .troubles = {{"Tanpa jaringan", "Periksa listrik, kabel, dan router.", 400},
				  {"Penutup terbuka", "Periksa mesin di tempat.", 300}},
	 .n_troubles = 2,
	 .backlog = 1204,
	 .n_people = 51,
	 .version = "0.1",
	 .sensor = "fprint",
	 .weight = 700},
	{.id = "bkd-2", .place = "Aula", .state = "belum dipasang", .tone = "hd-tone-mute"},
};

static void test_terminals(void)
{
	g_autoptr(GArray) list = ARRAY(machines);
	TerminalsView view = {.terminals = list, .n_active = 1, .n_troubled = 1, .may_declare = TRUE};
	Frame frame = golden_page_frame("Mesin presensi", NAV_TERMINALS);
	Html *html = html_new();
	page_terminals_render(html, &frame, &view);
	golden_page_check("mesin", html);
	g_array_set_size(list, 0);
	view = (TerminalsView){.terminals = list};
	html = html_new();
	page_terminals_render(html, &frame, &view);
	golden_page_check("mesin-kosong", html);
}

static void test_terminal(void)
{
	static const TerminalJournal chains[] = {{"0a1b2c3d", "00112233aabbccdd", 4711, "pukul 06.12"}};
	static const TerminalAlarm raised[] = {{"Penutup mesin dibuka", "pukul 06.00", 3}};
	g_autoptr(GArray) journals = ARRAY(chains), alarms = ARRAY(raised);
	TerminalDetail view = {.terminal = machines[0],
						   .joined = "Senin, 3 Februari 2025",
						   .clock = "selisih 1 detik",
						   .free_mib = 12000,
						   .n_held = 2,
						   .journals = journals,
						   .alarms = alarms};
	Frame frame = golden_page_frame("Mesin presensi", NAV_TERMINALS);
	Html *html = html_new();
	page_terminal_render(html, &frame, &view);
	golden_page_check("mesin-satu", html);
}

/* ── the month of a unit ── */

static void test_recap(void)
{
	static const ReportColumn columns[] = {{"NIP", REPORT_TEXT, "number", 19},
										   {"Nama", REPORT_TEXT, "name", 24},
										   {"12", REPORT_TEXT, "d12", 4},
										   {"Menit terlambat", REPORT_NUMBER, "late_min", 9},
										   {"Potongan", REPORT_HUNDREDTHS, "deduction_bp", 9}};
	static const RecapLink link = {111111, 0};
	g_autoptr(GArray) units = ARRAY(choices), links = g_array_new(FALSE, FALSE, sizeof(RecapLink));
	g_autoptr(Report) report = report_new(columns, G_N_ELEMENTS(columns));
	RecapView view = {.choices = units,
					  .unit_code = "BKD",
					  .unit_name = "Badan Kepegawaian Daerah",
					  .kind = RECAP_CODES,
					  .text = "\"><script>",
					  .month = "Maret 2025",
					  .month_iso = "2025-03",
					  .before = "2025-02",
					  .report = report,
					  .links = links,
					  .page = 1};
	Frame frame = golden_page_frame("Rekap bulanan", NAV_RECAP);
	Html *html = html_new();
	page_recap_render(html, &frame, &view);
	golden_page_check("rekap-kosong", html);
	ReportCell *row = report_add_row(report);
	g_array_append_val(links, link);
	row[0].text = g_strdup("<b>198203042006042003");
	row[1].text = g_strdup("SITI & RAHMAWATI");
	row[2].text = g_strdup("TL1");
	row[3].number = 1204;
	row[4].number = 150;
	view.after = "2025-04";
	view.n_people = 1204;
	view.page = 2;
	view.more = TRUE;
	view.text = "";
	html = html_new();
	page_recap_render(html, &frame, &view);
	golden_page_check("rekap", html);
	view.page = 0;
	view.foot = (ReportSection){.signed_on = "3 April 2025",
								.signer_title = "Plt. Kepala <Dinas>",
								.signer = "BUDI & SANTOSO",
								.signer_number = "197001011990031001",
								.proof = "Sementara"};
	html = html_new();
	page_recap_render(html, &frame, &view);
	golden_page_check("rekap-cetak", html);
}

/* ── the end of a month ── */

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_closings(void)
{
	static const ClosingLine units[] = {
		{.code = "BKD",
		 .name = "Badan <Kepegawaian> Daerah",
		 .state = MONTH_LOCKED,
		 .last = "Kamis, 3 April 2025 pukul 09.12",
		 .n_people = 1204,
		 .n_differences = 2},
		{.code = "DISDIK",
		 .name = "Dinas Pendidikan",
		 .state = MONTH_OPEN,
		 .n_hindrances = 37,
		 .late = TRUE},
	};
	g_autoptr(GArray) lines = ARRAY(units);
	ClosingsView view = {.month = "Maret 2025",
						 .month_iso = "2025-03",
						 .before = "2025-02",
						 .deadline = "Kamis, 3 April 2025",
						 .only = "",
						 .n_states = {[MONTH_OPEN] = 1, [MONTH_LOCKED] = 1},
						 .lines = lines};
	Frame frame = golden_page_frame("Akhir bulan", NAV_CLOSING);
	Html *html = html_new();
	page_closings_render(html, &frame, &view);
	golden_page_check("akhir-bulan", html);
	g_array_set_size(lines, 0);
	view.after = "2025-04";
	view.only = "signed";
	html = html_new();
	page_closings_render(html, &frame, &view);
	golden_page_check("akhir-bulan-kosong", html);
}

static void test_closing(void)
{
	static const ClosingHindrance kinds[] = {
		{.kind = MONTH_HINDER_DATA,
		 .who = "SITI & RAHMAWATI",
		 .since = "3 Maret",
		 .n_days = 2,
		 .person = 111111,
		 .day = 3},
		{.kind = MONTH_HINDER_ROSTER, .since = "4 Maret", .n_days = 1},
		{.kind = MONTH_HINDER_REQUEST, .since = "4 Maret", .n_days = 1, .id = 7},
		{.kind = MONTH_HINDER_CORRECTION, .since = "5 Maret", .n_days = 1, .id = 8},
		{.kind = MONTH_HINDER_OUTAGE, .since = "6 Maret", .n_days = 1, .id = 9},
	};
	static const ClosingDifference adjusted[] = {{.person = 111111,
												  .name = "SITI & RAHMAWATI",
												  .unit = "BKD-UMUM",
												  .date = "Rabu, 12 Februari 2025",
												  .month_iso = "2025-02",
												  .day = 12,
												  .before = "TK, potongan 4 %",
												  .after = "CS",
												  .booked = "Maret 2025"}};
	static const ClosingStep done[] = {
		{"Diajukan", "BUDI", "Kamis, 3 April 2025 pukul 09.12", "perekaman <10> April", HASH}};
	g_autoptr(GArray) hindrances = ARRAY(kinds), earlier = ARRAY(adjusted), steps = ARRAY(done);
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(ClosingDifference));
	ClosingView view = {.code = "BKD",
						.name = "Badan Kepegawaian Daerah",
						.month = "Maret 2025",
						.month_iso = "2025-03",
						.deadline = "Kamis, 3 April 2025",
						.late = TRUE,
						.n_hindrances = 105,
						.hindrances = hindrances,
						.earlier = earlier,
						.later = none,
						.steps = steps,
						.page = 1,
						.more = TRUE,
						.may = {[MONTH_SUBMIT] = TRUE},
						.reason = "",
						.reason_problem = "Terlalu panjang.",
						.problem = "Belum dapat: bulannya belum berakhir."};
	Frame frame = golden_page_frame("Akhir bulan", NAV_CLOSING);
	Html *html = html_new();
	page_closing_render(html, &frame, &view);
	golden_page_check("akhir-bulan-satu", html);
	view = (ClosingView){.code = "BKD",
						 .name = "Badan Kepegawaian Daerah",
						 .month = "Maret 2025",
						 .month_iso = "2025-03",
						 .state = MONTH_SIGNED,
						 .deadline = "Kamis, 3 April 2025",
						 .n_people = 1204,
						 .n_days = 24080,
						 .hash = HASH,
						 .seen = 2,
						 .hindrances = none,
						 .earlier = none,
						 .later = earlier,
						 .steps = none,
						 .page = 2,
						 .may = {[MONTH_LOCK] = TRUE, [MONTH_REOPEN] = TRUE, [MONTH_SIGN] = TRUE},
						 .ask_code = TRUE,
						 .reason = "",
						 .code_problem = "Kode ini salah."};
	html = html_new();
	page_closing_render(html, &frame, &view);
	golden_page_check("akhir-bulan-kunci", html);
}

/* ── discipline ── */

static const SignalLine signals[] = {{.id = 7,
									  .person = 111111,
									  .who = "SITI <b>RAHMAWATI</b>",
									  .what = "Teguran lisan, 3 hari",
									  .reached = "Rabu, 12 Maret 2025",
									  .state = "disampaikan",
									  .due = "Rabu, 19 Maret 2025",
									  .overdue = TRUE,
									  .open = TRUE},
									 {.id = 8,
									  .person = 222222,
									  .who = "BUDI",
									  .what = "Teguran lisan, 3 hari",
									  .reached = "Rabu, 12 Maret 2025",
									  .state = "ditarik"}};

static void test_signals(void)
{
	g_autoptr(GArray) lines = ARRAY(signals);
	SignalsView view = {.year = 2025, .only_open = TRUE, .lines = lines, .next = 8};
	Frame frame = golden_page_frame("Sinyal disiplin", NAV_DISCIPLINE);
	Html *html = html_new();
	page_signals_render(html, &frame, &view);
	golden_page_check("disiplin", html);
	g_array_set_size(lines, 0);
	view = (SignalsView){.year = 2025, .lines = lines};
	html = html_new();
	page_signals_render(html, &frame, &view);
	golden_page_check("disiplin-kosong", html);
}

static void test_signal(void)
{
	static const SignalEvidence evidence[] = {{"Rabu, 12 Maret 2025", "2025-03", 12, "tidak hadir"},
											  {"Kamis, 13 Maret 2025", "2025-03", 13, "450 menit"}};
	g_autoptr(GArray) days = ARRAY(evidence);
	SignalView view = {.line = signals[0],
					   .absent_days = 2,
					   .minutes = 450,
					   .total = 3,
					   .superior = "AGUS",
					   .made = "Rabu, 12 Maret 2025 pukul 20.00",
					   .days = days,
					   .may_note = TRUE,
					   .may_act = TRUE,
					   .text = "<surat>",
					   .problem = "Tulis apa yang dilakukan, paling banyak 500 huruf."};
	Frame frame = golden_page_frame("Sinyal disiplin", NAV_DISCIPLINE);
	Html *html = html_new();
	page_signal_render(html, &frame, &view);
	golden_page_check("disiplin-satu", html);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/pages_office/enrol", test_enrol);
	g_test_add_func("/web/pages_office/enrol_empty", test_enrol_empty);
	g_test_add_func("/web/pages_office/longest_enrol_is_small_enough",
					test_longest_enrol_is_small_enough);
	g_test_add_func("/web/pages_office/enrol_confirm", test_enrol_confirm);
	g_test_add_func("/web/pages_office/enrol_detail", test_enrol_detail);
	g_test_add_func("/web/pages_office/people", test_people);
	g_test_add_func("/web/pages_office/person", test_person);
	g_test_add_func("/web/pages_office/terminals", test_terminals);
	g_test_add_func("/web/pages_office/terminal", test_terminal);
	g_test_add_func("/web/pages_office/recap", test_recap);
	g_test_add_func("/web/pages_office/closings", test_closings);
	g_test_add_func("/web/pages_office/closing", test_closing);
	g_test_add_func("/web/pages_office/signals", test_signals);
	g_test_add_func("/web/pages_office/signal", test_signal);
	return g_test_run();
}
