/* `hadir unit`: the tree of units as of a day, and what became of a unit. */
#include "tools/hadir/cmd_unit.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "server/rules/calendar.h"
#include "server/store/people/unit_view.h"
#include "server/store/people/units.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_csv.h"
#include "tools/hadir/cmd_json.h"

#define USAGE                                                                                      \
	"list [CODE] | show CODE [--on YYYY-MM-DD] [--known-at YYYY-MM-DD[THH:MM]]"                    \
	" [--format text|csv|json]"

typedef enum { AS_TEXT, AS_CSV, AS_JSON } Form;

typedef struct {
	gint64 unit; /* 0: all */
	gint64 day, known_ms;
	Form form;
} Options;

static gboolean bad_value(GError **error, const char *format, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: '%s'", format, text);
	return FALSE;
}

static void print_line(GString *line)
{
	printf("%s\n", line->str);
	g_string_truncate(line, 0);
}

/* ── list ── */

static void add_unit_json(json_t *out, const UnitOn *unit)
{
	json_t *head = unit->head != 0 ? json_object() : json_null();
	cmd_json_text(out, "unit", unit->code);
	cmd_json_text(out, "name", unit->name);
	cmd_json_text(out, "short", unit->short_name);
	cmd_json_text(out, "kind", unit->kind);
	cmd_json_text(out, "parent", unit->parent_code);
	json_object_set_new(out, "depth", json_integer(unit->depth));
	if (unit->head != 0) {
		json_object_set_new(head, "person", json_integer(unit->head));
		cmd_json_text(head, "name", unit->head_name);
		cmd_json_text(head, "mode", head_mode_text(unit->head_mode));
	}
	json_object_set_new(out, "head", head);
}

static void add_unit_csv(GString *line, const UnitOn *unit)
{
	g_autofree char *head = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)unit->head);
	cmd_csv_add(line, unit->code);
	cmd_csv_add(line, unit->name);
	cmd_csv_add(line, unit->short_name);
	cmd_csv_add(line, unit->kind);
	cmd_csv_add(line, unit->parent_code);
	cmd_csv_add_number(line, unit->depth);
	cmd_csv_add(line, unit->head != 0 ? head : NULL);
	cmd_csv_add(line, unit->head_name);
	cmd_csv_add(line, unit->head != 0 ? head_mode_text(unit->head_mode) : NULL);
}

static void add_head_text(GString *line, const UnitOn *unit)
{
	if (unit->head == 0)
		return;
	g_string_append_printf(line, "; %s %" G_GINT64_FORMAT, head_mode_text(unit->head_mode),
						   (gint64)unit->head);
	if (unit->head_name != NULL)
		g_string_append_printf(line, " %s", unit->head_name);
}

static void add_unit_text(GString *line, const UnitOn *unit)
{
	for (gint64 i = 0; i < unit->depth; i++)
		g_string_append(line, "  ");
	g_string_append_printf(line, "%s  %s", unit->code, unit->name);
	if (unit->kind != NULL)
		g_string_append_printf(line, " (%s)", unit->kind);
	add_head_text(line, unit);
}

static void print_tree(const UnitView *view, Form form)
{
	g_autoptr(GString) line = g_string_new(NULL);
	json_t *list = json_array();
	if (form == AS_CSV)
		printf("unit,name,short,kind,parent,depth,head,head_name,head_mode\n");
	for (guint i = 0; i < view->units->len; i++) {
		const UnitOn *unit = &g_array_index(view->units, UnitOn, i);
		if (form == AS_JSON) {
			json_t *one = json_object();
			add_unit_json(one, unit);
			json_array_append_new(list, one);
			continue;
		}
		if (form == AS_CSV)
			add_unit_csv(line, unit);
		else
			add_unit_text(line, unit);
		print_line(line);
	}
	if (form == AS_JSON)
		cmd_json_print(list);
	else
		json_decref(list);
}

static gboolean run_list(Sql *sql, const Options *options, GError **error)
{
	g_auto(UnitView) view = {0};
	if (!unit_view_tree(sql, options->unit, options->day, options->known_ms, &view, error))
		return FALSE;
	print_tree(&view, options->form);
	return TRUE;
}

/* ── show ── */

