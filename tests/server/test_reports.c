/* Reports: what a spreadsheet is given, and a month of a unit. */
#include <string.h>

#include "server/import/import_xlsx.h"
#include "server/reports/recap.h"
#include "server/rules/month.h"
#include "server/store/month/month_lines.h"
#include "server/store/people/assignments.h"
#include "server/store/time/verdicts.h"
#include "tests/web/province.h"

static void test_csv_is_defused(void)
{
	static const ReportColumn columns[] = {{"Nama", REPORT_TEXT, "name", 20},
										   {"n", REPORT_NUMBER, "n", 5},
										   {"%", REPORT_HUNDREDTHS, "bp", 5}};
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
	static const ReportColumn columns[] = {{"NIP", REPORT_TEXT, "number", 20},
										   {"n", REPORT_NUMBER, "n", 5},
										   {"%", REPORT_HUNDREDTHS, "bp", 5}};
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

/* ── recaps ── */

static Recap *open_recap(Province *p, RecapKind kind, gint64 unit)
{
	g_autoptr(GError) error = NULL;
	RecapQuery query = {.kind = kind,
						.from_day = TODAY - 30,
						.to_day = TODAY + 1,
						.unit = unit,
						.utc_offset_min = OFFSET_MIN,
						.today = TODAY};
	Recap *recap = recap_open(p->sql, &query, &error);
	g_assert_no_error(error);
	return recap;
}

/* Reads on; NULL after the last row. */
static const ReportCell *next(const Recap *recap)
{
	static ReportRow row;
	g_autoptr(GError) error = NULL;
	const ReportSource *source = recap_source(recap);
	SqlStep step = source->next(source->self, &row, &error);
	g_assert_no_error(error);
	return step == SQL_ROW ? row.cells : NULL;
}

/* The cell of the column with that key. */
static const ReportCell *cell(const Recap *recap, const ReportCell *row, const char *key)
{
	const ReportSource *source = recap_source(recap);
	for (gsize c = 0; c < source->n_columns; c++)
		if (strcmp(source->columns[c].key, key) == 0)
			return &row[c];
	g_error("no column %s", key);
}

static void check_text(const Recap *recap, const ReportCell *row, const char *key, const char *text)
{
	g_assert_cmpstr(cell(recap, row, key)->text, ==, text);
}

static void check_number(const Recap *recap, const ReportCell *row, const char *key, gint64 number)
{
	g_assert_cmpint(cell(recap, row, key)->number, ==, number);
}

/* Joko was BKD's until ten days ago: each agency counts the days on which he was its own, the province
 * all of them, once. */
static void check_recap_counts_the_unit_of_each_day(Province *p)
{
	g_autoptr(Recap) bkd = open_recap(p, RECAP_SUMMARY, p->bkd);
	g_autoptr(Recap) disdik = open_recap(p, RECAP_SUMMARY, p->disdik);
	g_autoptr(Recap) all = open_recap(p, RECAP_SUMMARY, 0);
	g_assert_cmpuint(recap_n_people(bkd), ==, 2);
	g_assert_cmpuint(recap_n_people(disdik), ==, 2);
	g_assert_cmpuint(recap_n_people(all), ==, 3);
	const ReportCell *row = next(bkd);
	check_text(bkd, row, "name", "JOKO <b>SUSILO</b>");
	check_number(bkd, row, "days", 1);
	check_text(bkd, row, "codes", "H 1");
	row = next(bkd);
	check_text(bkd, row, "unit", "Sekretariat BKD");
	check_number(bkd, row, "present", 1);
	g_assert_null(next(bkd));
	next(all);
	row = next(all);
	check_number(all, row, "days", 2);
	check_text(all, row, "codes", "H 1, TL1 1");
	check_text(all, row, "unit", "SMA Negeri 1");
}

static void put_verdict(Province *p, gint64 day, const char *codes, gint64 deduction_bp)
{
	g_autofree char *reasons =
		g_strdup_printf("[{\"rule\":\"deduction\",\"code\":\"TL1\",\"percent_bp\":%d,"
						"\"text\":\"Potongan.\"}]",
						(int)deduction_bp);
	Verdict verdict = {.person = p->joko,
					   .day = day,
					   .codes = codes,
					   .state = "final",
					   .late_min = 12,
					   .in_ms = day * DAY_MS + 12 * MINUTE_MS,
					   .unit = p->umum,
					   .reasons = reasons,
					   .hash = codes,
					   .deduction_bp = deduction_bp,
					   .pp94_min = 500,
					   .pp94_days = 1};
	gboolean changed;
	g_assert_true(verdicts_put(p->sql, &verdict, NULL, &changed, NULL));
}

static void check_kinds_say_what_they_are_for(Province *p)
{
	put_verdict(p, TODAY - 20, "TL1 APG TAPG", 50);
	g_autoptr(Recap) codes = open_recap(p, RECAP_CODES, p->bkd);
	const ReportCell *row = next(codes);
	check_text(codes, row, "d11", "TL1 APG TAPG");
	check_number(codes, row, "late", 1);
	check_number(codes, row, "late_min", 12);
	check_number(codes, row, "deduction_bp", 50);
	g_autoptr(Recap) times = open_recap(p, RECAP_TIMES, p->bkd);
	row = next(times);
	check_text(times, row, "d11", "07.12 -");
	check_text(times, row, "d12", "");
	g_autoptr(Recap) apel = open_recap(p, RECAP_APEL, p->bkd);
	row = next(apel);
	check_text(apel, row, "d11", "APG TAPG");
	check_number(apel, row, "asked", 2);
	check_number(apel, row, "missed", 1);
	g_autoptr(Recap) lateness = open_recap(p, RECAP_LATENESS, p->bkd);
	row = next(lateness);
	check_number(lateness, row, "m2", 500);
	check_number(lateness, row, "m3", 0);
	check_number(lateness, row, "pp94_days", 2);
	check_number(lateness, row, "left_min", 50);
	/* Twenty of the thirty-one days at BKD. */
	g_autoptr(Recap) deductions = open_recap(p, RECAP_DEDUCTIONS, p->bkd);
	row = next(deductions);
	check_number(deductions, row, "late_bp", 50);
	check_number(deductions, row, "total_bp", 50);
	check_number(deductions, row, "days_here", 20);
	check_number(deductions, row, "days_served", 31);
	check_number(deductions, row, "share_bp", 6451);
	g_autoptr(Recap) personal = open_recap(p, RECAP_PERSONAL, p->bkd);
	row = next(personal);
	check_number(personal, row, "date", TODAY - 20);
	check_text(personal, row, "weekday", "Selasa");
	check_text(personal, row, "reasons", "Potongan.");
	row = next(personal);
	check_text(personal, row, "name", "SITI RAHMAWATI");
	g_assert_null(next(personal));
}

static void check_filters_and_pages(Province *p)
{
	g_autoptr(GError) error = NULL;
	put_verdict(p, TODAY - 20, "TK", 400);
	RecapQuery query = {.from_day = TODAY - 30, .to_day = TODAY + 1, .skip = 1, .limit = 1};
	g_autoptr(Recap) second = recap_open(p->sql, &query, &error);
	check_text(second, next(second), "name", "JOKO <b>SUSILO</b>");
	g_assert_null(next(second));
	g_assert_true(recap_has_more(second));
	query = (RecapQuery){.from_day = TODAY - 30, .to_day = TODAY + 1, .text = "siti"};
	g_autoptr(Recap) named = recap_open(p->sql, &query, &error);
	check_text(named, next(named), "name", "SITI RAHMAWATI");
	g_assert_null(next(named));
	for (int i = 1; i < N_RECAP_ONLY; i++) {
		query = (RecapQuery){.from_day = TODAY - 30, .to_day = TODAY + 1, .only = (RecapOnly)i};
		g_autoptr(Recap) only = recap_open(p->sql, &query, &error);
		if ((RecapOnly)i != RECAP_OPEN)
			check_text(only, next(only), "name", "JOKO <b>SUSILO</b>");
		g_assert_null(next(only));
		g_assert_false(recap_has_more(only));
	}
	g_assert_no_error(error);
}

static gboolean append(gpointer user, const void *data, gsize size, GError **error)
{
	(void)error;
	g_string_append_len(user, data, (gssize)size);
	return TRUE;
}

static gboolean refuse(gpointer user, const void *data, gsize size, GError **error)
{
	(void)user;
	(void)data;
	(void)size;
	g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "the disk is full");
	return FALSE;
}

