/* Why a verdict is what it is: the rule and its parameters, and the same in Indonesian words. */
#pragma once

#include <glib.h>

typedef enum {
	REASON_PRESENT,  /* in and out punches */
	REASON_SCHEDULE, /* the hours that were asked for */
	REASON_LATE,
	REASON_EARLY,
	REASON_FLEX,            /* late within flexible time */
	REASON_NO_IN,           /* TAM */
	REASON_NO_OUT,          /* TAP */
	REASON_ABSENT,          /* TK */
	REASON_NOT_YET,         /* the slot's time has not passed */
	REASON_WAITING,         /* MV */
	REASON_GAP,             /* BL: a terminal's data is missing */
	REASON_NO_TERMINAL,     /* BL: no terminal in service there */
	REASON_OUTAGE_DECLARED, /* BL */
	REASON_OUTAGE,          /* AT */
	REASON_NOT_ENROLLED,    /* BT */
	REASON_HOLIDAY,
	REASON_DAY_OFF,
	REASON_LEAVE,
	REASON_CONFLICT, /* leave, and a punch all the same */
	REASON_STATUS,   /* legal status suspends the duty */
	REASON_NO_SCHEDULE,
	REASON_TRIAL,
	REASON_DEDUCTION,  /* one line: for which code, by which scheme, how much */
	REASON_CAPPED,     /* the lines are more than a hundred per cent */
	REASON_TWO_PLACES, /* two punches too far apart for the time between them */
	REASON_EVENT,      /* attended */
	REASON_NO_EVENT,   /* TAPG */
	REASON_UNLETTERED, /* sick, but without a letter */
	REASON_DAY_LENGTH, /* minutes weighed: a day here has other minutes than 450 */
	REASON_LOST,       /* AT: a terminal's data will never come */
} ReasonKind;

/* Which fields are set depends on the kind; the rest is zero. Texts are borrowed. */
typedef struct {
	ReasonKind kind;
	int slot;             /* DaySlot; 0: the day */
	const char *code;     /* "TL1", "CT" */
	const char *name;     /* of the leave, holiday, status, pattern; cause of an outage or loss */
	const char *document; /* letter, Berita Acara, list of a punch by hand */
	const char *document_out;
	const char *place, *place_out, *terminal;
	const char *by;                /* who decided on an outage or a loss; on `day` */
	gint64 number;                 /* of the outage or loss */
	const char *event, *event_out; /* the evidence: "terminal/journal/seq" */
	gint64 minutes;
	gint64 day_min;        /* minutes of one day there */
	gint64 percent_bp;     /* hundredths of a per cent */
	gint64 from_ms, to_ms; /* a window, the hours, or in and out punches */
	gint64 day;            /* valid since; G_MININT64: always */
} Reason;

/* "late"; stable, for programs. */
const char *reason_kind_text(ReasonKind kind);
/* FALSE: no kind has that text. */
gboolean reason_kind_find(const char *text, ReasonKind *kind);
/* Appends words, as in "Presensi pertama dalam jendela masuk pukul 07.12; detik diabaikan." */
void reason_words(GString *out, const Reason *reason, gint64 utc_offset_min);
/* Appends a JSON object: {"rule":"late","code":"TL1","minutes":12,…,"text":"…"}. */
void reason_json(GString *out, const Reason *reason, gint64 utc_offset_min);
/* The array of all. (transfer full) */
char *reasons_json(const Reason *reasons, gsize n, gint64 utc_offset_min);
