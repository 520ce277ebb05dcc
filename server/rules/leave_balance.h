/*
 * Annual leave by years (PP 11/2017 art. 311–313; PerBKN 24/2017): what a year does not use it hands
 * on, at most `carry_days`; of two years in a row without any leave both hand on; deferred by official
 * need it hands on up to `deferred_days`; never more than `total_days` in one year.  Long leave (CB)
 * takes that year's annual leave away, and what was left of it lapses (art. 316).
 */
#pragma once

#include <glib.h>

typedef struct {
	gint32 annual_days, carry_days, deferred_days, total_days;
	gint32 service_months, long_service_months;
	gint32 long_days, sick_days, birth_days, urgent_days;
	/* Conditions of the other kinds: leave_ground.h. */
	gint32 birth_children, birth_exempt, hajj_exempt, religion_exempt;
	gint32 sick_note_days, sick_doctor_days, sick_year_days, miscarriage_days;
} LeaveRules;

typedef struct {
	gboolean entitled;   /* served long enough in that year */
	gboolean long_leave; /* CB was taken in it */
	gboolean deferred;   /* by official need */
	gint32 extra_days;   /* cuti bersama worked, hard-to-reach place */
	gint32 used_days;    /* working days of annual leave in it */
	gboolean opens;      /* the account begins here, with these handed on: */
	gint32 opening_n1, opening_n2;
} LeaveYear;

/* What is left of each year's right, the oldest is used first. `over`: used beyond all of it. */
typedef struct {
	gint32 n2, n1, n;
	gint32 over;
} LeaveBalance;

/* `years` ascending without a gap; the balance at the end of the last.  All zero for none. */
LeaveBalance leave_balance(const LeaveYear *years, gsize n, const LeaveRules *rules);
