/* What an auditor looks up, read from the store. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/system/audit_browse.h"
#include "server/store/terminals/journals.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/system/page_audit.h"
#include "server/web/terminals/waiting.h"
#include "server/web/terms.h"
#include "server/web/time/page_today.h"
#include "server/web/words.h"

static const char *moment(const Call *call, GStringChunk *texts, gint64 at_ms)
{
	return at_ms == 0 ? NULL : words_keep(texts, words_moment(at_ms, call->web->utc_offset_min));
}

static const char *hex(GStringChunk *texts, gconstpointer bytes, gsize size)
{
	char text[EVIDENCE_HASH_TEXT];
	g_assert(2 * size < sizeof text);
	evidence_hex(bytes, size, text);
	return g_string_chunk_insert(texts, text);
}

/* Parameter "tanggal"; today without one. FALSE: it is no date. */
static gboolean day_asked(const Call *call, gint64 *day)
{
	const char *text = call_query(call, "tanggal");
	*day = call->today;
	return text == NULL || text[0] == '\0' || iso_date_parse(text, day);
}

/* ── finding ── */

Response *subject_audit_find(Call *call, GError **error)
{
	const char *text = call_query(call, "q");
	(void)error;
	if (text != NULL && text[0] != '\0')
		call->subject.detail = g_strdup_printf("q=%s", text);
	return NULL;
}

static gboolean load_grants(const Call *call, GStringChunk *texts, GArray *grants, GError **error)
{
	const GPtrArray *all = call->access->grants;
	for (guint i = 0; i < all->len; i++) {
		const Grant *grant = all->pdata[i];
		g_autoptr(GError) inner = NULL;
		AuditGrant row = {.role = terms_role(grant->role), .decree = grant->decree};
		if (!role_has_right(grant->role, RIGHT_AUDIT))
			continue;
		if (grant->unit != 0)
			row.unit =
				words_keep(texts, units_name(call->web->sql, grant->unit, call->today, &inner));
		if (inner != NULL) {
			g_propagate_error(error, g_steal_pointer(&inner));
			return FALSE;
		}
		if (grant->to_day != G_MAXINT64)
			row.until = words_keep(texts, words_date(grant->to_day - 1));
		g_array_append_val(grants, row);
	}
	return TRUE;
}

/* Those of the scope, as of the day. */
static gboolean find_people(const Call *call, const PeopleFilter *filter, GStringChunk *texts,
							GArray *people, GError **error)
{
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, filter, error);
	PersonRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = people_next(cursor, &row, error)) == SQL_ROW) {
		AuditPerson person = {.id = row.id,
							  .name = g_string_chunk_insert(texts, row.name),
							  .number = words_keep(texts, g_strdup(row.number)),
							  .unit = words_keep(texts, g_strdup(row.unit_name))};
		if (scope_has(call->scope, row.unit) && people->len < AUDIT_FOUND_MAX)
			g_array_append_val(people, person);
	}
	return step == SQL_DONE;
}

static gboolean load_people(const Call *call, const char *text, gint64 day, GStringChunk *texts,
							GArray *people, GError **error)
{
	PersonId number;
	PeopleFilter filter = {.day = day, .limit = 1000, .by_name = TRUE};
	if (api_parse_person(text, &number)) {
		filter.person = number;
		if (!find_people(call, &filter, texts, people, error) || people->len > 0)
			return people->len > 0;
		filter.person = 0;
	}
	filter.text = text;
	return find_people(call, &filter, texts, people, error);
}

Response *page_audit(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(2048);
	g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(AuditGrant));
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(AuditPerson));
	const char *asked = call_query(call, "q");
	g_autofree char *text = g_strstrip(g_strdup(asked == NULL ? "" : asked));
	gint64 day;
	AuditFindView view = {
		.grants = grants, .people = people, .text = text, .asked = text[0] != '\0'};
	if (!day_asked(call, &day))
		view.date_problem = "Isi tanggal.";
	view.date = words_keep(texts, iso_date(day));
	if (!load_grants(call, texts, grants, error) ||
		(view.asked && !load_people(call, text, day, texts, people, error)))
		return NULL;
	Frame frame = layout_frame(call, "Audit", NAV_AUDIT);
	Html *html = html_new();
	page_audit_render(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = view.date_problem == NULL ? 200 : 422;
	return response;
}

/* ── a person-day ── */

Response *subject_audit_person(Call *call, GError **error)
{
	(void)error;
	gint64 day;
	if (!api_parse_person(call->params[0], &call->subject.person) || !day_asked(call, &day))
		return problem_for(call, 404, NULL);
	call->subject.from_day = day;
	call->subject.to_day = day + 1;
	call->subject.detail = iso_date(day);
	return NULL;
}

