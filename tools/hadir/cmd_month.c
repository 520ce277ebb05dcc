#include "tools/hadir/cmd_month.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/month/month_close.h"
#include "server/store/month/month_lines.h"
#include "server/store/people/grants.h"
#include "server/store/people/units.h"
#include "server/store/system/audit_log.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_csv.h"
#include "tools/hadir/cmd_roster.h"

#define STEP_USAGE "--month YYYY-MM --unit CODE --by ACCOUNT"
#define MANY_USAGE "--month YYYY-MM [--unit CODE] --by ACCOUNT"
#define MONTH_USAGE                                                                                \
	"list --month M [--unit CODE] | show --month M --unit CODE | differences --month M"            \
	" [--unit CODE] | verify --month M [--unit CODE] | reopen --month M --unit CODE --by ACCOUNT"  \
	" --reason TEXT"
#define REASON_MAX 500

typedef struct {
	CmdServer server;
	const char *month, *unit_code, *by, *reason;
	gint64 month_day, unit; /* unit 0: all */
} Call;

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

static gboolean read_call(Call *call, GError **error)
{
	if (call->month == NULL || !month_parse(call->month, &call->month_day))
		return bad_value(error, "--month: a month as 2026-01");
	if (call->reason != NULL && strlen(call->reason) > REASON_MAX)
		return bad_value(error, "--reason: at most 500 bytes");
	if (call->unit_code == NULL)
		return TRUE;
	if (!units_find(call->server.sql, call->unit_code, FALSE, &call->unit, error))
		return FALSE;
	return call->unit != 0 || bad_value(error, "--unit: no unit has that code");
}

/* Those that hand in: of all, or the one that was named. */
static GPtrArray *rows_of(const Call *call, GError **error)
{
	g_autoptr(GPtrArray) list = months_list(call->server.sql, 0, call->month_day, error);
	if (list == NULL || call->unit == 0)
		return g_steal_pointer(&list);
	g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func((GDestroyNotify)month_row_free);
	for (guint i = list->len; i > 0; i--) {
		const MonthRow *row = list->pdata[i - 1];
		if (row->unit == call->unit)
			g_ptr_array_add(one, g_ptr_array_steal_index(list, i - 1));
	}
	if (one->len > 0)
		return g_steal_pointer(&one);
	bad_value(error, "--unit: months are handed in by the unit right below the province");
	return NULL;
}

static void print_hash(const guint8 hash[MONTH_HASH_SIZE])
{
	for (gsize i = 0; i < MONTH_HASH_SIZE; i++)
		g_print("%02x", hash[i]);
}

/* ── Steps ── */

static User *account_of(const Call *call, MonthStep step, gint64 unit, GError **error)
{
	static const Right rights[N_MONTH_STEPS] = {
		[MONTH_SUBMIT] = RIGHT_SUBMIT, [MONTH_SIGN] = RIGHT_APPROVE,  [MONTH_LOCK] = RIGHT_LOCK,
		[MONTH_PAY] = RIGHT_LOCK,      [MONTH_REOPEN] = RIGHT_SUBMIT,
	};
	gint64 today = cmd_roster_today(&call->server);
	if (step == MONTH_REOPEN) {
		User *locker = cmd_roster_account(&call->server, call->by, RIGHT_LOCK, unit, today, NULL);
		if (locker != NULL)
			return locker;
	}
	return cmd_roster_account(&call->server, call->by, rights[step], unit, today, error);
}

static gboolean refused(const MonthRow *row, const MonthOutcome *outcome, GError **error)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s (%s): %s", row->code,
				month_state_text(outcome->state),
				outcome->overtaken ? "somebody else has moved it meanwhile"
								   : month_refusal_text(outcome->refusal));
	return FALSE;
}

