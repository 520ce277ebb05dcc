/* `hadir person`: everything about somebody, and who has to be told of a breach. */
#include "tools/hadir/cmd_person.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "server/reports/affected.h"
#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/person_data.h"
#include "server/store/system/reach.h"
#include "server/store/system/users.h"
#include "tools/hadir/cmd_common.h"

#define USAGE                                                                                      \
	"export KEY | affected --terminal ID | affected --account NAME [--from YYYY-MM-DD] "           \
	"[--to YYYY-MM-DD]"

static gboolean bad_value(GError **error, const char *what, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: '%s'", what, text);
	return FALSE;
}

/* ── export ── */

typedef struct {
	json_t *all, *row;
} Export;

static json_t *value_of(const PersonDatum *datum)
{
	switch (datum->kind) {
	case SQL_VALUE_INT:
		return json_integer(datum->integer);
	case SQL_VALUE_DOUBLE:
		return json_real(datum->real);
	case SQL_VALUE_TEXT:
		return json_string(datum->text);
	case SQL_VALUE_BYTES:
		return json_pack("{s:I}", "bytes", (json_int_t)datum->integer);
	case SQL_VALUE_NULL:
	default:
		return json_null();
	}
}

static void on_datum(const PersonDatum *datum, gboolean first, gpointer user)
{
	Export *export = user;
	json_t *list = json_object_get(export->all, datum->table);
	if (list == NULL) {
		list = json_array();
		json_object_set_new(export->all, datum->table, list);
	}
	if (first) {
		export->row = json_object();
		json_array_append_new(list, export->row);
	}
	json_object_set_new(export->row, datum->column, value_of(datum));
}

static gboolean export_person(const CmdServer *server, const char *key, GError **error)
{
	PersonId person;
	AuditEntry entry = {.at_ms = cmd_now_ms(), .action = "person.export"};
	if (!people_find(server->sql, key, &person, error))
		return FALSE;
	if (person == 0)
		return bad_value(error, "nobody has that number", key);
	Export export = {.all = json_object()};
	entry.person = person;
	gboolean ok = person_data_each(server->sql, person, on_datum, &export, error) &&
				  audit_log_append(server->sql, &entry, error);
	if (ok) {
		json_dumpf(export.all, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		printf("\n");
	}
	json_decref(export.all);
	return ok;
}

/* ── who is affected ── */

typedef struct {
	const char *terminal, *account, *from, *to;
} Asked;

static gboolean parse_day(const CmdServer *server, const char *text, gint64 days_on, gint64 *at_ms,
						  GError **error)
{
	gint64 day;
	if (text == NULL)
		return TRUE;
	if (!calendar_parse(text, &day))
		return bad_value(error, "no date", text);
	*at_ms = calendar_ms(day + days_on, 0, server->config->utc_offset_min);
	return TRUE;
}

static GArray *reach_by_account(const CmdServer *server, const Asked *asked, gint64 day,
								GError **error)
{
	gint64 from_ms = 0, to_ms = G_MAXINT64;
	GError *inner = NULL;
	if (!parse_day(server, asked->from, 0, &from_ms, error) ||
		!parse_day(server, asked->to, 1, &to_ms, error))
		return NULL;
	g_autoptr(User) user = users_find(server->sql, asked->account, &inner);
	if (inner != NULL)
		g_propagate_error(error, inner);
	else if (user == NULL)
		bad_value(error, "there is no user", asked->account);
	return user == NULL ? NULL
						: reach_of_account(server->sql, user->id, from_ms, to_ms, day, error);
}

static gboolean print_affected(const CmdServer *server, const Asked *asked, GError **error)
{
	gint64 now_ms = cmd_now_ms();
	gint64 day = calendar_day(now_ms, server->config->utc_offset_min);
	AuditEntry entry = {.at_ms = now_ms,
						.action = "breach.affected",
						.detail = asked->terminal != NULL ? asked->terminal : asked->account};
	g_autoptr(GArray) reach = asked->terminal != NULL
								  ? reach_of_terminal(server->sql, asked->terminal, error)
								  : reach_by_account(server, asked, day, error);
	g_autoptr(Report) report =
		reach == NULL ? NULL : affected_report(server->sql, reach, day, error);
	if (report == NULL || !audit_log_append(server->sql, &entry, error))
		return FALSE;
	g_autoptr(GBytes) csv = report_as_csv(report);
	gsize size;
	gconstpointer data = g_bytes_get_data(csv, &size);
	return fwrite(data, 1, size, stdout) == size;
}

static int person_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	Asked asked = {.terminal = cmd_take_option(&argc, argv, "--terminal"),
				   .account = cmd_take_option(&argc, argv, "--account"),
				   .from = cmd_take_option(&argc, argv, "--from"),
				   .to = cmd_take_option(&argc, argv, "--to")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("person", g_steal_pointer(&error));
	gboolean export = argc == 3 && strcmp(argv[1], "export") == 0;
	gboolean affected = argc == 2 && strcmp(argv[1], "affected") == 0 &&
						(asked.terminal == NULL) != (asked.account == NULL);
	if (!export && !affected)
		return cmd_usage("person", USAGE);
	if (export ? export_person(&server, argv[2], &error) : print_affected(&server, &asked, &error))
		return 0;
	return cmd_fail("person", g_steal_pointer(&error));
}

const HadirCommand cmd_person = {
	"person", USAGE,
	"all that is kept about somebody, as JSON; or the people whose data were within reach of a "
	"terminal or an account, as CSV",
	person_command};
