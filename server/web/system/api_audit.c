/* GET /api/v1/people/{id}/evidence, /api/v1/chains, /api/v1/log: what an auditor's program reads. */
#include <string.h>

#include "server/store/system/audit_browse.h"
#include "server/store/terminals/evidence.h"
#include "server/store/terminals/journals.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/terminals/waiting.h"
#include "server/web/words.h"

#define ID_TEXT (2 * sizeof(RandomId) + 1)

static json_t *time_json(const Call *call, gint64 at_ms)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, call->web->utc_offset_min);
	return text == NULL ? json_null() : json_string(text);
}

/* "" is null as well. */
static json_t *text_json(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

/* ── a person-day down to the signature ── */

Response *subject_evidence(Call *call, GError **error)
{
	(void)error;
	const char *date = call_query(call, "date");
	gint64 day = call->today;
	if (!api_parse_person(call->params[0], &call->subject.person))
		return problem_new(404, "there is no such person");
	if (date != NULL && !iso_date_parse(date, &day))
		return problem_field("date", "a date as 2025-03-03");
	call->subject.from_day = day;
	call->subject.to_day = day + 1;
	call->subject.detail = iso_date(day);
	return NULL;
}

static const char *state_text(EvidenceState state)
{
	switch (state) {
	case EVIDENCE_HOLDS:
		return "holds";
	case EVIDENCE_UNSIGNED:
		return "unsigned";
	case EVIDENCE_BROKEN:
		return "broken";
	case EVIDENCE_MISSING:
	default:
		return "missing";
	}
}

static json_t *evidence_json(const Call *call, const Evidence *evidence)
{
	json_t *out = json_object();
	json_object_set_new(out, "state", json_string(state_text(evidence->state)));
	json_object_set_new(out, "stamped", time_json(call, evidence->wall_ms));
	json_object_set_new(out, "received", time_json(call, evidence->received_ms));
	json_object_set_new(out, "head", text_json(evidence->head));
	json_object_set_new(out, "signed_first", json_integer(evidence->first));
	json_object_set_new(out, "signed_last", json_integer(evidence->last));
	json_object_set_new(out, "signed_head", text_json(evidence->signed_head));
	json_object_set_new(out, "signature", text_json(evidence->signature));
	json_object_set_new(out, "key", text_json(evidence->key));
	json_object_set_new(out, "certificate", text_json(evidence->certificate));
	return out;
}

/* A punch by hand or from elsewhere has no event: nothing proves it but its letter. */
static gboolean prove(const Call *call, const Punch *punch, Evidence *evidence, GError **error)
{
	JournalRow journal;
	GError *local = NULL;
	*evidence = (Evidence){.state = EVIDENCE_MISSING};
	if (journals_get(call->web->sql, &punch->terminal, &punch->journal, &journal, &local))
		return call->web->prove(call->web->sql, &journal, punch->seq, evidence, error);
	if (local != NULL)
		g_propagate_error(error, local);
	return local == NULL;
}

static json_t *punch_json(const Call *call, const Punch *punch, GError **error)
{
	Evidence evidence;
	char journal[ID_TEXT];
	if (!prove(call, punch, &evidence, error))
		return NULL;
	evidence_hex(punch->journal.bytes, sizeof punch->journal.bytes, journal);
	json_t *out = json_object();
	json_object_set_new(out, "at", time_json(call, punch->at_ms));
	json_object_set_new(out, "terminal", json_string(punch->terminal.text));
	json_object_set_new(out, "letter", text_json(punch->letter));
	json_object_set_new(out, "journal", json_string(journal));
	json_object_set_new(out, "seq", json_integer(punch->seq));
	json_object_set_new(out, "evidence", evidence_json(call, &evidence));
	return out;
}

/* All are read before the first is proven: statements are not left open over another's. */
static gboolean add_punches(const Call *call, json_t *list, GError **error)
{
	gint64 from_ms = call->subject.from_day * DAY_MS - call->web->utc_offset_min * MINUTE_MS;
	g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Punch));
	g_autoptr(PunchCursor) cursor =
		punches_of_person(call->web->sql, call->subject.person, from_ms, from_ms + DAY_MS, error);
	Punch punch;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = punches_next(cursor, &punch, error)) == SQL_ROW) {
		punch.letter = words_keep(texts, g_strdup(punch.letter));
		g_array_append_val(all, punch);
	}
	for (guint i = 0; step == SQL_DONE && i < all->len; i++) {
		json_t *item = punch_json(call, &g_array_index(all, Punch, i), error);
		if (item == NULL)
			return FALSE;
		json_array_append_new(list, item);
	}
	return step == SQL_DONE;
}

