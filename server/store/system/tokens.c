#include "server/store/system/tokens.h"

char *tokens_issue(Sql *sql, gint64 account, const char *label, gint64 expires_ms, gint64 now_ms,
				   GError **error)
{
	char *token = token_random();
	guint8 hash[TOKEN_HASH_SIZE];
	token_hash(token, hash);
	if (sql_run(sql, error,
				"INSERT INTO api_token (token_hash, account, label, created_ms, expires_ms) "
				"VALUES ($1, $2, $3, $4, $5)",
				"bitii", hash, sizeof hash, account, label, now_ms, expires_ms))
		return token;
	g_prefix_error(error, "issuing a token: ");
	password_free(token);
	return NULL;
}

gint64 tokens_find(Sql *sql, const char *token, gint64 now_ms, GError **error)
{
	guint8 hash[TOKEN_HASH_SIZE];
	token_hash(token, hash);
	gint64 account = 0;
	if (!sql_get_int(sql, &account, 0, error,
					 "SELECT t.account FROM api_token t JOIN account a ON a.id = t.account "
					 "WHERE t.token_hash = $1 AND t.expires_ms > $2 AND t.revoked_ms IS NULL "
					 "AND a.disabled_ms IS NULL",
					 "bi", hash, sizeof hash, now_ms))
		return 0;
	return account;
}

gboolean tokens_revoke_all(Sql *sql, gint64 account, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE api_token SET revoked_ms = $2 WHERE account = $1 AND revoked_ms IS NULL",
				   "ii", account, now_ms);
}

gboolean tokens_forget(Sql *sql, gint64 before_ms, GError **error)
{
	return sql_run(sql, error, "DELETE FROM api_token WHERE expires_ms < $1", "i", before_ms);
}
