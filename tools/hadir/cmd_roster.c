#include "tools/hadir/cmd_roster.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/units.h"
#include "server/store/system/audit_log.h"
#include "server/store/time/roster_months.h"

#define USAGE                                                                                      \
	"{check|show} --unit U --month YYYY-MM | discard --unit U --month YYYY-MM --by ACCOUNT"        \
	" | publish --unit U --month YYYY-MM --by"                                                     \
	" ACCOUNT [--reason TEXT] | list | correct PERSON DATE SHIFT --by ACCOUNT --reason TEXT |"     \
	" swap PERSON DATE PERSON DATE --by ACCOUNT --reason TEXT | {approve|refuse} NUMBER --by"      \
	" ACCOUNT --reason TEXT [--despite-conflicts]"

gint64 cmd_roster_today(const CmdServer *server)
{
	return calendar_day(cmd_now_ms(), server->config->utc_offset_min);
}

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

/* ── In whose name ── */

static gboolean may(Sql *sql, const User *user, Right right, gint64 unit, gint64 today,
					gboolean *may_do, GError **error)
{
	g_autoptr(GPtrArray) grants = grants_of_account(sql, user->id, today, error);
	*may_do = FALSE;
	for (guint i = 0; grants != NULL && i < grants->len && !*may_do; i++) {
		const Grant *grant = grants->pdata[i];
		if (!role_has_right(grant->role, right))
			continue;
		*may_do = grant->unit == 0;
		if (!*may_do && !units_within(sql, unit, grant->unit, today, may_do, error))
			return FALSE;
	}
	return grants != NULL;
}

User *cmd_roster_account(const CmdServer *server, const char *name, Right right, gint64 unit,
						 gint64 day, GError **error)
{
	gboolean may_do = FALSE;
	GError *local = NULL;
	if (name == NULL) {
		bad_value(error, "--by ACCOUNT says in whose name");
		return NULL;
	}
	g_autoptr(User) user = users_find(server->sql, name, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return NULL;
	}
	if (user == NULL || user->disabled) {
		bad_value(error, "--by: there is no such account in use");
		return NULL;
	}
	if (!may(server->sql, user, right, unit, day, &may_do, error))
		return NULL;
	if (!may_do) {
		bad_value(error, "--by: this account has no right to do that for this unit");
		return NULL;
	}
	return g_steal_pointer(&user);
}

/* ── A unit's month ── */

typedef struct {
	const CmdServer *server;
	gint64 unit, month_day;
	const char *unit_code, *month;
} Month;

static gboolean read_month(const CmdServer *server, const RosterOptions *options, Month *out,
						   GError **error)
{
	*out = (Month){.server = server, .unit_code = options->unit, .month = options->month};
	if (options->unit == NULL || options->month == NULL)
		return bad_value(error, "--unit CODE and --month YYYY-MM say which roster");
	g_autofree char *date = g_strdup_printf("%s-01", options->month);
	if (strlen(options->month) != strlen("2026-01") || !calendar_parse(date, &out->month_day))
		return bad_value(error, "--month: a month as 2026-01");
	if (!units_find(server->sql, options->unit, FALSE, &out->unit, error))
		return FALSE;
	return out->unit != 0 || bad_value(error, "--unit: no unit has that code");
}

void cmd_roster_print_conflicts(const GArray *conflicts, gint64 utc_offset_min)
{
	for (guint i = 0; i < conflicts->len; i++) {
		const RosterConflict *one = &g_array_index(conflicts, RosterConflict, i);
		char date[CALENDAR_TEXT];
		g_autoptr(GString) words = g_string_new(NULL);
		calendar_format(one->day, date);
		roster_conflict_words(words, one, utc_offset_min);
		if (one->person == 0)
			g_print("%s  unit  %s\n", date, words->str);
		else
			g_print("%s  person %" G_GINT64_FORMAT "  %s\n", date, one->person, words->str);
	}
}

