/* What waits for a decision, read from the store; the decisions sent from its pages. */
#include <string.h>

#include "server/store/terminals/quarantine.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/terminals/page_pairs.h"
#include "server/web/terminals/page_waiting.h"
#include "server/web/terminals/waiting.h"
#include "server/web/terms.h"
#include "server/web/words.h"

#define DONE_MAX 20

static const char *moment(const Call *call, GStringChunk *texts, gint64 at_ms)
{
	return at_ms == 0 ? "tidak diketahui"
					  : words_keep(texts, words_moment(at_ms, call->web->utc_offset_min));
}

static const char *why(const char *reason)
{
	static const struct {
		const char *reason, *words;
	} reasons[] = {
		{"future", "waktunya di masa depan"},         {"past", "waktunya terlalu lama berlalu"},
		{"clock-unset", "jam mesin belum diatur"},    {"simulated", "dari sensor tiruan"},
		{"unknown-person", "nomornya tidak dikenal"}, {"content", "isinya tidak dapat dibaca"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (strcmp(reasons[i].reason, reason) == 0)
			return reasons[i].words;
	return reason;
}

/* ── the list ── */

typedef struct {
	const Call *call;
	GStringChunk *texts;
	WaitingView *view;
	GArray *lines[DECISION_ALARM + 1];
	GArray *done, *pairs;
} Lists;

static void lists_init(Lists *lists, const Call *call, WaitingView *view)
{
	*lists = (Lists){.call = call, .texts = g_string_chunk_new(4096), .view = view};
	for (gsize i = 0; i < G_N_ELEMENTS(lists->lines); i++)
		view->lines[i] = lists->lines[i] = g_array_new(FALSE, FALSE, sizeof(WaitingLine));
	view->pairs = lists->pairs = g_array_new(FALSE, FALSE, sizeof(PairLine));
	view->done = lists->done = g_array_new(FALSE, FALSE, sizeof(WaitingDone));
}

static void lists_clear(Lists *lists)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lists->lines); i++)
		g_array_unref(lists->lines[i]);
	g_array_unref(lists->done);
	g_array_unref(lists->pairs);
	g_string_chunk_free(lists->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lists, lists_clear)

/* Takes `id` and `detail`. */
static void add_line(Lists *lists, DecisionKind kind, char *id, const char *title, char *detail)
{
	WaitingLine line = {.id = words_keep(lists->texts, id),
						.title = title,
						.detail = words_keep(lists->texts, detail)};
	lists->view->more[kind] = lists->lines[kind]->len == WAITING_LIST_MAX;
	if (!lists->view->more[kind])
		g_array_append_val(lists->lines[kind], line);
}

static gboolean list_held(Lists *lists, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!enrolments_held(lists->call->web->sql, 0, 10 * WAITING_LIST_MAX, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const EnrolmentRow *row = &g_array_index(rows, HeldEnrolment, i).row;
		char id[RANDOM_ID_TEXT];
		gboolean seen;
		const char *name, *other;
		if (!waiting_sees_person(lists->call, row->person, row->finished_ms, &seen, error))
			return FALSE;
		if (!seen)
			continue;
		if (!names_person(lists->call, lists->texts, row->person, &name, error) ||
			!names_person(lists->call, lists->texts, row->other, &other, error))
			return FALSE;
		random_id_format(&row->id, id);
		add_line(lists, DECISION_ENROLMENT, g_strdup(id), name,
				 g_strdup_printf("Mirip jari %s. %s, mesin %s", other,
								 moment(lists->call, lists->texts, row->finished_ms),
								 row->terminal.text));
	}
	return TRUE;
}

static gboolean list_events(Lists *lists, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!quarantine_waiting(lists->call->web->sql, 0, 0, 10 * WAITING_LIST_MAX, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const QuarantineItem *item = &g_array_index(rows, QuarantineItem, i);
		gboolean seen;
		const char *name;
		if (!waiting_sees_person(lists->call, item->person, item->received_ms, &seen, error))
			return FALSE;
		if (!seen)
			continue;
		if (!names_person(lists->call, lists->texts, item->person, &name, error))
			return FALSE;
		add_line(lists, DECISION_EVENT, decision_event_subject(item->row.journal, item->row.seq),
				 name,
				 g_strdup_printf("%s. Diterima %s, mesin %s", why(item->row.reason),
								 moment(lists->call, lists->texts, item->received_ms),
								 item->row.terminal.text));
	}
	return TRUE;
}

