/* What `hadir roster` does with corrections and swaps. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "server/store/time/roster_requests.h"
#include "tools/hadir/cmd_roster.h"

#define PAGE 500
#define REASON_MAX 500

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

static gboolean has_reason(const RosterOptions *options, GError **error)
{
	if (options->reason == NULL || *options->reason == '\0')
		return bad_value(error, "--reason TEXT belongs to it");
	return strlen(options->reason) <= REASON_MAX || bad_value(error, "--reason: at most 500 bytes");
}

static gboolean find_slot(const CmdServer *server, const char *key, const char *date,
						  RosterSlot *out, GError **error)
{
	if (!calendar_parse(date, &out->day))
		return bad_value(error, "a day is written as 2026-01-31");
	if (!people_find(server->sql, key, &out->person, error))
		return FALSE;
	return out->person != 0 || bad_value(error, "nobody has that key or number");
}

/* The account's right over where the person serves on that day. */
static User *account_for(const CmdServer *server, const RosterOptions *options, Right right,
						 const RosterSlot *slot, GError **error)
{
	Assignment there;
	if (!assignments_on(server->sql, slot->person, slot->day, &there, error))
		return NULL;
	return cmd_roster_account(server, options->by, right, there.unit, cmd_roster_today(server),
							  error);
}

/* Change and log row in one transaction; takes what `ok` says of the change. */
static gboolean finish(const CmdServer *server, gboolean ok, const User *user, const char *action,
					   PersonId person, const char *detail, GError **error)
{
	const AuditEntry entry = {.at_ms = cmd_now_ms(),
							  .account = user->id,
							  .action = action,
							  .person = person,
							  .detail = detail};
	if (ok)
		return audit_change_commit(server->sql, &entry, error);
	audit_change_rollback(server->sql);
	return FALSE;
}

/* ── Lists ── */

static gboolean print_days(const CmdServer *server, const RosterRequest *request, GError **error)
{
	for (guint i = 0; i < request->before->len; i++) {
		const PlannedDay *before = &g_array_index(request->before, PlannedDay, i);
		const PlannedDay *after = &g_array_index(request->after, PlannedDay, i);
		char date[CALENDAR_TEXT];
		g_autofree char *old = roster_day_text(server->sql, before, error);
		g_autofree char *new = old != NULL ? roster_day_text(server->sql, after, error) : NULL;
		if (new == NULL)
			return FALSE;
		calendar_format(before->roster.day, date);
		g_print("  %s  person %" G_GINT64_FORMAT "  %s -> %s\n", date, before->person, old, new);
	}
	return TRUE;
}

static gboolean print_request(const CmdServer *server, gint64 id, GError **error)
{
	g_auto(RosterRequest) request = {0};
	g_autoptr(GArray) conflicts = NULL;
	gboolean found = FALSE;
	char time[CALENDAR_ISO];
	if (!roster_requests_get(server->sql, id, &request, &found, error))
		return FALSE;
	calendar_format_iso(request.proposed_ms, server->config->utc_offset_min, time);
	g_print("%" G_GINT64_FORMAT "  %s  %s by %s: %s\n", id, time,
			request.is_swap ? "swap" : "correction", request.by != NULL ? request.by : "import",
			request.reason);
	if (!print_days(server, &request, error) ||
		!roster_check_planned(server->sql, request.after, server->config->utc_offset_min,
							  &conflicts, error))
		return FALSE;
	cmd_roster_print_conflicts(conflicts, server->config->utc_offset_min);
	return TRUE;
}

static gboolean list(const CmdServer *server, GError **error)
{
	gint64 after = 0;
	guint n = PAGE;
	while (n == PAGE) {
		g_autoptr(GArray) ids = NULL;
		if (!roster_requests_waiting(server->sql, after, PAGE, &ids, error))
			return FALSE;
		n = ids->len;
		for (guint i = 0; i < n; i++) {
			after = g_array_index(ids, gint64, i);
			if (!print_request(server, after, error))
				return FALSE;
		}
	}
	return TRUE;
}

