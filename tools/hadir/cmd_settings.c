#include "tools/hadir/cmd_settings.h"

#include "server/rules/calendar.h"
#include "server/rules/leave_settings.h"
#include "server/rules/settings.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/schedules.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "[--on YYYY-MM-DD]"

static void print_value(gboolean choice, gint32 value)
{
	if (choice)
		g_print("%s", value != 0 ? "ya" : "tidak");
	else
		g_print("%d", value);
}

static void print_line(const char *name, gboolean choice, gint32 value, gint32 fallback,
					   const char *meaning)
{
	g_print("%-22s ", name);
	print_value(choice, value);
	if (value != fallback) {
		g_print(" (bawaan ");
		print_value(choice, fallback);
		g_print(")");
	}
	g_print("  %s", meaning);
}

static void print_setting(const RuleSet *rules, const RuleSetting *setting)
{
	print_line(setting->name, setting->choice, rule_setting_get(rules, setting), setting->fallback,
			   setting->meaning);
	g_print("\n");
}

static void print_leave_setting(const LeaveRules *rules, const LeaveSetting *setting)
{
	print_line(setting->name, setting->choice, leave_setting_get(rules, setting), setting->fallback,
			   setting->meaning);
	g_print(" (keyakinan bawaan %s)\n", setting->confidence);
}

static gboolean print_settings(const CmdServer *server, const char *on, GError **error)
{
	gint64 day = calendar_day(cmd_now_ms(), server->config->utc_offset_min);
	RuleSet rules;
	LeaveRules leave;
	char date[CALENDAR_TEXT];
	if (on != NULL && !calendar_parse(on, &day)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--on: no date '%s'", on);
		return FALSE;
	}
	if (!schedules_rules_on(server->sql, day, &rules, error) ||
		!leave_accounts_rules(server->sql, day, &leave, error))
		return FALSE;
	calendar_format(day, date);
	g_print("%s, versi %" G_GINT64_FORMAT "\n", date, rules.version);
	for (gsize i = 0; i < RULE_SETTINGS; i++)
		print_setting(&rules, &rule_settings[i]);
	g_print("cuti:\n");
	for (gsize i = 0; i < LEAVE_SETTINGS; i++)
		print_leave_setting(&leave, &leave_settings[i]);
	return TRUE;
}

static int settings_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *on = cmd_take_option(&argc, argv, "--on");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("settings", g_steal_pointer(&error));
	if (argc != 1)
		return cmd_usage("settings", USAGE);
	if (!print_settings(&server, on, &error))
		return cmd_fail("settings", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_settings = {
	"settings", USAGE,
	"the limits and choices of the rules and of leave on a day, with their defaults",
	settings_command};
