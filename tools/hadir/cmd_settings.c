#include "tools/hadir/cmd_settings.h"

#include "server/rules/calendar.h"
#include "server/rules/settings.h"
#include "server/store/time/schedules.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "[--on YYYY-MM-DD]"

static void print_value(const RuleSetting *setting, gint32 value)
{
	if (setting->choice)
		g_print("%s", value != 0 ? "ya" : "tidak");
	else
		g_print("%d", value);
}

static void print_setting(const RuleSet *rules, const RuleSetting *setting)
{
	gint32 value = rule_setting_get(rules, setting);
	g_print("%-22s ", setting->name);
	print_value(setting, value);
	if (value != setting->fallback) {
		g_print(" (bawaan ");
		print_value(setting, setting->fallback);
		g_print(")");
	}
	g_print("  %s\n", setting->meaning);
}

static gboolean print_settings(const CmdServer *server, const char *on, GError **error)
{
	gint64 day = calendar_day(cmd_now_ms(), server->config->utc_offset_min);
	RuleSet rules;
	char date[CALENDAR_TEXT];
	if (on != NULL && !calendar_parse(on, &day)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--on: no date '%s'", on);
		return FALSE;
	}
	if (!schedules_rules_on(server->sql, day, &rules, error))
		return FALSE;
	calendar_format(day, date);
	g_print("%s, versi %" G_GINT64_FORMAT "\n", date, rules.version);
	for (gsize i = 0; i < RULE_SETTINGS; i++)
		print_setting(&rules, &rule_settings[i]);
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
	"settings", USAGE, "the limits and choices of the rules on a day, with their defaults",
	settings_command};
