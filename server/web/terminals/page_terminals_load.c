/* Terminals and what is wrong with them, read from the store. */
#include <string.h>

#include "server/store/terminals/journals.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/quarantine.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/terminals/page_terminals.h"
#include "server/web/terms.h"
#include "server/web/words.h"

#define CLOCK_TOLERANCE_MS (2 * MINUTE_MS)
#define ALARMS_MAX 500

/* ── what is wrong ── */

static void add_trouble(TerminalView *view, int weight, const char *what, const char *advice)
{
	if (view->n_troubles == TERMINAL_TROUBLES_MAX)
		return;
	view->troubles[view->n_troubles++] =
		(TerminalTrouble){.what = what, .advice = advice, .weight = weight};
	view->weight += weight;
}

/* Heaviest first: the order of these lines. */
static void find_troubles(const TerminalRow *row, TerminalView *view)
{
	if (row->reserve_reached)
		add_trouble(view, 1000, "Mesin penuh",
					"Tidak dapat mencatat lagi: sambungkan ke jaringan agar presensi terkirim.");
	if (row->heard_ms != 0 && row->online && !row->sensor_ok)
		add_trouble(view, 800, "Sensor tidak tersambung",
					"Periksa kabel sensor; bila tetap, ganti sensornya.");
	if (row->heard_ms == 0)
		add_trouble(view, 500, "Belum pernah terhubung",
					"Periksa pemasangan, kabel jaringan, dan listriknya.");
	else if (!row->online)
		add_trouble(view, 400, "Tanpa jaringan",
					"Periksa listrik, kabel, dan router. Presensi tetap tercatat di mesin.");
	if (row->tamper_open)
		add_trouble(view, 300, "Penutup terbuka", "Periksa mesin di tempat, lalu tutup kembali.");
	if (row->heard_ms != 0 &&
		(row->trust != CLOCK_SET || ABS(row->clock_offset_ms) > CLOCK_TOLERANCE_MS))
		add_trouble(view, 200, "Jam mesin belum pasti",
					"Periksa jaringan ke server waktu; presensi tetap tercatat.");
	if (row->online && row->backlog > 0)
		add_trouble(view, 10, "Presensi sedang dikirim", "Tunggu beberapa menit.");
}

static char *moment(const Call *call, gint64 at_ms)
{
	gint64 offset_min = call->web->utc_offset_min, day = words_day(at_ms, offset_min);
	g_autofree char *time = words_time(at_ms, offset_min);
	g_autofree char *date = words_short_date(day);
	return day == call->today ? g_strdup_printf("pukul %s", time)
							  : g_strdup_printf("%s pukul %s", date, time);
}

static void set_state(const TerminalRow *row, TerminalView *view)
{
	if (row->state == TERMINAL_REVOKED) {
		view->state = "dicabut";
		view->tone = "hd-tone-mute";
		view->weight = -1;
		return;
	}
	if (row->state == TERMINAL_NEW) {
		view->state = "belum dipasang";
		view->tone = "hd-tone-mute";
		return;
	}
	find_troubles(row, view);
	view->state = row->online ? "✓ terhubung" : "! tanpa jaringan";
	view->tone = view->weight >= 300   ? "hd-tone-missing"
				 : view->weight >= 200 ? "hd-tone-late"
									   : "hd-tone-ok";
}

static gboolean fill_view(const Call *call, const TerminalRow *row, GStringChunk *texts,
						  TerminalView *view, GError **error)
{
	g_autoptr(GError) inner = NULL;
	const char *place =
		words_keep(texts, places_name(call->web->sql, row->place, call->today, &inner));
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	*view = (TerminalView){
		.id = g_string_chunk_insert(texts, row->id.text),
		.backlog = row->backlog,
		.n_people = row->n_people,
		.version = g_string_chunk_insert(texts, row->version),
		.sensor = g_string_chunk_insert(texts, row->sensor),
	};
	view->place = place == NULL ? view->id : place;
	if (row->heard_ms != 0)
		view->heard = words_keep(texts, moment(call, row->heard_ms));
	set_state(row, view);
	return TRUE;
}

/* ── the list ── */

static int by_weight(gconstpointer a, gconstpointer b)
{
	const TerminalView *x = a, *y = b;
	return x->weight != y->weight ? y->weight - x->weight : strcmp(x->id, y->id);
}