/* Each kind in each form; the same rows are the same file. */
static void check_every_form_of_every_kind(Province *p)
{
	g_autoptr(GError) error = NULL;
	for (int kind = 0; kind < N_RECAP_KINDS; kind++) {
		g_autoptr(Recap) a = open_recap(p, (RecapKind)kind, 0),
						 b = open_recap(p, (RecapKind)kind, 0);
		g_autoptr(Recap) c = open_recap(p, (RecapKind)kind, p->umum);
		g_autoptr(Recap) d = open_recap(p, (RecapKind)kind, 0);
		g_autoptr(GBytes) pdf = report_pdf_bytes(recap_source(a), recap_title(a), &error);
		g_assert_no_error(error);
		g_autoptr(GBytes) again = report_pdf_bytes(recap_source(b), recap_title(b), &error);
		g_assert_true(g_bytes_equal(pdf, again));
		g_assert_cmpint(memcmp(g_bytes_get_data(pdf, NULL), "%PDF-", 5), ==, 0);
		g_autoptr(GString) html = g_string_new(NULL);
		g_assert_true(report_write_html(recap_source(c), "<&>", append, html, &error));
		g_assert_nonnull(strstr(html->str, "<title>&lt;&amp;&gt;</title>"));
		g_assert_nonnull(strstr(html->str, "BADAN KEPEGAWAIAN DAERAH"));
		g_assert_nonnull(strstr(html->str, "SITI RAHMAWATI"));
		g_autoptr(GBytes) book = report_xlsx_bytes(recap_source(d), &error);
		g_assert_no_error(error);
		g_assert_nonnull(book);
	}
}

