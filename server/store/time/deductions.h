/*
 * Deduction schemes: tables of regions and ministries, and who is deducted by which when.  The
 * content of a scheme never changes; another table is another scheme.
 */
#pragma once

#include "server/rules/deduction.h"
#include "server/store/history.h"

#define DEDUCTION_ROWS_MAX 200

/* 0: unknown. */
gboolean deductions_find(Sql *sql, const char *code, gint64 *scheme, GError **error);
/* Makes it with its rows, or finds the same; SQL_ERROR_CONSTRAINT when it has other rows.  Joins
 * the transaction. */
gboolean deductions_add(Sql *sql, const DeductionScheme *scheme, gint64 *id, gboolean *added,
						GError **error);
/* `unit` 0: the province.  Joins the transaction, marks. */
gboolean deductions_set(Sql *sql, gint64 unit, gint64 scheme, const Change *change,
						gboolean *changed, GError **error);
/* Of the unit, of the nearest above it that has one, or of the province; 0: none. */
gboolean deductions_on(Sql *sql, gint64 unit, gint64 day, gint64 *scheme, GError **error);

/* A scheme and the texts it borrows. */
typedef struct {
	DeductionScheme scheme;
	GArray *rows; /* DeductionRow */
	GStringChunk *texts;
} DeductionTable;

/* Free with deduction_table_free(). NULL on error. */
DeductionTable *deductions_load(Sql *sql, gint64 scheme, GError **error);
void deduction_table_free(DeductionTable *deductions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeductionTable, deduction_table_free)
