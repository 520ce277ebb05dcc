/*
 * People.  The key is our own number, random and never reused; name, official number (NIP, NI
 * PPPK), kind of employment and legal status are facts with a history.
 *
 * Writing functions join the caller's transaction, mark the person-days they change
 * (server/store/time/marks.h) and say in `changed` (may be NULL) whether anything was new.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

#define PERSON_NAME_MAX 96 /* bytes, as in protocol/roster.h */
#define PERSON_REF_MAX 40

/* The number by which the state knows a person (domain 4.1, 4.2). */
typedef enum {
	NUMBER_NONE,
	NUMBER_NIP,     /* PNS and CPNS: 18 digits */
	NUMBER_NI_PPPK, /* changes with a new contract elsewhere */
	NUMBER_BAD,
} NumberKind;

/* Removes spaces into `digits`, then checks length, dates, sex digit and serial; digits 13–14 say
 * which kind (01–12 NIP, 21–99 NI PPPK).  NUMBER_NONE for an empty text. */
NumberKind person_number_parse(const char *text, char digits[19]);
const char *number_kind_text(NumberKind kind); /* "NIP", "NI PPPK", "" */

/* `id` 0: one is allotted.  `ref` is the source system's key for this person, unique; NULL: none.
 * SQL_ERROR_CONSTRAINT when id or ref is taken. */
gboolean people_add(Sql *sql, PersonId id, const char *ref, gint64 now_ms, PersonId *out,
					GError **error);

typedef struct {
	const char *name;        /* without titles, never NULL */
	const char *front_title; /* may be NULL */
	const char *back_title;
} PersonName;

gboolean people_set_name(Sql *sql, PersonId person, const PersonName *name, const Change *change,
						 gboolean *changed, GError **error);
/* `digits` as person_number_parse() gives them. */
gboolean people_set_number(Sql *sql, PersonId person, NumberKind kind, const char *digits,
						   const Change *change, gboolean *changed, GError **error);
/* Whose number it is on a day of the change, besides `person`; 0: nobody's. */
gboolean people_number_of_another(Sql *sql, const char *digits, PersonId person,
								  const Change *change, PersonId *other, GError **error);
/* `kind` of table employment_kind ("PNS", "PPPK", …); `status` is the kedudukan hukum ("01" active).  Who has no
 * employment on a day has no duty on it: the first day is the start date. */
gboolean people_set_employment(Sql *sql, PersonId person, const char *kind, const char *status,
							   const Change *change, gboolean *changed, GError **error);
/* What an employment says of duty. */
typedef struct {
	gint64 from_day, to_day;
	const char *status, *status_name;
	const char *day_code; /* of the legal status: it covers every day; NULL: none */
	gboolean deducted;    /* by the kind of employment */
} PersonDuty;

/* Appends those of [from_day, to_day) as known now, ascending; texts in `texts`. */
gboolean people_duties(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
					   GStringChunk *texts, GArray *duties, GError **error);
gboolean people_end_employment(Sql *sql, PersonId person, const Change *change, gboolean *changed,
							   GError **error);

/* By ref, else by official number as known now, else (1–9 digits) by our number.  0: nobody. */
gboolean people_find(Sql *sql, const char *key, PersonId *person, GError **error);
gboolean people_exists(Sql *sql, PersonId person, gboolean *exists, GError **error);

/* A person as of a day, as known now.  Texts are borrowed until the next step of the cursor. */
typedef struct {
	PersonId id;
	const char *ref;                      /* may be NULL */
	const char *name;                     /* "" when not known on that day */
	const char *front_title, *back_title; /* may be NULL */
	const char *number_kind;              /* "NIP", "NI PPPK" or NULL */
	const char *number;                   /* NULL: none */
	const char *employment;               /* NULL: not employed on that day */
	const char *status;
	gint64 unit; /* 0: not assigned on that day */
	const char *unit_code, *unit_name;
	gint64 duty_place; /* 0: the unit's */
} PersonRow;

typedef struct {
	gint64 day;       /* as of */
	gint64 unit;      /* its subtree; 0: everybody */
	const char *text; /* part of a name, or the beginning of an official number; NULL: any */
	PersonId person;  /* only this one; 0: any */
	PersonId after;   /* ids above it, for paging */
	gint64 limit;     /* 1 … 100000 */
	gboolean by_name; /* order by name instead of id; `after` must be 0 then */
} PeopleFilter;

typedef struct PeopleCursor PeopleCursor;
PeopleCursor *people_list(Sql *sql, const PeopleFilter *filter, GError **error);
/* SQL_ROW with `row` filled, SQL_DONE, SQL_FAILED. */
SqlStep people_next(PeopleCursor *cursor, PersonRow *row, GError **error);
void people_cursor_free(PeopleCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeopleCursor, people_cursor_free)

/* Who had an official number on `day`, as it was known at `known_ms` (G_MAXINT64: as known now), and
 * what else was known of that person then.  `*person` 0: nobody.  Texts (transfer full) of
 * `identity`: clear with person_identity_clear(). */
typedef struct {
	PersonId person;
	char *name, *number_kind, *employment, *status; /* each may be NULL: not known */
	char *unit_code, *unit_name;
} PersonIdentity;

gboolean people_whois(Sql *sql, const char *digits, gint64 day, gint64 known_ms,
					  PersonIdentity *identity, GError **error);
void person_identity_clear(PersonIdentity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PersonIdentity, person_identity_clear)
