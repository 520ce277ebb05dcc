#include "server/store/system/request_keys.h"

#include <string.h>

#include "server/store/read.h"

gboolean request_key_is_good(const char *key)
{
	gsize size = strlen(key);
	for (gsize i = 0; i < size; i++)
		if (!g_ascii_isgraph(key[i]))
			return FALSE;
	return size > 0 && size <= REQUEST_KEY_MAX;
}

gboolean request_keys_find(Sql *sql, gint64 account, const char *key, const char *body_hash,
						   char **answer, gboolean *same, GError **error)
{
	gboolean found;
	*answer = NULL;
	*same = TRUE;
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT body_hash, answer FROM request_key WHERE account=$1 AND request_key=$2",
		"it", account, key);
	if (!read_first(row, &found, error))
		return FALSE;
	if (found) {
		*same = strcmp(sql_text(row, 0), body_hash) == 0;
		*answer = g_strdup(sql_text(row, 1));
	}
	return TRUE;
}

gboolean request_keys_keep(Sql *sql, gint64 account, const char *key, const char *body_hash,
						   const char *answer, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO request_key (account, request_key, body_hash, answer, created_ms)"
				   " VALUES ($1, $2, $3, $4, $5)",
				   "ittti", account, key, body_hash, answer, now_ms);
}

gboolean request_keys_sweep(Sql *sql, gint64 now_ms, GError **error)
{
	return sql_run(sql, error, "DELETE FROM request_key WHERE created_ms<=$1", "i",
				   now_ms - REQUEST_KEY_LIFE_MS);
}
