#include "tools/hadir/cmd_exemption.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/exemptions.h"
#include "server/store/people/people.h"
#include "tools/hadir/cmd_common.h"

#define USAGE                                                                                      \
	"add --person KEY --letter NUMBER --from DATE --to DATE --approver KEY | end ID | list"

/* `key`: our number or an official one. */
static gboolean find_person(Sql *sql, const char *field, const char *key, PersonId *person,
							GError **error)
{
	*person = 0;
	if (key != NULL && !people_find(sql, key, person, error))
		return FALSE;
	if (*person == 0)
		g_set_error(error, EXEMPTION_ERROR, EXEMPTION_ERROR_VALUE, "%s: there is no person '%s'",
					field, key != NULL ? key : "");
	return *person != 0;
}

static gboolean find_day(const char *field, const char *text, gint64 *day, GError **error)
{
	if (text != NULL && calendar_parse(text, day))
		return TRUE;
	g_set_error(error, EXEMPTION_ERROR, EXEMPTION_ERROR_VALUE, "%s: a date as 2026-01-31", field);
	return FALSE;
}

static gboolean logged(Sql *sql, gboolean ok, const char *action, PersonId person,
					   const char *detail, GError **error)
{
	const AuditEntry entry = {
		.at_ms = cmd_now_ms(), .action = action, .person = person, .detail = detail};

	if (ok)
		return audit_change_commit(sql, &entry, error);
	audit_change_rollback(sql);
	return FALSE;
}

static gboolean add(Sql *sql, int *argc, char **argv, GError **error)
{
	const char *person = cmd_take_option(argc, argv, "--person");
	const char *approver = cmd_take_option(argc, argv, "--approver");
	const char *from = cmd_take_option(argc, argv, "--from");
	const char *to = cmd_take_option(argc, argv, "--to");
	Exemption exemption = {.letter = cmd_take_option(argc, argv, "--letter")};
	gint64 id;

	if (!find_person(sql, "person", person, &exemption.person, error) ||
		!find_person(sql, "approver", approver, &exemption.approver, error) ||
		!find_day("from", from, &exemption.from_day, error) ||
		!find_day("to", to, &exemption.to_day, error) || !audit_change_begin(sql, error))
		return FALSE;
	exemption.to_day++; /* people name the last day */
	id = exemptions_add(sql, &exemption, cmd_now_ms(), error);
	if (!logged(sql, id != 0, "exemption.add", exemption.person, exemption.letter, error))
		return FALSE;
	g_print("%" G_GINT64_FORMAT "\n", id);
	return TRUE;
}

static gboolean end(Sql *sql, const char *text, GError **error)
{
	gint64 id;
	gboolean found = FALSE;

	if (!g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &id, error) ||
		!audit_change_begin(sql, error))
		return FALSE;
	if (exemptions_end(sql, id, cmd_now_ms(), &found, error) && !found)
		g_set_error(error, EXEMPTION_ERROR, EXEMPTION_ERROR_VALUE, "no exemption %s is in force",
					text);
	return logged(sql, found, "exemption.end", 0, text, error);
}

static void print_one(const Exemption *exemption, gpointer user)
{
	char from[CALENDAR_TEXT], to[CALENDAR_TEXT];

	(void)user;
	calendar_format(exemption->from_day, from);
	calendar_format(exemption->to_day - 1, to);
	g_print("%" G_GINT64_FORMAT "  person %" G_GINT64_FORMAT
			"  %s … %s  %s, signed by %" G_GINT64_FORMAT "\n",
			exemption->id, (gint64)exemption->person, from, to, exemption->letter,
			(gint64)exemption->approver);
}

static int exemption_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	gboolean ok;

	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("exemption", g_steal_pointer(&error));
	if (argc >= 2 && strcmp(argv[1], "add") == 0)
		ok = add(server.sql, &argc, argv, &error);
	else if (argc == 3 && strcmp(argv[1], "end") == 0)
		ok = end(server.sql, argv[2], &error);
	else if (argc == 2 && strcmp(argv[1], "list") == 0)
		ok = exemptions_each(server.sql, print_one, NULL, &error);
	else
		return cmd_usage("exemption", USAGE);
	return ok ? 0 : cmd_fail("exemption", g_steal_pointer(&error));
}

const HadirCommand cmd_exemption = {"exemption", USAGE,
									"people whose fingers cannot be read: by letter, for a period",
									exemption_command};