static gboolean load_list(const Call *call, GStringChunk *texts, GArray *list, TerminalsView *view,
						  GError **error)
{
	g_autoptr(GArray) rows = NULL;
	g_autoptr(GHashTable) places = NULL;
	if (!terminals_list(call->web->sql, 0, &rows, error) ||
		(!call->scope->all &&
		 !api_scope_places(call->web->sql, call->scope, call->today, &places, error)))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const TerminalRow *row = &g_array_index(rows, TerminalRow, i);
		TerminalView terminal;
		if (places != NULL && !g_hash_table_contains(places, &row->place))
			continue;
		if (!fill_view(call, row, texts, &terminal, error))
			return FALSE;
		view->n_active += row->state == TERMINAL_ACTIVE;
		view->n_troubled += terminal.weight >= 200;
		g_array_append_val(list, terminal);
	}
	g_array_sort(list, by_weight);
	return TRUE;
}

gboolean page_terminals_count(const Call *call, gint64 *n_troubled, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(TerminalView));
	TerminalsView view = {0};
	if (!load_list(call, texts, list, &view, error))
		return FALSE;
	*n_troubled = view.n_troubled;
	return TRUE;
}

Response *page_terminals(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(TerminalView));
	TerminalsView view = {.terminals = list,
						  .may_declare = access_has_right(call->access, RIGHT_DECLARE)};
	if (!load_list(call, texts, list, &view, error))
		return NULL;
	Frame frame = layout_frame(call, "Mesin presensi", NAV_TERMINALS);
	frame.refresh_s = "60";
	Html *html = html_new();
	page_terminals_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── one terminal ── */

static gboolean load_alarms(const Call *call, const TerminalId *id, GStringChunk *texts,
							GArray *alarms, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!alarms_list(call->web->sql, 0, ALARMS_MAX, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const AlarmRow *row = &g_array_index(rows, AlarmRow, i);
		if (strcmp(row->terminal.text, id->text) != 0)
			continue;
		TerminalAlarm alarm = {.what = terms_alarm(row->kind),
							   .since = words_keep(texts, moment(call, row->first_ms)),
							   .n = row->n};
		g_array_append_val(alarms, alarm);
	}
	return TRUE;
}

static const char *hex(GStringChunk *texts, const guint8 *bytes, gsize n)
{
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < n; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return words_keep(texts, g_string_free(text, FALSE));
}

static gboolean load_journals(const Call *call, const TerminalId *id, GStringChunk *texts,
							  GArray *journals, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!journals_list(call->web->sql, id, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const JournalRow *row = &g_array_index(rows, JournalRow, i);
		TerminalJournal journal = {
			.journal = hex(texts, row->journal.bytes, 4),
			.head = hex(texts, row->head.bytes, 8),
			.seq = row->seq,
			.heard = words_keep(texts, moment(call, row->heard_ms)),
		};
		g_array_prepend_val(journals, journal);
	}
	return TRUE;
}

static const char *clock_words(const TerminalRow *row, GStringChunk *texts)
{
	if (row->heard_ms == 0)
		return NULL;
	if (row->trust != CLOCK_SET)
		return "belum diatur dari server waktu";
	return words_keep(texts, g_strdup_printf("selisih %" G_GINT64_FORMAT " detik",
											 ABS(row->clock_offset_ms) / 1000));
}

static Response *show(const Call *call, const TerminalRow *row, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) journals = g_array_new(FALSE, FALSE, sizeof(TerminalJournal));
	g_autoptr(GArray) alarms = g_array_new(FALSE, FALSE, sizeof(TerminalAlarm));
	TerminalDetail view = {.journals = journals,
						   .alarms = alarms,
						   .free_mib = row->disk_free / (1024 * 1024),
						   .clock = clock_words(row, texts)};
	if (!fill_view(call, row, texts, &view.terminal, error) ||
		!load_alarms(call, &row->id, texts, alarms, error) ||
		!load_journals(call, &row->id, texts, journals, error) ||
		!held_count(call->web->sql, &row->id, &view.n_held, error))
		return NULL;
	if (row->joined_ms != 0)
		view.joined =
			words_keep(texts, words_date(words_day(row->joined_ms, call->web->utc_offset_min)));
	Frame frame = layout_frame(call, "Mesin presensi", NAV_TERMINALS);
	frame.refresh_s = "60";
	Html *html = html_new();
	page_terminal_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

Response *page_terminal(Call *call, GError **error)
{
	TerminalId id;
	TerminalRow row;
	gboolean seen = FALSE;
	g_autoptr(GError) inner = NULL;
	if (!api_parse_terminal(call->params[0], &id))
		return problem_for(call, 404, NULL);
	if (terminals_get(call->web->sql, &id, &row, &inner))
		api_sees_terminal(call, &row, &seen, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return NULL;
	}
	return seen ? show(call, &row, error) : problem_for(call, 404, NULL);
}
