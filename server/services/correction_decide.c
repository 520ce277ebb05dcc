/* What acts make of a step and of the whole; deputies and reopened months. */
#include "server/services/correction_private.h"

#include <string.h>

#include "server/rules/month.h"
#include "server/store/time/leaves.h"

#define PASS_ON_MAX 200 /* in one transaction */

typedef enum { ACT_APPROVE, ACT_REFUSE, ACT_PASS_ON } Act;

/* States as data: the open step becomes `step`; the one after it is opened, or the whole ends. */
static const struct {
	Act act;
	gboolean last; /* no level after this one */
	CorrectionStepState step;
	gboolean opens_next;
	CorrectionState state;
} transitions[] = {
	{ACT_APPROVE, FALSE, STEP_APPROVED, TRUE, CORRECTION_WAITS},
	{ACT_APPROVE, TRUE, STEP_APPROVED, FALSE, CORRECTION_APPROVED},
	{ACT_REFUSE, FALSE, STEP_REFUSED, FALSE, CORRECTION_REFUSED},
	{ACT_REFUSE, TRUE, STEP_REFUSED, FALSE, CORRECTION_REFUSED},
	{ACT_PASS_ON, FALSE, STEP_PASSED, TRUE, CORRECTION_WAITS},
	{ACT_PASS_ON, TRUE, STEP_PASSED, TRUE, CORRECTION_WAITS}, /* to BKD, see pass_on() */
};

static gboolean closed(Sql *sql, gint64 id, GError **error)
{
	g_auto(Correction) now = {0};
	gboolean found = FALSE;
	const CorrectionStep *last = NULL;
	if (!corrections_get(sql, id, &now, &found, error))
		return FALSE;
	for (gsize i = 0; i < now.n_steps; i++)
		if (now.steps[i].account != 0)
			last = &now.steps[i];
	g_set_error(error, CORRECTION_ERROR, CORRECTION_ERROR_CLOSED,
				"correction %" G_GINT64_FORMAT " does not wait for this any more: %s%s%s", id,
				now.state == CORRECTION_WITHDRAWN ? "withdrawn"
				: now.state == CORRECTION_WAITS   ? "decided at this level"
				: now.state == CORRECTION_REFUSED ? "refused"
												  : "approved",
				last != NULL ? " by " : "", last != NULL ? last->by : "");
	return FALSE;
}

/* ── the decided fact ── */

static void add_decider(GString *out, const CorrectionStep *step)
{
	g_string_append_printf(out, "%s%s", step->number > 1 && out->len > 0 ? ", " : "", step->by);
	if (step->for_whom != NULL)
		g_string_append_printf(out, " a.n. %s", step->for_whom);
	g_string_append_printf(out, " (%s)", step->level);
}

/* "koreksi 12, disetujui budi (ATASAN), siti (BKD)": what the verdict's reasons say. */
static char *letter_of(const Correction *correction)
{
	g_autoptr(GString) names = g_string_new(NULL);
	for (gsize i = 0; i < correction->n_steps; i++)
		if (correction->steps[i].state == STEP_APPROVED)
			add_decider(names, &correction->steps[i]);
	return g_strdup_printf("koreksi %" G_GINT64_FORMAT ", disetujui %s", correction->id,
						   names->str);
}

static gboolean apply(Sql *sql, gint64 id, const CorrectionClock *clock, GError **error)
{
	g_auto(Correction) correction = {0};
	gboolean found = FALSE;
	if (!corrections_get(sql, id, &correction, &found, error) ||
		!correction_check_month(sql, correction.person, correction.day, error))
		return FALSE;
	g_autofree char *letter = letter_of(&correction);
	const Leave leave = {.person = correction.person,
						 .code = correction.code,
						 .slot = correction_kind_text(correction.kind),
						 .letter = letter};
	const Change change = {.from_day = correction.day,
						   .to_day = correction.day + 1,
						   .now_ms = clock->now_ms,
						   .today = clock->today,
						   .source = correction.reason};
	return leaves_set(sql, &leave, &change, NULL, NULL, error);
}

/* ── acts ── */

static gboolean open_next(Sql *sql, const Correction *correction, const CorrectionStep *step,
						  gint64 now_ms, GError **error)
{
	const CorrectionLevel bkd = {.level = "BKD"};
	if (step->number < (gint64)correction->n_steps)
		return corrections_open_step(sql, correction->id, step->number + 1, now_ms, error);
	return corrections_add_step(sql, correction->id, step->number + 1, &bkd, now_ms, error);
}

