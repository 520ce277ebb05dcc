#include "server/web/time/page_today.h"

#include <string.h>

#include "server/store/terminals/places.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

#define DAYS_BACK 7

/* ── rendering ── */

static void add_punches(Html *html, const TodayView *view)
{
	if (view->punches->len == 0) {
		html_add(html, "<p>Belum ada presensi hari ini. Tempelkan jari di mesin presensi lokasi "
					   "tugas Anda; presensi muncul di sini begitu diterima server.</p>\n");
		return;
	}
	html_add(html, "<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->punches->len; i++) {
		const TodayPunch *punch = &g_array_index(view->punches, TodayPunch, i);
		html_add(html,
				 "<li><span><b>%s</b><small>%s</small></span><span class=\"%s\">%s</span></li>\n",
				 punch->time, punch->place,
				 punch->counted ? "hd-mark hd-tone-ok" : "hd-mark hd-tone-wait", punch->state);
	}
	html_add(html, "</ul>\n");
}

static void add_days(Html *html, const TodayView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Tujuh hari terakhir</h2>\n");
	if (view->days->len == 0)
		html_add(html, "<p>Belum ada hari yang dinilai.</p>\n");
	else
		html_add(html, "<ul class=\"hd-days\">\n");
	for (guint i = 0; i < view->days->len; i++) {
		const TodayDay *day = &g_array_index(view->days, TodayDay, i);
		html_add(html,
				 "<li class=\"%s\"><span><b>%s</b><small>%s</small></span>"
				 "<span class=\"hd-mark\">%s</span></li>\n",
				 day->tone, day->date, day->text, day->codes);
	}
	if (view->days->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

void page_today_render(Html *html, const Frame *frame, const TodayView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s</p></div></div>\n"
			 "<section class=\"hd-section hd-tone-ok\">\n<h2>Presensi hari ini</h2>\n",
			 view->name, view->date);
	add_punches(html, view);
	if (view->due_out != NULL)
		html_add(html, "<p class=\"hd-said\">Pulang paling awal pukul <b>%s</b>.</p>\n",
				 view->due_out);
	if (view->figures != NULL)
		html_add(html, "<p class=\"hd-said\"><b>%s</b></p>\n", view->figures);
	if (view->text != NULL)
		html_add(html, "<p class=\"hd-said\">%s</p>\n", view->text);
	html_add(html, "</section>\n");
	add_days(html, view);
	layout_end(html, frame);
}

/* ── loading ── */

static const struct {
	PunchState state;
	const char *words;
} punch_words[] = {
	{PUNCH_COUNTED, "✓ diterima"},
	{PUNCH_WAITING, "… menunggu verifikasi"},
	{PUNCH_REJECTED, "✕ ditolak"},
	{PUNCH_QUARANTINED, "! diperiksa BKD"},
};

const char *page_punch_words(PunchState state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(punch_words); i++)
		if (punch_words[i].state == state)
			return punch_words[i].words;
	return "";
}

typedef struct {
	GArray *punches, *days;
	char *name, *date, *text, *figures, *due_out;
} Loaded;

static void punch_clear(gpointer data)
{
	TodayPunch *punch = data;
	g_free(punch->time);
	g_free(punch->place);
}

static void day_clear(gpointer data)
{
	TodayDay *day = data;
	g_free(day->date);
	g_free(day->codes);
	g_free(day->text);
}

static void loaded_init(Loaded *loaded)
{
	*loaded = (Loaded){.punches = g_array_new(FALSE, FALSE, sizeof(TodayPunch)),
					   .days = g_array_new(FALSE, FALSE, sizeof(TodayDay))};
	g_array_set_clear_func(loaded->punches, punch_clear);
	g_array_set_clear_func(loaded->days, day_clear);
}

