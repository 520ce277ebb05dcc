#include "protocol/health.h"

#include <glib.h>

#include "protocol/receipt.h"
#include "tests/protocol/support/wire_samples.h"

static bool goes_through(const Health *health, Health *again)
{
	WireBuffer bytes = {0};

	health_encode(&bytes, health);
	bool good = !bytes.failed;
	if (good)
		g_assert_cmpint(health_decode(wire_buffer_slice(&bytes), again), ==, WIRE_OK);
	if (good)
		g_assert_true(slice_equal(again->sensor, health->sensor));
	wire_buffer_clear(&bytes);
	return good;
}

static void test_comes_back(void)
{
	Health health = wire_sample_health(), again;

	health.tamper_open = true;
	g_assert_true(goes_through(&health, &again));
	g_assert_true(again.online);
	g_assert_true(random_id_equal(&again.journal, &health.journal));
	g_assert_cmpuint(again.seq, ==, 1332);
	g_assert_true(hash_equal(&again.head, &health.head));
	g_assert_cmpuint(again.receipted, ==, 1204);
	g_assert_cmpint(again.wall_ms, ==, health.wall_ms);
	g_assert_cmpint(again.trust, ==, CLOCK_SET);
	g_assert_cmpuint(again.uptime_s, ==, 86400);
	g_assert_cmpuint(again.disk_free, ==, health.disk_free);
	g_assert_cmpuint(again.roster_version, ==, 9);
	g_assert_cmpuint(again.n_people, ==, 212);
	g_assert_cmpuint(again.n_references, ==, 1270);
	g_assert_true(again.sensor_ok);
	g_assert_true(again.tamper_open);
	g_assert_false(again.reserve_reached);
	g_assert_true(again.simulated);
}

static void test_bounds(void)
{
	g_autofree char *longer = g_strnfill(EVENT_TEXT_MAX + 1, 'x');
	Health health = wire_sample_health(), again;

	health.sensor = (Slice){0}; /* none there */
	g_assert_true(goes_through(&health, &again));
	health.sensor = slice_of_text(longer);
	g_assert_false(goes_through(&health, &again));
	health = wire_sample_health();
	health.wall_ms = -1;
	g_assert_false(goes_through(&health, &again));
	health = wire_sample_health();
	health.disk_free = UINT64_MAX;
	g_assert_false(goes_through(&health, &again));
	health = wire_sample_health();
	health.trust = (ClockTrust)3;
	g_assert_false(goes_through(&health, &again));
}

static void test_a_receipt_comes_back(void)
{
	Receipt receipt = wire_sample_receipt(), again;
	WireBuffer bytes = {0};

	receipt.seq = 0; /* nothing is stored */
	receipt_encode(&bytes, &receipt);
	g_assert_cmpint(receipt_decode(wire_buffer_slice(&bytes), &again), ==, WIRE_OK);
	g_assert_true(random_id_equal(&again.journal, &receipt.journal));
	g_assert_cmpuint(again.seq, ==, 0);
	g_assert_true(hash_equal(&again.head, &receipt.head));
	wire_buffer_clear(&bytes);
	receipt.seq = (uint64_t)INT64_MAX + 1;
	receipt_encode(&bytes, &receipt);
	g_assert_true(bytes.failed);
	wire_buffer_clear(&bytes);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/health/comes_back", test_comes_back);
	g_test_add_func("/protocol/health/bounds", test_bounds);
	g_test_add_func("/protocol/receipt/comes_back", test_a_receipt_comes_back);
	return g_test_run();
}
