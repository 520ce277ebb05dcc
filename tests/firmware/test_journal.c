#include "firmware/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/crypto_psa.h"
#include "tests/support/scratch.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)

typedef struct {
	char *folder, *head;
	guint64 free;
	JournalConfig config;
	ClockReading now;
	Journal *journal;
} Fixture;

static guint64 fake_free(const char *folder, gpointer user)
{
	(void)folder;
	return ((Fixture *)user)->free;
}

static void setup(Fixture *f, gconstpointer data)
{
	(void)data;
	f->folder = scratch_new();
	f->head = g_build_filename(f->folder, "head", NULL);
	f->free = 1 << 30;
	f->config = (JournalConfig){.folder = f->folder,
								.head = f->head,
								.terminal = {"bkd-1"},
								.reserve = 64 << 20,
								.version = "1",
								.free_bytes = fake_free,
								.free_user = f};
	f->now = (ClockReading){
		.wall_ms = G_GINT64_CONSTANT(1735689600000), .mono_ms = 1000, .trust = CLOCK_SET};
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	g_clear_pointer(&f->journal, journal_free);
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

static gboolean try_punch(Fixture *f, PersonId person, EventRef *ref, GError **error)
{
	EventBody body = {.punch = {.person = person, .reference = person * 10, .quality = 50}};

	f->now.wall_ms += 1000;
	f->now.mono_ms += 1000;
	return journal_append(f->journal, EVENT_PUNCH, &body, (Slice){0}, &f->now, ref, error);
}

static EventRef punch(Fixture *f, PersonId person)
{
	GError *error = NULL;
	EventRef ref;

	try_punch(f, person, &ref, &error);
	g_assert_no_error(error);
	return ref;
}

static JournalReceiptOutcome receipt(Fixture *f, const RandomId *journal, uint64_t seq,
									 const Hash *head)
{
	Receipt message = {*journal, seq, *head};
	JournalReceiptOutcome outcome;
	GError *error = NULL;

	journal_apply_receipt(f->journal, &message, &f->now, &outcome, &error);
	g_assert_no_error(error);
	return outcome;
}

/* Reads events of a journal and proves its chain; gives the bodies' kinds and persons. */
typedef struct {
	uint32_t kind;
	EventBody body;
	int64_t wall_ms;
} Seen;

static GArray *read_all(Fixture *f, const RandomId *id)
{
	GArray *seen = g_array_new(FALSE, FALSE, sizeof(Seen));
	uint64_t next = 1;
	Hash head;

	event_genesis(&f->config.terminal, id, crypto_sha256, &head);
	for (;;) {
		JournalBatch batch;
		GError *error = NULL;

		journal_read_batch(f->journal, id, next, 100, 1 << 20, &batch, &error);
		g_assert_no_error(error);
		if (batch.events->len == 0) {
			journal_batch_clear(&batch);
			return seen;
		}
		g_assert_cmpuint(batch.first, ==, next);
		g_assert_true(hash_equal(&batch.previous, &head));
		for (guint i = 0; i < batch.events->len; i++) {
			gsize size;
			const uint8_t *data = g_bytes_get_data(g_ptr_array_index(batch.events, i), &size);
			Event event;
			Seen one;

			g_assert_cmpint(event_decode((Slice){data, size}, &event), ==, WIRE_OK);
			g_assert_cmpint(event_check(&event, next, &head, crypto_sha256, &head), ==, WIRE_OK);
			one.kind = event.header.kind;
			one.wall_ms = event.header.wall_ms;
			g_assert_cmpint(event_body_decode(one.kind, event.payload, &one.body), ==, WIRE_OK);
			g_array_append_val(seen, one);
			next++;
		}
		g_assert_true(hash_equal(&batch.head, &head));
		journal_batch_clear(&batch);
	}
}

static void begins_with_open_and_continues_after_restart(Fixture *f, gconstpointer data)
{
	EventRef first, ref;
	g_autoptr(GArray) seen = NULL;

	(void)data;
	open_journal(f);
	journal_head(f->journal, &first);
	g_assert_cmpuint(first.seq, ==, 1);
	for (int i = 1; i <= 300; i++)
		ref = punch(f, i);
	open_journal(f);
	journal_head(f->journal, &first);
	g_assert_cmpuint(first.seq, ==, 301);
	g_assert_true(hash_equal(&first.head, &ref.head));
	g_assert_cmpuint(journal_backlog(f->journal), ==, 301);
	seen = read_all(f, &first.journal);
	g_assert_cmpuint(seen->len, ==, 301);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).kind, ==, EVENT_OPEN);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.reason, ==, 0);
	g_assert_cmpint(g_array_index(seen, Seen, 300).body.punch.person, ==, 300);
}

