#include "server/store/terminals/evidence.h"

#include "server/store/read.h"

void evidence_hex(gconstpointer bytes, gsize size, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const guint8 *byte = bytes;
	for (gsize i = 0; i < size; i++) {
		text[2 * i] = digits[byte[i] >> 4];
		text[2 * i + 1] = digits[byte[i] & 15];
	}
	text[2 * size] = '\0';
}

gboolean evidence_certificate(Sql *sql, const char *name, gint64 at_ms,
							  char serial[EVIDENCE_SERIAL_TEXT], GError **error)
{
	guint8 bytes[16];
	gboolean found;
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT serial FROM certificate WHERE name=$1 AND issued_ms<=$2 AND bootstrap=0"
				  " ORDER BY issued_ms DESC LIMIT 1",
				  "ti", name, at_ms);
	serial[0] = '\0';
	if (!read_first(row, &found, error))
		return FALSE;
	if (found && read_fixed(row, 0, bytes, sizeof bytes))
		evidence_hex(bytes, sizeof bytes, serial);
	return TRUE;
}

gboolean evidence_times(Sql *sql, gint64 journal, gint64 seq, gint64 *wall_ms, gint64 *received_ms,
						GError **error)
{
	gboolean found;
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT wall_ms, received_ms FROM event WHERE journal=$1 AND seq=$2",
				  "ii", journal, seq);
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	*wall_ms = sql_int(row, 0);
	*received_ms = sql_int(row, 1);
	return TRUE;
}
