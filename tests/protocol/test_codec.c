#include "protocol/codec.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"

/* RFC 8949 appendix A, the examples in the part of CBOR that deterministic encoding of ours uses:
 * each is well-formed as a whole item. */
static const char *const good_items[] = {
	"00",                                                         /* 0 */
	"17",                                                         /* 23 */
	"1818",                                                       /* 24 */
	"1819",                                                       /* 25 */
	"1903e8",                                                     /* 1000 */
	"1a000f4240",                                                 /* 1000000 */
	"1b000000e8d4a51000",                                         /* 1000000000000 */
	"1bffffffffffffffff",                                         /* 18446744073709551615 */
	"3bffffffffffffffff",                                         /* -18446744073709551616 */
	"20",                                                         /* -1 */
	"3863",                                                       /* -100 */
	"3903e7",                                                     /* -1000 */
	"f4",                                                         /* false */
	"f5",                                                         /* true */
	"f6",                                                         /* null */
	"40",                                                         /* h'' */
	"4401020304",                                                 /* h'01020304' */
	"60",                                                         /* "" */
	"6449455446",                                                 /* "IETF" */
	"62225c",                                                     /* "\"\\" */
	"62c3bc",                                                     /* "ü" */
	"63e6b0b4",                                                   /* "水" */
	"64f0908591",                                                 /* U+10151 */
	"80",                                                         /* [] */
	"83010203",                                                   /* [1, 2, 3] */
	"8301820203820405",                                           /* [1, [2, 3], [4, 5]] */
	"98190102030405060708090a0b0c0d0e0f101112131415161718181819", /* [1 … 25] */
	"a0",                                                         /* {} */
	"a201020304",                                                 /* {1: 2, 3: 4} */
	"a26161016162820203",                                         /* {"a": 1, "b": [2, 3]} */
	"826161a161626163",                                           /* ["a", {"b": "c"}] */
	"a56161614161626142616361436164614461656145",
	"c074323031332d30332d32315432303a30343a30305a", /* 0("2013-03-21T20:04:00Z") */
	"c11a514b67b0",                                 /* 1(1363896240) */
	"d74401020304",                                 /* 23(h'01020304') */
	"d818456449455446",                             /* 24(h'6449455446') */
};

/* What RFC 8949 allows or forbids and we refuse alike. */
static const char *const bad_items[] = {
	"",                   /* nothing */
	"1800",               /* 0, not in its shortest form */
	"1817",               /* 23, the same */
	"190018",             /* 24 */
	"1a0000ffff",         /* 65535 */
	"1b00000000ffffffff", /* 4294967295 */
	"3817",               /* -24 */
	"580101",             /* the length of a string, not in its shortest form */
	"780161",
	"980101", /* the same of an array, a map, a tag */
	"b8010101",
	"d81200",
	"18", /* cut: the argument */
	"1903",
	"1a0102",
	"4401", /* cut: the string */
	"6261",
	"5affffffff00", /* a string of 4 GiB */
	"5bffffffffffffffff00",
	"9bffffffffffffffff", /* an array and a map of 2^64-1 items */
	"bbffffffffffffffff",
	"bb8000000000000001", /* a map whose items overflow when doubled */
	"8201",               /* cut: the array */
	"a101",               /* cut: the map */
	"c0",                 /* a tag of nothing */
	"d8",                 /* a cut tag */
	"dc00",               /* a reserved one */
	"df00",
	"5f42010243030405ff", /* indefinite length: bytes, text, array, map */
	"7f657374726561646d696e67ff",
	"9fff",
	"bf61610161629f0203ffff",
	"ff",     /* a break of nothing */
	"f90000", /* floating point */
	"fa47c35000",
	"fb3ff199999999999a",
	"f7", /* undefined */
	"f0", /* unassigned simple values */
	"f818",
	"f8ff",
	"f814", /* false in two bytes */
	"1c",   /* reserved additional information */
	"3d",
	"5e",
	"fc",
	"61ff",                 /* not UTF-8 */
	"62c080",               /* an overlong NUL */
	"63eda080",             /* a surrogate */
	"64f4908080",           /* beyond U+10FFFF */
	"61c3",                 /* a cut sequence */
	"a201010101",           /* a repeated key */
	"a202010101",           /* unordered keys */
	"a220010001",           /* -1 before 0 */
	"a2616201616101",       /* "b" before "a" */
	"a262616101616201",     /* "aa" before "b" */
	"81818181818181818100", /* nine deep */
};

