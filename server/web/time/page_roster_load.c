/* A unit's month of duties, read from the store; what is sent to plan and publish it. */
#include <string.h>

#include "server/store/people/people.h"
#include "server/store/time/roster_grid.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/problem.h"
#include "server/web/time/page_roster.h"
#include "server/web/time/roster_paste.h"
#include "server/web/words.h"

typedef struct {
	GStringChunk *texts;
	GPtrArray *rows;       /* RosterGridRow, owned */
	GHashTable *by_person; /* gint64 → RosterGridRow */
	GHashTable *codes;     /* gint64 of a shift → const char * */
	GArray *shifts;        /* RosterShift */
	GPtrArray *shift_texts, *conflicts, *problems;
	GArray *versions;
} Loaded;

static Loaded loaded_new(void)
{
	return (Loaded){
		.texts = g_string_chunk_new(4096),
		.rows = g_ptr_array_new_with_free_func(g_free),
		.by_person = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.codes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.shift_texts = g_ptr_array_new(),
		.conflicts = g_ptr_array_new(),
		.problems = g_ptr_array_new(),
		.versions = g_array_new(FALSE, FALSE, sizeof(RosterVersion)),
	};
}

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_ptr_array_unref(loaded->rows);
	g_hash_table_unref(loaded->by_person);
	g_hash_table_unref(loaded->codes);
	g_clear_pointer(&loaded->shifts, g_array_unref);
	g_ptr_array_unref(loaded->shift_texts);
	g_ptr_array_unref(loaded->conflicts);
	g_ptr_array_unref(loaded->problems);
	g_array_unref(loaded->versions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

/* Parameters "unit" and "bulan"; without the second, the next month. */
Response *subject_roster(Call *call, GError **error)
{
	const char *month = call_query(call, "bulan");
	Response *problem = subject_unit(call, error);
	if (problem != NULL)
		return problem;
	call->subject.from_day = month_first(call->today, 1);
	if (month != NULL && month[0] != '\0' && !iso_month_parse(month, &call->subject.from_day))
		return problem_for(call, 404, NULL);
	call->subject.to_day = month_first(call->subject.from_day, 1);
	call->subject.detail = iso_month(call->subject.from_day);
	return NULL;
}

/* ── the grid ── */

static gboolean load_shifts(const Call *call, Loaded *loaded, GError **error)
{
	if (!roster_shifts(call->web->sql, &loaded->shifts, error))
		return FALSE;
	for (guint i = 0; i < loaded->shifts->len; i++) {
		const RosterShift *shift = &g_array_index(loaded->shifts, RosterShift, i);
		g_hash_table_insert(loaded->codes, g_memdup2(&shift->id, sizeof shift->id), shift->code);
		g_ptr_array_add(loaded->shift_texts,
						(gpointer)words_keep(loaded->texts,
											 g_strdup_printf("%s %s", shift->code, shift->name)));
	}
	return TRUE;
}

static const char *duty_text(Loaded *loaded, const RosterDay *roster)
{
	const char *first = g_hash_table_lookup(loaded->codes, &roster->shifts[0]);
	const char *second = g_hash_table_lookup(loaded->codes, &roster->shifts[1]);
	if (roster->on_call)
		return "siaga";
	if (first == NULL)
		return "–";
	return second == NULL ? first
						  : words_keep(loaded->texts, g_strdup_printf("%s+%s", first, second));
}

static RosterGridRow *row_of(const Call *call, Loaded *loaded, PersonId person, GError **error)
{
	RosterGridRow *row = g_hash_table_lookup(loaded->by_person, &person);
	if (row != NULL)
		return row;
	row = g_new0(RosterGridRow, 1);
	g_ptr_array_add(loaded->rows, row);
	g_hash_table_insert(loaded->by_person, g_memdup2(&person, sizeof person), row);
	return names_person(call, loaded->texts, person, &row->name, error) ? row : NULL;
}

static gboolean add_cells(const Call *call, Loaded *loaded, const GArray *planned, gboolean draft,
						  GError **error)
{
	for (guint i = 0; i < planned->len; i++) {
		const PlannedDay *one = &g_array_index(planned, PlannedDay, i);
		RosterGridRow *row = row_of(call, loaded, one->person, error);
		if (row == NULL)
			return FALSE;
		row->days[one->roster.day - call->subject.from_day] =
			(RosterCell){duty_text(loaded, &one->roster), draft};
	}
	return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const RosterGridRow *const *one = a, *const *other = b;
	return g_utf8_collate((*one)->name, (*other)->name);
}

static gboolean load_conflicts(const Call *call, Loaded *loaded, const GArray *planned,
							   RosterView *view, GError **error)
{
	g_autoptr(GArray) found = NULL;
	if (!roster_check_month(call->web->sql, call->subject.unit, call->subject.from_day, planned,
							call->web->utc_offset_min, &found, error))
		return FALSE;
	view->n_conflicts = found->len;
	for (guint i = 0; i < MIN(found->len, ROSTER_CONFLICTS_MAX); i++) {
		const RosterConflict *one = &g_array_index(found, RosterConflict, i);
		g_autofree char *date = words_date(one->day);
		g_autoptr(GString) words = g_string_new(NULL);
		const char *name = "Unit kerja";
		if (one->person != 0 && !names_person(call, loaded->texts, one->person, &name, error))
			return FALSE;
		g_string_append_printf(words, "%s, %s: ", name, date);
		roster_conflict_words(words, one, call->web->utc_offset_min);
		g_ptr_array_add(loaded->conflicts, g_string_chunk_insert(loaded->texts, words->str));
	}
	return TRUE;
}

static gboolean load_versions(const Call *call, Loaded *loaded, GError **error)
{
	g_autoptr(GArray) found = NULL;
	if (!roster_publications(call->web->sql, call->subject.unit, call->subject.from_day, &found,
							 error))
		return FALSE;
	for (guint i = found->len; i > 0; i--) {
		const RosterPublication *one = &g_array_index(found, RosterPublication, i - 1);
		g_autofree char *moment = words_moment(one->published_ms, call->web->utc_offset_min);
		RosterVersion version = {
			.text = words_keep(loaded->texts,
							   g_strdup_printf("Terbitan %" G_GINT64_FORMAT ", %s, oleh %s",
											   one->version, moment, one->by)),
			.reason = one->reason == NULL
						  ? NULL
						  : words_keep(loaded->texts,
									   g_strdup_printf("%" G_GINT64_FORMAT " pertentangan: %s",
													   one->n_conflicts, one->reason)),
		};
		g_array_append_val(loaded->versions, version);
	}
	return TRUE;
}

/* What is in force, and over it the draft. */
static gboolean load_month(const Call *call, Loaded *loaded, RosterView *view, GError **error)
{
	gint64 unit = call->subject.unit, month_day = call->subject.from_day;
	g_autoptr(GArray) known = NULL;
	g_autoptr(GArray) planned = NULL;
	if (!load_shifts(call, loaded, error) ||
		!roster_in_force(call->web->sql, unit, month_day, &known, error) ||
		!roster_plan_of(call->web->sql, unit, month_day, 0, &planned, error) ||
		!add_cells(call, loaded, known, FALSE, error) ||
		!add_cells(call, loaded, planned, TRUE, error) || !load_versions(call, loaded, error))
		return FALSE;
	view->n_draft = planned->len;
	g_ptr_array_sort(loaded->rows, by_name);
	return planned->len == 0 || load_conflicts(call, loaded, planned, view, error);
}

static guint first_row(const Call *call, guint n_rows)
{
	const char *text = call_query(call, "mulai");
	guint64 from = 0;
	if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, &from, NULL))
		return 0;
	return from >= n_rows ? 0 : (guint)from;
}

