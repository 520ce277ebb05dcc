#include "server/store/time/rosters.h"

#include <string.h>

#include "server/store/read.h"

Slice roster_name(const char *name)
{
	gsize size = strlen(name);
	if (size > ROSTER_NAME_MAX)
		for (size = ROSTER_NAME_MAX; size > 0 && ((guint8)name[size] & 0xc0) == 0x80; size--)
			; /* not within a character */
	return (Slice){(const uint8_t *)name, size};
}

gboolean rosters_version(Sql *sql, const TerminalId *terminal, gint64 *version, GError **error)
{
	return sql_get_int(sql, version, 0, error, "SELECT version FROM roster WHERE terminal = $1",
					   "t", terminal->text);
}

static void read_change(SqlStatement *row, RosterChange *out)
{
	memset(out, 0, sizeof *out);
	out->row.person = sql_int(row, 0);
	out->version = sql_int(row, 1);
	out->removed = sql_int(row, 2) == 1;
	out->row.not_before_ms = sql_int(row, 3);
	out->row.not_after_ms = sql_int(row, 4);
	out->row.schedule = sql_int(row, 5);
	out->row.flags = (guint32)sql_int(row, 6);
	read_fixed(row, 7, &out->row.digest, sizeof out->row.digest);
}

#define ENTRY_COLUMNS                                                                              \
	"SELECT person, version, removed, not_before_ms, not_after_ms, schedule, flags, digest"        \
	" FROM roster_entry "

static gboolean read_changes(SqlStatement *rows, GArray **changes, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(RosterChange));
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		RosterChange change;
		read_change(rows, &change);
		g_array_append_val(list, change);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*changes = g_steal_pointer(&list);
	return TRUE;
}

static gboolean put(Sql *sql, const TerminalId *terminal, const RosterRow *row, gint64 version,
					GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO roster_entry (terminal, person, version, removed, not_before_ms,"
				   " not_after_ms, schedule, flags, digest)"
				   " VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8)"
				   " ON CONFLICT (terminal, person) DO UPDATE SET version = excluded.version,"
				   " removed = 0, not_before_ms = excluded.not_before_ms,"
				   " not_after_ms = excluded.not_after_ms, schedule = excluded.schedule,"
				   " flags = excluded.flags, digest = excluded.digest",
				   "tiiiiiib", terminal->text, row->person, version, row->not_before_ms,
				   row->not_after_ms, row->schedule, (gint64)row->flags, row->digest.bytes,
				   sizeof row->digest.bytes);
}

static gboolean bury(Sql *sql, const TerminalId *terminal, PersonId person, gint64 version,
					 GError **error)
{
	return sql_run(sql, error,
				   "UPDATE roster_entry SET version = $3, removed = 1"
				   " WHERE terminal = $1 AND person = $2",
				   "tii", terminal->text, person, version);
}

/* Walks both lists, sorted by person, side by side. */
static gboolean merge_lists(Sql *sql, const TerminalId *terminal, GArray *old,
							const RosterRow *rows, gsize n, gint64 *version, GError **error)
{
	guint i = 0;
	gsize j = 0;
	while (i < old->len || j < n) {
		/* Not looked at when `i` is past the end. */
		const RosterChange *have = (const RosterChange *)(gpointer)old->data + i;
		gboolean only_old = j == n || (i < old->len && have->row.person < rows[j].person);
		if (only_old) {
			if (!have->removed && !bury(sql, terminal, have->row.person, ++*version, error))
				return FALSE;
			i++;
			continue;
		}
		gboolean both = i < old->len && have->row.person == rows[j].person;
		gboolean same = both && !have->removed && hash_equal(&have->row.digest, &rows[j].digest);
		if (!same && !put(sql, terminal, &rows[j], ++*version, error))
			return FALSE;
		i += both ? 1 : 0;
		j++;
	}
	return TRUE;
}

static gboolean windows_differ(Sql *sql, const TerminalId *terminal, const Hash *windows,
							   gboolean *differ, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT windows FROM roster WHERE terminal = $1", "t", terminal->text);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	Hash old;
	*differ = !found || !read_fixed(row, 0, &old, sizeof old) || !hash_equal(&old, windows);
	return TRUE;
}

gboolean rosters_replace(Sql *sql, const TerminalId *terminal, const RosterRow *rows, gsize n,
						 const Hash *windows, gint64 n_parts, gint64 *changed, GError **error)
{
	gint64 before;
	gboolean differ;
	g_autoptr(GArray) old = NULL;
	g_autoptr(SqlStatement) select = sql_query(
		sql, error, ENTRY_COLUMNS "WHERE terminal = $1 ORDER BY person", "t", terminal->text);
	if (!rosters_version(sql, terminal, &before, error) ||
		!windows_differ(sql, terminal, windows, &differ, error) ||
		!read_changes(select, &old, error))
		return FALSE;
	g_clear_pointer(&select, sql_statement_free);

	gint64 version = before;
	if (!merge_lists(sql, terminal, old, rows, n, &version, error))
		return FALSE;
	if (n_parts > 1 && (differ || version != before))
		version += n_parts;
	else if (differ && version == before)
		version++;
	*changed = version - before;
	if (*changed == 0)
		return TRUE;
	return sql_run(sql, error,
				   "INSERT INTO roster (terminal, version, windows) VALUES ($1, $2, $3)"
				   " ON CONFLICT (terminal) DO UPDATE SET version = excluded.version,"
				   " windows = excluded.windows",
				   "tib", terminal->text, version, windows->bytes, sizeof windows->bytes);
}

gboolean rosters_clear(Sql *sql, const TerminalId *terminal, GError **error)
{
	Hash none = {{0}};
	gint64 changed;
	return rosters_replace(sql, terminal, NULL, 0, &none, 1, &changed, error);
}

gboolean rosters_changes(Sql *sql, const TerminalId *terminal, gint64 after, gsize n_max,
						 GArray **changes, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, ENTRY_COLUMNS "WHERE terminal = $1 AND version > $2 ORDER BY version LIMIT $3",
		"tii", terminal->text, after, (gint64)n_max);
	return read_changes(rows, changes, error);
}

gboolean rosters_has(Sql *sql, const TerminalId *terminal, PersonId person, gboolean *has,
					 GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM roster_entry"
					 " WHERE terminal = $1 AND person = $2 AND removed = 0",
					 "ti", terminal->text, person))
		return FALSE;
	*has = n > 0;
	return TRUE;
}

gboolean rosters_people(Sql *sql, const TerminalId *terminal, PersonId after, gsize n_max,
						GArray **people, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(PersonId));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT person FROM roster_entry WHERE terminal = $1 AND removed = 0"
				  " AND person > $2 ORDER BY person LIMIT $3",
				  "tii", terminal->text, (gint64)after, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(list, person);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*people = g_steal_pointer(&list);
	return TRUE;
}
