#include "server/web/terminals/waiting.h"

#include "server/store/people/assignments.h"
#include "server/web/api.h"
#include "server/web/words.h"

gboolean waiting_sees_person(const Call *call, PersonId person, gint64 at_ms, gboolean *seen,
							 GError **error)
{
	*seen = call->scope->all;
	if (*seen || person == 0)
		return TRUE;
	Assignment assignment = {0};
	if (!assignments_on(call->web->sql, person, words_day(at_ms, call->web->utc_offset_min),
						&assignment, error))
		return FALSE;
	*seen = scope_has(call->scope, assignment.unit);
	return TRUE;
}

gboolean waiting_sees_terminal(const Call *call, const TerminalId *terminal, gboolean *seen,
							   GError **error)
{
	TerminalRow row;
	GError *local = NULL;
	*seen = call->scope->all;
	if (*seen || terminal->text[0] == '\0')
		return TRUE;
	if (terminals_get(call->web->sql, terminal, &row, &local))
		return api_sees_terminal(call, &row, seen, error);
	if (local != NULL)
		g_propagate_error(error, local);
	return local == NULL;
}
