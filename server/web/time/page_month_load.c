/* A person's month, read from the store. */
#include <string.h>

#include "server/store/time/board.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/time/page_month.h"
#include "server/web/time/page_today.h"
#include "server/web/words.h"

typedef struct {
	GStringChunk *texts;
	GArray *days, *codes; /* MonthDay, MonthCode */
	GPtrArray *lists;     /* the days' texts: GPtrArray */
	GPtrArray *punches;   /* the days' punches: GArray */
	gint64 from_day, deduction_bp;
	MonthView view;
} Loaded;

static void loaded_init(Loaded *loaded)
{
	*loaded = (Loaded){
		.texts = g_string_chunk_new(4096),
		.days = g_array_new(FALSE, TRUE, sizeof(MonthDay)),
		.codes = g_array_new(FALSE, TRUE, sizeof(MonthCode)),
		.lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref),
		.punches = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
	};
}

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_array_unref(loaded->days);
	g_array_unref(loaded->codes);
	g_ptr_array_unref(loaded->lists);
	g_ptr_array_unref(loaded->punches);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static void make_days(Loaded *loaded, gint64 from_day, gint64 to_day)
{
	loaded->from_day = from_day;
	g_array_set_size(loaded->days, (guint)(to_day - from_day));
	for (guint i = 0; i < loaded->days->len; i++) {
		MonthDay *day = &g_array_index(loaded->days, MonthDay, i);
		day->number = (int)i + 1;
		day->date = words_keep(loaded->texts, words_date(from_day + i));
		day->codes = "";
		day->tone = "hd-tone-mute";
	}
}

static MonthDay *day_at(const Loaded *loaded, gint64 day)
{
	gint64 i = day - loaded->from_day;
	return i < 0 || i >= loaded->days->len ? NULL : &g_array_index(loaded->days, MonthDay, i);
}

/* ── verdicts ── */

static gboolean said(const GPtrArray *list, const char *text)
{
	for (guint i = 0; i < list->len; i++)
		if (strcmp(list->pdata[i], text) == 0)
			return TRUE;
	return FALSE;
}

/* The reasons' words; what holds for both slots is said once. */
static const GPtrArray *texts_of(Loaded *loaded, const char *reasons)
{
	GPtrArray *list = g_ptr_array_new();
	json_t *all = reasons == NULL ? NULL : json_loads(reasons, 0, NULL);
	size_t i;
	json_t *reason;
	json_array_foreach(all, i, reason)
	{
		const char *text = json_string_value(json_object_get(reason, "text"));
		if (text != NULL && !said(list, text))
			g_ptr_array_add(list, g_string_chunk_insert(loaded->texts, text));
	}
	json_decref(all);
	g_ptr_array_add(loaded->lists, list);
	return list;
}

static void count_code(Loaded *loaded, const char *code)
{
	for (guint i = 0; i < loaded->codes->len; i++) {
		MonthCode *known = &g_array_index(loaded->codes, MonthCode, i);
		if (strcmp(known->code, code) == 0) {
			known->n++;
			return;
		}
	}
	MonthCode fresh = {.code = g_string_chunk_insert(loaded->texts, code), .n = 1};
	g_array_append_val(loaded->codes, fresh);
}

/* What of the day is asked to be corrected, by its first code that says what is missing. */
static const char *correction_of(const char *codes)
{
	static const struct {
		const char *code, *kind;
	} wrong[] = {
		{"TAM", "masuk"}, {"TL", "masuk"}, {"TAP", "pulang"}, {"PSW", "pulang"}, {"TK", "hari"}};
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		if (g_str_has_prefix(codes, wrong[i].code))
			return wrong[i].kind;
	return NULL;
}

/* Of the own month: proposes it to /koreksi with day and slot filled in. */
static void offer_corrections(Loaded *loaded, gint64 first_day)
{
	for (guint i = 0; i < loaded->days->len; i++) {
		MonthDay *day = &g_array_index(loaded->days, MonthDay, i);
		const char *kind = day->judged ? correction_of(day->codes) : NULL;
		g_autofree char *date = iso_date(first_day + i);
		if (kind != NULL)
			day->correct = words_keep(
				loaded->texts, g_strdup_printf("/koreksi?tanggal=%s&jenis=%s#ajukan", date, kind));
	}
}

static void take_verdict(Loaded *loaded, const Verdict *verdict)
{
	MonthDay *day = day_at(loaded, verdict->day);
	if (day == NULL)
		return;
	day->judged = TRUE;
	day->codes = g_string_chunk_insert(loaded->texts, verdict->codes);
	day->tone = page_day_tone(verdict);
	day->texts = texts_of(loaded, verdict->reasons);
	day->figures =
		words_keep(loaded->texts, words_figures(verdict->late_min, verdict->early_min,
												verdict->trial ? 0 : verdict->deduction_bp));
	loaded->deduction_bp += verdict->trial ? 0 : verdict->deduction_bp;
	loaded->view.n_present += verdict->in_ms != 0 || verdict->out_ms != 0;
	loaded->view.late_min += verdict->late_min;
	loaded->view.early_min += verdict->early_min;
	g_auto(GStrv) codes = g_strsplit(verdict->codes, " ", -1);
	for (char **code = codes; *code != NULL; code++)
		if (**code != '\0')
			count_code(loaded, *code);
}

static gboolean load_verdicts(const Call *call, Loaded *loaded, const DaySpan *span, GError **error)
{
	g_autoptr(VerdictCursor) cursor = verdicts_of_person(call->web->sql, call->subject.person,
														 span->from_day, span->to_day, error);
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = verdicts_next(cursor, &verdict, error)) == SQL_ROW)
		take_verdict(loaded, &verdict);
	return step == SQL_DONE;
}

