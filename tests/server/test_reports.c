/* Reports: what a spreadsheet is given, and a month of a unit. */
#include <string.h>

#include "server/import/import_xlsx.h"
#include "server/reports/recap.h"
#include "tests/web/province.h"

static void test_csv_is_defused(void)
{
	static const ReportColumn columns[] = {
		{"Nama", REPORT_TEXT}, {"n", REPORT_NUMBER}, {"%", REPORT_HUNDREDTHS}};
	static const char *const names[] = {
		"SITI", "=HYPERLINK(\"x\")", "@a", "-1;2", "198203042006042003", "\tb", "123", NULL};
	g_autoptr(Report) report = report_new(columns, G_N_ELEMENTS(columns));
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		ReportCell *row = report_add_row(report);
		row[0].text = g_strdup(names[i]);
		row[1].number = (gint64)i;
		row[2].number = 150;
	}
	g_autoptr(GBytes) bytes = report_as_csv(report);
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	g_autofree char *text = g_strndup(data, size);
	g_assert_cmpstr(text, ==,
					"\357\273\277\"Nama\";\"n\";\"%\"\r\n"
					"\"SITI\";0;1,50\r\n"
					"\"'=HYPERLINK(\"\"x\"\")\";1;1,50\r\n"
					"\"'@a\";2;1,50\r\n"
					"\"'-1;2\";3;1,50\r\n"
					"\"'198203042006042003\";4;1,50\r\n"
					"\"'\tb\";5;1,50\r\n"
					"\"123\";6;1,50\r\n"
					"\"\";7;1,50\r\n");
}

/* Read back as an import reads it: every text as it was, a number's digits all there. */
static void test_xlsx_is_text(void)
{
	static const ReportColumn columns[] = {
		{"NIP", REPORT_TEXT}, {"n", REPORT_NUMBER}, {"%", REPORT_HUNDREDTHS}};
	static const char *const names[] = {"198203042006042003",
										"=HYPERLINK(\"x\")",
										"+1",
										"@a",
										"<b>&amp;</b>]]>",
										"a\001b",
										"TL1 3"};
	static const CsvLimits limits = {1 << 20, 100, 100, 5};
	g_autoptr(Report) report = report_new(columns, G_N_ELEMENTS(columns));
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		ReportCell *row = report_add_row(report);
		row[0].text = g_strdup(names[i]);
		row[1].number = 1204;
		row[2].number = i == 0 ? -50 : 1050;
	}
	g_autoptr(GBytes) bytes = report_as_xlsx(report), again = report_as_xlsx(report);
	g_assert_true(g_bytes_equal(bytes, again));
	g_autoptr(GError) error = NULL;
	g_autoptr(CsvTable) table = xlsx_table_parse(bytes, &limits, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(table->rows->len, ==, G_N_ELEMENTS(names));
	for (guint i = 0; i < table->rows->len; i++) {
		const CsvRow *row = table->rows->pdata[i];
		g_assert_cmpstr(row->fields[0], ==, i == 5 ? "ab" : names[i]);
		g_assert_cmpstr(row->fields[1], ==, "1204");
		g_assert_cmpstr(row->fields[2], ==, i == 0 ? "-0.5" : "10.5");
	}
}

static Report *recap(Province *p, gint64 unit)
{
	g_autoptr(GError) error = NULL;
	Report *report = recap_of_unit(p->sql, unit, TODAY - 30, TODAY + 1, &error);
	g_assert_no_error(error);
	return report;
}

/* Joko was BKD's until ten days ago: each agency counts the days on which he was its own. */
static void test_recap_counts_the_unit_of_each_day(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Report) bkd = recap(p, p->bkd), disdik = recap(p, p->disdik), all = recap(p, 0);
	g_assert_cmpuint(bkd->rows->len, ==, 2);
	g_assert_cmpuint(disdik->rows->len, ==, 2);
	g_assert_cmpuint(all->rows->len, ==, 3);
	const ReportCell *joko = bkd->rows->pdata[0], *siti = bkd->rows->pdata[1];
	g_assert_cmpstr(joko[RECAP_NAME].text, ==, "JOKO <b>SUSILO</b>");
	g_assert_cmpint(joko[RECAP_DAYS].number, ==, 1);
	g_assert_cmpstr(joko[RECAP_CODES].text, ==, "H 1");
	g_assert_cmpstr(siti[RECAP_UNIT].text, ==, "Sekretariat BKD");
	g_assert_cmpint(siti[RECAP_PRESENT].number, ==, 1);
	joko = all->rows->pdata[1];
	g_assert_cmpint(joko[RECAP_DAYS].number, ==, 2);
	g_assert_cmpstr(joko[RECAP_CODES].text, ==, "H 1, TL1 1");
}

static void test_file_is_the_scopes(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) call = province_rest(p, "skpd", "GET", "/rekap/csv?bulan=2025-03", NULL);
	g_autofree char *text = province_text(call);
	g_assert_cmpstr(response_get_header(call->response, "Content-Disposition"), ==,
					"attachment; filename=\"rekap-BKD-2025-03.csv\"");
	g_assert_nonnull(strstr(text, "SITI RAHMAWATI"));
	g_assert_null(strstr(text, "BUDI"));
	g_autoptr(Call) book = province_rest(p, "skpd", "GET", "/rekap/xlsx?bulan=2025-03", NULL);
	g_assert_cmpstr(response_get_header(book->response, "Content-Disposition"), ==,
					"attachment; filename=\"rekap-BKD-2025-03.xlsx\"");
	gsize size;
	g_assert_cmpint(memcmp(g_bytes_get_data(book->response->body, &size), "PK", 2), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	g_test_add_func("/reports/csv_is_defused", test_csv_is_defused);
	g_test_add_func("/reports/xlsx_is_text", test_xlsx_is_text);
	ADD("/reports/recap_counts_the_unit_of_each_day", test_recap_counts_the_unit_of_each_day);
	ADD("/reports/file_is_the_scopes", test_file_is_the_scopes);
	return g_test_run();
}