static Response *show(Call *call, guint status, Loaded *loaded, RosterView *view, GError **error)
{
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	gint64 first = call->subject.from_day;
	view->choices = choices->list;
	view->unit_code = choices->code;
	view->unit_name = choices->name;
	view->no_unit = choices->unit == 0;
	view->month = words_keep(loaded->texts, words_month(first));
	view->month_iso = words_keep(loaded->texts, iso_month(first));
	view->before = words_keep(loaded->texts, iso_month(month_first(first, -1)));
	view->after = words_keep(loaded->texts, iso_month(call->subject.to_day));
	view->n_days = (int)(call->subject.to_day - first);
	view->first_weekday = weekday_of(first);
	if (!view->no_unit && !load_month(call, loaded, view, error))
		return NULL;
	view->rows = loaded->rows;
	view->from = first_row(call, loaded->rows->len);
	view->conflicts = loaded->conflicts;
	view->versions = loaded->versions;
	view->shifts = loaded->shift_texts;
	view->problems = loaded->problems;
	Frame frame = layout_frame(call, "Jadwal", NAV_ROSTER);
	Html *html = html_new();
	page_roster_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_roster(Call *call, GError **error)
{
	g_auto(Loaded) loaded = loaded_new();
	RosterView view = {.pasted = "", .reason = ""};
	return show(call, 200, &loaded, &view, error);
}

/* ── planning ── */

static Response *done(const Call *call)
{
	g_autofree char *month = iso_month(call->subject.from_day);
	const char *code = call_query(call, "unit");
	g_autofree char *unit = g_uri_escape_string(code == NULL ? "" : code, NULL, FALSE);
	g_autofree char *location = g_strdup_printf("/jadwal?bulan=%s&unit=%s", month, unit);
	return response_redirect(location);
}

static void tell(Loaded *loaded, char *problem)
{
	const char *kept = words_keep(loaded->texts, problem);
	if (loaded->problems->len < ROSTER_PASTE_PROBLEMS)
		g_ptr_array_add(loaded->problems, (gpointer)kept);
}

static gint64 find_shift(const Loaded *loaded, const char *code)
{
	for (guint i = 0; i < loaded->shifts->len; i++) {
		const RosterShift *shift = &g_array_index(loaded->shifts, RosterShift, i);
		if (g_ascii_strcasecmp(shift->code, code) == 0)
			return shift->id;
	}
	return 0;
}

/* FALSE: no such code, or too many. */
static gboolean read_duty(const Loaded *loaded, const char *text, RosterDay *out)
{
	if (strcmp(text, "-") == 0 || strcmp(text, "–") == 0)
		return TRUE;
	out->on_call = g_ascii_strcasecmp(text, "siaga") == 0;
	if (out->on_call)
		return TRUE;
	g_auto(GStrv) codes = g_strsplit(text, "+", DAY_SHIFTS_MAX + 1);
	if (g_strv_length(codes) > DAY_SHIFTS_MAX)
		return FALSE;
	for (gsize i = 0; codes[i] != NULL; i++) {
		out->shifts[i] = find_shift(loaded, g_strstrip(codes[i]));
		if (out->shifts[i] == 0)
			return FALSE;
	}
	return TRUE;
}

/* Somebody unknown and somebody of another unit are told alike. */
static gboolean plan_cell(const Call *call, Loaded *loaded, const RosterPasted *cell,
						  PersonId person, gboolean store, GError **error)
{
	RosterDay roster = {.day = call->subject.from_day + cell->day - 1};
	gboolean serves = FALSE, changed;
	if (person != 0 &&
		!roster_serves(call->web->sql, call->subject.unit, person, roster.day, &serves, error))
		return FALSE;
	if (!serves)
		tell(loaded, g_strdup_printf("Baris %u, tanggal %d: %s tidak bertugas di unit kerja ini.",
									 cell->row, cell->day, cell->person));
	else if (!read_duty(loaded, cell->duty, &roster))
		tell(loaded, g_strdup_printf("Baris %u, tanggal %d: tidak ada shift dengan kode %s.",
									 cell->row, cell->day, cell->duty));
	else if (store)
		return roster_draft_set(call->web->sql, call->subject.unit, person, &roster, &changed,
								error);
	return TRUE;
}

/* `store` FALSE: only looks for what is wrong. */
static gboolean plan_cells(const Call *call, Loaded *loaded, const GArray *cells, gboolean store,
						   GError **error)
{
	guint row = 0;
	PersonId person = 0;
	for (guint i = 0; i < cells->len && loaded->problems->len < ROSTER_PASTE_PROBLEMS; i++) {
		const RosterPasted *cell = &g_array_index(cells, RosterPasted, i);
		if (cell->row != row && !people_find(call->web->sql, cell->person, &person, error))
			return FALSE;
		row = cell->row;
		if (!plan_cell(call, loaded, cell, person, store, error))
			return FALSE;
	}
	return TRUE;
}

Response *page_roster_post(Call *call, GError **error)
{
	g_auto(Loaded) loaded = loaded_new();
	g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(RosterPasted));
	const char *pasted = form_get(call->form, "tempel");
	RosterView view = {.pasted = pasted == NULL ? "" : pasted, .reason = ""};
	if (call->subject.unit == 0)
		return problem_for(call, 404, NULL);
	roster_paste_read(view.pasted, (int)(call->subject.to_day - call->subject.from_day),
					  loaded.texts, cells, loaded.problems);
	if (!load_shifts(call, &loaded, error) || !plan_cells(call, &loaded, cells, FALSE, error))
		return NULL;
	if (loaded.problems->len == 0)
		return plan_cells(call, &loaded, cells, TRUE, error) ? done(call) : NULL;
	g_ptr_array_set_size(loaded.shift_texts, 0);
	g_hash_table_remove_all(loaded.codes);
	g_clear_pointer(&loaded.shifts, g_array_unref);
	return show(call, 422, &loaded, &view, error);
}

