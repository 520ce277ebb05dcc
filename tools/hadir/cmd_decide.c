/* `hadir held`, `backlog`, `quarantine`, `alarm`: what waits, and somebody's decision on it; `hadir
 * decision`: what was decided.  The core role carries decisions out within a second or two. */
#include "tools/hadir/cmd_decide.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/decisions.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/system/users.h"
#include "tools/hadir/cmd_common.h"

#define PAGE 500

/* One command: its noun, and how it lists. */
typedef struct {
	const char *name, *usage, *action;
	DecisionKind kind;
	gboolean (*list)(const CmdServer *server, GError **error);
	/* Whose data it is; 0: nobody's. */
	gboolean (*person_of)(Sql *sql, const char *subject, PersonId *person, GError **error);
} Waiting;

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

static void print_time(const CmdServer *server, gint64 at_ms)
{
	char text[CALENDAR_ISO];
	calendar_format_iso(at_ms, server->config->utc_offset_min, text);
	g_print("%s", text);
}

/* ── lists: a page after the other, a line each ── */

static void print_held(const CmdServer *server, const HeldEnrolment *held)
{
	char id[RANDOM_ID_TEXT];
	random_id_format(&held->row.id, id);
	g_print("%s  ", id);
	print_time(server, held->row.finished_ms);
	g_print("  person %" G_GINT64_FORMAT " at %s, like person %" G_GINT64_FORMAT "'s\n",
			held->row.person, held->row.terminal.text, held->row.other);
}

static gboolean list_held(const CmdServer *server, GError **error)
{
	gint64 after = 0;
	gsize n = PAGE;
	while (n == PAGE) {
		g_autoptr(GArray) page = NULL;
		if (!enrolments_held(server->sql, after, PAGE, &page, error))
			return FALSE;
		n = page->len;
		for (guint i = 0; i < n; i++) {
			const HeldEnrolment *held = &g_array_index(page, HeldEnrolment, i);
			print_held(server, held);
			after = held->order;
		}
	}
	return TRUE;
}

static gboolean list_backlogs(const CmdServer *server, GError **error)
{
	g_autoptr(GArray) backlogs = NULL;
	if (!held_waiting(server->sql, &backlogs, error))
		return FALSE;
	for (guint i = 0; i < backlogs->len; i++) {
		const HeldBacklog *one = &g_array_index(backlogs, HeldBacklog, i);
		g_print("%-32s %" G_GINT64_FORMAT " events in %" G_GINT64_FORMAT " messages, last ",
				one->terminal.text, one->n_events, one->n_batches);
		print_time(server, one->last_ms);
		g_print("\n");
	}
	return TRUE;
}

static void print_item(const CmdServer *server, const QuarantineItem *item)
{
	g_autofree char *id = decision_event_subject(item->row.journal, item->row.seq);
	g_print("%-16s %-16s %-32s person %" G_GINT64_FORMAT ", stamped ", id, item->row.reason,
			item->row.terminal.text, item->person);
	print_time(server, item->wall_ms);
	g_print(", received ");
	print_time(server, item->received_ms);
	g_print("\n");
}

static gboolean list_quarantine(const CmdServer *server, GError **error)
{
	QuarantineRow after = {0};
	gsize n = PAGE;
	while (n == PAGE) {
		g_autoptr(GArray) page = NULL;
		if (!quarantine_waiting(server->sql, after.journal, after.seq, PAGE, &page, error))
			return FALSE;
		n = page->len;
		for (guint i = 0; i < n; i++) {
			const QuarantineItem *item = &g_array_index(page, QuarantineItem, i);
			print_item(server, item);
			after = item->row;
		}
	}
	return TRUE;
}

static gboolean list_alarms(const CmdServer *server, GError **error)
{
	gint64 before = 0;
	gsize n = PAGE;
	while (n == PAGE) {
		g_autoptr(GArray) page = NULL;
		if (!alarms_list(server->sql, before, PAGE, &page, error))
			return FALSE;
		n = page->len;
		for (guint i = 0; i < n; i++) {
			const AlarmRow *row = &g_array_index(page, AlarmRow, i);
			g_print("%-6" G_GINT64_FORMAT " ", row->id);
			print_time(server, row->last_ms);
			g_print("  %-16s %-32s %" G_GINT64_FORMAT "x  %s\n", row->kind, row->terminal.text,
					row->n, row->detail);
			before = row->id;
		}
	}
	return TRUE;
}