static const struct {
	const char *one, *all;
} past_words[] = {[UNIT_PAST_FACT] = {"name", "names"},
				  [UNIT_PAST_HEAD] = {"head", "heads"},
				  [UNIT_PAST_PLACE] = {"place", "places"},
				  [UNIT_PAST_DECREE] = {"reorganisation", "reorganisations"}};

/* NULL: always, or no end. */
static const char *day_text(gint64 day, char text[CALENDAR_TEXT])
{
	if (day == DAY_ALWAYS || day == DAY_OPEN)
		return NULL;
	calendar_format(day, text);
	return text;
}

static const char *last_day_text(gint64 to_day, char text[CALENDAR_TEXT])
{
	return to_day == DAY_OPEN ? NULL : day_text(to_day - 1, text);
}

/* How: kind of unit, mode of a head, kind of decree. */
static const char *how(const UnitPast *past)
{
	return past->what == UNIT_PAST_HEAD ? head_mode_text(past->mode) : past->kind;
}

static void add_past_json(json_t *lists, const UnitPast *past)
{
	char date[CALENDAR_TEXT];
	json_t *out = json_object();
	cmd_json_text(out, past->what == UNIT_PAST_DECREE ? "before" : "name", past->name);
	switch (past->what) {
	case UNIT_PAST_FACT:
		cmd_json_text(out, "short", past->short_name);
		cmd_json_text(out, "kind", past->kind);
		cmd_json_text(out, "parent", past->other);
		break;
	case UNIT_PAST_HEAD:
		json_object_set_new(out, "person", json_integer(past->person));
		cmd_json_text(out, "mode", how(past));
		break;
	case UNIT_PAST_DECREE:
		cmd_json_text(out, "kind", past->kind);
		cmd_json_text(out, "unit", past->unit);
		cmd_json_text(out, "to_unit", past->to);
		cmd_json_text(out, "after", past->other);
		cmd_json_text(out, "date", day_text(past->decree_day, date));
		json_object_set_new(out, "people", json_integer(past->n_people));
		break;
	case UNIT_PAST_PLACE:
	default:
		break;
	}
	cmd_json_days(out, past->from_day, past->to_day);
	cmd_json_text(out, "source", past->source);
	json_array_append_new(json_object_get(lists, past_words[past->what].all), out);
}

static void print_past_json(const UnitOn *now, const UnitView *past)
{
	json_t *out = json_object();
	json_t *unit = now != NULL ? json_object() : json_null();
	if (now != NULL)
		add_unit_json(unit, now);
	json_object_set_new(out, "on", unit);
	for (gsize i = 0; i < G_N_ELEMENTS(past_words); i++)
		json_object_set_new(out, past_words[i].all, json_array());
	for (guint i = 0; i < past->past->len; i++)
		add_past_json(out, &g_array_index(past->past, UnitPast, i));
	cmd_json_print(out);
}

/* Whom or what it is about: the head's number, the unit above, the successor. */
static char *about(const UnitPast *past)
{
	if (past->what == UNIT_PAST_HEAD)
		return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)past->person);
	return g_strdup(past->what == UNIT_PAST_DECREE ? past->to : past->other);
}

static void print_past_csv(const UnitView *past)
{
	g_autoptr(GString) line = g_string_new(NULL);
	printf("what,from,to,name,how,about,after,source\n");
	for (guint i = 0; i < past->past->len; i++) {
		const UnitPast *one = &g_array_index(past->past, UnitPast, i);
		char from[CALENDAR_TEXT], to[CALENDAR_TEXT];
		g_autofree char *whom = about(one);
		cmd_csv_add(line, past_words[one->what].one);
		cmd_csv_add(line, day_text(one->from_day, from));
		cmd_csv_add(line, last_day_text(one->to_day, to));
		cmd_csv_add(line, one->name);
		cmd_csv_add(line, how(one));
		cmd_csv_add(line, whom);
		cmd_csv_add(line, one->what == UNIT_PAST_DECREE ? one->other : NULL);
		cmd_csv_add(line, one->source);
		print_line(line);
	}
}

