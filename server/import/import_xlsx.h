/*
 * The first visible sheet of a workbook (ECMA-376, "XLSX") as the table that a CSV file of it would
 * be.  Numbers come as written with up to 15 figures, cells of a date or time format as 2025-03-31,
 * 07:30 or 2025-03-31 07:30.  Rows keep the sheet's numbers, blank ones are passed over.
 *
 * A fault of its row and column: a formula (what it showed last is not what somebody entered), an
 * error value, and a number of more figures than a spreadsheet keeps: its last digits are lost.
 */
#pragma once

#include "server/import/import_csv.h"

/* Does the file begin as a zip archive does, or as a spreadsheet before 2007 or under a password? */
gboolean xlsx_is_workbook(const char *path);
/* NULL with an error that names file and row.  Of `limits`, size_max holds for the file and for every
 * part of it unpacked. */
CsvTable *xlsx_table_load(const char *path, const CsvLimits *limits, GError **error);
/* The same from memory. */
CsvTable *xlsx_table_parse(GBytes *bytes, const CsvLimits *limits, GError **error);
