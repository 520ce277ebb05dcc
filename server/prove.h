/* Proves one event from the stored bytes, for the page of the auditor; audit.h proves whole journals. */
#pragma once

#include "server/store/terminals/evidence.h"
#include "server/store/terminals/journals.h"

/* FALSE only when the database could not be read. */
gboolean prove_event(Sql *sql, const JournalRow *journal, gint64 seq, Evidence *evidence,
					 GError **error);
