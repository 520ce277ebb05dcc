/* Ordering an enrolment: what page and REST share. */
#pragma once

#include "server/store/terminals/enrolments.h"
#include "server/web/call.h"

typedef enum {
	ENROL_TERMINAL_FITS,
	ENROL_TERMINAL_UNKNOWN, /* none, or none where people of the scope or the person serve */
	ENROL_TERMINAL_UNUSED,  /* not in service */
} EnrolTerminal;

/* May the call's subject be enrolled at this terminal: its place is one of the person's, or of a
 * unit of the call's scope. */
gboolean enrol_order_terminal(const Call *call, const char *text, TerminalId *id,
							  EnrolTerminal *fits, GError **error);
/* Orders for the call's subject: fills the rest of `order`, whose terminal and fingers are set, and
 * has core told after the commit. */
gboolean enrol_order_place(Call *call, EnrolmentOrder *order, RandomId *id, GError **error);