/* ── Proposing ── */

/* "P", "P+S", "-", "siaga". */
static gboolean read_shifts(const CmdServer *server, const char *text, RosterDay *out,
							GError **error)
{
	out->on_call = g_ascii_strcasecmp(text, "siaga") == 0;
	if (out->on_call || strcmp(text, "-") == 0)
		return TRUE;
	g_auto(GStrv) codes = g_strsplit(text, "+", DAY_SHIFTS_MAX + 1);
	for (gsize i = 0; codes[i] != NULL; i++) {
		if (i == DAY_SHIFTS_MAX)
			return bad_value(error, "at most two shifts a day");
		if (!shifts_find(server->sql, codes[i], &out->shifts[i], error))
			return FALSE;
		if (out->shifts[i] == 0)
			return bad_value(error, "no shift has that code");
	}
	return TRUE;
}

static gboolean correct(const CmdServer *server, char **argv, const RosterOptions *options,
						GError **error)
{
	static const char *const said[] = {
		[ROSTER_SAME] = "that is known, or asked for already",
		[ROSTER_APPLIED] = "in force: the shift has not begun",
		[ROSTER_WAITS] = "waits for approval: the shift has begun",
		[ROSTER_UNTOLD] = "nothing was done",
	};
	RosterSlot slot;
	RosterOutcome outcome = ROSTER_UNTOLD;
	if (!find_slot(server, argv[2], argv[3], &slot, error) || !has_reason(options, error))
		return FALSE;
	RosterDay roster = {.day = slot.day};
	g_autoptr(User) user = account_for(server, options, RIGHT_SEE_PEOPLE, &slot, error);
	if (user == NULL || !read_shifts(server, argv[4], &roster, error))
		return FALSE;
	if (user->person == slot.person)
		return bad_value(error, "--by: nobody changes their own roster");
	const Change change = {.now_ms = cmd_now_ms(), .today = cmd_roster_today(server)};
	const RosterAsked asked = {.person = slot.person,
							   .roster = &roster,
							   .source = options->reason,
							   .account = user->id,
							   .utc_offset_min = server->config->utc_offset_min};
	g_autofree char *detail = g_strdup_printf("%s %s", argv[3], argv[4]);
	if (!audit_change_begin(server->sql, error) ||
		!finish(server, roster_requests_set(server->sql, &asked, &change, &outcome, error), user,
				"roster.correct", slot.person, detail, error))
		return FALSE;
	g_print("%s\n", said[outcome]);
	return TRUE;
}

/* One of the two may ask for it, or who sees both. */
static User *swap_account(const CmdServer *server, const RosterOptions *options,
						  const RosterSlot *one, const RosterSlot *other, GError **error)
{
	const RosterSlot *const slots[] = {one, other};
	for (gsize i = 0; i < G_N_ELEMENTS(slots); i++) {
		g_autoptr(User) own = account_for(server, options, RIGHT_OWN_DATA, slots[i], NULL);
		if (own != NULL && own->person == slots[i]->person)
			return g_steal_pointer(&own);
	}
	g_autoptr(User) first = account_for(server, options, RIGHT_SEE_PEOPLE, one, error);
	return first != NULL ? account_for(server, options, RIGHT_SEE_PEOPLE, other, error) : NULL;
}

static gboolean swap(const CmdServer *server, char **argv, const RosterOptions *options,
					 GError **error)
{
	RosterSlot one, other;
	gint64 id = 0;
	if (!find_slot(server, argv[2], argv[3], &one, error) ||
		!find_slot(server, argv[4], argv[5], &other, error) || !has_reason(options, error))
		return FALSE;
	g_autoptr(User) user = swap_account(server, options, &one, &other, error);
	if (user == NULL)
		return FALSE;
	g_autofree char *detail =
		g_strdup_printf("%s, person %" G_GINT64_FORMAT " %s", argv[3], other.person, argv[5]);
	if (!audit_change_begin(server->sql, error) ||
		!finish(server,
				roster_requests_swap(server->sql, &one, &other, options->reason, user->id,
									 cmd_now_ms(), &id, error),
				user, "roster.swap", one.person, detail, error))
		return FALSE;
	return print_request(server, id, error);
}

