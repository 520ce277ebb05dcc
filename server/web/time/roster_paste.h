/*
 * A month's roster as it is copied from a spreadsheet: a person in each row, a day in each column.  Cells
 * are set apart by tabs, else by ';', else by ','.  A first row that does not begin with a digit
 * names the columns: "NIP" or "Nomor", and the days 1 … 31; other columns are not read.  Without such a row a line is
 * the person, perhaps the name, and a cell for each day.  An empty cell says nothing.
 */
#pragma once

#include <glib.h>

#define ROSTER_PASTE_ROWS 400
#define ROSTER_PASTE_PROBLEMS 20 /* more are not told */

typedef struct {
	guint row; /* from 1, as pasted */
	const char *person;
	int day; /* of the month, from 1 */
	const char *duty;
} RosterPasted;

/* Into `cells` (of RosterPasted, texts kept in `texts`) and `problems` (const char *, Indonesian). */
void roster_paste_read(const char *text, int n_days, GStringChunk *texts, GArray *cells,
					   GPtrArray *problems);
