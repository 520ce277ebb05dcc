#include "tools/hadir/cmd_discipline.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/services/discipline.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/users.h"
#include "server/store/time/verdicts.h"
#include "tools/hadir/cmd_common.h"

#define USAGE                                                                                      \
	"--year Y [--unit U] [--person P] [--as-stored] | show NUMBER | note NUMBER --by ACCOUNT |"    \
	" act NUMBER --by ACCOUNT --reason TEXT"
#define PEOPLE_AT_ONCE 200
#define PAGE 500

typedef struct {
	const char *year, *unit, *person, *by, *reason;
	gboolean as_stored;
} Options;

typedef struct {
	Sql *sql;
	const CmdServer *server;
	const Options *options;
	DisciplineClock clock;
} Call;

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

/* ── the list ── */

/* What facts have changed is judged first, and what that says is said. */
static gboolean bring_up_to_date(const Call *call, GError **error)
{
	PersonId after = 0;
	gint64 n = 0;
	if (!cmd_judge_first(call->server, error))
		return FALSE;
	do {
		if (!sql_begin(call->sql, error))
			return FALSE;
		if (!discipline_round(call->sql, PEOPLE_AT_ONCE, &call->clock, &after, &n, error) ||
			!sql_commit(call->sql, error)) {
			sql_rollback(call->sql);
			return FALSE;
		}
	} while (after != 0);
	return signals_mark_overdue(call->sql, call->clock.today, call->clock.now_ms, &n, error);
}

static void print_signal(const Signal *signal)
{
	char reached[CALENDAR_TEXT], due[CALENDAR_TEXT];
	calendar_format(signal->reached_day, reached);
	calendar_format(signal->due_day, due);
	g_print("%" G_GINT64_FORMAT "  person %" G_GINT64_FORMAT "  %s  %" G_GINT64_FORMAT
			" days (%" G_GINT64_FORMAT " absent, %" G_GINT64_FORMAT " minutes)  reached %s: %s"
			" (%" G_GINT64_FORMAT ")  superior %" G_GINT64_FORMAT "  %s%s%s",
			signal->id, signal->person, signal->kind == SIGNAL_RUN ? "run" : "tier", signal->total,
			signal->absent_days, signal->minutes, reached, signal->name, signal->bkn_id,
			signal->superior, discipline_state_text(signal->state),
			signal->overdue_ms != 0 ? ", overdue" : "",
			signal->state == SIGNAL_SAID || signal->state == SIGNAL_NOTED ? ", until " : "");
	if (signal->state == SIGNAL_SAID || signal->state == SIGNAL_NOTED)
		g_print("%s", due);
	if (signal->noted_by != NULL)
		g_print(", noted by %s", signal->noted_by);
	if (signal->acted_by != NULL)
		g_print(", acted by %s: %s", signal->acted_by, signal->action);
	if (signal->ended_why != NULL)
		g_print(": %s", signal->ended_why);
	g_print("\n");
}

static gboolean read_filter(const Call *call, SignalFilter *filter, GError **error)
{
	const Options *options = call->options;
	*filter = (SignalFilter){.superior = -1, .limit = PAGE};
	if (!g_ascii_string_to_signed(options->year, 10, 2000, 2200, &filter->year, NULL))
		return bad_value(error, "--year: a year as 2026");
	if (options->unit != NULL) {
		if (!units_find(call->sql, options->unit, FALSE, &filter->unit, error))
			return FALSE;
		if (filter->unit == 0)
			return bad_value(error, "--unit: no unit has that code");
	}
	if (options->person == NULL)
		return TRUE;
	if (!people_find(call->sql, options->person, &filter->person, error))
		return FALSE;
	return filter->person != 0 || bad_value(error, "--person: nobody has that key or number");
}

static gboolean print_account(const Call *call, const SignalFilter *filter, GError **error)
{
	DisciplineYear year;
	if (filter->person == 0)
		return TRUE;
	if (!discipline_year_of(call->sql, filter->person, (int)filter->year, &year, error))
		return FALSE;
	g_print("person %" G_GINT64_FORMAT "  %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT
			" absent days, %" G_GINT64_FORMAT " minutes = %" G_GINT64_FORMAT
			" days, together %" G_GINT64_FORMAT "\n",
			filter->person, filter->year, year.absent_days, year.minutes, year.minute_days,
			year.total);
	return TRUE;
}