/* ── whose it is: nobody decides their own ── */

static gboolean take(GError *local, GError **error)
{
	if (local != NULL)
		g_propagate_error(error, local);
	return local == NULL;
}

static gboolean person_of_held(Sql *sql, const char *subject, PersonId *person, GError **error)
{
	RandomId id;
	EnrolmentRow row;
	GError *local = NULL;
	if (random_id_parse(&id, subject) && enrolments_get(sql, &id, &row, &local))
		*person = row.person;
	return take(local, error);
}

static gboolean person_of_event(Sql *sql, const char *subject, PersonId *person, GError **error)
{
	gint64 journal, seq;
	QuarantineItem item;
	GError *local = NULL;
	if (decision_event_parse(subject, &journal, &seq) &&
		quarantine_waiting_one(sql, journal, seq, &item, &local))
		*person = item.person;
	return take(local, error);
}

/* ── deciding ── */

/* As a person says it. */
static const char *verdict_of(const char *verb)
{
	static const char *const verbs[][2] = {
		{"accept", "accepted"}, {"reject", "rejected"}, {"end", "ended"}};
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(verb, verbs[i][0]) == 0)
			return verbs[i][1];
	return verb;
}

static gboolean has_right(Sql *sql, const CmdServer *server, const User *user, gboolean *has,
						  GError **error)
{
	gint64 today = calendar_day(cmd_now_ms(), server->config->utc_offset_min);
	g_autoptr(GPtrArray) grants = grants_of_account(sql, user->id, today, error);
	*has = FALSE;
	for (guint i = 0; grants != NULL && i < grants->len; i++) {
		const Grant *grant = grants->pdata[i];
		*has = *has || (role_has_right(grant->role, RIGHT_DECIDE) && grant->unit == 0);
	}
	return grants != NULL;
}

gboolean cmd_find_decider(const CmdServer *server, const char *name, PersonId person,
						  gint64 *account, GError **error)
{
	GError *local = NULL;
	gboolean has = FALSE;
	g_autoptr(User) user = users_find(server->sql, name, &local);
	if (local != NULL)
		return take(local, error);
	if (user == NULL || user->disabled)
		return bad_value(error, "--by: there is no such account in use");
	if (!has_right(server->sql, server, user, &has, error))
		return FALSE;
	if (!has)
		return bad_value(error, "--by: this account has no right to decide");
	if (person != 0 && user->person == person)
		return bad_value(error, "--by: nobody decides their own");
	*account = user->id;
	return TRUE;
}

static gboolean add(const CmdServer *server, const Waiting *waiting, Decision *decision,
					PersonId person, GError **error)
{
	g_autofree char *detail =
		g_strdup_printf("%s %s", decision->subject, decision_verdict_text(decision->verdict));
	if (!audit_change_begin(server->sql, error))
		return FALSE;
	if (!decisions_add(server->sql, decision, cmd_now_ms(), error)) {
		audit_change_rollback(server->sql);
		return FALSE;
	}
	const AuditEntry entry = {.at_ms = cmd_now_ms(),
							  .account = decision->account,
							  .action = waiting->action,
							  .person = person,
							  .detail = detail};
	return audit_change_commit(server->sql, &entry, error);
}

typedef struct {
	const char *by, *reason, *at;
} Options;

static gboolean decide(const CmdServer *server, const Waiting *waiting, const char *verb,
					   const char *subject, const Options *options, GError **error)
{
	Decision decision = {.kind = waiting->kind};
	PersonId person = 0;
	if (!decision_verdict_parse(waiting->kind, verdict_of(verb), &decision.verdict))
		return bad_value(error, "no such decision; 'hadir --help' says which there are");
	if (options->by == NULL || options->reason == NULL)
		return bad_value(error, "--by ACCOUNT and --reason TEXT belong to every decision");
	if (options->at != NULL &&
		!calendar_parse_iso(options->at, server->config->utc_offset_min, &decision.at_ms))
		return bad_value(error, "--at: a time as 2026-01-31T07:05");
	if (g_strlcpy(decision.subject, subject, sizeof decision.subject) >= sizeof decision.subject)
		return bad_value(error, "nothing of that name waits");
	if (g_strlcpy(decision.reason, options->reason, sizeof decision.reason) >=
		sizeof decision.reason)
		return bad_value(error, "--reason: at most 500 bytes");
	if (waiting->person_of != NULL && !waiting->person_of(server->sql, subject, &person, error))
		return FALSE;
	return cmd_find_decider(server, options->by, person, &decision.account, error) &&
		   add(server, waiting, &decision, person, error);
}

