/* Jobs of the commit thread: batches, health, wants, and the server's own small ones. */
#include "server/core/core_job.h"

#include "server/crypto_openssl.h"
#include "server/store/terminals/commands.h"
#include "server/store/terminals/journals.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/system/server_state.h"

#define NUMBERS_BLOCK 1000000

gpointer core_job_new(Core *core, gsize size, Collected *collected)
{
	CoreJob *job = g_malloc0(size);
	job->core = core;
	job->now_ms = core_now_ms();
	job->job.free = core_job_free;
	if (collected != NULL) {
		job->collected = *collected;
		collected->message = NULL;
		core_session(core, &job->collected.terminal)->n_pending++;
	}
	return job;
}

static void uncount(CoreJob *job)
{
	if (job->collected.message == NULL)
		return;
	core_session(job->core, &job->collected.terminal)->n_pending--;
	collected_clear(&job->collected);
}

gboolean core_job_push(gpointer data)
{
	CoreJob *job = data;
	return commit_push(job->core->commit, &job->job);
}

void core_job_free(CommitJob *job)
{
	CoreJob *self = (CoreJob *)job;
	uncount(self);
	g_free(self);
}

gboolean core_job_finished(CoreJob *job, const char *what, const GError *error)
{
	if (error == NULL)
		return TRUE;
	g_warning("%s of %s: %s", what,
			  job->collected.message != NULL ? job->collected.terminal.text : "the server",
			  error->message);
	return FALSE;
}

/* ── batches ── */

typedef struct {
	CoreJob base;
	EventBatch batch; /* borrows from the message */
	MergeResult result;
} BatchJob;

static gboolean run_batch(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	BatchJob *self = (BatchJob *)job;
	Core *core = user;
	const Collected *collected = &self->base.collected;
	const Envelope *envelope = &collected->envelope;
	Slice message = slice_of_bytes(collected->message);
	/* The statement is what precedes the events. */
	Slice statement = {message.data, message.size - envelope->rest.size};
	merge_result_clear(&self->result);
	if (!merge_batch(sql, &core->merge, &collected->terminal, &self->batch, statement,
					 self->base.now_ms, &self->result, error))
		return FALSE;
	return self->result.outcome != MERGE_BROKEN ||
		   refusals_count(sql, "genesis", "", message, 1, self->base.now_ms, error);
}

static void batch_done(CommitJob *job, const GError *error, gpointer user)
{
	BatchJob *self = (BatchJob *)job;
	Core *core = user;
	const TerminalId *terminal = &self->base.collected.terminal;
	if (!core_job_finished(&self->base, "events", error))
		return;
	if (self->result.outcome != MERGE_BROKEN)
		core_send_receipt(core, terminal, &self->result.receipt);
	for (guint i = 0; i < self->result.changes->len; i++) {
		const MergeChange *change = &g_array_index(self->result.changes, MergeChange, i);
		core_tell_web_changed(core, change->person, change->day, terminal);
	}
	if (self->result.answers)
		core_send_command(core, terminal);
	if (self->result.claims)
		core_scan_claims(core);
}

static void free_batch(CommitJob *job)
{
	merge_result_clear(&((BatchJob *)job)->result);
	core_job_free(job);
}

gboolean core_job_batch(Core *core, Collected *collected, const EventBatch *batch)
{
	BatchJob *job = core_job_new(core, sizeof *job, collected);
	job->base.job = (CommitJob){run_batch, batch_done, free_batch};
	job->batch = *batch;
	return core_job_push(job);
}

/* ── batches of revoked terminals ── */

static gboolean run_held(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	BatchJob *self = (BatchJob *)job;
	gboolean held;
	(void)user;
	return held_add(sql, &self->base.collected.terminal, &self->batch.journal,
					(gint64)self->batch.first, (gint64)self->batch.last,
					slice_of_bytes(self->base.collected.message), self->base.now_ms, &held, error);
}

static void held_done(CommitJob *job, const GError *error, gpointer user)
{
	(void)user;
	core_job_finished((CoreJob *)job, "held events", error);
}

gboolean core_job_held(Core *core, Collected *collected, const EventBatch *batch)
{
	if (core_session(core, &collected->terminal)->n_pending >= SESSION_PENDING_MAX)
		return FALSE;
	/* The refusal counts the message too: it keeps a reference of its own. */
	Collected copy = *collected;
	g_bytes_ref(copy.message);
	BatchJob *job = core_job_new(core, sizeof *job, &copy);
	job->base.job = (CommitJob){run_held, held_done, core_job_free};
	job->batch = *batch;
	return core_job_push(job);
}

/* ── a head that a terminal claims ── */

