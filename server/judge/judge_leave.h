/*
 * A person's leave on a day: annual leave by years (server/rules/leave_balance.h), and what was
 * taken of the other kinds, with who may have them (PP 11/2017; PPPK: PerBKN 7/2022).
 */
#pragma once

#include "protocol/ids.h"
#include "server/judge/judge_facts.h"
#include "server/rules/leave_ground.h"
#include "server/store/sql.h"
#include "server/store/time/leaves.h"

#define LEAVE_KINDS 6

typedef struct {
	const char *code, *name; /* static */
	gboolean allowed;
	const char *why_not;  /* Indonesian, static; NULL when allowed */
	gint32 max_days;      /* calendar days; 0: by decision */
	gint32 used, planned; /* days of this year up to the day, and after it */
} LeaveKindUse;

typedef struct {
	int year;
	gint64 since_day; /* of service; G_MAXINT64: never employed */
	/* `female` of `who` is by the number's sex digit; FALSE too when there is none. */
	/* Annual leave, working days. */
	gboolean annual_allowed;
	gint32 entitled, used, planned; /* of this year; planned: after the day */
	LeaveBalance left;              /* when all that is planned is taken */
	gint32 worked_common;           /* cuti bersama on duty: added to the entitlement (art. 333) */
	int known_from_year;            /* what was before is in no account */
	LeaveKindUse kinds[LEAVE_KINDS];
	LeavePerson who; /* on the day */
	LeaveRules rules;
} LeaveStatement;

/* Is the day, a school holiday of a teacher, one of annual leave?  Own leaves come first, then the
 * holidays in their order, until nothing is left of the balance.  The answer is remembered in
 * `facts` until judge_facts_forget(). */
gboolean judge_leave_school_day(JudgeFacts *facts, PersonId person, gint64 day, gboolean *taken,
								GError **error);

/* Writes nothing. */
gboolean judge_leave_statement(Sql *sql, PersonId person, gint64 day, gint64 utc_offset_min,
							   LeaveStatement *out, GError **error);

/* What speaks against a leave over [from_day, to_day) that begins on the day of the statement: its ground,
 * child and length (server/rules/leave_ground.h); appended in Indonesian, nothing when it is all right. */
gboolean judge_leave_objection(Sql *sql, const LeaveStatement *statement, const Leave *leave,
							   gint64 from_day, gint64 to_day, gint64 utc_offset_min, GString *out,
							   GError **error);
