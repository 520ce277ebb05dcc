/*
 * The tree of units, and what became of one unit, as they were known at a moment.  What judges and rights
 * need of units, as known now, is in units.h.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/people/careers.h"
#include "server/store/sql.h"

/* A unit on a day; texts live as long as the view. */
typedef struct {
	gint64 id, parent;                           /* parent 0: a root */
	const char *code, *name, *short_name, *kind; /* short_name, kind: NULL: not known */
	const char *parent_code;                     /* NULL: a root */
	gint64 depth;                                /* below the top of the list */
	PersonId head;                               /* 0: nobody */
	const char *head_name;
	HeadMode head_mode;
} UnitOn;

typedef enum {
	UNIT_PAST_FACT,   /* name, short name, kind, unit above */
	UNIT_PAST_HEAD,   /* definitive, Plt or Plh */
	UNIT_PAST_PLACE,  /* a place of its own */
	UNIT_PAST_DECREE, /* a re-organisation, of this unit or into it */
} UnitPastKind;

typedef struct {
	UnitPastKind what;
	gint64 from_day, to_day; /* half-open; of a decree: its TMT, and no end */
	const char *name;        /* of the unit, head, place; of a decree: the unit's name before it */
	const char *short_name;  /* FACT; may be NULL */
	const char *kind;        /* FACT: "sekolah", …; DECREE: "rename", "merge", …; NULL: not known */
	const char *other;       /* FACT: code of the unit above; DECREE: what it became; NULL: none */
	const char *unit, *to;   /* DECREE: codes of the unit and of the other; `to` NULL: none */
	PersonId person;         /* HEAD */
	HeadMode mode;           /* HEAD */
	gint64 decree_day;       /* DECREE: DAY_ALWAYS: not known */
	gint64 n_people;         /* DECREE: who followed */
	const char *source;      /* decree or file; NULL: not said */
} UnitPast;

typedef struct {
	GArray *units; /* UnitOn: each above its own, beside each other by name */
	GArray *past;  /* UnitPast: facts, heads, places, decrees, each by time */
	GStringChunk *texts;
} UnitView;

/* The units that exist on `day` within the subtree of `top` (0: all), as known at `known_ms` (G_MAXINT64:
 * now).  Clear `out` also after a failure. */
gboolean unit_view_tree(Sql *sql, gint64 top, gint64 day, gint64 known_ms, UnitView *out,
						GError **error);
/* All that is known of one unit, of all time. */
gboolean unit_view_past(Sql *sql, gint64 unit, gint64 known_ms, UnitView *out, GError **error);
void unit_view_clear(UnitView *out);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UnitView, unit_view_clear)
