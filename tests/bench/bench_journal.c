/*
 * A touch until it is journalled, beside one durable SQLite insert of the same bytes; and what an
 * event takes on the card.
 */
#include <glib/gstdio.h>

#include "firmware/journal.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/support/scratch.h"

#define EVENT_BYTES 180 /* about what a punch takes */

static void journal_touches(const char *folder, double *ms, gsize n)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *head = g_build_filename(folder, "head", NULL);
	JournalConfig config = {
		.folder = folder, .head = head, .terminal = {"bench-1"}, .reserve = 1, .version = "1"};
	ClockReading now = {
		.wall_ms = G_GINT64_CONSTANT(1735689600000), .mono_ms = 1000, .trust = CLOCK_SET};
	g_autoptr(Journal) journal = journal_open(&config, &now, &error);
	g_assert_no_error(error);
	for (gsize i = 0; i < n; i++) {
		EventBody body = {.punch = {.person = 1000001, .reference = 7, .quality = 50}};
		now.wall_ms += 1000;
		now.mono_ms += 1000;
		double start = bench_now();
		journal_append(journal, EVENT_PUNCH, &body, (Slice){0}, &now, NULL, &error);
		ms[i] = (bench_now() - start) * 1000;
		g_assert_no_error(error);
	}
}

static void raw_touches(const char *folder, double *ms, gsize n)
{
	static const guint8 bytes[EVENT_BYTES];
	g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_ptr_array_add(one, g_bytes_new_static(bytes, sizeof bytes));
	RawSqlite *raw = raw_open(folder);
	for (gsize i = 0; i < n; i++)
		ms[i] = raw_insert(raw, one, 1) * 1000;
	raw_close(raw);
}

static void print(const char *name, double share, double *ours, double *theirs, gsize n)
{
	bench_print(&(BenchRow){name, "a touch until it is journalled", "one durable SQLite insert",
							"ms", bench_quantile(ours, n, share), bench_quantile(theirs, n, share),
							FALSE});
}

int main(int argc, char **argv)
{
	gsize n = (gsize)bench_option(argc, argv, "touches", 2000, 1000000);
	g_autofree double *ours = g_new(double, n), *theirs = g_new(double, n);
	char *folder = scratch_new();
	raw_touches(folder, theirs, n);
	journal_touches(folder, ours, n);
	scratch_free(folder);
	print("journal p50", 0.50, ours, theirs, n);
	print("journal p99", 0.99, ours, theirs, n);
	return 0;
}
