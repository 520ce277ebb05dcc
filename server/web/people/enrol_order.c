#include "server/web/people/enrol_order.h"

#include "server/store/people/assignments.h"
#include "server/web/api.h"
#include "server/web/words.h"

/* An order that nobody carries out ends by itself. */
#define ORDER_LIFE_MS (30 * MINUTE_MS)

static gboolean fits(const Call *call, const TerminalRow *terminal, gboolean *fit, GError **error)
{
	if (!api_sees_terminal(call, terminal, fit, error))
		return FALSE;
	if (*fit)
		return TRUE;
	g_autoptr(GArray) places = NULL;
	if (!assignments_places(call->web->sql, call->subject.person, call->today, &places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++)
		*fit = *fit || g_array_index(places, gint64, i) == terminal->place;
	return TRUE;
}

gboolean enrol_order_terminal(const Call *call, const char *text, TerminalId *id,
							  EnrolTerminal *fits_as, GError **error)
{
	TerminalRow row;
	gboolean fit = FALSE;
	g_autoptr(GError) inner = NULL;
	*fits_as = ENROL_TERMINAL_UNKNOWN;
	if (text == NULL || !api_parse_terminal(text, id))
		return TRUE;
	gboolean known = terminals_get(call->web->sql, id, &row, &inner);
	if (inner == NULL && known)
		fits(call, &row, &fit, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	if (known && fit)
		*fits_as = row.state == TERMINAL_ACTIVE ? ENROL_TERMINAL_FITS : ENROL_TERMINAL_UNUSED;
	return TRUE;
}

gboolean enrol_order_place(Call *call, EnrolmentOrder *order, RandomId *id, GError **error)
{
	PeopleFilter filter = {.day = call->today, .person = call->subject.person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow person;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &person, error);
	if (step == SQL_FAILED)
		return FALSE;
	g_autofree char *name = g_strdup(step == SQL_ROW ? person.name : "");
	order->person = call->subject.person;
	order->person_name = name;
	order->ordered_by = call->access->user->name;
	order->expires_ms = call->request->now_ms + ORDER_LIFE_MS;
	g_free(call->notify_terminal);
	call->notify_terminal = g_strdup(order->terminal.text);
	return enrolments_order(call->web->sql, order, call->request->now_ms, id, error);
}
