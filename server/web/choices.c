#include "server/web/choices.h"

#include <string.h>

#include "server/store/people/units.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"

#define DEPTH_MAX 2

void choices_free(UnitChoices *choices)
{
	if (choices == NULL)
		return;
	g_array_unref(choices->list);
	g_ptr_array_unref(choices->texts);
	g_free(choices);
}

static const char *keep(UnitChoices *choices, const char *text)
{
	char *copy = g_strdup(text);
	g_ptr_array_add(choices->texts, copy);
	return copy;
}

static void add(UnitChoices *choices, const Call *call, const UnitRow *row)
{
	if (!scope_has(call->scope, row->id))
		return;
	if (choices->unit == 0 && !call->scope->all)
		choices->unit = row->id;
	if (choices->unit != row->id && row->depth > DEPTH_MAX)
		return;
	UnitChoice choice = {
		.code = keep(choices, row->code),
		.name = keep(choices, row->name),
		.depth = (int)row->depth,
	};
	if (choices->unit == row->id) {
		choices->code = choice.code;
		choices->name = choice.name;
	}
	if (row->depth <= DEPTH_MAX)
		g_array_append_val(choices->list, choice);
}

UnitChoices *choices_load(Call *call, GError **error)
{
	g_autoptr(UnitChoices) choices = g_new0(UnitChoices, 1);
	choices->list = g_array_new(FALSE, FALSE, sizeof(UnitChoice));
	choices->texts = g_ptr_array_new_with_free_func(g_free);
	choices->unit = call->subject.unit;
	choices->code = "";
	choices->name = "Seluruh provinsi";
	if (call->scope->all) {
		UnitChoice province = {.code = "", .name = choices->name};
		g_array_append_val(choices->list, province);
	}
	g_autoptr(UnitCursor) cursor =
		unit_subtree(call->web->sql, call->scope->top, call->today, error);
	UnitRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = units_next(cursor, &row, error)) == SQL_ROW)
		add(choices, call, &row);
	if (step == SQL_FAILED || (choices->unit == 0 && !call->scope->all))
		return NULL;
	call->subject.unit = choices->unit;
	return g_steal_pointer(&choices);
}

/* Parameter "unit", a code; without one the top of the account's only grant. */
Response *subject_unit(Call *call, GError **error)
{
	const char *code = call_query(call, "unit");
	gint64 *unit = &call->subject.unit;
	if (code == NULL || code[0] == '\0') {
		*unit = call->scope->top;
		return NULL;
	}
	if (!units_find(call->web->sql, code, FALSE, unit, error))
		return problem_for(call, 503, NULL);
	return *unit == 0 ? problem_for(call, 404, NULL) : NULL;
}

static void add_option(Html *html, const UnitChoice *choice, gboolean chosen)
{
	/* Deeper units are set in by a sign that a list may show: spaces are swallowed. */
	const char *dashes = "— — — — — — — — ";
	g_autofree char *indent = g_utf8_substring(dashes, 0, MIN(choice->depth, 8) * 2);
	if (chosen)
		html_add(html, "<option value=\"%s\" selected>%s%s</option>\n", choice->code, indent,
				 choice->name);
	else
		html_add(html, "<option value=\"%s\">%s%s</option>\n", choice->code, indent, choice->name);
}

void choices_render(Html *html, const GArray *list, const char *chosen)
{
	if (list->len < 2)
		return;
	html_add(html, "<label class=\"visually-hidden\" for=\"unit\">Unit kerja</label>\n"
				   "<select class=\"form-select\" id=\"unit\" name=\"unit\" data-kirim>\n");
	for (guint i = 0; i < list->len; i++) {
		const UnitChoice *choice = &g_array_index(list, UnitChoice, i);
		add_option(html, choice, strcmp(choice->code, chosen) == 0);
	}
	html_add(html, "</select>\n");
}

void choices_datalist(Html *html, const char *id, const GArray *list)
{
	html_add(html, "<datalist id=\"%s\">\n", id);
	for (guint i = 0; i < list->len; i++) {
		const UnitChoice *unit = &g_array_index(list, UnitChoice, i);
		if (unit->code[0] != '\0')
			html_add(html, "<option value=\"%s\">%s</option>\n", unit->code, unit->name);
	}
	html_add(html, "</datalist>\n");
}