/* `decision->behalf` is known; the row that is still open is what makes one of two deciders the first. */
static gboolean act_on(Sql *sql, const Correction *correction, Act act,
					   const CorrectionDecision *decision, const CorrectionClock *clock,
					   CorrectionState *state, GError **error)
{
	const CorrectionStep *step = correction_open_step(correction);
	gboolean won = FALSE, last = step->number == (gint64)correction->n_steps;
	gsize i = 0;
	while (transitions[i].act != act || transitions[i].last != last)
		i++;
	*state = transitions[i].state;
	if (!corrections_close_step(sql, correction->id, step->number, transitions[i].step, decision,
								&won, error))
		return FALSE;
	if (!won)
		return closed(sql, correction->id, error);
	if (transitions[i].opens_next)
		return open_next(sql, correction, step, clock->now_ms, error);
	if (!corrections_end(sql, correction->id, *state, clock->now_ms, &won, error))
		return FALSE;
	if (!won)
		return closed(sql, correction->id, error);
	return *state != CORRECTION_APPROVED || apply(sql, correction->id, clock, error);
}

static gboolean get(Sql *sql, gint64 id, Correction *out, GError **error)
{
	gboolean found = FALSE;
	if (!corrections_get(sql, id, out, &found, error))
		return FALSE;
	return found ||
		   correction_refuse(error, CORRECTION_ERROR_UNKNOWN, "there is no such correction");
}

static gboolean decide(Sql *sql, const CorrectionActor *actor, const Correction *correction,
					   gboolean approve, const char *reason, const CorrectionClock *clock,
					   CorrectionState *state, GError **error)
{
	CorrectionDecision decision = {
		.account = actor->account, .reason = reason, .now_ms = clock->now_ms};
	gboolean may = FALSE;
	if (correction_open_step(correction) == NULL)
		return closed(sql, correction->id, error);
	if (correction_actor_is_own(actor, correction))
		return correction_refuse(error, CORRECTION_ERROR_OWN,
								 "nobody decides their own, what they asked for, or twice");
	if (!correction_actor_decides(sql, actor, correction, clock->today, &may, &decision.behalf,
								  error))
		return FALSE;
	if (!may)
		return correction_refuse(error, CORRECTION_ERROR_RIGHT,
								 "this level is not this account's to decide: no right in force, no"
								 " delegation");
	return act_on(sql, correction, approve ? ACT_APPROVE : ACT_REFUSE, &decision, clock, state,
				  error);
}

gboolean correction_decide(Sql *sql, gint64 id, gboolean approve, gint64 account,
						   const char *reason, const CorrectionClock *clock, CorrectionState *state,
						   GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	g_auto(Correction) correction = {0};
	return correction_check_text(reason, !approve, error) &&
		   correction_actor_load(sql, account, clock->today, &actor, error) &&
		   get(sql, id, &correction, error) &&
		   decide(sql, &actor, &correction, approve, reason, clock, state, error);
}

