#include "tools/fleet/fleet_check.h"

#include <string.h>

#include "server/store/terminals/journals.h"

/* A journal as its terminal has it: the first of this id, what a rolled back card repeats of it is the
 * same. */
typedef struct {
	const FleetDevice *device;
	const FleetJournal *journal;
	guint64 n_owed, n_found;
} Owed;

static char *name_of(const TerminalId *terminal, const RandomId *journal)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(journal, text);
	return g_strdup_printf("%s/%s", terminal->text, text);
}

static void owe_device(GHashTable *owed, const FleetDevice *device, FleetVerdict *verdict)
{
	for (guint i = 0; i < device->journals->len; i++) {
		const FleetJournal *journal = device->journals->pdata[i];
		char *name = name_of(&device->id, &journal->id);
		if (g_hash_table_contains(owed, name)) {
			g_free(name);
			continue;
		}
		Owed *entry = g_new0(Owed, 1);
		*entry = (Owed){device, journal,
						journal->closed ? journal->closed_seq : fleet_journal_last(journal), 0};
		verdict->n_signed += entry->n_owed;
		g_hash_table_insert(owed, name, entry);
	}
}

static GHashTable *owe_all(const Fleet *fleet, FleetVerdict *verdict)
{
	GHashTable *owed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < fleet->terminals->len; i++)
		owe_device(owed, ((FleetTerminal *)fleet->terminals->pdata[i])->device, verdict);
	return owed;
}

/* Every event of one stored journal. */
static gboolean check_events(Sql *sql, const JournalRow *row, Owed *owed, FleetVerdict *verdict,
							 GError **error)
{
	g_autoptr(SqlStatement) events = sql_query(
		sql, error, "SELECT seq, bytes FROM event WHERE journal = $1 ORDER BY seq", "i", row->id);
	SqlStep step = SQL_FAILED;
	while (events != NULL && (step = sql_next(events, error)) == SQL_ROW) {
		guint64 seq = (guint64)sql_int(events, 0);
		gsize size, own_size = 0;
		gconstpointer bytes = sql_bytes(events, 1, &size);
		verdict->n_stored++;
		if (owed == NULL || seq < 1 || seq > owed->n_owed) {
			verdict->n_foreign++;
			continue;
		}
		gconstpointer own = g_bytes_get_data(owed->journal->events->pdata[seq - 1], &own_size);
		owed->n_found++;
		if (size != own_size || memcmp(bytes, own, size) != 0)
			verdict->n_altered++;
	}
	return step == SQL_DONE;
}

static gboolean check_journals(Fleet *fleet, Sql *sql, GHashTable *owed, FleetVerdict *verdict,
							   GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!journals_list(sql, NULL, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const JournalRow *row = &g_array_index(rows, JournalRow, i);
		g_autofree char *name = name_of(&row->terminal, &row->journal);
		Owed *entry = g_hash_table_lookup(owed, name);
		if (entry == NULL)
			fleet_problem(fleet, "a journal that nobody wrote: %s", name);
		else if ((guint64)row->seq != entry->n_owed ||
				 !hash_equal(&row->head, fleet_journal_head(entry->journal, entry->n_owed)))
			fleet_problem(fleet, "%s: its head is not the terminal's", name);
		if (!check_events(sql, row, entry, verdict, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_count(Fleet *fleet, Sql *sql, const char *text, guint64 expected,
							const char *what, GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error, text, ""))
		return FALSE;
	if ((guint64)n != expected)
		fleet_problem(fleet, "%s: %" G_GINT64_FORMAT " instead of %" G_GUINT64_FORMAT, what, n,
					  expected);
	return TRUE;
}

static void check_terminals(Fleet *fleet)
{
	for (guint i = 0; i < fleet->terminals->len; i++) {
		const FleetDevice *device = ((FleetTerminal *)fleet->terminals->pdata[i])->device;
		if (fleet_device_backlog(device) != 0)
			fleet_problem(fleet, "%s: %" G_GUINT64_FORMAT " events without a receipt",
						  device->id.text, fleet_device_backlog(device));
		if (device->n_bad != 0)
			fleet_problem(fleet, "%s: %" G_GUINT64_FORMAT " answers not to be believed",
						  device->id.text, device->n_bad);
	}
}

gboolean fleet_check(Fleet *fleet, FleetVerdict *verdict, GError **error)
{
	*verdict = (FleetVerdict){0};
	g_autoptr(Sql) sql = fleet_province_sql(fleet->province, error);
	g_autoptr(GHashTable) owed = owe_all(fleet, verdict);
	if (sql == NULL || !check_journals(fleet, sql, owed, verdict, error) ||
		!check_count(fleet, sql, "SELECT COUNT(*) FROM conflict", 0, "second contents", error) ||
		!check_count(fleet, sql, "SELECT COUNT(DISTINCT terminal) FROM alarm WHERE kind = 'fork'",
					 fleet->n_restored, "terminals with two histories", error) ||
		!check_count(fleet, sql, "SELECT COUNT(*) FROM terminal WHERE state = 'revoked'",
					 fleet->n_revoked, "revoked terminals", error))
		return FALSE;
	check_terminals(fleet);
	GHashTableIter iter;
	gpointer name, value;
	g_hash_table_iter_init(&iter, owed);
	while (g_hash_table_iter_next(&iter, &name, &value))
		verdict->n_missing += ((Owed *)value)->n_owed - ((Owed *)value)->n_found;
	if (verdict->n_missing != 0 || verdict->n_foreign != 0 || verdict->n_altered != 0)
		fleet_problem(fleet,
					  "events: %" G_GUINT64_FORMAT " missing, %" G_GUINT64_FORMAT
					  " of nobody, %" G_GUINT64_FORMAT " altered",
					  verdict->n_missing, verdict->n_foreign, verdict->n_altered);
	return TRUE;
}