static void add_reasons(const char *reasons, GStringChunk *texts, GPtrArray *list)
{
	json_t *all = reasons == NULL ? NULL : json_loads(reasons, 0, NULL);
	size_t i;
	json_t *reason;
	json_array_foreach(all, i, reason)
	{
		const char *text = json_string_value(json_object_get(reason, "text"));
		if (text != NULL)
			g_ptr_array_add(list, g_string_chunk_insert(texts, text));
	}
	json_decref(all);
}

static gboolean load_verdict(const Call *call, GStringChunk *texts, GPtrArray *reasons,
							 EvidenceView *view, GError **error)
{
	const Subject *subject = &call->subject;
	g_autoptr(VerdictCursor) cursor = verdicts_of_person(call->web->sql, subject->person,
														 subject->from_day, subject->to_day, error);
	Verdict verdict;
	SqlStep step = cursor == NULL ? SQL_FAILED : verdicts_next(cursor, &verdict, error);
	if (step != SQL_ROW)
		return step != SQL_FAILED;
	view->codes = g_string_chunk_insert(texts, verdict.codes);
	view->judged = words_keep(
		texts, g_strdup_printf("Dinilai %s dengan aturan versi %" G_GINT64_FORMAT ".",
							   moment(call, texts, verdict.judged_ms), verdict.rule_version));
	add_reasons(verdict.reasons, texts, reasons);
	return TRUE;
}

/* What the bytes prove; a punch by hand or from elsewhere has no event. */
static gboolean prove(const Call *call, const Punch *punch, GStringChunk *texts, EvidencePunch *row,
					  GError **error)
{
	JournalRow journal;
	GError *local = NULL;
	row->evidence.state = EVIDENCE_MISSING;
	if (!journals_get(call->web->sql, &punch->terminal, &punch->journal, &journal, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	row->journal = hex(texts, journal.journal.bytes, sizeof journal.journal.bytes);
	if (!call->web->prove(call->web->sql, &journal, punch->seq, &row->evidence, error))
		return FALSE;
	row->stamp = moment(call, texts, row->evidence.wall_ms);
	row->received = moment(call, texts, row->evidence.received_ms);
	return TRUE;
}

static gboolean add_punch(const Call *call, const Punch *punch, GStringChunk *texts,
						  GArray *punches, GError **error)
{
	GError *local = NULL;
	EvidencePunch row = {
		.time = words_keep(texts, words_time(punch->at_ms, call->web->utc_offset_min)),
		.terminal = punch->letter == NULL ? g_string_chunk_insert(texts, punch->terminal.text)
										  : "bukan dari mesin",
		.letter = words_keep(texts, g_strdup(punch->letter)),
		.state = page_punch_words(punch->state),
	};
	row.place = words_keep(
		texts, places_name(call->web->sql, punch->place, call->subject.from_day, &local));
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (row.place == NULL)
		row.place = "lokasi tidak diketahui";
	if (!prove(call, punch, texts, &row, error))
		return FALSE;
	g_array_append_val(punches, row);
	return TRUE;
}

/* All are read before the first is proven: statements are not left open over another's. */
static gboolean load_punches(const Call *call, GStringChunk *texts, GArray *punches, GError **error)
{
	gint64 from_ms = call->subject.from_day * DAY_MS - call->web->utc_offset_min * MINUTE_MS;
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Punch));
	g_autoptr(PunchCursor) cursor =
		punches_of_person(call->web->sql, call->subject.person, from_ms, from_ms + DAY_MS, error);
	Punch punch;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = punches_next(cursor, &punch, error)) == SQL_ROW) {
		punch.letter = words_keep(texts, g_strdup(punch.letter));
		g_array_append_val(all, punch);
	}
	if (step != SQL_DONE)
		return FALSE;
	for (guint i = 0; i < all->len; i++)
		if (!add_punch(call, &g_array_index(all, Punch, i), texts, punches, error))
			return FALSE;
	return TRUE;
}

