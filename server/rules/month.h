/*
 * The month of a unit: which step is allowed when and to whom, until when it is due, and its contents in a form
 * that is the same on every database and machine.
 *
 *   OPEN --submit--> SUBMITTED --sign--> SIGNED --lock--> LOCKED --pay--> PAID
 *    ^                   |                 |  ^
 *    '------reopen-------'-----------------'  '--sign-- (again: what was signed has changed)
 *
 * Three people stand behind a locked month: who submitted it for the SKPD, its head who signed, and who locked
 * it for BKD; none of them stands for another.  Until it is locked, judging goes on; what is locked must be
 * what was signed.
 */
#pragma once

#include <glib.h>

typedef enum { MONTH_OPEN, MONTH_SUBMITTED, MONTH_SIGNED, MONTH_LOCKED, MONTH_PAID } MonthState;
#define N_MONTH_STATES (MONTH_PAID + 1)
typedef enum { MONTH_SUBMIT, MONTH_SIGN, MONTH_LOCK, MONTH_PAY, MONTH_REOPEN } MonthStep;
#define N_MONTH_STEPS (MONTH_REOPEN + 1)

const char *month_state_text(
	MonthState state);                       /* "open", "submitted", "signed", "locked", "paid" */
const char *month_step_text(MonthStep step); /* "submit", "sign", "lock", "pay", "reopen" */
gboolean month_step_parse(const char *text, MonthStep *step);

/* Why not. */
typedef enum {
	MONTH_ALLOWED,
	MONTH_WRONG_ORDER, /* not from this state */
	MONTH_UNSIGNED,    /* to be locked without the head's signature */
	MONTH_NOT_OVER,    /* it still has days to come */
	MONTH_UNJUDGED,    /* days of it are being judged */
	MONTH_HINDERED,    /* to be submitted although something hinders, without a reason */
	MONTH_NO_PERSON,   /* the account is nobody's */
	MONTH_NOT_HEAD,    /* to be signed by somebody else than the head of the unit */
	MONTH_OWN,         /* by who did an earlier of the three steps */
	MONTH_CHANGED,     /* what was signed is not what there is now */
	MONTH_NO_REASON,   /* to be reopened without a reason */
} MonthRefusal;

typedef struct {
	MonthState state;
	gint64 person;                  /* who wants it; 0: an account that is nobody's */
	gint64 submitted_by, signed_by; /* persons, since it was last open; 0: not yet */
	gint64 head;                    /* of the unit today; 0: nobody */
	gboolean over;                  /* all its days have passed */
	gboolean judged;                /* nothing of it waits to be judged */
	gboolean changed;               /* since it was signed */
	gint64 n_hindrances;
	gboolean has_reason;
} MonthFacts;

/* `next` (may be NULL): the state after it, when it is allowed. */
MonthRefusal month_may(MonthStep step, const MonthFacts *facts, MonthState *next);
/* In Indonesian; static. */
const char *month_refusal_text(MonthRefusal refusal);

/* ── Months and their last day ── */

/* The first day of the month of `day`, and of that `n` months later (n may be negative). */
gint64 month_start(gint64 day);
gint64 month_after(gint64 month_day, int n);
/* "2026-03" of a first day. */
#define MONTH_TEXT 8
void month_format(gint64 month_day, char text[MONTH_TEXT]);
gboolean month_parse(const char *text, gint64 *month_day);
/* "Maret 2026".  Appends. */
void month_words(GString *out, gint64 month_day);

/* Saturday and Sunday are no working days; what is a holiday, the calendar says. */
typedef gboolean (*MonthHoliday)(gint64 day, gpointer user);
/* The last day on which `month_day`'s month is handed in without being late: day `submit_day` (1 … 28) of the
 * month after it, or the next working day. */
gint64 month_deadline(gint64 month_day, int submit_day, MonthHoliday is_holiday, gpointer user);

/* ── Contents ── */

/* A person-day as it was locked. */
typedef struct {
	gint64 day;
	const char *unit; /* code of the unit on that day; "": none */
	const char *codes, *state;
	gint64 late_min, early_min;
	gint64 in_ms, out_ms; /* 0: none */
	gint64 deduction_bp, pp94_min, pp94_days;
	gboolean trial, conflict;
	gint64 rule_version;
	const char *reasons; /* JSON, as in Verdict */
} MonthLine;

/* Appends the line and its end: fields by tabs, in the order of the struct, the day as 2026-03-02; in texts a
 * backslash stands before t, n and itself for a tab, the end of a line, and a backslash. */
void month_line_append(GString *out, const MonthLine *line);
/* Reads the line at *text (which is changed, and keeps the texts of `line`) and moves behind it.  FALSE: the
 * end, or what is no such line (`bad`). */
gboolean month_line_read(char **text, MonthLine *line, gboolean *bad);
/* Do they say the same of the day?  The words of the reasons and the version of the rule may differ. NULL:
 * there is no verdict. */
gboolean month_line_same(const MonthLine *a, const MonthLine *b);

/* The contents of a unit's month, to be hashed (SHA-256):
 *
 *   hadir-month 1\tUNIT\t2026-03\n
 *   PERSON\tSHA-256 of the person's lines, as hex\n          by person, ascending
 *   +PERSON\tDAY\tN\tSHA-256 of the line before it, a tab, and the line after it ("" where there is none)\n
 *
 * Who has the lines of one person and the other lines of this list can compute the hash of the whole without
 * seeing anything of anybody else. */
typedef struct MonthHash MonthHash;
MonthHash *month_hash_new(const char *unit_code, gint64 month_day);
/* `hash` of month_hash_lines(). */
#define MONTH_HASH_SIZE 32
void month_hash_add_person(MonthHash *self, gint64 person, const guint8 hash[MONTH_HASH_SIZE]);
void month_hash_add_difference(MonthHash *self, gint64 person, gint64 day, gint64 n,
							   const char *old_line, const char *new_line);
void month_hash_finish(MonthHash *self, guint8 hash[MONTH_HASH_SIZE]);
void month_hash_free(MonthHash *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthHash, month_hash_free)
void month_hash_lines(const char *lines, gsize size, guint8 hash[MONTH_HASH_SIZE]);
