#include "tools/hadir/cmd_outage.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/places.h"
#include "server/store/time/outage_decisions.h"
#include "server/store/time/outage_proposals.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_decide.h"

#define USAGE                                                                                      \
	"propose [--place CODE] [--from TIME] [--to TIME]\n"                                           \
	"      | declare --place CODE --from TIME --to TIME --cause TEXT --evidence TEXT"              \
	" [--document NUMBER] --by ACCOUNT\n"                                                          \
	"      | list [--place CODE] [--from TIME] [--to TIME] [--frequent [--min N]]\n"               \
	"      | history OUTAGE | {approve|refuse} OUTAGE --by ACCOUNT --reason TEXT"                  \
	" [--document NUMBER]"

#define PROPOSE_DAYS 31 /* looked back over when no time is given */
#define FREQUENT_DAYS 92
#define FREQUENT_MIN 3
#define LIST_MAX 10000

typedef struct {
	const char *place, *from, *to, *cause, *evidence, *document, *by, *reason, *n_min;
	gboolean frequent;
} Options;

/* What most of it needs. */
typedef struct {
	CmdServer *server;
	const Options *options;
	gint64 now_ms, offset_min;
	gint64 place; /* 0: none given */
} Call;

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

static gboolean find_place(Call *call, GError **error)
{
	if (call->options->place == NULL)
		return TRUE;
	return places_find(call->server->sql, call->options->place, FALSE, &call->place, error) &&
		   (call->place != 0 || bad_value(error, "--place: there is no place of that code"));
}

/* `fallback` where it is not given. */
static gboolean read_time(const Call *call, const char *text, gint64 fallback, gint64 *at_ms,
						  GError **error)
{
	*at_ms = fallback;
	return text == NULL || calendar_parse_iso(text, call->offset_min, at_ms) ||
		   bad_value(error, "--from, --to: a time as 2026-01-31T07:05, or a date");
}

static gboolean read_span(const Call *call, gint64 days, gint64 *from_ms, gint64 *to_ms,
						  GError **error)
{
	return read_time(call, call->options->to, call->now_ms, to_ms, error) &&
		   read_time(call, call->options->from, *to_ms - days * DAY_MS, from_ms, error) &&
		   (*from_ms < *to_ms || bad_value(error, "--to comes after --from"));
}

static gboolean read_id(const char *text, gint64 *id, GError **error)
{
	return g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, id, NULL) ||
		   bad_value(error, "an outage has a number; 'hadir outage list' shows it");
}

static void print_time(const Call *call, gint64 at_ms)
{
	char text[CALENDAR_ISO];
	calendar_format_iso(at_ms, call->offset_min, text);
	g_print("%.16s", text);
}

/* The change and its row of the log, or neither. */
static gboolean finish(const Call *call, gboolean ok, gint64 account, const char *action,
					   const char *detail, GError **error)
{
	const AuditEntry entry = {
		.at_ms = call->now_ms, .account = account, .action = action, .detail = detail};
	if (ok)
		return audit_change_commit(call->server->sql, &entry, error);
	audit_change_rollback(call->server->sql);
	return FALSE;
}

/* ── propose ── */

static gboolean propose(Call *call, GError **error)
{
	gint64 from_ms, to_ms, n = 0;
	if (!read_span(call, PROPOSE_DAYS, &from_ms, &to_ms, error) || !find_place(call, error) ||
		!audit_change_begin(call->server->sql, error))
		return FALSE;
	gboolean ok = outage_propose(call->server->sql, call->place, from_ms, to_ms, call->now_ms,
								 call->offset_min, &n, error);
	g_autofree char *detail = g_strdup_printf("%" G_GINT64_FORMAT " new", n);
	if (!finish(call, ok, 0, "outage.propose", detail, error))
		return FALSE;
	g_print("%s\n", detail);
	return TRUE;
}

/* ── declare ── */