Response *page_evidence(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GPtrArray) reasons = g_ptr_array_new();
	g_autoptr(GArray) punches = g_array_new(FALSE, FALSE, sizeof(EvidencePunch));
	const gint64 day = call->subject.from_day;
	EvidenceView view = {.person = call->subject.person,
						 .date = words_keep(texts, words_date(day)),
						 .before = words_keep(texts, iso_date(day - 1)),
						 .after = words_keep(texts, iso_date(day + 1)),
						 .reasons = reasons,
						 .punches = punches};
	if (!names_person(call, texts, call->subject.person, &view.name, error) ||
		!load_verdict(call, texts, reasons, &view, error) ||
		!load_punches(call, texts, punches, error))
		return NULL;
	Frame frame = layout_frame(call, "Bukti satu hari", NAV_AUDIT);
	Html *html = html_new();
	page_evidence_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── chains ── */

static gint64 count_alarms(const GArray *alarms, const TerminalId *terminal)
{
	gint64 n = 0;
	for (guint i = 0; i < alarms->len; i++)
		n += strcmp(g_array_index(alarms, AlarmRow, i).terminal.text, terminal->text) == 0;
	return n;
}

static gboolean add_chain(const Call *call, const JournalRow *journal, const GArray *alarms,
						  GStringChunk *texts, ChainsView *view, GArray *lines, GError **error)
{
	gboolean seen;
	if (!waiting_sees_terminal(call, &journal->terminal, &seen, error))
		return FALSE;
	view->more = seen && lines->len == AUDIT_CHAINS_MAX;
	if (!seen || view->more)
		return TRUE;
	const ChainLine *last =
		lines->len == 0 ? NULL : &g_array_index(lines, ChainLine, lines->len - 1);
	ChainLine line = {
		.terminal = g_string_chunk_insert(texts, journal->terminal.text),
		.journal = hex(texts, journal->journal.bytes, 4),
		.head = hex(texts, journal->head.bytes, 8),
		.heard = moment(call, texts, journal->heard_ms),
		.seq = journal->seq,
		.n_alarms = count_alarms(alarms, &journal->terminal),
	};
	if (last == NULL || strcmp(last->terminal, line.terminal) != 0) {
		view->n_terminals++;
		view->n_alarms += line.n_alarms;
	}
	g_array_append_val(lines, line);
	return TRUE;
}

static int by_terminal(gconstpointer a, gconstpointer b)
{
	const JournalRow *left = a, *right = b;
	int order = strcmp(left->terminal.text, right->terminal.text);
	return order != 0 ? order
					  : (left->opened_ms > right->opened_ms) - (left->opened_ms < right->opened_ms);
}

Response *page_chains(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ChainLine));
	g_autoptr(GArray) journals = NULL;
	g_autoptr(GArray) alarms = NULL;
	ChainsView view = {.lines = lines};
	if (!journals_list(call->web->sql, NULL, &journals, error) ||
		!alarms_list(call->web->sql, 0, 10000, &alarms, error))
		return NULL;
	g_array_sort(journals, by_terminal);
	for (guint i = 0; i < journals->len && !view.more; i++)
		if (!add_chain(call, &g_array_index(journals, JournalRow, i), alarms, texts, &view, lines,
					   error))
			return NULL;
	Frame frame = layout_frame(call, "Rantai mesin", NAV_AUDIT);
	Html *html = html_new();
	page_chains_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── the log ── */

Response *page_audit_log(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LogLine));
	LogView view = {.lines = lines};
	gint64 before = G_MAXINT64, unused;
	const char *cursor = call_query(call, "sebelum");
	/* It names accounts and people of everywhere. */
	if (!call->scope->all)
		return problem_for(call, 403, NULL);
	if (cursor != NULL && !cursor_decode(cursor, &before, &unused))
		return problem_for(call, 404, NULL);
	g_autoptr(GPtrArray) rows =
		audit_browse(call->web->sql, 0, call->today, before, AUDIT_LINES_MAX + 1, error);
	for (guint i = 0; rows != NULL && i < MIN(rows->len, AUDIT_LINES_MAX); i++) {
		const AuditLine *row = rows->pdata[i];
		LogLine line = {.time = moment(call, texts, row->at_ms),
						.who = row->account == NULL ? "administrator server"
													: g_string_chunk_insert(texts, row->account),
						.what = g_string_chunk_insert(texts, terms_action(row->action)),
						.whom = words_keep(texts, g_strdup(row->name)),
						.detail = words_keep(texts, g_strdup(row->detail)),
						.address = words_keep(texts, g_strdup(row->address))};
		g_array_append_val(lines, line);
		if (i + 1 == AUDIT_LINES_MAX && rows->len > AUDIT_LINES_MAX)
			view.older = words_keep(texts, cursor_encode(row->seq, 0));
	}
	if (rows == NULL)
		return NULL;
	Frame frame = layout_frame(call, "Catatan akses", NAV_AUDIT);
	Html *html = html_new();
	page_log_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}
