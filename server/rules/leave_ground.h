/*
 * Who may have which leave, and on what grounds (PP 11/2017 art. 316–333; PerBKN 24/2017; PPPK:
 * PerBKN 7/2022).  Nothing is judged by it: a leave that was decided is a fact.  Told is what speaks
 * against it, to who enters it and in the balance.
 *
 *   CM   women; up to the child `birth_children`, from the next one on it is CB
 *   CB   long service; not for the first hajj, by setting not for another religious duty or a birth
 *   CS   up to `sick_note_days` a letter to the superior, up to `sick_doctor_days` any doctor's,
 *        beyond a government doctor's, beyond `sick_year_days` the board's; a miscarriage: women, with a
 *        doctor's letter, up to `miscarriage_days`; never longer than `sick_days`
 *   CLTN long service
 *
 * Lengths are in calendar days, of one letter; those of a sickness count together while its letters
 * follow each other with no working day between, else letter after letter would never ask for more.
 * PPPK have no CB: for a child beyond `birth_children` no kind is left, which is for BKD to decide.
 */
#pragma once

#include "server/rules/leave_balance.h"

typedef enum {
	LEAVE_GROUND_NONE, /* not stated */
	LEAVE_GROUND_NOTE, /* "surat": a letter to the superior */
	LEAVE_GROUND_DOCTOR,
	LEAVE_GROUND_GOVERNMENT, /* "pemerintah": a government doctor */
	LEAVE_GROUND_BOARD,      /* "tim": tim penguji kesehatan */
	LEAVE_GROUND_MISCARRIAGE,
	LEAVE_GROUND_HAJJ, /* "haji": the first */
	LEAVE_GROUND_RELIGION,
	LEAVE_GROUND_BIRTH,
	LEAVE_GROUND_FAMILY, /* "keluarga": nearest relatives gravely ill or dead */
	LEAVE_GROUND_WEDDING,
	LEAVE_GROUND_WIFE, /* "istri": a birth */
	LEAVE_GROUND_DISASTER,
	LEAVE_GROUND_OTHER, /* "lain" */
} LeaveGround;

typedef struct {
	gboolean civil, pppk; /* the law of the employment kind; neither: no leave */
	gboolean female;
	gint64 service_months; /* on the first day of the leave */
} LeavePerson;

typedef struct {
	const char *code;
	LeaveGround ground;
	gint32 child;        /* 0: not stated */
	gint32 days;         /* calendar days */
	gint32 row_days;     /* CS: with the letters before and after it that it goes on with; ≥ days */
	gboolean hajj_taken; /* CB for the first hajj was given by another letter */
} LeaveAsked;

/* "dokter"; "" for LEAVE_GROUND_NONE. */
const char *leave_ground_text(LeaveGround ground);
/* FALSE: no such word. */
gboolean leave_ground_parse(const char *text, LeaveGround *ground);
/* May a leave of this code rest on it?  The words that may, by "|" (static): NULL when none may. */
gboolean leave_ground_fits(const char *code, LeaveGround ground, const char **allowed);

/* By the person alone, whatever the ground; Indonesian, static; NULL: nothing speaks against it. */
const char *leave_refusal(const char *code, const LeavePerson *person, const LeaveRules *rules);
/* With the ground, the child and the length: appends what speaks against it, in Indonesian.  FALSE when
 * nothing does. */
gboolean leave_objection(GString *out, const LeaveAsked *asked, const LeavePerson *person,
						 const LeaveRules *rules);
/* Appends what the kind asks of the person, in Indonesian; nothing for a kind without conditions. */
void leave_conditions(GString *out, const char *code, const LeavePerson *person,
					  const LeaveRules *rules);