static WireResult skip_all(const char *hex)
{
	Slice bytes = wire_test_hex(hex);
	WireReader reader;

	wire_reader_init(&reader, bytes);
	Slice item = wire_skip(&reader);
	WireResult result = wire_reader_finish(&reader);
	if (result == WIRE_OK)
		g_assert_true(slice_equal(item, bytes));
	else if (result == WIRE_MALFORMED)
		g_assert_cmpuint(item.size, ==, 0);
	wire_test_free(bytes);
	return result;
}

static void test_good_items(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(good_items); i++) {
		g_test_message("%s", good_items[i]);
		g_assert_cmpint(skip_all(good_items[i]), ==, WIRE_OK);
	}
	g_assert_cmpint(skip_all("818181818181818100"), ==, WIRE_OK); /* eight deep */
}

static void test_bad_items(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad_items); i++) {
		g_test_message("%s", bad_items[i]);
		g_assert_cmpint(skip_all(bad_items[i]), ==, WIRE_MALFORMED);
	}
	g_assert_cmpint(skip_all("0000"), ==, WIRE_SHAPE); /* something follows */
}

static void test_every_cut_is_refused(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(good_items); i++) {
		Slice bytes = wire_test_hex(good_items[i]);
		for (size_t size = 0; size < bytes.size; size++) {
			/* a copy, so that the address sanitizer sees a read past the end */
			guint8 *copy = g_memdup2(bytes.data, size);
			WireReader reader;
			wire_reader_init(&reader, slice_of(copy, size));
			wire_skip(&reader);
			g_assert_cmpint(wire_reader_finish(&reader), ==, WIRE_MALFORMED);
			g_free(copy);
		}
		wire_test_free(bytes);
	}
}

static void assert_hex(const WireBuffer *buffer, const char *hex)
{
	Slice bytes = wire_test_hex(hex);

	g_assert_false(buffer->failed);
	g_assert_cmpmem(buffer->data, buffer->size, bytes.data, bytes.size);
	wire_test_free(bytes);
}

