#include "tools/hadir/cmd_correction.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/services/correction.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/users.h"
#include "tools/hadir/cmd_common.h"

#define USAGE                                                                                      \
	"ask PERSON DATE {masuk|pulang|hari} --by ACCOUNT --reason TEXT [--code C] [--document FILE |" \
	" --document-name N --document-hash SHA256] | ask-slot UNIT DATE {masuk|pulang|hari} --by"     \
	" ACCOUNT --reason TEXT [--code C] [--document FILE] | list [--by ACCOUNT | --person PERSON] " \
	"|"                                                                                            \
	" show NUMBER | document NUMBER FILE | {approve|refuse} NUMBER [--batch] --by ACCOUNT"         \
	" [--reason TEXT] | withdraw NUMBER --by ACCOUNT | delegate ACCOUNT --by ACCOUNT --from DATE"  \
	" --to DATE --reason TEXT | delegations [--by ACCOUNT] | end-delegation NUMBER --by ACCOUNT |" \
	" reopen MONTH --unit U --until DATE --by ACCOUNT --reason TEXT | chain KIND [--unit U]"       \
	" [--levels 'ATASAN:72 BKD:120'] [--deadline DAY] [--from DATE] [--reason TEXT]"
#define PAGE 500

typedef struct {
	const char *by, *reason, *code, *document, *document_name, *document_hash, *person, *from, *to;
	const char *unit, *until, *levels, *deadline;
	gboolean batch;
} Options;

typedef struct {
	const CmdServer *server;
	Sql *sql;
	const Options *options;
	char **argv; /* from the verb on */
	CorrectionClock clock;
	gint64 account; /* of --by; 0: not given */
} Call;

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

/* ── what is named ── */

static gboolean find_account(const Call *call, const char *name, gint64 *account, GError **error)
{
	GError *local = NULL;
	g_autoptr(User) user = users_find(call->sql, name, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (user == NULL || user->disabled)
		return bad_value(error, "there is no such account in use");
	*account = user->id;
	return TRUE;
}

static gboolean needs_account(const Call *call, GError **error)
{
	return call->account != 0 || bad_value(error, "--by ACCOUNT says in whose name");
}

static gboolean find_unit(const Call *call, const char *code, gint64 *unit, GError **error)
{
	*unit = 0;
	if (code == NULL)
		return TRUE;
	if (!units_find(call->sql, code, FALSE, unit, error))
		return FALSE;
	return *unit != 0 || bad_value(error, "no unit has that code");
}

static gboolean find_person(const Call *call, const char *key, PersonId *person, GError **error)
{
	if (!people_find(call->sql, key, person, error))
		return FALSE;
	return *person != 0 || bad_value(error, "nobody has that key or number");
}

static gboolean read_day(const char *text, gint64 *day, GError **error)
{
	return (text != NULL && calendar_parse(text, day)) ||
		   bad_value(error, "a day is written as 2026-01-31");
}

static gboolean read_number(const char *text, gint64 *number, GError **error)
{
	return g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, number, NULL) ||
		   bad_value(error, "a correction has a number, see 'hadir correction list'");
}

/* ── a change and its row of the log ── */

static gboolean finish(const Call *call, gboolean ok, const char *action, PersonId person,
					   const char *detail, GError **error)
{
	const AuditEntry entry = {.at_ms = call->clock.now_ms,
							  .account = call->account,
							  .action = action,
							  .person = person,
							  .detail = detail};
	if (ok)
		return audit_change_commit(call->sql, &entry, error);
	audit_change_rollback(call->sql);
	return FALSE;
}

/* ── asking ── */

static gboolean read_ask(const Call *call, CorrectionAsk *ask, GBytes **content, char **name,
						 GError **error)
{
	const Options *options = call->options;
	gsize size = 0;
	g_autofree char *data = NULL;
	*ask = (CorrectionAsk){.code = options->code,
						   .reason = options->reason,
						   .account = call->account,
						   .document_name = options->document_name,
						   .document_hash = options->document_hash};
	if (!needs_account(call, error) || !read_day(call->argv[2], &ask->day, error))
		return FALSE;
	if (!correction_kind_parse(call->argv[3], &ask->kind))
		return bad_value(error, "a correction is for masuk, pulang or hari");
	if (options->document == NULL)
		return TRUE;
	if (!g_file_get_contents(options->document, &data, &size, error))
		return FALSE;
	*content = g_bytes_new_take(g_steal_pointer(&data), size);
	*name = g_path_get_basename(options->document);
	ask->document = *content;
	if (ask->document_name == NULL)
		ask->document_name = *name;
	return TRUE;
}