static void stop_is_a_clean_end(Fixture *f, gconstpointer data)
{
	EventBody body = {0};
	GError *error = NULL;

	(void)data;
	open_journal(f);
	g_assert_true(journal_ended_clean(f->journal));
	punch(f, 1);
	open_journal(f);
	g_assert_false(journal_ended_clean(f->journal));
	journal_append(f->journal, EVENT_STOP, &body, (Slice){0}, &f->now, NULL, &error);
	g_assert_no_error(error);
	g_assert_false(try_punch(f, 2, NULL, &error)); /* nothing comes after it */
	g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FAILED);
	g_clear_error(&error);
	open_journal(f);
	g_assert_true(journal_ended_clean(f->journal));
	punch(f, 3);
}

static void a_receipt_releases_and_a_lower_one_orders_a_resend(Fixture *f, gconstpointer data)
{
	EventRef a, b;
	RandomId id;
	uint64_t receipted, last;
	Hash genesis;

	(void)data;
	open_journal(f);
	a = punch(f, 1);
	b = punch(f, 2);
	punch(f, 3);
	g_assert_cmpint(receipt(f, &b.journal, b.seq, &b.head), ==, JOURNAL_RECEIPT_ADVANCED);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 1);
	g_assert_cmpint(receipt(f, &b.journal, b.seq, &b.head), ==, JOURNAL_RECEIPT_SAME);
	g_assert_cmpint(receipt(f, &a.journal, a.seq, &a.head), ==, JOURNAL_RECEIPT_RESEND);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 2);
	open_journal(f); /* it is on disk */
	g_assert_true(journal_oldest_pending(f->journal, &id, &receipted, &last));
	g_assert_cmpuint(receipted, ==, a.seq);
	event_genesis(&f->config.terminal, &a.journal, crypto_sha256, &genesis);
	g_assert_cmpint(receipt(f, &a.journal, 0, &genesis), ==, JOURNAL_RECEIPT_RESEND);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 4);
	id.bytes[0] ^= 1;
	g_assert_cmpint(receipt(f, &id, a.seq, &a.head), ==, JOURNAL_RECEIPT_UNKNOWN);
}

static void another_history_closes_the_journal_and_carries_people_over(Fixture *f,
																	   gconstpointer data)
{
	EventRef a, b, now;
	Hash other;
	g_autoptr(GArray) seen = NULL;
	EventBody body = {.alive = {.sensor_ok = true}};
	GError *error = NULL;
	int64_t at_ms;

	(void)data;
	open_journal(f);
	a = punch(f, 1);
	receipt(f, &a.journal, a.seq, &a.head);
	b = punch(f, 2);
	at_ms = f->now.wall_ms;
	journal_append(f->journal, EVENT_ALIVE, &body, (Slice){0}, &f->now, NULL, &error);
	g_assert_no_error(error);
	other = b.head;
	other.bytes[0] ^= 1;
	f->now.wall_ms += 60000;
	g_assert_cmpint(receipt(f, &b.journal, b.seq, &other), ==, JOURNAL_RECEIPT_REPLACED);
	journal_head(f->journal, &now);
	g_assert_false(random_id_equal(&now.journal, &b.journal));
	open_journal(f);
	journal_head(f->journal, &now);
	seen = read_all(f, &now.journal);
	g_assert_cmpuint(seen->len, ==, 2);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.reason, ==, 1);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.previous_seq, ==, b.seq);
	g_assert_true(hash_equal(&g_array_index(seen, Seen, 0).body.open.previous_head, &other));
	g_assert_cmpint(g_array_index(seen, Seen, 1).body.punch.person, ==, 2);
	g_assert_cmpint(g_array_index(seen, Seen, 1).wall_ms, ==, at_ms);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 2);
	/* What the server says of the closed one changes nothing any more. */
	g_assert_cmpint(receipt(f, &b.journal, b.seq, &other), ==, JOURNAL_RECEIPT_SAME);
}

