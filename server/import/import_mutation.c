/* Rows of mutations: one decree about one person, effective from its TMT. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/people/mutate.h"
#include "server/store/people/people.h"

static const ImportColumn mutation_columns[] = {
	{"person", TRUE},      {"kind", TRUE},    {"decree", TRUE},         {"date", FALSE},
	{"tmt", TRUE},         {"to", FALSE},     {"position_kind", FALSE}, {"place", FALSE},
	{"employment", FALSE}, {"number", FALSE}, {"name", FALSE},          {"front_title", FALSE},
	{"back_title", FALSE}, {NULL, FALSE},
};

/* The column at fault. */
static const char *column_of(const MutateOrder *order, MutateError code)
{
	switch (code) {
	case MUTATE_ERROR_KIND:
		return "kind";
	case MUTATE_ERROR_PLACE:
		return "place";
	case MUTATE_ERROR_POSITION_KIND:
		return "position_kind";
	case MUTATE_ERROR_EMPLOYMENT:
		return "employment";
	case MUTATE_ERROR_NOT_EMPLOYED:
		return "tmt";
	case MUTATE_ERROR_NUMBER:
		return order->number != NULL ? "number" : "to";
	case MUTATE_ERROR_NAME:
	case MUTATE_ERROR_TO_EMPTY:
	case MUTATE_ERROR_UNIT:
	case MUTATE_ERROR_RANK:
	case MUTATE_ERROR_TO_EMPLOYMENT:
		break;
	}
	return "to";
}

static void warn_of_effects(Import *import, const MutateOrder *order, const MutateResult *result)
{
	if (result->moved && result->judged_days > 0)
		import_warn(import, "tmt",
					"back-dated: %" G_GINT64_FORMAT " judged days are judged again (%s → %s)",
					result->judged_days, result->before != NULL ? result->before : "-",
					order->to != NULL ? order->to : order->kind);
	if (result->to_day != DAY_OPEN) {
		char date[CALENDAR_TEXT];
		calendar_format(result->to_day, date);
		import_warn(import, "tmt", "it holds until %s, from when a later one is known", date);
	}
}

static gboolean has_18_digits(const char *key)
{
	return strspn(key, G_CSET_DIGITS) == 18 && key[18] == '\0';
}

static gboolean add_number(Import *import, PersonId person, const char *column,
						   const Change *always, GError **error)
{
	char digits[19];
	gboolean taken = FALSE;
	NumberKind kind = import_official_number(import, column, digits);
	if (kind != NUMBER_NIP && kind != NUMBER_NI_PPPK)
		return TRUE;
	return import_number_taken(import, column, digits, person, always, &taken, error) &&
		   (taken || people_set_number(import->sql, person, kind, digits, always, NULL, error));
}

/* Somebody from outside: name and number are good for all time, not only since the TMT. */
static gboolean add_person(Import *import, MutateOrder *order, const char *key, GError **error)
{
	const PersonName name = {import_field(import, "name"), order->front_title, order->back_title};
	const char *column = order->number != NULL ? "number" : "person";
	const Change always = {.from_day = DAY_ALWAYS,
						   .to_day = DAY_OPEN,
						   .now_ms = order->now_ms,
						   .today = order->today,
						   .source = order->decree};
	if (strlen(key) > PERSON_REF_MAX)
		import_fail(import, "person", "longer than %d bytes", PERSON_REF_MAX);
	if (strlen(name.name) > PERSON_NAME_MAX)
		import_fail(import, "name", "longer than %d bytes", PERSON_NAME_MAX);
	if (import->row_failed)
		return TRUE;
	return people_add(import->sql, 0, key, import->now_ms, &order->person, error) &&
		   people_set_name(import->sql, order->person, &name, &always, NULL, error) &&
		   ((order->number == NULL && !has_18_digits(key)) ||
			add_number(import, order->person, column, &always, error));
}

/* Whose row it is; who comes from outside and is not known is made when the row has a name. */
static gboolean find_or_add(Import *import, MutateOrder *order, gboolean *is_new, GError **error)
{
	const char *key = import_field(import, "person");
	if (strcmp(order->kind, "masuk") != 0 || import_field(import, "name") == NULL ||
		import_is_rounded(key))
		return import_person(import, "person", &order->person, error);
	if (!people_find(import->sql, key, &order->person, error))
		return FALSE;
	*is_new = order->person == 0;
	return !*is_new || import->row_failed || add_person(import, order, key, error);
}

/* What a spreadsheet has rounded is told with its cure. */
static gboolean check_number(Import *import, const MutateOrder *order)
{
	char digits[19];
	const char *column = strcmp(order->kind, "nomor") == 0 ? "to" : "number";
	return import_official_number(import, column, digits) != NUMBER_BAD;
}

static gboolean apply_mutation(Import *import, GError **error)
{
	MutateOrder order = {.decree = import_field(import, "decree"),
						 .to = import_field(import, "to"),
						 .place = import_field(import, "place"),
						 .position_kind = import_field(import, "position_kind"),
						 .employment = import_field(import, "employment"),
						 .number = import_field(import, "number"),
						 .front_title = import_field(import, "front_title"),
						 .back_title = import_field(import, "back_title"),
						 .now_ms = import->now_ms,
						 .today = import->today};
	g_auto(MutateResult) result = {0};
	const char *word; /* of what this kind may not need: wrong is wrong */
	GError *refused = NULL;
	if (!import_word(import, "kind", mutate_kinds, &order.kind) ||
		!import_date(import, "tmt", 0, &order.tmt_day) ||
		!import_date(import, "date", DAY_ALWAYS, &order.decree_day) ||
		!import_word(import, "position_kind", mutate_position_kinds, &word) ||
		!import_word(import, "employment", mutate_employments, &word))
		return TRUE;
	gboolean is_new = FALSE;
	if (!find_or_add(import, &order, &is_new, error))
		return FALSE;
	if (import->row_failed || !check_number(import, &order))
		return TRUE;
	if (is_new)
		order.number = NULL; /* the person has it, for all time */
	if (mutate(import->sql, &order, &result, &refused)) {
		const Change change = {.from_day = order.tmt_day, .to_day = result.to_day};
		warn_of_effects(import, &order, &result);
		import->changed = result.changed || is_new;
		return !import->changed || import_warn_of_lock(import, "tmt", order.person, &change, error);
	}
	if (refused->domain != MUTATE_ERROR) {
		g_propagate_error(error, refused);
		return FALSE;
	}
	import_fail(import, column_of(&order, (MutateError)refused->code), "%s", refused->message);
	g_error_free(refused);
	return TRUE;
}

const ImportKind import_mutations = {
	"mutations", mutation_columns, "*person kind tmt", FALSE, NULL, apply_mutation, NULL};
