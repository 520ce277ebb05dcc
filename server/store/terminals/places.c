#include "server/store/terminals/places.h"

#include "server/store/time/marks.h"

static const HistoryTable fact_table = HISTORY_TABLE(
	"place_fact", "place", "place=$3", "name, address, regency, source", "tttt", "$4,$5,$6,$7,$8");

gboolean places_find(Sql *sql, const char *code, gboolean make, gint64 *place, GError **error)
{
	if (!sql_get_int(sql, place, 0, error, "SELECT id FROM place WHERE code=$1", "t", code))
		return FALSE;
	if (*place != 0 || !make)
		return TRUE;
	g_assert(sql_in_transaction(sql));
	return sql_get_int(sql, place, 0, error,
					   "INSERT INTO place (id, code) SELECT coalesce(max(id),0)+1, $1 FROM place"
					   " RETURNING id",
					   "t", code);
}

char *places_code(Sql *sql, gint64 place, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT code FROM place WHERE id=$1", "i", place);
	if (rows == NULL || sql_next(rows, error) != SQL_ROW)
		return NULL;
	return g_strdup(sql_text(rows, 0));
}

gboolean places_set(Sql *sql, gint64 place, const char *name, const char *address,
					const char *regency, const Change *change, gboolean *changed, GError **error)
{
	HistoryValue values[] = {
		{.text = name}, {.text = address}, {.text = regency}, {.text = change->source}};
	gboolean new = FALSE;
	if (!history_set(sql, &fact_table, &place, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	/* The reasons of a verdict name the place. */
	/* The days beside it too: an order for its regency moves their windows (a night's end). */
	return !new || mark_place_hours(sql, place, change->from_day - 1, change->to_day + 1,
									change->today, "place", error);
}

char *places_name(Sql *sql, gint64 place, gint64 day, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, "SELECT f.name FROM place_fact f WHERE f.place=$1 AND" NOW_ON("f", "$2"), "ii",
		place, day);
	if (rows == NULL || sql_next(rows, error) != SQL_ROW)
		return NULL;
	return g_strdup(sql_text(rows, 0));
}

struct PlaceCursor {
	SqlStatement *rows;
};

PlaceCursor *places_list(Sql *sql, gint64 day, GError **error)
{
	SqlStatement *rows = sql_query(
		sql, error,
		"SELECT p.id, p.code, f.name, f.address, f.regency FROM place p"
		" JOIN place_fact f ON f.place=p.id AND" NOW_ON("f", "$1") " ORDER BY f.name, p.id",
		"i", day);
	if (rows == NULL)
		return NULL;
	PlaceCursor *cursor = g_new0(PlaceCursor, 1);
	cursor->rows = rows;
	return cursor;
}

SqlStep places_next(PlaceCursor *cursor, PlaceRow *row, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step != SQL_ROW)
		return step;
	row->id = sql_int(cursor->rows, 0);
	row->code = sql_text(cursor->rows, 1);
	row->name = sql_text(cursor->rows, 2);
	row->address = sql_text(cursor->rows, 3);
	row->regency = sql_text(cursor->rows, 4);
	return SQL_ROW;
}

void place_cursor_free(PlaceCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor);
}

/* ── Whose duty place it is ── */

typedef struct {
	PlacePerson person;
	char *name;
} Entry;

struct PlacePersonCursor {
	GArray *entries;
	guint next;
};

static void clear_entry(gpointer data)
{
	g_free(((Entry *)data)->name);
}

/* The units whose place this is, and when: those that say so, and those below them that say
 * nothing.  $1 place, $2 from, $3 to. */
#define LATER(a, b) "CASE WHEN " a ">" b " THEN " a " ELSE " b " END"
#define EARLIER(a, b) "CASE WHEN " a "<" b " THEN " a " ELSE " b " END"
/* clang-format off */
#define HOME \
	"WITH RECURSIVE home(unit, from_day, to_day) AS (" \
	" SELECT p.unit, p.valid_from_day, p.valid_to_day FROM unit_place p" \
	"  WHERE p.place=$1 AND p.valid_from_day<$3 AND p.valid_to_day>$2 AND" AS_KNOWN_NOW("p") \
	" UNION" \
	" SELECT f.unit, " LATER("f.valid_from_day", "home.from_day") "," \
	"  " EARLIER("f.valid_to_day", "home.to_day") \
	"  FROM home JOIN unit_fact f ON f.parent=home.unit" \
	"   AND f.valid_from_day<home.to_day AND f.valid_to_day>home.from_day" \
	"   AND f.valid_from_day<$3 AND f.valid_to_day>$2 AND" AS_KNOWN_NOW("f") \
	"  WHERE NOT EXISTS (SELECT 1 FROM unit_place q WHERE q.unit=f.unit AND" AS_KNOWN_NOW("q") \
	"   AND q.valid_from_day<=" LATER("f.valid_from_day", LATER("home.from_day", "$2")) \
	"   AND q.valid_to_day>" LATER("f.valid_from_day", LATER("home.from_day", "$2")) ")) "
/* clang-format on */

/* Assignments that lead here; an assignment to a unit holds here while the unit is at home here.  A
 * secondary one leads here too, with the hours of the unit where the person is judged. */
