#include "server/rules/deduction.h"

#include <string.h>

static gboolean has_minutes(const DeductionRow *row)
{
	return row->from_min >= 0 || row->to_min >= 0;
}

static gboolean is_of_slot(const DeductionRow *row, DaySlot slot)
{
	return strcmp(row->slot, slot == SLOT_IN ? "masuk" : "pulang") == 0;
}

static gboolean holds(const DeductionRow *row, gint64 minutes)
{
	return has_minutes(row) && minutes >= row->from_min &&
		   (row->to_min < 0 || minutes <= row->to_min);
}

const DeductionRow *deduction_for_minutes(const DeductionScheme *scheme, DaySlot slot,
										  gint64 minutes)
{
	for (gsize i = 0; i < scheme->n_rows; i++)
		if (is_of_slot(&scheme->rows[i], slot) && holds(&scheme->rows[i], minutes))
			return &scheme->rows[i];
	return NULL;
}

const DeductionRow *deduction_for_nothing(const DeductionScheme *scheme, DaySlot slot)
{
	for (gsize i = 0; i < scheme->n_rows; i++)
		if (is_of_slot(&scheme->rows[i], slot) && !has_minutes(&scheme->rows[i]))
			return &scheme->rows[i];
	return deduction_for_minutes(scheme, slot, G_MAXINT32);
}

const DeductionRow *deduction_for_code(const DeductionScheme *scheme, const char *code)
{
	for (gsize i = 0; i < scheme->n_rows; i++) {
		const DeductionRow *row = &scheme->rows[i];
		if (strcmp(row->code, code) == 0 && !has_minutes(row) && !is_of_slot(row, SLOT_IN) &&
			!is_of_slot(row, SLOT_OUT))
			return row;
	}
	return NULL;
}
