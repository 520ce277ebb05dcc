#include "tools/hadir/cmd_judge.h"

#include "server/config.h"
#include "server/judge.h"
#include "server/rules/calendar.h"
#include "server/store/marks.h"

typedef struct {
	gboolean all, check;
	char *from, *to;
	gint64 from_day, to_day; /* half-open */
} Options;

static void clear_options(Options *options)
{
	g_free(options->from);
	g_free(options->to);
}

static gboolean parse_day(const char *text, gint64 fallback, gint64 *day, GError **error)
{
	*day = fallback;
	if (text == NULL || calendar_parse(text, day))
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no date: '%s' (YYYY-MM-DD)",
				text);
	return FALSE;
}

static gboolean parse_options(int *argc, char ***argv, Options *options, GError **error)
{
	const GOptionEntry entries[] = {
		{"all", 0, 0, G_OPTION_ARG_NONE, &options->all, "every person-day, not only marked ones",
		 NULL},
		{"check", 0, 0, G_OPTION_ARG_NONE, &options->check,
		 "compare with what is stored, write nothing", NULL},
		{"from", 0, 0, G_OPTION_ARG_STRING, &options->from, "first day", "YYYY-MM-DD"},
		{"to", 0, 0, G_OPTION_ARG_STRING, &options->to, "last day", "YYYY-MM-DD"},
		{NULL, 0, 0, 0, NULL, NULL, NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	if (*argc == 1 && (!options->check || options->all))
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
				"usage: hadir judge [--all [--check]] [--from DAY] [--to DAY]");
	return FALSE;
}

static void print_difference(PersonId person, gint64 day, const char *stored, const char *fresh,
							 gpointer user G_GNUC_UNUSED)
{
	char date[CALENDAR_TEXT];
	calendar_format(day, date);
	g_print("person %" G_GINT64_FORMAT ", %s: stored %s\n  computed %s\n", person, date, stored,
			fresh);
}

static gboolean run_check(Judge *judge, const Options *options, gint64 now_ms, int *status,
						  GError **error)
{
	JudgeCheck check;
	if (!judge_check(judge, options->from_day, options->to_day, now_ms, print_difference, NULL,
					 &check, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT " person-days compared, %" G_GINT64_FORMAT
			" different, %" G_GINT64_FORMAT " still to be judged\n",
			check.n_compared, check.n_different, check.n_marked);
	*status = check.n_different > 0;
	return TRUE;
}

static gboolean mark_everything(Sql *sql, const Options *options, gint64 today, GError **error)
{
	if (!sql_begin(sql, error))
		return FALSE;
	if (mark_unit(sql, 0, options->from_day, options->to_day, today, "all", error))
		return sql_commit(sql, error);
	sql_rollback(sql);
	return FALSE;
}

static void count_changed(PersonId person G_GNUC_UNUSED, gint64 day G_GNUC_UNUSED, gpointer user)
{
	(*(gint64 *)user)++;
}

static gboolean run_judge(const char *config_path, Options *options, int *status, GError **error)
{
	g_autoptr(ServerConfig) config = config_load(config_path, error);
	if (config == NULL)
		return FALSE;
	g_autofree char *url = config_database(config);
	g_autoptr(Sql) sql = sql_open(url, error);
	gint64 now_ms = g_get_real_time() / 1000, first = 0;
	gint64 today = calendar_day(now_ms, config->utc_offset_min);
	if (sql == NULL || !marks_first_day(sql, &first, error) ||
		!parse_day(options->from, first, &options->from_day, error) ||
		!parse_day(options->to, today, &options->to_day, error))
		return FALSE;
	options->to_day++;
	gint64 n_changed = 0;
	g_autoptr(Judge) judge = judge_new(sql, config->utc_offset_min, count_changed, &n_changed);
	if (options->check)
		return run_check(judge, options, now_ms, status, error);
	if ((options->all && !mark_everything(sql, options, today, error)) ||
		!judge_tick(judge, now_ms, error) || !judge_all(judge, now_ms, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT " verdicts are new or have changed\n", n_changed);
	return TRUE;
}

static int judge_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	Options options = {0};
	int status = 0;
	g_autofree char *config_path = config_path_from_args(&argc, argv, &error);
	if (config_path == NULL || !parse_options(&argc, &argv, &options, &error)) {
		g_printerr("hadir judge: %s\n", error->message);
		clear_options(&options);
		return 2;
	}
	if (!run_judge(config_path, &options, &status, &error)) {
		g_printerr("hadir judge: %s\n", error->message);
		status = 2;
	}
	clear_options(&options);
	return status;
}

const HadirCommand cmd_judge = {"judge", "[--all [--check]] [--from DAY] [--to DAY]",
								"judge what is marked; --all: everything again; --check: compare",
								judge_command};
