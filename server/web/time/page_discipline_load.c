/* Signals of PP 94/2021 for pages and REST; what a superior does about them. */
#include "server/rules/calendar.h"
#include "server/services/discipline.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/time/page_discipline.h"
#include "server/web/words.h"

#define YEAR_MIN 2000
#define YEAR_MAX 2999
#define READ_MAX 1000 /* signals looked at for one page */

static gboolean is_open(const Signal *signal)
{
	return signal->state == SIGNAL_SAID || signal->state == SIGNAL_NOTED;
}

/* Of the units of the route's right on that day, and those said to this account's own person. */
static gboolean sees(const Call *call, const Signal *signal)
{
	return scope_has(call->scope, signal->unit) ||
		   (signal->superior != 0 && signal->superior == call->access->user->person);
}

/* The next ones that this account sees, at most `limit`; `next`: after which the others come, 0: none does.
 * (transfer full) */
static GPtrArray *list(const Call *call, gint64 year, gboolean open, gint64 after, guint limit,
					   gint64 *next, GError **error)
{
	const SignalFilter filter = {
		.year = year, .superior = -1, .open = open, .after = after, .limit = READ_MAX};
	g_autoptr(GPtrArray) all = signals_list(call->web->sql, &filter, error);
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)signal_free);
	*next = 0;
	if (all == NULL)
		return NULL;
	gint64 last = all->len == READ_MAX ? ((Signal *)all->pdata[all->len - 1])->id : 0;
	while (all->len > 0 && out->len < limit) {
		Signal *first = g_ptr_array_steal_index(all, 0);
		if (sees(call, first))
			g_ptr_array_add(out, first);
		else
			signal_free(first);
	}
	if (out->len == limit && all->len > 0)
		*next = ((Signal *)out->pdata[limit - 1])->id;
	else
		*next = last;
	return g_steal_pointer(&out);
}

/* NULL with `error` unset: none that this account sees. */
static Signal *find(const Call *call, gint64 *id, GError **error)
{
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, id, NULL))
		return NULL;
	const SignalFilter filter = {.id = *id, .superior = -1, .limit = 1};
	g_autoptr(GPtrArray) found = signals_list(call->web->sql, &filter, error);
	if (found == NULL || found->len == 0 || !sees(call, found->pdata[0]))
		return NULL;
	return g_ptr_array_steal_index(found, 0);
}

static int year_of(gint64 day)
{
	int year, month, day_of;
	calendar_to_date(day, &year, &month, &day_of);
	return year;
}

static Response *read_year(const Call *call, const char *name, gint64 *year)
{
	const char *text = call_query(call, name);
	*year = year_of(call->today);
	if (text != NULL && !g_ascii_string_to_signed(text, 10, YEAR_MIN, YEAR_MAX, year, NULL))
		return problem_for(call, request_is_api(call->request) ? 422 : 404, NULL);
	return NULL;
}

/* ── pages ── */

static gboolean fill_line(const Call *call, const Signal *signal, GStringChunk *texts,
						  SignalLine *line, GError **error)
{
	*line =
		(SignalLine){.id = signal->id,
					 .person = signal->person,
					 .what = words_keep(texts, g_strdup_printf("%s, %" G_GINT64_FORMAT " hari",
															   signal->name, signal->total)),
					 .reached = words_keep(texts, words_date(signal->reached_day)),
					 .state = discipline_state_text(signal->state),
					 .due = is_open(signal) ? words_keep(texts, words_date(signal->due_day)) : NULL,
					 .overdue = signal->overdue_ms != 0,
					 .open = is_open(signal)};
	return names_person(call, texts, signal->person, &line->who, error);
}

Response *page_signals(Call *call, GError **error)
{
	const char *only = call_query(call, "saring"), *text = call_query(call, "setelah");
	gint64 after = 0;
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(SignalLine));
	SignalsView view = {.only_open = g_strcmp0(only, "semua") != 0, .lines = lines};
	Response *problem = read_year(call, "tahun", &view.year);
	if (problem != NULL)
		return problem;
	if (text != NULL && !g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &after, NULL))
		return problem_for(call, 404, NULL);
	g_autoptr(GPtrArray) rows =
		list(call, view.year, view.only_open, after, DISCIPLINE_PAGE, &view.next, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		SignalLine line;
		if (!fill_line(call, rows->pdata[i], texts, &line, error))
			return NULL;
		g_array_append_val(lines, line);
	}
	if (rows == NULL)
		return NULL;
	Frame frame = layout_frame(call, "Sinyal disiplin", NAV_DISCIPLINE);
	Html *html = html_new();
	page_signals_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

