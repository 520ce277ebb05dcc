/*
 * Power cuts and full disks under the journal: a VFS of the test's own stands between SQLite and the
 * files.  It stops everything at the n-th write; what had not been synced by then is kept, lost or
 * torn, sector by sector, as a disk would.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "firmware/crypto_psa.h"
#include "firmware/journal.h"
#include "tests/support/scratch.h"

#define SECTOR 512

/* ── the disk ── */

typedef struct {
	sqlite3_file base;
	const char *path; /* SQLite keeps it while the file is open */
	sqlite3_file *real;
} File;

typedef struct {
	sqlite3_vfs *real;
	GHashTable *synced; /* path → GBytes as of the last sync */
	gint64 writes_left; /* -1: no end */
	gboolean dead;      /* the power is cut: nothing is written any more */
	gboolean full;      /* every write says so */
} Disk;

static Disk disk; /* a VFS has no user pointer that reaches its files */

static GBytes *content_of(const char *path)
{
	char *content = NULL;
	gsize size = 0;

	return g_file_get_contents(path, &content, &size, NULL) ? g_bytes_new_take(content, size)
															: g_bytes_new(NULL, 0);
}

static int file_close(sqlite3_file *self)
{
	File *file = (File *)self;
	int result =
		file->real->pMethods == NULL ? SQLITE_OK : file->real->pMethods->xClose(file->real);

	g_free(file->real);
	return result;
}

static int file_read(sqlite3_file *self, void *out, int size, sqlite3_int64 at)
{
	File *file = (File *)self;

	return file->real->pMethods->xRead(file->real, out, size, at);
}

static int file_write(sqlite3_file *self, const void *data, int size, sqlite3_int64 at)
{
	File *file = (File *)self;

	if (disk.writes_left == 0)
		disk.dead = TRUE;
	if (disk.dead)
		return SQLITE_IOERR_WRITE;
	if (disk.full)
		return SQLITE_FULL;
	if (disk.writes_left > 0)
		disk.writes_left--;
	return file->real->pMethods->xWrite(file->real, data, size, at);
}

static int file_truncate(sqlite3_file *self, sqlite3_int64 size)
{
	File *file = (File *)self;

	return disk.dead ? SQLITE_IOERR_TRUNCATE : file->real->pMethods->xTruncate(file->real, size);
}

static int file_sync(sqlite3_file *self, int flags)
{
	File *file = (File *)self;
	int result;

	if (disk.dead)
		return SQLITE_IOERR_FSYNC;
	result = file->real->pMethods->xSync(file->real, flags);
	g_hash_table_replace(disk.synced, g_strdup(file->path), content_of(file->path));
	return result;
}

static int file_size(sqlite3_file *self, sqlite3_int64 *size)
{
	File *file = (File *)self;

	return file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *self, int level)
{
	File *file = (File *)self;

	return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *self, int level)
{
	File *file = (File *)self;

	return file->real->pMethods->xUnlock(file->real, level);
}

static int file_check(sqlite3_file *self, int *reserved)
{
	File *file = (File *)self;

	return file->real->pMethods->xCheckReservedLock(file->real, reserved);
}

static int file_control(sqlite3_file *self, int operation, void *argument)
{
	File *file = (File *)self;

	return file->real->pMethods->xFileControl(file->real, operation, argument);
}

static int file_sector(sqlite3_file *self)
{
	(void)self;
	return SECTOR;
}

static int file_traits(sqlite3_file *self)
{
	(void)self;
	return 0; /* no safe append, no atomic write, no power-safe overwrite */
}

