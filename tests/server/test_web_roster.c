/* /jadwal: a month pasted from a spreadsheet or copied from the last, its conflicts, its publishing. */
#include <string.h>

#include "server/store/time/roster_grid.h"
#include "server/web/time/roster_paste.h"
#include "server/web/words.h"
#include "server/store/people/assignments.h"
#include "tests/web/province.h"

/* ── what is pasted ── */

static void test_pasted(void)
{
	static const struct {
		const char *text, *cells, *problem; /* cells: "row person day duty" each, by ';' */
	} cases[] = {
		{"NIP\tNama\t1\t2\t3\n19\tSITI\tP\t\t-\n", "2 19 1 P;2 19 3 -", NULL},
		/* Row numbers and totals are columns of others; blanks and an apostrophe in a number. */
		{"No;Nama;NIP;3;1;Jumlah\r\n1;SITI;'19 85;S;P+S;2\r\n", "2 1985 3 S;2 1985 1 P+S", NULL},
		{"7,P,S,M", "1 7 1 P;1 7 2 S;1 7 3 M", NULL},            /* no head, no name */
		{"\n7,SITI,P,S,M\n\n", "2 7 1 P;2 7 2 S;2 7 3 M", NULL}, /* no head */
		{"7,P,S", "", "Baris 1: ada 3 kolom"},
		{"7,A,B,P,S,M", "", "Baris 1: ada 6 kolom"},
		{"NIP\t1\n\tP\n8\tS", "3 8 1 S", "Baris 2: nomor pegawai"},
		{"NIP\t0\t4\tx\n7\tP\tP\tP", "", "Tidak ada jadwal"}, /* days that the month lacks */
		{"", "", "Tidak ada jadwal"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
		g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(RosterPasted));
		g_autoptr(GPtrArray) problems = g_ptr_array_new();
		g_autoptr(GString) told = g_string_new(NULL);
		roster_paste_read(cases[i].text, 3, texts, cells, problems);
		for (guint c = 0; c < cells->len; c++) {
			const RosterPasted *cell = &g_array_index(cells, RosterPasted, c);
			g_string_append_printf(told, "%s%u %s %d %s", c > 0 ? ";" : "", cell->row, cell->person,
								   cell->day, cell->duty);
		}
		g_assert_cmpstr(told->str, ==, cases[i].cells);
		g_assert_cmpuint(problems->len, ==, cases[i].problem != NULL);
		if (cases[i].problem != NULL)
			g_assert_true(g_str_has_prefix(problems->pdata[0], cases[i].problem));
	}
}

static void test_more_rows_than_a_page_takes(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
	g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(RosterPasted));
	g_autoptr(GPtrArray) problems = g_ptr_array_new();
	for (int i = 0; i < 100000; i++)
		g_string_append(text, "1\n");
	roster_paste_read(text->str, 31, texts, cells, problems);
	g_assert_cmpuint(problems->len, ==, ROSTER_PASTE_PROBLEMS);
}

/* ── the month ── */

#define APRIL "unit=SMA1&bulan=2025-04"

