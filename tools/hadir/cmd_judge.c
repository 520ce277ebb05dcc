#include "tools/hadir/cmd_judge.h"

#include "server/judge/judge.h"
#include "server/rules/calendar.h"
#include "server/store/time/marks.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "[--all [--check]] [--from YYYY-MM-DD] [--to YYYY-MM-DD]"

typedef struct {
	gboolean all, check;
	const char *from, *to;
	gint64 from_day, to_day; /* half-open */
} Options;

static gboolean parse_day(const char *text, gint64 fallback, gint64 *day, GError **error)
{
	*day = fallback;
	if (text == NULL || calendar_parse(text, day))
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no date: '%s' (YYYY-MM-DD)",
				text);
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

static gboolean run_check(Judge *judge, const Options *options, int *status, GError **error)
{
	JudgeCheck check;
	if (!judge_check(judge, options->from_day, options->to_day, cmd_now_ms(), print_difference,
					 NULL, &check, error))
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

static gboolean run_judge(CmdServer *server, Options *options, int *status, GError **error)
{
	gint64 offset = server->config->utc_offset_min, now_ms = cmd_now_ms(), first = 0;
	gint64 today = calendar_day(now_ms, offset), n_changed = 0;
	if (!marks_first_day(server->sql, &first, error) ||
		!parse_day(options->from, MIN(first, today), &options->from_day, error) ||
		!parse_day(options->to, today, &options->to_day, error))
		return FALSE;
	options->to_day++;
	g_autoptr(Judge) judge = judge_new(server->sql, offset, count_changed, &n_changed);
	if (options->check)
		return run_check(judge, options, status, error);
	if ((options->all && !mark_everything(server->sql, options, today, error)) ||
		!judge_tick(judge, now_ms, error) || !judge_all(judge, now_ms, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT " verdicts are new or have changed\n", n_changed);
	return TRUE;
}

static int judge_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	Options options = {.all = cmd_take_flag(&argc, argv, "--all"),
					   .check = cmd_take_flag(&argc, argv, "--check"),
					   .from = cmd_take_option(&argc, argv, "--from"),
					   .to = cmd_take_option(&argc, argv, "--to")};
	int status = 0;
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("judge", g_steal_pointer(&error));
	if (argc != 1 || (options.check && !options.all))
		return cmd_usage("judge", USAGE);
	if (!run_judge(&server, &options, &status, &error))
		return cmd_fail("judge", g_steal_pointer(&error));
	return status;
}

const HadirCommand cmd_judge = {"judge", USAGE,
								"judge what is marked; --all: everything again; --check: compare",
								judge_command};
