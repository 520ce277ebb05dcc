/* Rows of re-organisations of the unit tree. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/people/reorganise.h"
#include "server/store/people/units.h"

#define LISTED_MAX 512

static const ImportColumn columns[] = {
	{"unit", TRUE},   {"kind", TRUE},    {"to", FALSE},    {"name", FALSE},
	{"short", FALSE}, {"people", FALSE}, {"units", FALSE}, {"decree", TRUE},
	{"date", FALSE},  {"tmt", TRUE},     {NULL, FALSE},
};

/* Keys by spaces or semicolons, each looked up; of gint64. */
static gboolean read_list(Import *import, const char *column, gboolean people, GArray *list,
						  GError **error)
{
	const char *text = import_field(import, column);
	if (text == NULL)
		return TRUE;
	g_auto(GStrv) keys = g_strsplit_set(text, " ;", LISTED_MAX);
	for (char **key = keys; *key != NULL; key++) {
		gint64 id = 0;
		if (**key == '\0')
			continue;
		if (people ? !import_person_key(import, column, *key, &id, error)
				   : !units_find(import->sql, *key, FALSE, &id, error))
			return FALSE;
		if (!people && id == 0)
			import_fail(import, column, "no unit has the code '%s'", *key);
		g_array_append_val(list, id);
	}
	return TRUE;
}

/* `to` of a merge or split that has a name may be a new code. */
static gboolean read_to(Import *import, Reorganisation *what, GError **error)
{
	const char *code;
	gboolean may_be_new = what->name != NULL && what->kind != REORGANISE_MOVE;
	if (!import_code(import, "to", UNIT_CODE_MAX, &code) || code == NULL)
		return TRUE;
	if (may_be_new)
		return units_find(import->sql, code, TRUE, &what->to, error);
	return import_unit(import, "to", &what->to, error);
}

static void check_fields(Import *import, const Reorganisation *what, const GArray *people,
						 const GArray *units)
{
	gboolean renames = what->kind == REORGANISE_RENAME;
	gboolean follows = what->kind == REORGANISE_MERGE || what->kind == REORGANISE_SPLIT;
	if (import->row_failed)
		return;
	if (renames && what->name == NULL)
		import_fail(import, "name", "it is empty");
	if (follows && what->to == 0)
		import_fail(import, "to", "it is empty");
	if ((renames || what->kind == REORGANISE_ABOLISH) && what->to != 0)
		import_fail(import, "to", "this kind has none");
	if (what->kind == REORGANISE_SPLIT && people->len == 0 && units->len == 0)
		import_fail(import, "people", "nobody and no unit goes");
	if (what->kind != REORGANISE_SPLIT && people->len + units->len > 0)
		import_fail(import, "people", "only a split names who goes; a merge takes everybody");
}

static void tell(Import *import, const ReorganiseResult *result)
{
	if (result->judged_days > 0)
		import_warn(import, "tmt",
					"back-dated: %" G_GINT64_FORMAT " judged days of %" G_GINT64_FORMAT
					" people go to '%s'",
					result->judged_days, result->n_people, import_field(import, "to"));
	if (result->n_grants_ended > 0)
		import_warn(import, "unit",
					"%" G_GINT64_FORMAT " rights over the unit end with it: new ones need a decree",
					result->n_grants_ended);
}

static gboolean apply_reorganisation(Import *import, GError **error)
{
	static const char *const kinds[] = {"rename", "move", "merge", "split", "abolish", NULL};
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(gint64));
	Reorganisation what = {.name = import_field(import, "name"),
						   .short_name = import_field(import, "short")};
	Change change = {.to_day = DAY_OPEN,
					 .now_ms = import->now_ms,
					 .today = import->today,
					 .source = import_field(import, "decree")};
	const char *kind;
	ReorganiseResult result;
	GError *refused = NULL;
	if (!import_word(import, "kind", kinds, &kind) ||
		!import_date(import, "tmt", 0, &change.from_day) ||
		!import_date(import, "date", DAY_ALWAYS, &what.decree_day))
		return TRUE;
	while (strcmp(reorganise_kind_text(what.kind), kind) != 0)
		what.kind++;
	if (!import_unit(import, "unit", &what.unit, error) || !read_to(import, &what, error) ||
		!read_list(import, "people", TRUE, people, error) ||
		!read_list(import, "units", FALSE, units, error))
		return FALSE;
	check_fields(import, &what, people, units);
	if (import->row_failed)
		return TRUE;
	what.people = (const gint64 *)(void *)people->data;
	what.n_people = people->len;
	what.units = (const gint64 *)(void *)units->data;
	what.n_units = units->len;
	if (!reorganise(import->sql, &what, &change, &result, &refused))
		return import_refused(import, "unit", refused, error);
	import->changed = result.changed;
	tell(import, &result);
	return TRUE;
}

const ImportKind import_reorganisations = {
	"reorganisations", columns, "unit kind tmt", FALSE, NULL, apply_reorganisation, NULL};
