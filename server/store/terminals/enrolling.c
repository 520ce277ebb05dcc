#include "server/store/terminals/enrolling.h"

#include "server/store/history.h"

static void lacking_free(gpointer data)
{
	LackingPerson *person = data;
	g_free(person->name);
	g_free(person->number);
	g_free(person->unit_name);
	g_free(person);
}

static void order_free(gpointer data)
{
	EnrollingOrder *order = data;
	g_free(order->name);
	g_free(order);
}

/* $1 unit, $2 day: the units of the subtree, or with 0 all. */
/* clang-format off */
#define TREE \
	"WITH RECURSIVE tree(unit) AS (SELECT f.unit FROM unit_fact f WHERE" NOW_ON("f", "$2") \
	" AND (f.unit=$1 OR ($1=0 AND f.parent IS NULL))" \
	" UNION SELECT f.unit FROM tree JOIN unit_fact f ON f.parent=tree.unit WHERE" NOW_ON("f", "$2") ")"

static const char lacking_sql[] =
	TREE ", counted(person, unit, n) AS (SELECT a.person, a.unit,"
	" (SELECT count(DISTINCT r.finger) FROM reference r WHERE r.person=a.person AND r.to_ms IS NULL)"
	" FROM assignment a JOIN person_employment e ON e.person=a.person"
	" WHERE a.unit IN (SELECT unit FROM tree) AND" NOW_ON("a", "$2") "AND" NOW_ON("e", "$2") ")"
	" SELECT c.person, n.name, o.digits, f.name, c.n, count(*) OVER (),"
	" sum(CASE WHEN c.n=0 THEN 1 ELSE 0 END) OVER () FROM counted c"
	" LEFT JOIN person_name n ON n.person=c.person AND" NOW_ON("n", "$2")
	" LEFT JOIN person_number o ON o.person=c.person AND" NOW_ON("o", "$2")
	" LEFT JOIN unit_fact f ON f.unit=c.unit AND" NOW_ON("f", "$2")
	" WHERE c.n<$3 ORDER BY c.n, n.name, c.person LIMIT $4";

static const char orders_sql[] =
	TREE " SELECT e.id, n.name FROM enrolment e"
	" JOIN assignment a ON a.person=e.person AND" NOW_ON("a", "$2")
	" LEFT JOIN person_name n ON n.person=e.person AND" NOW_ON("n", "$2")
	" WHERE (e.finished_ms IS NULL OR e.finished_ms>$3) AND a.unit IN (SELECT unit FROM tree)"
	" ORDER BY CASE WHEN e.finished_ms IS NULL THEN 0 ELSE 1 END, e.created_ms DESC, e.id LIMIT $4";
/* clang-format on */

GPtrArray *enrolling_lacking(Sql *sql, gint64 unit, gint64 day, gint64 n_max, gint64 *n_without,
							 gint64 *n_lacking, GError **error)
{
	*n_without = *n_lacking = 0;
	g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(lacking_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, lacking_sql, "iiii", unit, day, (gint64)ENROLLING_FINGERS, n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		LackingPerson *person = g_new0(LackingPerson, 1);
		const char *name = sql_text(rows, 1);
		person->person = sql_int(rows, 0);
		person->name = g_strdup(name == NULL ? "" : name);
		person->number = g_strdup(sql_text(rows, 2));
		person->unit_name = g_strdup(sql_text(rows, 3));
		person->n_fingers = sql_int(rows, 4);
		*n_lacking = sql_int(rows, 5);
		*n_without = sql_int(rows, 6);
		g_ptr_array_add(people, person);
	}
	return step == SQL_DONE ? g_steal_pointer(&people) : NULL;
}

/* Ids first: a second statement must not run while the first has rows. */
static GPtrArray *list_orders(Sql *sql, gint64 unit, gint64 day, gint64 since_ms, gint64 n_max,
							  GError **error)
{
	g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func(order_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, orders_sql, "iiii", unit, day, since_ms, n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		EnrollingOrder *order = g_new0(EnrollingOrder, 1);
		const char *name = sql_text(rows, 1);
		order->name = g_strdup(name == NULL ? "" : name);
		g_ptr_array_add(orders, order);
		if (!random_id_parse(&order->row.id, sql_text(rows, 0)))
			g_ptr_array_set_size(orders, (int)orders->len - 1);
	}
	return step == SQL_DONE ? g_steal_pointer(&orders) : NULL;
}

GPtrArray *enrolling_orders(Sql *sql, gint64 unit, gint64 day, gint64 since_ms, gint64 n_max,
							GError **error)
{
	g_autoptr(GPtrArray) orders = list_orders(sql, unit, day, since_ms, n_max, error);
	for (guint i = 0; orders != NULL && i < orders->len; i++) {
		g_autoptr(GError) inner = NULL;
		EnrollingOrder *order = orders->pdata[i];
		RandomId id = order->row.id;
		enrolments_get(sql, &id, &order->row, &inner);
		if (inner != NULL) {
			g_propagate_error(error, g_steal_pointer(&inner));
			return NULL;
		}
	}
	return g_steal_pointer(&orders);
}
