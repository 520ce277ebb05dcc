/*
 * A month's recap of a province as a workbook and on paper, beside what libxlsxwriter, and cairo with
 * pango, ask for the same cells and pages alone; and the page of one unit with all of it loaded.  Each part
 * is a process of its own (--part): its memory is what it needed at most.
 */
#include <stdio.h>
#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <xlsxwriter.h>

#include "server/reports/recap.h"
#include "server/store/system/tokens.h"
#include "server/store/system/users.h"
#include "server/store/time/verdicts.h"
#include "server/web/call.h"
#include "server/web/routes.h"
#include "tests/bench/bench.h"
#include "tests/server/office.h"

#define FIRST_PERSON 2000001
#define UNIT_PEOPLE 50
#define PER_TRANSACTION 500
#define SAMPLE_ROWS 500 /* of the true recap, again and again for the yardsticks */
#define PAGES_ASKED 300
#define PAGE_MS 50.0

static const gint64 month_from = OFFICE_DAY - 2; /* 2025-03-01 */
static const gint64 month_days = 31;

/* ── the province ── */

static void add_verdicts(Office *office, PersonId person, gint64 unit, gint64 i)
{
	static const struct {
		const char *codes;
		int late, bp;
	} kinds[] = {{"H", 0, 0},  {"H", 0, 0},           {"H", 0, 0}, {"TL1", 12, 50}, {"H", 0, 0},
				 {"DL", 0, 0}, {"TL2 PSW1", 41, 150}, {"H", 0, 0}, {"CT", 0, 0},    {"TK", 0, 400}};
	for (gint64 day = 0; day < month_days; day++) {
		gboolean off = calendar_weekday(month_from + day) >= 5, changed;
		gsize kind = (gsize)((i * 7 + day * 3) % (gint64)G_N_ELEMENTS(kinds));
		g_autofree char *hash = g_strdup_printf("%016" G_GINT64_MODIFIER "x", i * 64 + day);
		Verdict verdict = {.person = person,
						   .day = month_from + day,
						   .codes = off ? "L" : kinds[kind].codes,
						   .state = "final",
						   .late_min = off ? 0 : kinds[kind].late,
						   .in_ms = off ? 0 : office_at(month_from + day, 6, (int)(30 + i % 29)),
						   .out_ms = off ? 0 : office_at(month_from + day, 15, (int)(30 + i % 29)),
						   .unit = unit,
						   .reasons = "[{\"rule\":\"day-off\",\"text\":\"Libur mingguan.\"}]",
						   .hash = hash,
						   .deduction_bp = off ? 0 : kinds[kind].bp};
		office_ok(verdicts_put(office->sql, &verdict, NULL, &changed, error));
	}
}

static void add_person(Office *office, gint64 unit, gint64 i)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	PersonId person = FIRST_PERSON + i;
	g_autofree char *text = g_strdup_printf("PEGAWAI NOMOR %d", (int)i);
	g_autofree char *digits = g_strdup_printf("19800101200501%04d", (int)(i % 10000));
	PersonName name = {.name = text};
	office_ok(people_add(office->sql, person, NULL, office->now_ms, &person, error));
	office_ok(people_set_name(office->sql, person, &name, &always, NULL, error));
	office_ok(people_set_number(office->sql, person, NUMBER_NIP, digits, &always, NULL, error));
	office_ok(people_set_employment(office->sql, person, "PNS", "01", &always, NULL, error));
	office_ok(assignments_set(office->sql, person, unit, 0, &always, NULL, error));
	add_verdicts(office, person, unit, i);
}

/* Twenty units of fifty people below each of those above. */
static gint64 add_unit(Office *office, gint64 number, gint64 parent)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	gint64 unit;
	g_autofree char *code = g_strdup_printf("U%d", (int)number);
	g_autofree char *text = g_strdup_printf("Unit Kerja Nomor %d", (int)number);
	UnitFacts facts = {.name = text, .parent = parent};
	office_ok(units_find(office->sql, code, TRUE, &unit, error));
	office_ok(units_set(office->sql, unit, &facts, &always, NULL, error));
	return unit;
}