static gboolean ask_one(Call *call, GError **error)
{
	CorrectionAsk ask;
	g_autoptr(GBytes) content = NULL;
	g_autofree char *name = NULL;
	gint64 id = 0;
	if (!read_ask(call, &ask, &content, &name, error) ||
		!find_person(call, call->argv[1], &ask.person, error) ||
		!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok = correction_ask(call->sql, &ask, &call->clock, &id, error);
	g_autofree char *detail = g_strdup_printf("%" G_GINT64_FORMAT " %s %s", id, call->argv[2],
											  correction_kind_text(ask.kind));
	if (!finish(call, ok, "correction.ask", ask.person, detail, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT "\n", id);
	return TRUE;
}

static gboolean ask_slot(Call *call, GError **error)
{
	CorrectionAsk ask;
	g_autoptr(GBytes) content = NULL;
	g_autofree char *name = NULL;
	gint64 unit = 0, batch = 0;
	guint n = 0, n_left = 0;
	if (!read_ask(call, &ask, &content, &name, error) ||
		!find_unit(call, call->argv[1], &unit, error) || !audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok =
		correction_ask_slot(call->sql, unit, &ask, &call->clock, &batch, &n, &n_left, error);
	g_autofree char *detail = g_strdup_printf("%" G_GINT64_FORMAT " %s %s %s, %u", batch,
											  call->argv[1], call->argv[2], call->argv[3], n);
	if (!finish(call, ok, "correction.ask.slot", 0, detail, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT ": %u asked for, %u left out\n", batch, n, n_left);
	return TRUE;
}

/* ── lists ── */

static void print_step(const CorrectionStep *step, gint64 offset)
{
	char due[CALENDAR_ISO];
	g_print("   %" G_GINT64_FORMAT " %-9s %s", step->number, step->level,
			correction_step_text(step->state));
	if (step->state == STEP_OPEN && step->due_ms != 0) {
		calendar_format_iso(step->due_ms, offset, due);
		g_print(", until %s", due);
	}
	if (step->by != NULL)
		g_print(" by %s", step->by);
	if (step->for_whom != NULL)
		g_print(" for %s", step->for_whom);
	g_print("%s%s\n", step->reason != NULL ? ": " : "", step->reason != NULL ? step->reason : "");
}

static gboolean print_one(const Call *call, gint64 id, GError **error)
{
	g_auto(Correction) one = {0};
	gboolean found = FALSE;
	char date[CALENDAR_TEXT];
	if (!corrections_get(call->sql, id, &one, &found, error))
		return FALSE;
	if (!found)
		return bad_value(error, "there is no such correction");
	calendar_format(one.day, date);
	g_print("%" G_GINT64_FORMAT "  person %" G_GINT64_FORMAT "  %s %s %s  %s  by %s: %s", id,
			one.person, date, correction_kind_text(one.kind), one.code,
			correction_state_text(one.state), one.by, one.reason);
	if (one.batch != id)
		g_print("  (asked with %" G_GINT64_FORMAT ")", one.batch);
	if (one.document_name != NULL)
		g_print("  [%s]", one.document_name);
	g_print("\n");
	for (gsize i = 0; i < one.n_steps; i++)
		print_step(&one.steps[i], call->server->config->utc_offset_min);
	return TRUE;
}

static gboolean page_of(const Call *call, PersonId person, gint64 after, GArray **ids,
						GError **error)
{
	const CorrectionFilter filter = {
		.waiting = person == 0, .person = person, .after = after, .limit = PAGE};
	if (call->account != 0)
		return correction_inbox(call->sql, call->account, call->clock.today, after, PAGE, ids,
								error);
	return corrections_list(call->sql, &filter, ids, error);
}

static gboolean list(Call *call, GError **error)
{
	PersonId person = 0;
	gint64 after = 0;
	guint n = PAGE;
	if (call->options->person != NULL && !find_person(call, call->options->person, &person, error))
		return FALSE;
	while (n == PAGE) {
		g_autoptr(GArray) ids = NULL;
		if (!page_of(call, person, after, &ids, error))
			return FALSE;
		n = ids->len;
		for (guint i = 0; i < n; i++) {
			after = g_array_index(ids, gint64, i);
			if (!print_one(call, after, error))
				return FALSE;
		}
	}
	return TRUE;
}

static gboolean show(Call *call, GError **error)
{
	gint64 id = 0;
	return read_number(call->argv[1], &id, error) && print_one(call, id, error);
}

static gboolean document(Call *call, GError **error)
{
	gint64 id = 0;
	GError *local = NULL;
	gsize size = 0;
	if (!read_number(call->argv[1], &id, error))
		return FALSE;
	g_autoptr(GBytes) content = corrections_document(call->sql, id, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (content == NULL)
		return bad_value(error, "that correction has no document that is kept here");
	const char *data = g_bytes_get_data(content, &size);
	return g_file_set_contents(call->argv[2], data, (gssize)size, error);
}

/* ── deciding ── */

static gboolean decide_batch(Call *call, gint64 id, gboolean approve, GError **error)
{
	guint n = 0, n_left = 0;
	if (!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok = correction_decide_batch(call->sql, id, approve, call->account,
										  call->options->reason, &call->clock, &n, &n_left, error);
	g_autofree char *detail = g_strdup_printf("batch %" G_GINT64_FORMAT ": %u %s", id, n,
											  approve ? "approved" : "refused");
	if (!finish(call, ok, "correction.decide.batch", 0, detail, error))
		return FALSE;
	g_print("%u decided, %u not this account's\n", n, n_left);
	return TRUE;
}

static gboolean decide(Call *call, GError **error)
{
	gint64 id = 0;
	gboolean approve = strcmp(call->argv[0], "approve") == 0;
	CorrectionState state = CORRECTION_WAITS;
	if (!needs_account(call, error) || !read_number(call->argv[1], &id, error))
		return FALSE;
	if (call->options->batch)
		return decide_batch(call, id, approve, error);
	if (!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok = correction_decide(call->sql, id, approve, call->account, call->options->reason,
									&call->clock, &state, error);
	g_autofree char *detail =
		g_strdup_printf("%" G_GINT64_FORMAT " %s", id, approve ? "approved" : "refused");
	if (!finish(call, ok, "correction.decide", 0, detail, error))
		return FALSE;
	g_print("%s\n", correction_state_text(state));
	return TRUE;
}

static gboolean withdraw(Call *call, GError **error)
{
	gint64 id = 0;
	if (!needs_account(call, error) || !read_number(call->argv[1], &id, error) ||
		!audit_change_begin(call->sql, error))
		return FALSE;
	return finish(call, correction_withdraw(call->sql, id, call->account, &call->clock, error),
				  "correction.withdraw", 0, call->argv[1], error);
}

/* ── deputies, months, chains ── */

static gboolean delegate(Call *call, GError **error)
{
	Delegation delegation = {.account = call->account, .reason = (char *)call->options->reason};
	gint64 id = 0, last_day = 0;
	if (!needs_account(call, error) ||
		!find_account(call, call->argv[1], &delegation.deputy, error) ||
		!read_day(call->options->from, &delegation.from_day, error) ||
		!read_day(call->options->to, &last_day, error) || !audit_change_begin(call->sql, error))
		return FALSE;
	delegation.to_day = last_day + 1;
	g_autofree char *detail =
		g_strdup_printf("%s %s..%s", call->argv[1], call->options->from, call->options->to);
	if (!finish(call, correction_delegate(call->sql, &delegation, &call->clock, &id, error),
				"delegation.give", 0, detail, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT "\n", id);
	return TRUE;
}

static gboolean delegations(Call *call, GError **error)
{
	g_autoptr(GPtrArray) found =
		delegations_on(call->sql, 0, call->account, call->clock.today, error);
	for (guint i = 0; found != NULL && i < found->len; i++) {
		const Delegation *one = found->pdata[i];
		char from[CALENDAR_TEXT], to[CALENDAR_TEXT];
		calendar_format(one->from_day, from);
		calendar_format(one->to_day - 1, to);
		g_print("%" G_GINT64_FORMAT "  %s for %s  %s .. %s: %s\n", one->id, one->to, one->by, from,
				to, one->reason);
	}
	return found != NULL;
}

static gboolean end_delegation(Call *call, GError **error)
{
	gint64 id = 0;
	gboolean ended = FALSE;
	if (!needs_account(call, error) || !read_number(call->argv[1], &id, error) ||
		!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok =
		delegations_end(call->sql, id, call->account, call->clock.now_ms, &ended, error) &&
		(ended || bad_value(error, "this account gave no delegation of that number in force"));
	return finish(call, ok, "delegation.end", 0, call->argv[1], error);
}

static gboolean reopen(Call *call, GError **error)
{
	gint64 unit = 0, month = 0, until = 0;
	g_autofree char *date = g_strdup_printf("%s-01", call->argv[1]);
	if (!needs_account(call, error) || !read_day(date, &month, error) ||
		!read_day(call->options->until, &until, error) ||
		!find_unit(call, call->options->unit, &unit, error) ||
		!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok = correction_reopen(call->sql, unit, month, until, call->options->reason,
									call->account, &call->clock, error);
	g_autofree char *detail = g_strdup_printf("%s until %s: %s", call->argv[1],
											  call->options->until, call->options->reason);
	return finish(call, ok, "correction.reopen", 0, detail, error);
}

static gboolean set_chain(Call *call, gint64 unit, CorrectionKind kind, GError **error)
{
	CorrectionChain chain;
	gint64 deadline = 3, from_day = call->clock.today;
	const Options *options = call->options;
	if (!correction_chain_parse(options->levels, &chain))
		return bad_value(error,
						 "--levels: one to four of LANGSUNG, ATASAN, SKPD, OPERATOR, BKD, each"
						 " with its hours: 'ATASAN:72 BKD:120'");
	if (options->deadline != NULL &&
		!g_ascii_string_to_signed(options->deadline, 10, 1, 28, &deadline, NULL))
		return bad_value(error, "--deadline: a day of the next month, 1 to 28");
	if (options->from != NULL && !read_day(options->from, &from_day, error))
		return FALSE;
	const Change change = {.from_day = from_day,
						   .to_day = DAY_OPEN,
						   .now_ms = call->clock.now_ms,
						   .today = call->clock.today,
						   .source = options->reason};
	if (!audit_change_begin(call->sql, error))
		return FALSE;
	gboolean ok = corrections_set_chain(call->sql, unit, kind, options->levels, deadline, &change,
										NULL, error);
	g_autofree char *detail =
		g_strdup_printf("%s %s %s", options->unit != NULL ? options->unit : "provinsi",
						correction_kind_text(kind), options->levels);
	return finish(call, ok, "correction.chain", 0, detail, error);
}

static gboolean chain_of(Call *call, GError **error)
{
	CorrectionChain chain;
	CorrectionKind kind;
	gint64 unit = 0;
	if (!correction_kind_parse(call->argv[1], &kind))
		return bad_value(error, "a correction is for masuk, pulang or hari");
	if (!find_unit(call, call->options->unit, &unit, error) ||
		(call->options->levels != NULL && !set_chain(call, unit, kind, error)) ||
		!corrections_chain(call->sql, unit, kind, call->clock.today, &chain, error))
		return FALSE;
	for (gsize i = 0; i < chain.n_levels; i++)
		g_print("%s%s:%" G_GINT64_FORMAT, i > 0 ? " " : "", chain.levels[i].level,
				chain.levels[i].hours);
	g_print(", until the %" G_GINT64_FORMAT ". of the next month\n", chain.deadline_day);
	return TRUE;
}

/* ── all ── */

static const struct {
	const char *name;
	int n_arguments;
	gboolean (*run)(Call *call, GError **error);
} verbs[] = {
	{"ask", 3, ask_one},
	{"ask-slot", 3, ask_slot},
	{"list", 0, list},
	{"show", 1, show},
	{"document", 2, document},
	{"approve", 1, decide},
	{"refuse", 1, decide},
	{"withdraw", 1, withdraw},
	{"delegate", 1, delegate},
	{"delegations", 0, delegations},
	{"end-delegation", 1, end_delegation},
	{"reopen", 1, reopen},
	{"chain", 1, chain_of},
};

static gboolean run(Call *call, int argc, gboolean *usage, GError **error)
{
	if (call->options->by != NULL && !find_account(call, call->options->by, &call->account, error))
		return FALSE;
	for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(verbs[i].name, call->argv[0]) == 0 && argc - 2 == verbs[i].n_arguments)
			return verbs[i].run(call, error);
	*usage = TRUE;
	return FALSE;
}

static int correction_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	gboolean usage = FALSE;
	const Options options = {.by = cmd_take_option(&argc, argv, "--by"),
							 .reason = cmd_take_option(&argc, argv, "--reason"),
							 .code = cmd_take_option(&argc, argv, "--code"),
							 .document = cmd_take_option(&argc, argv, "--document"),
							 .document_name = cmd_take_option(&argc, argv, "--document-name"),
							 .document_hash = cmd_take_option(&argc, argv, "--document-hash"),
							 .person = cmd_take_option(&argc, argv, "--person"),
							 .from = cmd_take_option(&argc, argv, "--from"),
							 .to = cmd_take_option(&argc, argv, "--to"),
							 .unit = cmd_take_option(&argc, argv, "--unit"),
							 .until = cmd_take_option(&argc, argv, "--until"),
							 .levels = cmd_take_option(&argc, argv, "--levels"),
							 .deadline = cmd_take_option(&argc, argv, "--deadline"),
							 .batch = cmd_take_flag(&argc, argv, "--batch")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("correction", g_steal_pointer(&error));
	gint64 now_ms = cmd_now_ms();
	Call call = {.server = &server,
				 .sql = server.sql,
				 .options = &options,
				 .argv = argv + 1,
				 .clock = {now_ms, calendar_day(now_ms, server.config->utc_offset_min)}};
	gboolean ok = run(&call, argc, &usage, &error);
	if (usage)
		return cmd_usage("correction", USAGE);
	return ok ? 0 : cmd_fail("correction", g_steal_pointer(&error));
}

const HadirCommand cmd_correction = {
	"correction", USAGE,
	"corrections of days: asked for, decided by a chain of levels, a slot of a unit at once;"
	" deputies, reopened months, chains by unit and kind",
	correction_command};
