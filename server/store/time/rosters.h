/*
 * Rosters: whom each terminal identifies, as numbered changes.  One row per terminal and person,
 * with the version of its last change; a person who left stays as a tombstone, so that a terminal
 * that was away learns of it.
 */
#pragma once

#include "protocol/roster.h"
#include "server/store/sql.h"

/* What decides an entry; references are named here and sealed when a chunk is made. */
typedef struct {
	PersonId person;
	gint64 not_before_ms, not_after_ms;
	gint64 schedule; /* 0 none */
	guint32 flags;
	Hash digest; /* over everything that the terminal gets: name, references, dates, flags */
} RosterRow;

/* A name as terminals get it: at most ROSTER_NAME_MAX bytes, whole characters. Borrows `name`, which
 * is UTF-8. */
Slice roster_name(const char *name);

/* The current version of a terminal's roster; 0 before the first entry. */
gboolean rosters_version(Sql *sql, const TerminalId *terminal, gint64 *version, GError **error);

/* Makes the roster equal to `rows` (sorted by person): what is new or has another digest gets the
 * next version, what is gone becomes a tombstone.  `windows` is the digest of the schedules'
 * windows: another one counts as a change of its own; when they need several chunks (`n_parts`), every
 * change is followed by a version for each.  `changed` gets the number of changes.  In
 * the caller's transaction. */
gboolean rosters_replace(Sql *sql, const TerminalId *terminal, const RosterRow *rows, gsize n,
						 const Hash *windows, gint64 n_parts, gint64 *changed, GError **error);
/* Removes everything of the terminal (it was revoked). */
gboolean rosters_clear(Sql *sql, const TerminalId *terminal, GError **error);

typedef struct {
	RosterRow row;
	gint64 version;
	gboolean removed;
} RosterChange;

/* Changes in (after, …], ascending by version, at most n_max. Free with g_array_unref(). */
gboolean rosters_changes(Sql *sql, const TerminalId *terminal, gint64 after, gsize n_max,
						 GArray **changes, GError **error);
/* Whether the person is on the terminal's roster (not removed), for /people?terminal=. */
gboolean rosters_has(Sql *sql, const TerminalId *terminal, PersonId person, gboolean *has,
					 GError **error);
/* The people on it now, ascending, after `after`, at most n_max; of PersonId. */
gboolean rosters_people(Sql *sql, const TerminalId *terminal, PersonId after, gsize n_max,
						GArray **people, GError **error);