/* An approval names its event by seq: carried over, it still names the same one, or stays. */
static void an_approval_is_carried_over_with_its_event(Fixture *f, gconstpointer data)
{
	EventBody fingerless = {.fingerless = {.number = {(const uint8_t *)"4711", 4}}};
	EventBody approval = {.approval = {.approver = 5, .score_milli = 40000}};
	EventRef first, second, now;
	g_autoptr(GArray) seen = NULL;
	GError *error = NULL;
	Hash other;

	(void)data;
	open_journal(f);
	journal_append(f->journal, EVENT_FINGERLESS, &fingerless, (Slice){0}, &f->now, &first, &error);
	g_assert_no_error(error);
	receipt(f, &first.journal, first.seq, &first.head);
	journal_append(f->journal, EVENT_FINGERLESS, &fingerless, (Slice){0}, &f->now, &second, &error);
	g_assert_no_error(error);
	approval.approval.seq = first.seq; /* the server has that one */
	journal_append(f->journal, EVENT_APPROVAL, &approval, (Slice){0}, &f->now, NULL, &error);
	g_assert_no_error(error);
	approval.approval.seq = second.seq;
	journal_append(f->journal, EVENT_APPROVAL, &approval, (Slice){0}, &f->now, NULL, &error);
	g_assert_no_error(error);
	other = second.head;
	other.bytes[0] ^= 1;
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*another history*");
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*stays behind*");
	g_assert_cmpint(receipt(f, &second.journal, second.seq, &other), ==, JOURNAL_RECEIPT_REPLACED);
	g_test_assert_expected_messages();
	journal_head(f->journal, &now);
	seen = read_all(f, &now.journal);
	g_assert_cmpuint(seen->len, ==, 3); /* open, fingerless, its approval */
	g_assert_cmpuint(g_array_index(seen, Seen, 1).kind, ==, EVENT_FINGERLESS);
	g_assert_cmpuint(g_array_index(seen, Seen, 2).kind, ==, EVENT_APPROVAL);
	g_assert_cmpuint(g_array_index(seen, Seen, 2).body.approval.seq, ==, 2);
	g_assert_cmpuint(second.seq, !=, 2);
}

static void a_receipt_beyond_the_end_means_a_restored_card(Fixture *f, gconstpointer data)
{
	EventRef a;

	(void)data;
	open_journal(f);
	a = punch(f, 1);
	g_assert_cmpint(receipt(f, &a.journal, a.seq + 5, &a.head), ==, JOURNAL_RECEIPT_REPLACED);
}

static void copy_file(const char *from, const char *to)
{
	g_autofree char *content = NULL;
	gsize size;
	GError *error = NULL;

	g_assert_true(g_file_get_contents(from, &content, &size, &error));
	g_assert_true(g_file_set_contents(to, content, (gssize)size, &error));
}

static void a_restored_card_is_found_by_the_head_outside(Fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "journal.db", NULL);
	g_autofree char *saved = g_build_filename(f->folder, "saved.db", NULL);
	EventRef old, now;
	g_autoptr(GArray) seen = NULL;
	RandomId id;
	uint64_t receipted, last;

	(void)data;
	open_journal(f);
	punch(f, 1);
	g_clear_pointer(&f->journal, journal_free);
	copy_file(path, saved);
	open_journal(f);
	punch(f, 2);
	old = punch(f, 3);
	g_clear_pointer(&f->journal, journal_free);
	copy_file(saved, path);
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*the card was restored*");
	open_journal(f);
	g_test_assert_expected_messages();
	journal_head(f->journal, &now);
	g_assert_false(random_id_equal(&now.journal, &old.journal));
	seen = read_all(f, &now.journal);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.reason, ==, 1);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.previous_seq, ==, old.seq);
	g_assert_true(hash_equal(&g_array_index(seen, Seen, 0).body.open.previous_head, &old.head));
	/* The old one is sent first; the server, who has more of it, releases it whole. */
	g_assert_true(journal_oldest_pending(f->journal, &id, &receipted, &last));
	g_assert_true(random_id_equal(&id, &old.journal));
	g_assert_cmpint(receipt(f, &old.journal, old.seq, &old.head), ==, JOURNAL_RECEIPT_ADVANCED);
	g_assert_true(journal_oldest_pending(f->journal, &id, &receipted, &last));
	g_assert_true(random_id_equal(&id, &now.journal));
	/* The next start finds nothing wrong. */
	open_journal(f);
	journal_head(f->journal, &old);
	g_assert_true(random_id_equal(&now.journal, &old.journal));
}

