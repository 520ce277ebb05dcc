/*
 * Who stands in a recap, with which of its days: everybody who was assigned within a unit's subtree, on
 * the days on which that was so.  Who moved stands in both units' recaps, and once in that of the unit above.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/people/careers.h"
#include "server/store/sql.h"

#define RECAP_DAYS_MAX 31

typedef struct {
	gint64 from_day, to_day; /* half-open, at most RECAP_DAYS_MAX */
	gint64 unit;             /* its subtree as of each day; 0: everywhere */
	gboolean own;            /* the unit alone, without what is below it */
	PersonId person;         /* only this one; 0: everybody */
	const char *text;        /* part of a name, or the beginning of an official number; NULL: any */
	gboolean by_verdict;     /* and whoever was judged there: what is locked stays where it was */
	gsize in_one_list; /* up to so many people stand by name; more stand by unit, then by name */
} RecapScope;

/* Texts live as long as the list. */
typedef struct {
	gint64 id;
	const char *code, *name; /* as of the last day of the scope */
	guint rank;              /* in the order of the tree: each above its own */
} RecapUnit;

typedef struct {
	PersonId person;
	const RecapUnit *unit;     /* of the last of the days */
	const char *name, *number; /* as of that day; name "" and number NULL: not known */
	guint32 days;              /* bit n: from_day + n is a day within the scope */
} RecapPerson;

typedef struct {
	GArray *people;    /* RecapPerson, in the order of the list */
	gboolean by_unit;  /* more than in_one_list */
	GHashTable *units; /* gint64 → RecapUnit, owned */
	GHashTable *tree;  /* units of the scope, with their days */
	gboolean all;      /* every unit is within it */
	GStringChunk *texts;
} RecapPeople;

RecapPeople *recap_people_load(Sql *sql, const RecapScope *scope, GError **error);
void recap_people_free(RecapPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecapPeople, recap_people_free)

/* Is the unit within the scope on the n-th of its days? */
gboolean recap_people_has(const RecapPeople *people, gint64 unit, gint64 n);
/* Is it the province itself, which is not of any agency's? */
gboolean recap_is_province(Sql *sql, gint64 unit, gint64 day, gboolean *province, GError **error);
/* A unit as of a day, added when it is not among them yet. NULL on error. */
const RecapUnit *recap_people_unit(Sql *sql, RecapPeople *people, gint64 unit, gint64 day,
								   GError **error);

/* The days of [from_day, to_day) on which the person was assigned anywhere, as such bits. */
gboolean recap_days_served(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, guint32 *days,
						   GError **error);
/* The golongan on a day (transfer full); NULL with `error` unset: not known. */
char *recap_rank(Sql *sql, PersonId person, gint64 day, GError **error);

/* Who signs for a unit on a day: its head, or that of the nearest unit above that has one. */
typedef struct {
	PersonId person; /* 0: nobody */
	HeadMode mode;
	char *name, *number; /* NULL: not known */
	char *unit_name;     /* which unit it heads */
} RecapSigner;
gboolean recap_signer(Sql *sql, gint64 unit, gint64 day, RecapSigner *out, GError **error);
void recap_signer_clear(RecapSigner *signer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecapSigner, recap_signer_clear)

/* What kind of day a code stands for: code → category of table attendance_code ("cuti", …). */
GHashTable *recap_code_categories(Sql *sql, GError **error);
