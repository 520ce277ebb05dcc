#include "server/store/terminals/terminals.h"

#include <string.h>

#include "server/store/read.h"
#include "server/store/system/server_state.h"
#include "server/store/terminals/terminal_places.h"

#define NUMBER_MAX G_MAXINT64

const char *terminal_state_text(TerminalState state)
{
	static const char *const texts[] = {
		[TERMINAL_NEW] = "new", [TERMINAL_ACTIVE] = "active", [TERMINAL_REVOKED] = "revoked"};
	return texts[state];
}

static TerminalState parse_state(const char *text)
{
	if (g_strcmp0(text, "active") == 0)
		return TERMINAL_ACTIVE;
	return g_strcmp0(text, "new") == 0 ? TERMINAL_NEW : TERMINAL_REVOKED;
}

#define TERMINAL_COLUMNS                                                                           \
	"SELECT t.id, t.place, t.state, t.added_ms, t.joined_ms, t.revoked_ms,"                        \
	" h.online, h.heard_ms, h.seq - h.receipted, h.roster_version, h.n_people, h.disk_free,"       \
	" h.sensor_ok, h.tamper_open, h.reserve_reached, h.simulated, h.trust, h.wall_ms - "           \
	"h.heard_ms,"                                                                                  \
	" h.version, h.sensor FROM terminal t LEFT JOIN terminal_health h ON h.terminal = t.id "

static void read_row(SqlStatement *row, TerminalRow *out)
{
	memset(out, 0, sizeof *out);
	read_text(row, 0, out->id.text, sizeof out->id.text);
	out->place = sql_int(row, 1);
	out->state = parse_state(sql_text(row, 2));
	out->added_ms = sql_int(row, 3);
	out->joined_ms = sql_int(row, 4);
	out->revoked_ms = sql_int(row, 5);
	out->online = sql_int(row, 6) == 1;
	out->heard_ms = sql_int(row, 7);
	out->backlog = MAX(sql_int(row, 8), 0);
	out->roster_version = sql_int(row, 9);
	out->n_people = sql_int(row, 10);
	out->disk_free = sql_int(row, 11);
	out->sensor_ok = sql_int(row, 12) == 1;
	out->tamper_open = sql_int(row, 13) == 1;
	out->reserve_reached = sql_int(row, 14) == 1;
	out->simulated = sql_int(row, 15) == 1;
	out->trust = (ClockTrust)CLAMP(sql_int(row, 16), CLOCK_UNSET, CLOCK_SET);
	out->clock_offset_ms = sql_int(row, 17);
	read_text(row, 18, out->version, sizeof out->version);
	read_text(row, 19, out->sensor, sizeof out->sensor);
}

static gboolean read_keys(Sql *sql, TerminalRow *terminal, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(sql, error,
											"SELECT signing, sealing FROM terminal_key WHERE "
											"terminal = $1 ORDER BY from_ms DESC LIMIT 1",
											"t", terminal->id.text);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW)
		terminal->has_keys = read_fixed(row, 0, &terminal->signing, sizeof terminal->signing) &&
							 read_fixed(row, 1, &terminal->sealing, sizeof terminal->sealing);
	return step != SQL_FAILED;
}

gboolean terminals_list(Sql *sql, gint64 place, GArray **terminals, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(TerminalRow));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, TERMINAL_COLUMNS "WHERE t.place = $1 OR $1 = 0 ORDER BY t.id", "i", place);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		TerminalRow row;
		read_row(rows, &row);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	for (guint i = 0; i < list->len; i++)
		if (!read_keys(sql, &g_array_index(list, TerminalRow, i), error))
			return FALSE;
	*terminals = g_steal_pointer(&list);
	return TRUE;
}

gboolean terminals_get(Sql *sql, const TerminalId *id, TerminalRow *out, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, TERMINAL_COLUMNS "WHERE t.id = $1", "t", id->text);
	if (row == NULL || sql_next(row, error) != SQL_ROW)
		return FALSE;
	read_row(row, out);
	return read_keys(sql, out, error);
}

gboolean terminals_revision(Sql *sql, gint64 *revision, GError **error)
{
	return sql_get_int(sql, revision, 0, error,
					   "SELECT number FROM server_state WHERE name = 'revision'", "");
}

static gboolean touch(Sql *sql, const TerminalId *id, GError **error)
{
	gint64 revision;
	return server_state_next_revision(sql, &revision, error) &&
		   sql_run(sql, error, "UPDATE terminal SET revision = $1 WHERE id = $2", "it", revision,
				   id->text);
}

