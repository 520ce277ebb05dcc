#include "tools/hadir/cmd_recap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "server/reports/recap.h"
#include "server/rules/calendar.h"
#include "server/store/month/months.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "tools/hadir/cmd_common.h"

#define USAGE                                                                                      \
	"--month YYYY-MM [--unit CODE] [--person NUMBER]"                                              \
	" [--kind summary|codes|times|personal|apel|lateness|deductions] [--format csv|page|xlsx|pdf]" \
	" [--only tk|menit|potongan|terbuka] [-o FILE|DIR] [--as-stored]"
/* People between two words of progress. */
#define PROGRESS 500

typedef enum { FORMAT_CSV, FORMAT_PAGE, FORMAT_XLSX, FORMAT_PDF } Format;
static const struct {
	const char *text, *suffix;
} formats[] = {{"csv", "csv"}, {"page", "html"}, {"xlsx", "xlsx"}, {"pdf", "pdf"}};

typedef struct {
	Sql *sql;
	RecapQuery query;
	Format format;
	const char *month, *out; /* out NULL: standard output */
} Job;

/* ── one file ── */

/* Says how far it is, to those who look on. */
typedef struct {
	const Recap *recap;
	const ReportSource *rows;
	gsize said;
} Progress;

static SqlStep next_row(gpointer self, ReportRow *row, GError **error)
{
	Progress *progress = self;
	gsize done = recap_n_done(progress->recap), all = recap_n_people(progress->recap);
	if (done >= progress->said + PROGRESS) {
		g_printerr("\r%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " people", done, all);
		progress->said = done;
	}
	SqlStep step = progress->rows->next(progress->rows->self, row, error);
	if (step == SQL_DONE && progress->said > 0)
		g_printerr("\r%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " people\n", all, all);
	return step;
}

static gboolean write_file(gpointer user, const void *data, gsize size, GError **error)
{
	if (fwrite(data, 1, size, user) == size)
		return TRUE;
	g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(errno), g_strerror(errno));
	return FALSE;
}

static gboolean write_rows(const Job *job, const Recap *recap, const ReportSource *rows, FILE *file,
						   GError **error)
{
	switch (job->format) {
	case FORMAT_CSV:
		return report_write_csv(rows, write_file, file, error);
	case FORMAT_PAGE:
		return report_write_html(rows, recap_title(recap), write_file, file, error);
	case FORMAT_PDF:
		return report_write_pdf(rows, recap_title(recap), write_file, file, error);
	case FORMAT_XLSX:
		break;
	}
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
						"a workbook needs a file: -o FILE");
	return FALSE;
}

static gboolean end_file(FILE *file, const char *path, GError **error)
{
	gboolean ok = fflush(file) == 0;
	ok = fclose(file) == 0 && ok;
	if (!ok)
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
					g_strerror(errno));
	return ok;
}

/* A file that is not whole never bears the name. */
static gboolean write_path(const Job *job, const Recap *recap, const ReportSource *rows,
						   const char *path, GError **error)
{
	g_autofree char *part = g_strconcat(path, ".part", NULL);
	gboolean ok;
	if (job->format == FORMAT_XLSX) {
		ok = report_write_xlsx(rows, part, error);
	} else {
		FILE *file = fopen(part, "we");
		if (file == NULL) {
			g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", part,
						g_strerror(errno));
			return FALSE;
		}
		ok = write_rows(job, recap, rows, file, error);
		ok = end_file(file, part, ok ? error : NULL) && ok;
	}
	if (ok && g_rename(part, path) == 0)
		return TRUE;
	if (ok)
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
					g_strerror(errno));
	g_unlink(part);
	return FALSE;
}

/* `path` NULL: standard output. */
static gboolean make_recap(const Job *job, const char *path, GError **error)
{
	g_autoptr(Recap) recap = recap_open(job->sql, &job->query, error);
	if (recap == NULL)
		return FALSE;
	Progress progress = {recap, recap_source(recap), 0};
	ReportSource rows = *progress.rows;
	rows.next = next_row;
	rows.self = &progress;
	if (path != NULL)
		return write_path(job, recap, &rows, path, error);
	return write_rows(job, recap, &rows, stdout, error) && fflush(stdout) == 0;
}

/* ── a folder: a file for each unit that hands in its month ── */

static char *path_of(const Job *job, const char *code)
{
	g_autofree char *name =
		g_strdup_printf("rekap-%s-%s-%s.%s", code, job->month, recap_kind_text(job->query.kind),
						formats[job->format].suffix);
	return g_build_filename(job->out, name, NULL);
}