/* Version 1: no shared memory, which a journal opened exclusively does not need. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *self, int flags, int *out)
{
	File *file = (File *)self;
	int result;

	(void)vfs;
	file->path = path;
	file->real = g_malloc0((gsize)disk.real->szOsFile);
	result = disk.real->xOpen(disk.real, path, file->real, flags, out);
	file->base.pMethods = &methods;
	return result;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	if (disk.dead)
		return SQLITE_IOERR_DELETE;
	g_hash_table_remove(disk.synced, path);
	return disk.real->xDelete(disk.real, path, sync);
}

static void disk_install(void)
{
	static sqlite3_vfs vfs;

	disk.real = sqlite3_vfs_find(NULL);
	disk.writes_left = -1;
	vfs = *disk.real;
	vfs.zName = "faulty";
	vfs.szOsFile = sizeof(File);
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	sqlite3_vfs_register(&vfs, 1);
}

/* What a cut leaves of one file: every sector either as synced or as last written. */
static void tear(const char *path, GBytes *synced, GRand *random)
{
	g_autoptr(GBytes) written = content_of(path);
	gsize old_size, new_size, size;
	const guint8 *old = g_bytes_get_data(synced, &old_size);
	const guint8 *new = g_bytes_get_data(written, &new_size);
	int mode = g_rand_int_range(random, 0, 3); /* lost, kept, torn */
	g_autofree guint8 *left = NULL;

	size = mode == 0 ? old_size : mode == 1 ? new_size : MAX(old_size, new_size);
	left = g_malloc0(size + 1);
	for (gsize at = 0; at < size; at += SECTOR) {
		gboolean take_new = mode == 1 || (mode == 2 && g_rand_boolean(random));
		const guint8 *from = take_new ? new : old;
		gsize end = take_new ? new_size : old_size;

		if (at < end)
			memcpy(left + at, from + at, MIN(SECTOR, MIN(end, size) - at));
	}
	g_assert_true(g_file_set_contents(path, (const char *)left, (gssize)size, NULL));
}

static void cut_power(GRand *random)
{
	GHashTableIter iter;
	gpointer path, synced;

	g_hash_table_iter_init(&iter, disk.synced);
	while (g_hash_table_iter_next(&iter, &path, &synced))
		if (g_file_test(path, G_FILE_TEST_EXISTS))
			tear(path, synced, random);
	g_hash_table_remove_all(disk.synced);
	disk.dead = disk.full = FALSE;
	disk.writes_left = -1;
}

/* ── the journal on it ── */

typedef struct {
	char *folder, *head;
	JournalConfig config;
	ClockReading now;
	Journal *journal;
} Fixture;

static guint64 plenty(const char *folder, gpointer user)
{
	(void)folder;
	(void)user;
	return G_GUINT64_CONSTANT(1) << 40;
}

static void setup(Fixture *f, gconstpointer data)
{
	(void)data;
	disk.synced =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
	f->folder = scratch_new();
	f->head = g_build_filename(f->folder, "head", NULL);
	f->config = (JournalConfig){.folder = f->folder,
								.head = f->head,
								.terminal = {"bkd-1"},
								.reserve = 1 << 20,
								.version = "1",
								.free_bytes = plenty};
	f->now = (ClockReading){.wall_ms = G_GINT64_CONSTANT(1735689600000), .trust = CLOCK_SET};
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	g_clear_pointer(&f->journal, journal_free);
	g_clear_pointer(&disk.synced, g_hash_table_destroy);
	g_free(f->head);
	scratch_free(f->folder);
}

static void open_journal(Fixture *f)
{
	GError *error = NULL;

	g_clear_pointer(&f->journal, journal_free);
	f->journal = journal_open(&f->config, &f->now, &error);
	g_assert_no_error(error);
}

static gboolean try_punch(Fixture *f, EventRef *ref, GError **error)
{
	EventBody body = {.punch = {.person = 123456, .reference = 1, .quality = 50}};

	f->now.wall_ms += 1000;
	f->now.mono_ms += 1000;
	return journal_append(f->journal, EVENT_PUNCH, &body, (Slice){0}, &f->now, ref, error);
}

/* Acknowledged events: by (seq - 1), their heads. */
static void append_until_cut(Fixture *f, GArray *acknowledged, GRand *random)
{
	EventRef ref;

	disk.writes_left = g_rand_int_range(random, 0, 250);
	while (try_punch(f, &ref, NULL)) {
		if (acknowledged->len < ref.seq)
			g_array_set_size(acknowledged, (guint)ref.seq);
		g_array_index(acknowledged, Hash, ref.seq - 1) = ref.head;
		if (g_rand_int_range(random, 0, 30) == 0) {
			Receipt receipt = {ref.journal, ref.seq, ref.head};
			JournalReceiptOutcome outcome;

			journal_apply_receipt(f->journal, &receipt, &f->now, &outcome, NULL);
		}
	}
	g_assert_true(disk.dead);
}

