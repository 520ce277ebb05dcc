#include "tools/hadir/cmd_verdicts.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/time/verdicts.h"
#include "tools/hadir/cmd_changes.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/cmd_csv.h"

#define USAGE                                                                                      \
	"--from YYYY-MM-DD --to YYYY-MM-DD [--unit CODE] [--person NUMBER] [--format csv|json]"        \
	" [--conflicts] [--as-stored] | --changed-by BATCH [--format csv|json]"

/* One column per fact; `reasons` are the sentences of the JSON form. */
#define HEADER                                                                                     \
	"date,person,number,name,unit,unit_name,codes,state,in,out,due_out,late_min,early_min,"        \
	"deduction_percent,pp94_min,pp94_days,trial,conflict,reasons"

typedef struct {
	VerdictFilter filter;
	gboolean json;
	gint64 utc_offset_min;
	gint64 n;
} Listing;

/* ── CSV ── */

static const char *instant(gint64 at_ms, gint64 offset, char text[CALENDAR_ISO])
{
	if (at_ms == 0)
		return NULL;
	calendar_format_iso(at_ms, offset, text);
	return text;
}

/* The sentences alone. */
static char *sentences(const json_t *reasons)
{
	GString *out = g_string_new(NULL);
	size_t i;
	json_t *reason;
	json_array_foreach(reasons, i, reason)
	{
		const char *text = json_string_value(json_object_get(reason, "text"));
		if (text != NULL)
			g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", text);
	}
	return g_string_free(out, FALSE);
}

static void print_csv(const Listing *listing, const VerdictLine *line, const json_t *reasons)
{
	const Verdict *v = &line->verdict;
	char date[CALENDAR_TEXT], time[CALENDAR_ISO];
	g_autofree char *words = sentences(reasons);
	g_autofree char *person = g_strdup_printf("%" G_GINT64_FORMAT, v->person);
	g_autofree char *percent =
		g_strdup_printf("%d.%02d", (int)(v->deduction_bp / 100), (int)(v->deduction_bp % 100));
	g_autoptr(GString) out = g_string_new(NULL);
	calendar_format(v->day, date);
	cmd_csv_add(out, date);
	cmd_csv_add(out, person);
	cmd_csv_add(out, line->number);
	cmd_csv_add(out, line->name);
	cmd_csv_add(out, line->unit_code);
	cmd_csv_add(out, line->unit_name);
	cmd_csv_add(out, v->codes);
	cmd_csv_add(out, v->state);
	cmd_csv_add(out, instant(v->in_ms, listing->utc_offset_min, time));
	cmd_csv_add(out, instant(v->out_ms, listing->utc_offset_min, time));
	cmd_csv_add(out, instant(v->due_out_ms, listing->utc_offset_min, time));
	cmd_csv_add_number(out, v->late_min);
	cmd_csv_add_number(out, v->early_min);
	cmd_csv_add(out, percent);
	cmd_csv_add_number(out, v->pp94_min);
	cmd_csv_add_number(out, v->pp94_days);
	cmd_csv_add(out, v->trial ? "ya" : "tidak");
	cmd_csv_add(out, v->conflict ? "ya" : "tidak");
	cmd_csv_add(out, words);
	printf("%s\n", out->str);
}

/* ── JSON ── */