/* Enough rows for several pages, a name of several lines, and a disk that is full. */
static void test_paper_goes_on(void)
{
	static const ReportColumn columns[] = {{"Nama", REPORT_TEXT, "name", 24},
										   {"n", REPORT_NUMBER, "n", 5},
										   {"Tersembunyi", REPORT_TEXT, "hidden", 0}};
	g_autoptr(GError) error = NULL;
	g_autoptr(Report) report = report_new(columns, G_N_ELEMENTS(columns));
	ReportReader reader;
	gsize sizes[2];
	for (int n = 0; n < 2; n++) {
		for (int i = 0; i < 200; i++) {
			ReportCell *row = report_add_row(report);
			row[0].text = g_strdup("RADEN MAS HARYO SURYONEGORO KUSUMO WARDHANI DININGRAT");
			row[1].number = -1204;
		}
		ReportSource source = report_source(report, &reader);
		g_autoptr(GBytes) pdf = report_pdf_bytes(&source, "Daftar", &error);
		g_assert_no_error(error);
		sizes[n] = g_bytes_get_size(pdf);
	}
	g_assert_cmpuint(sizes[1], >, sizes[0] + 1000);
	ReportSource source = report_source(report, &reader);
	g_assert_false(report_write_pdf(&source, "Daftar", refuse, NULL, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	g_clear_error(&error);
	source = report_source(report, &reader);
	g_assert_false(report_write_csv(&source, refuse, NULL, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	g_clear_error(&error);
	source = report_source(report, &reader);
	g_assert_false(report_write_xlsx(&source, "/nowhere/at/all.xlsx", &error));
	g_assert_error(error, REPORT_ERROR, REPORT_ERROR_WRITE);
}

static SqlStep fail(gpointer self, ReportRow *row, GError **error)
{
	(void)self;
	(void)row;
	g_set_error_literal(error, SQL_ERROR, SQL_ERROR_LOST, "the database went away");
	return SQL_FAILED;
}

static void test_a_source_that_fails_makes_no_file(void)
{
	static const ReportColumn columns[] = {{"Nama", REPORT_TEXT, "name", 24}};
	ReportSource source = {columns, 1, fail, NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) html = g_string_new(NULL);
	g_assert_null(report_csv_bytes(&source, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_LOST);
	g_clear_error(&error);
	g_assert_null(report_pdf_bytes(&source, "", &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_LOST);
	g_clear_error(&error);
	g_assert_null(report_xlsx_bytes(&source, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_LOST);
	g_clear_error(&error);
	g_assert_false(report_write_html(&source, "", append, html, &error));
	g_assert_error(error, SQL_ERROR, SQL_ERROR_LOST);
}

static void check_rest_gives_the_rows(Province *p)
{
	g_autoptr(Call) call =
		province_rest(p, "skpd", "GET", "/api/v1/recaps?kind=codes&month=2025-03&limit=1", NULL);
	json_t *body = province_json(call), *items = json_object_get(body, "items");
	g_assert_cmpuint(json_array_size(items), ==, 1);
	const json_t *row = json_array_get(items, 0);
	g_assert_cmpstr(json_string_value(json_object_get(row, "name")), ==, "SITI RAHMAWATI");
	g_assert_cmpstr(json_string_value(json_object_get(row, "d3")), ==, "BW");
	g_assert_true(json_is_null(json_object_get(body, "next")));
	json_decref(body);
}

static void check_file_is_the_scopes(Province *p)
{
	g_autoptr(Call) call = province_rest(p, "skpd", "GET", "/rekap/csv?bulan=2025-03", NULL);
	g_autofree char *text = province_text(call);
	g_assert_cmpstr(response_get_header(call->response, "Content-Disposition"), ==,
					"attachment; filename=\"rekap-BKD-2025-03-summary.csv\"");
	g_assert_nonnull(strstr(text, "SITI RAHMAWATI"));
	g_assert_null(strstr(text, "BUDI"));
	g_autoptr(Call) book = province_rest(p, "skpd", "GET", "/rekap/xlsx?bulan=2025-03", NULL);
	g_assert_cmpstr(response_get_header(book->response, "Content-Disposition"), ==,
					"attachment; filename=\"rekap-BKD-2025-03-summary.xlsx\"");
	gsize size;
	g_assert_cmpint(memcmp(g_bytes_get_data(book->response->body, &size), "PK", 2), ==, 0);
}

/* ── a locked month ── */

static char *line_of(const char *codes, gint64 deduction_bp)
{
	GString *text = g_string_new(NULL);
	MonthLine line = {.day = TODAY - 20,
					  .unit = "BKD-UMUM",
					  .codes = codes,
					  .state = "final",
					  .deduction_bp = deduction_bp,
					  .reasons = "[]"};
	month_line_append(text, &line);
	return g_string_free(text, FALSE);
}

static void lock_february(Province *p)
{
	static const guint8 hash[MONTH_HASH_SIZE] = {0xab};
	g_autofree char *before = line_of("TK", 400), *after = line_of("CS", 0);
	g_assert_true(sql_run(p->sql, NULL,
						  "INSERT INTO unit_month (unit, month_day, state, n_steps)"
						  " VALUES ($1, $2, 3, 1)",
						  "ii", p->bkd, TODAY - 30));
	g_assert_true(sql_run(
		p->sql, NULL,
		"INSERT INTO unit_month_step (unit, month_day, n, step, account, person, at_ms,"
		" deadline_day, n_hindrances, n_people, n_days, n_differences, hash, audit_seq, audit_hash)"
		" SELECT $1, $2, 1, 'lock', min(id), 0, $3, $2, 0, 2, 2, 0, $4, 0, $4 FROM account",
		"iiib", p->bkd, TODAY - 30, NOW, hash, sizeof hash));
	g_assert_true(sql_run(p->sql, NULL,
						  "INSERT INTO month_difference (person, day, n, old_unit, unit, month_day,"
						  " old_line, new_line, recorded_ms) VALUES ($1,$2,1,$3,$4,$5,$6,$7,$8)",
						  "iiiiittI", p->joko, TODAY - 20, p->bkd, p->disdik, TODAY - 2, before,
						  after, &(gint64){NOW}));
}

/* What is locked of Joko; then the verdict says something else, as it never should. */
static void keep_line(Province *p)
{
	g_autofree char *line = line_of("TK", 400);
	g_autoptr(GString) lines = g_string_new(line);
	MonthContent content = {.lines = lines, .n_days = 1, .days = 1 << 10};
	month_hash_lines(lines->str, lines->len, content.hash);
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(month_lines_put(p->sql, p->bkd, TODAY - 30, p->joko, &content, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	put_verdict(p, TODAY - 20, "H", 0);
}

/* Joko turns out to have been DISDIK's all along: what was locked stays BKD's, and the difference stands in
 * DISDIK's March, once. */
static void check_locked_month(Province *p)
{
	g_autoptr(GError) error = NULL;
	Change back = {.from_day = TODAY - 1000, .to_day = TODAY, .now_ms = NOW, .today = TODAY};
	put_verdict(p, TODAY - 20, "TK", 400);
	lock_february(p);
	keep_line(p);
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(assignments_set(p->sql, p->joko, p->sma1, 0, &back, NULL, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	RecapQuery query = {.kind = RECAP_DEDUCTIONS,
						.from_day = TODAY - 30,
						.to_day = TODAY - 2,
						.unit = p->bkd,
						.today = TODAY};
	g_autoptr(Recap) february = recap_open(p->sql, &query, &error);
	ReportRow row;
	const ReportSource *source = recap_source(february);
	g_assert_cmpint(source->next(source->self, &row, &error), ==, SQL_ROW);
	check_text(february, row.cells, "name", "JOKO <b>SUSILO</b>");
	check_number(february, row.cells, "deduction_bp", 400);
	g_assert_true(g_str_has_prefix(row.section->proof, "Dikunci 3 Maret 2025, hash kunci ab00"));
	g_assert_null(next(february));
	query.unit = p->disdik;
	g_autoptr(Recap) elsewhere = recap_open(p->sql, &query, &error);
	check_number(elsewhere, next(elsewhere), "deduction_bp", 0);
	g_assert_null(next(elsewhere));
	query.from_day = TODAY - 2;
	query.to_day = TODAY + 29;
	g_autoptr(Recap) march = recap_open(p->sql, &query, &error);
	next(march);
	const ReportCell *cells = next(march);
	check_text(march, cells, "name", "JOKO <b>SUSILO</b>");
	check_number(march, cells, "adjustment_bp", -400);
	check_number(march, cells, "total_bp", -400);
	check_text(march, cells, "note", "11 Februari 2025: TK menjadi CS (-4,00)");
	query.unit = 0;
	g_autoptr(Recap) all = recap_open(p->sql, &query, &error);
	next(all);
	check_number(all, next(all), "adjustment_bp", -400);
	check_number(all, next(all), "adjustment_bp", 0);
	query.unit = p->bkd;
	g_autoptr(Recap) bkd = recap_open(p->sql, &query, &error);
	check_number(bkd, next(bkd), "adjustment_bp", 0);
	g_assert_null(next(bkd));
	g_assert_no_error(error);
}

/* One province for all: making it takes longer than reading it. */
static void test_recaps(Province *p, gconstpointer unused)
{
	(void)unused;
	check_recap_counts_the_unit_of_each_day(p);
	check_rest_gives_the_rows(p);
	check_file_is_the_scopes(p);
	check_every_form_of_every_kind(p);
	check_kinds_say_what_they_are_for(p);
	check_filters_and_pages(p);
	check_locked_month(p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reports/csv_is_defused", test_csv_is_defused);
	g_test_add_func("/reports/xlsx_is_text", test_xlsx_is_text);
	g_test_add_func("/reports/paper_goes_on", test_paper_goes_on);
	g_test_add_func("/reports/a_source_that_fails_makes_no_file",
					test_a_source_that_fails_makes_no_file);
	g_test_add("/reports/recaps", Province, NULL, province_open, test_recaps, province_close);
	return g_test_run();
}
