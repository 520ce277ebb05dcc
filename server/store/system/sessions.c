#include "server/store/system/sessions.h"

#include <string.h>

#include "server/store/read.h"

#define SESSIONS_PER_ACCOUNT 10

/* Makes room for one more. */
static gboolean end_oldest(Sql *sql, gint64 account, GError **error)
{
	return sql_run(sql, error,
				   "DELETE FROM login_session WHERE token_hash IN (SELECT token_hash FROM "
				   "login_session WHERE account = $1 ORDER BY used_ms DESC LIMIT 1000 OFFSET $2)",
				   "ii", account, (gint64)(SESSIONS_PER_ACCOUNT - 1));
}

char *sessions_begin(Sql *sql, gint64 account, const char *address, gint64 now_ms, GError **error)
{
	if (!end_oldest(sql, account, error))
		return NULL;
	char *token = token_random();
	guint8 hash[TOKEN_HASH_SIZE];
	token_hash(token, hash);
	if (sql_run(sql, error,
				"INSERT INTO login_session (token_hash, account, address, created_ms, used_ms) "
				"VALUES ($1, $2, $3, $4, $5)",
				"bitii", hash, sizeof hash, account, address, now_ms, now_ms))
		return token;
	g_prefix_error(error, "beginning a session: ");
	password_free(token);
	return NULL;
}

gboolean sessions_find(Sql *sql, const char *token, gint64 now_ms, Session *session, GError **error)
{
	token_hash(token, session->token_hash);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT s.account, s.created_ms, s.used_ms, s.second_ms FROM login_session s "
				  "JOIN account a ON a.id = s.account WHERE s.token_hash = $1 "
				  "AND s.created_ms > $2 AND s.used_ms > $3 AND a.disabled_ms IS NULL",
				  "bii", session->token_hash, (gsize)TOKEN_HASH_SIZE, now_ms - SESSION_LIFE_MS,
				  now_ms - SESSION_IDLE_MS);
	if (rows == NULL || sql_next(rows, error) != SQL_ROW)
		return FALSE;
	session->account = sql_int(rows, 0);
	session->created_ms = sql_int(rows, 1);
	session->used_ms = sql_int(rows, 2);
	session->second_ms = sql_int(rows, 3);
	return TRUE;
}

gboolean sessions_prove(Sql *sql, const guint8 hash[TOKEN_HASH_SIZE], gint64 now_ms, GError **error)
{
	return sql_run(sql, error, "UPDATE login_session SET second_ms = $2 WHERE token_hash = $1",
				   "bi", hash, (gsize)TOKEN_HASH_SIZE, now_ms);
}

gboolean sessions_touch(Sql *sql, const Session *session, gint64 now_ms, GError **error)
{
	return sql_run(sql, error, "UPDATE login_session SET used_ms = $2 WHERE token_hash = $1", "bi",
				   session->token_hash, (gsize)TOKEN_HASH_SIZE, now_ms);
}

gboolean sessions_end(Sql *sql, const guint8 hash[TOKEN_HASH_SIZE], GError **error)
{
	return sql_run(sql, error, "DELETE FROM login_session WHERE token_hash = $1", "b", hash,
				   (gsize)TOKEN_HASH_SIZE);
}

gboolean sessions_end_all(Sql *sql, gint64 account, const guint8 *keep, GError **error)
{
	static const guint8 none[TOKEN_HASH_SIZE];
	return sql_run(sql, error, "DELETE FROM login_session WHERE account = $1 AND token_hash <> $2",
				   "ib", account, keep != NULL ? keep : none, (gsize)TOKEN_HASH_SIZE);
}

gboolean sessions_sweep(Sql *sql, gint64 now_ms, GError **error)
{
	return sql_run(sql, error, "DELETE FROM login_session WHERE created_ms <= $1 OR used_ms <= $2",
				   "ii", now_ms - SESSION_LIFE_MS, now_ms - SESSION_IDLE_MS);
}

gboolean sessions_list(Sql *sql, gint64 account, gint64 now_ms, GArray **sessions, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(SessionRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT token_hash, address, created_ms, used_ms FROM login_session "
				  "WHERE account = $1 AND created_ms > $2 AND used_ms > $3 ORDER BY used_ms DESC",
				  "iii", account, now_ms - SESSION_LIFE_MS, now_ms - SESSION_IDLE_MS);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		SessionRow row = {.created_ms = sql_int(rows, 2), .used_ms = sql_int(rows, 3)};
		read_text(rows, 1, row.address, sizeof row.address);
		if (read_fixed(rows, 0, row.token_hash, sizeof row.token_hash))
			g_array_append_val(list, row);
	}
	*sessions = step == SQL_DONE ? g_steal_pointer(&list) : NULL;
	return step == SQL_DONE;
}

gboolean sessions_end_own(Sql *sql, gint64 account, const guint8 hash[TOKEN_HASH_SIZE],
						  gboolean *found, GError **error)
{
	gint64 n =
		sql_change(sql, error, "DELETE FROM login_session WHERE account = $1 AND token_hash = $2",
				   "ib", account, hash, (gsize)TOKEN_HASH_SIZE);
	*found = n > 0;
	return n >= 0;
}
