#include "tools/hadir/cmd_settings.h"

#include "server/rules/calendar.h"
#include "server/rules/leave_settings.h"
#include "server/rules/settings.h"
#include "server/store/services/signals.h"
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

static void print_limit(const char *name, gint64 value, gint64 fallback, const char *meaning)
{
	print_line(name, FALSE, (gint32)value, (gint32)fallback, meaning);
	g_print("\n");
}

/* The fallbacks are those of the schema (0046_discipline.sql). */
static void print_discipline(const SignalRules *rules)
{
	g_print("disiplin (PP 94/2021):\n");
	print_limit("day_min", rules->limits.day_min, 450,
				"menit terlambat dan pulang cepat setahun yang dihitung satu hari (keyakinan "
				"bawaan MED)");
	print_limit("run_days", rules->limits.run_days, 10,
				"hari kerja terus-menerus tanpa keterangan (keyakinan bawaan HIGH)");
	print_limit("act_days", rules->act_days, 14, "hari bagi atasan untuk bertindak (pilihan BKD)");
	for (gsize i = 0; i < rules->limits.n_tiers; i++) {
		const DisciplineTier *tier = &rules->limits.tiers[i];
		g_print("%3" G_GINT64_FORMAT, tier->from_days);
		if (tier->to_days == G_MAXINT64)
			g_print("…    ");
		else
			g_print("–%-3" G_GINT64_FORMAT, tier->to_days);
		g_print(" %-7s %s\n", tier->level, tier->name);
	}
}

static gboolean print_settings(const CmdServer *server, const char *on, GError **error)
{
	gint64 day = calendar_day(cmd_now_ms(), server->config->utc_offset_min);
	RuleSet rules;
	LeaveRules leave;
	g_auto(SignalRules) signals = {0};
	char date[CALENDAR_TEXT];
	if (on != NULL && !calendar_parse(on, &day)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--on: no date '%s'", on);
		return FALSE;
	}
	if (!schedules_rules_on(server->sql, day, &rules, error) ||
		!leave_accounts_rules(server->sql, day, &leave, error) ||
		!signals_rules(server->sql, day, &signals, error))
		return FALSE;
	calendar_format(day, date);
	g_print("%s, versi %" G_GINT64_FORMAT "\n", date, rules.version);
	for (gsize i = 0; i < RULE_SETTINGS; i++)
		print_setting(&rules, &rule_settings[i]);
	g_print("cuti:\n");
	for (gsize i = 0; i < LEAVE_SETTINGS; i++)
		print_leave_setting(&leave, &leave_settings[i]);
	print_discipline(&signals);
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
	"the limits and choices of the rules, of leave and of discipline on a day, with their defaults",
	settings_command};