static gboolean take(const Call *call, const MonthRow *row, const MonthOrder *order,
					 MonthOutcome *outcome, GError **error)
{
	g_autofree char *action = g_strdup_printf("month.%s", month_step_text(order->step));
	const AuditEntry entry = {.at_ms = order->now_ms,
							  .account = order->account,
							  .action = action,
							  .unit = row->unit,
							  .detail = call->month};
	if (!audit_change_begin(call->server.sql, error))
		return FALSE;
	gboolean done = month_take_step(call->server.sql, order, outcome, error);
	if (done && outcome->refusal == MONTH_ALLOWED && !outcome->overtaken)
		return audit_change_commit(call->server.sql, &entry, error);
	audit_change_rollback(call->server.sql);
	return done && refused(row, outcome, error);
}

static gboolean step_of_unit(const Call *call, MonthStep step, const MonthRow *row, GError **error)
{
	MonthOutcome outcome;
	g_autoptr(User) user = account_of(call, step, row->unit, error);
	if (user == NULL)
		return FALSE;
	const MonthOrder order = {.unit = row->unit,
							  .month_day = call->month_day,
							  .step = step,
							  .account = user->id,
							  .person = user->person,
							  .reason = call->reason,
							  .seen_steps = row->n_steps,
							  .now_ms = cmd_now_ms(),
							  .utc_offset_min = call->server.config->utc_offset_min};
	if (!take(call, row, &order, &outcome, error))
		return FALSE;
	g_print("%s %s: %s%s, %" G_GINT64_FORMAT " people, %" G_GINT64_FORMAT " days, %" G_GINT64_FORMAT
			" differences, ",
			row->code, call->month, month_state_text(outcome.state), outcome.late ? " (late)" : "",
			outcome.contents.n_people, outcome.contents.n_days, outcome.contents.n_differences);
	print_hash(outcome.contents.hash);
	g_print("\n");
	return TRUE;
}

/* Without --unit: all that are at their turn, each by itself. */
static gboolean step_of_all(const Call *call, MonthStep step, const GPtrArray *rows, GError **error)
{
	MonthState turn = step == MONTH_LOCK ? MONTH_SIGNED : MONTH_LOCKED;
	guint n = 0;
	for (guint i = 0; i < rows->len; i++) {
		const MonthRow *row = rows->pdata[i];
		if (row->state != turn)
			continue;
		if (!step_of_unit(call, step, row, error))
			return FALSE;
		n++;
	}
	g_print("%u of %u units\n", n, rows->len);
	return TRUE;
}

static gboolean run_step(Call *call, MonthStep step, GError **error)
{
	if (!read_call(call, error))
		return FALSE;
	gboolean many = step == MONTH_LOCK || step == MONTH_PAY;
	if (call->unit == 0 && !many)
		return bad_value(error, "--unit CODE says whose month");
	if (!cmd_judge_first(&call->server, error))
		return FALSE;
	g_autoptr(GPtrArray) rows = rows_of(call, error);
	if (rows == NULL)
		return FALSE;
	return call->unit == 0 ? step_of_all(call, step, rows, error)
						   : step_of_unit(call, step, rows->pdata[0], error);
}

/* ── Lists ── */

static gboolean list(const Call *call, GError **error)
{
	g_autoptr(GPtrArray) rows = rows_of(call, error);
	g_print("unit,name,state,people,days,differences,hash\n");
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const MonthRow *row = rows->pdata[i];
		g_autoptr(GString) line = g_string_new(NULL);
		cmd_csv_add(line, row->code);
		cmd_csv_add(line, row->name);
		cmd_csv_add(line, month_state_text(row->state));
		cmd_csv_add_number(line, row->n_people);
		cmd_csv_add_number(line, row->n_days);
		cmd_csv_add_number(line, row->n_differences);
		g_print("%s,", line->str);
		if (row->n_steps > 0)
			print_hash(row->hash);
		g_print("\n");
	}
	return rows != NULL;
}

