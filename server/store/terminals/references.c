#include "server/store/terminals/references.h"

#include "server/store/read.h"

static void sealed_reference_clear(gpointer data)
{
	SealedReference *reference = data;
	g_clear_pointer(&reference->sealed, g_bytes_unref);
}

GArray *sealed_references_new(void)
{
	GArray *list = g_array_new(FALSE, TRUE, sizeof(SealedReference));
	g_array_set_clear_func(list, sealed_reference_clear);
	return list;
}

gboolean references_active(Sql *sql, PersonId person, gint64 from_ms, gint64 to_ms,
						   gboolean *active, GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM reference WHERE person = $1 AND from_ms < $3"
					 " AND (to_ms IS NULL OR to_ms > $2)",
					 "iii", person, from_ms, to_ms))
		return FALSE;
	*active = n > 0;
	return TRUE;
}

gboolean references_fingers(Sql *sql, PersonId person, GArray **fingers, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Finger));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT DISTINCT finger FROM reference WHERE person = $1 AND to_ms IS NULL"
				  " ORDER BY finger",
				  "i", person);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Finger finger = (Finger)sql_int(rows, 0);
		g_array_append_val(list, finger);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*fingers = g_steal_pointer(&list);
	return TRUE;
}

gboolean references_of(Sql *sql, PersonId person, GArray **references, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ReferenceRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id, finger, quality, from_ms FROM reference"
				  " WHERE person = $1 AND to_ms IS NULL ORDER BY finger, id",
				  "i", person);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		ReferenceRow row = {.id = sql_int(rows, 0),
							.person = person,
							.finger = (Finger)sql_int(rows, 1),
							.quality = (gint32)sql_int(rows, 2),
							.from_ms = sql_int(rows, 3)};
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*references = g_steal_pointer(&list);
	return TRUE;
}

GBytes *references_sealed(Sql *sql, gint64 reference, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT sealed FROM reference WHERE id = $1", "i", reference);
	gboolean found;
	return read_first(row, &found, error) && found ? read_bytes(row, 0) : NULL;
}

gboolean references_allot(Sql *sql, gint64 *ids, gsize n, GError **error)
{
	/* Never reused: a kept counter, not max(id), since rows of destroyed references may go. */
	gint64 last;
	if (!sql_run(sql, error,
				 "INSERT INTO server_state (name, number) VALUES ('reference', $1)"
				 " ON CONFLICT (name) DO UPDATE SET number = server_state.number + $1",
				 "i", (gint64)n) ||
		!sql_get_int(sql, &last, 0, error,
					 "SELECT number FROM server_state WHERE name = 'reference'", ""))
		return FALSE;
	for (gsize i = 0; i < n; i++)
		ids[i] = last - (gint64)n + 1 + (gint64)i;
	return TRUE;
}

gboolean references_add(Sql *sql, const ReferenceRow *reference, GBytes *sealed,
						const RandomId *enrolment, GError **error)
{
	char text[RANDOM_ID_TEXT];
	if (enrolment != NULL)
		random_id_format(enrolment, text);
	return sql_run(sql, error,
				   "INSERT INTO reference (id, person, finger, quality, enrolment, sealed, from_ms)"
				   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
				   "iiiitBi", reference->id, reference->person, (gint64)reference->finger,
				   (gint64)reference->quality, enrolment != NULL ? text : NULL, sealed,
				   reference->from_ms) &&
		   /* What use said of the finger was said of its old references. */
		   sql_run(sql, error, "DELETE FROM finger_use WHERE person = $1 AND finger IN ($2, 0)",
				   "ii", reference->person, (gint64)reference->finger);
}

static gboolean list_ended(Sql *sql, PersonId person, Finger finger, const char *spare,
						   GArray *ended, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id FROM reference WHERE person = $1 AND to_ms IS NULL"
				  " AND (finger = $2 OR $2 = 0) AND coalesce(enrolment, '') <> $3 ORDER BY id",
				  "iit", person, (gint64)finger, spare);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 id = sql_int(rows, 0);
		g_array_append_val(ended, id);
	}
	return step != SQL_FAILED;
}

gboolean references_end(Sql *sql, PersonId person, Finger finger, const RandomId *spare_enrolment,
						const char *reason, gint64 now_ms, GArray *ended, GError **error)
{
	/* No enrolment is called "-": imported references have none and are not spared. */
	char spare[RANDOM_ID_TEXT] = "-";
	if (spare_enrolment != NULL)
		random_id_format(spare_enrolment, spare);
	if (ended != NULL && !list_ended(sql, person, finger, spare, ended, error))
		return FALSE;
	return sql_run(sql, error,
				   "UPDATE reference SET to_ms = $4, reason = $5, sealed = NULL"
				   " WHERE person = $1 AND to_ms IS NULL AND (finger = $2 OR $2 = 0)"
				   " AND coalesce(enrolment, '') <> $3",
				   "iitit", person, (gint64)finger, spare, now_ms, reason);
}

