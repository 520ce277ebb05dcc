/* Who sees what waits for a decision, for pages and REST. */
#pragma once

#include "server/store/terminals/terminals.h"
#include "server/web/call.h"

/* A person of a unit of the scope, on the day of `at_ms`; nobody known: everybody sees it. */
gboolean waiting_sees_person(const Call *call, PersonId person, gint64 at_ms, gboolean *seen,
							 GError **error);
/* A terminal at a place of the scope; what is of no terminal is the province's. */
gboolean waiting_sees_terminal(const Call *call, const TerminalId *terminal, gboolean *seen,
							   GError **error);