/* clang-format off */
#define HERE \
	", there(person, from_day, to_day) AS (" \
	" SELECT s.person, s.valid_from_day, s.valid_to_day FROM secondary_assignment s" \
	"  WHERE s.place=$1 AND" AS_KNOWN_NOW("s") \
	" UNION ALL" \
	" SELECT s.person, " LATER("s.valid_from_day", "home.from_day") "," \
	"  " EARLIER("s.valid_to_day", "home.to_day") \
	"  FROM home JOIN secondary_assignment s ON s.unit=home.unit AND s.place IS NULL" \
	"   AND s.valid_from_day<home.to_day AND s.valid_to_day>home.from_day AND" AS_KNOWN_NOW("s") \
	")" \
	", here(person, unit, from_day, to_day) AS (" \
	" SELECT a.person, a.unit, a.valid_from_day, a.valid_to_day FROM assignment a" \
	"  WHERE a.duty_place=$1 AND" AS_KNOWN_NOW("a") \
	" UNION ALL" \
	" SELECT a.person, a.unit, " LATER("a.valid_from_day", "home.from_day") "," \
	"  " EARLIER("a.valid_to_day", "home.to_day") \
	"  FROM home JOIN assignment a ON a.unit=home.unit AND a.duty_place IS NULL" \
	"   AND a.valid_from_day<home.to_day AND a.valid_to_day>home.from_day AND" AS_KNOWN_NOW("a") \
	" UNION ALL" \
	" SELECT t.person, a.unit, " LATER("a.valid_from_day", "t.from_day") "," \
	"  " EARLIER("a.valid_to_day", "t.to_day") \
	"  FROM there t JOIN assignment a ON a.person=t.person" \
	"   AND a.valid_from_day<t.to_day AND a.valid_to_day>t.from_day AND" AS_KNOWN_NOW("a") \
	") "

static const char people_here[] =
	HOME HERE
	"SELECT h.person, coalesce((SELECT n.name FROM person_name n WHERE n.person=h.person"
	"  AND" AS_KNOWN_NOW("n") "AND n.valid_from_day<$3 ORDER BY n.valid_from_day DESC LIMIT 1),''),"
	" h.unit, " LATER("h.from_day", "e.valid_from_day") " AS from_day,"
	" " EARLIER("h.to_day", "e.valid_to_day")
	" FROM here h JOIN person_employment e ON e.person=h.person"
	"  AND e.valid_from_day<h.to_day AND e.valid_to_day>h.from_day AND" AS_KNOWN_NOW("e")
	" JOIN legal_status s ON s.code=e.status AND (s.day_code IS NULL OR s.day_code<>'PH')"
	" WHERE h.from_day<$3 AND h.to_day>$2"
	" ORDER BY h.person, from_day";
/* clang-format on */

/* A new kind of employment (CPNS to PNS) is no new assignment: what touches is joined. */
static void append_entry(GArray *entries, SqlStatement *row)
{
	Entry entry = {.person = {.person = sql_int(row, 0),
							  .unit = sql_int(row, 2),
							  .from_day = sql_int(row, 3),
							  .to_day = sql_int(row, 4)}};
	if (entries->len > 0) {
		Entry *last = &g_array_index(entries, Entry, entries->len - 1);
		if (last->person.person == entry.person.person && last->person.unit == entry.person.unit &&
			last->person.to_day >= entry.person.from_day) {
			last->person.to_day = MAX(last->person.to_day, entry.person.to_day);
			return;
		}
	}
	entry.name = g_strdup(sql_text(row, 1));
	g_array_append_val(entries, entry);
}

PlacePersonCursor *places_people_between(Sql *sql, gint64 place, gint64 from_day, gint64 to_day,
										 GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, people_here, "iii", place, from_day, to_day);
	if (rows == NULL)
		return NULL;
	g_autoptr(PlacePersonCursor) cursor = g_new0(PlacePersonCursor, 1);
	cursor->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	g_array_set_clear_func(cursor->entries, clear_entry);
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW)
		append_entry(cursor->entries, rows);
	if (step == SQL_FAILED)
		return NULL;
	for (guint i = cursor->entries->len; i > 0; i--) {
		const Entry *entry = &g_array_index(cursor->entries, Entry, i - 1);
		if (entry->person.from_day >= to_day || entry->person.to_day <= from_day)
			g_array_remove_index(cursor->entries, i - 1);
	}
	return g_steal_pointer(&cursor);
}

PlacePersonCursor *places_people_on_day(Sql *sql, gint64 place, gint64 day, GError **error)
{
	return places_people_between(sql, place, day, day + 1, error);
}

SqlStep places_people_next(PlacePersonCursor *cursor, PlacePerson *row,
						   GError **error G_GNUC_UNUSED)
{
	if (cursor->next == cursor->entries->len)
		return SQL_DONE;
	const Entry *entry = &g_array_index(cursor->entries, Entry, cursor->next++);
	*row = entry->person;
	row->name = entry->name;
	return SQL_ROW;
}

void place_person_cursor_free(PlacePersonCursor *cursor)
{
	if (cursor == NULL)
		return;
	g_array_unref(cursor->entries);
	g_free(cursor);
}
