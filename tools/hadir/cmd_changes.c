#include "tools/hadir/cmd_changes.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "server/judge/judge.h"
#include "server/rules/calendar.h"
#include "server/store/time/marks.h"
#include "tools/hadir/cmd_csv.h"
#include "tools/hadir/cmd_json.h"

#define PEOPLE_MAX G_MAXINT32 /* everybody */

/* ── What changes ── */

typedef struct {
	Sql *sql;
	ChangeBatch *batch;
	PersonId person;
	gint64 n_days; /* of this person */
	GError *error; /* the first */
} Recording;

static ChangeSide side_of(const Verdict *verdict)
{
	if (verdict == NULL)
		return (ChangeSide){0};
	return (ChangeSide){.codes = verdict->codes,
						.unit = verdict->unit,
						.late_min = verdict->late_min,
						.early_min = verdict->early_min,
						.deduction_bp = verdict->deduction_bp};
}

static gboolean is_same(const ChangeSide *a, const ChangeSide *b)
{
	return g_strcmp0(a->codes, b->codes) == 0 && a->unit == b->unit && a->late_min == b->late_min &&
		   a->early_min == b->early_min && a->deduction_bp == b->deduction_bp;
}

static void compare_day(gint64 day, const Verdict *stored, const Verdict *fresh, gpointer user)
{
	Recording *recording = user;
	const ChangedDay changed = {.person = recording->person,
								.day = day,
								.before = side_of(stored),
								.after = side_of(fresh)};
	if (recording->error != NULL || is_same(&changed.before, &changed.after))
		return;
	recording->n_days++;
	changes_add(recording->sql, recording->batch, &changed, &recording->error);
}

static gboolean record_person(Judge *judge, Recording *recording, const Mark *mark, gint64 now_ms,
							  GError **error)
{
	recording->person = mark->person;
	recording->n_days = 0;
	if (!judge_compare(judge, mark->person, mark->from_day, mark->to_day, now_ms, compare_day,
					   recording, error))
		return FALSE;
	recording->batch->n_people += recording->n_days > 0;
	if (recording->error == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&recording->error));
	return FALSE;
}

gboolean cmd_changes_record(const CmdServer *server, ChangeBatch *batch, GError **error)
{
	g_autoptr(Judge) judge = judge_new(server->sql, server->config->utc_offset_min, NULL, NULL);
	g_autoptr(GArray) marks = NULL;
	Recording recording = {.sql = server->sql, .batch = batch};
	if (!changes_begin(server->sql, batch, error) ||
		!marks_take_spans(server->sql, PEOPLE_MAX, &marks, error))
		return FALSE;
	for (guint i = 0; i < marks->len; i++)
		if (!record_person(judge, &recording, &g_array_index(marks, Mark, i), batch->recorded_ms,
						   error))
			return FALSE;
	return changes_finish(server->sql, batch, error);
}

/* ── As lines ── */

static const char *text_of(const char *text)
{
	return text != NULL ? text : "-";
}

static void print_line(const ChangeLine *line)
{
	const ChangeSide *before = &line->day.before, *after = &line->day.after;
	char date[CALENDAR_TEXT];
	calendar_format(line->day.day, date);
	printf("  %s  %" G_GINT64_FORMAT " %s: %s → %s", date, (gint64)line->day.person,
		   text_of(line->name), text_of(before->codes), text_of(after->codes));
	if (before->unit != after->unit)
		printf(" (%s → %s)", text_of(line->before_unit), text_of(line->after_unit));
	printf("\n");
}

gboolean cmd_changes_print(Sql *sql, const ChangeBatch *batch, gint64 limit, GError **error)
{
	ChangeLine line;
	SqlStep step = SQL_FAILED;
	gint64 n_codes = 0;
	if (!changes_count_codes(sql, batch->id, &n_codes, error))
		return FALSE;
	printf("  %" G_GINT64_FORMAT " of them with other codes, the rest with another unit, minutes or"
		   " deduction\n",
		   n_codes);
	g_autoptr(ChangeCursor) rows = changes_list(sql, batch->id, TRUE, limit, error);
	while (rows != NULL && (step = changes_next(rows, &line, error)) == SQL_ROW)
		print_line(&line);
	if (batch->n_days > limit)
		printf("  … and %" G_GINT64_FORMAT " more\n", batch->n_days - limit);
	return step == SQL_DONE;
}