static gboolean list(const Call *call, GError **error)
{
	SignalFilter filter;
	guint n = PAGE;
	if (!read_filter(call, &filter, error) ||
		(!call->options->as_stored && !bring_up_to_date(call, error)) ||
		!print_account(call, &filter, error))
		return FALSE;
	while (n == PAGE) {
		g_autoptr(GPtrArray) signals = signals_list(call->sql, &filter, error);
		if (signals == NULL)
			return FALSE;
		n = signals->len;
		for (guint i = 0; i < n; i++) {
			print_signal(signals->pdata[i]);
			filter.after = ((const Signal *)signals->pdata[i])->id;
		}
	}
	return TRUE;
}

/* ── one, with its evidence ── */

static gboolean print_verdict(const Call *call, PersonId person, const SignalDay *day,
							  GError **error)
{
	Verdict verdict;
	char date[CALENDAR_TEXT];
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(call->sql, person, day->day, day->day + 1, error);
	if (rows == NULL)
		return FALSE;
	SqlStep step = verdicts_next(rows, &verdict, error);
	calendar_format(day->day, date);
	g_print("  %s  %s%" G_GINT64_FORMAT " minutes", date, day->absent ? "absent, " : "",
			day->minutes);
	if (step == SQL_ROW)
		g_print("  %s  %s", verdict.codes, verdict.reasons);
	g_print("\n");
	return step != SQL_FAILED;
}

static gboolean show(const Call *call, gint64 id, GError **error)
{
	const SignalFilter filter = {.id = id, .superior = -1, .limit = 1};
	g_autoptr(GArray) days = NULL;
	g_autoptr(GPtrArray) found = signals_list(call->sql, &filter, error);
	if (found == NULL)
		return FALSE;
	if (found->len == 0)
		return bad_value(error, "there is no such signal");
	const Signal *signal = found->pdata[0];
	print_signal(signal);
	if (!signals_its_days(call->sql, id, &days, error))
		return FALSE;
	for (guint i = 0; i < days->len; i++)
		if (!print_verdict(call, signal->person, &g_array_index(days, SignalDay, i), error))
			return FALSE;
	return TRUE;
}

/* ── what the superior does ── */

static gboolean answer(const Call *call, gint64 id, gboolean act, GError **error)
{
	GError *local = NULL;
	if (call->options->by == NULL)
		return bad_value(error, "--by ACCOUNT says in whose name");
	g_autoptr(User) user = users_find(call->sql, call->options->by, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (user == NULL)
		return bad_value(error, "--by: there is no such account");
	if (!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok =
		act ? discipline_act(call->sql, id, user->id, call->options->reason, &call->clock, error)
			: discipline_note(call->sql, id, user->id, &call->clock, error);
	g_autofree char *detail = g_strdup_printf("%" G_GINT64_FORMAT, id);
	const AuditEntry entry = {.at_ms = call->clock.now_ms,
							  .account = user->id,
							  .action = act ? "discipline.act" : "discipline.note",
							  .detail = detail};
	if (ok)
		return audit_change_commit(call->sql, &entry, error);
	audit_change_rollback(call->sql);
	return FALSE;
}

static gboolean run(const Call *call, int argc, char **argv, gboolean *usage, GError **error)
{
	gint64 id = 0;
	if (argc == 1 && call->options->year != NULL)
		return list(call, error);
	*usage = argc != 3 || !g_ascii_string_to_signed(argv[2], 10, 1, G_MAXINT64, &id, NULL);
	if (*usage)
		return FALSE;
	if (strcmp(argv[1], "show") == 0)
		return show(call, id, error);
	if (strcmp(argv[1], "note") == 0 || strcmp(argv[1], "act") == 0)
		return answer(call, id, strcmp(argv[1], "act") == 0, error);
	*usage = TRUE;
	return FALSE;
}

static int discipline_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	gboolean usage = FALSE;
	const Options options = {.year = cmd_take_option(&argc, argv, "--year"),
							 .unit = cmd_take_option(&argc, argv, "--unit"),
							 .person = cmd_take_option(&argc, argv, "--person"),
							 .by = cmd_take_option(&argc, argv, "--by"),
							 .reason = cmd_take_option(&argc, argv, "--reason"),
							 .as_stored = cmd_take_flag(&argc, argv, "--as-stored")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("discipline", g_steal_pointer(&error));
	gint64 now_ms = cmd_now_ms();
	const Call call = {server.sql,
					   &server,
					   &options,
					   {now_ms, calendar_day(now_ms, server.config->utc_offset_min)}};
	gboolean ok = run(&call, argc, argv, &usage, &error);
	if (usage)
		return cmd_usage("discipline", USAGE);
	return ok ? 0 : cmd_fail("discipline", g_steal_pointer(&error));
}

const HadirCommand cmd_discipline = {"discipline", USAGE,
									 "signals of PP 94/2021 to superiors: absent days and minutes "
									 "of a year, runs of working days, what"
									 " they rest on, and what was done about them",
									 discipline_command};