/* Who serves at the province itself has a file of its own. */
static gboolean make_file_of(const Job *job, const MonthRow *unit, GError **error)
{
	g_autofree char *path = path_of(job, unit->code);
	Job one = *job;
	one.query.unit = unit->unit;
	if (!recap_is_province(job->sql, unit->unit, job->query.to_day - 1, &one.query.own, error) ||
		!make_recap(&one, path, error)) {
		g_prefix_error(error, "%s: ", unit->code);
		return FALSE;
	}
	g_printerr("%s\n", path);
	return TRUE;
}

static gboolean make_folder(const Job *job, GError **error)
{
	g_autoptr(GPtrArray) units = months_list(job->sql, 0, job->query.from_day, error);
	for (guint i = 0; units != NULL && i < units->len; i++)
		if (!make_file_of(job, units->pdata[i], error))
			return FALSE;
	return units != NULL;
}

/* ── the call ── */

typedef struct {
	const char *month, *unit, *person, *kind, *format, *only, *out;
	gboolean as_stored;
} Options;

static gboolean refuse(GError **error, const char *what, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s '%s'", what, text);
	return FALSE;
}

static gboolean read_month(const char *text, RecapQuery *query)
{
	g_autofree char *first = g_strconcat(text, "-01", NULL);
	int year, month, day;
	if (!calendar_parse(first, &query->from_day))
		return FALSE;
	calendar_to_date(query->from_day, &year, &month, &day);
	return month == 12 ? calendar_from_date(year + 1, 1, 1, &query->to_day)
					   : calendar_from_date(year, month + 1, 1, &query->to_day);
}

static gboolean read_format(const char *text, Format *format)
{
	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (strcmp(formats[i].text, text) != 0)
			continue;
		*format = (Format)i;
		return TRUE;
	}
	return FALSE;
}

static gboolean read_words(const Options *options, Job *job, GError **error)
{
	if (!read_month(options->month, &job->query))
		return refuse(error, "--month: no month as 2025-03:", options->month);
	if (options->kind != NULL && !recap_kind_find(options->kind, &job->query.kind))
		return refuse(error, "--kind: there is no such recap:", options->kind);
	if (options->format != NULL && !read_format(options->format, &job->format))
		return refuse(error, "--format: neither csv, page, xlsx nor pdf:", options->format);
	if (options->only != NULL && !recap_only_find(options->only, &job->query.only))
		return refuse(error, "--only: there is no such choice:", options->only);
	return TRUE;
}

static gboolean read_options(const Options *options, Job *job, GError **error)
{
	RecapQuery *query = &job->query;
	if (!read_words(options, job, error))
		return FALSE;
	if (options->unit != NULL) {
		if (!units_find(job->sql, options->unit, FALSE, &query->unit, error))
			return FALSE;
		if (query->unit == 0)
			return refuse(error, "--unit: no unit has the code", options->unit);
	}
	if (options->person != NULL) {
		if (!people_find(job->sql, options->person, &query->person, error))
			return FALSE;
		if (query->person == 0)
			return refuse(error, "--person: nobody has the key or number", options->person);
	}
	return TRUE;
}

static int recap_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	Options options = {.month = cmd_take_option(&argc, argv, "--month"),
					   .unit = cmd_take_option(&argc, argv, "--unit"),
					   .person = cmd_take_option(&argc, argv, "--person"),
					   .kind = cmd_take_option(&argc, argv, "--kind"),
					   .format = cmd_take_option(&argc, argv, "--format"),
					   .only = cmd_take_option(&argc, argv, "--only"),
					   .out = cmd_take_option(&argc, argv, "-o"),
					   .as_stored = cmd_take_flag(&argc, argv, "--as-stored")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("recap", g_steal_pointer(&error));
	if (argc != 1 || options.month == NULL)
		return cmd_usage("recap", USAGE);
	Job job = {.sql = server.sql, .month = options.month, .out = options.out};
	job.query.utc_offset_min = server.config->utc_offset_min;
	job.query.today = calendar_day(cmd_now_ms(), server.config->utc_offset_min);
	gboolean folder = options.out != NULL && g_file_test(options.out, G_FILE_TEST_IS_DIR);
	g_autofree char *path =
		folder && options.unit != NULL ? path_of(&job, options.unit) : g_strdup(options.out);
	folder = folder && options.unit == NULL;
	if (!read_options(&options, &job, &error) ||
		(!options.as_stored && !cmd_judge_first(&server, &error)) ||
		!(folder ? make_folder(&job, &error) : make_recap(&job, path, &error)))
		return cmd_fail("recap", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_recap = {
	"recap", USAGE,
	"write a month's recap, of a unit's subtree or of everybody, by kind; -o DIR: a file for each "
	"unit"
	" that hands in its month; judges first what has changed (not --as-stored)",
	recap_command};
