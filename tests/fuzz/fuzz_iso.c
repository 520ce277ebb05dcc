/* ISO/IEC 19794-2 records: what can be read is written as a record that reads to the same. */
#include "firmware/match/match.h"
#include "tests/fuzz/fuzz.h"

static GBytes *write_again(GBytes *record)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(record, &size);
	g_autoptr(MatchTemplate) template = match_template_from_iso(data, size, NULL);

	fuzz_must(template != NULL);
	return match_template_to_iso(template, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(MatchTemplate) template = match_template_from_iso(data, size, NULL);

	if (template == NULL)
		return 0;
	fuzz_must(match_template_count(template) <= MATCH_MINUTIAE_MAX);
	/* Coordinates beyond the record's 14 bits are cut the first time. */
	g_autoptr(GBytes) once = match_template_to_iso(template, 1);
	g_autoptr(GBytes) twice = write_again(once);
	g_autoptr(GBytes) thrice = write_again(twice);
	fuzz_must(g_bytes_equal(twice, thrice));
	match_score(template, template);
	return 0;
}
