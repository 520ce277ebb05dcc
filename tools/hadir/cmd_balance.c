#include "tools/hadir/cmd_balance.h"

#include <stdio.h>
#include <string.h>

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

static json_t *kind_of(json_t *kinds, const char *code)
{
	for (size_t i = 0; i < json_array_size(kinds); i++) {
		json_t *kind = json_array_get(kinds, i);
		if (strcmp(json_string_value(json_object_get(kind, "code")), code) == 0)
			return kind;
	}
	return NULL;
}

static void add_day(json_t *out, const char *name, gint64 day)
{
	char date[CALENDAR_TEXT];
	calendar_format(day, date);
	json_object_set_new(out, name, json_string(date));
}

static gboolean add_leave(const CmdServer *server, const Leave *leave, gint64 from_day,
						  gint64 to_day, json_t *kinds, GError **error)
{
	LeaveStatement statement;
	g_autoptr(GString) objection = g_string_new(NULL);
	json_t *kind = kind_of(kinds, leave->code);
	if (kind == NULL) /* a duty elsewhere */
		return TRUE;
	if (!judge_leave_statement(server->sql, leave->person, from_day, server->config->utc_offset_min,
							   &statement, error) ||
		!judge_leave_objection(server->sql, &statement, leave, from_day, to_day,
							   server->config->utc_offset_min, objection, error))
		return FALSE;
	json_t *taken = json_object_get(kind, "taken"), *out = json_object();
	if (taken == NULL) {
		taken = json_array();
		json_object_set_new(kind, "taken", taken);
	}
	json_object_set_new(out, "letter", json_string(leave->letter));
	add_day(out, "from", from_day);
	add_day(out, "to", to_day - 1);
	json_object_set_new(out, "ground",
						leave->ground != NULL ? json_string(leave->ground) : json_null());
	json_object_set_new(out, "child", leave->child > 0 ? json_integer(leave->child) : json_null());
	json_object_set_new(out, "against",
						objection->len > 0 ? json_string(objection->str) : json_null());
	json_array_append_new(taken, out);
	return TRUE;
}

/* The year's leaves of a kind, each with what speaks against it when it begins. */
static gboolean add_leaves(const CmdServer *server, PersonId person, int year, json_t *kinds,
						   GError **error)
{
	Leave leave;
	gint64 first_day = 0, end_day = 0, from_day, to_day;
	SqlStep step = SQL_FAILED;
	calendar_from_date(year, 1, 1, &first_day);
	calendar_from_date(year + 1, 1, 1, &end_day);
	g_autoptr(LeaveCursor) rows = leaves_of_person(server->sql, person, first_day, end_day, error);
	while (rows != NULL && (step = leaves_next(rows, &leave, &from_day, &to_day, error)) == SQL_ROW)
		if (strcmp(leave.slot, "hari") == 0 &&
			!add_leave(server, &leave, from_day, to_day, kinds, error))
			return FALSE;
	return step == SQL_DONE;
}

static json_t *kind_json(const LeaveKindUse *kind, const LeaveStatement *statement)
{
	g_autoptr(GString) conditions = g_string_new(NULL);
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
	leave_conditions(conditions, kind->code, &statement->who, &statement->rules);
	json_object_set_new(out, "conditions",
						conditions->len > 0 ? json_string(conditions->str) : json_null());
	return out;
}

static gboolean print_statement(const CmdServer *server, PersonId person, const char *on,
								const LeaveStatement *statement, GError **error)
{
	json_t *out = json_object(), *kinds = json_array();
	json_object_set_new(out, "person", json_integer(person));
	json_object_set_new(out, "on", json_string(on));
	json_object_set_new(out, "year", json_integer(statement->year));
	json_array_append_new(kinds, annual_json(statement));
	for (gsize i = 0; i < LEAVE_KINDS; i++)
		json_array_append_new(kinds, kind_json(&statement->kinds[i], statement));
	json_object_set_new(out, "leaves", kinds);
	gboolean ok = add_leaves(server, person, statement->year, kinds, error);
	if (ok) {
		char *text = json_dumps(out, JSON_COMPACT | JSON_PRESERVE_ORDER);
		printf("%s\n", text);
		free(text);
	}
	json_decref(out);
	return ok;
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
	return print_statement(server, person, on, &statement, error);
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