/* ── As CSV or JSON ── */

#define SIDE_HEADER(side)                                                                          \
	"," side "_codes," side "_unit," side "_late_min," side "_early_min," side "_deduction_"       \
	"percent"

static void add_side_csv(GString *out, const ChangeSide *side, const char *unit)
{
	g_autofree char *percent = g_strdup_printf("%d.%02d", (int)(side->deduction_bp / 100),
											   (int)(side->deduction_bp % 100));
	cmd_csv_add(out, side->codes);
	cmd_csv_add(out, unit);
	cmd_csv_add_number(out, side->late_min);
	cmd_csv_add_number(out, side->early_min);
	cmd_csv_add(out, percent);
}

static void print_csv(const ChangeLine *line)
{
	char date[CALENDAR_TEXT];
	g_autoptr(GString) out = g_string_new(NULL);
	calendar_format(line->day.day, date);
	cmd_csv_add(out, date);
	cmd_csv_add_number(out, line->day.person);
	cmd_csv_add(out, line->number);
	cmd_csv_add(out, line->name);
	add_side_csv(out, &line->day.before, line->before_unit);
	add_side_csv(out, &line->day.after, line->after_unit);
	printf("%s\n", out->str);
}

static json_t *side_json(const ChangeSide *side, const char *unit)
{
	if (side->codes == NULL)
		return json_null();
	json_t *out = json_object();
	cmd_json_text(out, "codes", side->codes);
	cmd_json_text(out, "unit", unit);
	json_object_set_new(out, "late_min", json_integer(side->late_min));
	json_object_set_new(out, "early_min", json_integer(side->early_min));
	json_object_set_new(out, "deduction_percent", json_real((double)side->deduction_bp / 100.0));
	return out;
}

static json_t *line_json(const ChangeLine *line)
{
	char date[CALENDAR_TEXT];
	json_t *out = json_object();
	calendar_format(line->day.day, date);
	cmd_json_text(out, "date", date);
	json_object_set_new(out, "person", json_integer(line->day.person));
	cmd_json_text(out, "number", line->number);
	cmd_json_text(out, "name", line->name);
	json_object_set_new(out, "before", side_json(&line->day.before, line->before_unit));
	json_object_set_new(out, "after", side_json(&line->day.after, line->after_unit));
	return out;
}

static json_t *batch_json(const ChangeBatch *batch)
{
	char date[CALENDAR_ISO];
	json_t *out = json_object();
	calendar_format_iso(batch->recorded_ms, 0, date);
	json_object_set_new(out, "batch", json_integer(batch->id));
	cmd_json_text(out, "kind", batch->kind);
	cmd_json_text(out, "file", batch->file);
	cmd_json_text(out, "recorded", date);
	json_object_set_new(out, "rows", json_integer(batch->n_rows));
	json_object_set_new(out, "people", json_integer(batch->n_people));
	json_object_set_new(out, "days", json_integer(batch->n_days));
	return out;
}

static gboolean print_batch(Sql *sql, const ChangeBatch *batch, gboolean json, GError **error)
{
	ChangeLine line;
	SqlStep step = SQL_FAILED;
	g_autoptr(ChangeCursor) rows = changes_list(sql, batch->id, FALSE, CHANGES_KEPT_MAX, error);
	json_t *list = json_array();
	if (!json)
		printf("date,person,number,name" SIDE_HEADER("old") SIDE_HEADER("new") "\n");
	while (rows != NULL && (step = changes_next(rows, &line, error)) == SQL_ROW) {
		if (json)
			json_array_append_new(list, line_json(&line));
		else
			print_csv(&line);
	}
	json_t *out = batch_json(batch);
	json_object_set_new(out, "changes", list);
	if (json && step == SQL_DONE)
		cmd_json_print(out);
	else
		json_decref(out);
	return step == SQL_DONE;
}

gboolean cmd_changes_list(Sql *sql, const char *text, gboolean json, GError **error)
{
	gint64 id = 0;
	g_auto(ChangeBatch) batch = {0};
	if (!g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &id, error) ||
		!changes_batch(sql, id, &batch, error))
		return FALSE;
	if (batch.id == 0) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--changed-by: no batch %s",
					text);
		return FALSE;
	}
	return print_batch(sql, &batch, json, error);
}
