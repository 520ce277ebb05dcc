#include "firmware/roster_table.h"

#include <string.h>

void roster_person_free(RosterPerson *person)
{
	g_free(person->name);
	g_free(person);
}

static RosterPerson *read_person(const DatabaseRows *rows)
{
	RosterPerson *person = g_new0(RosterPerson, 1);

	person->person = database_int(rows, 0);
	person->name = g_strdup(database_text(rows, 1));
	person->not_before_ms = database_int(rows, 2);
	person->not_after_ms = database_int(rows, 3);
	person->schedule = (uint32_t)database_int(rows, 4);
	person->flags = (uint32_t)database_int(rows, 5);
	person->n_references = (uint32_t)database_int(rows, 6);
	return person;
}

gboolean roster_table_people(Database *db, PersonId person, RosterPersonRead take, gpointer user,
							 GError **error)
{
	g_autoptr(DatabaseRows) rows =
		database_query(db, error,
					   "SELECT id, name, not_before_ms, not_after_ms, schedule, flags,"
					   "  (SELECT count(*) FROM reference WHERE reference.person = person.id)"
					   " FROM person WHERE id = $1 OR $1 = 0 ORDER BY id",
					   "i", person);
	DatabaseStep step = DATABASE_FAILED;

	while (rows != NULL && (step = database_next(rows, error)) == DATABASE_ROW)
		take(read_person(rows), user);
	return step == DATABASE_DONE;
}

/* The reference is there already, byte for byte: 1, another: 0, none: -1. */
static gboolean compare_reference(Database *db, PersonId person, const RosterReference *reference,
								  int *same, GError **error)
{
	g_autoptr(DatabaseRows) rows =
		database_query(db, error, "SELECT person, finger, sealed FROM reference WHERE id = $1", "i",
					   reference->id);
	DatabaseStep step = rows == NULL ? DATABASE_FAILED : database_next(rows, error);
	Slice sealed;

	*same = -1;
	if (step != DATABASE_ROW)
		return step == DATABASE_DONE;
	sealed = database_bytes(rows, 2);
	*same = database_int(rows, 0) == person &&
			database_int(rows, 1) == (int64_t)reference->finger &&
			sealed.size == reference->sealed.size &&
			memcmp(sealed.data, reference->sealed.data, sealed.size) == 0;
	return TRUE;
}

static gboolean put_reference(Database *db, PersonId person, const RosterReference *reference,
							  gboolean *destroyed, GError **error)
{
	int same;

	if (!compare_reference(db, person, reference, &same, error))
		return FALSE;
	if (same == 1)
		return TRUE;
	if (same == 0)
		*destroyed = TRUE;
	return database_run(db, error,
						"INSERT INTO reference (id, person, finger, sealed) VALUES ($1, $2, $3, $4)"
						" ON CONFLICT (id) DO UPDATE SET person = excluded.person,"
						" finger = excluded.finger, sealed = excluded.sealed",
						"iiis", reference->id, person, (int64_t)reference->finger,
						reference->sealed);
}

static gboolean is_listed(const RosterEntry *entry, int64_t id)
{
	for (size_t i = 0; i < entry->n_references; i++)
		if (entry->references[i].id == id)
			return TRUE;
	return FALSE;
}

/* Ids of the person's references that the entry does not list any more. */
static GArray *unlisted(Database *db, const RosterEntry *entry, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(DatabaseRows) rows =
		database_query(db, error, "SELECT id FROM reference WHERE person = $1", "i", entry->person);
	DatabaseStep step = DATABASE_FAILED;

	while (rows != NULL && (step = database_next(rows, error)) == DATABASE_ROW) {
		int64_t id = database_int(rows, 0);

		if (!is_listed(entry, id))
			g_array_append_val(ids, id);
	}
	return step == DATABASE_DONE ? g_steal_pointer(&ids) : NULL;
}

static gboolean remove_unlisted(Database *db, const RosterEntry *entry, gboolean *destroyed,
								GError **error)
{
	g_autoptr(GArray) ids = unlisted(db, entry, error);

	for (guint i = 0; ids != NULL && i < ids->len; i++) {
		*destroyed = TRUE;
		if (!database_run(db, error, "DELETE FROM reference WHERE id = $1", "i",
						  g_array_index(ids, int64_t, i)))
			return FALSE;
	}
	return ids != NULL;
}

