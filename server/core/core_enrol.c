/*
 * Enrolments, from the terminal's reports to active references.
 *
 *   report(progress) ──> row            report(done) ──> row checking ──> vault ──> references,
 *   answer, roster; or held, refused.  A terminal repeats `done` until it is answered, so whatever
 *   is lost between two steps begins again with the next report.
 */
#include "server/core/core_job.h"

#include "server/store/terminals/commands.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/time/marks.h"
#include "server/store/terminals/references.h"

#define ANSWER_LIFE_MS (30 * AUTHORITY_DAY_MS)

static gboolean add_answer(Sql *sql, const TerminalId *terminal, const RandomId *enrolment,
						   AnswerOutcome outcome, gint64 now_ms, GError **error)
{
	Command command = {.kind = COMMAND_ENROL_ANSWER};
	command.enrol_answer.enrolment = *enrolment;
	command.enrol_answer.outcome = outcome;
	return commands_add(sql, terminal, &command, now_ms + ANSWER_LIFE_MS, now_ms, error);
}

/* ── a report ── */

typedef struct {
	CoreJob base;
	EnrolReport report; /* borrows from the message */
	gboolean changed;
	gboolean check; /* the vault has to look */
	gint64 references[ENROL_TEMPLATES_MAX];
} ReportJob;

static AnswerOutcome answer_for(const EnrolmentRow *row)
{
	switch (row->state) {
	case ENROLMENT_DONE:
		return ANSWER_ACCEPTED;
	case ENROLMENT_HELD:
		return ANSWER_HELD;
	case ENROLMENT_WAITING:
	case ENROLMENT_CAPTURING:
	case ENROLMENT_CHECKING:
	case ENROLMENT_FAILED:
	default:
		return ANSWER_REFUSED;
	}
}

