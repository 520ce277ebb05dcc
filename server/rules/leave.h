/* Leave and other decided absences on one day. */
#pragma once

#include <glib.h>

typedef enum { SLOT_IN = 1, SLOT_OUT = 2, SLOT_DAY = SLOT_IN | SLOT_OUT } DaySlot;

typedef struct {
	const char *code;   /* "CT"; borrowed */
	const char *name;   /* "Cuti tahunan"; borrowed */
	const char *letter; /* may be NULL; borrowed */
	DaySlot slot;
	gboolean duty; /* counts as present: DL, WFH, TB …; a punch does not contradict it … */
	gboolean away; /* … except one at the own duty place: DL, DIK, TKD */
} DayLeave;

/* The leave that covers all of `slot`: the first in the list; NULL: none. */
const DayLeave *leave_over(const DayLeave *leaves, gsize n, DaySlot slot);
