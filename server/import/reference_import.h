/* Templates from files into references, sealed to the vault's public key: for a migration from an
 * older system, and for the demo.  The files are read by whoever runs it; nothing is kept open. */
#pragma once

#include "server/config.h"
#include "server/store/sql.h"

/* `csv` has the header person,finger,file or person,finger,file,from and one row per impression: our
 * number, ref or official number; "right-index"; a template of ours or an ISO/IEC 19794-2 record,
 * relative to the CSV's folder; the day (YYYY-MM-DD) from which the finger was enrolled in the system
 * it comes from, today where it is empty.  All or nothing; an error names the row.  A file that was
 * imported before for that person and finger as a whole replaces the older references of the finger.
 * No search for duplicates. */
gboolean reference_import(const ServerConfig *config, Sql *sql, const char *csv, gint64 now_ms,
						  gint64 *n, GError **error);