static void a_lost_file_is_named_by_the_next_journal(Fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "journal.db", NULL);
	EventRef old, now;
	g_autoptr(GArray) seen = NULL;

	(void)data;
	open_journal(f);
	old = punch(f, 1);
	g_clear_pointer(&f->journal, journal_free);
	g_remove(path);
	open_journal(f);
	journal_head(f->journal, &now);
	seen = read_all(f, &now.journal);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.reason, ==, 2);
	g_assert_true(
		random_id_equal(&g_array_index(seen, Seen, 0).body.open.previous_journal, &old.journal));
}

static void spoil(const char *path, goffset at, gsize size)
{
	int fd = open(path, O_WRONLY);

	g_assert_cmpint(fd, >=, 0);
	for (gsize i = 0; i < size; i++)
		g_assert_cmpint(pwrite(fd, "\xa5", 1, at + (goffset)i), ==, 1);
	close(fd);
}

static void a_damaged_file_is_moved_aside_and_its_sound_part_kept(Fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "journal.db", NULL);
	EventRef old, now;
	g_autoptr(GArray) seen = NULL, kept = NULL;
	RandomId id;
	uint64_t receipted, last;

	(void)data;
	open_journal(f);
	for (int i = 1; i <= 2000; i++)
		old = punch(f, i);
	g_clear_pointer(&f->journal, journal_free);
	{
		g_autofree char *content = NULL;
		gsize size;

		g_assert_true(g_file_get_contents(path, &content, &size, NULL));
		spoil(path, (goffset)(size / 2), size / 4);
	}
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "journal: *");
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*was moved to*");
	open_journal(f);
	g_test_assert_expected_messages();
	journal_head(f->journal, &now);
	seen = read_all(f, &now.journal);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.reason, ==, 2);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.previous_seq, ==, old.seq);
	g_assert_true(journal_oldest_pending(f->journal, &id, &receipted, &last));
	g_assert_true(random_id_equal(&id, &old.journal));
	kept = read_all(f, &id);
	g_assert_cmpuint(kept->len, ==, last);
	g_assert_cmpuint(kept->len, >, 100);
	g_assert_cmpuint(kept->len, <, old.seq);
	g_test_message("%u of 2001 events were kept", kept->len);
	punch(f, 1);
	open_journal(f);
}

static void the_reserve_is_refused_journalled_and_left_again(Fixture *f, gconstpointer data)
{
	g_autoptr(GArray) seen = NULL;
	GError *error = NULL;
	EventRef ref;
	guint n;

	(void)data;
	open_journal(f);
	punch(f, 1);
	f->free = (64 << 20) - 1;
	g_test_expect_message("hadir", G_LOG_LEVEL_WARNING, "*reserve is reached*");
	g_assert_false(try_punch(f, 2, NULL, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL);
	g_clear_error(&error);
	g_assert_true(journal_reserve_reached(f->journal));
	g_assert_false(try_punch(f, 3, NULL, &error));
	g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL);
	g_clear_error(&error);
	f->free = 100 << 20;
	punch(f, 4);
	g_assert_false(journal_reserve_reached(f->journal));
	journal_head(f->journal, &ref);
	seen = read_all(f, &ref.journal);
	n = seen->len;
	g_assert_cmpuint(n, ==, 5);
	g_assert_cmpuint(g_array_index(seen, Seen, 2).kind, ==, EVENT_RESERVE);
	g_assert_true(g_array_index(seen, Seen, 2).body.reserve.reached);
	g_assert_cmpuint(g_array_index(seen, Seen, 3).kind, ==, EVENT_RESERVE);
	g_assert_false(g_array_index(seen, Seen, 3).body.reserve.reached);
	g_assert_cmpint(g_array_index(seen, Seen, 4).body.punch.person, ==, 4);
}

