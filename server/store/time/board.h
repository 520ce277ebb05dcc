/*
 * What today's board and the metrics show, read in as few statements as there are kinds of rows.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	BOARD_MISSING,      /* has duty and has not punched */
	BOARD_PRESENT,      /* a counted punch */
	BOARD_AWAY,         /* leave, assignment elsewhere, study, suspended */
	BOARD_OFF,          /* no duty on that day */
	BOARD_NOT_ENROLLED, /* no finger is enrolled, nothing punched */
	BOARD_WAITING,      /* a punch that waits for verification or approval */
	BOARD_GAP,          /* data of a terminal is not here yet: nothing can be said */
} BoardState;
#define N_BOARD_STATES (BOARD_GAP + 1)

typedef struct {
	PersonId person;
	char *name;
	gint64 unit;
	BoardState state;
	gint64 at_ms;  /* first punch that counts, or that waits; 0: none */
	char *place;   /* where; NULL: not known */
	char *code;    /* the code that matters: "TL1", "CT"; NULL: none */
	char *meaning; /* of the code: "Cuti tahunan"; NULL: none */
	char *kind;    /* of the code, attendance_code.category: "cuti", "dinas"; NULL: none */
	/* "plt", "plh", "tambahan", "sekolah": they serve here besides, and are judged where they are
	 * assigned; NULL: assigned here. */
	char *secondary;
	gint64 late_min;
} BoardPerson;

/* Everybody employed and assigned within the subtree of `unit` (0: the province) on `day`, which
 * lasts from `from_ms` to `to_ms`, and whoever is assigned elsewhere and serves there besides, each once,
 * by name; of BoardPerson (transfer full). */
GPtrArray *board_people(Sql *sql, gint64 unit, gint64 day, gint64 from_ms, gint64 to_ms,
						GError **error);

/* The unit above on that day; 0: a root, or unknown. */
gboolean board_parent(Sql *sql, gint64 unit, gint64 day, gint64 *parent, GError **error);

/* What a code of a day is called (transfer full); NULL with `error` unset: unknown. */
char *board_code_name(Sql *sql, const char *code, GError **error);

typedef struct {
	gint64 n_events;      /* stored, of all journals */
	gint64 n_batches;     /* signed batches stored, each answered by a receipt */
	gint64 n_marks;       /* person-days to be judged again */
	gint64 n_quarantined; /* events that wait for a decision */
	gint64 n_alarms;      /* open */
	gint64 n_refused;     /* messages refused before they were stored */
	gint64 n_enrolments;  /* open */
	gint64 n_terminals;   /* in service */
	gint64 n_connected;
	gint64 n_backlog; /* events that terminals say they still hold */
	gint64 n_audit;   /* rows of the audit log */
} BoardFigures;

gboolean board_figures(Sql *sql, BoardFigures *figures, GError **error);
