#include "server/decide.h"

#include <string.h>

#include "protocol/topic.h"
#include "server/crypto_openssl.h"
#include "server/store/terminals/duplicates.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/time/marks.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/terminals/references.h"
#include "server/verify.h"
#include "server/wire.h"

void decide_result_clear(DecideResult *result)
{
	g_clear_pointer(&result->ended, g_array_unref);
	g_clear_pointer(&result->added, g_array_unref);
}

/* ── held enrolments ── */

static gboolean activate(Sql *sql, const MergePolicy *policy, const EnrolmentRow *row,
						 gint64 now_ms, DecideResult *result, GError **error)
{
	return references_release(sql, &row->id, now_ms, result->ended, result->added, error) &&
		   mark_punch(sql, row->person, now_ms, policy->utc_offset_min, error) &&
		   enrolments_settle(sql, &row->id, ENROLMENT_DONE, NULL, now_ms, error);
}

static gboolean decide_enrolment(Sql *sql, const MergePolicy *policy, const Decision *decision,
								 gint64 now_ms, DecideResult *result, GError **error)
{
	EnrolmentRow row;
	GError *local = NULL;
	result->outcome = "no longer held";
	if (!random_id_parse(&result->enrolment, decision->subject) ||
		!enrolments_get(sql, &result->enrolment, &row, &local) || row.state != ENROLMENT_HELD) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	result->outcome = "done";
	if (decision->verdict == VERDICT_DIFFERENT)
		return activate(sql, policy, &row, now_ms, result, error);
	return references_drop(sql, &row.id, error) &&
		   enrolments_settle(sql, &row.id, ENROLMENT_FAILED,
							 decision_verdict_text(decision->verdict), now_ms, error);
}

/* ── backlogs ── */

typedef struct {
	Sql *sql;
	const MergePolicy *policy;
	TerminalId terminal;
	KeyRing *keys;
} Backlog;

static void backlog_clear(Backlog *backlog)
{
	g_clear_pointer(&backlog->keys, key_ring_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Backlog, backlog_clear)

static const char *merge_text(MergeOutcome outcome)
{
	static const char *const texts[] = {
		[MERGE_STORED] = "stored",     [MERGE_DUPLICATE] = "duplicate", [MERGE_GAP] = "gap",
		[MERGE_CONFLICT] = "conflict", [MERGE_BROKEN] = "broken",
	};
	return texts[outcome];
}

/* The ordinary way of a message, from its bytes; `outcome` "refused": they are not what they were. */
static gboolean merge_one(Backlog *backlog, const HeldBatch *held, const char **outcome,
						  GError **error)
{
	char topic[TOPIC_MAX];
	g_auto(Collected) collected = {0};
	g_auto(MergeResult) result = {0};
	EventBatch batch;
	topic_format(topic, TOPIC_UP_EVENTS, &backlog->terminal, crypto_sha256);
	*outcome = "refused";
	if (collect_message(topic, held->message, &collected) != COLLECT_OK)
		return TRUE;
	VerifyResult verified = verify_message(backlog->keys, &collected);
	if ((verified != VERIFY_OK && verified != VERIFY_REVOKED) ||
		verify_batch(&collected, &batch) != VERIFY_OK)
		return TRUE;
	Slice message = slice_of_bytes(held->message);
	Slice statement = {message.data, message.size - collected.envelope.rest.size};
	/* Its times are judged by when it came, not by when somebody decided. */
	if (!merge_batch(backlog->sql, backlog->policy, &backlog->terminal, &batch, statement,
					 held->received_ms, &result, error))
		return FALSE;
	*outcome = merge_text(result.outcome);
	return TRUE;
}

static gboolean merge_some(Backlog *backlog, GArray *batches, GError **error)
{
	for (guint i = 0; i < batches->len; i++) {
		const HeldBatch *held = &g_array_index(batches, HeldBatch, i);
		const char *outcome;
		if (!merge_one(backlog, held, &outcome, error) ||
			!held_end(backlog->sql, &backlog->terminal, held, outcome, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean open_backlog(Backlog *backlog, const char *terminal, GError **error)
{
	g_strlcpy(backlog->terminal.text, terminal, sizeof backlog->terminal.text);
	backlog->keys = key_ring_new();
	return key_ring_load(backlog->keys, backlog->sql, NULL, error);
}

static gboolean decide_backlog(Sql *sql, const MergePolicy *policy, const Decision *decision,
							   DecideResult *result, GError **error)
{
	g_auto(Backlog) backlog = {.sql = sql, .policy = policy};
	g_autoptr(GArray) batches = NULL;
	if (decision->verdict == VERDICT_REJECTED) {
		result->outcome = "done";
		return held_end_all(sql, decision->id, "rejected", error);
	}
	if (!held_batches(sql, decision->id, DECIDE_BATCHES_MAX, &batches, error) ||
		!open_backlog(&backlog, decision->subject, error))
		return FALSE;
	result->outcome = batches->len < DECIDE_BATCHES_MAX ? "done" : NULL;
	return merge_some(&backlog, batches, error);
}

/* ── all ── */

static gboolean carry_out(Sql *sql, const MergePolicy *policy, const Decision *decision,
						  gint64 now_ms, DecideResult *result, GError **error)
{
	switch (decision->kind) {
	case DECISION_ENROLMENT:
		return decide_enrolment(sql, policy, decision, now_ms, result, error);
	case DECISION_BACKLOG:
		return decide_backlog(sql, policy, decision, result, error);
	case DECISION_EVENT:
		return merge_decide(sql, policy, decision, now_ms, &result->outcome, error);
	case DECISION_ALARM:
	default:
		result->outcome = "done"; /* was carried out when it was decided */
		return TRUE;
	}
}

static void begin_result(DecideResult *result)
{
	decide_result_clear(result);
	*result = (DecideResult){.ended = g_array_new(FALSE, FALSE, sizeof(gint64)),
							 .added = sealed_references_new()};
}

gboolean decide_carry_out(Sql *sql, const MergePolicy *policy, const Decision *decision,
						  gint64 now_ms, DecideResult *result, GError **error)
{
	begin_result(result);
	return carry_out(sql, policy, decision, now_ms, result, error) &&
		   (result->outcome == NULL ||
			decisions_carried(sql, decision->id, result->outcome, now_ms, error));
}

gboolean decide_next_pair(Sql *sql, const MergePolicy *policy, gint64 now_ms, DecideResult *result,
						  gboolean *found, GError **error)
{
	DuplicatePair pair;
	GError *local = NULL;
	begin_result(result);
	*found = duplicates_next(sql, &pair, &local);
	if (local != NULL)
		g_propagate_error(error, local);
	if (!*found)
		return local == NULL;
	return duplicates_carry_out(sql, &pair, now_ms, result->ended, error) &&
		   mark_punch(sql, pair.ends, now_ms, policy->utc_offset_min, error);
}
