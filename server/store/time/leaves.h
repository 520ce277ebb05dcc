/* Leave and other decided absences (CT, CS, DL, TB, …), by whole days or by the slot in or out. */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

typedef struct {
	gint64 id;
	PersonId person;
	const char *code;   /* attendance_code.code */
	const char *slot;   /* "hari", "masuk" or "pulang" */
	const char *letter; /* number of the decision; unique per person and code */
	const char *ground; /* server/rules/leave_ground.h; NULL: not stated */
	gint64 child;       /* which child it is for, from 1; 0: not stated */
} Leave;

/* `id` 0: a new one.  A leave of the same person, code and letter is the same leave: its days are
 * then what `change` says.  Joins the transaction, marks. */
gboolean leaves_set(Sql *sql, const Leave *leave, const Change *change, gint64 *id,
					gboolean *changed, GError **error);
/* The leave does not hold in [from_day, to_day). */
gboolean leaves_cancel(Sql *sql, gint64 leave, const Change *change, gboolean *changed,
					   GError **error);

typedef struct LeaveCursor LeaveCursor;
/* Of a person, touching [from_day, to_day), as known now. */
LeaveCursor *leaves_of_person(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							  GError **error);
SqlStep leaves_next(LeaveCursor *cursor, Leave *leave, gint64 *from_day, gint64 *to_day,
					GError **error);
void leave_cursor_free(LeaveCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LeaveCursor, leave_cursor_free)

/* What a code of leave or duty elsewhere means: its name, for which slots it is given ("hari|masuk"),
 * whether it counts as attendance.  Each may be NULL; texts (transfer full), NULL: no such code. */
gboolean leaves_code(Sql *sql, const char *code, char **name, char **slots, gboolean *present,
					 GError **error);
