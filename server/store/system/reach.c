#include "server/store/system/reach.h"

#include "server/store/people/people.h"

#define PEOPLE_MAX 100000

static int by_person(gconstpointer a, gconstpointer b)
{
	const ReachRow *x = a, *y = b;
	return x->person < y->person ? -1 : x->person > y->person;
}

/* One row per person, with all its bits; takes `found`. */
static GArray *join(GHashTable *found)
{
	GArray *rows = g_array_sized_new(FALSE, FALSE, sizeof(ReachRow), g_hash_table_size(found));
	GHashTableIter iter;
	gpointer person, how;
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &person, &how)) {
		ReachRow row = {GPOINTER_TO_INT(person), GPOINTER_TO_INT(how)};
		g_array_append_val(rows, row);
	}
	g_array_sort(rows, by_person);
	return rows;
}

/* Persons' numbers fit an int: PERSON_ID_MAX. */
static void add(GHashTable *found, PersonId person, int how)
{
	gpointer key = GINT_TO_POINTER((gint)person);
	int before = GPOINTER_TO_INT(g_hash_table_lookup(found, key));
	g_hash_table_insert(found, key, GINT_TO_POINTER(before | how));
}

/* Takes the rows: one column, a person. */
static gboolean add_rows(GHashTable *found, SqlStatement *statement, int how, GError **error)
{
	g_autoptr(SqlStatement) rows = statement;
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		add(found, sql_int(rows, 0), how);
	return step == SQL_DONE;
}

GArray *reach_of_terminal(Sql *sql, const char *terminal, GError **error)
{
	g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
	if (!add_rows(found,
				  sql_query(sql, error, "SELECT person FROM roster_entry WHERE terminal = $1", "t",
							terminal),
				  REACH_TEMPLATE, error) ||
		!add_rows(found,
				  sql_query(sql, error, "SELECT DISTINCT person FROM punch WHERE terminal = $1",
							"t", terminal),
				  REACH_PUNCH, error))
		return NULL;
	return join(found);
}

/* `unit` 0: everybody. */
static gboolean add_unit(Sql *sql, GHashTable *found, gint64 unit, gint64 day, GError **error)
{
	PeopleFilter filter = {.day = day, .unit = unit, .limit = PEOPLE_MAX};
	g_autoptr(PeopleCursor) people = people_list(sql, &filter, error);
	PersonRow row;
	SqlStep step = SQL_FAILED;
	while (people != NULL && (step = people_next(people, &row, error)) == SQL_ROW)
		add(found, row.id, REACH_LIST);
	return step == SQL_DONE;
}

/* Rows without a person are lists: of a unit, or (0) of the province. */
/* clang-format off */
static const char lists_sql[] =
	"SELECT DISTINCT unit FROM audit_entry WHERE account = $1 AND at_ms >= $2 AND at_ms < $3"
	" AND person = 0 AND (unit <> 0 OR action LIKE '%.list' OR action LIKE 'people.%'"
	" OR action LIKE 'board.%' OR action LIKE 'recap.%')";
/* clang-format on */

static gboolean add_lists(Sql *sql, GHashTable *found, gint64 account, gint64 from_ms, gint64 to_ms,
						  gint64 day, GError **error)
{
	g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows = sql_query(sql, error, lists_sql, "iii", account, from_ms, to_ms);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 unit = sql_int(rows, 0);
		g_array_append_val(units, unit);
	}
	for (guint i = 0; step == SQL_DONE && i < units->len; i++)
		if (!add_unit(sql, found, g_array_index(units, gint64, i), day, error))
			return FALSE;
	return step == SQL_DONE;
}

GArray *reach_of_account(Sql *sql, gint64 account, gint64 from_ms, gint64 to_ms, gint64 day,
						 GError **error)
{
	g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
	if (!add_rows(found,
				  sql_query(sql, error,
							"SELECT DISTINCT person FROM audit_entry WHERE account = $1"
							" AND at_ms >= $2 AND at_ms < $3 AND person <> 0",
							"iii", account, from_ms, to_ms),
				  REACH_READ, error) ||
		!add_lists(sql, found, account, from_ms, to_ms, day, error))
		return NULL;
	return join(found);
}