/* Compares with what is stored; a head that differs is an alarm: two histories of one journal. */
static gboolean check_head(Sql *sql, const TerminalId *terminal, const RandomId *journal_id,
						   gint64 seq, const Hash *head, gint64 now_ms, GError **error)
{
	JournalRow journal;
	GError *local = NULL;
	if (!journals_get(sql, terminal, journal_id, &journal, &local) || seq < 1 ||
		seq > journal.seq) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	g_autoptr(GBytes) bytes = events_get(sql, journal.id, seq, error);
	Event event;
	Hash stored;
	if (bytes == NULL || event_decode(slice_of_bytes(bytes), &event) != WIRE_OK)
		return FALSE;
	crypto_sha256(&event.header_bytes, 1, &stored);
	if (hash_equal(&stored, head))
		return TRUE;
	char id[RANDOM_ID_TEXT];
	random_id_format(journal_id, id);
	g_autofree char *detail = g_strdup_printf(
		"journal %s: the terminal claims another event %" G_GINT64_FORMAT " than it sent", id, seq);
	return alarms_raise(sql, "fork", terminal, detail, now_ms, error);
}

static gint64 clamp_seq(uint64_t seq)
{
	return (gint64)MIN(seq, (uint64_t)G_MAXINT64);
}

/* ── health ── */

typedef struct {
	CoreJob base;
	Health health;
	gboolean fresh;
} HealthJob;

static gboolean run_health(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	HealthJob *self = (HealthJob *)job;
	const TerminalId *terminal = &self->base.collected.terminal;
	gint64 number, last;
	RandomId journal;
	(void)user;
	if (!terminals_health_number(sql, terminal, &last, &journal, error))
		return FALSE;
	/* A replayed health says nothing; numbers begin again only with a new journal. */
	number = clamp_seq(self->base.collected.envelope.head.number);
	self->fresh =
		!self->health.online || number > last || !random_id_equal(&journal, &self->health.journal);
	if (!self->fresh)
		return TRUE;
	return terminals_put_health(sql, terminal, &self->health, (guint64)number, self->base.now_ms,
								error) &&
		   check_head(sql, terminal, &self->health.journal, clamp_seq(self->health.seq),
					  &self->health.head, self->base.now_ms, error);
}

static void health_done(CommitJob *job, const GError *error, gpointer user)
{
	HealthJob *self = (HealthJob *)job;
	Core *core = user;
	const TerminalId *terminal = &self->base.collected.terminal;
	if (!core_job_finished(&self->base, "health", error) || !self->fresh)
		return;
	core_tell_web_terminal(core, terminal);
	if (!self->health.online)
		return;
	Session *session = core_session(core, terminal);
	gint64 version = clamp_seq(self->health.roster_version);
	gboolean behind = session->has_roster && version < session->roster_version;
	if (!session->has_roster || behind) {
		session->has_roster = TRUE;
		session->roster_version = version;
		core_send_roster(core, session);
	}
	core_send_command(core, terminal);
}

gboolean core_job_health(Core *core, Collected *collected)
{
	HealthJob *job = core_job_new(core, sizeof *job, collected);
	job->base.job = (CommitJob){run_health, health_done, core_job_free};
	if (health_decode(job->base.collected.envelope.payload, &job->health) == WIRE_OK)
		return core_job_push(job);
	g_warning("%s: a health that cannot be read", job->base.collected.terminal.text);
	core_job_free(&job->base.job);
	return FALSE;
}

/* ── wants ── */

typedef struct {
	CoreJob base;
	Want want;
	Receipt receipt;
	gint64 version; /* of the roster here */
	gint64 n_done;  /* commands that it confirmed just now */
} WantJob;

static gboolean find_receipt(Sql *sql, const TerminalId *terminal, const RandomId *journal_id,
							 Receipt *receipt, GError **error)
{
	JournalRow journal;
	GError *local = NULL;
	*receipt = (Receipt){.journal = *journal_id};
	if (journals_get(sql, terminal, journal_id, &journal, &local)) {
		receipt->seq = (uint64_t)journal.seq;
		receipt->head = journal.head;
		return TRUE;
	}
	event_genesis(terminal, journal_id, crypto_sha256, &receipt->head);
	if (local != NULL)
		g_propagate_error(error, local);
	return local == NULL;
}

static gboolean run_want(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	WantJob *self = (WantJob *)job;
	Core *core = user;
	const TerminalId *terminal = &self->base.collected.terminal;
	const Want *want = &self->want;
	gint64 n_spent = 0;
	if (!commands_done(sql, terminal, clamp_seq(want->last_command), self->base.now_ms,
					   &self->n_done, error) ||
		!find_receipt(sql, terminal, &want->journal, &self->receipt, error) ||
		!check_head(sql, terminal, &want->journal, clamp_seq(want->seq), &want->head,
					self->base.now_ms, error) ||
		!rosters_version(sql, terminal, &self->version, error))
		return FALSE;
	/* It speaks with its own key and has carried out the command with its certificate. */
	if (!certificates_spent(sql, terminal->text, self->base.now_ms, &n_spent, error))
		return FALSE;
	return n_spent == 0 || core_work_write_crl(core, sql, error);
}

