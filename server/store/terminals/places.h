/* Places: where terminals hang.  Writing functions join the caller's transaction. */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

#define PLACE_CODE_MAX 40 /* [A-Za-z0-9._-] */

/* The id of a code, made when `make`; 0: unknown. */
gboolean places_find(Sql *sql, const char *code, gboolean make, gint64 *place, GError **error);
/* (transfer full); NULL with `error` unset: no such place. */
char *places_code(Sql *sql, gint64 place, GError **error);
/* `regency` is the code of the kabupaten/kota ("33.74"); may be NULL, as `address`. */
gboolean places_set(Sql *sql, gint64 place, const char *name, const char *address,
					const char *regency, const Change *change, gboolean *changed, GError **error);
/* As known now on that day.  (transfer full); NULL with `error` unset: unknown. */
char *places_name(Sql *sql, gint64 place, gint64 day, GError **error);

typedef struct {
	gint64 id;
	const char *code, *name, *address, *regency; /* borrowed until the next step */
} PlaceRow;

typedef struct PlaceCursor PlaceCursor;
/* All places that exist on that day, by name. */
PlaceCursor *places_list(Sql *sql, gint64 day, GError **error);
SqlStep places_next(PlaceCursor *cursor, PlaceRow *row, GError **error);
void place_cursor_free(PlaceCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlaceCursor, place_cursor_free)

/*
 * Whose duty place this is: by the assignment itself, or because the person's unit (or the nearest
 * one above it that uses places) uses it.
 */
typedef struct {
	PersonId person;
	const char *name; /* without titles; borrowed until the next step */
	gint64 unit;
	gint64 from_day, to_day; /* of the service at this place as known now; DAY_OPEN: no end */
} PlacePerson;

typedef struct PlacePersonCursor PlacePersonCursor;
/* Employed people on that day, ascending by person. */
PlacePersonCursor *places_people_on_day(Sql *sql, gint64 place, gint64 day, GError **error);
/* The same for every day of [from_day, to_day): a person comes once per span of service here that
 * touches it (within a unit), ordered by person, then by from_day.  For rosters: who comes soon, and
 * who left lately. */
PlacePersonCursor *places_people_between(Sql *sql, gint64 place, gint64 from_day, gint64 to_day,
										 GError **error);
SqlStep places_people_next(PlacePersonCursor *cursor, PlacePerson *row, GError **error);
void place_person_cursor_free(PlacePersonCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlacePersonCursor, place_person_cursor_free)