static gboolean load_days(const Call *call, const Signal *signal, GStringChunk *texts, GArray *out,
						  GError **error)
{
	g_autoptr(GArray) days = NULL;
	if (!signals_its_days(call->web->sql, signal->id, &days, error))
		return FALSE;
	for (guint i = 0; i < days->len; i++) {
		const SignalDay *day = &g_array_index(days, SignalDay, i);
		SignalEvidence line = {
			.date = words_keep(texts, words_date(day->day)),
			.month_iso = words_keep(texts, iso_month(day->day)),
			.day = day_of_month(day->day),
			.what = day->absent ? "tidak hadir"
								: words_keep(texts, g_strdup_printf("%" G_GINT64_FORMAT " menit",
																	day->minutes))};
		g_array_append_val(out, line);
	}
	return TRUE;
}

/* Fills the rest of `view`, and answers with it. */
static Response *show(const Call *call, guint status, const Signal *signal, SignalView *view,
					  GError **error)
{
	gboolean theirs = FALSE;
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) days = g_array_new(FALSE, TRUE, sizeof(SignalEvidence));
	if (!fill_line(call, signal, texts, &view->line, error) ||
		!load_days(call, signal, texts, days, error) ||
		(signal->superior != 0 &&
		 !names_person(call, texts, signal->superior, &view->superior, error)) ||
		!discipline_is_theirs(call->web->sql, signal, call->access->user->id, call->today, &theirs,
							  error))
		return NULL;
	theirs = theirs && access_has_right(call->access, RIGHT_APPROVE);
	view->absent_days = signal->absent_days;
	view->minutes = signal->minutes;
	view->total = signal->total;
	view->made = words_keep(texts, words_moment(signal->made_ms, call->web->utc_offset_min));
	view->noted = signal->noted_by;
	view->acted = signal->acted_by;
	view->action = signal->action;
	view->ended = signal->ended_why;
	view->days = days;
	view->may_note = theirs && signal->state == SIGNAL_SAID;
	view->may_act = theirs && is_open(signal);
	Frame frame = layout_frame(call, "Sinyal disiplin", NAV_DISCIPLINE);
	Html *html = html_new();
	page_signal_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static Response *none(const Call *call, GError **error)
{
	return *error == NULL ? problem_for(call, 404, NULL) : NULL;
}

Response *page_signal(Call *call, GError **error)
{
	gint64 id;
	SignalView view = {.text = ""};
	g_autoptr(Signal) signal = find(call, &id, error);
	if (signal == NULL)
		return none(call, error);
	call->subject.detail = g_strdup(call->params[0]);
	return show(call, 200, signal, &view, error);
}

/* ── what the superior does ── */

static gboolean take(const Call *call, gint64 id, gboolean act, const char *action,
					 GError **refused)
{
	const DisciplineClock clock = {call->request->now_ms, call->today};
	gint64 account = call->access->user->id;
	return act ? discipline_act(call->web->sql, id, account, action, &clock, refused)
			   : discipline_note(call->web->sql, id, account, &clock, refused);
}

static const char *refusal_words(const GError *refused)
{
	switch ((DisciplineError)refused->code) {
	case DISCIPLINE_ERROR_RIGHT:
		return "Sinyal ini untuk atasan pada hari itu, atau yang menggantikannya.";
	case DISCIPLINE_ERROR_STATE:
		return "Sinyal ini sudah ditindaklanjuti atau ditarik.";
	case DISCIPLINE_ERROR_TEXT:
		return "Tulis apa yang dilakukan, paling banyak 500 huruf.";
	case DISCIPLINE_ERROR_UNKNOWN:
		break;
	}
	return "Sinyal itu tidak ada.";
}

Response *page_signal_post(Call *call, GError **error)
{
	const char *step = form_get(call->form, "langkah"), *text = form_get(call->form, "tindakan");
	gboolean act = g_strcmp0(step, "tindak") == 0;
	gint64 id;
	SignalView view = {.text = text == NULL ? "" : text};
	g_autoptr(GError) refused = NULL;
	g_autoptr(Signal) signal = find(call, &id, error);
	if (signal == NULL)
		return none(call, error);
	if (!act && g_strcmp0(step, "catat") != 0)
		return problem_for(call, 422, NULL);
	call->subject.detail = g_strdup_printf("%s %s", call->params[0], step);
	if (take(call, id, act, view.text, &refused))
		return response_redirect("/disiplin");
	if (refused->domain != DISCIPLINE_ERROR) {
		g_propagate_error(error, g_steal_pointer(&refused));
		return NULL;
	}
	view.problem = refusal_words(refused);
	return show(call, refused->code == DISCIPLINE_ERROR_TEXT ? 422 : 409, signal, &view, error);
}