/* A `done`: for the vault, if the order stands; else it is answered at once. */
static gboolean run_done(ReportJob *self, Sql *sql, GError **error)
{
	const TerminalId *terminal = &self->base.collected.terminal;
	const EnrolReport *report = &self->report;
	EnrolmentRow row = {.state = ENROLMENT_FAILED};
	GError *local = NULL;
	gboolean known = enrolments_get(sql, &report->enrolment, &row, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	self->check = known && row.state == ENROLMENT_CHECKING && row.person == report->person &&
				  terminal_id_equal(&row.terminal, terminal) && report->n_templates > 0;
	if (self->check)
		return references_allot(sql, self->references, report->n_templates, error);
	return commands_withdraw(sql, terminal, COMMAND_ENROL_ANSWER, self->base.now_ms, error) &&
		   add_answer(sql, terminal, &report->enrolment, answer_for(&row), self->base.now_ms,
					  error);
}

static gboolean run_report(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	ReportJob *self = (ReportJob *)job;
	(void)user;
	if (!enrolments_progress(sql, &self->report, &self->base.collected.terminal, self->base.now_ms,
							 &self->changed, error))
		return FALSE;
	return self->report.state != ENROL_DONE || run_done(self, sql, error);
}

static void ask_vault(Core *core, ReportJob *self)
{
	const Collected *collected = &self->base.collected;
	/* Not before the gallery is whole: a duplicate could pass.  The terminal asks again. */
	if (core->gallery_source != 0)
		return;
	VaultRequest *request = core_vault_request(core, VAULT_REQUEST_ENROL, &collected->terminal);
	request->report = bytes_of_slice(collected->envelope.payload);
	VaultEnrol enrol = {
		.request = request->number, .report = self->report, .terminal = collected->terminal};
	for (gsize i = 0; i < self->report.n_templates; i++)
		request->references[i] = enrol.references[i] = self->references[i];
	g_auto(WireBuffer) message = {0};
	vault_enrol_encode(&message, &enrol);
	core_vault_send(core, request, SERVER_VAULT_ENROL, &message);
}

static void report_done(CommitJob *job, const GError *error, gpointer user)
{
	ReportJob *self = (ReportJob *)job;
	Core *core = user;
	if (!core_job_finished(&self->base, "enrolment report", error))
		return;
	if (self->changed)
		core_tell_web_enrolment(core, &self->report.enrolment);
	if (self->check)
		ask_vault(core, self);
	else if (self->report.state == ENROL_DONE)
		core_send_command(core, &self->base.collected.terminal);
}

gboolean core_job_enrol(Core *core, Collected *collected)
{
	ReportJob *job = core_job_new(core, sizeof *job, collected);
	job->base.job = (CommitJob){run_report, report_done, core_job_free};
	if (enrol_report_decode(job->base.collected.envelope.payload, &job->report) == WIRE_OK)
		return core_job_push(job);
	g_warning("%s: an enrolment report that cannot be read", job->base.collected.terminal.text);
	core_job_free(&job->base.job);
	return FALSE;
}

/* ── the vault's answer ── */

typedef struct {
	CoreJob base;
	TerminalId terminal;
	GBytes *payload;
	EnrolReport report; /* borrows from payload */
	gint64 references[ENROL_TEMPLATES_MAX];
	VaultEnrolOutcome outcome;
	PersonId other;
	GPtrArray *sealed; /* of GBytes */
	GArray *ended;     /* reference ids */
	gboolean applied;
} EnrolledJob;

/* Impression `i` as its row. */
static ReferenceRow reference_of(const EnrolledJob *self, gsize i)
{
	return (ReferenceRow){.id = self->references[i],
						  .person = self->report.person,
						  .finger = self->report.templates[i].finger,
						  .quality = self->report.templates[i].quality,
						  .from_ms = self->base.now_ms};
}

static gboolean add_references(EnrolledJob *self, Sql *sql, GError **error)
{
	const EnrolReport *report = &self->report;
	g_array_set_size(self->ended, 0);
	for (gsize i = 0; i < report->n_templates; i++) {
		/* The finger's old references are replaced, those of other fingers stay. */
		ReferenceRow row = reference_of(self, i);
		if (!references_end(sql, row.person, row.finger, &report->enrolment, "replaced",
							self->base.now_ms, self->ended, error) ||
			!references_add(sql, &row, self->sealed->pdata[i], &report->enrolment, error))
			return FALSE;
	}
	return TRUE;
}

/* Until somebody has decided: not active, in no roster and no search. */
static gboolean hold_references(EnrolledJob *self, Sql *sql, GError **error)
{
	for (gsize i = 0; i < self->report.n_templates; i++) {
		ReferenceRow row = reference_of(self, i);
		if (!references_hold(sql, &row, self->sealed->pdata[i], &self->report.enrolment, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean close_enrolment(EnrolledJob *self, Sql *sql, GError **error)
{
	static const struct {
		EnrolmentState state;
		const char *reason;
		AnswerOutcome answer;
	} closings[] = {
		[VAULT_ENROLLED] = {ENROLMENT_DONE, NULL, ANSWER_ACCEPTED},
		[VAULT_DUPLICATE] = {ENROLMENT_HELD, "duplicate", ANSWER_HELD},
		[VAULT_OTHER_FINGERS] = {ENROLMENT_FAILED, "other-fingers", ANSWER_REFUSED},
		[VAULT_UNREADABLE] = {ENROLMENT_FAILED, "unreadable", ANSWER_REFUSED},
	};
	const RandomId *id = &self->report.enrolment;
	return enrolments_finish(sql, id, closings[self->outcome].state, closings[self->outcome].reason,
							 self->other, self->base.now_ms, error) &&
		   commands_withdraw(sql, &self->terminal, COMMAND_ENROL, self->base.now_ms, error) &&
		   add_answer(sql, &self->terminal, id, closings[self->outcome].answer, self->base.now_ms,
					  error);
}

static gboolean mark_today(Core *core, Sql *sql, PersonId person, gint64 now_ms, GError **error)
{
	return mark_punch(sql, person, now_ms, core->merge.utc_offset_min, error);
}

static gboolean run_enrolled(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	EnrolledJob *self = (EnrolledJob *)job;
	EnrolmentRow row;
	GError *local = NULL;
	gboolean known = enrolments_get(sql, &self->report.enrolment, &row, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	/* Answered twice, or cancelled meanwhile: nothing is stored. */
	self->applied = known && row.state == ENROLMENT_CHECKING;
	if (!self->applied)
		return TRUE;
	if (self->outcome == VAULT_ENROLLED &&
		(!add_references(self, sql, error) ||
		 !mark_today(user, sql, self->report.person, self->base.now_ms, error)))
		return FALSE;
	if (self->outcome == VAULT_DUPLICATE && !hold_references(self, sql, error))
		return FALSE;
	return close_enrolment(self, sql, error);
}

static void update_gallery(Core *core, EnrolledJob *self)
{
	for (guint i = 0; i < self->ended->len; i++)
		core_vault_forget(core, g_array_index(self->ended, gint64, i));
	for (guint i = 0; i < self->sealed->len; i++) {
		VaultReference reference = {self->report.person, self->references[i],
									slice_of_bytes(self->sealed->pdata[i])};
		core_vault_load(core, &reference);
	}
}

static void enrolled_done(CommitJob *job, const GError *error, gpointer user)
{
	EnrolledJob *self = (EnrolledJob *)job;
	Core *core = user;
	if (!core_job_finished(&self->base, "enrolment", error) || !self->applied)
		return;
	core_tell_web_enrolment(core, &self->report.enrolment);
	core_send_command(core, &self->terminal);
	if (self->outcome != VAULT_ENROLLED)
		return;
	update_gallery(core, self);
	g_atomic_int_set(&core->refresh_all, TRUE);
}

static void free_enrolled(CommitJob *job)
{
	EnrolledJob *self = (EnrolledJob *)job;
	g_bytes_unref(self->payload);
	g_ptr_array_unref(self->sealed);
	g_array_unref(self->ended);
	core_job_free(job);
}

void core_enrolled(Core *core, const TerminalId *terminal, GBytes *report, const gint64 *references,
				   const VaultEnrolled *answer)
{
	EnrolledJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_enrolled, enrolled_done, free_enrolled};
	job->terminal = *terminal;
	job->payload = g_bytes_ref(report);
	job->outcome = answer->outcome;
	job->other = answer->other;
	job->sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	job->ended = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (guint32 i = 0; i < answer->n; i++)
		g_ptr_array_add(job->sealed, bytes_of_slice(answer->sealed[i]));
	for (gsize i = 0; i < ENROL_TEMPLATES_MAX; i++)
		job->references[i] = references[i];
	gboolean good = answer->outcome == VAULT_ENROLLED || answer->outcome == VAULT_DUPLICATE;
	gboolean ok = enrol_report_decode(slice_of_bytes(job->payload), &job->report) == WIRE_OK &&
				  (!good || answer->n == job->report.n_templates);
	if (ok) {
		core_job_push(job);
		return;
	}
	g_warning("the vault's answer does not fit the enrolment");
	free_enrolled(&job->base.job);
}