static gboolean load_meanings(const Call *call, Loaded *loaded, GError **error)
{
	for (guint i = 0; i < loaded->codes->len; i++) {
		MonthCode *code = &g_array_index(loaded->codes, MonthCode, i);
		g_autoptr(GError) inner = NULL;
		code->meaning =
			words_keep(loaded->texts, board_code_name(call->web->sql, code->code, &inner));
		if (inner != NULL) {
			g_propagate_error(error, g_steal_pointer(&inner));
			return FALSE;
		}
	}
	return TRUE;
}

/* ── punches ── */

static gboolean take_punch(const Call *call, Loaded *loaded, const Punch *punch, GError **error)
{
	gint64 offset_min = call->web->utc_offset_min;
	gint64 local_day = words_day(punch->at_ms, offset_min);
	MonthDay *day = day_at(loaded, local_day);
	if (day == NULL || !day->judged)
		return TRUE;
	g_autoptr(GError) inner = NULL;
	MonthPunch row = {
		.time = words_keep(loaded->texts, words_time(punch->at_ms, offset_min)),
		.place =
			words_keep(loaded->texts, places_name(call->web->sql, punch->place, local_day, &inner)),
		.state = page_punch_words(punch->state),
		.counted = punch->state == PUNCH_COUNTED,
	};
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	if (day->punches == NULL) {
		GArray *fresh = g_array_new(FALSE, FALSE, sizeof(MonthPunch));
		g_ptr_array_add(loaded->punches, fresh);
		day->punches = fresh;
	}
	g_array_append_val((GArray *)day->punches, row);
	return TRUE;
}

static gboolean load_punches(const Call *call, Loaded *loaded, const DaySpan *span, GError **error)
{
	gint64 offset_ms = call->web->utc_offset_min * MINUTE_MS;
	g_autoptr(PunchCursor) cursor =
		punches_of_person(call->web->sql, call->subject.person, span->from_day * DAY_MS - offset_ms,
						  span->to_day * DAY_MS - offset_ms, error);
	Punch punch;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = punches_next(cursor, &punch, error)) == SQL_ROW)
		if (!take_punch(call, loaded, &punch, error))
			return FALSE;
	return step == SQL_DONE;
}

/* ── the page ── */

/* The parameter's month, or this one, as the days asked for. */
static Response *ask_month(Call *call)
{
	const char *text = call_query(call, "bulan");
	gint64 first = call->today;
	if (text != NULL && !iso_month_parse(text, &first))
		return problem_for(call, 404, NULL);
	call->subject.from_day = month_first(first, 0);
	call->subject.to_day = month_first(first, 1);
	g_autofree char *month = iso_month(first);
	g_free(call->subject.detail);
	call->subject.detail = g_steal_pointer(&month);
	return NULL;
}

Response *subject_self_month(Call *call, GError **error)
{
	Response *refusal = subject_self(call, error);
	return refusal != NULL ? refusal : ask_month(call);
}

Response *subject_person_month(Call *call, GError **error)
{
	Response *refusal = subject_person_page(call, error);
	return refusal != NULL ? refusal : ask_month(call);
}

static gboolean load(const Call *call, Loaded *loaded, GError **error)
{
	make_days(loaded, call->subject.from_day, call->subject.to_day);
	for (guint i = 0; i < call->days->len; i++) {
		const DaySpan *span = &g_array_index(call->days, DaySpan, i);
		if (!load_verdicts(call, loaded, span, error) || !load_punches(call, loaded, span, error))
			return FALSE;
	}
	return load_meanings(call, loaded, error);
}

static gboolean load_name(const Call *call, Loaded *loaded, GError **error)
{
	/* As of the last day of the month that may be seen. */
	const DaySpan *last = &g_array_index(call->days, DaySpan, call->days->len - 1);
	PeopleFilter filter = {.day = last->to_day - 1, .person = call->subject.person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	loaded->view.name = g_string_chunk_insert(loaded->texts, step == SQL_ROW ? row.name : "");
	return step != SQL_FAILED;
}

static Response *show(const Call *call, Nav nav, const char *base, const char *back, GError **error)
{
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	if (!load_name(call, &loaded, error) || !load(call, &loaded, error))
		return NULL;
	gint64 first = call->subject.from_day;
	MonthView *view = &loaded.view;
	if (back == NULL)
		offer_corrections(&loaded, first);
	view->month = words_keep(loaded.texts, words_month(first));
	view->base = base;
	view->back = back;
	view->before = words_keep(loaded.texts, iso_month(month_first(first, -1)));
	if (month_first(first, 1) <= call->today)
		view->after = words_keep(loaded.texts, iso_month(month_first(first, 1)));
	view->first_weekday = weekday_of(first);
	view->days = loaded.days;
	view->codes = loaded.codes;
	Frame frame = layout_frame(call, "Bulan", nav);
	Html *html = html_new();
	view->deduction = words_keep(loaded.texts, words_percent(loaded.deduction_bp));
	page_month_render(html, &frame, view);
	return call_html(html_to_bytes(html));
}

Response *page_own_month(Call *call, GError **error)
{
	return show(call, NAV_MONTH, "/bulan", NULL, error);
}

Response *page_person_month(Call *call, GError **error)
{
	g_autofree char *back = g_strdup_printf("/pegawai/%" G_GINT64_FORMAT, call->subject.person);
	g_autofree char *base = g_strconcat(back, "/bulan", NULL);
	return show(call, NAV_PEOPLE, base, back, error);
}