static void want_done(CommitJob *job, const GError *error, gpointer user)
{
	WantJob *self = (WantJob *)job;
	Core *core = user;
	if (!core_job_finished(&self->base, "want", error))
		return;
	const Want *want = &self->want;
	Session *session = core_session(core, &self->base.collected.terminal);
	gint64 version = clamp_seq(want->roster_version);
	session->has_roster = TRUE;
	session->roster_version = version;
	session->roster_reset = version == 0 || version > self->version || !want->has_epoch ||
							!random_id_equal(&want->epoch, &core->epoch);
	if (!want->only_roster)
		core_send_receipt(core, &session->id, &self->receipt);
	if (!want->only_roster || self->n_done > 0)
		core_send_command(core, &session->id);
	core_send_roster(core, session);
}

gboolean core_job_want(Core *core, Collected *collected)
{
	WantJob *job = core_job_new(core, sizeof *job, collected);
	job->base.job = (CommitJob){run_want, want_done, core_job_free};
	if (want_decode(job->base.collected.envelope.payload, &job->want) == WIRE_OK)
		return core_job_push(job);
	g_warning("%s: a want that cannot be read", job->base.collected.terminal.text);
	core_job_free(&job->base.job);
	return FALSE;
}

/* ── the server's own ── */

typedef struct {
	CoreJob base;
	gint64 first;
} NumbersJob;

static gboolean run_numbers(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	NumbersJob *self = (NumbersJob *)job;
	(void)user;
	return server_state_reserve_numbers(sql, NUMBERS_BLOCK, self->base.now_ms, &self->first, error);
}

static void numbers_done(CommitJob *job, const GError *error, gpointer user)
{
	NumbersJob *self = (NumbersJob *)job;
	Core *core = user;
	core->numbers_asked = FALSE;
	if (!core_job_finished(&self->base, "numbers", error))
		return;
	core->next_number = self->first;
	core->end_number = self->first + NUMBERS_BLOCK;
}

gboolean core_job_numbers(Core *core)
{
	NumbersJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_numbers, numbers_done, core_job_free};
	return core_job_push(job);
}

typedef struct {
	CoreJob base;
	const char *cause;
	guint64 n;
	char *topic;
	GBytes *sample;
} RefusalJob;

static gboolean run_refusal(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	RefusalJob *self = (RefusalJob *)job;
	(void)user;
	return refusals_count(sql, self->cause, self->topic, slice_of_bytes(self->sample),
						  (gint64)self->n, self->base.now_ms, error);
}

static void refusal_done(CommitJob *job, const GError *error, gpointer user)
{
	(void)user;
	core_job_finished((CoreJob *)job, "refusals", error);
}

static void free_refusal(CommitJob *job)
{
	RefusalJob *self = (RefusalJob *)job;
	g_free(self->topic);
	g_bytes_unref(self->sample);
	core_job_free(job);
}

gboolean core_job_refusal(Core *core, const char *cause, const Refusal *refusal)
{
	RefusalJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_refusal, refusal_done, free_refusal};
	job->cause = cause;
	job->n = refusal->n;
	job->topic = g_utf8_make_valid(refusal->topic, -1);
	job->sample = g_bytes_ref(refusal->sample);
	return core_job_push(job);
}

typedef struct {
	CoreJob base;
	TerminalId terminal;
} RevokedJob;

static gboolean run_revoked(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	RevokedJob *self = (RevokedJob *)job;
	Command command = {.kind = COMMAND_REVOKED};
	return rosters_clear(sql, &self->terminal, error) &&
		   commands_withdraw(sql, &self->terminal, 0, self->base.now_ms, error) &&
		   commands_add(sql, &self->terminal, &command, 0, self->base.now_ms, error) &&
		   core_work_write_crl(user, sql, error);
}

static void revoked_done(CommitJob *job, const GError *error, gpointer user)
{
	RevokedJob *self = (RevokedJob *)job;
	Core *core = user;
	Session *session = core_session(core, &self->terminal);
	session->revoked = error == NULL;
	if (!core_job_finished(&self->base, "revocation", error))
		return;
	core_send_command(core, &self->terminal);
	core_evict(core, &self->terminal);
	core_tell_web_terminal(core, &self->terminal);
}

gboolean core_job_revoked(Core *core, const TerminalId *terminal)
{
	RevokedJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_revoked, revoked_done, core_job_free};
	job->terminal = *terminal;
	return core_job_push(job);
}
