/*
 * Replay: signed batches of several terminals, from the bytes as they arrive to the commit, beside
 * raw SQLite inserts of the same events.
 */
#include "server/verify.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/server/office.h"
#include "tests/support/scratch.h"

#define GROUP 16 /* batches in one transaction, as the core role commits them */
#define RAW_BATCH 1000

typedef struct {
	Device *device;
	char topic[TOPIC_MAX];
} Sender;

typedef struct {
	const Sender *sender;
	GBytes *message;
} Arrival;

static Sender *make_senders(Office *office, gint64 n_terminals, gint64 n_events)
{
	Sender *senders = g_new0(Sender, (gsize)n_terminals);
	office_ok(sql_begin(office->sql, error));
	for (gint64 t = 0; t < n_terminals; t++) {
		g_autofree char *id = g_strdup_printf("bench-%d", (int)t);
		gint64 at_ms = office_at(OFFICE_DAY, 6, 0);
		Device *device = device_new(id, at_ms);
		office_join(office, device);
		device_boot_event(device, FALSE, at_ms);
		while (device_seq(device) < n_events / n_terminals)
			device_punch(device, OFFICE_PERSON(device_seq(device) % OFFICE_PEOPLE), at_ms += 1000);
		senders[t].device = device;
		device_topic(device, TOPIC_UP_EVENTS, senders[t].topic);
	}
	office_ok(sql_commit(office->sql, error));
	return senders;
}

static void free_senders(Sender *senders, gint64 n_terminals)
{
	for (gint64 t = 0; t < n_terminals; t++)
		device_free(senders[t].device);
	g_free(senders);
}

/* As they come after an outage: a batch of each terminal in turn. */
static GArray *make_arrivals(const Sender *senders, gint64 n_terminals)
{
	GArray *arrivals = g_array_new(FALSE, FALSE, sizeof(Arrival));
	gint64 last = device_seq(senders[0].device);
	for (gint64 first = 1; first <= last; first += EVENT_BATCH_MAX)
		for (gint64 t = 0; t < n_terminals; t++) {
			gint64 end = MIN(first + EVENT_BATCH_MAX - 1, last);
			Arrival arrival = {&senders[t], device_batch(senders[t].device, first, end)};
			g_array_append_val(arrivals, arrival);
		}
	return arrivals;
}

static void receive(const KeyRing *ring, const Arrival *arrival, Collected *collected,
					EventBatch *batch)
{
	g_assert_cmpint(collect_message(arrival->sender->topic, arrival->message, collected), ==,
					COLLECT_OK);
	g_assert_cmpint(verify_message(ring, collected), ==, VERIFY_OK);
	g_assert_cmpint(verify_batch(collected, batch), ==, VERIFY_OK);
}

static double verify_all(const KeyRing *ring, const GArray *arrivals)
{
	double start = bench_now();
	for (guint i = 0; i < arrivals->len; i++) {
		g_auto(Collected) collected = {0};
		EventBatch batch;
		receive(ring, &g_array_index(arrivals, Arrival, i), &collected, &batch);
	}
	return bench_now() - start;
}

static void merge_one(Office *office, const KeyRing *ring, const Arrival *arrival,
					  MergeOutcome expected)
{
	g_auto(Collected) collected = {0};
	g_auto(MergeResult) result = {0};
	EventBatch batch;
	receive(ring, arrival, &collected, &batch);
	Slice all = slice_of_bytes(arrival->message);
	Slice statement = {all.data, all.size - collected.envelope.rest.size};
	office_ok(merge_batch(office->sql, &office->policy, &collected.terminal, &batch, statement,
						  office->now_ms, &result, error));
	g_assert_cmpint(result.outcome, ==, expected);
}

static double merge_all(Office *office, const KeyRing *ring, const GArray *arrivals,
						MergeOutcome expected)
{
	double start = bench_now();
	for (guint i = 0; i < arrivals->len; i++) {
		if (i % GROUP == 0)
			office_ok(sql_begin(office->sql, error));
		merge_one(office, ring, &g_array_index(arrivals, Arrival, i), expected);
		if (i % GROUP == GROUP - 1 || i == arrivals->len - 1)
			office_ok(sql_commit(office->sql, error));
	}
	return bench_now() - start;
}

static double insert_raw(const Sender *senders, gint64 n_terminals)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new();
	char *folder = scratch_new();
	for (gint64 t = 0; t < n_terminals; t++)
		for (guint i = 0; i < senders[t].device->events->len; i++)
			g_ptr_array_add(events, senders[t].device->events->pdata[i]);
	RawSqlite *raw = raw_open(folder);
	double seconds = raw_insert(raw, events, RAW_BATCH);
	raw_close(raw);
	scratch_free(folder);
	return seconds;
}

int main(int argc, char **argv)
{
	gint64 n_terminals = bench_option(argc, argv, "terminals", 50, 1000);
	gint64 n_events = bench_option(argc, argv, "events", 100000, 10000000);
	Office office;
	office_open(&office);
	office.now_ms = office_at(OFFICE_DAY + 1, 6, 0);
	Sender *senders = make_senders(&office, n_terminals, MAX(n_events, 2 * n_terminals));
	g_autoptr(GArray) arrivals = make_arrivals(senders, n_terminals);
	g_autoptr(KeyRing) ring = key_ring_new();
	office_ok(key_ring_load(ring, office.sql, NULL, error));
	double n = (double)(device_seq(senders[0].device) * n_terminals);

	double raw = insert_raw(senders, n_terminals);
	double merged = merge_all(&office, ring, arrivals, MERGE_STORED);
	bench_print(&(BenchRow){"merge", "signed batches verified, merged, committed",
							"SQLite inserts, 1000 a transaction", "events/s", n / merged, n / raw,
							TRUE});
	double again = merge_all(&office, ring, arrivals, MERGE_DUPLICATE);
	bench_print(&(BenchRow){"duplicates", "the same batches once more", "the first time",
							"events/s", n / again, n / merged, TRUE});
	bench_print(&(BenchRow){"verify", "signatures and chains alone", "the whole merge", "events/s",
							n / verify_all(ring, arrivals), n / merged, TRUE});

	for (guint i = 0; i < arrivals->len; i++)
		g_bytes_unref(g_array_index(arrivals, Arrival, i).message);
	free_senders(senders, n_terminals);
	office_close(&office);
	return 0;
}
