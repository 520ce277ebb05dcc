/* What the pages of the months' end read, and the steps they take. */
#include <string.h>

#include "server/store/month/month_close.h"
#include "server/store/month/month_hinders.h"
#include "server/store/month/month_lines.h"
#include "server/store/people/units.h"
#include "server/store/system/second_factor.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/problem.h"
#include "server/web/time/page_closing.h"
#include "server/web/words.h"

#define PAGES_MAX 100000

/* ── all units ── */

static gboolean passes(const ClosingLine *line, const char *only)
{
	if (only[0] == '\0')
		return TRUE;
	return g_str_equal(only, "hindered") ? line->n_hindrances > 0
										 : g_str_equal(only, month_state_text(line->state));
}

static gboolean is_filter(const char *only)
{
	gboolean known = only[0] == '\0' || g_str_equal(only, "hindered");
	for (MonthState i = MONTH_OPEN; i < N_MONTH_STATES && !known; i++)
		known = g_str_equal(only, month_state_text(i));
	return known;
}

/* Of the units that this account sees. */
static GPtrArray *list_rows(const Call *call, gint64 month_day, GError **error)
{
	g_autoptr(GPtrArray) rows = months_list(call->web->sql, 0, month_day, error);
	for (guint i = rows == NULL ? 0 : rows->len; i > 0; i--)
		if (!scope_has(call->scope, ((MonthRow *)rows->pdata[i - 1])->unit))
			g_ptr_array_remove_index(rows, i - 1);
	return g_steal_pointer(&rows);
}

static const char *moment(const Call *call, GStringChunk *texts, gint64 at_ms)
{
	return words_keep(texts, words_moment(at_ms, call->web->utc_offset_min));
}

static gboolean add_line(const Call *call, const MonthRow *row, gint64 n_hindrances,
						 gint64 month_day, GStringChunk *texts, ClosingsView *view, GArray *lines,
						 GError **error)
{
	gint64 deadline = 0;
	if (!month_deadline_of(call->web->sql, row->unit, month_day, &deadline, error))
		return FALSE;
	const ClosingLine line = {.code = row->code,
							  .name = row->name,
							  .state = row->state,
							  .last = row->last_ms == 0 ? NULL : moment(call, texts, row->last_ms),
							  .n_people = row->n_people,
							  .n_differences = row->n_differences,
							  .n_hindrances = n_hindrances,
							  .late = row->state == MONTH_OPEN && call->today > deadline};
	view->n_states[row->state]++;
	if (passes(&line, view->only))
		g_array_append_val(lines, line);
	return TRUE;
}

Response *page_closings(Call *call, GError **error)
{
	const char *text = call_query(call, "bulan"), *only = call_query(call, "saring");
	gint64 first = month_first(call->today, -1), deadline = 0;
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ClosingLine));
	ClosingsView view = {.only = only == NULL ? "" : only, .lines = lines};
	if ((text != NULL && !iso_month_parse(text, &first)) || !is_filter(view.only))
		return problem_for(call, 404, NULL);
	g_autoptr(GPtrArray) rows = list_rows(call, first, error);
	if (rows == NULL || !month_deadline_of(call->web->sql, 0, first, &deadline, error))
		return NULL;
	g_autofree gint64 *counts =
		month_hinders_count(call->web->sql, rows, first, call->web->utc_offset_min, error);
	if (counts == NULL)
		return NULL;
	for (guint i = 0; i < rows->len; i++)
		if (!add_line(call, rows->pdata[i], counts[i], first, texts, &view, lines, error))
			return NULL;
	view.month = words_keep(texts, words_month(first));
	view.month_iso = words_keep(texts, iso_month(first));
	view.before = words_keep(texts, iso_month(month_first(first, -1)));
	if (month_first(first, 1) <= call->today)
		view.after = words_keep(texts, iso_month(month_first(first, 1)));
	view.deadline = words_keep(texts, words_date(deadline));
	Frame frame = layout_frame(call, "Akhir bulan", NAV_CLOSING);
	Html *html = html_new();
	page_closings_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── one ── */

