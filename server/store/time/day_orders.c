#include "server/store/time/day_orders.h"

#include <string.h>

#include "server/store/time/marks.h"

static const HistoryTable span_table =
	HISTORY_TABLE("day_order_span", "day_order", "day_order=$3", "source", "t", "$4,$5");
static const HistoryTable presence_table = HISTORY_TABLE(
	"event_presence", "day_order, person", "day_order=$3 AND person=$4", "source", "t", "$4,$5,$6");

static const char *const scopes[] = {[ORDER_PROVINCE] = "provinsi",
									 [ORDER_REGENCY] = "kabupaten",
									 [ORDER_UNIT] = "unit",
									 [ORDER_PLACE] = "lokasi",
									 [ORDER_PERSON] = "orang"};

/* ── Writing ── */

/* Who is touched; a regency's people serve anywhere in it, so everybody is asked again. */
static gboolean mark_scope(Sql *sql, const DayOrder *order, const Change *change, GError **error)
{
	gint64 from = change->from_day - 1, to = change->to_day + 1;
	switch (order->scope) {
	case ORDER_UNIT:
		return mark_unit(sql, order->target, from, to, change->today, "order", error);
	case ORDER_PLACE:
		return mark_place_hours(sql, order->target, from, to, change->today, "order", error);
	case ORDER_PERSON:
		return mark_days(sql, order->target, from, to, change->today, "order", error);
	case ORDER_PROVINCE:
	case ORDER_REGENCY:
	default:
		return mark_unit(sql, 0, from, to, change->today, "order", error);
	}
}

static gboolean find(Sql *sql, const DayOrder *order, gint64 *id, gboolean *same, GError **error)
{
	*id = 0;
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT id, name, start_min, end_min, break_min, by_list FROM day_order"
				  " WHERE letter=$1 AND kind=$2 AND scope=$3 AND target=$4 AND regency=$5"
				  " AND slot=$6",
				  "tttitt", order->letter, order->kind, scopes[order->scope], order->target,
				  order->regency, order->slot);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		*id = sql_int(row, 0);
		*same = strcmp(sql_text(row, 1), order->name) == 0 && sql_int(row, 2) == order->start_min &&
				sql_int(row, 3) == order->end_min && sql_int(row, 4) == order->break_min &&
				(sql_int(row, 5) != 0) == order->by_list;
	}
	return step != SQL_FAILED;
}

static gboolean insert(Sql *sql, const DayOrder *order, gint64 letter_day, gint64 *id,
					   GError **error)
{
	const gint64 *date = letter_day != DAY_ALWAYS ? &letter_day : NULL;
	return sql_get_int(
		sql, id, 0, error,
		"INSERT INTO day_order (id, letter, letter_day, kind, name, scope, target,"
		" regency, slot, start_min, end_min, break_min, by_list)"
		" SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
		" $12 FROM day_order RETURNING id",
		"tItttittiiii", order->letter, date, order->kind, order->name, scopes[order->scope],
		order->target, order->regency, order->slot, (gint64)order->start_min,
		(gint64)order->end_min, (gint64)order->break_min, (gint64)order->by_list);
}

/* The order holds on the days of the change and on no others. */
static gboolean set_days(Sql *sql, const DayOrder *order, gint64 id, const Change *change,
						 gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = change->source}};
	Change spans[] = {*change, *change, *change};
	spans[0].from_day = DAY_ALWAYS;
	spans[0].to_day = change->from_day;
	spans[2].from_day = change->to_day;
	spans[2].to_day = DAY_OPEN;
	*changed = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(spans); i++) {
		gboolean new = FALSE;
		if (spans[i].from_day >= spans[i].to_day)
			continue;
		if (!(i == 1 ? history_set(sql, &span_table, &id, 1, values, &spans[i], &new, error)
					 : history_clear(sql, &span_table, &id, 1, &spans[i], &new, error)) ||
			(new && !mark_scope(sql, order, &spans[i], error)))
			return FALSE;
		*changed |= new;
	}
	return TRUE;
}

gboolean day_orders_set(Sql *sql, const DayOrder *order, gint64 letter_day, const Change *change,
						gint64 *id, gboolean *changed, GError **error)
{
	gboolean same = TRUE;
	gint64 known = 0;
	if (!find(sql, order, &known, &same, error))
		return FALSE;
	if (!same) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"order '%s' says something else already; a change is another letter",
					order->letter);
		return FALSE;
	}
	if ((known == 0 && !insert(sql, order, letter_day, &known, error)) ||
		!set_days(sql, order, known, change, changed, error))
		return FALSE;
	if (id != NULL)
		*id = known;
	return TRUE;
}

