#include "server/web/fields.h"

static void add_hint(Html *html, const Field *field)
{
	if (field->hint != NULL)
		html_add(html, "<div class=\"form-text\" id=\"%s-petunjuk\">%s</div>\n", field->id,
				 field->hint);
}

static void add_problem(Html *html, const char *id, const char *problem)
{
	if (problem != NULL)
		html_add(html, "<div class=\"hd-problem\" id=\"%s-salah\">%s</div>\n", id, problem);
}

/* What is read out with a field, and whether it may be left empty. */
static void add_attributes(Html *html, const Field *field)
{
	if (field->problem != NULL)
		html_add(html, " aria-invalid=\"true\" aria-describedby=\"%s-salah\"", field->id);
	else if (field->hint != NULL)
		html_add(html, " aria-describedby=\"%s-petunjuk\"", field->id);
	if (!field->optional)
		html_add(html, " required");
}

void field_render(Html *html, const Field *field)
{
	int size_max = field->size_max == 0 ? 100 : field->size_max;
	html_add(html, "<div class=\"mb-3\"><label class=\"form-label\" for=\"%s\">%s</label>\n",
			 field->id, field->label);
	if (field->type == NULL) {
		html_add(html,
				 "<textarea class=\"form-control\" id=\"%s\" name=\"%s\" rows=\"3\" "
				 "maxlength=\"%d\"",
				 field->id, field->id, size_max);
		add_attributes(html, field);
		html_add(html, ">%s</textarea>\n", field->value);
	} else {
		html_add(html,
				 "<input class=\"form-control\" id=\"%s\" name=\"%s\" type=\"%s\" value=\"%s\"",
				 field->id, field->id, field->type, field->value);
		/* Dates and times have no length. */
		if (g_str_equal(field->type, "text"))
			html_add(html, " maxlength=\"%d\" autocomplete=\"off\"", size_max);
		if (field->list != NULL)
			html_add(html, " list=\"%s\"", field->list);
		add_attributes(html, field);
		html_add(html, ">\n");
	}
	add_problem(html, field->id, field->problem);
	add_hint(html, field);
	html_add(html, "</div>\n");
}

void field_select(Html *html, const char *id, const char *label, const FieldChoice *choices,
				  gsize n_choices, const char *chosen, const char *problem)
{
	html_add(html,
			 "<div class=\"mb-3\"><label class=\"form-label\" for=\"%s\">%s</label>\n"
			 "<select class=\"form-select\" id=\"%s\" name=\"%s\"",
			 id, label, id, id);
	if (problem != NULL)
		html_add(html, " aria-invalid=\"true\" aria-describedby=\"%s-salah\"", id);
	html_add(html, ">\n");
	for (gsize i = 0; i < n_choices; i++) {
		html_add(html, "<option value=\"%s\"", choices[i].value);
		if (g_strcmp0(chosen, choices[i].value) == 0)
			html_add(html, " selected");
		html_add(html, ">%s</option>\n", choices[i].text);
	}
	html_add(html, "</select>\n");
	add_problem(html, id, problem);
	html_add(html, "</div>\n");
}

void field_radio(Html *html, const char *id, const char *legend, const FieldChoice *choices,
				 gsize n_choices, const char *chosen, const char *problem)
{
	html_add(html, "<fieldset class=\"mb-3\"><legend class=\"form-label fs-6\">%s</legend>\n",
			 legend);
	for (gsize i = 0; i < n_choices; i++) {
		html_add(html,
				 "<div class=\"form-check\"><input class=\"form-check-input\" type=\"radio\" "
				 "name=\"%s\" id=\"%s-%d\" value=\"%s\"",
				 id, id, (int)i, choices[i].value);
		if (g_strcmp0(chosen, choices[i].value) == 0)
			html_add(html, " checked");
		html_add(html,
				 " required><label class=\"form-check-label\" for=\"%s-%d\">%s</label></div>\n", id,
				 (int)i, choices[i].text);
	}
	add_problem(html, id, problem);
	html_add(html, "</fieldset>\n");
}

void field_summary(Html *html, const FieldProblem *problems, gsize n)
{
	int n_bad = 0;
	for (gsize i = 0; i < n; i++)
		n_bad += problems[i].problem != NULL;
	if (n_bad == 0)
		return;
	html_add(html,
			 "<div class=\"hd-summary\" role=\"alert\" tabindex=\"-1\" autofocus><p>Belum "
			 "disimpan, %d isian perlu "
			 "diperbaiki:</p>\n<ul>\n",
			 n_bad);
	for (gsize i = 0; i < n; i++)
		if (problems[i].problem != NULL)
			html_add(html, "<li><a href=\"#%s\">%s</a>: %s</li>\n", problems[i].id,
					 problems[i].label, problems[i].problem);
	html_add(html, "</ul></div>\n");
}

void field_alert(Html *html, const char *problem)
{
	if (problem != NULL)
		html_add(html, "<p class=\"hd-problem\" role=\"alert\">%s</p>\n", problem);
}
