#include "protocol/want.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_samples.h"

static Want through(const Want *want)
{
	WireBuffer bytes = {0};
	Want again;

	want_encode(&bytes, want);
	g_assert_cmpint(want_decode(wire_buffer_slice(&bytes), &again), ==, WIRE_OK);
	wire_buffer_clear(&bytes);
	return again;
}

static void test_a_want_comes_back(void)
{
	Want want = wire_sample_want(), again = through(&want);

	g_assert_true(again.has_epoch);
	g_assert_true(random_id_equal(&again.epoch, &want.epoch));
	g_assert_cmpuint(again.roster_version, ==, 9);
	g_assert_cmpuint(again.last_command, ==, 3);
	g_assert_true(random_id_equal(&again.journal, &want.journal));
	g_assert_cmpuint(again.seq, ==, 1332);
	g_assert_true(hash_equal(&again.head, &want.head));
	g_assert_true(again.only_roster);
}

static void test_before_the_first_server_there_is_no_epoch(void)
{
	Want want = wire_sample_want();

	want.has_epoch = false; /* what stands in `epoch` then is not sent */
	Want again = through(&want);
	g_assert_false(again.has_epoch);
	g_assert_true(random_id_is_zero(&again.epoch));
}

static bool join_goes_through(const Join *join, Join *again)
{
	WireBuffer bytes = {0};

	join_encode(&bytes, join);
	bool good = !bytes.failed;
	if (good)
		g_assert_cmpint(join_decode(wire_buffer_slice(&bytes), again), ==, WIRE_OK);
	/* `csr` is borrowed from the bytes: looked at before they go */
	if (good)
		g_assert_true(slice_equal(again->csr, join->csr));
	wire_buffer_clear(&bytes);
	return good;
}

static void test_a_join_comes_back(void)
{
	Join join = wire_sample_join(), again;

	g_assert_true(join_goes_through(&join, &again));
	g_assert_cmpmem(&again.signing, sizeof again.signing, &join.signing, sizeof join.signing);
	g_assert_cmpmem(&again.sealing, sizeof again.sealing, &join.sealing, sizeof join.sealing);
	g_assert_false(again.renewal);
	g_assert_true(hash_equal(&again.proof, &join.proof));
}

static void test_proof_and_renewal_exclude_each_other(void)
{
	Join join = wire_sample_join(), again;

	join.renewal = true;
	g_assert_false(join_goes_through(&join, &again));
	join.proof = (Hash){{0}};
	g_assert_true(join_goes_through(&join, &again));
	join.renewal = false;
	g_assert_false(join_goes_through(&join, &again));
}

static void test_bounds_of_a_join(void)
{
	g_autofree guint8 *csr = g_malloc0(JOIN_CSR_MAX + 1);
	Join join = wire_sample_join(), again;

	join.csr = slice_of(csr, JOIN_CSR_MAX);
	g_assert_true(join_goes_through(&join, &again));
	join.csr.size++;
	g_assert_false(join_goes_through(&join, &again));
	join.csr.size = 0;
	g_assert_false(join_goes_through(&join, &again));
	join = wire_sample_join();
	join.signing.bytes[0] = 3; /* a compressed point */
	g_assert_false(join_goes_through(&join, &again));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/want/a_want_comes_back", test_a_want_comes_back);
	g_test_add_func("/protocol/want/before_the_first_server_there_is_no_epoch",
					test_before_the_first_server_there_is_no_epoch);
	g_test_add_func("/protocol/want/a_join_comes_back", test_a_join_comes_back);
	g_test_add_func("/protocol/want/proof_and_renewal_exclude_each_other",
					test_proof_and_renewal_exclude_each_other);
	g_test_add_func("/protocol/want/bounds_of_a_join", test_bounds_of_a_join);
	return g_test_run();
}