/* ── REST ── */

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *days_json(const Call *call, const Signal *signal, GError **error)
{
	g_autoptr(GArray) days = NULL;
	if (!signals_its_days(call->web->sql, signal->id, &days, error))
		return NULL;
	json_t *out = json_array();
	for (guint i = 0; i < days->len; i++) {
		const SignalDay *day = &g_array_index(days, SignalDay, i);
		g_autofree char *date = iso_date(day->day);
		json_array_append_new(out, json_pack("{s:s, s:b, s:I}", "date", date, "absent", day->absent,
											 "minutes", (json_int_t)day->minutes));
	}
	return out;
}

static json_t *signal_json(const Call *call, const Signal *signal, GError **error)
{
	g_autofree char *reached = iso_date(signal->reached_day), *due = iso_date(signal->due_day);
	json_t *days = days_json(call, signal, error);
	if (days == NULL)
		return NULL;
	json_t *out = json_object();
	json_object_set_new(out, "id", json_integer(signal->id));
	json_object_set_new(out, "person", json_integer(signal->person));
	json_object_set_new(out, "kind", json_string(signal->kind == SIGNAL_RUN ? "run" : "tier"));
	json_object_set_new(out, "name", json_string(signal->name));
	json_object_set_new(out, "year", json_integer(signal->year));
	json_object_set_new(out, "absent_days", json_integer(signal->absent_days));
	json_object_set_new(out, "minutes", json_integer(signal->minutes));
	json_object_set_new(out, "total_days", json_integer(signal->total));
	json_object_set_new(out, "reached", json_string(reached));
	json_object_set_new(out, "superior",
						signal->superior == 0 ? json_null() : json_integer(signal->superior));
	json_object_set_new(out, "state", json_string(discipline_state_text(signal->state)));
	json_object_set_new(out, "due", json_string(due));
	json_object_set_new(out, "overdue", json_boolean(signal->overdue_ms != 0));
	json_object_set_new(out, "action", text_or_null(signal->action));
	json_object_set_new(out, "days", days);
	return out;
}

Response *api_signals(Call *call, GError **error)
{
	static const char *const names[] = {"year", "open", "limit", "cursor", NULL};
	gsize limit = 0;
	gint64 after = 0, unused = 0, year = 0, next_id = 0;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &after, &unused);
	if (problem == NULL)
		problem = read_year(call, "year", &year);
	if (problem != NULL)
		return problem;
	gboolean open = g_strcmp0(call_query(call, "open"), "true") == 0;
	g_autoptr(GPtrArray) rows = list(call, year, open, after, (guint)limit, &next_id, error);
	if (rows == NULL)
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < rows->len; i++) {
		json_t *item = signal_json(call, rows->pdata[i], error);
		if (item == NULL) {
			json_decref(items);
			return NULL;
		}
		json_array_append_new(items, item);
	}
	g_autofree char *next = next_id != 0 ? cursor_encode(next_id, 0) : NULL;
	return api_list(items, next);
}

static Response *answer(Call *call, GError **error)
{
	gint64 id;
	g_autoptr(Signal) signal = find(call, &id, error);
	json_t *json = signal == NULL ? NULL : signal_json(call, signal, error);
	if (json != NULL)
		return call_json(200, json);
	return *error == NULL ? problem_new(404, NULL) : NULL;
}

/* With an action it is acted upon, without one it is read. */
Response *api_signal_note(Call *call, GError **error)
{
	const json_t *said = json_object_get(call->body, "action");
	const char *action = json_string_value(said);
	gint64 id;
	g_autoptr(GError) refused = NULL;
	g_autoptr(Signal) signal = find(call, &id, error);
	if (signal == NULL)
		return *error == NULL ? problem_new(404, NULL) : NULL;
	if (said != NULL && !json_is_null(said) && action == NULL)
		return problem_field("action", "a text");
	call->subject.detail =
		g_strdup_printf("%s %s", call->params[0], action != NULL ? "tindak" : "catat");
	if (take(call, id, action != NULL, action, &refused))
		return answer(call, error);
	if (refused->domain != DISCIPLINE_ERROR) {
		g_propagate_error(error, g_steal_pointer(&refused));
		return NULL;
	}
	return refused->code == DISCIPLINE_ERROR_TEXT ? problem_field("action", refused->message)
												  : problem_new(409, refused->message);
}