gboolean terminals_add(Sql *sql, const TerminalId *id, gint64 place, const guint8 secret[32],
					   gint64 until_ms, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO terminal (id, place, state, added_ms, bootstrap_secret,"
				   " bootstrap_until_ms, revision) VALUES ($1, $2, 'new', $3, $4, $5, 0)",
				   "tiibi", id->text, place, now_ms, secret, (gsize)32, until_ms) &&
		   terminal_places_begin(sql, id, place, now_ms, error) && touch(sql, id, error);
}

gboolean terminals_bootstrap(Sql *sql, const TerminalId *id, gint64 now_ms, guint8 secret[32],
							 GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT bootstrap_secret FROM terminal"
				  " WHERE id = $1 AND state <> 'revoked' AND bootstrap_until_ms > $2",
				  "ti", id->text, now_ms);
	return row != NULL && sql_next(row, error) == SQL_ROW && read_fixed(row, 0, secret, 32);
}

gboolean terminals_join(Sql *sql, const TerminalId *id, const PublicKey *signing,
						const PublicKey *sealing, const KeyId *key, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO terminal_key (terminal, key_id, signing, sealing, from_ms)"
				   " VALUES ($1, $2, $3, $4, $5)",
				   "tbbbi", id->text, key->bytes, sizeof key->bytes, signing->bytes,
				   sizeof signing->bytes, sealing->bytes, sizeof sealing->bytes, now_ms) &&
		   sql_run(sql, error,
				   "UPDATE terminal SET state = 'active', bootstrap_secret = NULL,"
				   " joined_ms = coalesce(joined_ms, $1) WHERE id = $2 AND state <> 'revoked'",
				   "it", now_ms, id->text) &&
		   touch(sql, id, error);
}

gboolean terminals_revoke(Sql *sql, const TerminalId *id, gint64 now_ms, GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE terminal SET state = 'revoked', bootstrap_secret = NULL,"
						  " revoked_ms = coalesce(revoked_ms, $1) WHERE id = $2",
						  "it", now_ms, id->text);
	return n == 1 &&
		   sql_run(sql, error, "UPDATE terminal_health SET online = 0 WHERE terminal = $1", "t",
				   id->text) &&
		   certificates_revoke(sql, id->text, FALSE, now_ms, error) && touch(sql, id, error);
}

gboolean terminals_key(Sql *sql, const TerminalId *id, const KeyId *key, PublicKey *signing,
					   GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT signing FROM terminal_key WHERE terminal = $1 AND key_id = $2", "tb",
		id->text, key->bytes, sizeof key->bytes);
	return row != NULL && sql_next(row, error) == SQL_ROW &&
		   read_fixed(row, 0, signing, sizeof *signing);
}

gboolean terminals_each_key(Sql *sql, TerminalKeySeen seen, gpointer user, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT terminal, key_id, signing FROM terminal_key", "");
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		TerminalId terminal;
		KeyId id;
		PublicKey signing;
		read_text(rows, 0, terminal.text, sizeof terminal.text);
		if (read_fixed(rows, 1, &id, sizeof id) && read_fixed(rows, 2, &signing, sizeof signing))
			seen(&terminal, &id, &signing, user);
	}
	return step != SQL_FAILED;
}

