/* Who asks and decides: accounts with their rights of the day, deputies. */
#include "server/services/correction_private.h"

#include "server/store/people/careers.h"
#include "server/store/people/units.h"

G_DEFINE_QUARK(hadir - correction - error, correction_error)

#define INBOX_PAGE 500

gboolean correction_refuse(GError **error, CorrectionError code, const char *text)
{
	g_set_error_literal(error, CORRECTION_ERROR, (gint)code, text);
	return FALSE;
}

const char *correction_state_text(CorrectionState state)
{
	static const char *const texts[] = {[CORRECTION_WAITS] = "menunggu",
										[CORRECTION_APPROVED] = "disetujui",
										[CORRECTION_REFUSED] = "ditolak",
										[CORRECTION_WITHDRAWN] = "ditarik"};
	return texts[state];
}

const char *correction_step_text(CorrectionStepState state)
{
	static const char *const texts[] = {
		[STEP_LATER] = "belum gilirannya", [STEP_OPEN] = "menunggu",
		[STEP_APPROVED] = "disetujui",     [STEP_REFUSED] = "ditolak",
		[STEP_PASSED] = "dilewati",        [STEP_DROPPED] = "tidak perlu"};
	return texts[state];
}

gboolean correction_check_text(const char *text, gboolean needed, GError **error)
{
	gsize size = text == NULL ? 0 : strlen(text);
	if (needed && size == 0)
		return correction_refuse(error, CORRECTION_ERROR_TEXT, "a reason belongs to it");
	if (size > CORRECTION_TEXT_MAX || (text != NULL && !g_utf8_validate(text, -1, NULL)))
		return correction_refuse(error, CORRECTION_ERROR_TEXT,
								 "a reason is a text of at most 500 bytes");
	for (gsize i = 0; i < size; i++)
		if (g_ascii_iscntrl(text[i]) && text[i] != '\n' && text[i] != '\r' && text[i] != '\t')
			return correction_refuse(error, CORRECTION_ERROR_TEXT,
									 "a reason has no control characters");
	return TRUE;
}

/* ── who acts ── */

void correction_actor_clear(CorrectionActor *actor)
{
	g_clear_pointer(&actor->grants, g_ptr_array_unref);
}

