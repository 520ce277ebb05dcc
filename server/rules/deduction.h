/*
 * Deductions from the allowance (TPP), by a region's own table: data with a validity period, no
 * percentage is known here (domain 1.3: Jawa Tengah's own were not readable).
 */
#pragma once

#include "server/rules/leave.h"

#define DEDUCTION_CAP_BP 10000 /* a hundred per cent; practice of Pekalongan and Babel */

/* One line of a scheme; texts borrowed. */
typedef struct {
	const char *code;        /* "TL1", "TK", "CB" */
	const char *slot;        /* "masuk", "pulang", "hari", "kegiatan" */
	gint32 from_min, to_min; /* of lateness, inclusive; both -1: no punch in the slot */
	gint32 percent_bp;       /* hundredths of a per cent */
	const char *source;      /* may be NULL */
} DeductionRow;

typedef struct {
	const char *code; /* "permentan-68-2012"; borrowed */
	const DeductionRow *rows;
	gsize n_rows;
} DeductionScheme;

/* NULL: nothing is deducted.  Minutes late (SLOT_IN) or early (SLOT_OUT): the first line of the slot
 * that holds them. */
const DeductionRow *deduction_for_minutes(const DeductionScheme *scheme, DaySlot slot,
										  gint64 minutes);
/* Of a slot without a punch: its own line, else that of the latest minutes (Permenko Infrastruktur
 * 10/2025 art. 22: as if more than 90 minutes). */
const DeductionRow *deduction_for_nothing(const DeductionScheme *scheme, DaySlot slot);
/* Of a whole day or an event by its code: "TK", "CB", "TAPG". */
const DeductionRow *deduction_for_code(const DeductionScheme *scheme, const char *code);
