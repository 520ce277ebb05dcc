#include "server/store/system/server_state.h"

gboolean server_state_init(Sql *sql, const RandomId *epoch, gboolean demo, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(epoch, text);
	return sql_run(sql, error, "INSERT INTO server_state (name, text) VALUES ('epoch', $1)", "t",
				   text) &&
		   sql_run(sql, error, "INSERT INTO server_state (name, number) VALUES ('demo', $1)", "i",
				   (gint64)(demo != FALSE)) &&
		   sql_run(sql, error, "INSERT INTO server_state (name, number) VALUES ('number', 0)",
				   "") &&
		   sql_run(sql, error, "INSERT INTO server_state (name, number) VALUES ('revision', 0)",
				   "");
}

gboolean server_state_set_epoch(Sql *sql, const RandomId *epoch, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(epoch, text);
	return sql_run(sql, error, "UPDATE server_state SET text = $1 WHERE name = 'epoch'", "t", text);
}

gboolean server_state_set_restored(Sql *sql, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO server_state (name, number) VALUES ('restored', $1)"
				   " ON CONFLICT (name) DO UPDATE SET number = excluded.number",
				   "i", now_ms);
}

gboolean server_state_restored(Sql *sql, gint64 *restored_ms, GError **error)
{
	return sql_get_int(sql, restored_ms, 0, error,
					   "SELECT number FROM server_state WHERE name = 'restored'", "");
}

gboolean server_state_epoch(Sql *sql, RandomId *epoch, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT text FROM server_state WHERE name = 'epoch'", "");
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW && sql_text(row, 0) != NULL && random_id_parse(epoch, sql_text(row, 0)))
		return TRUE;
	if (step != SQL_FAILED)
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
					"the database has no epoch: it was not made by 'hadir init'");
	return FALSE;
}

gboolean server_state_demo(Sql *sql, gboolean *demo, GError **error)
{
	gint64 value;
	if (!sql_get_int(sql, &value, 0, error, "SELECT number FROM server_state WHERE name = 'demo'",
					 ""))
		return FALSE;
	*demo = value == 1;
	return TRUE;
}

gboolean server_state_reserve_numbers(Sql *sql, gint64 n, gint64 now_ms, gint64 *first,
									  GError **error)
{
	gint64 used;
	if (!sql_get_int(sql, &used, 0, error, "SELECT number FROM server_state WHERE name = 'number'",
					 ""))
		return FALSE;
	*first = MAX(used + 1, now_ms * 1000);
	return sql_run(sql, error, "UPDATE server_state SET number = $1 WHERE name = 'number'", "i",
				   *first + n - 1);
}

gboolean server_state_next_revision(Sql *sql, gint64 *revision, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE server_state SET number = number + 1 WHERE name = 'revision'", "") &&
		   sql_get_int(sql, revision, 0, error,
					   "SELECT number FROM server_state WHERE name = 'revision'", "");
}