static void loaded_clear(Loaded *loaded)
{
	g_array_unref(loaded->punches);
	g_array_unref(loaded->days);
	g_free(loaded->name);
	g_free(loaded->date);
	g_free(loaded->text);
	g_free(loaded->figures);
	g_free(loaded->due_out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static gboolean load_punches(const Call *call, Loaded *loaded, GError **error)
{
	gint64 offset_min = call->web->utc_offset_min;
	gint64 from_ms = call->today * DAY_MS - offset_min * MINUTE_MS;
	g_autoptr(PunchCursor) cursor =
		punches_of_person(call->web->sql, call->subject.person, from_ms, from_ms + DAY_MS, error);
	if (cursor == NULL)
		return FALSE;
	Punch punch;
	SqlStep step;
	while ((step = punches_next(cursor, &punch, error)) == SQL_ROW) {
		TodayPunch row = {.time = words_time(punch.at_ms, offset_min),
						  .place = places_name(call->web->sql, punch.place, call->today, NULL),
						  .state = page_punch_words(punch.state),
						  .counted = punch.state == PUNCH_COUNTED};
		g_array_append_val(loaded->punches, row);
	}
	return step == SQL_DONE;
}

/* The reasons' words, one after the other; what holds for both slots is said once. */
static char *words_of(const char *reasons)
{
	json_t *list = reasons == NULL ? NULL : json_loads(reasons, 0, NULL);
	GString *text = g_string_new(NULL);
	size_t i;
	json_t *reason;
	json_array_foreach(list, i, reason)
	{
		const char *words = json_string_value(json_object_get(reason, "text"));
		if (words != NULL && strstr(text->str, words) == NULL)
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : " ", words);
	}
	json_decref(list);
	return g_string_free(text, FALSE);
}

const char *page_day_tone(const Verdict *verdict)
{
	if (strcmp(verdict->state, "final") != 0)
		return "hd-tone-wait";
	if (strstr(verdict->codes, "TK") != NULL)
		return "hd-tone-missing";
	return verdict->late_min + verdict->early_min > 0 ? "hd-tone-late" : "hd-tone-ok";
}

/* There is one verdict of a day. */
static void take_today(Loaded *loaded, const Verdict *verdict, gint64 offset_min)
{
	loaded->text = words_of(verdict->reasons);
	loaded->figures = words_figures(verdict->late_min, verdict->early_min,
									verdict->trial ? 0 : verdict->deduction_bp);
	if (verdict->due_out_ms != 0 && verdict->out_ms == 0)
		loaded->due_out = words_time(verdict->due_out_ms, offset_min);
}

static gboolean load_days(const Call *call, Loaded *loaded, GError **error)
{
	g_autoptr(VerdictCursor) cursor = verdicts_of_person(
		call->web->sql, call->subject.person, call->today - DAYS_BACK, call->today + 1, error);
	if (cursor == NULL)
		return FALSE;
	Verdict verdict;
	SqlStep step;
	while ((step = verdicts_next(cursor, &verdict, error)) == SQL_ROW) {
		if (verdict.day == call->today) {
			take_today(loaded, &verdict, call->web->utc_offset_min);
			continue;
		}
		TodayDay day = {.date = words_date(verdict.day),
						.codes = g_strdup(verdict.codes),
						.text = words_of(verdict.reasons),
						.tone = page_day_tone(&verdict)};
		g_array_prepend_val(loaded->days, day);
	}
	return step == SQL_DONE;
}

static gboolean load_name(const Call *call, Loaded *loaded, GError **error)
{
	PeopleFilter filter = {.day = call->today, .person = call->subject.person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	loaded->name = g_strdup(step == SQL_ROW ? row.name : "");
	loaded->date = words_date(call->today);
	return step != SQL_FAILED;
}

/* The account's own person; an account without one has no day of its own. */
Response *subject_self(Call *call, GError **error)
{
	(void)error;
	call->subject.person = call->access->user->person;
	return call->subject.person == 0 ? problem_for(call, 404, NULL) : NULL;
}

Response *page_today(Call *call, GError **error)
{
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	if (!load_name(call, &loaded, error) || !load_punches(call, &loaded, error) ||
		!load_days(call, &loaded, error))
		return NULL;
	TodayView view = {.name = loaded.name,
					  .date = loaded.date,
					  .punches = loaded.punches,
					  .days = loaded.days,
					  .figures = loaded.figures,
					  .due_out = loaded.due_out,
					  .text = loaded.text != NULL && loaded.text[0] != '\0' ? loaded.text : NULL};
	Frame frame = layout_frame(call, "Hari ini", NAV_TODAY);
	frame.refresh_s = "60";
	Html *html = html_new();
	page_today_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* Where a log-in leads: to what the account is there for. */
Response *page_start(Call *call, GError **error)
{
	(void)error;
	const Access *access = call->access;
	if (access->kind == ACCESS_SESSION && access->user->one_time)
		return response_redirect("/kata-sandi");
	if (access->second_due)
		return response_redirect(access->second_known ? "/kode" : "/kode/pasang");
	/* A superior decides; who keeps people looks at who is missing. */
	if (access_has_role(access, ROLE_ATASAN) && !access_has_right(access, RIGHT_ENROL))
		return response_redirect("/tugas");
	if (access_has_right(access, RIGHT_SEE_PEOPLE))
		return response_redirect("/papan");
	if (access->user->person != 0)
		return response_redirect("/hari-ini");
	if (access_has_right(access, RIGHT_SEE_TERMINALS))
		return response_redirect("/mesin");
	return problem_for(call, 403, NULL);
}