static gboolean list_backlogs(Lists *lists, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!held_waiting(lists->call->web->sql, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const HeldBacklog *row = &g_array_index(rows, HeldBacklog, i);
		gboolean seen;
		if (!waiting_sees_terminal(lists->call, &row->terminal, &seen, error))
			return FALSE;
		if (!seen)
			continue;
		g_autofree char *n = words_number(row->n_events);
		add_line(lists, DECISION_BACKLOG, g_strdup(row->terminal.text),
				 g_string_chunk_insert(lists->texts, row->terminal.text),
				 g_strdup_printf("%s kejadian, terakhir %s", n,
								 moment(lists->call, lists->texts, row->last_ms)));
	}
	return TRUE;
}

static gboolean list_alarms(Lists *lists, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!alarms_list(lists->call->web->sql, 0, 10 * WAITING_LIST_MAX, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const AlarmRow *row = &g_array_index(rows, AlarmRow, i);
		gboolean seen;
		if (!waiting_sees_terminal(lists->call, &row->terminal, &seen, error))
			return FALSE;
		if (!seen)
			continue;
		add_line(lists, DECISION_ALARM, g_strdup_printf("%" G_GINT64_FORMAT, row->id),
				 terms_alarm(row->kind),
				 g_strdup_printf("%s%s%" G_GINT64_FORMAT " kali, terakhir %s", row->terminal.text,
								 row->terminal.text[0] == '\0' ? "" : ": ", row->n,
								 moment(lists->call, lists->texts, row->last_ms)));
	}
	return TRUE;
}

