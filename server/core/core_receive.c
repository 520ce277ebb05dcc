/* What the link brings: checked without the database, then handed to the commit thread. */
#include "server/core/core.h"

#include <string.h>

static void refusal_free(gpointer data)
{
	Refusal *refusal = data;
	g_free(refusal->topic);
	g_clear_pointer(&refusal->sample, g_bytes_unref);
	g_free(refusal);
}

/* `cause` is a literal. */
static void refuse(Core *core, const char *cause, const char *topic, GBytes *message)
{
	if (core->refusals == NULL)
		core->refusals = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, refusal_free);
	Refusal *refusal = g_hash_table_lookup(core->refusals, cause);
	if (refusal == NULL) {
		refusal = g_new0(Refusal, 1);
		g_hash_table_insert(core->refusals, (gpointer)cause, refusal);
	}
	refusal->n++;
	if (refusal->sample != NULL)
		return;
	refusal->topic = g_strndup(topic, TOPIC_MAX);
	refusal->sample = g_bytes_ref(message);
}

void core_flush_refusals(Core *core)
{
	if (core->refusals == NULL)
		return;
	GHashTableIter iter;
	gpointer cause, refusal;
	g_hash_table_iter_init(&iter, core->refusals);
	while (g_hash_table_iter_next(&iter, &cause, &refusal)) {
		g_message("refused %" G_GUINT64_FORMAT " messages: %s", ((Refusal *)refusal)->n,
				  (const char *)cause);
		if (core_job_refusal(core, cause, refusal))
			g_hash_table_iter_remove(&iter);
	}
}

/* A genuine message of a revoked terminal: its events are held, and it is told. */
static void receive_revoked(Core *core, Collected *collected)
{
	EventBatch batch;
	if (collected->kind == TOPIC_UP_EVENTS && verify_batch(collected, &batch) == VERIFY_OK)
		core_job_held(core, collected, &batch);
	else if (collected->kind == TOPIC_UP_WANT)
		core_send_command(core, &collected->terminal);
}

static VerifyResult receive_events(Core *core, Collected *collected)
{
	EventBatch batch;
	VerifyResult result = verify_batch(collected, &batch);
	if (result == VERIFY_OK)
		core_job_batch(core, collected, &batch);
	return result;
}

/* Takes the message out of `collected` where a job needs it. */
static VerifyResult receive_verified(Core *core, Collected *collected)
{
	if (core_session(core, &collected->terminal)->n_pending >= SESSION_PENDING_MAX)
		return VERIFY_OK;
	switch (collected->kind) {
	case TOPIC_UP_EVENTS:
		return receive_events(core, collected);
	case TOPIC_UP_HEALTH:
		core_job_health(core, collected);
		return VERIFY_OK;
	case TOPIC_UP_ENROL:
		core_job_enrol(core, collected);
		return VERIFY_OK;
	case TOPIC_UP_WANT:
		core_job_want(core, collected);
		return VERIFY_OK;
	case TOPIC_DOWN_RECEIPT:
	case TOPIC_DOWN_ROSTER:
	case TOPIC_DOWN_COMMAND:
	default:
		g_assert_not_reached(); /* collect_message() lets none through */
	}
}

static VerifyResult receive_join(Core *core, Collected *collected)
{
	Join join;
	VerifyResult result = verify_join(core->keys, collected, &join);
	if (result == VERIFY_OK &&
		core_session(core, &collected->terminal)->n_pending < SESSION_PENDING_MAX)
		core_job_join(core, collected);
	return result;
}

void core_receive(const char *topic, GBytes *message, gpointer user)
{
	Core *core = user;
	g_auto(Collected) collected = {0};
	CollectResult collect = collect_message(topic, message, &collected);
	if (collect != COLLECT_OK) {
		refuse(core, collect_cause(collect), topic, message);
		return;
	}
	VerifyResult verify;
	if (collected.envelope.head.type == MESSAGE_JOIN) {
		verify = receive_join(core, &collected);
	} else {
		verify = verify_message(core->keys, &collected);
		if (verify == VERIFY_OK)
			verify = receive_verified(core, &collected);
		else if (verify == VERIFY_REVOKED)
			receive_revoked(core, &collected);
	}
	if (verify != VERIFY_OK)
		refuse(core, verify_cause(verify), topic, message);
}