/* Of the draft when there is one, else of what is in force. */
static gboolean find_conflicts(const Month *month, guint *n_planned, GArray **conflicts,
							   GError **error)
{
	g_autoptr(GArray) planned = NULL;
	if (!roster_plan_of(month->server->sql, month->unit, month->month_day, 0, &planned, error))
		return FALSE;
	*n_planned = planned->len;
	return roster_check_month(month->server->sql, month->unit, month->month_day, planned,
							  month->server->config->utc_offset_min, conflicts, error);
}

static gboolean check(const Month *month, GError **error)
{
	guint n_planned = 0;
	g_autoptr(GArray) conflicts = NULL;
	if (!find_conflicts(month, &n_planned, &conflicts, error))
		return FALSE;
	cmd_roster_print_conflicts(conflicts, month->server->config->utc_offset_min);
	g_print("%s %s: %u days planned, %u conflicts%s\n", month->unit_code, month->month, n_planned,
			conflicts->len, n_planned == 0 ? " in what is in force" : "");
	return TRUE;
}

static gboolean publish_as(const Month *month, const User *user, const char *reason,
						   guint n_conflicts, RosterPublished *out, GError **error)
{
	Sql *sql = month->server->sql;
	const Change change = {.now_ms = cmd_now_ms(), .today = cmd_roster_today(month->server)};
	if (!audit_change_begin(sql, error))
		return FALSE;
	if (!roster_publish(sql, month->unit, month->month_day, user->id, n_conflicts,
						n_conflicts > 0 ? reason : NULL, &change,
						month->server->config->utc_offset_min, out, error)) {
		audit_change_rollback(sql);
		return FALSE;
	}
	g_autofree char *detail = g_strdup_printf("%s %s version %" G_GINT64_FORMAT, month->unit_code,
											  month->month, out->version);
	const AuditEntry entry = {.at_ms = change.now_ms,
							  .account = user->id,
							  .action = "roster.publish",
							  .unit = month->unit,
							  .detail = detail};
	return audit_change_commit(sql, &entry, error);
}

static gboolean publish(const Month *month, const RosterOptions *options, GError **error)
{
	guint n_planned = 0;
	RosterPublished out;
	g_autoptr(GArray) conflicts = NULL;
	g_autoptr(User) user = cmd_roster_account(month->server, options->by, RIGHT_ROSTER, month->unit,
											  cmd_roster_today(month->server), error);
	if (user == NULL || !find_conflicts(month, &n_planned, &conflicts, error))
		return FALSE;
	cmd_roster_print_conflicts(conflicts, month->server->config->utc_offset_min);
	if (n_planned > 0 && conflicts->len > 0 && options->reason == NULL)
		return bad_value(error, "there are conflicts: --reason TEXT publishes it all the same");
	if (!publish_as(month, user, options->reason, conflicts->len, &out, error))
		return FALSE;
	g_print("%s %s: version %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " days, %" G_GINT64_FORMAT
			" new or changed, %" G_GINT64_FORMAT " wait as corrections, %u conflicts\n",
			month->unit_code, month->month, out.version, out.n_days, out.n_changed, out.n_proposed,
			conflicts->len);
	return TRUE;
}

static gboolean print_plan(const Month *month, gint64 publication, GError **error)
{
	g_autoptr(GArray) planned = NULL;
	if (!roster_plan_of(month->server->sql, month->unit, month->month_day, publication, &planned,
						error))
		return FALSE;
	for (guint i = 0; i < planned->len; i++) {
		const PlannedDay *one = &g_array_index(planned, PlannedDay, i);
		char date[CALENDAR_TEXT];
		g_autofree char *text = roster_day_text(month->server->sql, one, error);
		if (text == NULL)
			return FALSE;
		calendar_format(one->roster.day, date);
		g_print("  %s  person %" G_GINT64_FORMAT "  %s%s%s\n", date, one->person, text,
				one->roster.source != NULL ? "  " : "",
				one->roster.source != NULL ? one->roster.source : "");
	}
	return TRUE;
}