/* The first name on a list makes it a list: whoever was asked to come is judged again. */
static gboolean mark_obliged(Sql *sql, gint64 order, PersonId person, const Change *day,
							 GError **error)
{
	gint64 n = 0, scope = 0;
	if (!sql_get_int(
			sql, &n, 0, error,
			"SELECT count(*) FROM event_presence p WHERE p.day_order=$1 AND" NOW_ON("p", "$2"),
			"ii", order, day->from_day))
		return FALSE;
	if (n > 1)
		return mark_days(sql, person, day->from_day, day->to_day, day->today, "event", error);
	return sql_get_int(sql, &scope, 0, error,
					   "SELECT CASE WHEN scope='unit' THEN target ELSE 0 END FROM day_order"
					   " WHERE id=$1",
					   "i", order) &&
		   mark_unit(sql, scope, day->from_day, day->to_day, day->today, "event", error);
}

gboolean day_orders_attend(Sql *sql, gint64 order, PersonId person, const Change *change,
						   gboolean *changed, GError **error)
{
	const gint64 keys[] = {order, person};
	HistoryValue values[] = {{.text = change->source}};
	Change day = *change;
	day.to_day = day.from_day + 1;
	return history_set(sql, &presence_table, keys, 2, values, &day, changed, error) &&
		   (!*changed || mark_obliged(sql, order, person, &day, error));
}

/* ── Reading ── */

gboolean day_orders_find_event(Sql *sql, const char *letter, gint64 day, gint64 *id, GError **error)
{
	return sql_get_int(
		sql, id, 0, error,
		"SELECT min(o.id) FROM day_order o JOIN day_order_span s"
		" ON s.day_order=o.id AND" NOW_ON("s", "$2") "WHERE o.letter=$1 AND o.by_list=1",
		"ti", letter, day);
}

static OrderScope scope_of(const char *text)
{
	for (gsize i = ORDER_PROVINCE; i < G_N_ELEMENTS(scopes); i++)
		if (strcmp(scopes[i], text) == 0)
			return (OrderScope)i;
	return ORDER_PROVINCE;
}

static DayOrder read_order(SqlStatement *row, GStringChunk *texts)
{
	return (DayOrder){.id = sql_int(row, 0),
					  .letter = g_string_chunk_insert_const(texts, sql_text(row, 1)),
					  .kind = g_string_chunk_insert_const(texts, sql_text(row, 2)),
					  .name = g_string_chunk_insert_const(texts, sql_text(row, 3)),
					  .scope = scope_of(sql_text(row, 4)),
					  .target = sql_int(row, 5),
					  .regency = g_string_chunk_insert_const(texts, sql_text(row, 6)),
					  .slot = g_string_chunk_insert_const(texts, sql_text(row, 7)),
					  .start_min = (gint32)sql_int(row, 8),
					  .end_min = (gint32)sql_int(row, 9),
					  .break_min = (gint32)sql_int(row, 10),
					  .by_list = sql_int(row, 11) != 0};
}

static int compare_orders(gconstpointer a, gconstpointer b)
{
	const DayOrder *one = a, *other = b;
	if (one->scope != other->scope)
		return one->scope < other->scope ? -1 : 1;
	return one->id < other->id ? -1 : one->id > other->id;
}

gboolean day_orders_on(Sql *sql, gint64 day, GStringChunk *texts, GArray **orders, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(DayOrder));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT o.id, o.letter, o.kind, o.name, o.scope, o.target, o.regency, o.slot, o.start_min,"
		" o.end_min, o.break_min, o.by_list FROM day_order_span s JOIN day_order o"
		" ON o.id=s.day_order WHERE" NOW_ON("s", "$1"),
		"i", day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		DayOrder order = read_order(rows, texts);
		g_array_append_val(found, order);
	}
	if (step == SQL_FAILED)
		return FALSE;
	g_array_sort(found, compare_orders);
	*orders = g_steal_pointer(&found);
	return TRUE;
}

gboolean day_orders_listed(Sql *sql, gint64 order, PersonId person, gint64 day, gboolean *has_list,
						   gboolean *listed, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT count(*), coalesce(sum(CASE WHEN p.person=$2 THEN 1 ELSE 0 END),0)"
				  " FROM event_presence p WHERE p.day_order=$1 AND" NOW_ON("p", "$3"),
				  "iii", order, person, day);
	if (row == NULL || sql_next(row, error) != SQL_ROW)
		return FALSE;
	*has_list = sql_int(row, 0) > 0;
	*listed = sql_int(row, 1) > 0;
	return TRUE;
}

char *day_orders_regency(Sql *sql, gint64 place, gint64 day, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT f.regency FROM place_fact f WHERE f.place=$1 AND" NOW_ON("f", "$2"),
		"ii", place, day);
	if (row == NULL || sql_next(row, error) != SQL_ROW)
		return NULL;
	return g_strdup(sql_text(row, 0));
}