static void add_past_text(GString *line, const UnitPast *past)
{
	g_autofree char *whom = about(past);
	const char *kind = how(past);
	g_string_append_printf(line, "%s: %s", past_words[past->what].one,
						   past->name != NULL ? past->name : "-");
	if (kind != NULL)
		g_string_append_printf(line, " (%s)", kind);
	if (past->what == UNIT_PAST_DECREE)
		g_string_append_printf(line, " → %s", past->other != NULL ? past->other : "-");
	if (past->what == UNIT_PAST_FACT && whom != NULL)
		g_string_append_printf(line, ", below %s", whom);
	else if (whom != NULL)
		g_string_append_printf(line, ", %s", whom);
	if (past->source != NULL)
		g_string_append_printf(line, " [%s]", past->source);
}

static void print_past_text(const UnitOn *now, const UnitView *past)
{
	g_autoptr(GString) line = g_string_new(NULL);
	if (now != NULL) {
		UnitOn flat = *now;
		flat.depth = 0;
		add_unit_text(line, &flat);
	} else {
		g_string_append(line, "(does not exist on that day)");
	}
	print_line(line);
	for (guint i = 0; i < past->past->len; i++) {
		const UnitPast *one = &g_array_index(past->past, UnitPast, i);
		char from[CALENDAR_TEXT], to[CALENDAR_TEXT];
		const char *first = day_text(one->from_day, from), *last = last_day_text(one->to_day, to);
		g_string_append_printf(line, "%-10s – %-10s  ", first != NULL ? first : "…",
							   last != NULL ? last : "…");
		add_past_text(line, one);
		print_line(line);
	}
}

static gboolean run_show(Sql *sql, const Options *options, GError **error)
{
	g_auto(UnitView) tree = {0};
	g_auto(UnitView) past = {0};
	if (!unit_view_tree(sql, options->unit, options->day, options->known_ms, &tree, error) ||
		!unit_view_past(sql, options->unit, options->known_ms, &past, error))
		return FALSE;
	const UnitOn *now = tree.units->len > 0 ? &g_array_index(tree.units, UnitOn, 0) : NULL;
	switch (options->form) {
	case AS_JSON:
		print_past_json(now, &past);
		break;
	case AS_CSV:
		print_past_csv(&past);
		break;
	case AS_TEXT:
	default:
		print_past_text(now, &past);
		break;
	}
	return TRUE;
}

/* ── The call ── */

typedef struct {
	const char *on, *known, *format, *unit;
} Texts;

static gboolean read_options(const CmdServer *server, const Texts *texts, Options *out,
							 GError **error)
{
	static const char *const forms[] = {[AS_TEXT] = "text", [AS_CSV] = "csv", [AS_JSON] = "json"};
	gint64 offset = server->config->utc_offset_min;
	*out = (Options){.day = calendar_day(cmd_now_ms(), offset), .known_ms = G_MAXINT64};
	if (texts->on != NULL && !calendar_parse(texts->on, &out->day))
		return bad_value(error, "--on: no date", texts->on);
	if (texts->known != NULL && !calendar_parse_iso(texts->known, offset, &out->known_ms))
		return bad_value(error, "--known-at: no time", texts->known);
	while (texts->format != NULL && strcmp(forms[out->form], texts->format) != 0)
		if (++out->form == G_N_ELEMENTS(forms))
			return bad_value(error, "--format: neither text, csv nor json", texts->format);
	if (texts->unit == NULL)
		return TRUE;
	if (!units_find(server->sql, texts->unit, FALSE, &out->unit, error))
		return FALSE;
	return out->unit != 0 || bad_value(error, "no unit has the code", texts->unit);
}

static int unit_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	Texts texts = {.on = cmd_take_option(&argc, argv, "--on"),
				   .known = cmd_take_option(&argc, argv, "--known-at"),
				   .format = cmd_take_option(&argc, argv, "--format")};
	Options options;
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("unit", g_steal_pointer(&error));
	gboolean list = (argc == 2 || argc == 3) && strcmp(argv[1], "list") == 0;
	gboolean show = argc == 3 && strcmp(argv[1], "show") == 0;
	if (!list && !show)
		return cmd_usage("unit", USAGE);
	texts.unit = argc == 3 ? argv[2] : NULL;
	if (!read_options(&server, &texts, &options, &error) ||
		!(show ? run_show(server.sql, &options, &error) : run_list(server.sql, &options, &error)))
		return cmd_fail("unit", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_unit = {
	"unit", USAGE,
	"the tree of units as of a day, or a unit's names, heads, places and re-organisations",
	unit_command};
