/* The audit log as an auditor reads it, newest first. */
#pragma once

#include "server/store/sql.h"

typedef struct {
	gint64 seq, at_ms;
	char *account; /* its name; NULL: the administrator's command */
	char *action;
	gint64 person; /* whose data; 0: nobody's in particular */
	char *name;    /* of that person; NULL: not known */
	char *detail;  /* may be NULL */
	char *address; /* may be NULL */
} AuditLine;

/* Below `before_seq` (G_MAXINT64: all), at most n_max; `person` 0: of everybody; `day`: as of which
 * names are given.  Of AuditLine (transfer full). */
GPtrArray *audit_browse(Sql *sql, gint64 person, gint64 day, gint64 before_seq, gint64 n_max,
						GError **error);