static int run_waiting(const Waiting *waiting, int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	gboolean ok;
	Options options = {cmd_take_option(&argc, argv, "--by"),
					   cmd_take_option(&argc, argv, "--reason"),
					   cmd_take_option(&argc, argv, "--at")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail(waiting->name, g_steal_pointer(&error));
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		ok = waiting->list(&server, &error);
	else if (argc == 3)
		ok = decide(&server, waiting, argv[1], argv[2], &options, &error);
	else
		return cmd_usage(waiting->name, waiting->usage);
	return ok ? 0 : cmd_fail(waiting->name, g_steal_pointer(&error));
}

/* ── the commands ── */

#define BY " --by ACCOUNT --reason TEXT"
#define HELD_USAGE "list | {different|same-person|fraud} ENROLMENT" BY
#define BACKLOG_USAGE "list | {accept|reject} TERMINAL" BY
#define QUARANTINE_USAGE "list | {accept|reject} EVENT" BY " [--at TIME]"
#define ALARM_USAGE "list | end ALARM" BY
#define DECISION_USAGE "list"

static int run_held(int argc, char **argv)
{
	static const Waiting held = {"held",    HELD_USAGE,    "held.decide", DECISION_ENROLMENT,
								 list_held, person_of_held};
	return run_waiting(&held, argc, argv);
}

static int run_backlog(int argc, char **argv)
{
	static const Waiting backlog = {"backlog",        BACKLOG_USAGE, "backlog.decide",
									DECISION_BACKLOG, list_backlogs, NULL};
	return run_waiting(&backlog, argc, argv);
}

static int run_quarantine(int argc, char **argv)
{
	static const Waiting quarantine = {"quarantine",   QUARANTINE_USAGE, "quarantine.decide",
									   DECISION_EVENT, list_quarantine,  person_of_event};
	return run_waiting(&quarantine, argc, argv);
}

static int run_alarm(int argc, char **argv)
{
	static const Waiting alarm = {"alarm",        ALARM_USAGE, "alarm.decide",
								  DECISION_ALARM, list_alarms, NULL};
	return run_waiting(&alarm, argc, argv);
}

static void print_decision(const CmdServer *server, const Decision *decision)
{
	g_print("%-6" G_GINT64_FORMAT " ", decision->id);
	print_time(server, decision->decided_ms);
	g_print("  %s: %s %s: %s; %s (%s)\n", decision->by, decision_kind_text(decision->kind),
			decision->subject, decision_verdict_text(decision->verdict),
			decision->carried_ms == 0 ? "not carried out yet" : decision->outcome,
			decision->reason);
}

static gboolean list_decisions(const CmdServer *server, GError **error)
{
	g_autoptr(GArray) page = NULL;
	if (!decisions_list(server->sql, 0, PAGE, &page, error))
		return FALSE;
	for (guint i = 0; i < page->len; i++)
		print_decision(server, &g_array_index(page, Decision, i));
	return TRUE;
}

static int run_decision(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("decision", g_steal_pointer(&error));
	if (argc != 2 || strcmp(argv[1], "list") != 0)
		return cmd_usage("decision", DECISION_USAGE);
	return list_decisions(&server, &error) ? 0 : cmd_fail("decision", g_steal_pointer(&error));
}

const HadirCommand cmd_held = {"held", HELD_USAGE,
							   "enrolments of a finger that is like another person's", run_held};
const HadirCommand cmd_backlog = {"backlog", BACKLOG_USAGE,
								  "what a revoked terminal sent after its revocation", run_backlog};
const HadirCommand cmd_quarantine = {
	"quarantine", QUARANTINE_USAGE,
	"events that do not count yet; --at says when it was, where the clock was not believed",
	run_quarantine};
const HadirCommand cmd_alarm = {"alarm", ALARM_USAGE, "alarms that nobody has dealt with",
								run_alarm};
const HadirCommand cmd_decision = {"decision", DECISION_USAGE,
								   "the last decisions, and what came of them", run_decision};
