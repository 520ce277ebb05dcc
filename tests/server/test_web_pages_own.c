/* The pages of a civil servant's own data and account, from plain views; see golden_page.h. */
#include "server/web/system/page_account.h"
#include "server/web/time/page_month.h"
#include "server/web/people/page_people.h"
#include "server/web/system/page_activation.h"
#include "server/web/system/page_open.h"
#include "server/web/system/page_second.h"
#include "tests/server/golden_page.h"

static const MonthPunch march_third[] = {{"07.12", "Lobi BKD", "✓ diterima", TRUE},
										 {"15.34", "Lobi <BKD>", "… menunggu verifikasi", FALSE}};
static const MonthCode counted[] = {{"TL1", "Terlambat 1–30 menit", 1}};

typedef struct {
	GArray *days, *punches, *codes;
	GPtrArray *texts;
	MonthView view;
} Month;

static void month_init(Month *month)
{
	*month = (Month){.days = g_array_new(FALSE, TRUE, sizeof(MonthDay)),
					 .punches = g_array_new(FALSE, FALSE, sizeof(MonthPunch)),
					 .codes = g_array_new(FALSE, FALSE, sizeof(MonthCode)),
					 .texts = g_ptr_array_new()};
	for (int i = 1; i <= 31; i++) {
		MonthDay day = {
			.number = i, .date = "Senin, 3 Maret 2025", .codes = "", .tone = "hd-tone-mute"};
		g_array_append_val(month->days, day);
	}
	month->view = (MonthView){.name = "SITI RAHMAWATI",
							  .month = "Maret 2025",
							  .base = "/bulan",
							  .before = "2025-02",
							  .first_weekday = 5,
							  .days = month->days,
							  .codes = month->codes};
}

static void month_clear(Month *month)
{
	g_array_unref(month->days);
	g_array_unref(month->punches);
	g_array_unref(month->codes);
	g_ptr_array_unref(month->texts);
}

static void check_month(const char *name, const Month *month, Nav nav)
{
	Frame frame = golden_page_frame("Bulan", nav);
	Html *html = html_new();
	page_month_render(html, &frame, &month->view);
	golden_page_check(name, html);
}

static void test_month(void)
{
	Month month;
	month_init(&month);
	MonthDay *day = &g_array_index(month.days, MonthDay, 2);
	g_array_append_vals(month.punches, march_third, G_N_ELEMENTS(march_third));
	g_array_append_vals(month.codes, counted, G_N_ELEMENTS(counted));
	g_ptr_array_add(month.texts, (gpointer)(guintptr) "Terlambat 12 menit (TL1).");
	*day = (MonthDay){.number = 3,
					  .date = "Senin, 3 Maret 2025",
					  .codes = "TL1",
					  .tone = "hd-tone-late",
					  .judged = TRUE,
					  .texts = month.texts,
					  .punches = month.punches,
					  .correct = "/koreksi?tanggal=2025-03-03&jenis=masuk#ajukan"};
	month.view.n_present = 1;
	month.view.late_min = 12;
	month.view.deduction = "0,5 %";
	for (guint i = 0; i < month.days->len; i++) {
		MonthDay *one = &g_array_index(month.days, MonthDay, i);
		one->figures = one->judged ? "Terlambat 12 menit, potongan 0,5 %" : NULL;
	}
	check_month("bulan", &month, NAV_MONTH);
	day->correct = NULL;
	month.view.base = "/pegawai/111111/bulan";
	month.view.back = "/pegawai/111111";
	month.view.after = "2025-04";
	check_month("bulan-pegawai", &month, NAV_PEOPLE);
	month_clear(&month);
}

static void test_month_says_why_it_is_empty(void)
{
	Month month;
	month_init(&month);
	check_month("bulan-kosong", &month, NAV_MONTH);
	month_clear(&month);
}

