#include "server/store/services/delegations.h"

void delegation_free(Delegation *delegation)
{
	if (delegation == NULL)
		return;
	g_free(delegation->reason);
	g_free(delegation->by);
	g_free(delegation->to);
	g_free(delegation);
}

gboolean delegations_add(Sql *sql, const Delegation *delegation, gint64 now_ms, gint64 *id,
						 GError **error)
{
	return sql_get_int(sql, id, 0, error,
					   "INSERT INTO approval_delegation (id, account, deputy, from_day, to_day,"
					   " reason, made_ms) SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6"
					   " FROM approval_delegation RETURNING id",
					   "iiiiti", delegation->account, delegation->deputy, delegation->from_day,
					   delegation->to_day, delegation->reason, now_ms);
}

gboolean delegations_end(Sql *sql, gint64 id, gint64 account, gint64 now_ms, gboolean *ended,
						 GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE approval_delegation SET ended_ms=$3 WHERE id=$1 AND account=$2"
						  " AND ended_ms IS NULL",
						  "iii", id, account, now_ms);
	*ended = n == 1;
	return n >= 0;
}

GPtrArray *delegations_on(Sql *sql, gint64 deputy, gint64 account, gint64 day, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)delegation_free);
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT d.id, d.account, d.deputy, d.from_day, d.to_day, d.made_ms, d.reason, a.name, "
		"b.name"
		" FROM approval_delegation d JOIN account a ON a.id=d.account"
		" JOIN account b ON b.id=d.deputy WHERE ($1=0 OR d.deputy=$1) AND ($2=0 OR d.account=$2)"
		" AND ($2<>0 OR d.from_day<=$3) AND d.to_day>$3 AND d.ended_ms IS NULL"
		" AND a.disabled_ms IS NULL AND b.disabled_ms IS NULL ORDER BY d.id",
		"iii", deputy, account, day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Delegation *one = g_new0(Delegation, 1);
		*one = (Delegation){.id = sql_int(rows, 0),
							.account = sql_int(rows, 1),
							.deputy = sql_int(rows, 2),
							.from_day = sql_int(rows, 3),
							.to_day = sql_int(rows, 4),
							.made_ms = sql_int(rows, 5),
							.reason = g_strdup(sql_text(rows, 6)),
							.by = g_strdup(sql_text(rows, 7)),
							.to = g_strdup(sql_text(rows, 8))};
		g_ptr_array_add(list, one);
	}
	return step == SQL_DONE ? g_steal_pointer(&list) : NULL;
}