gboolean roster_table_put(Database *db, const RosterEntry *entry, gboolean *destroyed,
						  GError **error)
{
	g_autofree char *name = g_strndup((const char *)entry->name.data, entry->name.size);

	if (!database_run(db, error,
					  "INSERT INTO person (id, name, not_before_ms, not_after_ms, schedule, flags,"
					  " mark) VALUES ($1, $2, $3, $4, $5, $6, 1)"
					  " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
					  " not_before_ms = excluded.not_before_ms,"
					  " not_after_ms = excluded.not_after_ms, schedule = excluded.schedule,"
					  " flags = excluded.flags, mark = 1",
					  "itiiii", entry->person, name, entry->not_before_ms, entry->not_after_ms,
					  (int64_t)entry->schedule, (int64_t)entry->flags) ||
		!remove_unlisted(db, entry, destroyed, error))
		return FALSE;
	for (size_t i = 0; i < entry->n_references; i++)
		if (!put_reference(db, entry->person, &entry->references[i], destroyed, error))
			return FALSE;
	return TRUE;
}

gboolean roster_table_remove(Database *db, PersonId person, gboolean *destroyed, GError **error)
{
	if (!database_run(db, error, "DELETE FROM reference WHERE person = $1", "i", person))
		return FALSE;
	if (database_changes(db) > 0)
		*destroyed = TRUE;
	return database_run(db, error, "DELETE FROM person WHERE id = $1", "i", person);
}

gboolean roster_table_put_schedule(Database *db, const RosterSchedule *schedule, GError **error)
{
	if (!database_run(db, error, "DELETE FROM shift WHERE schedule = $1", "i",
					  (int64_t)schedule->id))
		return FALSE;
	for (size_t i = 0; i < schedule->n_windows; i++) {
		const RosterWindow *window = &schedule->windows[i];

		if (!database_run(db, error,
						  "INSERT INTO shift (schedule, in_from_ms, in_to_ms, out_from_ms,"
						  " out_to_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
						  "iiiii", (int64_t)schedule->id, window->in_from_ms, window->in_to_ms,
						  window->out_from_ms, window->out_to_ms))
			return FALSE;
	}
	return TRUE;
}

gboolean roster_table_clear_schedules(Database *db, GError **error)
{
	return database_run(db, error, "DELETE FROM shift", "");
}

gboolean roster_table_unmark(Database *db, GError **error)
{
	return database_run(db, error, "UPDATE person SET mark = 0", "");
}

gboolean roster_table_unmarked(Database *db, GArray *people, GError **error)
{
	g_autoptr(DatabaseRows) rows =
		database_query(db, error, "SELECT id FROM person WHERE mark = 0", "");
	DatabaseStep step = DATABASE_FAILED;

	while (rows != NULL && (step = database_next(rows, error)) == DATABASE_ROW) {
		PersonId person = database_int(rows, 0);

		g_array_append_val(people, person);
	}
	return step == DATABASE_DONE;
}

gboolean roster_table_shifts(Database *db, RosterShiftRead read, gpointer user, GError **error)
{
	g_autoptr(DatabaseRows) rows =
		database_query(db, error,
					   "SELECT schedule, in_from_ms, in_to_ms, out_from_ms, out_to_ms FROM shift"
					   " ORDER BY schedule, in_from_ms",
					   "");
	DatabaseStep step = DATABASE_FAILED;

	while (rows != NULL && (step = database_next(rows, error)) == DATABASE_ROW) {
		RosterWindow window = {database_int(rows, 1), database_int(rows, 2), database_int(rows, 3),
							   database_int(rows, 4)};

		read((uint32_t)database_int(rows, 0), &window, user);
	}
	return step == DATABASE_DONE;
}

gboolean roster_table_references(Database *db, PersonId person, RosterSealedRead read,
								 gpointer user, GError **error)
{
	g_autoptr(DatabaseRows) rows =
		database_query(db, error,
					   "SELECT person, id, finger, sealed FROM reference"
					   " WHERE person = $1 OR $1 = 0 ORDER BY person, id",
					   "i", person);
	DatabaseStep step = DATABASE_FAILED;

	while (rows != NULL && (step = database_next(rows, error)) == DATABASE_ROW)
		read(database_int(rows, 0), database_int(rows, 1), (Finger)database_int(rows, 2),
			 database_bytes(rows, 3), user);
	return step == DATABASE_DONE;
}