/* Every version as it was published, and the draft. */
static gboolean show(const Month *month, GError **error)
{
	g_autoptr(GArray) publications = NULL;
	if (!roster_publications(month->server->sql, month->unit, month->month_day, &publications,
							 error))
		return FALSE;
	for (guint i = 0; i < publications->len; i++) {
		const RosterPublication *one = &g_array_index(publications, RosterPublication, i);
		char time[CALENDAR_ISO];
		calendar_format_iso(one->published_ms, month->server->config->utc_offset_min, time);
		g_print("version %" G_GINT64_FORMAT ": %s, %s, %" G_GINT64_FORMAT " conflicts%s%s\n",
				one->version, time, one->by, one->n_conflicts, one->reason != NULL ? ": " : "",
				one->reason != NULL ? one->reason : "");
		if (!print_plan(month, one->id, error))
			return FALSE;
	}
	g_print("draft:\n");
	return print_plan(month, 0, error);
}

static gboolean discard(const Month *month, const RosterOptions *options, GError **error)
{
	gint64 n = 0;
	Sql *sql = month->server->sql;
	g_autoptr(User) user = cmd_roster_account(month->server, options->by, RIGHT_ROSTER, month->unit,
											  cmd_roster_today(month->server), error);
	if (user == NULL)
		return FALSE;
	g_autofree char *detail = g_strdup_printf("%s %s", month->unit_code, month->month);
	const AuditEntry entry = {.at_ms = cmd_now_ms(),
							  .account = user->id,
							  .action = "roster.discard",
							  .unit = month->unit,
							  .detail = detail};
	if (!audit_change_begin(sql, error))
		return FALSE;
	if (!roster_draft_discard(sql, month->unit, month->month_day, &n, error)) {
		audit_change_rollback(sql);
		return FALSE;
	}
	if (!audit_change_commit(sql, n > 0 ? &entry : NULL, error))
		return FALSE;
	g_print("%s: %" G_GINT64_FORMAT " days discarded\n", detail, n);
	return TRUE;
}

static gboolean run_month(const CmdServer *server, const char *word, const RosterOptions *options,
						  gboolean *usage, GError **error)
{
	Month month;
	*usage = FALSE;
	if (!read_month(server, options, &month, error))
		return FALSE;
	if (strcmp(word, "check") == 0)
		return check(&month, error);
	if (strcmp(word, "show") == 0)
		return show(&month, error);
	if (strcmp(word, "discard") == 0)
		return discard(&month, options, error);
	if (strcmp(word, "publish") == 0)
		return publish(&month, options, error);
	*usage = TRUE;
	return FALSE;
}

static int roster_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	gboolean usage = TRUE, ok = FALSE;
	const RosterOptions options = {.unit = cmd_take_option(&argc, argv, "--unit"),
								   .month = cmd_take_option(&argc, argv, "--month"),
								   .by = cmd_take_option(&argc, argv, "--by"),
								   .reason = cmd_take_option(&argc, argv, "--reason"),
								   .despite = cmd_take_flag(&argc, argv, "--despite-conflicts")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("roster", g_steal_pointer(&error));
	if (argc == 2 && strcmp(argv[1], "list") != 0)
		ok = run_month(&server, argv[1], &options, &usage, &error);
	else if (argc >= 2)
		ok = cmd_roster_request(&server, argc, argv, &options, &usage, &error);
	if (usage)
		return cmd_usage("roster", USAGE);
	return ok ? 0 : cmd_fail("roster", g_steal_pointer(&error));
}

const HadirCommand cmd_roster = {
	"roster", USAGE,
	"a month's roster of a unit: its conflicts, its publishing; corrections after a shift began"
	" and swaps, and who approves them",
	roster_command};
