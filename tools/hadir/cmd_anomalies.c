#include "tools/hadir/cmd_anomalies.h"

#include <stdio.h>
#include <string.h>

#include "server/reports/anomaly.h"
#include "server/rules/calendar.h"
#include "tools/hadir/cmd_common.h"

#define USAGE                                                                                      \
	"--month YYYY-MM | --year YYYY [--kind hand-person|hand-approver|hand-admin|pairs|travel|"     \
	"leave|gone|roster|outage] [--min N]"
#define MONTHS 12

static gboolean write_out(gpointer user, const void *data, gsize size, GError **error)
{
	(void)error;
	return fwrite(data, 1, size, user) == size;
}

/* All kinds, or the one, of the month that begins on `filter->from_day`. */
static gboolean add_month(Sql *sql, const char *only, const AnomalyFilter *filter, Report *report,
						  GError **error)
{
	for (int i = 0; i < N_ANOMALY_KINDS; i++) {
		AnomalyKind kind = (AnomalyKind)i;
		if (only != NULL && strcmp(only, anomaly_kind_text(kind)) != 0)
			continue;
		g_autoptr(GPtrArray) rows = anomalies_list(sql, kind, filter, error);
		if (rows == NULL)
			return FALSE;
		anomaly_report_add(report, kind, rows);
	}
	return TRUE;
}

static gboolean month_of(int year, int month, AnomalyFilter *filter)
{
	return calendar_from_date(year, month, 1, &filter->from_day) &&
		   (month == MONTHS ? calendar_from_date(year + 1, 1, 1, &filter->to_day)
							: calendar_from_date(year, month + 1, 1, &filter->to_day));
}

typedef struct {
	const char *month, *year, *kind, *min;
	int year_number, month_number; /* month 0: all of the year */
} Options;

static gboolean refuse(GError **error, const char *what, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s '%s'", what, text);
	return FALSE;
}

static gboolean read_time(Options *options, GError **error)
{
	gint64 day;
	int day_of_month;
	g_autofree char *first = options->month != NULL ? g_strconcat(options->month, "-01", NULL)
													: g_strconcat(options->year, "-01-01", NULL);
	if (!calendar_parse(first, &day))
		return refuse(error, "no such month or year:", first);
	calendar_to_date(day, &options->year_number, &options->month_number, &day_of_month);
	if (options->month == NULL)
		options->month_number = 0;
	return TRUE;
}

static gboolean read_min(const char *text, AnomalyFilter *filter, GError **error)
{
	gint64 n = 0;
	if (text != NULL && !g_ascii_string_to_signed(text, 10, 1, 1000, &n, error))
		return FALSE;
	filter->hand_days = filter->approvals = filter->pair_days = filter->outages = n;
	return TRUE;
}

static gboolean list(const CmdServer *server, Options *options, GError **error)
{
	g_autoptr(Report) report = anomaly_report_new();
	AnomalyFilter filter = {.utc_offset_min = server->config->utc_offset_min};
	AnomalyKind kind;
	if (options->kind != NULL && !anomaly_kind_find(options->kind, &kind))
		return refuse(error, "--kind: there is no such list:", options->kind);
	if (!read_time(options, error) || !read_min(options->min, &filter, error))
		return FALSE;
	for (int month = 1; month <= MONTHS; month++) {
		if (options->month_number != 0 && month != options->month_number)
			continue;
		if (!month_of(options->year_number, month, &filter) ||
			!add_month(server->sql, options->kind, &filter, report, error))
			return FALSE;
	}
	ReportReader reader;
	ReportSource source = report_source(report, &reader);
	return report_write_csv(&source, write_out, stdout, error) && fflush(stdout) == 0;
}

static int anomalies_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	Options options = {.month = cmd_take_option(&argc, argv, "--month"),
					   .year = cmd_take_option(&argc, argv, "--year"),
					   .kind = cmd_take_option(&argc, argv, "--kind"),
					   .min = cmd_take_option(&argc, argv, "--min")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("anomalies", g_steal_pointer(&error));
	if (argc != 1 || (options.month == NULL) == (options.year == NULL))
		return cmd_usage("anomalies", USAGE);
	if (!list(&server, &options, &error))
		return cmd_fail("anomalies", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_anomalies = {
	"anomalies", USAGE,
	"list what somebody should look at, as CSV with its evidence: punches by hand, pairs, two "
	"places, leave,"
	" people who have gone, changed rosters, outages; --min: from how many on",
	anomalies_command};