static void only_old_receipted_events_are_pruned_and_only_for_space(Fixture *f, gconstpointer data)
{
	EventRef ref, first_new;
	JournalBatch batch;
	GError *error = NULL;

	(void)data;
	open_journal(f);
	for (int i = 0; i < 500; i++)
		ref = punch(f, 1);
	receipt(f, &ref.journal, ref.seq, &ref.head);
	f->now.wall_ms += 29 * DAY_MS;
	f->free = 100 << 20; /* less than twice the reserve: nothing is old enough */
	first_new = punch(f, 2);
	journal_read_batch(f->journal, &ref.journal, 1, 1, 1, &batch, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(batch.first, ==, 1);
	journal_batch_clear(&batch);
	f->now.wall_ms += 2 * DAY_MS;
	f->free = 1 << 30; /* old enough, but there is room */
	punch(f, 3);
	journal_read_batch(f->journal, &ref.journal, 1, 1, 1, &batch, &error);
	g_assert_cmpuint(batch.first, ==, 1);
	journal_batch_clear(&batch);
	f->free = 100 << 20;
	punch(f, 4);
	journal_read_batch(f->journal, &ref.journal, 1, 1, 1, &batch, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(batch.first, ==, first_new.seq);
	g_assert_true(hash_equal(&batch.previous, &ref.head));
	journal_batch_clear(&batch);
	open_journal(f);
}

static void what_a_restored_server_lacks_and_is_pruned_becomes_a_hole(Fixture *f,
																	  gconstpointer data)
{
	EventRef ref, kept, now;
	g_autoptr(GArray) seen = NULL;
	Hash any = {{1}};

	(void)data;
	open_journal(f);
	for (int i = 0; i < 500; i++)
		ref = punch(f, 1);
	f->now.wall_ms += 31 * DAY_MS;
	f->free = 100 << 20;
	receipt(f, &ref.journal, ref.seq, &ref.head);
	punch(f, 2); /* prunes */
	kept = punch(f, 3);
	receipt(f, &kept.journal, kept.seq, &kept.head);
	/* Its backup was of event 10: nobody can compare that any more. */
	g_assert_cmpint(receipt(f, &ref.journal, 10, &any), ==, JOURNAL_RECEIPT_REPLACED);
	journal_head(f->journal, &now);
	g_assert_false(random_id_equal(&now.journal, &kept.journal));
	seen = read_all(f, &now.journal);
	g_assert_cmpuint(seen->len, ==, 3);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.reason, ==, 2);
	g_assert_cmpuint(g_array_index(seen, Seen, 0).body.open.previous_seq, ==, kept.seq);
	g_assert_true(hash_equal(&g_array_index(seen, Seen, 0).body.open.previous_head, &kept.head));
	g_assert_cmpint(g_array_index(seen, Seen, 1).body.punch.person, ==, 2);
	g_assert_cmpint(g_array_index(seen, Seen, 2).body.punch.person, ==, 3);
	/* Asked again, nothing happens twice. */
	open_journal(f);
	g_assert_cmpint(receipt(f, &ref.journal, 10, &any), ==, JOURNAL_RECEIPT_SAME);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 3);
}

static void a_restored_server_is_asked_about_closed_journals_too(Fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "journal.db", NULL);
	g_autofree char *saved = g_build_filename(f->folder, "saved.db", NULL);
	EventRef early, old, now;
	RandomId id;
	uint64_t receipted, last;
	GError *error = NULL;

	(void)data;
	open_journal(f);
	early = punch(f, 1);
	punch(f, 2);
	old = punch(f, 2);
	receipt(f, &old.journal, old.seq, &old.head);
	g_clear_pointer(&f->journal, journal_free);
	copy_file(path, saved);
	open_journal(f);
	punch(f, 3);
	g_clear_pointer(&f->journal, journal_free);
	copy_file(saved, path); /* so that there is a closed journal */
	open_journal(f);
	journal_head(f->journal, &now);
	receipt(f, &now.journal, now.seq, &now.head);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 0);
	journal_enter_epoch(f->journal, &error);
	g_assert_no_error(error);
	g_assert_true(journal_oldest_pending(f->journal, &id, &receipted, &last));
	g_assert_true(random_id_equal(&id, &old.journal));
	g_assert_cmpuint(receipted, ==, last - 1);
	/* It lacks what follows the early one: a gap, answered by its last good head. */
	g_assert_cmpint(receipt(f, &old.journal, early.seq, &early.head), ==, JOURNAL_RECEIPT_RESEND);
	g_assert_cmpint(receipt(f, &old.journal, old.seq, &old.head), ==, JOURNAL_RECEIPT_ADVANCED);
	g_assert_cmpuint(journal_backlog(f->journal), ==, 0);
}

