/* Decisions that web or `hadir` wrote, carried out one by one within a second or two. */
#include "server/core/core_job.h"

#include "server/decide.h"
#include "server/store/terminals/duplicates.h"
#include "server/store/terminals/references.h"

typedef struct {
	CoreJob base;
	gint64 after;         /* decisions up to it failed in this round */
	gboolean found, pair; /* a decision; else a decided pair */
	Decision decision;
	DecideResult result;
} DecideJob;

static gboolean run_decision(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	DecideJob *self = (DecideJob *)job;
	Core *core = user;
	GError *local = NULL;
	decide_result_clear(&self->result);
	self->found = decisions_next(sql, self->after, &self->decision, &local);
	if (local != NULL)
		g_propagate_error(error, local);
	if (!self->found)
		return local == NULL && decide_next_pair(sql, &core->merge, self->base.now_ms,
												 &self->result, &self->pair, error);
	return decide_carry_out(sql, &core->merge, &self->decision, self->base.now_ms, &self->result,
							error);
}

static void update_gallery(Core *core, const DecideResult *result)
{
	for (guint i = 0; i < result->ended->len; i++)
		core_vault_forget(core, g_array_index(result->ended, gint64, i));
	for (guint i = 0; i < result->added->len; i++) {
		const SealedReference *row = &g_array_index(result->added, SealedReference, i);
		VaultReference reference = {row->person, row->id, slice_of_bytes(row->sealed)};
		core_vault_load(core, &reference);
	}
}

static void finish_enrolment(Core *core, const DecideJob *self)
{
	update_gallery(core, &self->result);
	if (!self->pair)
		core_tell_web_enrolment(core, &self->result.enrolment);
	g_atomic_int_set(&core->refresh_all, TRUE);
}

static void decision_done(CommitJob *job, const GError *error, gpointer user)
{
	DecideJob *self = (DecideJob *)job;
	Core *core = user;
	core->deciding = FALSE;
	if (!core_job_finished(&self->base, "decision", error)) {
		/* It is tried again in the next round, and does not hold up the others. */
		core->decisions_after = self->found ? self->decision.id : 0;
		return;
	}
	if (!self->found && !self->pair) {
		core->decisions_after = 0;
		return;
	}
	if (self->pair || self->decision.kind == DECISION_ENROLMENT)
		finish_enrolment(core, self);
	core_scan_decisions(core);
}

static void free_decision(CommitJob *job)
{
	decide_result_clear(&((DecideJob *)job)->result);
	core_job_free(job);
}

void core_scan_decisions(Core *core)
{
	Decision next;
	DuplicatePair pair;
	g_autoptr(GError) error = NULL;
	if (core->deciding)
		return;
	gboolean found = decisions_next(core->sql, core->decisions_after, &next, &error) ||
					 (error == NULL && duplicates_next(core->sql, &pair, &error));
	if (error != NULL)
		g_warning("decisions: %s", error->message);
	if (!found) {
		core->decisions_after = 0;
		return;
	}
	DecideJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_decision, decision_done, free_decision};
	job->after = core->decisions_after;
	core->deciding = core_job_push(job);
}