static void fill(Office *office, gint64 n_people)
{
	gint64 top = 0, unit = 0, n_units = 0;
	for (gint64 i = 0; i < n_people; i++) {
		if (i % PER_TRANSACTION == 0)
			office_ok(sql_begin(office->sql, error));
		if (i % (UNIT_PEOPLE * 20) == 0)
			top = add_unit(office, n_units++, 0);
		if (i % UNIT_PEOPLE == 0)
			unit = add_unit(office, n_units++, top);
		add_person(office, unit, i);
		if (i % PER_TRANSACTION == PER_TRANSACTION - 1 || i == n_people - 1)
			office_ok(sql_commit(office->sql, error));
	}
	office_ok(sql_run(office->sql, error, "DELETE FROM person_mark", ""));
}

/* ── the parts ── */

static double begun; /* when the yardsticks have their rows */

static Recap *open_recap(Sql *sql, gint64 unit)
{
	g_autoptr(GError) error = NULL;
	RecapQuery query = {.kind = RECAP_CODES,
						.unit = unit,
						.from_day = month_from,
						.to_day = month_from + month_days,
						.utc_offset_min = OFFICE_OFFSET,
						.today = month_from + month_days};
	Recap *recap = recap_open(sql, &query, &error);
	g_assert_no_error(error);
	return recap;
}

static gboolean write_file(gpointer user, const void *data, gsize size, GError **error)
{
	(void)error;
	return fwrite(data, 1, size, user) == size;
}

static void our_xlsx(Sql *sql, const char *path, gint64 n_people)
{
	(void)n_people;
	g_autoptr(GError) error = NULL;
	g_autoptr(Recap) recap = open_recap(sql, 0);
	report_write_xlsx(recap_source(recap), path, &error);
	g_assert_no_error(error);
}

static void our_pdf(Sql *sql, const char *path, gint64 n_people)
{
	(void)n_people;
	g_autoptr(GError) error = NULL;
	g_autoptr(Recap) recap = open_recap(sql, 0);
	FILE *file = fopen(path, "we");
	report_write_pdf(recap_source(recap), recap_title(recap), write_file, file, &error);
	g_assert_no_error(error);
	g_assert_cmpint(fclose(file), ==, 0);
}

/* The first rows of one agency, copied, with the columns: the yardsticks do not pay for the province's list. */
static Report *sample(Sql *sql)
{
	gint64 unit = 0;
	office_ok(units_find(sql, "U0", FALSE, &unit, error));
	g_autoptr(Recap) recap = open_recap(sql, unit);
	const ReportSource *source = recap_source(recap);
	static ReportColumn columns[64];
	g_assert_cmpuint(source->n_columns, <=, G_N_ELEMENTS(columns));
	memcpy(columns, source->columns, source->n_columns * sizeof *columns);
	Report *report = report_new(columns, source->n_columns);
	ReportRow row;
	while (report->rows->len < SAMPLE_ROWS && source->next(source->self, &row, NULL) == SQL_ROW) {
		ReportCell *cells = report_add_row(report);
		for (gsize c = 0; c < source->n_columns; c++)
			cells[c] = (ReportCell){g_strdup(row.cells[c].text), row.cells[c].number};
	}
	return report;
}

