#include "firmware/journal_file.h"

#include <string.h>

#include "firmware/crypto_psa.h"

#define VERSION 1

/* Exclusive: this process is the only one that may have the file.  The WAL is brought back every
 * 256 pages, so that it stays near 1 MiB. */
#define SETUP                                                                                      \
	"PRAGMA locking_mode = EXCLUSIVE;"                                                             \
	"PRAGMA journal_mode = WAL;"                                                                   \
	"PRAGMA synchronous = FULL;"                                                                   \
	"PRAGMA wal_autocheckpoint = 256;"                                                             \
	"PRAGMA journal_size_limit = 1048576;"                                                         \
	"CREATE TABLE IF NOT EXISTS journal ("                                                         \
	"  no INTEGER PRIMARY KEY,"                                                                    \
	"  id BLOB NOT NULL UNIQUE,"                                                                   \
	"  base INTEGER NOT NULL,"                                                                     \
	"  receipted INTEGER NOT NULL,"                                                                \
	"  state INTEGER NOT NULL);"                                                                   \
	"CREATE TABLE IF NOT EXISTS event ("                                                           \
	"  n INTEGER PRIMARY KEY,"                                                                     \
	"  wall_ms INTEGER NOT NULL,"                                                                  \
	"  bytes BLOB NOT NULL);"

Database *journal_file_open(const char *path, GError **error)
{
	return database_open(path, VERSION, SETUP, error);
}

static gboolean read_entry(const DatabaseRows *rows, JournalEntry *entry, GError **error)
{
	Slice id = database_bytes(rows, 1);

	if (id.size != sizeof entry->id.bytes || database_int(rows, 4) < ENTRY_OPEN ||
		database_int(rows, 4) > ENTRY_GIVEN_UP) {
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN, "a journal's row is none");
		return FALSE;
	}
	*entry = (JournalEntry){
		.no = database_int(rows, 0),
		.base = database_int(rows, 2),
		.receipted = (uint64_t)database_int(rows, 3),
		.state = (JournalEntryState)database_int(rows, 4),
	};
	memcpy(entry->id.bytes, id.data, id.size);
	return TRUE;
}

/* `next` is the base of the journal after it, or a large number. */
static gboolean find_span(Database *db, JournalEntry *entry, int64_t next, GError **error)
{
	int64_t first, last;

	if (!database_get_int(db, &first, 0, error, "SELECT min(n) FROM event WHERE n > $1 AND n <= $2",
						  "ii", entry->base, next) ||
		!database_get_int(db, &last, 0, error, "SELECT max(n) FROM event WHERE n > $1 AND n <= $2",
						  "ii", entry->base, next))
		return FALSE;
	entry->last = last > 0             ? (uint64_t)(last - entry->base)
				  : next == G_MAXINT64 ? 0
									   : (uint64_t)(next - entry->base);
	entry->first = first > 0 ? (uint64_t)(first - entry->base) : entry->last + 1;
	if (entry->receipted <= entry->last)
		return TRUE;
	g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN, "more receipted than journalled");
	return FALSE;
}

GArray *journal_file_entries(Database *db, GError **error)
{
	g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(JournalEntry));
	g_autoptr(DatabaseRows) rows = database_query(
		db, error, "SELECT no, id, base, receipted, state FROM journal ORDER BY no", "");
	DatabaseStep step = rows == NULL ? DATABASE_FAILED : DATABASE_ROW;
	JournalEntry entry;

	while (step != DATABASE_FAILED && (step = database_next(rows, error)) == DATABASE_ROW) {
		if (!read_entry(rows, &entry, error))
			return NULL;
		g_array_append_val(entries, entry);
	}
	if (step == DATABASE_FAILED)
		return NULL;
	for (guint i = 0; i < entries->len; i++) {
		int64_t next =
			i + 1 < entries->len ? g_array_index(entries, JournalEntry, i + 1).base : G_MAXINT64;

		if (!find_span(db, &g_array_index(entries, JournalEntry, i), next, error))
			return NULL;
	}
	return g_steal_pointer(&entries);
}

gboolean journal_file_add_entry(Database *db, JournalEntry *entry, GError **error)
{
	return database_run(db, error,
						"INSERT INTO journal (no, id, base, receipted, state)"
						" VALUES ($1, $2, $3, $4, $5)",
						"isiii", entry->no, (Slice){entry->id.bytes, sizeof entry->id.bytes},
						entry->base, (int64_t)entry->receipted, (int64_t)entry->state);
}

gboolean journal_file_set_receipted(Database *db, const JournalEntry *entry, uint64_t seq,
									GError **error)
{
	return database_run(db, error, "UPDATE journal SET receipted = $1 WHERE no = $2", "ii",
						(int64_t)seq, entry->no);
}

gboolean journal_file_set_state(Database *db, const JournalEntry *entry, JournalEntryState state,
								GError **error)
{
	return database_run(db, error, "UPDATE journal SET state = $1 WHERE no = $2", "ii",
						(int64_t)state, entry->no);
}

gboolean journal_file_put(Database *db, int64_t row, int64_t wall_ms, Slice bytes, GError **error)
{
	return database_run(db, error, "INSERT INTO event (n, wall_ms, bytes) VALUES ($1, $2, $3)",
						"iis", row, wall_ms, bytes);
}