static gboolean add_verdict(const Call *call, json_t *out, GError **error)
{
	const Subject *subject = &call->subject;
	g_autoptr(VerdictCursor) cursor = verdicts_of_person(call->web->sql, subject->person,
														 subject->from_day, subject->to_day, error);
	Verdict verdict;
	SqlStep step = cursor == NULL ? SQL_FAILED : verdicts_next(cursor, &verdict, error);
	gboolean there = step == SQL_ROW;
	json_t *reasons =
		there && verdict.reasons != NULL ? json_loads(verdict.reasons, 0, NULL) : NULL;
	json_object_set_new(out, "codes", there ? text_json(verdict.codes) : json_null());
	json_object_set_new(out, "judged", there ? time_json(call, verdict.judged_ms) : json_null());
	json_object_set_new(out, "rule_version",
						there ? json_integer(verdict.rule_version) : json_null());
	json_object_set_new(out, "reasons", reasons == NULL ? json_array() : reasons);
	return step != SQL_FAILED;
}

Response *api_evidence(Call *call, GError **error)
{
	static const char *const names[] = {"date", NULL};
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	g_autofree char *date = iso_date(call->subject.from_day);
	json_t *out = json_object(), *punches = json_array();
	json_object_set_new(out, "person", json_integer(call->subject.person));
	json_object_set_new(out, "date", json_string(date));
	json_object_set_new(out, "punches", punches);
	if (add_verdict(call, out, error) && add_punches(call, punches, error))
		return call_json(200, out);
	json_decref(out);
	return NULL;
}

/* ── chains ── */

static int by_id(gconstpointer a, gconstpointer b)
{
	const JournalRow *left = a, *right = b;
	return (left->id > right->id) - (left->id < right->id);
}

static json_t *chain_json(const Call *call, const JournalRow *row)
{
	char journal[ID_TEXT], head[EVIDENCE_HASH_TEXT];
	evidence_hex(row->journal.bytes, sizeof row->journal.bytes, journal);
	evidence_hex(row->head.bytes, sizeof row->head.bytes, head);
	json_t *out = json_object();
	json_object_set_new(out, "terminal", json_string(row->terminal.text));
	json_object_set_new(out, "journal", json_string(journal));
	json_object_set_new(out, "seq", json_integer(row->seq));
	json_object_set_new(out, "head", json_string(head));
	json_object_set_new(out, "opened", time_json(call, row->opened_ms));
	json_object_set_new(out, "heard", time_json(call, row->heard_ms));
	return out;
}

/* By our number of the journal, which is the cursor. */
static gboolean fill_chains(const Call *call, gint64 after, gsize limit, json_t *items,
							gint64 *last, GError **error)
{
	g_autoptr(GArray) journals = NULL;
	*last = 0;
	if (!journals_list(call->web->sql, NULL, &journals, error))
		return FALSE;
	g_array_sort(journals, by_id);
	for (guint i = 0; i < journals->len; i++) {
		const JournalRow *row = &g_array_index(journals, JournalRow, i);
		gboolean seen = FALSE;
		if (row->id <= after)
			continue;
		if (!waiting_sees_terminal(call, &row->terminal, &seen, error))
			return FALSE;
		if (!seen)
			continue;
		if (json_array_size(items) == limit)
			return TRUE;
		json_array_append_new(items, chain_json(call, row));
		after = row->id;
		*last = i + 1 < journals->len ? row->id : 0;
	}
	*last = 0;
	return TRUE;
}

static Response *read_page(const Call *call, gsize *limit, gint64 *cursor)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	gint64 unused;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, limit);
	return problem == NULL ? api_cursor(call, cursor, &unused) : problem;
}

Response *api_chains(Call *call, GError **error)
{
	gsize limit;
	gint64 after, last;
	Response *problem = read_page(call, &limit, &after);
	if (problem != NULL)
		return problem;
	json_t *items = json_array();
	if (!fill_chains(call, after, limit, items, &last, error)) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = last == 0 ? NULL : cursor_encode(last, 0);
	return api_list(items, next);
}

/* ── the log ── */

static json_t *line_json(const Call *call, const AuditLine *line)
{
	json_t *out = json_object();
	json_object_set_new(out, "seq", json_integer(line->seq));
	json_object_set_new(out, "at", time_json(call, line->at_ms));
	json_object_set_new(out, "account", text_json(line->account));
	json_object_set_new(out, "action", json_string(line->action));
	json_object_set_new(out, "person",
						line->person == 0 ? json_null() : json_integer(line->person));
	json_object_set_new(out, "detail", text_json(line->detail));
	json_object_set_new(out, "address", text_json(line->address));
	return out;
}

/* Newest first. */
Response *api_log(Call *call, GError **error)
{
	gsize limit;
	gint64 before;
	Response *problem = read_page(call, &limit, &before);
	if (problem != NULL)
		return problem;
	/* It names accounts and people of everywhere. */
	if (!call->scope->all)
		return problem_new(403, "the log is the whole province's");
	g_autoptr(GPtrArray) rows =
		audit_browse(call->web->sql, 0, call->today, before == 0 ? G_MAXINT64 : before,
					 (gint64)limit + 1, error);
	if (rows == NULL)
		return NULL;
	json_t *items = json_array();
	gsize n = MIN(rows->len, limit);
	for (gsize i = 0; i < n; i++)
		json_array_append_new(items, line_json(call, rows->pdata[i]));
	g_autofree char *next =
		rows->len > limit ? cursor_encode(((const AuditLine *)rows->pdata[n - 1])->seq, 0) : NULL;
	return api_list(items, next);
}
