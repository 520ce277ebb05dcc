#include "tools/hadir/cmd_whois.h"

#include <stdio.h>

#include <jansson.h>

#include "server/rules/calendar.h"
#include "server/store/people/careers.h"
#include "server/store/people/people.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "--number NIP --on YYYY-MM-DD [--known-at YYYY-MM-DD[THH:MM]]"

static void set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, text != NULL ? json_string(text) : json_null());
}

static void print_identity(const PersonIdentity *identity, const Career *career, const char *digits)
{
	json_t *out = json_object();
	json_object_set_new(out, "person", json_integer(identity->person));
	set_text(out, "name", identity->name);
	set_text(out, "number", digits);
	set_text(out, "kind", identity->number_kind);
	set_text(out, "employment", identity->employment);
	set_text(out, "status", identity->status);
	set_text(out, "unit", identity->unit_code);
	set_text(out, "unit_name", identity->unit_name);
	set_text(out, "rank", career->rank);
	set_text(out, "position", career->position);
	set_text(out, "position_kind", career->position_kind);
	set_text(out, "secondary", career->secondary);
	json_object_set_new(out, "superior",
						career->superior != 0 ? json_integer(career->superior) : json_null());
	char *text = json_dumps(out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	printf("%s\n", text);
	free(text);
	json_decref(out);
}

static gboolean bad_value(GError **error, const char *format, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: '%s'", format, text);
	return FALSE;
}

static gboolean find(const CmdServer *server, const char *number, const char *on, const char *known,
					 GError **error)
{
	char digits[19];
	gint64 day, known_ms = G_MAXINT64;
	g_auto(PersonIdentity) identity = {0};
	g_auto(Career) career = {0};
	NumberKind kind = person_number_parse(number, digits);
	if (kind != NUMBER_NIP && kind != NUMBER_NI_PPPK)
		return bad_value(error, "--number: neither NIP nor NI PPPK (18 digits)", number);
	if (!calendar_parse(on, &day))
		return bad_value(error, "--on: no date", on);
	if (known != NULL && !calendar_parse_iso(known, server->config->utc_offset_min, &known_ms))
		return bad_value(error, "--known-at: no time", known);
	if (!people_whois(server->sql, digits, day, known_ms, &identity, error))
		return FALSE;
	if (identity.person == 0)
		return bad_value(error, "nobody had that number then", digits);
	if (!careers_on(server->sql, identity.person, day, known_ms, &career, error))
		return FALSE;
	print_identity(&identity, &career, digits);
	return TRUE;
}

static int whois_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *number = cmd_take_option(&argc, argv, "--number");
	const char *on = cmd_take_option(&argc, argv, "--on");
	const char *known = cmd_take_option(&argc, argv, "--known-at");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("whois", g_steal_pointer(&error));
	if (argc != 1 || number == NULL || on == NULL)
		return cmd_usage("whois", USAGE);
	if (!find(&server, number, on, known, &error))
		return cmd_fail("whois", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_whois = {
	"whois", USAGE, "whose an official number was, as known now or at a time", whois_command};