GBytes *journal_file_get(Database *db, int64_t row, GError **error)
{
	g_autoptr(GPtrArray) found = journal_file_get_many(db, row, row, 1, 0, error);

	return found == NULL ? NULL : g_bytes_ref(g_ptr_array_index(found, 0));
}

GPtrArray *journal_file_get_many(Database *db, int64_t row, int64_t last, size_t n_max,
								 gsize size_max, GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(DatabaseRows) rows =
		database_query(db, error, "SELECT n, bytes FROM event WHERE n >= $1 AND n <= $2 ORDER BY n",
					   "ii", row, last);
	DatabaseStep step = rows == NULL ? DATABASE_FAILED : DATABASE_ROW;
	gsize size = 0;

	while (events->len < n_max && step == DATABASE_ROW &&
		   (step = database_next(rows, error)) == DATABASE_ROW) {
		Slice bytes = database_bytes(rows, 1);

		size += bytes.size;
		if (events->len > 0 && size > size_max)
			break;
		if (database_int(rows, 0) != row + (int64_t)events->len)
			break;
		g_ptr_array_add(events, g_bytes_new(bytes.data, bytes.size));
	}
	if (step == DATABASE_FAILED)
		return NULL;
	if (events->len == 0) {
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN,
					"row %" G_GINT64_FORMAT " is missing", row);
		return NULL;
	}
	return g_steal_pointer(&events);
}

gboolean journal_file_old_run(Database *db, int64_t row, int64_t last, int64_t before_ms,
							  size_t n_max, int64_t *end, GError **error)
{
	g_autoptr(DatabaseRows) rows = database_query(
		db, error, "SELECT n, wall_ms FROM event WHERE n >= $1 AND n <= $2 ORDER BY n LIMIT $3",
		"iii", row, last, (int64_t)n_max);
	DatabaseStep step = DATABASE_FAILED;

	*end = row - 1;
	while (rows != NULL && (step = database_next(rows, error)) == DATABASE_ROW &&
		   database_int(rows, 1) < before_ms)
		*end = database_int(rows, 0);
	return step != DATABASE_FAILED;
}

gboolean journal_file_prune(Database *db, int64_t first, int64_t last, GError **error)
{
	return database_run(db, error, "DELETE FROM event WHERE n >= $1 AND n <= $2", "ii", first,
						last);
}

gboolean journal_file_free_bytes(Database *db, int64_t *bytes, GError **error)
{
	int64_t n_free, page_size;

	if (!database_get_int(db, &n_free, 0, error, "PRAGMA freelist_count", "") ||
		!database_get_int(db, &page_size, 0, error, "PRAGMA page_size", ""))
		return FALSE;
	*bytes = n_free * page_size;
	return TRUE;
}

/* Copies one journal up to its first event that is missing or does not follow. */
static uint64_t salvage_events(Database *to, Database *from, const JournalEntry *old,
							   int64_t new_base, const TerminalId *terminal)
{
	g_autoptr(DatabaseRows) rows = database_query(
		from, NULL, "SELECT n, wall_ms, bytes FROM event WHERE n > $1 ORDER BY n", "i", old->base);
	uint64_t seq = 0;
	Hash previous, head;
	Event event;

	event_genesis(terminal, &old->id, crypto_sha256, &previous);
	while (rows != NULL && database_next(rows, NULL) == DATABASE_ROW) {
		uint64_t found = (uint64_t)(database_int(rows, 0) - old->base);
		Slice bytes = database_bytes(rows, 2);

		if (event_decode(bytes, &event) != WIRE_OK || event.header.seq != found)
			break;
		if (seq == 0 && found > 1) /* what came before was pruned */
			previous = event.header.previous;
		if ((seq > 0 && found != seq + 1) ||
			event_check(&event, found, &previous, crypto_sha256, &head) != WIRE_OK ||
			!journal_file_put(to, new_base + (int64_t)found, database_int(rows, 1), bytes, NULL))
			break;
		seq = found;
		previous = head;
	}
	return seq;
}

static uint64_t salvage_entry(Database *to, Database *from, JournalEntry *old, int64_t *base,
							  const TerminalId *terminal)
{
	JournalEntry entry = *old;
	uint64_t last;

	entry.base = *base;
	entry.state = MAX(entry.state, ENTRY_CLOSED);
	last = salvage_events(to, from, old, entry.base, terminal);
	if (last == 0)
		return 0;
	entry.receipted = MIN(old->receipted, last);
	if (!journal_file_add_entry(to, &entry, NULL))
		return 0;
	*base += (int64_t)last;
	return last;
}

uint64_t journal_file_salvage(Database *db, const char *path, const TerminalId *terminal)
{
	g_autoptr(Database) from = database_open_damaged(path, NULL);
	g_autoptr(DatabaseRows) rows =
		from == NULL ? NULL
					 : database_query(from, NULL,
									  "SELECT no, id, base, receipted, state FROM journal"
									  " ORDER BY no",
									  "");
	uint64_t n = 0;
	int64_t base = 0;
	JournalEntry entry;

	if (!database_begin(db, NULL))
		return 0;
	while (rows != NULL && database_next(rows, NULL) == DATABASE_ROW &&
		   read_entry(rows, &entry, NULL))
		n += salvage_entry(db, from, &entry, &base, terminal);
	return database_commit(db, NULL) ? n : 0;
}