Response *page_roster_copy(Call *call, GError **error)
{
	gint64 n;
	if (call->subject.unit == 0)
		return problem_for(call, 404, NULL);
	if (!roster_draft_copy(call->web->sql, call->subject.unit, call->subject.from_day, &n, error))
		return NULL;
	return done(call);
}

Response *page_roster_discard(Call *call, GError **error)
{
	gint64 n;
	if (call->subject.unit == 0)
		return problem_for(call, 404, NULL);
	if (!roster_draft_discard(call->web->sql, call->subject.unit, call->subject.from_day, &n,
							  error))
		return NULL;
	return done(call);
}

/* ── publishing ── */

static Response *publish(Call *call, const RosterView *view, guint n_conflicts, GError **error)
{
	const Change change = {.now_ms = call->request->now_ms, .today = call->today};
	RosterPublished out;
	GError *refused = NULL;
	if (roster_publish(call->web->sql, call->subject.unit, call->subject.from_day,
					   call->access->user->id, n_conflicts, n_conflicts > 0 ? view->reason : NULL,
					   &change, call->web->utc_offset_min, &out, &refused)) {
		g_autofree char *month = g_steal_pointer(&call->subject.detail);
		call->subject.detail = g_strdup_printf("%s version %" G_GINT64_FORMAT, month, out.version);
		return done(call);
	}
	if (g_error_matches(refused, SQL_ERROR, SQL_ERROR_CONSTRAINT)) {
		g_error_free(refused);
		return problem_for(call, 409, NULL);
	}
	g_propagate_error(error, refused);
	return NULL;
}

