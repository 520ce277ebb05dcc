/*
 * A report: typed columns and rows, the same for a page and for every file made of it.
 *
 * Rows come one by one from a source, so that a province needs no more memory than a unit; a Report is a source
 * whose rows are all there.  On paper the rows stand in sections (a unit, a person), each with its letterhead,
 * signature and pages of its own.
 */
#pragma once

#include <glib.h>

#include "server/store/sql.h"

typedef enum {
	REPORT_TEXT,
	REPORT_NUMBER,
	REPORT_HUNDREDTHS, /* a number of hundredths: 150 is 1,50 */
	REPORT_DATE,       /* a local day since 1970-01-01 */
} ReportType;

/* Texts are static. */
typedef struct {
	const char *title;
	ReportType type;
	const char *key; /* for programs: "late_min"; may be NULL */
	int width;       /* in characters, on paper; 0: not there, the section's heading says it */
} ReportColumn;

typedef struct {
	char *text;    /* REPORT_TEXT; NULL: nothing */
	gint64 number; /* else */
} ReportCell;

typedef struct {
	const char *label, *text; /* text NULL: not known */
} ReportLine;

/* What stands around the rows of a section on paper.  Any text may be NULL; borrowed until the next row. */
typedef struct {
	const char *office[3]; /* letterhead, from the top */
	const char *title;     /* "Rekap menurut kode, Maret 2025" */
	const ReportLine *lines;
	gsize n_lines;
	const char *summary;                /* below the table */
	const char *signed_on;              /* "3 April 2025" */
	const char *signer_title;           /* "Kepala Badan Kepegawaian Daerah" */
	const char *signer, *signer_number; /* who signs: name and NIP */
	const char *proof; /* "Dikunci 3 April 2025, …"; the hash of the rows stands beside it */
} ReportSection;

typedef struct {
	const ReportCell *cells;
	gint64 person;                /* whose row it is; 0: nobody's */
	gint64 day;                   /* … of that day; 0: of no one day */
	const ReportSection *section; /* it begins with this row; NULL: the one before goes on */
} ReportRow;

typedef struct {
	const ReportColumn *columns;
	gsize n_columns;
	/* What `row` names is borrowed until the next call. */
	SqlStep (*next)(gpointer self, ReportRow *row, GError **error);
	gpointer self;
} ReportSource;

/* ── rows that are all there ── */

typedef struct {
	const ReportColumn *columns; /* static */
	gsize n_columns;
	GPtrArray *rows; /* ReportCell[n_columns] */
} Report;

Report *report_new(const ReportColumn *columns, gsize n_columns);
void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

/* An empty row, to be filled; texts become the report's. */
ReportCell *report_add_row(Report *report);

typedef struct {
	const Report *report;
	guint at;
} ReportReader;
/* From the first row; `reader` and `report` stay while it is used. */
ReportSource report_source(const Report *report, ReportReader *reader);

/* ── files ── */

/* Would a spreadsheet take the text for a formula (=, +, -, @, a control character in front), or
 * round it (16 digits and more)?  OWASP, CSV injection. */
gboolean report_is_unsafe(const char *text);

/* Takes a piece of the file. */
typedef gboolean (*ReportOut)(gpointer user, const void *data, gsize size, GError **error);

#define REPORT_ERROR (report_error_quark())
GQuark report_error_quark(void);
typedef enum {
	REPORT_ERROR_ROWS,  /* more than a worksheet holds */
	REPORT_ERROR_WRITE, /* of the file, or no memory */
} ReportError;

/* UTF-8 with its mark, semicolons, as spreadsheets here expect it; RFC 4180's quotes and line ends. */
gboolean report_write_csv(const ReportSource *source, ReportOut write, gpointer user,
						  GError **error);
/* A page of its own, to look at and to print. */
gboolean report_write_html(const ReportSource *source, const char *title, ReportOut write,
						   gpointer user, GError **error);
/* A4, in the direction that the columns ask for.  The same rows give the same bytes. */
gboolean report_write_pdf(const ReportSource *source, const char *title, ReportOut write,
						  gpointer user, GError **error);
/* A workbook of one sheet; the same rows give the same bytes.  `path` is written anew, or left as it was. */
gboolean report_write_xlsx(const ReportSource *source, const char *path, GError **error);

/* The same in memory. (transfer full) */
GBytes *report_csv_bytes(const ReportSource *source, GError **error);
GBytes *report_xlsx_bytes(const ReportSource *source, GError **error);
GBytes *report_pdf_bytes(const ReportSource *source, const char *title, GError **error);
GBytes *report_as_csv(const Report *report);
GBytes *report_as_xlsx(const Report *report);

/* "1,50" of 150. */
#define REPORT_HUNDREDTHS_SIZE 24
void report_hundredths(gint64 value, char point, char text[REPORT_HUNDREDTHS_SIZE]);
/* As a person reads it: the text itself, "1.204", "1,50", "3/3/2025"; `buffer` may be what is returned. */
#define REPORT_CELL_SIZE 32
const char *report_cell_text(ReportType type, const ReportCell *cell,
							 char buffer[REPORT_CELL_SIZE]);