static gboolean declare(Call *call, GError **error)
{
	const Options *options = call->options;
	Outage outage = {.cause = options->cause,
					 .evidence = options->evidence,
					 .document = options->document,
					 .declared_by = options->by};
	gint64 account, id = 0;
	if (options->place == NULL || options->from == NULL || options->to == NULL ||
		options->by == NULL)
		return bad_value(error, "--place, --from, --to and --by belong to a declaration");
	if (!find_place(call, error) || !read_time(call, options->from, 0, &outage.from_ms, error) ||
		!read_time(call, options->to, 0, &outage.to_ms, error) ||
		!cmd_find_decider(call->server, options->by, 0, &account, error) ||
		!audit_change_begin(call->server->sql, error))
		return FALSE;
	outage.place = call->place;
	gboolean ok =
		outage_declare(call->server->sql, &outage, call->now_ms, call->offset_min, &id, error);
	g_autofree char *detail = g_strdup_printf("%" G_GINT64_FORMAT " %s", id, options->place);
	if (!finish(call, ok, account, "outage.declare", detail, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT "\n", id);
	return TRUE;
}

/* ── approve, refuse ── */

static gboolean decide(Call *call, const char *subject, OutageState state, GError **error)
{
	const Options *options = call->options;
	OutageDecision decision = {
		.state = state, .reason = options->reason, .document = options->document};
	if (options->by == NULL || options->reason == NULL)
		return bad_value(error, "--by ACCOUNT and --reason TEXT belong to every decision");
	if (!read_id(subject, &decision.id, error) ||
		!cmd_find_decider(call->server, options->by, 0, &decision.account, error) ||
		!audit_change_begin(call->server->sql, error))
		return FALSE;
	gboolean ok =
		outage_decide(call->server->sql, &decision, call->now_ms, call->offset_min, error);
	g_autofree char *detail =
		g_strdup_printf("%s %s", subject, state == OUTAGE_ACCEPTED ? "approved" : "refused");
	return finish(call, ok, decision.account, "outage.decide", detail, error);
}

/* ── list ── */

static const char *state_text(const OutageRow *row)
{
	if (row->state == OUTAGE_DECLARED)
		return row->proposed ? "proposed" : "declared";
	if (row->state == OUTAGE_ACCEPTED)
		return "approved";
	return row->n_decisions > 1 ? "withdrawn" : "refused";
}

static void print_word(const char *before, const char *word)
{
	if (word != NULL)
		g_print("%s%s", before, word);
}

static void print_row(const Call *call, const OutageRow *row)
{
	g_print("%-6" G_GINT64_FORMAT " %-10s %-20s ", row->id, state_text(row), row->place_code);
	print_time(call, row->from_ms);
	g_print(" … ");
	print_time(call, row->to_ms);
	g_print("  %s", row->cause);
	print_word(" [", row->document);
	g_print("%s", row->document != NULL ? "]" : "");
	print_word("; ", row->evidence);
	print_word("; declared by ", row->declared_by);
	print_word("; decided by ", row->decided_by);
	print_word(": ", row->reason);
	g_print("%s\n", row->after_holiday ? "; first working day after a holiday" : "");
}

static gboolean print_places(const Call *call, gint64 from_ms, gint64 to_ms, GError **error)
{
	gint64 n_min = FREQUENT_MIN;
	if (call->options->n_min != NULL &&
		!g_ascii_string_to_signed(call->options->n_min, 10, 1, 10000, &n_min, NULL))
		return bad_value(error, "--min: a number from 1");
	g_autoptr(GPtrArray) places =
		outage_places(call->server->sql, from_ms, to_ms, n_min, call->offset_min, error);
	for (guint i = 0; places != NULL && i < places->len; i++) {
		const OutagePlace *place = places->pdata[i];
		g_print("%-20s %" G_GINT64_FORMAT " outages, %" G_GINT64_FORMAT
				" minutes, %" G_GINT64_FORMAT " on the first working day after a holiday\n",
				place->place_code, place->n, place->minutes, place->n_after_holiday);
	}
	return places != NULL;
}

static gboolean list(Call *call, GError **error)
{
	OutageFilter filter = {.limit = LIST_MAX};
	if (!read_span(call, FREQUENT_DAYS, &filter.from_ms, &filter.to_ms, error) ||
		!find_place(call, error))
		return FALSE;
	if (call->options->frequent)
		return print_places(call, filter.from_ms, filter.to_ms, error);
	filter.place = call->place;
	g_autoptr(GPtrArray) rows = outage_list(call->server->sql, &filter, call->offset_min, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++)
		print_row(call, rows->pdata[i]);
	return rows != NULL;
}

static gboolean history(const Call *call, const char *subject, GError **error)
{
	gint64 id;
	if (!read_id(subject, &id, error))
		return FALSE;
	g_autoptr(GPtrArray) steps = outage_history(call->server->sql, id, error);
	for (guint i = 0; steps != NULL && i < steps->len; i++) {
		const OutageStep *step = steps->pdata[i];
		g_print("%" G_GINT64_FORMAT "  ", step->number);
		print_time(call, step->decided_ms);
		g_print("  %s: %s (%s)\n", step->by,
				step->state == OUTAGE_ACCEPTED ? "approved" : "refused", step->reason);
	}
	return steps != NULL;
}

/* ── all ── */

static Options take_options(int *argc, char **argv)
{
	return (Options){.place = cmd_take_option(argc, argv, "--place"),
					 .from = cmd_take_option(argc, argv, "--from"),
					 .to = cmd_take_option(argc, argv, "--to"),
					 .cause = cmd_take_option(argc, argv, "--cause"),
					 .evidence = cmd_take_option(argc, argv, "--evidence"),
					 .document = cmd_take_option(argc, argv, "--document"),
					 .by = cmd_take_option(argc, argv, "--by"),
					 .reason = cmd_take_option(argc, argv, "--reason"),
					 .n_min = cmd_take_option(argc, argv, "--min"),
					 .frequent = cmd_take_flag(argc, argv, "--frequent")};
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const Options options = take_options(&argc, argv);
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("outage", g_steal_pointer(&error));
	Call call = {&server, &options, cmd_now_ms(), server.config->utc_offset_min, 0};
	const char *verb = argc >= 2 ? argv[1] : "";
	gboolean ok;
	if (argc == 2 && strcmp(verb, "propose") == 0)
		ok = propose(&call, &error);
	else if (argc == 2 && strcmp(verb, "declare") == 0)
		ok = declare(&call, &error);
	else if (argc == 2 && strcmp(verb, "list") == 0)
		ok = list(&call, &error);
	else if (argc == 3 && strcmp(verb, "history") == 0)
		ok = history(&call, argv[2], &error);
	else if (argc == 3 && strcmp(verb, "approve") == 0)
		ok = decide(&call, argv[2], OUTAGE_ACCEPTED, &error);
	else if (argc == 3 && strcmp(verb, "refuse") == 0)
		ok = decide(&call, argv[2], OUTAGE_REFUSED, &error);
	else
		return cmd_usage("outage", USAGE);
	return ok ? 0 : cmd_fail("outage", g_steal_pointer(&error));
}

const HadirCommand cmd_outage = {"outage", USAGE,
								 "times in which no terminal of a place could record: proposed "
								 "from journals and health, declared,"
								 " approved, listed",
								 run};