static void bare_xlsx(Sql *sql, const char *path, gint64 n_people)
{
	g_autoptr(Report) report = sample(sql);
	begun = bench_processor();
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	lxw_workbook *workbook = workbook_new_opt(path, &options);
	lxw_worksheet *sheet = workbook_add_worksheet(workbook, NULL);
	lxw_format *text = workbook_add_format(workbook), *percent = workbook_add_format(workbook);
	format_set_num_format(text, "@");
	format_set_num_format(percent, "0.00");
	for (gint64 r = 0; r < n_people; r++) {
		const ReportCell *cells = report->rows->pdata[(guint)r % report->rows->len];
		for (gsize c = 0; c < report->n_columns; c++) {
			lxw_row_t row = (lxw_row_t)r;
			lxw_col_t column = (lxw_col_t)c;
			if (report->columns[c].type == REPORT_TEXT)
				worksheet_write_string(sheet, row, column,
									   cells[c].text == NULL ? "" : cells[c].text, text);
			else if (report->columns[c].type == REPORT_HUNDREDTHS)
				worksheet_write_number(sheet, row, column, (double)cells[c].number / 100, percent);
			else
				worksheet_write_number(sheet, row, column, (double)cells[c].number, NULL);
		}
	}
	g_assert_cmpint(workbook_close(workbook), ==, LXW_NO_ERROR);
}

static void draw_text(cairo_t *cr, PangoLayout *layout, double x, double y, const char *text)
{
	pango_layout_set_text(layout, text, -1);
	cairo_move_to(cr, x, y);
	pango_cairo_show_layout(cr, layout);
}

/* As many cells, on as many pages: UNIT_PEOPLE rows each in two pages, as ours. */
static void bare_pdf(Sql *sql, const char *path, gint64 n_people)
{
	g_autoptr(Report) report = sample(sql);
	begun = bench_processor();
	cairo_surface_t *surface = cairo_pdf_surface_create(path, 842, 595);
	cairo_t *cr = cairo_create(surface);
	PangoLayout *layout = pango_cairo_create_layout(cr);
	PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans Condensed");
	pango_font_description_set_absolute_size(font, 5.8 * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	for (gint64 r = 0; r < n_people; r++) {
		const ReportCell *cells = report->rows->pdata[(guint)r % report->rows->len];
		double y = 40 + (double)(r % (UNIT_PEOPLE / 2)) * 18;
		char buffer[REPORT_CELL_SIZE];
		for (gsize c = 0; c < report->n_columns; c++) {
			const char *text = report_cell_text(report->columns[c].type, &cells[c], buffer);
			if (text[0] != '\0' && report->columns[c].width > 0)
				draw_text(cr, layout, 28 + (double)c * 15, y, text);
		}
		if (r % (UNIT_PEOPLE / 2) == UNIT_PEOPLE / 2 - 1)
			cairo_show_page(cr);
	}
	pango_font_description_free(font);
	g_object_unref(layout);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	g_assert_cmpint(cairo_surface_status(surface), ==, CAIRO_STATUS_SUCCESS);
	cairo_surface_destroy(surface);
}

static const struct {
	const char *name;
	void (*run)(Sql *sql, const char *path, gint64 n_people);
} parts[] = {
	{"xlsx", our_xlsx}, {"xlsx-bare", bare_xlsx}, {"pdf", our_pdf}, {"pdf-bare", bare_pdf}};

/* The most that this process ever had in memory: getrusage() would count the parent's before exec. */
static double peak_mib(void)
{
	g_autofree char *status = NULL;
	g_file_get_contents("/proc/self/status", &status, NULL, NULL);
	const char *line = status == NULL ? NULL : strstr(status, "VmHWM:");
	return line == NULL ? 0 : g_ascii_strtod(line + strlen("VmHWM:"), NULL) / 1024;
}

static int run_part(const char *name, const char *url, const char *path, gint64 n_people)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Sql) sql = sql_open(url, &error);
	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (strcmp(parts[i].name, name) != 0)
			continue;
		begun = bench_processor();
		parts[i].run(sql, path, n_people);
		printf("%.6f %.3f\n", bench_processor() - begun, peak_mib());
		return 0;
	}
	return 2;
}

typedef struct {
	double seconds, mib;
} Cost;

static Cost measure(const Office *office, const char *self, const char *part, gint64 n_people)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(office->database.folder, part, NULL);
	g_autofree char *n = g_strdup_printf("%" G_GINT64_FORMAT, n_people);
	g_autofree char *out = NULL;
	const char *arguments[] = {self, "--part", part, office->database.url, path, n, NULL};
	int status;
	g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status,
				 &error);
	g_assert_no_error(error);
	g_assert_cmpint(status, ==, 0);
	char *end;
	Cost cost = {.seconds = g_ascii_strtod(out, &end)};
	cost.mib = g_ascii_strtod(end, NULL);
	g_unlink(path);
	return cost;
}