gboolean correction_decide_batch(Sql *sql, gint64 batch, gboolean approve, gint64 account,
								 const char *reason, const CorrectionClock *clock, guint *n_decided,
								 guint *n_left, GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	g_autoptr(GArray) ids = NULL;
	const CorrectionFilter filter = {.waiting = TRUE, .batch = batch, .limit = CORRECTION_SLOT_MAX};
	*n_decided = *n_left = 0;
	if (!correction_check_text(reason, !approve, error) ||
		!correction_actor_load(sql, account, clock->today, &actor, error) ||
		!corrections_list(sql, &filter, &ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		g_auto(Correction) correction = {0};
		gboolean may = FALSE;
		gint64 behalf = 0;
		CorrectionState state;
		if (!get(sql, g_array_index(ids, gint64, i), &correction, error) ||
			!correction_actor_decides(sql, &actor, &correction, clock->today, &may, &behalf, error))
			return FALSE;
		if (may && !decide(sql, &actor, &correction, approve, reason, clock, &state, error))
			return FALSE;
		++*(may ? n_decided : n_left);
	}
	return *n_decided > 0 ||
		   correction_refuse(error, CORRECTION_ERROR_RIGHT, "nothing of it waits for this account");
}

gboolean correction_withdraw(Sql *sql, gint64 id, gint64 account, const CorrectionClock *clock,
							 GError **error)
{
	g_auto(Correction) correction = {0};
	gboolean won = FALSE;
	if (!get(sql, id, &correction, error))
		return FALSE;
	if (correction.account != account)
		return correction_refuse(error, CORRECTION_ERROR_RIGHT, "only who asked withdraws it");
	if (!corrections_end(sql, id, CORRECTION_WITHDRAWN, clock->now_ms, &won, error))
		return FALSE;
	return won || closed(sql, id, error);
}

/* ── the clock ── */

static gboolean pass_on(Sql *sql, gint64 id, const CorrectionClock *clock, gboolean *passed,
						GError **error)
{
	g_auto(Correction) correction = {0};
	const CorrectionDecision nobody = {.now_ms = clock->now_ms};
	CorrectionState state;
	if (!get(sql, id, &correction, error))
		return FALSE;
	const CorrectionStep *step = correction_open_step(&correction);
	*passed = FALSE;
	if (step == NULL)
		return TRUE;
	/* BKD is the end of every chain: nobody is left. */
	if (step->number == (gint64)correction.n_steps && strcmp(step->level, "BKD") == 0)
		return corrections_stay(sql, id, step->number, error);
	*passed = TRUE;
	return act_on(sql, &correction, ACT_PASS_ON, &nobody, clock, &state, error);
}

gboolean correction_pass_on(Sql *sql, const CorrectionClock *clock, gint64 *n, GError **error)
{
	g_autoptr(GArray) ids = NULL;
	*n = 0;
	if (!corrections_due(sql, clock->now_ms, PASS_ON_MAX, &ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		gboolean passed = FALSE;
		if (!pass_on(sql, g_array_index(ids, gint64, i), clock, &passed, error))
			return FALSE;
		*n += passed;
	}
	return TRUE;
}

/* ── deputies, reopened months ── */

static gboolean check_deputy(Sql *sql, gint64 account, gint64 today, GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	gboolean may = FALSE;
	if (!correction_actor_load(sql, account, today, &actor, error) ||
		!correction_actor_may(sql, &actor, N_ROLES, RIGHT_CORRECT, 0, today, &may, error))
		return FALSE;
	return may || correction_refuse(error, CORRECTION_ERROR_DEPUTY,
									"both need a right to decide corrections that is in force");
}

gboolean correction_delegate(Sql *sql, const Delegation *delegation, const CorrectionClock *clock,
							 gint64 *id, GError **error)
{
	if (delegation->account == delegation->deputy)
		return correction_refuse(error, CORRECTION_ERROR_DEPUTY, "nobody is their own deputy");
	if (delegation->from_day >= delegation->to_day || delegation->to_day <= clock->today ||
		delegation->to_day - delegation->from_day > CORRECTION_DAYS_OPEN_MAX)
		return correction_refuse(error, CORRECTION_ERROR_DEPUTY,
								 "a delegation has a first and a last day, is not over, and at most"
								 " a year long");
	return correction_check_text(delegation->reason, TRUE, error) &&
		   check_deputy(sql, delegation->account, clock->today, error) &&
		   check_deputy(sql, delegation->deputy, clock->today, error) &&
		   delegations_add(sql, delegation, clock->now_ms, id, error);
}

gboolean correction_reopen(Sql *sql, gint64 unit, gint64 month_day, gint64 until_day,
						   const char *reason, gint64 account, const CorrectionClock *clock,
						   GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	gboolean may = FALSE;
	if (!correction_check_text(reason, TRUE, error) ||
		!correction_actor_load(sql, account, clock->today, &actor, error) ||
		!correction_actor_may(sql, &actor, ROLE_BKD, RIGHT_DECIDE, unit, clock->today, &may, error))
		return FALSE;
	if (!may)
		return correction_refuse(error, CORRECTION_ERROR_RIGHT, "BKD reopens a month");
	if (until_day < clock->today || until_day > clock->today + CORRECTION_DAYS_OPEN_MAX ||
		month_day > clock->today)
		return correction_refuse(error, CORRECTION_ERROR_DEADLINE,
								 "a month that has begun, until a day within a year from today");
	return corrections_reopen(sql, unit, month_start(month_day), until_day, reason, account,
							  clock->now_ms, error);
}
