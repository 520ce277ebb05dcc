/*
 * CSV files of an administration, imported all or nothing; a second run changes nothing.  First
 * line: the names of the columns, in any order, separated by commas.  UTF-8, with or without a byte
 * order mark, LF or CRLF, fields quoted as in RFC 4180.  Dates are YYYY-MM-DD.  A column marked ?
 * may be left out or empty; dates left empty mean "always" (from) or "no end" (to; the last day on
 * which it holds, inclusive, as decrees write it).
 *
 *   places       code, name, address?, regency?, from?, to?
 *   units        code, name, parent?, short?, kind?, place?, start?, live?, from?, to?, source?
 *                place: codes by spaces; parent may stand on a later line; start: first day judged;
 *                live: first day in earnest, before it uji coba (default: start)
 *   schedules    unit, pattern, name, from?, to?, mon, tue, wed, thu, fri, sat?, sun?,
 *                flex?, grace?, ramadan?, source?
 *                a day: "07:00-15:30/60" (hours, minutes of break), empty: off; "21:00-07:00/0"
 *                ends on the next day; the hours may stay empty where the pattern is
 *                known from a row above or an earlier file; ramadan:
 *                "ya" when the week has 1950 minutes
 *   holidays     date, name, kind, unit?, source?        (as shared/domain/holidays-id.csv)
 *                kind: nasional, cuti_bersama, pemilu, daerah
 *   people       ref?, id?, name, front_title?, back_title?, number?, employment, status?, from,
 *                to?, source?
 *                ref: the source's key (default: number); id: our number, to be kept (default: one
 *                is allotted); number: NIP or NI PPPK; employment: PNS, CPNS, PPPK, LAIN;
 *                status: kedudukan hukum (default 01); from: the start date
 *   assignments  person, unit, place?, from, to?, source?
 *                person: ref, NIP, NI PPPK or our number; place: a duty place of the person's own
 *   leaves       person, code, from, to, slot?, letter, source?
 *                code: CT, CB, CS, …; slot: hari (default), masuk, pulang
 *   terminals    id, place
 *                known terminals only: moves them; `hadir terminal add` makes new ones
 */
#pragma once

#include "server/store/sql.h"

#define IMPORT_SIZE_MAX (64 * 1024 * 1024)
#define IMPORT_ROWS_MAX 1000000
#define IMPORT_FIELD_MAX 512

typedef struct {
	gint64 n_rows;
	gint64 n_changed; /* rows that brought something new */
} ImportResult;

/* A warning or error with its row: "row 12, column number: …". */
typedef void (*ImportMessage)(const char *text, gpointer user);

/* `kind` is "units", "places", …; in one transaction.  An error has every bad row (up to 20) in
 * its message, one per line.  `warn` may be NULL. */
gboolean import_file(Sql *sql, const char *kind, const char *path, gint64 now_ms,
					 gint64 utc_offset_min, ImportMessage warn, gpointer user, ImportResult *result,
					 GError **error);
/* The columns of every kind, as above. */
void import_print_help(void);