static void add_shifts(Province *p)
{
	static const WorkShift shifts[] = {{.code = "P", .name = "Pagi", .hours = {420, 840, 0}},
									   {.code = "M", .name = "Malam", .hours = {1260, 1860, 0}}};
	gint64 id;
	gboolean added;
	g_assert_true(sql_begin(p->sql, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(shifts); i++)
		g_assert_true(shifts_add(p->sql, &shifts[i], &id, &added, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
}

static guint post(Province *p, const char *target, const char *body, char **text)
{
	g_autoptr(Call) call = province_page(p, "operator", target, body);
	if (text != NULL)
		*text = province_text(call);
	return call->response->status;
}

static gint64 count(Province *p, const char *sql)
{
	gint64 n = -1;
	g_assert_true(sql_get_int(p->sql, &n, 0, NULL, sql, ""));
	return n;
}

#define DRAFT "SELECT count(*) FROM roster_plan WHERE publication=0"
#define FORCE "SELECT count(*) FROM person_roster WHERE recorded_to_ms IS NULL"

/* All or nothing; who is unknown and who serves elsewhere are told alike. */
static void test_a_bad_paste_stores_nothing(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char *const cases[][2] = {
		{"tempel=NIP%091%092%0A222222%09P%09X",
		 "Baris 2, tanggal 2: tidak ada shift dengan kode X."},
		{"tempel=NIP%091%092%0A222222%09P%09P%2BM%2BP", "kode P+M+P"},
		{"tempel=NIP%091%0A222222%09P%0A999999%09P", "Baris 3, tanggal 1: 999999 tidak bertugas"},
		{"tempel=NIP%091%0A222222%09P%0A111111%09P", "Baris 3, tanggal 1: 111111 tidak bertugas"},
		{"tempel=%3Cscript%3E", "Tidak ada jadwal"},
	};
	add_shifts(p);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = NULL;
		g_assert_cmpuint(post(p, "/jadwal?" APRIL, cases[i][0], &text), ==, 422);
		g_assert_nonnull(strstr(text, cases[i][1]));
		g_assert_null(strstr(text, "<script>"));
		g_assert_null(strstr(text, "id=\"rancangan\"")); /* nor does the page show a draft */
		g_assert_cmpint(count(p, DRAFT), ==, 0);
	}
}

/* Night, then morning: too little rest, which whoever publishes is told and gives a reason for. */
static void test_a_month_is_pasted_and_published(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autofree char *text = NULL;
	g_autofree char *seen = NULL;
	add_shifts(p);
	g_assert_cmpuint(post(p, "/jadwal?" APRIL, "tempel=NIP%091%092%093%0A222222%09m%09P%09-", NULL),
					 ==, 303);
	g_assert_cmpint(count(p, DRAFT), ==, 3);
	g_assert_cmpint(count(p, FORCE), ==, 0); /* nothing is judged by a draft */
	g_autoptr(Call) call = province_page(p, "operator", "/jadwal?" APRIL, NULL);
	text = province_text(call);
	g_assert_nonnull(strstr(text, "BUDI SANTOSO, Rabu, 2 April 2025: "));
	const char *number = strstr(text, "name=\"pertentangan\" value=\"");
	g_assert_nonnull(number);
	gint64 n = g_ascii_strtoll(number + strlen("name=\"pertentangan\" value=\""), NULL, 10);
	g_assert_cmpint(n, >, 0);
	seen = g_strdup_printf("pertentangan=%" G_GINT64_FORMAT "&alasan=tidak+ada+pengganti", n);
	g_assert_cmpuint(post(p, "/jadwal/terbitkan?" APRIL, "pertentangan=0&alasan=abc", NULL), ==,
					 422);
	g_autofree char *mute = g_strdup_printf("pertentangan=%" G_GINT64_FORMAT, n);
	g_assert_cmpuint(post(p, "/jadwal/terbitkan?" APRIL, mute, NULL), ==, 422);
	g_assert_cmpint(count(p, FORCE), ==, 0);
	g_assert_cmpuint(post(p, "/jadwal/terbitkan?" APRIL, seen, NULL), ==, 303);
	g_assert_cmpint(count(p, FORCE), ==, 3);
	g_assert_cmpint(count(p, DRAFT), ==, 0);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action='roster.publish'"), ==,
					1);
	g_assert_cmpuint(post(p, "/jadwal/terbitkan?" APRIL, seen, NULL), ==, 409);
}

/* Four weeks on, weekday by weekday; who has left the unit is left out. */
static void test_last_month_is_copied(Province *p, gconstpointer unused)
{
	(void)unused;
	gint64 day;
	add_shifts(p);
	g_assert_cmpuint(post(p, "/jadwal?" APRIL,
						  "tempel=NIP%091%092%0930%0A222222%09P%09P%09M%0A333333%09P%09P%09P",
						  NULL),
					 ==, 303);
	g_assert_cmpuint(post(p, "/jadwal/terbitkan?" APRIL, "pertentangan=0&alasan=abc", NULL), ==,
					 422);
	g_autoptr(Call) call = province_page(p, "operator", "/jadwal?" APRIL, NULL);
	g_autofree char *text = province_text(call);
	const char *number = strstr(text, "name=\"pertentangan\" value=\"");
	g_autofree char *seen = g_strdup_printf(
		"pertentangan=%d&alasan=abc",
		(int)g_ascii_strtoll(number + strlen("name=\"pertentangan\" value=\""), NULL, 10));
	g_assert_cmpuint(post(p, "/jadwal/terbitkan?" APRIL, seen, NULL), ==, 303);
	g_assert_true(iso_date_parse("2025-05-01", &day));
	Change moved = {.from_day = day, .to_day = DAY_OPEN, .now_ms = NOW, .today = TODAY};
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(assignments_set(p->sql, p->joko, p->umum, 0, &moved, NULL, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	g_assert_cmpuint(post(p, "/jadwal/salin?unit=SMA1&bulan=2025-05", "", NULL), ==, 303);
	/* 1 and 2 April lie more than four weeks before May: only the 30th is copied, to the 28th. */
	g_assert_cmpint(count(p, DRAFT " AND person=333333"), ==, 0);
	g_assert_cmpint(count(p, DRAFT " AND person=222222"), ==, 1);
	g_assert_cmpint(count(p, "SELECT max(day) FROM roster_plan WHERE publication=0"), ==, day + 27);
	g_assert_cmpuint(post(p, "/jadwal/buang?unit=SMA1&bulan=2025-05", "", NULL), ==, 303);
	g_assert_cmpint(count(p, DRAFT), ==, 0);
}

/* Request 1 of the province: Budi's, of another unit than the superior's. */
static void test_a_change_is_decided_over_rest(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char target[] = "/api/v1/roster-requests/1/decision";
	static const struct {
		const char *account, *body;
		guint status;
	} cases[] = {
		{"bkd", "{\"decision\":\"perhaps\",\"reason\":\"abc\"}", 422},
		{"bkd", "{\"decision\":\"approved\",\"reason\":\"a\"}", 422},
		{"bkd", "{\"decision\":\"approved\",\"reason\":\"abc\",\"x\":1}", 422},
		{"bkd", "{\"decision\":\"approved\",\"reason\":\"abc\",\"despite_conflicts\":1}", 422},
		{"atasan", "{\"decision\":\"approved\",\"reason\":\"abc\"}", 404},
		{"skpd", "{\"decision\":\"approved\",\"reason\":\"abc\"}", 403},
		{"bkd", "{\"decision\":\"approved\",\"reason\":\"abc\"}", 200},
		{"bkd", "{\"decision\":\"approved\",\"reason\":\"abc\"}", 404},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Call) call = province_rest(p, cases[i].account, "POST", target, cases[i].body);
		g_assert_cmpuint(call->response->status, ==, cases[i].status);
	}
	g_assert_cmpint(count(p, FORCE), ==, 1);
	g_assert_cmpint(count(p, "SELECT count(*) FROM audit_entry WHERE action='roster.decide'"), ==,
					1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	g_test_add_func("/web/roster/pasted", test_pasted);
	g_test_add_func("/web/roster/more_rows_than_a_page_takes", test_more_rows_than_a_page_takes);
	ADD("/web/roster/a_bad_paste_stores_nothing", test_a_bad_paste_stores_nothing);
	ADD("/web/roster/a_month_is_pasted_and_published", test_a_month_is_pasted_and_published);
	ADD("/web/roster/last_month_is_copied", test_last_month_is_copied);
	ADD("/web/roster/a_change_is_decided_over_rest", test_a_change_is_decided_over_rest);
	return g_test_run();
}
