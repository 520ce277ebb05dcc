#include "server/store/system/audit_signed.h"

#include <string.h>

gboolean audit_signed_add(Sql *sql, const AuditSigned *head, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO audit_signed (day, seq, hash, signed_ms, signature)"
				   " VALUES ($1, $2, $3, $4, $5)",
				   "iibib", head->day, head->seq, head->hash, sizeof head->hash, head->at_ms,
				   head->signature, sizeof head->signature);
}

gboolean audit_signed_last_day(Sql *sql, gint64 *day, GError **error)
{
	return sql_get_int(sql, day, G_MININT64, error, "SELECT MAX(day) FROM audit_signed", "");
}

/* What is shorter than it should be is zero, which no signature fits. */
static void copy_bytes(SqlStatement *row, int column, guint8 *out, gsize size)
{
	gsize given = 0;
	gconstpointer bytes = sql_bytes(row, column, &given);
	memset(out, 0, size);
	if (bytes != NULL && given == size)
		memcpy(out, bytes, size);
}

GArray *audit_signed_list(Sql *sql, GError **error)
{
	g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(AuditSigned));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT day, seq, signed_ms, hash, signature FROM audit_signed ORDER BY day", "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		AuditSigned head = {
			.day = sql_int(rows, 0), .seq = sql_int(rows, 1), .at_ms = sql_int(rows, 2)};
		copy_bytes(rows, 3, head.hash, sizeof head.hash);
		copy_bytes(rows, 4, head.signature, sizeof head.signature);
		g_array_append_val(heads, head);
	}
	return step == SQL_DONE ? g_steal_pointer(&heads) : NULL;
}