typedef struct {
	GStringChunk *texts;
	GArray *hindrances, *earlier, *later, *steps;
	ClosingView view;
} Loaded;

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_array_unref(loaded->hindrances);
	g_array_unref(loaded->earlier);
	g_array_unref(loaded->later);
	g_array_unref(loaded->steps);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static Loaded loaded_new(void)
{
	return (Loaded){.texts = g_string_chunk_new(4096),
					.hindrances = g_array_new(FALSE, TRUE, sizeof(ClosingHindrance)),
					.earlier = g_array_new(FALSE, TRUE, sizeof(ClosingDifference)),
					.later = g_array_new(FALSE, TRUE, sizeof(ClosingDifference)),
					.steps = g_array_new(FALSE, TRUE, sizeof(ClosingStep)),
					.view = {.page = 1, .reason = ""}};
}

static const char *hash_text(GStringChunk *texts, const guint8 hash[MONTH_HASH_SIZE])
{
	char hex[2 * MONTH_HASH_SIZE + 1];
	for (gsize i = 0; i < MONTH_HASH_SIZE; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return g_string_chunk_insert(texts, hex);
}

static gboolean add_hindrance(const Call *call, Loaded *loaded, const MonthHindrance *one,
							  GError **error)
{
	ClosingHindrance line = {.kind = one->kind,
							 .since = words_keep(loaded->texts, words_short_date(one->first_day)),
							 .n_days = one->n_days,
							 .person = one->person,
							 .id = one->id,
							 .day = day_of_month(one->first_day)};
	if (one->person != 0 && !names_person(call, loaded->texts, one->person, &line.who, error))
		return FALSE;
	g_array_append_val(loaded->hindrances, line);
	return TRUE;
}

static gboolean load_hindrances(const Call *call, Loaded *loaded, GError **error)
{
	g_autoptr(GArray) all =
		month_hinders_list(call->web->sql, call->subject.unit, call->subject.from_day,
						   call->web->utc_offset_min, error);
	if (all == NULL)
		return FALSE;
	guint from = (guint)(loaded->view.page - 1) * CLOSING_PAGE;
	loaded->view.n_hindrances = all->len;
	loaded->view.more |= all->len > from + CLOSING_PAGE;
	for (guint i = from; i < MIN(all->len, from + CLOSING_PAGE); i++)
		if (!add_hindrance(call, loaded, &g_array_index(all, MonthHindrance, i), error))
			return FALSE;
	return TRUE;
}

/* "TK, potongan 4 %". */
static const char *side_words(Loaded *loaded, gboolean has, const MonthLine *line)
{
	if (!has)
		return "tidak dinilai";
	g_autofree char *figures =
		words_figures(line->late_min, line->early_min, line->trial ? 0 : line->deduction_bp);
	return words_keep(loaded->texts, figures == NULL
										 ? g_strdup(line->codes)
										 : g_strdup_printf("%s, %s", line->codes, figures));
}

static gboolean add_difference(const Call *call, Loaded *loaded, const MonthDifference *row,
							   GArray *lines, GError **error)
{
	GStringChunk *texts = loaded->texts;
	ClosingDifference line = {.person = row->person,
							  .unit = g_string_chunk_insert(texts, row->old_unit_code),
							  .date = words_keep(texts, words_date(row->day)),
							  .month_iso = words_keep(texts, iso_month(row->day)),
							  .day = day_of_month(row->day),
							  .before = side_words(loaded, row->has_before, &row->before),
							  .after = side_words(loaded, row->has_after, &row->after),
							  .booked = words_keep(texts, words_month(row->month_day))};
	if (row->name != NULL)
		line.name = g_string_chunk_insert(texts, row->name);
	else if (!names_person(call, texts, row->person, &line.name, error))
		return FALSE;
	g_array_append_val(lines, line);
	return TRUE;
}

static gboolean load_differences(const Call *call, Loaded *loaded, gboolean from_old, GArray *lines,
								 GError **error)
{
	const MonthFilter filter = {.unit = call->subject.unit, .month_day = call->subject.from_day};
	guint from = (guint)(loaded->view.page - 1) * CLOSING_PAGE, at = 0;
	MonthDifference row;
	SqlStep step = SQL_FAILED;
	g_autoptr(MonthDifferenceCursor) rows =
		month_differences_list(call->web->sql, &filter, from_old, error);
	for (; rows != NULL && (step = month_differences_next(rows, &row, error)) == SQL_ROW; at++) {
		if (at >= from + CLOSING_PAGE) {
			loaded->view.more = TRUE;
			return TRUE;
		}
		if (at >= from && !add_difference(call, loaded, &row, lines, error))
			return FALSE;
	}
	return step == SQL_DONE;
}

static gboolean load_steps(const Call *call, Loaded *loaded, GError **error)
{
	static const char *const done[N_MONTH_STEPS] = {[MONTH_SUBMIT] = "Diajukan",
													[MONTH_SIGN] = "Ditandatangani",
													[MONTH_LOCK] = "Dikunci",
													[MONTH_PAY] = "Dicatat dibayarkan",
													[MONTH_REOPEN] = "Dibuka kembali"};
	g_autoptr(GPtrArray) steps =
		months_steps(call->web->sql, call->subject.unit, call->subject.from_day, error);
	for (guint i = 0; steps != NULL && i < steps->len; i++) {
		const MonthStepRow *row = steps->pdata[i];
		const ClosingStep step = {
			.step = done[row->step],
			.by = words_keep(loaded->texts, g_strdup(row->name != NULL ? row->name : row->by)),
			.at = moment(call, loaded->texts, row->at_ms),
			.reason = words_keep(loaded->texts, g_strdup(row->reason)),
			.hash = hash_text(loaded->texts, row->hash)};
		g_array_append_val(loaded->steps, step);
	}
	return steps != NULL;
}

/* Which steps are this account's in this state.  Who of them may take it, the core says when they do. */
static gboolean load_offers(const Call *call, ClosingView *view, GError **error)
{
	static const struct {
		MonthStep step;
		Right right;
		MonthState from, to;
	} offers[] = {
		{MONTH_SUBMIT, RIGHT_SUBMIT, MONTH_OPEN, MONTH_OPEN},
		{MONTH_SIGN, RIGHT_APPROVE, MONTH_SUBMITTED, MONTH_SIGNED},
		{MONTH_LOCK, RIGHT_LOCK, MONTH_SIGNED, MONTH_SIGNED},
		{MONTH_PAY, RIGHT_LOCK, MONTH_LOCKED, MONTH_LOCKED},
		{MONTH_REOPEN, RIGHT_LOCK, MONTH_SUBMITTED, MONTH_SIGNED},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
		if (view->state < offers[i].from || view->state > offers[i].to)
			continue;
		g_autoptr(Scope) scope =
			access_scope(call->web->sql, call->access, offers[i].right, call->today, error);
		if (scope == NULL)
			return FALSE;
		view->may[offers[i].step] = scope_has(scope, call->subject.unit);
	}
	view->ask_code = call->access->kind == ACCESS_SESSION && call->access->second_known;
	return TRUE;
}

/* (transfer full); NULL with `error` unset: the unit hands in no month of its own. */
static MonthRow *find_row(const Call *call, GError **error)
{
	g_autoptr(GPtrArray) rows =
		months_list(call->web->sql, call->subject.unit, call->subject.from_day, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++)
		if (((const MonthRow *)rows->pdata[i])->unit == call->subject.unit)
			return g_ptr_array_steal_index(rows, i);
	return NULL;
}

static gboolean load(const Call *call, Loaded *loaded, const MonthRow *row, GError **error)
{
	ClosingView *view = &loaded->view;
	gint64 deadline = 0, first = call->subject.from_day;
	view->state = row->state;
	if (!month_deadline_of(call->web->sql, row->unit, first, &deadline, error) ||
		!load_steps(call, loaded, error) || !load_offers(call, view, error) ||
		(row->state < MONTH_LOCKED && !load_hindrances(call, loaded, error)) ||
		!load_differences(call, loaded, FALSE, loaded->earlier, error) ||
		!load_differences(call, loaded, TRUE, loaded->later, error))
		return FALSE;
	view->code = row->code;
	view->name = row->name;
	view->month = words_keep(loaded->texts, words_month(first));
	view->month_iso = words_keep(loaded->texts, iso_month(first));
	view->deadline = words_keep(loaded->texts, words_date(deadline));
	view->late = row->state == MONTH_OPEN && call->today > deadline;
	view->n_people = row->n_people;
	view->n_days = row->n_days;
	view->hash = row->n_steps > 0 ? hash_text(loaded->texts, row->hash) : NULL;
	view->seen = row->n_steps;
	view->hindrances = loaded->hindrances;
	view->earlier = loaded->earlier;
	view->later = loaded->later;
	view->steps = loaded->steps;
	return TRUE;
}

static Response *show(const Call *call, guint status, const MonthRow *row, Loaded *loaded,
					  GError **error)
{
	if (!load(call, loaded, row, error))
		return NULL;
	Frame frame = layout_frame(call, "Akhir bulan", NAV_CLOSING);
	Html *html = html_new();
	page_closing_render(html, &frame, &loaded->view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static Response *none(const Call *call, GError **error)
{
	return *error == NULL ? problem_for(call, 404, NULL) : NULL;
}

Response *page_closing(Call *call, GError **error)
{
	const char *text = call_query(call, "hal");
	gint64 page = 1;
	g_auto(Loaded) loaded = loaded_new();
	if (text != NULL && !g_ascii_string_to_signed(text, 10, 1, PAGES_MAX, &page, NULL))
		return problem_for(call, 404, NULL);
	loaded.view.page = (int)page;
	g_autoptr(MonthRow) row = find_row(call, error);
	return row == NULL ? none(call, error) : show(call, 200, row, &loaded, error);
}

/* ── steps ── */

/* The last segment of the route's pattern. */
static MonthStep step_of(const Call *call)
{
	const char *path = strrchr(call->route->pattern, '/') + 1;
	for (MonthStep step = MONTH_SUBMIT; step < N_MONTH_STEPS; step++)
		if (g_str_equal(path, page_closing_step(step)))
			return step;
	g_assert_not_reached();
}

/* A lock is shown to be meant by the second factor. FALSE with `error` unset: `problem` says why not. */
static gboolean prove(const Call *call, const char **problem, GError **error)
{
	const char *code = form_get(call->form, "kode");
	SecondProof proof = SECOND_WRONG;
	g_autofree char *key = g_strconcat("kode:", call->access->user->name, NULL);
	if (!call->access->second_known)
		return TRUE;
	if (!limits_take(call->web->by_account, key, call->request->now_ms, NULL)) {
		*problem = "Terlalu banyak percobaan. Tunggu beberapa menit.";
		return FALSE;
	}
	if (!second_factor_prove(call->web->sql, call->access->user->id, code == NULL ? "" : code,
							 call->request->now_ms, &proof, error))
		return FALSE;
	if (proof == SECOND_WRONG) {
		*problem = "Kode ini salah atau sudah dipakai. Tunggu kode berikutnya.";
		return FALSE;
	}
	limits_reset(call->web->by_account, key);
	return TRUE;
}

static Response *take(const Call *call, const MonthRow *row, const MonthOrder *order,
					  Loaded *loaded, GError **error)
{
	MonthOutcome outcome;
	if (!month_take_step(call->web->sql, order, &outcome, error))
		return NULL;
	if (!outcome.overtaken && outcome.refusal == MONTH_ALLOWED) {
		char month[MONTH_TEXT];
		month_format(order->month_day, month);
		g_autofree char *location = g_strdup_printf("/akhir-bulan/%s/%s", month, row->code);
		return response_redirect(location);
	}
	g_autofree char *words =
		g_strdup_printf("Belum dapat: %s.", month_refusal_text(outcome.refusal));
	loaded->view.problem =
		outcome.overtaken
			? "Seseorang sudah mengubah keadaan bulan ini sejak halaman ini dibuka. Periksa lagi."
			: g_string_chunk_insert(loaded->texts, words);
	return show(call, 409, row, loaded, error);
}

Response *page_closing_post(Call *call, GError **error)
{
	const char *seen = form_get(call->form, "langkah"), *reason = form_get(call->form, "alasan");
	MonthOrder order = {.unit = call->subject.unit,
						.month_day = call->subject.from_day,
						.step = step_of(call),
						.account = call->access->user->id,
						.person = call->access->user->person,
						.reason = reason,
						.now_ms = call->request->now_ms,
						.utc_offset_min = call->web->utc_offset_min};
	g_auto(Loaded) loaded = loaded_new();
	GError *failed = NULL;
	if (seen == NULL || !g_ascii_string_to_signed(seen, 10, 0, G_MAXINT32, &order.seen_steps, NULL))
		return problem_for(call, 422, NULL);
	g_autoptr(MonthRow) row = find_row(call, error);
	if (row == NULL)
		return none(call, error);
	loaded.view.reason = reason == NULL ? "" : reason;
	if (reason != NULL && strlen(reason) > CLOSING_REASON_MAX) {
		loaded.view.reason_problem = "Terlalu panjang.";
		return show(call, 422, row, &loaded, error);
	}
	if (order.step == MONTH_LOCK && !prove(call, &loaded.view.code_problem, &failed)) {
		if (failed == NULL)
			return show(call, 422, row, &loaded, error);
		g_propagate_error(error, failed);
		return NULL;
	}
	return take(call, row, &order, &loaded, error);
}
