/*
 * What is known of a person on a day, as it was known at a moment: superior and the head of the unit with
 * the mode in which they are, duty places, secondary assignments, leave, titles, legal status, and every
 * official number over time.  What server/store/people/people.h and careers.h tell is not repeated.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/people/careers.h"
#include "server/store/sql.h"

typedef enum {
	SUPERIOR_NONE,
	SUPERIOR_SET,  /* for this person, whatever the units say */
	SUPERIOR_HEAD, /* heads the nearest unit above that has another head than the person */
} SuperiorHow;

typedef struct {
	PersonId person;         /* 0: nobody */
	const char *name;        /* NULL: not known */
	HeadMode mode;           /* of a head */
	const char *unit;        /* code of the unit they head; NULL: set for the person */
	const char *source;      /* decree; NULL: not said */
	gint64 from_day, to_day; /* as long as this very fact holds */
} DossierChief;

typedef struct {
	const char *code, *name; /* name NULL: not known on that day */
	gboolean secondary;      /* by a secondary assignment */
} DossierPlace;

typedef struct {
	const char *unit, *unit_name, *kind; /* kind: "plt", "plh", "tambahan", "sekolah" */
	const char *place, *source;          /* place NULL: the unit's */
	gint64 share_percent;                /* 0: not said */
	gint64 from_day, to_day;
} DossierSecondary;

typedef struct {
	const char *code, *name, *slot, *letter;
	gint64 from_day, to_day;
} DossierLeave;

typedef struct {
	const char *kind, *digits, *source; /* source may be NULL */
	gint64 from_day, to_day;
} DossierNumber;

typedef struct {
	const char *front_title, *back_title; /* NULL: none */
	const char *status_name;              /* of the kedudukan hukum; NULL: not employed */
	const char *status_code;              /* code of its days without duty; NULL: the duty stands */
	SuperiorHow how;
	DossierChief superior;
	DossierChief head;   /* of the person's own unit, maybe the person */
	GArray *places;      /* DossierPlace */
	GArray *secondaries; /* DossierSecondary */
	GArray *leaves;      /* DossierLeave: on that day */
	GArray *numbers;     /* DossierNumber: of all time, ascending */
	GStringChunk *texts;
} Dossier;

/* `known_ms` G_MAXINT64: as known now.  Clear `out` also after a failure. */
gboolean dossier_read(Sql *sql, PersonId person, gint64 day, gint64 known_ms, Dossier *out,
					  GError **error);
void dossier_clear(Dossier *out);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Dossier, dossier_clear)
