/* What a file of decrees changes of days judged already: shown before, kept after the import. */
#pragma once

#include "server/store/time/changes.h"
#include "tools/hadir/cmd_common.h"

/* In the import's transaction, after its rows: judges what they marked, without storing the verdicts, and
 * keeps what would be another one (codes, minutes, deduction, unit) as `batch`, which has kind, file, n_rows
 * and recorded_ms. */
gboolean cmd_changes_record(const CmdServer *server, ChangeBatch *batch, GError **error);

/* How many have other codes, and up to `limit` person-days, a line each, these first. */
gboolean cmd_changes_print(Sql *sql, const ChangeBatch *batch, gint64 limit, GError **error);
/* All that is kept of the batch with that number, as CSV or JSON. */
gboolean cmd_changes_list(Sql *sql, const char *text, gboolean json, GError **error);