/* Every acknowledged event is in the chain, at its place. */
static void check_all(Fixture *f, const GArray *acknowledged)
{
	EventRef end;
	Hash head;
	uint64_t seq = 0;

	journal_head(f->journal, &end);
	g_assert_cmpuint(end.seq, >=, acknowledged->len);
	event_genesis(&f->config.terminal, &end.journal, crypto_sha256, &head);
	while (seq < end.seq) {
		JournalBatch batch;
		GError *error = NULL;

		journal_read_batch(f->journal, &end.journal, seq + 1, EVENT_BATCH_MAX, 1 << 20, &batch,
						   &error);
		g_assert_no_error(error);
		for (guint i = 0; i < batch.events->len; i++) {
			gsize size;
			const uint8_t *bytes = g_bytes_get_data(g_ptr_array_index(batch.events, i), &size);
			const Hash *expected;
			Event event;

			g_assert_cmpint(event_decode((Slice){bytes, size}, &event), ==, WIRE_OK);
			g_assert_cmpint(event_check(&event, ++seq, &head, crypto_sha256, &head), ==, WIRE_OK);
			expected =
				seq <= acknowledged->len ? &g_array_index(acknowledged, Hash, seq - 1) : NULL;
			if (expected != NULL && !hash_equal(expected, &(Hash){{0}}))
				g_assert_true(hash_equal(expected, &head));
		}
		journal_batch_clear(&batch);
	}
}

static void what_was_acknowledged_survives_every_cut(Fixture *f, gconstpointer data)
{
	g_autoptr(GArray) acknowledged = g_array_new(FALSE, TRUE, sizeof(Hash));
	g_autoptr(GRand) random = g_rand_new_with_seed(11);
	EventRef first, now;

	(void)data;
	open_journal(f);
	journal_head(f->journal, &first);
	for (int round = 0; round < 30; round++) {
		g_autoptr(GBytes) older = content_of(f->head);

		append_until_cut(f, acknowledged, random);
		g_clear_pointer(&f->journal, journal_free);
		cut_power(random);
		/* A rename that had not reached the disk: the head outside is an older one. */
		if (g_rand_boolean(random))
			g_assert_true(g_file_set_contents(f->head, g_bytes_get_data(older, NULL),
											  (gssize)g_bytes_get_size(older), NULL));
		open_journal(f);
		journal_head(f->journal, &now);
		/* It is the same journal: no cut looks like a restored card or a damaged file. */
		g_assert_true(random_id_equal(&first.journal, &now.journal));
		check_all(f, acknowledged);
	}
	g_test_message("%u events acknowledged over 30 cuts", acknowledged->len);
}

static void a_disk_full_under_sqlite_is_a_clear_refusal(Fixture *f, gconstpointer data)
{
	EventRef before, after;
	GError *error = NULL;

	(void)data;
	open_journal(f);
	g_assert_true(try_punch(f, &before, NULL));
	disk.full = TRUE;
	g_assert_false(try_punch(f, NULL, &error));
	g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL);
	g_clear_error(&error);
	g_assert_true(journal_reserve_reached(f->journal));
	journal_head(f->journal, &after);
	g_assert_true(hash_equal(&before.head, &after.head)); /* nothing half done */
	disk.full = FALSE;
	g_assert_true(try_punch(f, &after, NULL));       /* it goes on by itself */
	g_assert_cmpuint(after.seq, ==, before.seq + 2); /* after EVENT_RESERVE: freed */
	open_journal(f);
	journal_head(f->journal, &before);
	g_assert_true(hash_equal(&before.head, &after.head));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
	disk_install();
#define CASE(name)                                                                                 \
	g_test_add("/firmware/journal_power/" #name, Fixture, NULL, setup, name, teardown)
	CASE(what_was_acknowledged_survives_every_cut);
	CASE(a_disk_full_under_sqlite_is_a_clear_refusal);
	return g_test_run();
}