static gboolean print_steps(const Call *call, GError **error)
{
	g_autoptr(GPtrArray) steps = months_steps(call->server.sql, call->unit, call->month_day, error);
	for (guint i = 0; steps != NULL && i < steps->len; i++) {
		const MonthStepRow *step = steps->pdata[i];
		char time[CALENDAR_ISO];
		calendar_format_iso(step->at_ms, call->server.config->utc_offset_min, time);
		g_print("%s  %-6s by %s (%s), after audit row %" G_GINT64_FORMAT ", ", time,
				month_step_text(step->step), step->by, step->name != NULL ? step->name : "?",
				step->audit_seq);
		print_hash(step->hash);
		g_print("%s%s\n", step->reason != NULL ? ": " : "",
				step->reason != NULL ? step->reason : "");
	}
	return steps != NULL;
}

static void print_hindrance(const MonthHindrance *one)
{
	char date[CALENDAR_TEXT];
	calendar_format(one->first_day, date);
	g_print("  %s: ", month_hinder_text(one->kind));
	if (one->person != 0)
		g_print("person %" G_GINT64_FORMAT ", ", one->person);
	if (one->id != 0)
		g_print("no. %" G_GINT64_FORMAT ", ", one->id);
	g_print("%" G_GINT64_FORMAT " days from %s\n", one->n_days, date);
}

static gboolean show(const Call *call, GError **error)
{
	MonthContents contents;
	gint64 deadline = 0;
	char date[CALENDAR_TEXT];
	g_autoptr(GArray) hindrances = NULL;
	g_autoptr(GPtrArray) rows = call->unit != 0 ? rows_of(call, error) : NULL;
	if (rows == NULL)
		return call->unit == 0 ? bad_value(error, "--unit CODE says whose month") : FALSE;
	const MonthRow *row = rows->pdata[0];
	if (!month_deadline_of(call->server.sql, call->unit, call->month_day, &deadline, error) ||
		!month_contents_read(call->server.sql, call->unit, call->month_day,
							 call->server.config->utc_offset_min, &contents, &hindrances, error))
		return FALSE;
	calendar_format(deadline, date);
	g_print("%s %s: %s, due %s, %u hindrances\n", row->code, call->month,
			month_state_text(row->state), date, hindrances->len);
	for (guint i = 0; i < hindrances->len; i++)
		print_hindrance(&g_array_index(hindrances, MonthHindrance, i));
	return print_steps(call, error);
}

static void add_side(GString *line, gboolean has, const MonthLine *side)
{
	cmd_csv_add(line, has ? side->codes : NULL);
	cmd_csv_add(line, has ? side->unit : NULL);
	cmd_csv_add_number(line, has ? side->late_min + side->early_min : 0);
	cmd_csv_add_number(line, has ? side->deduction_bp : 0);
}

static gboolean differences(const Call *call, GError **error)
{
	const MonthFilter filter = {.unit = call->unit, .month_day = call->month_day};
	MonthDifference one;
	SqlStep step = SQL_FAILED;
	g_autoptr(MonthDifferenceCursor) rows =
		month_differences_list(call->server.sql, &filter, FALSE, error);
	g_print("unit,old_month,old_unit,person,name,date,old_codes,old_code_unit,old_minutes,"
			"old_deduction_bp,codes,code_unit,minutes,deduction_bp\n");
	while (rows != NULL && (step = month_differences_next(rows, &one, error)) == SQL_ROW) {
		g_autoptr(GString) line = g_string_new(NULL);
		char old[MONTH_TEXT], date[CALENDAR_TEXT];
		month_format(one.old_month_day, old);
		calendar_format(one.day, date);
		cmd_csv_add(line, one.unit_code);
		cmd_csv_add(line, old);
		cmd_csv_add(line, one.old_unit_code);
		cmd_csv_add_number(line, one.person);
		cmd_csv_add(line, one.name);
		cmd_csv_add(line, date);
		add_side(line, one.has_before, &one.before);
		add_side(line, one.has_after, &one.after);
		g_print("%s\n", line->str);
	}
	return step == SQL_DONE;
}

