/* libfprint's serialised print: what can be read is a template like any other. */
#include "firmware/match/fp3.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(MatchTemplate) template = match_template_from_fp3(data, size, 300, 400, NULL);

	if (template == NULL)
		return 0;
	g_autoptr(GBytes) bytes = match_template_encode(template);
	g_autoptr(MatchTemplate) again =
		match_template_decode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL);
	fuzz_must(again != NULL);
	fuzz_must(match_template_count(again) == match_template_count(template));
	match_score(template, again);
	return 0;
}
