#include "server/store/system/codes.h"

#include <string.h>

#include "server/store/system/password.h"

#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define DAY_MS (24 * 60 * MINUTE_MS)
/* More than a code has: what is longer is none. */
#define TYPED_MAX 64

/* Letters and digits alone, in small letters. FALSE: there are none, or too many. */
static gboolean hash_of(const char *typed, guint8 hash[TOKEN_HASH_SIZE])
{
	char letters[TYPED_MAX + 1];
	gsize n = 0;
	for (const char *c = typed; *c != '\0'; c++) {
		if (*c == '-' || *c == ' ')
			continue;
		if (n == TYPED_MAX)
			return FALSE;
		letters[n++] = g_ascii_tolower(*c);
	}
	letters[n] = '\0';
	token_hash(letters, hash);
	explicit_bzero(letters, sizeof letters);
	return n > 0;
}

static gboolean end_open(Sql *sql, PersonId person, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE account_code SET ended_ms = $2 WHERE person = $1 AND ended_ms IS NULL",
				   "ii", person, now_ms);
}

char *codes_make(Sql *sql, const CodeAsked *asked, gint64 now_ms, GError **error)
{
	guint8 hash[TOKEN_HASH_SIZE];
	gint64 n;
	g_assert(sql_in_transaction(sql));
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT COUNT(*) FROM account_code WHERE person = $1 AND made_ms > $2", "ii",
					 asked->person, now_ms - DAY_MS) ||
		n >= CODES_A_DAY || !end_open(sql, asked->person, now_ms, error))
		return NULL;
	char *code = password_short();
	hash_of(code, hash);
	if (sql_run(sql, error,
				"INSERT INTO account_code (id, person, terminal, journal, seq, code_hash, made_ms,"
				" until_ms, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
				"iitiibii", random_key(), asked->person, asked->terminal.text, asked->journal,
				asked->seq, hash, sizeof hash, now_ms, now_ms + CODES_LIFE_MIN * MINUTE_MS))
		return code;
	password_free(code);
	return NULL;
}

/* One more wrong try; the last one ends the code. */
static gboolean count_try(Sql *sql, PersonId person, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE account_code SET tries = tries + 1,"
				   " ended_ms = CASE WHEN tries + 1 >= $2 THEN $3 ELSE NULL END"
				   " WHERE person = $1 AND ended_ms IS NULL",
				   "iii", person, (gint64)CODES_TRIES_MAX, now_ms);
}

gboolean codes_check(Sql *sql, PersonId person, const char *typed, gint64 now_ms, gint64 *id,
					 GError **error)
{
	guint8 hash[TOKEN_HASH_SIZE];
	*id = 0;
	if (hash_of(typed, hash) &&
		!sql_get_int(sql, id, 0, error,
					 "SELECT id FROM account_code WHERE person = $1 AND code_hash = $2"
					 " AND until_ms > $3 AND ended_ms IS NULL",
					 "ibi", person, hash, sizeof hash, now_ms))
		return FALSE;
	return *id != 0 || count_try(sql, person, now_ms, error);
}

gboolean codes_use(Sql *sql, gint64 id, gint64 now_ms, gboolean *used, GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE account_code SET used_ms = $2, ended_ms = $2"
						  " WHERE id = $1 AND until_ms > $2 AND ended_ms IS NULL",
						  "ii", id, now_ms);
	*used = n == 1;
	return n >= 0;
}

gboolean codes_forget(Sql *sql, gint64 before_ms, GError **error)
{
	return sql_run(sql, error, "DELETE FROM account_code WHERE made_ms < $1", "i", before_ms);
}