/* What was locked, from what is kept: the same on every copy of the database. */
static gboolean verify(const Call *call, GError **error)
{
	gboolean good = TRUE;
	g_autoptr(GPtrArray) rows = rows_of(call, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const MonthRow *row = rows->pdata[i];
		guint8 hash[MONTH_HASH_SIZE];
		gboolean whole = FALSE;
		if (row->state < MONTH_LOCKED)
			continue;
		if (!month_contents_verify(call->server.sql, row->unit, call->month_day, hash, &whole,
								   error))
			return FALSE;
		whole = whole && memcmp(hash, row->hash, sizeof hash) == 0;
		good = good && whole;
		g_print("%s %s: %s ", row->code, call->month, whole ? "holds" : "DOES NOT HOLD");
		print_hash(hash);
		g_print("\n");
	}
	if (rows != NULL && !good)
		return bad_value(error, "a locked month is not what was locked");
	return rows != NULL;
}

/* ── The calls ── */

static int run(const char *name, const char *usage, int argc, char **argv,
			   gboolean (*work)(Call *call, const char *word, GError **error), gboolean word)
{
	g_autoptr(GError) error = NULL;
	Call call = {.month = cmd_take_option(&argc, argv, "--month"),
				 .unit_code = cmd_take_option(&argc, argv, "--unit"),
				 .by = cmd_take_option(&argc, argv, "--by"),
				 .reason = cmd_take_option(&argc, argv, "--reason")};
	if (!cmd_open(&call.server, &argc, argv, &error))
		return cmd_fail(name, g_steal_pointer(&error));
	int status = 2;
	if (argc != (word ? 2 : 1))
		cmd_usage(name, usage);
	else
		status = work(&call, word ? argv[1] : name, &error)
					 ? 0
					 : cmd_fail(name, g_steal_pointer(&error));
	cmd_close(&call.server);
	return status;
}

static gboolean work_step(Call *call, const char *word, GError **error)
{
	MonthStep step = MONTH_SUBMIT;
	month_step_parse(word, &step);
	return run_step(call, step, error);
}

static gboolean work_month(Call *call, const char *word, GError **error)
{
	static const struct {
		const char *word;
		gboolean (*work)(const Call *call, GError **error);
	} words[] = {{"list", list}, {"show", show}, {"differences", differences}, {"verify", verify}};
	if (strcmp(word, "reopen") == 0)
		return run_step(call, MONTH_REOPEN, error);
	/* What is verified is what was locked; all else shows where things stand now. */
	if (!read_call(call, error) ||
		(strcmp(word, "verify") != 0 && !cmd_judge_first(&call->server, error)))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].work(call, error);
	return bad_value(error, "list, show, differences, verify or reopen");
}

static int submit_command(int argc, char **argv)
{
	return run("submit", STEP_USAGE " [--reason TEXT]", argc, argv, work_step, FALSE);
}

static int sign_command(int argc, char **argv)
{
	return run("sign", STEP_USAGE, argc, argv, work_step, FALSE);
}

static int lock_command(int argc, char **argv)
{
	return run("lock", MANY_USAGE, argc, argv, work_step, FALSE);
}

static int pay_command(int argc, char **argv)
{
	return run("pay", MANY_USAGE, argc, argv, work_step, FALSE);
}

static int month_command(int argc, char **argv)
{
	return run("month", MONTH_USAGE, argc, argv, work_month, TRUE);
}

const HadirCommand cmd_submit = {
	"submit", STEP_USAGE " [--reason TEXT]",
	"hand in a unit's month; what hinders it is refused without a reason", submit_command};
const HadirCommand cmd_sign = {"sign", STEP_USAGE, "sign a unit's month as its head", sign_command};
const HadirCommand cmd_lock = {"lock", MANY_USAGE,
							   "lock what was signed, of one unit or all: it never changes again",
							   lock_command};
const HadirCommand cmd_pay = {"pay", MANY_USAGE, "note that what was locked is paid", pay_command};
const HadirCommand cmd_month = {
	"month", MONTH_USAGE,
	"where the units' months stand, what hinders one, what differs from locked ones, whether locks"
	" hold",
	month_command};
