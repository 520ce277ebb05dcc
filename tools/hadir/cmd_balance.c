#include "tools/hadir/cmd_balance.h"

#include <stdio.h>

#include <jansson.h>

#include "server/judge/judge_leave.h"
#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "--person NUMBER --on YYYY-MM-DD"

static json_t *annual_json(const LeaveStatement *statement)
{
	json_t *out = json_object();
	json_object_set_new(out, "code", json_string("CT"));
	json_object_set_new(out, "name", json_string("Cuti tahunan"));
	json_object_set_new(out, "counted_in", json_string("hari kerja"));
	json_object_set_new(out, "allowed", json_boolean(statement->annual_allowed));
	json_object_set_new(out, "entitled", json_integer(statement->entitled));
	json_object_set_new(out, "used", json_integer(statement->used));
	json_object_set_new(out, "planned", json_integer(statement->planned));
	json_object_set_new(out, "n2", json_integer(statement->left.n2));
	json_object_set_new(out, "n1", json_integer(statement->left.n1));
	json_object_set_new(out, "n", json_integer(statement->left.n));
	json_object_set_new(out, "remaining",
						json_integer(statement->left.n2 + statement->left.n1 + statement->left.n));
	json_object_set_new(out, "over", json_integer(statement->left.over));
	json_object_set_new(out, "cuti_bersama_worked", json_integer(statement->worked_common));
	json_object_set_new(out, "known_from_year", json_integer(statement->known_from_year));
	return out;
}

static json_t *kind_json(const LeaveKindUse *kind)
{
	json_t *out = json_object();
	json_object_set_new(out, "code", json_string(kind->code));
	json_object_set_new(out, "name", json_string(kind->name));
	json_object_set_new(out, "counted_in", json_string("hari kalender"));
	json_object_set_new(out, "allowed", json_boolean(kind->allowed));
	json_object_set_new(out, "why_not",
						kind->why_not != NULL ? json_string(kind->why_not) : json_null());
	json_object_set_new(out, "max",
						kind->max_days > 0 ? json_integer(kind->max_days) : json_null());
	json_object_set_new(out, "used", json_integer(kind->used));
	json_object_set_new(out, "planned", json_integer(kind->planned));
	return out;
}

static void print_statement(PersonId person, const char *on, const LeaveStatement *statement)
{
	json_t *out = json_object(), *kinds = json_array();
	json_object_set_new(out, "person", json_integer(person));
	json_object_set_new(out, "on", json_string(on));
	json_object_set_new(out, "year", json_integer(statement->year));
	json_array_append_new(kinds, annual_json(statement));
	for (gsize i = 0; i < LEAVE_KINDS; i++)
		json_array_append_new(kinds, kind_json(&statement->kinds[i]));
	json_object_set_new(out, "leaves", kinds);
	char *text = json_dumps(out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	printf("%s\n", text);
	free(text);
	json_decref(out);
}

static gboolean find(const CmdServer *server, const char *key, const char *on, GError **error)
{
	PersonId person = 0;
	gint64 day;
	LeaveStatement statement;
	if (!calendar_parse(on, &day)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--on: no date '%s'", on);
		return FALSE;
	}
	if (!people_find(server->sql, key, &person, error))
		return FALSE;
	if (person == 0) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
					"--person: nobody has the key or number '%s'", key);
		return FALSE;
	}
	if (!judge_leave_statement(server->sql, person, day, server->config->utc_offset_min, &statement,
							   error))
		return FALSE;
	print_statement(person, on, &statement);
	return TRUE;
}

static int balance_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *person = cmd_take_option(&argc, argv, "--person");
	const char *on = cmd_take_option(&argc, argv, "--on");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("balance", g_steal_pointer(&error));
	if (argc != 1 || person == NULL || on == NULL)
		return cmd_usage("balance", USAGE);
	if (!find(&server, person, on, &error))
		return cmd_fail("balance", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_balance = {"balance", USAGE,
								  "a person's leave: what is left of this year and the two before",
								  balance_command};