/* Everything but whether it is newer. */
static gboolean write_health(Sql *sql, const TerminalId *id, const Health *health, guint64 number,
							 gint64 now_ms, GError **error)
{
	g_autofree char *version = g_strndup((const char *)health->version.data, health->version.size);
	g_autofree char *sensor = g_strndup((const char *)health->sensor.data, health->sensor.size);
	return sql_run(
		sql, error,
		"INSERT INTO terminal_health (terminal, heard_ms, number, online, journal, seq, head,"
		" receipted, wall_ms, trust, uptime_s, disk_free, roster_version, n_people, n_references,"
		" sensor_ok, tamper_open, reserve_reached, simulated, version, sensor) VALUES ($1, $2, $3,"
		" $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
		" ON CONFLICT (terminal) DO UPDATE SET heard_ms = excluded.heard_ms,"
		" number = excluded.number, online = excluded.online, journal = excluded.journal,"
		" seq = excluded.seq, head = excluded.head, receipted = excluded.receipted,"
		" wall_ms = excluded.wall_ms, trust = excluded.trust, uptime_s = excluded.uptime_s,"
		" disk_free = excluded.disk_free, roster_version = excluded.roster_version,"
		" n_people = excluded.n_people, n_references = excluded.n_references,"
		" sensor_ok = excluded.sensor_ok, tamper_open = excluded.tamper_open,"
		" reserve_reached = excluded.reserve_reached, simulated = excluded.simulated,"
		" version = excluded.version, sensor = excluded.sensor",
		"tiiibibiiiiiiiiiiiitt", id->text, now_ms, (gint64)MIN(number, NUMBER_MAX),
		(gint64)health->online, health->journal.bytes, sizeof health->journal.bytes,
		(gint64)MIN(health->seq, NUMBER_MAX), health->head.bytes, sizeof health->head.bytes,
		(gint64)MIN(health->receipted, NUMBER_MAX), health->wall_ms, (gint64)health->trust,
		(gint64)MIN(health->uptime_s, NUMBER_MAX), (gint64)MIN(health->disk_free, NUMBER_MAX),
		(gint64)MIN(health->roster_version, NUMBER_MAX), (gint64)health->n_people,
		(gint64)health->n_references, (gint64)health->sensor_ok, (gint64)health->tamper_open,
		(gint64)health->reserve_reached, (gint64)health->simulated, version, sensor);
}

gboolean terminals_put_health(Sql *sql, const TerminalId *id, const Health *health, guint64 number,
							  gint64 now_ms, GError **error)
{
	if (health->online)
		return write_health(sql, id, health, number, now_ms, error);
	/* A last will was signed at connect: what it says besides "gone" is old. */
	return sql_run(sql, error, "UPDATE terminal_health SET online = 0 WHERE terminal = $1", "t",
				   id->text);
}

gboolean terminals_health_number(Sql *sql, const TerminalId *id, gint64 *number, RandomId *journal,
								 GError **error)
{
	*number = 0;
	memset(journal, 0, sizeof *journal);
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT number, journal FROM terminal_health WHERE terminal = $1",
				  "t", id->text);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		*number = sql_int(row, 0);
		read_fixed(row, 1, journal, sizeof *journal);
	}
	return step != SQL_FAILED;
}

gboolean certificates_add(Sql *sql, const CertificateRow *certificate, gboolean bootstrap,
						  gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO certificate (serial, name, anchor, bootstrap, issued_ms,"
				   " not_after_ms) VALUES ($1, $2, $3, $4, $5, $6)",
				   "btbiii", certificate->serial, sizeof certificate->serial, certificate->name,
				   certificate->anchor, sizeof certificate->anchor, (gint64)(bootstrap != FALSE),
				   now_ms, certificate->not_after_ms);
}

gboolean certificates_revoke(Sql *sql, const char *name, gboolean only_bootstrap, gint64 now_ms,
							 GError **error)
{
	return sql_run(sql, error,
				   "UPDATE certificate SET revoked_ms = $1"
				   " WHERE name = $2 AND revoked_ms IS NULL AND bootstrap >= $3",
				   "iti", now_ms, name, (gint64)(only_bootstrap != FALSE));
}

gboolean certificates_spent(Sql *sql, const char *name, gint64 now_ms, gint64 *n, GError **error)
{
	/* 5 is COMMAND_CERTIFICATE of protocol/command.h. */
	*n = sql_change(sql, error,
					"UPDATE certificate SET revoked_ms = $1"
					" WHERE name = $2 AND bootstrap = 1 AND revoked_ms IS NULL AND EXISTS"
					" (SELECT 1 FROM command c WHERE c.terminal = $2 AND c.kind = 5"
					" AND c.done_ms IS NOT NULL)",
					"it", now_ms, name);
	return *n >= 0;
}

gboolean certificates_revoked(Sql *sql, gint64 now_ms, GArray **certificates, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CertificateRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT serial, name, anchor, not_after_ms, revoked_ms FROM certificate"
				  " WHERE revoked_ms IS NOT NULL AND not_after_ms > $1 ORDER BY serial",
				  "i", now_ms);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		CertificateRow row = {.not_after_ms = sql_int(rows, 3), .revoked_ms = sql_int(rows, 4)};
		read_fixed(rows, 0, row.serial, sizeof row.serial);
		read_text(rows, 1, row.name, sizeof row.name);
		read_fixed(rows, 2, row.anchor, sizeof row.anchor);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*certificates = g_steal_pointer(&list);
	return TRUE;
}
