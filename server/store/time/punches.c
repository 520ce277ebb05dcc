#include "server/store/time/punches.h"

#include <string.h>

#include "server/store/time/marks.h"

const char *punch_state_text(PunchState state)
{
	switch (state) {
	case PUNCH_COUNTED:
		return "counted";
	case PUNCH_WAITING:
		return "waiting";
	case PUNCH_REJECTED:
		return "rejected";
	case PUNCH_QUARANTINED:
		return "quarantined";
	default:
		return "unknown";
	}
}

gboolean punch_is_unsigned_name(const char *name)
{
	return strcmp(name, PUNCH_BY_HAND) == 0 || strcmp(name, PUNCH_ELSEWHERE) == 0;
}

gboolean punches_add(Sql *sql, const Punch *punch, gboolean *added, GError **error)
{
	gint64 n = sql_change(
		sql, error,
		"INSERT INTO punch (terminal, journal, seq, person, at_ms, place, state, kind, reason,"
		" letter) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT DO NOTHING",
		"tbiiiiiitt", punch->terminal.text, punch->journal.bytes, sizeof punch->journal.bytes,
		punch->seq, punch->person, punch->at_ms, punch->place, (gint64)punch->state,
		(gint64)punch->kind, punch->reason, punch->letter);
	if (added != NULL)
		*added = n > 0;
	return n >= 0;
}

gboolean punches_add_unsigned(Sql *sql, const Punch *punch, gint64 utc_offset_min, gboolean *added,
							  GError **error)
{
	Punch one = *punch;
	g_autofree char *text =
		g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
						punch->person, punch->at_ms, punch->place);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize size = sizeof digest;
	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &size);
	memcpy(one.journal.bytes, digest, sizeof one.journal.bytes);
	one.seq = 1;
	return punches_add(sql, &one, added, error) &&
		   (!*added || mark_punch(sql, one.person, one.at_ms, utc_offset_min, error));
}

gboolean punches_set_state(Sql *sql, const TerminalId *terminal, const RandomId *journal,
						   gint64 seq, PunchState state, const char *reason, gint64 utc_offset_min,
						   GError **error)
{
	gint64 person = 0, at_ms = 0;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"UPDATE punch SET state=$4, reason=$5 WHERE terminal=$1 AND journal=$2 AND seq=$3"
		" RETURNING person, at_ms",
		"tbiit", terminal->text, journal->bytes, sizeof journal->bytes, seq, (gint64)state, reason);
	if (rows == NULL || sql_next(rows, error) != SQL_ROW)
		return FALSE;
	person = sql_int(rows, 0);
	at_ms = sql_int(rows, 1);
	return sql_next(rows, error) == SQL_DONE &&
		   mark_punch(sql, person, at_ms, utc_offset_min, error);
}

struct PunchCursor {
	SqlStatement *rows;
};

#define COLUMNS                                                                                    \
	"SELECT terminal, journal, seq, person, at_ms, place, state, kind, reason, letter FROM punch "

static PunchCursor *new_cursor(SqlStatement *rows)
{
	if (rows == NULL)
		return NULL;
	PunchCursor *cursor = g_new0(PunchCursor, 1);
	cursor->rows = rows;
	return cursor;
}

PunchCursor *punches_of_person(Sql *sql, PersonId person, gint64 from_ms, gint64 to_ms,
							   GError **error)
{
	return new_cursor(sql_query(sql, error,
								COLUMNS "WHERE person=$1 AND at_ms>=$2 AND at_ms<$3"
										" ORDER BY at_ms, terminal, seq",
								"iii", person, from_ms, to_ms));
}

PunchCursor *punches_latest(Sql *sql, const TerminalId *terminal, gint64 before_ms, gint64 limit,
							GError **error)
{
	if (terminal == NULL)
		return new_cursor(sql_query(sql, error,
									COLUMNS "WHERE at_ms<$1 ORDER BY at_ms DESC, terminal, seq DESC"
											" LIMIT $2",
									"ii", before_ms, limit));
	return new_cursor(sql_query(sql, error,
								COLUMNS "WHERE terminal=$3 AND at_ms<$1"
										" ORDER BY at_ms DESC, seq DESC LIMIT $2",
								"iit", before_ms, limit, terminal->text));
}

static void copy_text(char *target, gsize size, const char *text)
{
	g_strlcpy(target, text != NULL ? text : "", size);
}

SqlStep punches_next(PunchCursor *cursor, Punch *punch, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step != SQL_ROW)
		return step;
	gsize size = 0;
	gconstpointer journal = sql_bytes(cursor->rows, 1, &size);
	*punch = (Punch){.seq = sql_int(cursor->rows, 2),
					 .person = sql_int(cursor->rows, 3),
					 .at_ms = sql_int(cursor->rows, 4),
					 .place = sql_int(cursor->rows, 5),
					 .state = (PunchState)sql_int(cursor->rows, 6),
					 .kind = (guint32)sql_int(cursor->rows, 7),
					 .reason = sql_text(cursor->rows, 8),
					 .letter = sql_text(cursor->rows, 9)};
	copy_text(punch->terminal.text, sizeof punch->terminal.text, sql_text(cursor->rows, 0));
	if (size == sizeof punch->journal.bytes)
		memcpy(punch->journal.bytes, journal, size);
	return SQL_ROW;
}

void punch_cursor_free(PunchCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor);
}
