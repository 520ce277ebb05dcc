#include "server/store/system/audit_log.h"

#include <string.h>

#include <sodium.h>

#include "server/store/history.h"

/* What is hashed of a row, in this order. */
typedef struct {
	gint64 seq;
	AuditEntry entry;
} Row;

static void hash_int(crypto_hash_sha256_state *state, gint64 value)
{
	guint64 big = GUINT64_TO_BE((guint64)value);
	crypto_hash_sha256_update(state, (const guint8 *)&big, sizeof big);
}

/* The length before the text keeps "ab","c" apart from "a","bc"; -1 keeps NULL apart from "". */
static void hash_text(crypto_hash_sha256_state *state, const char *text)
{
	hash_int(state, text == NULL ? -1 : (gint64)strlen(text));
	if (text != NULL)
		crypto_hash_sha256_update(state, (const guint8 *)text, strlen(text));
}

static void hash_row(const guint8 before[AUDIT_HASH_SIZE], const Row *row,
					 guint8 hash[AUDIT_HASH_SIZE])
{
	const AuditEntry *entry = &row->entry;
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, before, AUDIT_HASH_SIZE);
	hash_int(&state, row->seq);
	hash_int(&state, entry->at_ms);
	hash_int(&state, entry->account);
	hash_int(&state, entry->grant);
	hash_text(&state, entry->action);
	hash_int(&state, entry->person);
	hash_int(&state, entry->unit);
	hash_text(&state, entry->detail);
	hash_text(&state, entry->address);
	crypto_hash_sha256_final(&state, hash);
}

static void copy_hash(SqlStatement *row, int column, guint8 hash[AUDIT_HASH_SIZE])
{
	gsize size = 0;
	const guint8 *bytes = sql_is_null(row, column) ? NULL : sql_bytes(row, column, &size);
	memset(hash, 0, AUDIT_HASH_SIZE);
	if (bytes != NULL && size == AUDIT_HASH_SIZE)
		memcpy(hash, bytes, AUDIT_HASH_SIZE);
}

/* The next row's sequence and the hash before it.  Whoever else wants to append waits from here to
 * the end of this transaction. */
static gboolean advance_head(Sql *sql, gint64 *seq, guint8 before[AUDIT_HASH_SIZE], GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "UPDATE audit_head SET seq=seq+1 WHERE id=1 RETURNING seq, hash", "");
	SqlStep step = rows == NULL ? SQL_FAILED : sql_next(rows, error);
	if (step == SQL_ROW) {
		*seq = sql_int(rows, 0);
		copy_hash(rows, 1, before);
		return sql_next(rows, error) == SQL_DONE;
	}
	if (step == SQL_DONE)
		g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED, "its head is missing");
	return FALSE;
}

static gboolean append(Sql *sql, const AuditEntry *entry, GError **error)
{
	Row row = {.entry = *entry};
	guint8 before[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];
	if (!advance_head(sql, &row.seq, before, error))
		return FALSE;
	hash_row(before, &row, hash);
	return sql_run(sql, error,
				   "INSERT INTO audit_entry (seq, at_ms, account, access_grant, action, person, "
				   "unit, detail, address, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
				   "iiiitiittb", row.seq, entry->at_ms, entry->account, entry->grant, entry->action,
				   entry->person, entry->unit, entry->detail, entry->address, hash, sizeof hash) &&
		   sql_run(sql, error, "UPDATE audit_head SET hash=$1 WHERE id=1", "b", hash, sizeof hash);
}

gboolean audit_log_append_all(Sql *sql, const AuditEntry *entries, gsize n, GError **error)
{
	gboolean ok = sql_begin(sql, error);
	for (gsize i = 0; ok && i < n; i++)
		ok = append(sql, &entries[i], error);
	if (ok && sql_commit(sql, error))
		return TRUE;
	g_prefix_error(error, "audit log: ");
	sql_rollback(sql);
	return FALSE;
}

gboolean audit_log_append(Sql *sql, const AuditEntry *entry, GError **error)
{
	if (!sql_in_transaction(sql))
		return audit_log_append_all(sql, entry, 1, error);
	if (append(sql, entry, error))
		return TRUE;
	g_prefix_error(error, "audit log: ");
	return FALSE;
}

gboolean audit_change_begin(Sql *sql, GError **error)
{
	return sql_begin(sql, error);
}