static void test_writes_what_appendix_a_says(void)
{
	static const struct {
		gint64 value;
		const char *hex;
	} integers[] = {
		{0, "00"},
		{1, "01"},
		{10, "0a"},
		{23, "17"},
		{24, "1818"},
		{100, "1864"},
		{255, "18ff"},
		{256, "190100"},
		{1000, "1903e8"},
		{65535, "19ffff"},
		{65536, "1a00010000"},
		{1000000, "1a000f4240"},
		{4294967295, "1affffffff"},
		{4294967296, "1b0000000100000000"},
		{1000000000000, "1b000000e8d4a51000"},
		{-1, "20"},
		{-10, "29"},
		{-24, "37"},
		{-25, "3818"},
		{-100, "3863"},
		{-1000, "3903e7"},
		{G_MININT64, "3b7fffffffffffffff"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(integers); i++) {
		WireBuffer buffer = {0};
		wire_put_int(&buffer, integers[i].value);
		assert_hex(&buffer, integers[i].hex);
		WireReader reader;
		wire_reader_init(&reader, wire_buffer_slice(&buffer));
		g_assert_cmpint(wire_get_int(&reader, G_MININT64, G_MAXINT64), ==, integers[i].value);
		g_assert_cmpint(wire_reader_finish(&reader), ==, WIRE_OK);
		wire_buffer_clear(&buffer);
	}

	WireBuffer buffer = {0};
	wire_put_array(&buffer, 7);
	wire_put_bool(&buffer, false);
	wire_put_bool(&buffer, true);
	wire_put_null(&buffer);
	wire_put_bytes(&buffer, slice_of("\1\2\3\4", 4));
	wire_put_text(&buffer, slice_of_text("\xc3\xbc"));
	wire_put_map(&buffer, 0);
	wire_put_tag(&buffer, 18);
	wire_put_uint(&buffer, G_MAXUINT64);
	assert_hex(&buffer, "87f4f5f6440102030462c3bca0d21bffffffffffffffff");
	wire_buffer_clear(&buffer);
}

static void test_reads_each_type(void)
{
	Slice bytes = wire_test_hex("89f4f5f6f64401020304"
								"62c3bc"
								"a10020"
								"d200"
								"1bffffffffffffffff"
								"42aabb");
	WireReader reader;
	guint8 fixed[2];
	gint64 previous = WIRE_NO_KEY;

	wire_reader_init(&reader, bytes);
	g_assert_cmpuint(wire_get_array(&reader, 9, 9), ==, 9);
	g_assert_false(wire_get_bool(&reader));
	g_assert_true(wire_get_bool(&reader));
	g_assert_true(wire_get_null(&reader));
	g_assert_true(wire_get_null(&reader));
	g_assert_false(wire_get_null(&reader));
	g_assert_cmpuint(wire_get_bytes(&reader, 4, 4).size, ==, 4);
	g_assert_true(slice_equal(wire_get_text(&reader, 0, 2), slice_of_text("\xc3\xbc")));
	g_assert_cmpuint(wire_get_map(&reader, 1), ==, 1);
	g_assert_cmpint(wire_get_key(&reader, &previous), ==, 0);
	g_assert_cmpint(wire_get_int(&reader, -1, -1), ==, -1);
	g_assert_cmpuint(wire_get_tag(&reader), ==, 18);
	g_assert_cmpuint(wire_get_uint(&reader, 0), ==, 0);
	g_assert_cmpuint(wire_get_uint(&reader, G_MAXUINT64), ==, G_MAXUINT64);
	wire_get_fixed(&reader, fixed, sizeof fixed);
	g_assert_cmpuint(fixed[1], ==, 0xbb);
	g_assert_cmpint(wire_reader_finish(&reader), ==, WIRE_OK);
	g_assert_false(wire_get_null(&reader)); /* nothing is left, and asking does no harm */
	g_assert_cmpint(reader.result, ==, WIRE_OK);
	wire_test_free(bytes);
}

typedef void (*ReadOne)(WireReader *reader);

static void read_uint_9(WireReader *reader)
{
	g_assert_cmpuint(wire_get_uint(reader, 9), ==, 0);
}

static void read_int_9(WireReader *reader)
{
	g_assert_cmpint(wire_get_int(reader, -9, 9), ==, 0);
}

static void read_bool(WireReader *reader)
{
	g_assert_false(wire_get_bool(reader));
}

static void read_bytes_2_3(WireReader *reader)
{
	g_assert_cmpuint(wire_get_bytes(reader, 2, 3).size, ==, 0);
}

static void read_text_2_3(WireReader *reader)
{
	g_assert_cmpuint(wire_get_text(reader, 2, 3).size, ==, 0);
}

static void read_fixed_2(WireReader *reader)
{
	guint8 out[2] = {1, 1};

	wire_get_fixed(reader, out, sizeof out);
	g_assert_cmpuint(out[0] + out[1], ==, 0);
}

static void read_array_1_2(WireReader *reader)
{
	g_assert_cmpuint(wire_get_array(reader, 1, 2), ==, 0);
}

static void read_map_1(WireReader *reader)
{
	g_assert_cmpuint(wire_get_map(reader, 1), ==, 0);
}

static void read_tag(WireReader *reader)
{
	g_assert_cmpuint(wire_get_tag(reader), ==, 0);
}

static void read_two_keys(WireReader *reader)
{
	gint64 previous = WIRE_NO_KEY;

	wire_get_key(reader, &previous);
	g_assert_cmpint(wire_get_key(reader, &previous), ==, WIRE_NO_KEY);
}

static void test_each_reader_fails_for_good(void)
{
	static const struct {
		ReadOne read;
		const char *hex;
		WireResult result;
	} cases[] = {
		{read_uint_9, "0a", WIRE_RANGE},       /* above max */
		{read_uint_9, "20", WIRE_SHAPE},       /* another type */
		{read_uint_9, "", WIRE_MALFORMED},     /* nothing */
		{read_uint_9, "1801", WIRE_MALFORMED}, /* longer than needed */
		{read_int_9, "0a", WIRE_RANGE},
		{read_int_9, "29", WIRE_RANGE},
		{read_int_9, "f4", WIRE_SHAPE},
		{read_int_9, "1b8000000000000000", WIRE_RANGE}, /* no int64_t */
		{read_int_9, "3b8000000000000000", WIRE_RANGE},
		{read_bool, "f6", WIRE_SHAPE},
		{read_bool, "00", WIRE_SHAPE},
		{read_bytes_2_3, "4101", WIRE_RANGE},
		{read_bytes_2_3, "4401020304", WIRE_RANGE},
		{read_bytes_2_3, "626162", WIRE_SHAPE},
		{read_text_2_3, "6161", WIRE_RANGE},
		{read_text_2_3, "6461626364", WIRE_RANGE},
		{read_text_2_3, "426162", WIRE_SHAPE},
		{read_text_2_3, "62610a", WIRE_RANGE}, /* a control character */
		{read_text_2_3, "62617f", WIRE_RANGE},
		{read_text_2_3, "62c285", WIRE_RANGE},     /* U+0085 */
		{read_text_2_3, "6261ff", WIRE_MALFORMED}, /* not UTF-8 */
		{read_fixed_2, "4101", WIRE_RANGE},
		{read_fixed_2, "43010203", WIRE_RANGE},
		{read_array_1_2, "80", WIRE_RANGE},
		{read_array_1_2, "83010203", WIRE_RANGE},
		{read_array_1_2, "8201", WIRE_MALFORMED}, /* more than bytes are left */
		{read_array_1_2, "a0", WIRE_SHAPE},
		{read_map_1, "a201010202", WIRE_RANGE},
		{read_map_1, "a101", WIRE_MALFORMED},
		{read_map_1, "80", WIRE_SHAPE},
		{read_tag, "00", WIRE_SHAPE},
		{read_two_keys, "0101", WIRE_MALFORMED}, /* repeated */
		{read_two_keys, "0201", WIRE_MALFORMED}, /* unordered */
		{read_two_keys, "2120", WIRE_MALFORMED}, /* -2, -1 */
		{read_two_keys, "2000", WIRE_MALFORMED}, /* -1, 0 */
		{read_two_keys, "006161", WIRE_SHAPE},   /* no integer */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Slice bytes = wire_test_hex(cases[i].hex);
		WireReader reader;
		g_test_message("%" G_GSIZE_FORMAT ": %s", i, cases[i].hex);
		wire_reader_init(&reader, bytes);
		cases[i].read(&reader);
		g_assert_cmpint(reader.result, ==, cases[i].result);
		/* and whatever is asked afterwards changes nothing */
		wire_skip(&reader);
		wire_reader_fail(&reader, WIRE_MEMORY);
		g_assert_cmpint(wire_reader_finish(&reader), ==, cases[i].result);
		wire_test_free(bytes);
	}
}

static void test_keys_in_order_are_read(void)
{
	Slice bytes = wire_test_hex("0001181820213903e8");
	static const gint64 expected[] = {0, 1, 24, -1, -2, -1001};
	WireReader reader;
	gint64 previous = WIRE_NO_KEY;

	wire_reader_init(&reader, bytes);
	for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
		g_assert_cmpint(wire_get_key(&reader, &previous), ==, expected[i]);
	g_assert_cmpint(wire_reader_finish(&reader), ==, WIRE_OK);
	wire_test_free(bytes);
}

static void test_failed_buffer_gives_nothing(void)
{
	WireBuffer buffer = {0};

	wire_put_uint(&buffer, 1);
	buffer.failed = true;
	wire_put_uint(&buffer, 2);
	g_assert_cmpuint(wire_buffer_slice(&buffer).size, ==, 0);
	wire_buffer_clear(&buffer);

	wire_put_raw(&buffer, slice_of("x", SIZE_MAX / 2 + 2)); /* more than memory holds */
	g_assert_true(buffer.failed);
	wire_buffer_clear(&buffer);
	g_assert_false(buffer.failed);
}

static void test_results_have_texts(void)
{
	for (int result = WIRE_OK; result <= WIRE_MEMORY; result++)
		g_assert_cmpstr(wire_result_text((WireResult)result), !=, "unknown");
	g_assert_cmpstr(wire_result_text((WireResult)(WIRE_MEMORY + 1)), ==, "unknown");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/codec/good_items_are_read", test_good_items);
	g_test_add_func("/protocol/codec/bad_items_are_refused", test_bad_items);
	g_test_add_func("/protocol/codec/every_cut_is_refused", test_every_cut_is_refused);
	g_test_add_func("/protocol/codec/writes_what_appendix_a_says",
					test_writes_what_appendix_a_says);
	g_test_add_func("/protocol/codec/reads_each_type", test_reads_each_type);
	g_test_add_func("/protocol/codec/each_reader_fails_for_good", test_each_reader_fails_for_good);
	g_test_add_func("/protocol/codec/keys_in_order_are_read", test_keys_in_order_are_read);
	g_test_add_func("/protocol/codec/failed_buffer_gives_nothing",
					test_failed_buffer_gives_nothing);
	g_test_add_func("/protocol/codec/results_have_texts", test_results_have_texts);
	return g_test_run();
}