/* ── held ── */

gboolean references_hold(Sql *sql, const ReferenceRow *reference, GBytes *sealed,
						 const RandomId *enrolment, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(enrolment, text);
	return sql_run(sql, error,
				   "INSERT INTO held_reference (id, enrolment, person, finger, quality, sealed)"
				   " VALUES ($1, $2, $3, $4, $5, $6)",
				   "itiiiB", reference->id, text, reference->person, (gint64)reference->finger,
				   (gint64)reference->quality, sealed);
}

typedef struct {
	ReferenceRow row;
	GBytes *sealed;
} Held;

static void held_clear(gpointer data)
{
	g_clear_pointer(&((Held *)data)->sealed, g_bytes_unref);
}

/* Of Held, by id. */
static GArray *list_held(Sql *sql, const char *enrolment, gint64 now_ms, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(Held));
	g_array_set_clear_func(list, held_clear);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id, person, finger, quality, sealed FROM held_reference"
				  " WHERE enrolment = $1 ORDER BY id",
				  "t", enrolment);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Held held = {{.id = sql_int(rows, 0),
					  .person = sql_int(rows, 1),
					  .finger = (Finger)sql_int(rows, 2),
					  .quality = (gint32)sql_int(rows, 3),
					  .from_ms = now_ms},
					 read_bytes(rows, 4)};
		g_array_append_val(list, held);
	}
	return step == SQL_DONE ? g_steal_pointer(&list) : NULL;
}

gboolean references_release(Sql *sql, const RandomId *enrolment, gint64 now_ms, GArray *ended,
							GArray *added, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(enrolment, text);
	g_autoptr(GArray) list = list_held(sql, text, now_ms, error);
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const Held *held = &g_array_index(list, Held, i);
		if (!references_end(sql, held->row.person, held->row.finger, enrolment, "replaced", now_ms,
							ended, error) ||
			!references_add(sql, &held->row, held->sealed, enrolment, error))
			return FALSE;
		SealedReference fresh = {held->row.id, held->row.person, g_bytes_ref(held->sealed)};
		g_array_append_val(added, fresh);
	}
	return list != NULL && references_drop(sql, enrolment, error);
}

gboolean references_drop(Sql *sql, const RandomId *enrolment, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(enrolment, text);
	return sql_run(sql, error, "DELETE FROM held_reference WHERE enrolment = $1", "t", text);
}

/* clang-format off */
static const char left_sql[] =
	"SELECT r.person FROM (SELECT person FROM reference WHERE to_ms IS NULL"
	" UNION SELECT person FROM held_reference) r"
	" WHERE EXISTS (SELECT 1 FROM person_employment e WHERE e.person=r.person"
	" AND e.recorded_to_ms IS NULL)"
	" AND NOT EXISTS (SELECT 1 FROM person_employment e JOIN legal_status s ON s.code=e.status"
	" WHERE e.person=r.person AND e.recorded_to_ms IS NULL AND e.valid_to_day>$1 AND s.leaves=0)"
	" ORDER BY r.person LIMIT $2";
/* clang-format on */

gboolean references_left(Sql *sql, gint64 day, gsize n_max, GArray **people, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(PersonId));
	g_autoptr(SqlStatement) rows = sql_query(sql, error, left_sql, "ii", day, (gint64)n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(list, person);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*people = g_steal_pointer(&list);
	return TRUE;
}

gboolean references_drop_person(Sql *sql, PersonId person, GError **error)
{
	return sql_run(sql, error, "DELETE FROM held_reference WHERE person = $1", "i", person) &&
		   sql_run(sql, error,
				   "UPDATE enrolment SET state = 'failed', reason = 'left'"
				   " WHERE person = $1 AND state = 'held'",
				   "i", person);
}

gboolean references_page(Sql *sql, gint64 after, gsize n_max, GArray **page, GError **error)
{
	g_autoptr(GArray) list = sealed_references_new();
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id, person, sealed FROM reference"
				  " WHERE id > $1 AND to_ms IS NULL AND sealed IS NOT NULL ORDER BY id LIMIT $2",
				  "ii", after, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		SealedReference row = {sql_int(rows, 0), sql_int(rows, 1), read_bytes(rows, 2)};
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*page = g_steal_pointer(&list);
	return TRUE;
}
