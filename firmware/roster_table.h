/* The roster's tables in local.db, and nothing that decides.  Errors are of DATABASE_ERROR. */
#pragma once

#include <glib.h>

#include "firmware/database.h"
#include "firmware/roster.h"

void roster_person_free(RosterPerson *person);
/* Everybody, or one person; each is handed over to `take`. */
typedef void (*RosterPersonRead)(RosterPerson *person, gpointer user);
gboolean roster_table_people(Database *db, PersonId person, RosterPersonRead take, gpointer user,
							 GError **error);

/* Writes a person and exactly these references.  `destroyed` becomes TRUE when a sealed reference
 * was removed or replaced. */
gboolean roster_table_put(Database *db, const RosterEntry *entry, gboolean *destroyed,
						  GError **error);
gboolean roster_table_remove(Database *db, PersonId person, gboolean *destroyed, GError **error);
gboolean roster_table_put_schedule(Database *db, const RosterSchedule *schedule, GError **error);
gboolean roster_table_clear_schedules(Database *db, GError **error);

/* A full snapshot: forget who was seen; then list, into `people` of PersonId, who was not. */
gboolean roster_table_unmark(Database *db, GError **error);
gboolean roster_table_unmarked(Database *db, GArray *people, GError **error);

typedef void (*RosterShiftRead)(uint32_t schedule, const RosterWindow *window, gpointer user);
gboolean roster_table_shifts(Database *db, RosterShiftRead read, gpointer user, GError **error);

typedef void (*RosterSealedRead)(PersonId person, int64_t reference, Finger finger, Slice sealed,
								 gpointer user);
/* Of one person, or of everybody for 0. */
gboolean roster_table_references(Database *db, PersonId person, RosterSealedRead read,
								 gpointer user, GError **error);
