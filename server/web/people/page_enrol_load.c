/* What /perekaman shows, read from the store, and its orders. */
#include <string.h>

#include "server/store/terminals/enrolling.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/terminals.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/people/enrol_order.h"
#include "server/web/handlers.h"
#include "server/web/people/page_enrol.h"
#include "server/web/terms.h"
#include "server/web/words.h"

/* What ended stays in sight for so long. */
#define ENDED_MS (30 * MINUTE_MS)
#define ORDERS_MAX 40

/* ── what is under way ── */

static const char *tone_of(EnrolmentState state)
{
	static const char *const tones[] = {
		[ENROLMENT_WAITING] = "hd-tone-mute",  [ENROLMENT_CAPTURING] = "hd-tone-wait",
		[ENROLMENT_CHECKING] = "hd-tone-wait", [ENROLMENT_DONE] = "hd-tone-ok",
		[ENROLMENT_HELD] = "hd-tone-late",     [ENROLMENT_FAILED] = "hd-tone-missing",
	};
	return tones[state];
}

static EnrolOrder order_of(const Web *web, const EnrolmentRow *row, const char *name,
						   GStringChunk *texts)
{
	char id[RANDOM_ID_TEXT];
	random_id_format(&row->id, id);
	EnrolOrder order = {
		.id = g_string_chunk_insert(texts, id),
		.name = g_string_chunk_insert(texts, name),
		.terminal = g_string_chunk_insert(texts, row->terminal.text),
		.state = terms_enrolment(row),
		.tone = tone_of(row->state),
		.advice = terms_enrolment_advice(row),
		.time = words_keep(texts, words_time(row->created_ms, web->utc_offset_min)),
		.open = row->finished_ms == 0,
	};
	if (row->state == ENROLMENT_CAPTURING && row->finger != 0)
		order.progress =
			words_keep(texts, g_strdup_printf("%s: %d dari %d", terms_finger(row->finger),
											  (int)row->accepted, (int)row->wanted));
	return order;
}

static gboolean load_progress(Web *web, gint64 unit, GStringChunk *texts, GArray *orders,
							  EnrolProgress *progress, GError **error)
{
	gint64 now_ms = web->now_ms();
	g_autoptr(GPtrArray) rows =
		enrolling_orders(web->sql, unit, words_day(now_ms, web->utc_offset_min), now_ms - ENDED_MS,
						 ORDERS_MAX, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const EnrollingOrder *row = rows->pdata[i];
		EnrolOrder order = order_of(web, &row->row, row->name, texts);
		g_array_append_val(orders, order);
	}
	progress->time = words_keep(texts, words_time(now_ms, web->utc_offset_min));
	progress->orders = orders;
	return TRUE;
}

GBytes *page_enrol_fragment(Web *web, gint64 unit)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(EnrolOrder));
	g_autoptr(GError) error = NULL;
	EnrolProgress progress;
	if (!load_progress(web, unit, texts, orders, &progress, &error)) {
		g_warning("live enrolments: %s", error->message);
		return NULL;
	}
	Html *html = html_new();
	page_enrol_render_fragment(html, &progress);
	return html_to_bytes(html);
}

/* ── where one can enrol ── */