gboolean audit_change_commit(Sql *sql, const AuditEntry *entry, GError **error)
{
	if ((entry == NULL || audit_log_append(sql, entry, error)) && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

void audit_change_rollback(Sql *sql)
{
	sql_rollback(sql);
}

/* Whether the current row follows `before`; its own hash is put there. */
static gboolean check_row(SqlStatement *rows, gint64 seq, guint8 before[AUDIT_HASH_SIZE])
{
	Row row = {
		.seq = sql_int(rows, 0),
		.entry = {.at_ms = sql_int(rows, 1),
				  .account = sql_int(rows, 2),
				  .grant = sql_int(rows, 3),
				  .action = sql_text(rows, 4),
				  .person = sql_int(rows, 5),
				  .unit = sql_int(rows, 6),
				  .detail = sql_text(rows, 7),
				  .address = sql_text(rows, 8)},
	};
	guint8 expected[AUDIT_HASH_SIZE];
	hash_row(before, &row, expected);
	gsize size = 0;
	const guint8 *stored = sql_bytes(rows, 9, &size);
	memcpy(before, expected, AUDIT_HASH_SIZE);
	return row.seq == seq && size == AUDIT_HASH_SIZE &&
		   memcmp(stored, expected, AUDIT_HASH_SIZE) == 0;
}

/* Rows that are missing at the end are the first that does not fit. */
static gboolean check_head(Sql *sql, AuditResult *result, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT seq, hash FROM audit_head WHERE id=1", "");
	SqlStep step = rows == NULL ? SQL_FAILED : sql_next(rows, error);
	if (step == SQL_FAILED)
		return FALSE;
	guint8 hash[AUDIT_HASH_SIZE] = {0};
	if (step == SQL_ROW)
		copy_hash(rows, 1, hash);
	if (step == SQL_DONE || sql_int(rows, 0) != result->n_entries ||
		memcmp(hash, result->head, AUDIT_HASH_SIZE) != 0)
		result->first_bad = result->n_entries + 1;
	return TRUE;
}

gboolean audit_log_verify(Sql *sql, AuditResult *result, GError **error)
{
	*result = (AuditResult){0};
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT seq, at_ms, account, access_grant, action, person, unit, detail, "
				  "address, hash FROM audit_entry ORDER BY seq",
				  "");
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		result->n_entries++;
		if (!check_row(rows, result->n_entries, result->head)) {
			result->first_bad = sql_int(rows, 0);
			return TRUE;
		}
	}
	return step == SQL_DONE && check_head(sql, result, error);
}

gboolean audit_log_head(Sql *sql, gint64 *seq, guint8 hash[AUDIT_HASH_SIZE], GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT seq, hash FROM audit_head WHERE id=1", "");
	SqlStep step = rows == NULL ? SQL_FAILED : sql_next(rows, error);
	if (step == SQL_DONE)
		g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED, "the audit log has no head");
	if (step != SQL_ROW)
		return FALSE;
	*seq = sql_int(rows, 0);
	copy_hash(rows, 1, hash);
	return TRUE;
}

gboolean audit_log_hash(Sql *sql, gint64 seq, guint8 hash[AUDIT_HASH_SIZE], gboolean *found,
						GError **error)
{
	memset(hash, 0, AUDIT_HASH_SIZE);
	*found = seq == 0;
	if (*found)
		return TRUE;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT hash FROM audit_entry WHERE seq=$1", "i", seq);
	SqlStep step = rows == NULL ? SQL_FAILED : sql_next(rows, error);
	*found = step == SQL_ROW;
	if (*found)
		copy_hash(rows, 0, hash);
	return step != SQL_FAILED;
}

static void look_free(gpointer data)
{
	AuditLook *look = data;
	g_free(look->action);
	g_free(look->account);
	g_free(look->name);
	g_free(look);
}

/* clang-format off */
static const char looks_sql[] =
	"SELECT e.seq, e.at_ms, e.action, c.name, n.name FROM audit_entry e"
	" LEFT JOIN account c ON c.id=e.account"
	" LEFT JOIN person_name n ON n.person=c.person AND" NOW_ON("n", "$2")
	" WHERE e.person=$1 AND e.seq<$3 AND (c.person IS NULL OR c.person<>$1)"
	" ORDER BY e.seq DESC LIMIT $4";
/* clang-format on */

GPtrArray *audit_log_looks(Sql *sql, gint64 person, gint64 day, gint64 before_seq, gint64 n_max,
						   GError **error)
{
	g_autoptr(GPtrArray) looks = g_ptr_array_new_with_free_func(look_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, looks_sql, "iiii", person, day, before_seq, n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AuditLook *look = g_new0(AuditLook, 1);
		look->seq = sql_int(rows, 0);
		look->at_ms = sql_int(rows, 1);
		look->action = g_strdup(sql_text(rows, 2));
		look->account = g_strdup(sql_text(rows, 3));
		look->name = g_strdup(sql_text(rows, 4));
		g_ptr_array_add(looks, look);
	}
	return step == SQL_DONE ? g_steal_pointer(&looks) : NULL;
}
