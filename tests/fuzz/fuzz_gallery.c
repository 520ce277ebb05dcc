/* A gallery's file behind its checksum: what can be read can be searched, changed, and is written as it
 * was. */
#include <string.h>

#include "firmware/match/match.h"
#include "tests/fuzz/fuzz.h"

#define DIGEST_SIZE 32

/* The checksum is made good here: a fuzzer would not find it. */
static GBytes *seal(const uint8_t *data, size_t size)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 *sealed = g_malloc(size + DIGEST_SIZE);
	gsize digest_size = DIGEST_SIZE;

	if (size > 0)
		memcpy(sealed, data, size);
	g_checksum_update(checksum, sealed, (gssize)size);
	g_checksum_get_digest(checksum, sealed + size, &digest_size);
	return g_bytes_new_take(sealed, size + DIGEST_SIZE);
}

static void use(MatchGallery *gallery)
{
	static const MatchMinutia minutiae[] = {
		{10, 10, 0, 50}, {60, 30, 9000, 50}, {30, 80, 30000, 50}, {90, 90, 60000, 50}};
	g_autoptr(MatchTemplate) probe = match_template_new(minutiae, G_N_ELEMENTS(minutiae), 100, 100);
	MatchAnswer answer = match_gallery_identify(gallery, probe, NULL, NULL);

	match_gallery_put(gallery, 1, 1, g_steal_pointer(&probe));
	match_gallery_remove_person(gallery, answer.person);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) bytes = seal(data, size), again = NULL;
	g_autoptr(MatchGallery) gallery = match_gallery_read(bytes, NULL);

	if (gallery == NULL)
		return 0;
	again = match_gallery_write(gallery);
	fuzz_must(g_bytes_equal(bytes, again));
	use(gallery);
	return 0;
}