static json_t *text_or_null(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

static void set_time(json_t *object, const char *name, gint64 at_ms, gint64 offset)
{
	char time[CALENDAR_ISO];
	json_object_set_new(object, name, text_or_null(instant(at_ms, offset, time)));
}

static json_t *code_list(const char *codes)
{
	json_t *list = json_array();
	g_auto(GStrv) parts = g_strsplit(codes, " ", -1);
	for (char **part = parts; *part != NULL; part++)
		if (**part != '\0')
			json_array_append_new(list, json_string(*part));
	return list;
}

static void print_json(const Listing *listing, const VerdictLine *line, json_t *reasons)
{
	const Verdict *v = &line->verdict;
	char date[CALENDAR_TEXT];
	json_t *out = json_object();
	calendar_format(v->day, date);
	json_object_set_new(out, "date", json_string(date));
	json_object_set_new(out, "person", json_integer(v->person));
	json_object_set_new(out, "number", text_or_null(line->number));
	json_object_set_new(out, "name", text_or_null(line->name));
	json_object_set_new(out, "unit", text_or_null(line->unit_code));
	json_object_set_new(out, "unit_name", text_or_null(line->unit_name));
	json_object_set_new(out, "codes", code_list(v->codes));
	json_object_set_new(out, "state", json_string(v->state));
	set_time(out, "in", v->in_ms, listing->utc_offset_min);
	set_time(out, "out", v->out_ms, listing->utc_offset_min);
	set_time(out, "due_out", v->due_out_ms, listing->utc_offset_min);
	json_object_set_new(out, "late_min", json_integer(v->late_min));
	json_object_set_new(out, "early_min", json_integer(v->early_min));
	json_object_set_new(out, "deduction_percent", json_real((double)v->deduction_bp / 100.0));
	json_object_set_new(out, "pp94_min", json_integer(v->pp94_min));
	json_object_set_new(out, "pp94_days", json_integer(v->pp94_days));
	json_object_set_new(out, "trial", json_boolean(v->trial));
	json_object_set_new(out, "conflict", json_boolean(v->conflict));
	json_object_set(out, "reasons", reasons);
	char *text = json_dumps(out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	printf("%s%s", listing->n > 0 ? ",\n" : "", text);
	free(text);
	json_decref(out);
}

static gboolean print_all(Sql *sql, Listing *listing, GError **error)
{
	VerdictLine line;
	SqlStep step;
	g_autoptr(VerdictCursor) rows = verdicts_report(sql, &listing->filter, error);
	if (rows == NULL)
		return FALSE;
	printf("%s\n", listing->json ? "[" : HEADER);
	while ((step = verdicts_report_next(rows, &line, error)) == SQL_ROW) {
		json_t *reasons = json_loads(line.verdict.reasons, 0, NULL);
		if (listing->json)
			print_json(listing, &line, reasons);
		else
			print_csv(listing, &line, reasons);
		json_decref(reasons);
		listing->n++;
	}
	if (listing->json)
		printf("%s]\n", listing->n > 0 ? "\n" : "");
	return step == SQL_DONE;
}

/* ── The call ── */

static gboolean refuse(GError **error, const char *what, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s '%s'", what, text);
	return FALSE;
}

typedef struct {
	const char *from, *to, *unit, *person, *format, *changed_by;
	gboolean conflicts, as_stored;
} Options;

static gboolean read_format(const char *format, gboolean *json, GError **error)
{
	*json = g_strcmp0(format, "json") == 0;
	return format == NULL || *json || strcmp(format, "csv") == 0 ||
		   refuse(error, "--format: neither csv nor json:", format);
}

static gboolean read_options(Sql *sql, const Options *options, Listing *listing, GError **error)
{
	VerdictFilter *filter = &listing->filter;
	if (!calendar_parse(options->from, &filter->from_day))
		return refuse(error, "--from: no date:", options->from);
	if (!calendar_parse(options->to, &filter->to_day) || filter->to_day < filter->from_day)
		return refuse(error, "--to: no date, or before --from:", options->to);
	filter->to_day++;
	filter->conflicts = options->conflicts;
	if (!read_format(options->format, &listing->json, error))
		return FALSE;
	if (options->unit != NULL) {
		if (!units_find(sql, options->unit, FALSE, &filter->unit, error))
			return FALSE;
		if (filter->unit == 0)
			return refuse(error, "--unit: no unit has the code", options->unit);
	}
	if (options->person != NULL) {
		if (!people_find(sql, options->person, &filter->person, error))
			return FALSE;
		if (filter->person == 0)
			return refuse(error, "--person: nobody has the key or number", options->person);
	}
	return TRUE;
}

/* What a file of decrees changed, as it was when it came. */
static gboolean list_changed(Sql *sql, const Options *options, GError **error)
{
	gboolean json = FALSE;
	return read_format(options->format, &json, error) &&
		   cmd_changes_list(sql, options->changed_by, json, error);
}

static int verdicts_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	Options options = {.from = cmd_take_option(&argc, argv, "--from"),
					   .to = cmd_take_option(&argc, argv, "--to"),
					   .unit = cmd_take_option(&argc, argv, "--unit"),
					   .person = cmd_take_option(&argc, argv, "--person"),
					   .format = cmd_take_option(&argc, argv, "--format"),
					   .changed_by = cmd_take_option(&argc, argv, "--changed-by"),
					   .conflicts = cmd_take_flag(&argc, argv, "--conflicts"),
					   .as_stored = cmd_take_flag(&argc, argv, "--as-stored")};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("verdicts", g_steal_pointer(&error));
	if (argc == 1 && options.changed_by != NULL)
		return list_changed(server.sql, &options, &error)
				   ? 0
				   : cmd_fail("verdicts", g_steal_pointer(&error));
	if (argc != 1 || options.from == NULL || options.to == NULL)
		return cmd_usage("verdicts", USAGE);
	Listing listing = {.utc_offset_min = server.config->utc_offset_min};
	if (!read_options(server.sql, &options, &listing, &error) ||
		(!options.as_stored && !cmd_judge_first(&server, &error)) ||
		!print_all(server.sql, &listing, &error))
		return cmd_fail("verdicts", g_steal_pointer(&error));
	return 0;
}

const HadirCommand cmd_verdicts = {
	"verdicts", USAGE,
	"print the judged days with their reasons; judges first what has changed (not --as-stored);"
	" --changed-by: what a file of decrees changed",
	verdicts_command};
