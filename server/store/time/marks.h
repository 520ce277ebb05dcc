/*
 * Marked person-days: what has to be judged again.  Whoever changes a fact marks in the same
 * transaction; judge clears the mark in the transaction that writes the verdict.
 *
 * A punch marks its day (day_mark).  Everything else marks a span: one row per person, from the
 * first day to the last (person_mark), so that marking costs a row whatever the length, and what
 * lies between two marks is judged again for nothing at worst.
 *
 * A teacher's school holidays are annual leave as long as the balance lasts (academic.h): whatever may make a
 * day a working day, also one to come, marks the teacher's school holidays of that year, too.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

/* `cause` is a short word for the log: "punch", "leave", "holiday", …  Joins the transaction.  One
 * day, before all spans: somebody may be looking. */
gboolean mark_day(Sql *sql, PersonId person, gint64 day, const char *cause, GError **error);
/* The days of [from_day, to_day) that have begun (≤ today) and are not before the first day on
 * which anybody is or was judged. */
gboolean mark_days(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, gint64 today,
				   const char *cause, GError **error);
/* The same for everybody assigned within the subtree of `unit` (0: everybody) on those days, or on
 * the day before or after one. */
gboolean mark_unit(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, gint64 today,
				   const char *cause, GError **error);
/* Everybody whose duty place it is on those days, or who punched there: an outage of the place, its
 * terminals or its history changed. */
gboolean mark_place(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
					const char *cause, GError **error);
/* The same for what changes hours there (an order, the regency): teachers' school holidays, too. */
gboolean mark_place_hours(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
						  const char *cause, GError **error);
/* Of these only whose verdict still waits for something, or for data of a running day (BL): coverage of the
 * place grew, which can change nothing else.  Cheap enough for every alive mark. */
gboolean mark_place_waiting(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
							const char *cause, GError **error);
/* A punch at `at_ms`: its local day and, since a night's out-punch belongs to the day the shift
 * began, the day before. */
gboolean mark_punch(Sql *sql, PersonId person, gint64 at_ms, gint64 utc_offset_min, GError **error);
/* The first day on which anybody is or was judged; DAY_OPEN of history.h: none. */
gboolean marks_first_day(Sql *sql, gint64 *day, GError **error);
/* For the beginning of days: the days of [from_day, to_day) for up to `n_max` people above `after`,
 * everybody who is assigned then.  `last` gets the highest of these people, 0: there were none. */
gboolean mark_people(Sql *sql, gint64 from_day, gint64 to_day, PersonId after, gint64 n_max,
					 PersonId *last, GError **error);

/* Days of a person. */
typedef struct {
	PersonId person;
	gint64 from_day, to_day; /* half-open */
	gint64 generation;       /* grows when they are marked again meanwhile */
} Mark;

/* How many person-days wait at most. */
gboolean marks_count(Sql *sql, gint64 *count, GError **error);
gboolean marks_any(Sql *sql, gboolean *any, GError **error);
gboolean marks_hold(Sql *sql, PersonId person, gint64 day, gboolean *marked, GError **error);
/* Up to `n_max` single days for which somebody is waiting, the latest first; of Mark. */
gboolean marks_take_urgent(Sql *sql, gsize n_max, GArray **marks, GError **error);
/* Up to `n_max` people with all their other days, who were marked last first; of Mark. */
gboolean marks_take_spans(Sql *sql, gsize n_max, GArray **marks, GError **error);
/* Removes the mark unless it was set again since it was taken. */
gboolean marks_clear_urgent(Sql *sql, const Mark *mark, GError **error);
gboolean marks_clear_span(Sql *sql, const Mark *mark, GError **error);
