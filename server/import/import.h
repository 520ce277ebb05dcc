/*
 * Lists of an administration, as CSV or XLSX, imported all or nothing; a second run changes nothing.
 * What a file is, its first bytes say; of a workbook the first visible sheet is read (import_xlsx.h).
 * First line: the names of the columns, in any order, separated by commas.  A CSV file is UTF-8, with or
 * without a byte order mark, LF or CRLF, fields quoted as in RFC 4180, a row to a line.  Dates are YYYY-MM-DD.  A column marked ?
 * may be left out or empty; dates left empty mean "always" (from) or "no end" (to; the last day on
 * which it holds, inclusive, as decrees write it).
 *
 * The columns of each kind are what `hadir import --help` prints: the text is in import_help.c, in the
 * order in which the kinds rest on each other.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

#define IMPORT_SIZE_MAX ((gsize)4 << 30)
#define IMPORT_BOOK_SIZE_MAX ((gsize)64 << 20)
#define IMPORT_ROWS_MAX 1000000
#define IMPORT_PUNCHES_MAX 20000000 /* nothing of a row of punches is kept in memory */
#define IMPORT_FIELD_MAX 512

typedef struct {
	gint64 n_rows;
	gint64 n_changed; /* rows that brought something new */
} ImportResult;

/* What an import needs of its caller; each may be NULL. */
typedef struct {
	/* A warning with its row: "line 12, column number: …". */
	void (*warn)(const char *text, gpointer user);
	/* Makes a terminal that is not known yet, in the import's transaction; NULL: it is an error. */
	gboolean (*add_terminal)(const char *id, gint64 place, gpointer user, GError **error);
	/* In the transaction, when all rows were good, before it is kept or (`check`) undone: what follows from
	 * them can be seen.  FALSE with `error`: nothing is stored. */
	gboolean (*applied)(const ImportResult *result, gpointer user, GError **error);
	gpointer user;
	/* To which references are sealed; NULL: importing them is an error. */
	const PublicKey *vault;
	/* In the transaction of the caller, who keeps it or gives it up, also after FALSE; it is not logged. */
	gboolean joins;
	/* Only look: every bad row is named, not just the first 20, and nothing is stored. */
	gboolean check;
} ImportHooks;

/* `kind` is "units", "places", …; in one transaction.  An error has every bad row (up to 20, with
 * `check` up to 100,000) in its message, one per line, each with its line and column. */
gboolean import_file(Sql *sql, const char *kind, const char *path, gint64 now_ms,
					 gint64 utc_offset_min, const ImportHooks *hooks, ImportResult *result,
					 GError **error);
/* "places, units, …" (borrowed). */
const char *import_kinds(void);
/* Of a kind, by spaces, a ? at those that may be left out; NULL: there is none of that name.  Free it. */
char *import_columns(const char *name);
/* The columns of every kind, each on a line of its own (borrowed). */
const char *import_help(void);