/* ── the page of a unit ── */

static gint64 clock_ms(void)
{
	return office_at(month_from + month_days, 9, 0);
}

static void on_done(Call *call, gpointer user)
{
	*(Call **)user = call;
}

static double ask(Web *web, const char *token, const char *target)
{
	Call *call = NULL;
	double start = bench_now();
	Request *request = request_new("GET", target, clock_ms());
	g_autofree char *value = g_strconcat("Bearer ", token, NULL);
	request->address = g_strdup("192.0.2.7");
	request_add_header(request, "authorization", value);
	routes_dispatch(web, request, on_done, &call);
	while (call == NULL)
		g_main_context_iteration(NULL, TRUE);
	double ms = (bench_now() - start) * 1e3;
	g_assert_cmpint(call->response->status, ==, 200);
	call_free(call);
	return ms;
}

static double page_p99(const Office *office, gint64 n_people)
{
	g_autoptr(GError) error = NULL;
	UserNew new = {.name = "bkd", .role = ROLE_BKD, .today = month_from - 100};
	char *password = users_create(office->sql, &new, clock_ms(), &error);
	g_assert_no_error(error);
	g_autoptr(User) user = users_find(office->sql, "bkd", NULL);
	char *token =
		tokens_issue(office->sql, user->id, "bench", clock_ms() + DAY_MS, clock_ms(), &error);
	WebConfig config = {.database = office->database.url,
						.host = "127.0.0.1",
						.utc_offset_min = OFFICE_OFFSET,
						.now_ms = clock_ms};
	g_autoptr(Web) web = web_new(&config, &error);
	g_assert_no_error(error);
	double figures[PAGES_ASKED];
	gint64 n_units = (n_people + UNIT_PEOPLE - 1) / UNIT_PEOPLE;
	for (gint64 i = 0; i < PAGES_ASKED; i++) {
		/* Each 21st is one that has twenty below it. */
		gint64 unit = i * 37 % n_units, number = unit + unit / 20 + 1;
		g_autofree char *target =
			g_strdup_printf("/rekap?bulan=2025-03&jenis=codes&unit=U%" G_GINT64_FORMAT, number);
		figures[i] = ask(web, token, target);
	}
	password_free(password);
	password_free(token);
	return bench_quantile(figures, PAGES_ASKED, 0.99);
}

/* ── the figures ── */

static void compare(const Office *office, const char *self, gint64 n_people, const char *form,
					const char *yardstick)
{
	g_autofree char *bare = g_strconcat(form, "-bare", NULL);
	g_autofree char *name = g_strconcat("recap-", form, NULL);
	Cost ours = measure(office, self, form, n_people);
	Cost theirs = measure(office, self, bare, n_people);
	bench_print(&(BenchRow){name, "a month by codes, read and written (goal: ratio 0.5)", yardstick,
							"s", ours.seconds, theirs.seconds, FALSE});
	bench_print(&(BenchRow){name, "the same, memory at most", yardstick, "MiB", ours.mib,
							theirs.mib, FALSE});
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "--part") == 0)
		return run_part(argv[2], argv[3], argv[4], g_ascii_strtoll(argv[5], NULL, 10));
	gint64 n_people = bench_option(argc, argv, "people", 50000, 350000);
	Office office = {0};
	office_open(&office);
	fill(&office, n_people);
	compare(&office, argv[0], n_people, "xlsx", "libxlsxwriter, the same cells, constant memory");
	compare(&office, argv[0], n_people, "pdf", "cairo and pango, the same cells and pages");
	bench_print(&(BenchRow){"recap-page", "a unit's page, p99, the province loaded",
							"what is asked for", "ms", page_p99(&office, n_people), PAGE_MS,
							FALSE});
	office_close(&office);
	return 0;
}