static gboolean add_terminal(const Call *call, const TerminalRow *row, GStringChunk *texts,
							 GArray *terminals, GError **error)
{
	g_autoptr(GError) inner = NULL;
	g_autofree char *place = places_name(call->web->sql, row->place, call->today, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	EnrolTerminalChoice terminal = {
		.id = g_string_chunk_insert(texts, row->id.text),
		.label = words_keep(texts,
							g_strdup_printf("%s · %s%s", place == NULL ? "?" : place, row->id.text,
											row->online ? "" : " (tanpa jaringan)")),
	};
	g_array_append_val(terminals, terminal);
	return TRUE;
}

/* Terminals in service at places of the unit (0: of the scope), connected ones first. */
static gboolean load_terminals(const Call *call, gint64 unit, GStringChunk *texts,
							   GArray *terminals, GError **error)
{
	g_autoptr(GHashTable) places = NULL;
	g_autoptr(GArray) all = NULL;
	Sql *sql = call->web->sql;
	if (!terminals_list(sql, 0, &all, error) ||
		(unit != 0 && !units_places_within(sql, unit, call->today, &places, error)))
		return FALSE;
	for (int online = 1; online >= 0; online--)
		for (guint i = 0; i < all->len; i++) {
			const TerminalRow *row = &g_array_index(all, TerminalRow, i);
			if (row->state != TERMINAL_ACTIVE || row->online != online ||
				(places != NULL && !g_hash_table_contains(places, &row->place)))
				continue;
			if (!add_terminal(call, row, texts, terminals, error))
				return FALSE;
		}
	return TRUE;
}

/* The wanted terminal when it is one of the list, else the first; NULL: there is none. */
static const char *choose_terminal(const GArray *terminals, const char *wanted)
{
	for (guint i = 0; i < terminals->len; i++) {
		const char *id = g_array_index(terminals, EnrolTerminalChoice, i).id;
		if (g_strcmp0(id, wanted) == 0)
			return id;
	}
	return terminals->len == 0 ? NULL : g_array_index(terminals, EnrolTerminalChoice, 0).id;
}

/* ── the list ── */

typedef struct {
	GStringChunk *texts;
	GArray *orders, *terminals, *people;
} Loaded;

static void loaded_init(Loaded *loaded)
{
	*loaded = (Loaded){
		.texts = g_string_chunk_new(4096),
		.orders = g_array_new(FALSE, FALSE, sizeof(EnrolOrder)),
		.terminals = g_array_new(FALSE, FALSE, sizeof(EnrolTerminalChoice)),
		.people = g_array_new(FALSE, FALSE, sizeof(EnrolPerson)),
	};
}

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_array_unref(loaded->orders);
	g_array_unref(loaded->terminals);
	g_array_unref(loaded->people);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static gboolean load_people(const Call *call, gint64 unit, Loaded *loaded, EnrolView *view,
							GError **error)
{
	g_autoptr(GPtrArray) rows = enrolling_lacking(call->web->sql, unit, call->today, ENROL_LIST_MAX,
												  &view->n_without, &view->n_lacking, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const LackingPerson *row = rows->pdata[i];
		EnrolPerson person = {
			.id = row->person,
			.name = g_string_chunk_insert(loaded->texts, row->name),
			.number = words_keep(loaded->texts, g_strdup(row->number)),
			.unit = words_keep(loaded->texts, g_strdup(row->unit_name)),
			.n_fingers = row->n_fingers,
		};
		g_array_append_val(loaded->people, person);
	}
	return TRUE;
}

Response *page_enrol(Call *call, GError **error)
{
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	EnrolView view = {.choices = choices->list,
					  .unit_code = choices->code,
					  .unit_name = choices->name,
					  .terminals = loaded.terminals,
					  .people = loaded.people};
	if (!load_terminals(call, choices->unit, loaded.texts, loaded.terminals, error) ||
		!load_people(call, choices->unit, &loaded, &view, error) ||
		!load_progress(call->web, choices->unit, loaded.texts, loaded.orders, &view.progress,
					   error))
		return NULL;
	view.terminal = choose_terminal(loaded.terminals, call_query(call, "mesin"));
	Frame frame = layout_frame(call, "Perekaman", NAV_ENROL);
	frame.refresh_s = "15";
	Html *html = html_new();
	page_enrol_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

Response *page_enrol_stream(Call *call, GError **error)
{
	(void)error;
	if (call->subject.unit == 0 && !call->scope->all)
		return problem_for(call, 404, NULL);
	return call_live(call, call->web->live_enrolments);
}

/* ── ordering ── */

Response *subject_enrol_person(Call *call, GError **error)
{
	(void)error;
	const char *text =
		call->form != NULL ? form_get(call->form, "pegawai") : call_query(call, "pegawai");
	if (text == NULL || !api_parse_person(text, &call->subject.person))
		return problem_for(call, 404, NULL);
	return NULL;
}

static const char *field(const Call *call, const char *name)
{
	const char *text =
		call->form != NULL ? form_get(call->form, name) : form_get(call->request->query, name);
	return text == NULL ? "" : text;
}

static gboolean load_person(const Call *call, GStringChunk *texts, EnrolPerson *person,
							GError **error)
{
	PeopleFilter filter = {.day = call->today, .person = call->subject.person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step != SQL_ROW)
		return step != SQL_FAILED;
	*person = (EnrolPerson){
		.id = row.id,
		.name = g_string_chunk_insert(texts, row.name),
		.number = words_keep(texts, g_strdup(row.number)),
		.unit = words_keep(texts, g_strdup(row.unit_name)),
	};
	return TRUE;
}

static Response *ask(const Call *call, guint status, EnrolConfirm view, GError **error)
{
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	view.terminals = loaded.terminals;
	view.unit_code = field(call, "unit");
	if (!load_person(call, loaded.texts, &view.person, error) ||
		!load_terminals(call, call->scope->top, loaded.texts, loaded.terminals, error))
		return NULL;
	if (view.person.id == 0)
		return problem_for(call, 404, NULL);
	view.terminal = choose_terminal(loaded.terminals, field(call, "mesin"));
	Frame frame = layout_frame(call, "Rekam sidik jari", NAV_ENROL);
	Html *html = html_new();
	page_enrol_render_confirm(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_enrol_confirm(Call *call, GError **error)
{
	EnrolConfirm view = {.fingers = {FINGER_RIGHT_INDEX, FINGER_LEFT_INDEX}};
	return ask(call, 200, view, error);
}

static gint64 finger_field(const Call *call, const char *name)
{
	gint64 finger;
	return g_ascii_string_to_signed(field(call, name), 10, 0, FINGER_LAST, &finger, NULL) ? finger
																						  : 0;
}

/* The fingers chosen into the order; NULL, or what is wrong with them. */
static const char *take_fingers(const gint64 fingers[2], EnrolmentOrder *order)
{
	if (fingers[0] == 0)
		return "Pilih jari pertama.";
	if (fingers[0] == fingers[1])
		return "Pilih dua jari yang berbeda.";
	for (gsize i = 0; i < 2; i++)
		if (fingers[i] != 0)
			order->fingers[order->n_fingers++] = (Finger)fingers[i];
	return NULL;
}

Response *page_enrol_post(Call *call, GError **error)
{
	EnrolTerminal fits;
	RandomId id;
	EnrolmentOrder order = {0};
	EnrolConfirm view = {.fingers = {finger_field(call, "jari1"), finger_field(call, "jari2")}};
	if (!enrol_order_terminal(call, field(call, "mesin"), &order.terminal, &fits, error))
		return NULL;
	if (fits != ENROL_TERMINAL_FITS)
		view.terminal_problem = fits == ENROL_TERMINAL_UNUSED
									? "Mesin ini tidak aktif. Pilih mesin lain."
									: "Pilih mesin di lokasi unit kerja Anda.";
	view.finger_problem = take_fingers(view.fingers, &order);
	if (view.terminal_problem != NULL || view.finger_problem != NULL)
		return ask(call, 422, view, error);
	call->subject.detail = g_strdup(order.terminal.text);
	if (!enrol_order_place(call, &order, &id, error))
		return NULL;
	g_autofree char *unit = g_uri_escape_string(field(call, "unit"), NULL, FALSE);
	g_autofree char *location =
		g_strdup_printf("/perekaman?unit=%s&mesin=%s", unit, order.terminal.text);
	return response_redirect(location);
}

/* ── one enrolment ── */

static gboolean find_enrolment(const Call *call, EnrolmentRow *row, gboolean *found, GError **error)
{
	RandomId id;
	g_autoptr(GError) inner = NULL;
	*found =
		random_id_parse(&id, call->params[0]) && enrolments_get(call->web->sql, &id, row, &inner);
	if (inner == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&inner));
	return FALSE;
}

Response *page_enrol_detail(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	EnrolmentRow row;
	EnrolPerson person = {0};
	gboolean found;
	if (!find_enrolment(call, &row, &found, error) || !load_person(call, texts, &person, error))
		return NULL;
	if (!found || person.id == 0)
		return problem_for(call, 404, NULL);
	EnrolOrder order = order_of(call->web, &row, person.name, texts);
	Frame frame = layout_frame(call, "Perekaman", NAV_ENROL);
	frame.refresh_s = "5";
	Html *html = html_new();
	page_enrol_render_detail(html, &frame, &order);
	return call_html(html_to_bytes(html));
}

Response *page_enrol_cancel(Call *call, GError **error)
{
	RandomId id;
	if (!random_id_parse(&id, call->params[0]))
		return problem_for(call, 404, NULL);
	if (!enrolments_cancel(call->web->sql, &id, call->request->now_ms, error))
		return NULL;
	return response_redirect("/perekaman");
}
