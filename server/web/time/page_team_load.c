/* A superior's people, today and in a month, read from the store. */
#include <string.h>

#include "server/store/people/units.h"
#include "server/store/time/board.h"
#include "server/store/time/verdicts.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/time/page_team.h"
#include "server/web/time/page_today.h"
#include "server/web/words.h"

/* ── today ── */

static TeamGroup group_of(const BoardPerson *person)
{
	switch (person->state) {
	case BOARD_PRESENT:
		return TEAM_PRESENT;
	case BOARD_OFF:
		return TEAM_OFF;
	case BOARD_AWAY:
		return g_strcmp0(person->kind, "cuti") == 0 || g_strcmp0(person->kind, "izin") == 0
				   ? TEAM_LEAVE
				   : TEAM_DUTY;
	case BOARD_MISSING:
	case BOARD_NOT_ENROLLED:
	case BOARD_WAITING:
	case BOARD_GAP:
		break;
	}
	return TEAM_MISSING;
}

/* What stands beside the name of those about whom nothing else can be said. */
static const char *state_words(const BoardPerson *person)
{
	switch (person->state) {
	case BOARD_WAITING:
		return "menunggu";
	case BOARD_NOT_ENROLLED:
		return "belum terdaftar";
	case BOARD_GAP:
		return "belum lengkap";
	case BOARD_AWAY:
	case BOARD_OFF:
		return person->code;
	case BOARD_PRESENT:
	case BOARD_MISSING:
		break;
	}
	return NULL;
}

static const char *tone_of(const BoardPerson *person)
{
	static const char *const tones[N_BOARD_STATES] = {
		[BOARD_MISSING] = "hd-tone-missing",   [BOARD_PRESENT] = "hd-tone-ok",
		[BOARD_AWAY] = "hd-tone-away",         [BOARD_OFF] = "hd-tone-mute",
		[BOARD_NOT_ENROLLED] = "hd-tone-late", [BOARD_WAITING] = "hd-tone-wait",
		[BOARD_GAP] = "hd-tone-mute",
	};
	return person->state == BOARD_PRESENT && person->late_min > 0 ? "hd-tone-late"
																  : tones[person->state];
}

static void add_person(const Call *call, const BoardPerson *from, const GHashTable *units,
					   GStringChunk *texts, GArray *people)
{
	const char *unit = g_hash_table_lookup((GHashTable *)units, &from->unit);
	const char *more = from->at_ms != 0 ? from->place : from->meaning;
	TeamPerson person = {
		.id = from->person,
		.name = g_string_chunk_insert(texts, from->name),
		.detail = words_keep(texts, g_strjoin(" · ", unit == NULL ? "" : unit, more, NULL)),
		.mark = words_keep(texts, g_strdup(state_words(from))),
		.tone = tone_of(from),
	};
	if (from->state == BOARD_PRESENT)
		person.mark = words_keep(texts, words_time(from->at_ms, call->web->utc_offset_min));
	g_array_append_val(people, person);
}

/* Names of the units of a subtree by id (gint64, owned). */
static GHashTable *load_units(const Call *call, gint64 top, GStringChunk *texts, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_autoptr(UnitCursor) cursor = unit_subtree(call->web->sql, top, call->today, error);
	UnitRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = units_next(cursor, &row, error)) == SQL_ROW)
		g_hash_table_insert(names, g_memdup2(&row.id, sizeof row.id),
							g_string_chunk_insert(texts, row.name));
	return step == SQL_DONE ? g_steal_pointer(&names) : NULL;
}

static gboolean load_today(const Call *call, gint64 unit, GStringChunk *texts, GArray **groups,
						   gboolean *too_many, GError **error)
{
	gint64 from_ms = call->today * DAY_MS - call->web->utc_offset_min * MINUTE_MS;
	g_autoptr(GHashTable) units = load_units(call, unit, texts, error);
	if (units == NULL)
		return FALSE;
	g_autoptr(GPtrArray) people =
		board_people(call->web->sql, unit, call->today, from_ms, from_ms + DAY_MS, error);
	if (people == NULL)
		return FALSE;
	*too_many = people->len > TEAM_PEOPLE_MAX;
	for (guint i = 0; i < people->len && !*too_many; i++)
		add_person(call, people->pdata[i], units, texts, groups[group_of(people->pdata[i])]);
	return TRUE;
}

