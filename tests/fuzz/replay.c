/*
 * Runs a fuzz target on the inputs kept for it (lines of hex), without libFuzzer: what was found
 * once is tried in every build.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/protocol/support/wire_crypto.h"

/* The input in memory of exactly its size, so that the address sanitizer sees a read past it. */
static void replay_line(const char *line)
{
	Slice bytes = wire_test_hex(line);
	uint8_t *copy = malloc(bytes.size);

	memcpy(copy, bytes.data, bytes.size);
	LLVMFuzzerTestOneInput(copy, bytes.size);
	free(copy);
	wire_test_free(bytes);
}

int main(int argc, char **argv)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	unsigned n = 0;

	if (argc != 2 || !g_file_get_contents(argv[1], &text, NULL, &error)) {
		g_printerr("%s\n", error ? error->message : "usage: fuzz_TARGET corpus/TARGET.hex");
		return 2;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (**line == '\0')
			continue;
		replay_line(*line);
		n++;
	}
	g_print("%u inputs\n", n);
	return n > 0 ? 0 : 1;
}
