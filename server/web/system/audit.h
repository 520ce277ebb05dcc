/* Rows of the audit log about requests (server/store/system/audit_log.h). */
#pragma once

#include "server/store/system/audit_log.h"
#include "server/web/call.h"

/* Who did what to whom, from a call that was let through; texts are borrowed from it. */
AuditEntry audit_entry(const Call *call);

/* A thread with a connection of its own: one commit for all calls that wait. */
Auditor *auditor_new(const char *database, GError **error);
/* Waits for the commit in hand. */
void auditor_free(Auditor *auditor);

/* Writes down, some time soon, that the call's session is in use. */
void audit_touch_session(const Call *call);

/* Appends the call's row in the next commit, then ends the call.  Without the row there is no
 * answer: the response becomes 503. */
void audit_read(Call *call);
