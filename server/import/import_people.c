/* Rows of places, units, people and assignments. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/people/units.h"

/* ── Places ── */

static const ImportColumn place_columns[] = {
	{"code", TRUE},  {"name", TRUE}, {"address", FALSE}, {"regency", FALSE},
	{"from", FALSE}, {"to", FALSE},  {"source", FALSE},  {NULL, FALSE},
};

static gboolean apply_place(Import *import, GError **error)
{
	const char *code;
	Change change;
	gint64 place = 0;
	if (!import_code(import, "code", PLACE_CODE_MAX, &code) || !import_change(import, &change))
		return TRUE;
	return places_find(import->sql, code, TRUE, &place, error) &&
		   places_set(import->sql, place, import_field(import, "name"),
					  import_field(import, "address"), import_field(import, "regency"), &change,
					  &import->changed, error);
}

const ImportKind import_places = {"places", place_columns, "code", TRUE, NULL, apply_place, NULL};

/* ── Units ── */

static const ImportColumn unit_columns[] = {
	{"code", TRUE},  {"name", TRUE},   {"parent", FALSE}, {"short", FALSE},
	{"kind", FALSE}, {"place", FALSE}, {"start", FALSE},  {"live", FALSE},
	{"from", FALSE}, {"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};

/* All codes first: a unit may stand above one of an earlier line. */
static gboolean prepare_unit(Import *import, GError **error)
{
	const char *code;
	gint64 unit = 0;
	return !import_code(import, "code", UNIT_CODE_MAX, &code) ||
		   units_find(import->sql, code, TRUE, &unit, error);
}

static gboolean set_unit_places(Import *import, gint64 unit, const Change *change, GError **error)
{
	const char *text = import_field(import, "place");
	gboolean changed = FALSE;
	if (text == NULL)
		return TRUE;
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_auto(GStrv) codes = g_strsplit(text, " ", 32);
	for (char **code = codes; *code != NULL; code++) {
		gint64 place = 0;
		if (**code == '\0')
			continue;
		if (!import_place(import, "place", *code, &place, error))
			return FALSE;
		g_array_append_val(places, place);
	}
	if (import->row_failed)
		return TRUE;
	if (!units_set_places(import->sql, unit, (const gint64 *)(void *)places->data, places->len,
						  change, &changed, error))
		return FALSE;
	import->changed |= changed;
	return TRUE;
}

static gboolean set_unit_start(Import *import, gint64 unit, const Change *change, GError **error)
{
	gint64 start, live;
	gboolean changed = FALSE;
	if (!import_date(import, "start", DAY_OPEN, &start) ||
		!import_date(import, "live", start, &live))
		return TRUE;
	if (start == DAY_OPEN)
		return TRUE;
	if (live < start) {
		import_fail(import, "live", "it is before 'start'");
		return TRUE;
	}
	Change always = *change;
	always.from_day = DAY_ALWAYS;
	always.to_day = DAY_OPEN;
	if (!units_set_start(import->sql, unit, start, live, &always, &changed, error))
		return FALSE;
	import->changed |= changed;
	return TRUE;
}

static gboolean apply_unit(Import *import, GError **error)
{
	Change change;
	gint64 unit = 0;
	UnitFacts facts = {.name = import_field(import, "name"),
					   .short_name = import_field(import, "short"),
					   .kind = import_field(import, "kind")};
	if (!import_change(import, &change))
		return TRUE;
	if (!import_unit(import, "code", &unit, error))
		return FALSE;
	if (import_field(import, "parent") != NULL &&
		!import_unit(import, "parent", &facts.parent, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	GError *refused = NULL;
	if (!units_set(import->sql, unit, &facts, &change, &import->changed, &refused))
		return import_refused(import, "parent", refused, error);
	return set_unit_places(import, unit, &change, error) &&
		   set_unit_start(import, unit, &change, error);
}

const ImportKind import_units = {"units",      unit_columns, "code", TRUE,
								 prepare_unit, apply_unit,   NULL};

/* ── People ── */

static const ImportColumn person_columns[] = {
	{"ref", FALSE},    {"id", FALSE},         {"name", TRUE},    {"front_title", FALSE},
	{"number", FALSE}, {"back_title", FALSE}, {"status", FALSE}, {"employment", TRUE},
	{"from", TRUE},    {"to", FALSE},         {"source", FALSE}, {NULL, FALSE},
};

typedef struct {
	const char *ref;
	gint64 id;
	PersonName name;
	NumberKind kind;
	char digits[19];
	const char *employment, *status;
	Change change;
} PersonFields;

static int year_at(const char *digits)
{
	char year[5];
	g_strlcpy(year, digits, sizeof year);
	return (int)g_ascii_strtoll(year, NULL, 10);
}

static void check_employment(Import *import, const PersonFields *fields)
{
	gboolean pppk = g_str_has_prefix(fields->employment, "PPPK");
	if (fields->kind == NUMBER_NIP && pppk)
		import_warn(import, "number", "a NIP, but the employment is PPPK");
	if (fields->kind == NUMBER_NI_PPPK && !pppk)
		import_warn(import, "number", "an NI PPPK, but the employment is %s", fields->employment);
	/* PerkaBKN 43/2007 gives no age; nobody is appointed younger. */
	if (fields->kind == NUMBER_NIP && year_at(fields->digits + 8) - year_at(fields->digits) < 17)
		import_warn(import, "number", "appointed younger than 17");
}

/* Another row of the same person is another time of employment. */
static gboolean claim_person(Import *import, const PersonFields *fields)
{
	g_autofree char *key = fields->ref != NULL ? g_strdup(fields->ref)
											   : g_strdup_printf("#%" G_GINT64_FORMAT, fields->id);
	return import_claim(import, fields->ref != NULL ? "ref" : "id", key, fields->change.from_day,
						fields->change.to_day, import_field(import, "to") == NULL);
}

static gboolean read_person(Import *import, PersonFields *fields)
{
	static const char *const kinds[] = {"PNS", "CPNS", "PPPK",     "PPPK_PW", "DPK",
										"DPB", "LAIN", "BERHENTI", NULL};
	*fields =
		(PersonFields){.ref = import_field(import, "ref"),
					   .name = {import_field(import, "name"), import_field(import, "front_title"),
								import_field(import, "back_title")},
					   .status = import_field(import, "status")};
	gsize n_before = import->n_errors;
	if (fields->status == NULL)
		fields->status = "01";
	fields->kind = import_official_number(import, "number", fields->digits);
	if (strlen(fields->name.name) > PERSON_NAME_MAX)
		import_fail(import, "name", "longer than %d bytes", PERSON_NAME_MAX);
	if (fields->ref != NULL && strlen(fields->ref) > PERSON_REF_MAX)
		import_fail(import, "ref", "longer than %d bytes", PERSON_REF_MAX);
	if (fields->ref == NULL && fields->kind != NUMBER_BAD && fields->kind != NUMBER_NONE)
		fields->ref = fields->digits;
	import_number(import, "id", 1, PERSON_ID_MAX, 0, &fields->id);
	if (fields->ref == NULL && fields->id == 0)
		import_fail(import, "ref", "one of ref, number and id is needed to know the person again");
	import_word(import, "employment", kinds, &fields->employment);
	import_change(import, &fields->change);
	if (import->n_errors != n_before)
		return FALSE;
	check_employment(import, fields);
	return TRUE;
}

/* Whose row it is: known by ref (the number, when the file has no ref) or by id; else somebody
 * new. */
static gboolean find_person(Import *import, const PersonFields *fields, PersonId *person,
							gboolean *added, GError **error)
{
	gboolean exists = FALSE;
	*person = 0;
	*added = FALSE;
	if (fields->ref != NULL && !people_find(import->sql, fields->ref, person, error))
		return FALSE;
	if (*person == 0 && fields->id != 0) {
		if (!people_exists(import->sql, fields->id, &exists, error))
			return FALSE;
		*person = exists ? fields->id : 0;
	}
	if (*person != 0 && fields->id != 0 && *person != fields->id) {
		import_fail(import, "id", "this person's number is %" G_GINT64_FORMAT, *person);
		return TRUE;
	}
	if (*person != 0)
		return TRUE;
	*added = TRUE;
	return people_add(import->sql, fields->id, fields->ref, import->now_ms, person, error);
}

static gboolean check_status(Import *import, const char *status, gboolean *known, GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(import->sql, &n, 0, error, "SELECT count(*) FROM legal_status WHERE code=$1",
					 "t", status))
		return FALSE;
	*known = n > 0;
	if (!*known)
		import_fail(import, "status", "'%s' is no kedudukan hukum", status);
	return TRUE;
}

static gboolean set_person(Import *import, PersonId person, const PersonFields *fields,
						   gboolean added, GError **error)
{
	/* Name and number of a new person are good for all time, not only since the start. */
	Change identity = fields->change;
	gboolean name = FALSE, number = FALSE, employment = FALSE;
	if (added) {
		identity.from_day = DAY_ALWAYS;
		identity.to_day = DAY_OPEN;
	}
	if (!people_set_name(import->sql, person, &fields->name, &identity, &name, error))
		return FALSE;
	if (fields->kind != NUMBER_NONE &&
		!people_set_number(import->sql, person, fields->kind, fields->digits, &identity, &number,
						   error))
		return FALSE;
	gboolean set =
		strcmp(fields->employment, "BERHENTI") == 0
			? people_end_employment(import->sql, person, &fields->change, &employment, error)
			: people_set_employment(import->sql, person, fields->employment, fields->status,
									&fields->change, &employment, error);
	import->changed = added || name || number || employment;
	return set;
}

static gboolean apply_person(Import *import, GError **error)
{
	PersonFields fields;
	PersonId person = 0;
	gboolean added = FALSE, known = FALSE, taken = FALSE;
	gsize n_before = import->n_errors;
	if (!read_person(import, &fields))
		return TRUE;
	if (!check_status(import, fields.status, &known, error))
		return FALSE;
	if (!known)
		return TRUE;
	if (!find_person(import, &fields, &person, &added, error))
		return FALSE;
	if (import->n_errors != n_before)
		return TRUE;
	if (fields.kind != NUMBER_NONE && !import_number_taken(import, "number", fields.digits, person,
														   &fields.change, &taken, error))
		return FALSE;
	return taken || !claim_person(import, &fields) ||
		   set_person(import, person, &fields, added, error);
}

const ImportKind import_people = {"people", person_columns, NULL, FALSE, NULL, apply_person, NULL};

/* ── Assignments ── */

static const ImportColumn assignment_columns[] = {
	{"person", TRUE}, {"unit", TRUE},    {"place", FALSE}, {"from", TRUE},
	{"to", FALSE},    {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_assignment(Import *import, GError **error)
{
	Change change;
	gint64 person = 0, unit = 0, place = 0;
	const char *code = import_field(import, "place");
	gsize n_before = import->n_errors;
	if (!import_change(import, &change))
		return TRUE;
	if (!import_person(import, "person", &person, error) ||
		!import_unit(import, "unit", &unit, error) ||
		(code != NULL && !import_place(import, "place", code, &place, error)))
		return FALSE;
	if (import->n_errors != n_before)
		return TRUE;
	return assignments_set(import->sql, person, unit, place, &change, &import->changed, error) &&
		   import_warn_of_week(import, "unit", person, unit, import_day_within(import, &change),
							   error);
}

const ImportKind import_assignments = {"assignments", assignment_columns, "*person", TRUE,
									   NULL,          apply_assignment,   NULL};