Response *page_team(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	GArray *groups[N_TEAM_GROUPS];
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	g_autofree char *date = words_date(call->today);
	g_autofree char *time = words_time(call->request->now_ms, call->web->utc_offset_min);
	TeamView view = {.choices = choices->list,
					 .unit_code = choices->code,
					 .unit_name = choices->name,
					 .date = date,
					 .time = time};
	for (gsize i = 0; i < N_TEAM_GROUPS; i++) {
		view.groups[i] = groups[i] = g_array_new(FALSE, FALSE, sizeof(TeamPerson));
		g_ptr_array_add(owned, groups[i]);
	}
	if (!load_today(call, choices->unit, texts, groups, &view.too_many, error))
		return NULL;
	Frame frame = layout_frame(call, "Tim hari ini", NAV_TEAM);
	frame.refresh_s = "60";
	Html *html = html_new();
	page_team_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── the month ── */

static void take_verdict(const VerdictLine *line, gint64 first, GStringChunk *texts, TeamRow *row)
{
	const Verdict *verdict = &line->verdict;
	gint64 at = verdict->day - first;
	if (at < 0 || at >= (gint64)G_N_ELEMENTS(row->days))
		return;
	g_auto(GStrv) codes = g_strsplit(verdict->codes, " ", -1);
	row->days[at] =
		(TeamCell){g_string_chunk_insert_const(texts, verdict->codes), page_day_tone(verdict)};
	row->late_min += verdict->late_min;
	row->n_absent += g_strv_contains((const char *const *)codes, "TK");
	row->n_present += verdict->in_ms != 0 || verdict->out_ms != 0;
	/* The name of the last day is what the row is called. */
	row->name = g_string_chunk_insert_const(texts, line->name);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const TeamRow *x = *(const TeamRow *const *)a, *y = *(const TeamRow *const *)b;
	int names = g_utf8_collate(x->name, y->name);
	return names != 0 ? names : (x->id > y->id) - (x->id < y->id);
}

/* NULL with `error` unset: more people than are listed. */
static GPtrArray *load_month(const Call *call, gint64 unit, GStringChunk *texts, GError **error)
{
	VerdictFilter filter = {
		.from_day = call->subject.from_day, .to_day = call->subject.to_day, .unit = unit};
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	if (unit == 0)
		return NULL;
	g_autoptr(VerdictCursor) cursor = verdicts_report(call->web->sql, &filter, error);
	if (cursor != NULL)
		verdict_cursor_brief(cursor);
	VerdictLine line;
	SqlStep step = SQL_FAILED;
	TeamRow *row = NULL;
	while (cursor != NULL && (step = verdicts_report_next(cursor, &line, error)) == SQL_ROW) {
		if (row == NULL || row->id != line.verdict.person) {
			if (rows->len == TEAM_PEOPLE_MAX)
				return NULL;
			row = g_new0(TeamRow, 1);
			row->id = line.verdict.person;
			g_ptr_array_add(rows, row);
		}
		take_verdict(&line, filter.from_day, texts, row);
	}
	if (step != SQL_DONE)
		return NULL;
	g_ptr_array_sort(rows, by_name);
	return g_steal_pointer(&rows);
}

/* Where the shown part begins, from the query: a multiple of its size. */
static guint part_of(const Call *call, guint n_rows)
{
	const char *text = call_query(call, "mulai");
	guint64 from = 0;
	if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, TEAM_PEOPLE_MAX, &from, NULL) ||
		from >= n_rows)
		return 0;
	return (guint)from / TEAM_MONTH_ROWS * TEAM_MONTH_ROWS;
}

Response *page_team_month(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(16 * 1024);
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	g_autoptr(GPtrArray) rows = load_month(call, choices->unit, texts, error);
	if (rows == NULL && *error != NULL)
		return NULL;
	gint64 first = call->subject.from_day;
	g_autofree char *month = words_month(first), *iso = iso_month(first);
	g_autofree char *before = iso_month(month_first(first, -1));
	g_autofree char *after = iso_month(month_first(first, 1));
	guint n_rows = rows == NULL ? 0 : rows->len;
	TeamMonthView view = {.choices = choices->list,
						  .unit_code = choices->code,
						  .unit_name = choices->name,
						  .month = month,
						  .month_iso = iso,
						  .before = before,
						  .after = month_first(first, 1) <= call->today ? after : NULL,
						  .n_days = (int)(call->subject.to_day - first),
						  .first_weekday = weekday_of(first),
						  .too_many = rows == NULL,
						  .rows = rows,
						  .n_rows = n_rows,
						  .from = part_of(call, n_rows)};
	Frame frame = layout_frame(call, "Tim sebulan", NAV_TEAM);
	Html *html = html_new();
	page_team_month_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}
