#include "tools/hadir/cmd_whois.h"

#include <jansson.h>

#include "server/rules/calendar.h"
#include "server/store/people/careers.h"
#include "server/store/people/dossier.h"
#include "server/store/people/people.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_json.h"

#define USAGE "--number NIP --on YYYY-MM-DD [--known-at YYYY-MM-DD[THH:MM]]"

static void set_person(json_t *object, const char *name, PersonId person)
{
	json_object_set_new(object, name, person != 0 ? json_integer(person) : json_null());
}

/* "mode": how they came to it. */
static json_t *chief_json(const DossierChief *chief, gboolean is_set)
{
	if (chief->person == 0)
		return json_null();
	json_t *out = json_object();
	set_person(out, "person", chief->person);
	cmd_json_text(out, "name", chief->name);
	cmd_json_text(out, "mode", is_set ? "ditetapkan" : head_mode_text(chief->mode));
	cmd_json_text(out, "unit", chief->unit);
	cmd_json_text(out, "source", chief->source);
	cmd_json_days(out, chief->from_day, chief->to_day);
	return out;
}

static json_t *places_json(const GArray *places)
{
	json_t *list = json_array();
	for (guint i = 0; i < places->len; i++) {
		const DossierPlace *place = &g_array_index(places, DossierPlace, i);
		json_t *out = json_object();
		cmd_json_text(out, "place", place->code);
		cmd_json_text(out, "name", place->name);
		json_object_set_new(out, "secondary", json_boolean(place->secondary));
		json_array_append_new(list, out);
	}
	return list;
}

static json_t *secondaries_json(const GArray *secondaries)
{
	json_t *list = json_array();
	for (guint i = 0; i < secondaries->len; i++) {
		const DossierSecondary *one = &g_array_index(secondaries, DossierSecondary, i);
		json_t *out = json_object();
		cmd_json_text(out, "unit", one->unit);
		cmd_json_text(out, "unit_name", one->unit_name);
		cmd_json_text(out, "kind", one->kind);
		cmd_json_text(out, "place", one->place);
		json_object_set_new(out, "share_percent",
							one->share_percent != 0 ? json_integer(one->share_percent)
													: json_null());
		cmd_json_days(out, one->from_day, one->to_day);
		cmd_json_text(out, "source", one->source);
		json_array_append_new(list, out);
	}
	return list;
}

static json_t *leaves_json(const GArray *leaves)
{
	json_t *list = json_array();
	for (guint i = 0; i < leaves->len; i++) {
		const DossierLeave *one = &g_array_index(leaves, DossierLeave, i);
		json_t *out = json_object();
		cmd_json_text(out, "code", one->code);
		cmd_json_text(out, "name", one->name);
		cmd_json_text(out, "slot", one->slot);
		cmd_json_text(out, "letter", one->letter);
		cmd_json_days(out, one->from_day, one->to_day);
		json_array_append_new(list, out);
	}
	return list;
}

static json_t *numbers_json(const GArray *numbers)
{
	json_t *list = json_array();
	for (guint i = 0; i < numbers->len; i++) {
		const DossierNumber *one = &g_array_index(numbers, DossierNumber, i);
		json_t *out = json_object();
		cmd_json_text(out, "kind", one->kind);
		cmd_json_text(out, "number", one->digits);
		cmd_json_days(out, one->from_day, one->to_day);
		cmd_json_text(out, "source", one->source);
		json_array_append_new(list, out);
	}
	return list;
}

static void set_dossier(json_t *out, const Dossier *dossier)
{
	const DossierChief *superior = &dossier->superior;
	cmd_json_text(out, "front_title", dossier->front_title);
	cmd_json_text(out, "back_title", dossier->back_title);
	cmd_json_text(out, "status_name", dossier->status_name);
	cmd_json_text(out, "status_code", dossier->status_code);
	set_person(out, "superior", superior->person);
	json_object_set_new(out, "superior_as", chief_json(superior, dossier->how == SUPERIOR_SET));
	json_object_set_new(out, "unit_head", chief_json(&dossier->head, FALSE));
	json_object_set_new(out, "duty_places", places_json(dossier->places));
	json_object_set_new(out, "secondaries", secondaries_json(dossier->secondaries));
	json_object_set_new(out, "leaves", leaves_json(dossier->leaves));
	json_object_set_new(out, "numbers", numbers_json(dossier->numbers));
}

static void print_identity(const PersonIdentity *identity, const Career *career,
						   const Dossier *dossier, const char *digits)
{
	json_t *out = json_object();
	set_person(out, "person", identity->person);
	cmd_json_text(out, "name", identity->name);
	cmd_json_text(out, "number", digits);
	cmd_json_text(out, "kind", identity->number_kind);
	cmd_json_text(out, "employment", identity->employment);
	cmd_json_text(out, "status", identity->status);
	cmd_json_text(out, "unit", identity->unit_code);
	cmd_json_text(out, "unit_name", identity->unit_name);
	cmd_json_text(out, "rank", career->rank);
	cmd_json_text(out, "position", career->position);
	cmd_json_text(out, "position_kind", career->position_kind);
	cmd_json_text(out, "secondary", career->secondary);
	set_dossier(out, dossier);
	cmd_json_print(out);
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
	g_auto(Dossier) dossier = {0};
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
	if (!careers_on(server->sql, identity.person, day, known_ms, &career, error) ||
		!dossier_read(server->sql, identity.person, day, known_ms, &dossier, error))
		return FALSE;
	print_identity(&identity, &career, &dossier, digits);
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
	"whois", USAGE,
	"whose an official number was: unit, superior, duty places, leave, numbers; as known at a time",
	whois_command};