gboolean correction_actor_load(Sql *sql, gint64 account, gint64 today, CorrectionActor *out,
							   GError **error)
{
	GError *local = NULL;
	*out = (CorrectionActor){.account = account};
	g_autoptr(User) user = users_get(sql, account, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (user == NULL || user->disabled)
		return correction_refuse(error, CORRECTION_ERROR_UNKNOWN,
								 "there is no such account in use");
	out->person = user->person;
	out->grants = grants_of_account(sql, account, today, error);
	return out->grants != NULL;
}

/* Over the unit; `unit` 0: over any. `role` N_ROLES: by any role with the right. */
gboolean correction_actor_may(Sql *sql, const CorrectionActor *actor, Role role, Right right,
							  gint64 unit, gint64 today, gboolean *has, GError **error)
{
	*has = FALSE;
	for (guint i = 0; i < actor->grants->len && !*has; i++) {
		const Grant *grant = actor->grants->pdata[i];
		if ((role != N_ROLES && grant->role != role) || !role_has_right(grant->role, right))
			continue;
		*has = grant->unit == 0 || unit == 0;
		if (!*has && !units_within(sql, unit, grant->unit, today, has, error))
			return FALSE;
	}
	return TRUE;
}

/* ── who decides ── */

/* By an own right: as the superior of that day, or by the role that the level names. */
static gboolean is_level(Sql *sql, const CorrectionActor *actor, const Correction *correction,
						 const CorrectionStep *step, gint64 today, gboolean *is, GError **error)
{
	Role role = N_ROLES;
	PersonId superior = 0;
	*is = FALSE;
	if (actor->person != 0 && actor->person == correction->person)
		return TRUE;
	if (role_parse(step->level, &role))
		return correction_actor_may(sql, actor, role, RIGHT_CORRECT, correction->unit, today, is,
									error);
	if (!careers_superior(sql, correction->person, correction->day, G_MAXINT64, &superior, error))
		return FALSE;
	return superior == 0 || superior != actor->person ||
		   correction_actor_may(sql, actor, N_ROLES, RIGHT_CORRECT, 0, today, is, error);
}

/* In somebody's place, whose right is in force and whose day it is not. */
static gboolean is_deputy(Sql *sql, const CorrectionActor *actor, const Correction *correction,
						  const CorrectionStep *step, gint64 today, gint64 *behalf, GError **error)
{
	gboolean own = FALSE, may = FALSE;
	g_autoptr(GPtrArray) list = delegations_on(sql, actor->account, 0, today, error);
	if (list == NULL ||
		!correction_actor_may(sql, actor, N_ROLES, RIGHT_CORRECT, 0, today, &own, error))
		return FALSE;
	for (guint i = 0; own && i < list->len && !may; i++) {
		const Delegation *delegation = list->pdata[i];
		g_auto(CorrectionActor) giver = {0};
		if (delegation->account == correction->account)
			continue;
		if (!correction_actor_load(sql, delegation->account, today, &giver, error) ||
			!is_level(sql, &giver, correction, step, today, &may, error))
			return FALSE;
		*behalf = may ? delegation->account : 0;
	}
	return TRUE;
}

gboolean correction_actor_is_own(const CorrectionActor *actor, const Correction *correction)
{
	if ((actor->person != 0 && actor->person == correction->person) ||
		actor->account == correction->account)
		return TRUE;
	for (gsize i = 0; i < correction->n_steps; i++)
		if (correction->steps[i].account == actor->account)
			return TRUE;
	return FALSE;
}

gboolean correction_actor_decides(Sql *sql, const CorrectionActor *actor,
								  const Correction *correction, gint64 today, gboolean *may,
								  gint64 *behalf, GError **error)
{
	const CorrectionStep *step = correction_open_step(correction);
	*may = FALSE;
	*behalf = 0;
	if (step == NULL || correction_actor_is_own(actor, correction))
		return TRUE;
	if (!is_level(sql, actor, correction, step, today, may, error))
		return FALSE;
	if (*may || actor->person == correction->person)
		return TRUE;
	if (!is_deputy(sql, actor, correction, step, today, behalf, error))
		return FALSE;
	*may = *behalf != 0;
	return TRUE;
}

gboolean correction_may_decide(Sql *sql, const Correction *correction, gint64 account, gint64 today,
							   gboolean *may, gint64 *behalf, GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	return correction_actor_load(sql, account, today, &actor, error) &&
		   correction_actor_decides(sql, &actor, correction, today, may, behalf, error);
}

gboolean correction_inbox(Sql *sql, gint64 account, gint64 today, gint64 after, guint limit,
						  GArray **ids, GError **error)
{
	g_auto(CorrectionActor) actor = {0};
	guint n = INBOX_PAGE;
	*ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!correction_actor_load(sql, account, today, &actor, error))
		return FALSE;
	while (n == INBOX_PAGE && (*ids)->len < limit) {
		const CorrectionFilter filter = {.waiting = TRUE, .after = after, .limit = INBOX_PAGE};
		g_autoptr(GArray) waiting = NULL;
		if (!corrections_list(sql, &filter, &waiting, error))
			return FALSE;
		n = waiting->len;
		for (guint i = 0; i < n && (*ids)->len < limit; i++) {
			g_auto(Correction) correction = {0};
			gboolean found = FALSE, may = FALSE;
			gint64 behalf = 0;
			after = g_array_index(waiting, gint64, i);
			if (!corrections_get(sql, after, &correction, &found, error) ||
				(found &&
				 !correction_actor_decides(sql, &actor, &correction, today, &may, &behalf, error)))
				return FALSE;
			if (may)
				g_array_append_val(*ids, after);
		}
	}
	return TRUE;
}
