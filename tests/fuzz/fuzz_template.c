/* Our compact template: what can be read is written back as it was, and may be compared with
 * anything, also with what no finger has. */
#include <string.h>

#include "firmware/match/match.h"
#include "tests/fuzz/fuzz.h"

static void compare(const MatchTemplate *template)
{
	static const MatchMinutia minutiae[] = {
		{10, 10, 0, 50}, {60, 30, 9000, 50}, {30, 80, 30000, 50}, {90, 90, 60000, 50}};
	g_autoptr(MatchTemplate) other = match_template_new(minutiae, G_N_ELEMENTS(minutiae), 100, 100);
	gint32 self = match_score(template, template);

	fuzz_must(self == match_score(template, template));
	match_score(template, other);
	match_score(other, template);
	fuzz_must(match_template_quality(template) <= 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(MatchTemplate) template = match_template_decode(data, size, NULL);

	if (template == NULL)
		return 0;
	g_autoptr(GBytes) bytes = match_template_encode(template);
	fuzz_must(g_bytes_get_size(bytes) == size);
	fuzz_must(memcmp(g_bytes_get_data(bytes, NULL), data, size) == 0);
	compare(template);
	return 0;
}