static void a_held_group_is_one_commit(Fixture *f, gconstpointer data)
{
	GError *error = NULL;
	EventRef ref;

	(void)data;
	open_journal(f);
	journal_begin(f->journal, &error);
	for (int i = 0; i < 1000; i++)
		punch(f, 7);
	journal_commit(f->journal, &error);
	g_assert_no_error(error);
	open_journal(f);
	journal_head(f->journal, &ref);
	g_assert_cmpuint(ref.seq, ==, 1001);
}

/* ── power cuts: a child appends and acknowledges until it is killed ── */

static void append_until_killed(Fixture *f, int ack)
{
	open_journal(f);
	for (int i = 1;; i++) {
		EventRef ref = punch(f, i % 1000 + 1);

		if (write(ack, &ref, sizeof ref) != sizeof ref)
			_exit(1);
	}
}

static guint read_acknowledged(int fd, GArray *refs)
{
	EventRef ref;
	guint n = 0;

	while (read(fd, &ref, sizeof ref) == sizeof ref) {
		g_array_append_val(refs, ref);
		n++;
	}
	return n;
}

static void what_was_acknowledged_survives_kill(Fixture *f, gconstpointer data)
{
	g_autoptr(GArray) refs = g_array_new(FALSE, FALSE, sizeof(EventRef));
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	EventRef head, last;
	guint n = 0;

	(void)data;
	for (int round = 0; round < 20; round++) {
		int pipe_fd[2];
		pid_t child;

		g_assert_cmpint(pipe(pipe_fd), ==, 0);
		child = fork();
		if (child == 0) {
			close(pipe_fd[0]);
			append_until_killed(f, pipe_fd[1]);
		}
		close(pipe_fd[1]);
		g_usleep((gulong)g_rand_int_range(random, 20000, 150000));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		n += read_acknowledged(pipe_fd[0], refs);
		close(pipe_fd[0]);
	}
	open_journal(f);
	journal_head(f->journal, &head);
	g_assert_cmpuint(n, >, 0);
	last = g_array_index(refs, EventRef, n - 1);
	g_assert_true(random_id_equal(&head.journal, &last.journal)); /* one journal all along */
	g_assert_cmpuint(head.seq, >=, last.seq);
	{
		g_autoptr(GArray) seen = read_all(f, &head.journal); /* the chain is whole */

		g_assert_cmpuint(seen->len, ==, head.seq);
		for (guint i = 0; i < refs->len; i++)
			g_assert_cmpuint(
				g_array_index(seen, Seen, g_array_index(refs, EventRef, i).seq - 1).kind, ==,
				EVENT_PUNCH);
	}
	g_test_message("%u acknowledged events, 20 kills", n);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define CASE(name) g_test_add("/firmware/journal/" #name, Fixture, NULL, setup, name, teardown)
	CASE(begins_with_open_and_continues_after_restart);
	CASE(stop_is_a_clean_end);
	CASE(a_receipt_releases_and_a_lower_one_orders_a_resend);
	CASE(a_receipt_beyond_the_end_means_a_restored_card);
	CASE(another_history_closes_the_journal_and_carries_people_over);
	CASE(an_approval_is_carried_over_with_its_event);
	CASE(a_restored_card_is_found_by_the_head_outside);
	CASE(a_lost_file_is_named_by_the_next_journal);
	CASE(a_damaged_file_is_moved_aside_and_its_sound_part_kept);
	CASE(the_reserve_is_refused_journalled_and_left_again);
	CASE(only_old_receipted_events_are_pruned_and_only_for_space);
	CASE(what_a_restored_server_lacks_and_is_pruned_becomes_a_hole);
	CASE(a_restored_server_is_asked_about_closed_journals_too);
	CASE(a_held_group_is_one_commit);
	CASE(what_was_acknowledged_survives_kill);
	return g_test_run();
}