/* Only what whoever publishes has seen: the conflicts told with the form are those of now. */
Response *page_roster_publish(Call *call, GError **error)
{
	g_auto(Loaded) loaded = loaded_new();
	g_autoptr(GArray) planned = NULL;
	g_autoptr(GArray) conflicts = NULL;
	const char *reason = form_get(call->form, "alasan");
	const char *seen = form_get(call->form, "pertentangan");
	RosterView view = {.pasted = "", .reason = reason == NULL ? "" : reason};
	if (call->subject.unit == 0)
		return problem_for(call, 404, NULL);
	if (!roster_plan_of(call->web->sql, call->subject.unit, call->subject.from_day, 0, &planned,
						error) ||
		!roster_check_month(call->web->sql, call->subject.unit, call->subject.from_day, planned,
							call->web->utc_offset_min, &conflicts, error))
		return NULL;
	g_autofree char *now = g_strdup_printf("%u", conflicts->len);
	if (g_strcmp0(seen, now) != 0)
		view.reason_problem = "Rancangan sudah berubah. Periksa lagi pertentangannya.";
	else if (conflicts->len > 0 &&
			 (g_utf8_strlen(view.reason, -1) < 3 || strlen(view.reason) > ROSTER_WHY_MAX))
		view.reason_problem = "Tulis alasannya, paling sedikit 3 huruf.";
	if (view.reason_problem != NULL && planned->len > 0)
		return show(call, 422, &loaded, &view, error);
	return publish(call, &view, conflicts->len, error);
}