/* ── Deciding ── */

static gboolean read_request(const CmdServer *server, const char *number, RosterRequest *request,
							 GError **error)
{
	gint64 id = 0;
	gboolean found = FALSE;
	if (!g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &id, NULL))
		return bad_value(error, "a change of a roster has a number, see 'hadir roster list'");
	if (!roster_requests_get(server->sql, id, request, &found, error))
		return FALSE;
	return found || bad_value(error, "there is no change of a roster of that number");
}

/* Over every person it is about, and nobody decides their own or what they asked for. */
static User *decider(const CmdServer *server, const RosterOptions *options,
					 const RosterRequest *request, GError **error)
{
	g_autoptr(User) user = NULL;
	for (guint i = 0; i < request->before->len; i++) {
		const PlannedDay *day = &g_array_index(request->before, PlannedDay, i);
		const RosterSlot slot = {.person = day->person, .day = day->roster.day};
		g_clear_pointer(&user, user_free);
		user = account_for(server, options, RIGHT_APPROVE, &slot, error);
		if (user == NULL)
			return NULL;
		if (user->person == day->person || user->id == request->account) {
			bad_value(error, "--by: nobody decides their own");
			return NULL;
		}
	}
	return g_steal_pointer(&user);
}

/* A swap that leaves too little rest, or falls into a leave, is for an approver who says so. */
static gboolean check_conflicts(const CmdServer *server, const RosterOptions *options,
								const RosterRequest *request, GError **error)
{
	g_autoptr(GArray) conflicts = NULL;
	if (!roster_check_planned(server->sql, request->after, server->config->utc_offset_min,
							  &conflicts, error))
		return FALSE;
	cmd_roster_print_conflicts(conflicts, server->config->utc_offset_min);
	return conflicts->len == 0 || !request->is_swap || options->despite ||
		   bad_value(error, "the swap makes conflicts: --despite-conflicts approves it, with the"
							" reason");
}

static gboolean decide(const CmdServer *server, const char *word, const char *number,
					   const RosterOptions *options, GError **error)
{
	g_auto(RosterRequest) request = {0};
	gboolean approve = strcmp(word, "approve") == 0;
	const Change change = {.now_ms = cmd_now_ms(), .today = cmd_roster_today(server)};
	if (!has_reason(options, error) || !read_request(server, number, &request, error))
		return FALSE;
	g_autoptr(User) user = decider(server, options, &request, error);
	if (user == NULL || (approve && !check_conflicts(server, options, &request, error)) ||
		!audit_change_begin(server->sql, error))
		return FALSE;
	gboolean ok = approve ? roster_requests_approve(server->sql, &request, user->id, user->name,
													options->reason, &change, error)
						  : roster_requests_refuse(server->sql, &request, user->id, options->reason,
												   change.now_ms, error);
	return finish(server, ok, user, approve ? "roster.approve" : "roster.refuse",
				  g_array_index(request.before, PlannedDay, 0).person, number, error);
}

gboolean cmd_roster_request(const CmdServer *server, int argc, char **argv,
							const RosterOptions *options, gboolean *usage, GError **error)
{
	*usage = FALSE;
	if (argc == 2)
		return list(server, error);
	if (argc == 5 && strcmp(argv[1], "correct") == 0)
		return correct(server, argv, options, error);
	if (argc == 6 && strcmp(argv[1], "swap") == 0)
		return swap(server, argv, options, error);
	if (argc == 3 && (strcmp(argv[1], "approve") == 0 || strcmp(argv[1], "refuse") == 0))
		return decide(server, argv[1], argv[2], options, error);
	*usage = TRUE;
	return FALSE;
}
