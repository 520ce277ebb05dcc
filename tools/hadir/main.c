/* `hadir`: the administrator's command. */
#include <string.h>

#include <glib.h>

#include "tools/hadir/cmd_anomalies.h"
#include "tools/hadir/cmd_audit.h"
#include "tools/hadir/cmd_backup.h"
#include "tools/hadir/cmd_balance.h"
#include "tools/hadir/cmd_correction.h"
#include "tools/hadir/cmd_decide.h"
#include "tools/hadir/cmd_discipline.h"
#include "tools/hadir/cmd_evidence.h"
#include "tools/hadir/cmd_exemption.h"
#include "tools/hadir/cmd_import.h"
#include "tools/hadir/cmd_init.h"
#include "tools/hadir/cmd_judge.h"
#include "tools/hadir/cmd_match.h"
#include "tools/hadir/cmd_migrate.h"
#include "tools/hadir/cmd_month.h"
#include "tools/hadir/cmd_outage.h"
#include "tools/hadir/cmd_person.h"
#include "tools/hadir/cmd_recap.h"
#include "tools/hadir/cmd_reference.h"
#include "tools/hadir/cmd_restore.h"
#include "tools/hadir/cmd_roster.h"
#include "tools/hadir/cmd_settings.h"
#include "tools/hadir/cmd_terminal.h"
#include "tools/hadir/cmd_touch.h"
#include "tools/hadir/cmd_unit.h"
#include "tools/hadir/cmd_user.h"
#include "tools/hadir/cmd_verdicts.h"
#include "tools/hadir/cmd_weeks.h"
#include "tools/hadir/cmd_whatif.h"
#include "tools/hadir/cmd_whois.h"
#include "tools/hadir/command.h"

/* One a line, so that two new commands do not meet. */
/* clang-format off */
static const HadirCommand *const commands[] = {
	&cmd_alarm,
	&cmd_anomalies,
	&cmd_audit,
	&cmd_backlog,
	&cmd_backup,
	&cmd_balance,
	&cmd_correction,
	&cmd_decision,
	&cmd_discipline,
	&cmd_evidence,
	&cmd_exemption,
	&cmd_held,
	&cmd_import,
	&cmd_init,
	&cmd_judge,
	&cmd_lock,
	&cmd_match,
	&cmd_migrate,
	&cmd_month,
	&cmd_outage,
	&cmd_pay,
	&cmd_person,
	&cmd_quarantine,
	&cmd_recap,
	&cmd_reference,
	&cmd_restore,
	&cmd_roster,
	&cmd_settings,
	&cmd_sign,
	&cmd_submit,
	&cmd_terminal,
	&cmd_touch,
	&cmd_unit,
	&cmd_user,
	&cmd_verdicts,
	&cmd_weeks,
	&cmd_whatif,
	&cmd_whois,
	NULL,
};
/* clang-format on */

static void print_help(void)
{
	g_print("hadir: the administrator's command of a Hadir server\n\n");
	for (gsize i = 0; commands[i] != NULL; i++)
		g_print("  hadir %s %s\n      %s\n", commands[i]->name, commands[i]->usage,
				commands[i]->help);
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		print_help();
		return argc < 2 ? 2 : 0;
	}
	for (gsize i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, argv[1]) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	g_printerr("hadir: no command '%s'; 'hadir --help' lists them\n", argv[1]);
	return 2;
}