static void test_account(void)
{
	static const AccountSession two[] = {
		{"0123", "192.0.2.7", "3 Maret pukul 07.00", "3 Maret pukul 07.30", TRUE},
		{"4567", "198.51.100.1", "2 Maret pukul 20.00", "2 Maret pukul 20.30", FALSE}};
	static const AccountGrant given[] = {
		{"Pengelola SKPD", "Badan Kepegawaian Daerah", "Rabu, 31 Desember 2025", TRUE},
		{"Auditor", NULL, NULL, FALSE}};
	static const PersonFinger have[] = {{"Telunjuk kanan", "Senin, 3 Maret 2025", 71}};
	static const AccountLook seen[] = {
		{"3 Maret pukul 07.10", "BUDI <b>SANTOSO</b>", "Membuka berkas pegawai"}};
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(AccountSession));
	g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(AccountGrant));
	g_autoptr(GArray) fingers = g_array_new(FALSE, FALSE, sizeof(PersonFinger));
	g_autoptr(GArray) looks = g_array_new(FALSE, FALSE, sizeof(AccountLook));
	AccountView view = {.sessions = sessions,
						.grants = grants,
						.has_person = TRUE,
						.fingers = fingers,
						.looks = looks};
	Frame frame = golden_page_frame("Akun", NAV_ACCOUNT);
	g_array_append_vals(sessions, two, 1);
	Html *html = html_new();
	page_account_render(html, &frame, &view);
	golden_page_check("akun-kosong", html);
	g_array_append_vals(sessions, two + 1, 1);
	g_array_append_vals(grants, given, 2);
	g_array_append_vals(fingers, have, 1);
	g_array_append_vals(looks, seen, 1);
	view.older = "AAAAAAAAAAAAAAAAAAAAAA";
	html = html_new();
	page_account_render(html, &frame, &view);
	golden_page_check("akun", html);
}

static void test_second(void)
{
	Frame frame = golden_page_frame("Kode dari telepon", NAV_NONE);
	frame.nav = 0;
	SecondView view = {.problem = "Kode ini salah atau sudah dipakai."};
	Html *html = html_new();
	page_second_render(html, &frame, &view);
	golden_page_check("kode", html);
	SecondSetup setup = {.secret = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
						 .url = "otpauth://totp/Hadir:siti?secret=GEZD&issuer=Hadir",
						 .demo = "123456",
						 .required = TRUE};
	html = html_new();
	page_second_render_setup(html, &frame, &setup);
	golden_page_check("kode-pasang", html);
	g_autoptr(GPtrArray) codes = g_ptr_array_new();
	g_ptr_array_add(codes, (gpointer)(guintptr) "abcd-efgh-jkmn-pqrs");
	html = html_new();
	page_second_render_recovery(html, &frame, codes);
	golden_page_check("kode-pemulihan", html);
}

static void test_activation(void)
{
	Frame frame = golden_page_frame("Kode aktivasi", NAV_PEOPLE);
	ActivationView view = {.person = 111111,
						   .name = "JOKO <b>SUSILO</b>",
						   .user = "198203042006042003",
						   .code = "abcd-efgh-jkmn-pqrs",
						   .until = "Minggu, 9 Maret 2025"};
	Html *html = html_new();
	page_activation_render(html, &frame, &view);
	golden_page_check("kode-aktivasi", html);
	view.code = NULL;
	view.problem = "Akun ini berhak atas data orang lain.";
	html = html_new();
	page_activation_render(html, &frame, &view);
	golden_page_check("kode-aktivasi-ditolak", html);
}

static void test_open(void)
{
	Frame frame = golden_page_frame("Aktivasi akun", NAV_NONE);
	frame.nav = 0;
	frame.user = NULL;
	OpenView view = {.number = ""};
	Html *html = html_new();
	page_open_render(html, &frame, &view);
	golden_page_check("aktivasi", html);
	view = (OpenView){.number = "<1>",
					  .number_problem = "Isi NIP (18 angka) atau nomor Hadir.",
					  .code_problem = "Isi kode yang ditampilkan mesin.",
					  .fresh_problem = "Terlalu pendek.",
					  .repeat_problem = "Tidak sama dengan kata sandi baru."};
	html = html_new();
	page_open_render(html, &frame, &view);
	golden_page_check("aktivasi-salah", html);
	view = (OpenView){.user = "198203042006042003"};
	html = html_new();
	page_open_render(html, &frame, &view);
	golden_page_check("aktivasi-sudah", html);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/pages_own/month", test_month);
	g_test_add_func("/web/pages_own/month_says_why_it_is_empty", test_month_says_why_it_is_empty);
	g_test_add_func("/web/pages_own/account", test_account);
	g_test_add_func("/web/pages_own/second", test_second);
	g_test_add_func("/web/pages_own/activation", test_activation);
	g_test_add_func("/web/pages_own/open", test_open);
	return g_test_run();
}
