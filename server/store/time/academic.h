/*
 * Academic calendars: days on which a school is closed, and the days within them that its teachers
 * must work all the same.  The nearest unit above decides.  For teachers (position kind "guru") a
 * closed day is annual leave as long as their balance lasts (PP 11/2017 art. 315); everybody else is
 * on duty.  Writing functions join the caller's transaction and mark the person-days.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

/* For each day of the change; `works`: teachers work that day. */
gboolean academic_set(Sql *sql, gint64 unit, const char *name, gboolean works, const Change *change,
					  gboolean *changed, GError **error);

/* The days are as any other again. */
gboolean academic_remove(Sql *sql, gint64 unit, const Change *change, gboolean *changed,
						 GError **error);

typedef struct {
	gboolean closed; /* and not to be worked */
	char *name;      /* owned by the caller; NULL: no school holiday */
	char *source;    /* owned by the caller; may be NULL */
} AcademicDay;
gboolean academic_on(Sql *sql, gint64 unit, gint64 day, AcademicDay *out, GError **error);
void academic_day_clear(AcademicDay *day);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AcademicDay, academic_day_clear)

/* Is the person a teacher that day? */
gboolean academic_is_teacher(Sql *sql, PersonId person, gint64 day, gboolean *teacher,
							 GError **error);
/* The days of [from_day, to_day) on which some school is closed, ascending; of gint64. */
gboolean academic_closed_days(Sql *sql, gint64 from_day, gint64 to_day, GArray **days,
							  GError **error);
/* The balance of that person changed: a teacher's school holidays are judged again. */
gboolean academic_mark(Sql *sql, PersonId person, gint64 today, GError **error);
/* The same, whether a teacher or not: the position changed. */
gboolean academic_mark_person(Sql *sql, PersonId person, gint64 today, GError **error);
/* The accounts of all teachers changed: they begin with another year. */
gboolean academic_mark_everybody(Sql *sql, gint64 today, GError **error);