/* Decisions are of the whole province, for whom that is the scope. */
static gboolean list_done(Lists *lists, GError **error)
{
	static const char *const kinds[] = {[DECISION_ENROLMENT] = "Perekaman",
										[DECISION_BACKLOG] = "Kiriman",
										[DECISION_EVENT] = "Karantina",
										[DECISION_ALARM] = "Peringatan"};
	g_autoptr(GArray) rows = NULL;
	if (!lists->call->scope->all)
		return TRUE;
	if (!decisions_list(lists->call->web->sql, 0, DONE_MAX, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const Decision *row = &g_array_index(rows, Decision, i);
		WaitingDone done = {.what = kinds[row->kind],
							.verdict = page_waiting_verdict(row->verdict),
							.reason = g_string_chunk_insert(lists->texts, row->reason),
							.by = g_string_chunk_insert(lists->texts, row->by),
							.time = moment(lists->call, lists->texts, row->decided_ms),
							.carried = row->carried_ms != 0};
		g_array_append_val(lists->done, done);
	}
	return TRUE;
}

/* All that waits. */
static gboolean list_waiting(Lists *lists, GError **error)
{
	return list_held(lists, error) && list_events(lists, error) && list_backlogs(lists, error) &&
		   list_alarms(lists, error) &&
		   page_pairs_list(lists->call, lists->texts, lists->pairs, &lists->view->more_pairs,
						   error);
}

gboolean page_waiting_count(const Call *call, gint64 *n, GError **error)
{
	WaitingView view = {0};
	g_auto(Lists) lists;
	lists_init(&lists, call, &view);
	if (!list_waiting(&lists, error))
		return FALSE;
	*n = lists.pairs->len;
	for (gsize i = 0; i < G_N_ELEMENTS(lists.lines); i++)
		*n += lists.lines[i]->len;
	return TRUE;
}

Response *page_waiting(Call *call, GError **error)
{
	WaitingView view = {0};
	g_auto(Lists) lists;
	lists_init(&lists, call, &view);
	if (!list_waiting(&lists, error) || !list_done(&lists, error))
		return NULL;
	Frame frame = layout_frame(call, "Menunggu putusan", NAV_WAITING);
	Html *html = html_new();
	page_waiting_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── one: its facts ── */

#define FACTS_MAX 6

typedef struct {
	GStringChunk *texts;
	WaitingFact facts[FACTS_MAX];
	WaitingForm form;
} One;

static void one_init(One *one, const Call *call, DecisionKind kind)
{
	*one = (One){.texts = g_string_chunk_new(1024)};
	one->form = (WaitingForm){.kind = kind,
							  .line = {.id = call->params[0]},
							  .facts = one->facts,
							  .verdict = "",
							  .reason = "",
							  .date = "",
							  .time = ""};
}

static void one_clear(One *one)
{
	g_string_chunk_free(one->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(One, one_clear)

static void fact(One *one, const char *name, const char *value)
{
	g_assert(one->form.n_facts < FACTS_MAX);
	one->facts[one->form.n_facts++] = (WaitingFact){name, g_string_chunk_insert(one->texts, value)};
}

/* Each loader: FALSE with `error` unset when it no longer waits. */

static gboolean load_held(const Call *call, One *one, GError **error)
{
	RandomId id;
	EnrolmentRow row;
	const char *other;
	if (!random_id_parse(&id, call->params[0]) ||
		!enrolments_get(call->web->sql, &id, &row, error) || row.state != ENROLMENT_HELD ||
		!names_person(call, one->texts, row.person, &one->form.line.title, error) ||
		!names_person(call, one->texts, row.other, &other, error))
		return FALSE;
	fact(one, "Mirip jari", other);
	fact(one, "Mesin", row.terminal.text);
	for (gsize i = 0; i < row.n_fingers; i++)
		fact(one, "Jari", terms_finger(row.fingers[i]));
	fact(one, "Direkam", moment(call, one->texts, row.finished_ms));
	return TRUE;
}

static gboolean load_event(const Call *call, One *one, GError **error)
{
	gint64 journal, seq;
	QuarantineItem item;
	if (!decision_event_parse(call->params[0], &journal, &seq) ||
		!quarantine_waiting_one(call->web->sql, journal, seq, &item, error) ||
		!names_person(call, one->texts, item.person, &one->form.line.title, error))
		return FALSE;
	one->form.asks_time = quarantine_is_of_time(&item.row);
	fact(one, "Mengapa", why(item.row.reason));
	fact(one, "Mesin", item.row.terminal.text);
	fact(one, "Waktu menurut mesin", moment(call, one->texts, item.wall_ms));
	fact(one, "Diterima server", moment(call, one->texts, item.received_ms));
	return TRUE;
}

static gboolean load_backlog(const Call *call, One *one, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!held_waiting(call->web->sql, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const HeldBacklog *row = &g_array_index(rows, HeldBacklog, i);
		if (strcmp(row->terminal.text, call->params[0]) != 0)
			continue;
		g_autofree char *n_batches = words_number(row->n_batches);
		g_autofree char *n_events = words_number(row->n_events);
		one->form.line.title = g_string_chunk_insert(one->texts, row->terminal.text);
		fact(one, "Kiriman", n_batches);
		fact(one, "Kejadian di dalamnya", n_events);
		fact(one, "Diterima pertama", moment(call, one->texts, row->first_ms));
		fact(one, "Diterima terakhir", moment(call, one->texts, row->last_ms));
		return TRUE;
	}
	return FALSE;
}

static gboolean load_alarm(const Call *call, One *one, GError **error)
{
	gint64 id;
	g_auto(AlarmRow) row = {0};
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL) ||
		!alarms_get(call->web->sql, id, &row, error))
		return FALSE;
	g_autofree char *n = words_number(row.n);
	one->form.line.title = terms_alarm(row.kind);
	fact(one, "Mesin", row.terminal.text[0] == '\0' ? "bukan dari satu mesin" : row.terminal.text);
	fact(one, "Keterangan", row.detail);
	fact(one, "Berapa kali", n);
	fact(one, "Pertama", moment(call, one->texts, row.first_ms));
	fact(one, "Terakhir", moment(call, one->texts, row.last_ms));
	return TRUE;
}

static gboolean load_one(const Call *call, One *one, GError **error)
{
	switch (one->form.kind) {
	case DECISION_ENROLMENT:
		return load_held(call, one, error);
	case DECISION_EVENT:
		return load_event(call, one, error);
	case DECISION_BACKLOG:
		return load_backlog(call, one, error);
	case DECISION_ALARM:
	default:
		return load_alarm(call, one, error);
	}
}

static Response *show(const Call *call, guint status, One *one, GError **error)
{
	const User *user = call->access->user;
	GError *local = NULL;
	if (!load_one(call, one, &local)) {
		if (local == NULL)
			return problem_for(call, 404, NULL);
		g_propagate_error(error, local);
		return NULL;
	}
	one->form.own = user->person != 0 && user->person == call->subject.person;
	Frame frame = layout_frame(call, "Putusan", NAV_WAITING);
	Html *html = html_new();
	page_waiting_render_one(html, &frame, &one->form);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static Response *show_new(const Call *call, DecisionKind kind, GError **error)
{
	g_auto(One) one;
	one_init(&one, call, kind);
	return show(call, 200, &one, error);
}

Response *page_held(Call *call, GError **error)
{
	return show_new(call, DECISION_ENROLMENT, error);
}

Response *page_quarantined(Call *call, GError **error)
{
	return show_new(call, DECISION_EVENT, error);
}

Response *page_backlog(Call *call, GError **error)
{
	return show_new(call, DECISION_BACKLOG, error);
}

Response *page_alarm(Call *call, GError **error)
{
	return show_new(call, DECISION_ALARM, error);
}

/* ── deciding ── */

static const char *field(const Call *call, const char *name)
{
	const char *text = form_get(call->form, name);
	return text == NULL ? "" : text;
}

/* Date and time of day, if there are any. */
static gboolean read_time(const Call *call, const WaitingForm *form, gint64 *at_ms)
{
	gint64 day;
	int hour, minute;
	*at_ms = 0;
	if (form->date[0] == '\0' && form->time[0] == '\0')
		return TRUE;
	const char *t = form->time;
	if (!iso_date_parse(form->date, &day) || strlen(t) != 5 || !g_ascii_isdigit(t[0]) ||
		!g_ascii_isdigit(t[1]) || t[2] != ':' || !g_ascii_isdigit(t[3]) || !g_ascii_isdigit(t[4]))
		return FALSE;
	hour = (t[0] - '0') * 10 + (t[1] - '0');
	minute = (t[3] - '0') * 10 + (t[4] - '0');
	*at_ms = day * DAY_MS + (hour * 60 + minute - call->web->utc_offset_min) * MINUTE_MS;
	return hour < 24 && minute < 60;
}

static void read_decision(const Call *call, WaitingForm *form, Decision *decision)
{
	form->verdict = field(call, "putusan");
	form->reason = field(call, "alasan");
	form->date = field(call, "tanggal");
	form->time = field(call, "pukul");
	if (!decision_verdict_parse(form->kind, form->verdict, &decision->verdict))
		form->verdict_problem = "Pilih salah satu.";
	if (g_strlcpy(decision->reason, form->reason, sizeof decision->reason) >=
		sizeof decision->reason)
		form->reason_problem = "Terlalu panjang.";
	if (!read_time(call, form, &decision->at_ms))
		form->time_problem = "Isi tanggal dan pukul, misalnya 07.05.";
}

/* Beside its field; FALSE: it is no longer open, or another error. */
static gboolean say_refusal(const GError *refused, WaitingForm *form)
{
	if (g_error_matches(refused, DECISION_ERROR, DECISION_ERROR_VERDICT))
		form->verdict_problem = "Pilih salah satu.";
	else if (g_error_matches(refused, DECISION_ERROR, DECISION_ERROR_REASON))
		form->reason_problem = "Isi alasan dalam satu baris, paling sedikit 3 huruf.";
	else if (g_error_matches(refused, DECISION_ERROR, DECISION_ERROR_TIME))
		form->time_problem = "Bila diterima, isi tanggal dan pukul sebenarnya, tidak sesudah "
							 "diterima server. Bila ditolak, kosongkan.";
	else
		return FALSE;
	return TRUE;
}

static Response *decide(Call *call, DecisionKind kind, GError **error)
{
	g_auto(One) one;
	one_init(&one, call, kind);
	Decision decision = {.kind = kind, .account = call->access->user->id};
	g_autoptr(GError) refused = NULL;
	read_decision(call, &one.form, &decision);
	if (one.form.verdict_problem != NULL || one.form.reason_problem != NULL ||
		one.form.time_problem != NULL)
		return show(call, 422, &one, error);
	if (g_strlcpy(decision.subject, call->params[0], sizeof decision.subject) >=
		sizeof decision.subject)
		return problem_for(call, 404, NULL);
	if (decisions_add(call->web->sql, &decision, call->request->now_ms, &refused))
		return response_redirect("/putusan");
	if (g_error_matches(refused, DECISION_ERROR, DECISION_ERROR_GONE))
		return problem_for(call, 409, NULL);
	if (say_refusal(refused, &one.form))
		return show(call, 422, &one, error);
	g_propagate_error(error, g_steal_pointer(&refused));
	return NULL;
}

Response *page_held_post(Call *call, GError **error)
{
	return decide(call, DECISION_ENROLMENT, error);
}

Response *page_quarantined_post(Call *call, GError **error)
{
	return decide(call, DECISION_EVENT, error);
}

Response *page_backlog_post(Call *call, GError **error)
{
	return decide(call, DECISION_BACKLOG, error);
}

Response *page_alarm_post(Call *call, GError **error)
{
	return decide(call, DECISION_ALARM, error);
}
