/*
 * The golden messages of protocol/vectors: each reads as its line in the index says, and the
 * program still makes exactly these bytes.  When a message changes on purpose, run
 *     build-debug/tests/protocol_vectors --write protocol/vectors
 * and look at the difference: a good one that changed is a break of the wire.
 */
#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_vectors.h"

#define BYTES_PER_LINE 32

static char *hex_lines(Slice bytes)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < bytes.size; i++) {
		bool last = i + 1 == bytes.size || (i + 1) % BYTES_PER_LINE == 0;
		g_string_append_printf(text, "%02x%s", bytes.data[i], last ? "\n" : "");
	}
	return g_string_free(text, FALSE);
}

static char *index_text(const GPtrArray *vectors)
{
	GString *text = g_string_new("# file\tmessage\tresult\twhat it shows\n");

	for (guint i = 0; i < vectors->len; i++) {
		const WireVector *vector = vectors->pdata[i];
		g_string_append_printf(text, "%s\t%s\t%s\t%s\n", vector->file, vector->message,
							   wire_result_name(vector->result), vector->text);
	}
	return g_string_free(text, FALSE);
}

static char *read_file(const char *folder, const char *name, const char *end)
{
	g_autofree char *file = g_strconcat(name, end, NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static char *vectors_folder(void)
{
	return g_build_filename(g_getenv("HADIR_SOURCE"), "protocol", "vectors", NULL);
}

static void test_kept_ones_read_as_the_index_says(void)
{
	g_autofree char *folder = vectors_folder();
	g_autofree char *index = read_file(folder, "index", "");
	g_auto(GStrv) lines = g_strsplit(index, "\n", -1);

	for (char **line = lines; *line; line++) {
		if (**line == '#' || **line == '\0')
			continue;
		g_auto(GStrv) words = g_strsplit(*line, "\t", -1);
		g_assert_cmpuint(g_strv_length(words), ==, 4);
		g_autofree char *hex = read_file(folder, words[0], ".hex");
		Slice bytes = wire_test_hex(hex);
		g_test_message("%s", words[0]);
		g_assert_cmpstr(wire_result_name(wire_vector_read(words[1], bytes)), ==, words[2]);
		wire_test_free(bytes);
	}
}

static void test_made_again_they_are_the_same(void)
{
	g_autofree char *folder = vectors_folder();
	g_autoptr(GPtrArray) vectors = wire_vectors_make();
	g_autofree char *index = index_text(vectors);
	g_autofree char *kept_index = read_file(folder, "index", "");

	g_assert_cmpstr(index, ==, kept_index);
	for (guint i = 0; i < vectors->len; i++) {
		const WireVector *vector = vectors->pdata[i];
		g_autofree char *hex = hex_lines(wire_buffer_slice(&vector->bytes));
		g_autofree char *kept = read_file(folder, vector->file, ".hex");
		g_test_message("%s", vector->file);
		g_assert_cmpstr(hex, ==, kept);
	}
}

static int write_all(const char *folder)
{
	g_autoptr(GPtrArray) vectors = wire_vectors_make();
	g_autofree char *index = index_text(vectors);
	g_autofree char *index_path = g_build_filename(folder, "index", NULL);
	bool good = g_file_set_contents(index_path, index, -1, NULL);

	for (guint i = 0; i < vectors->len; i++) {
		const WireVector *vector = vectors->pdata[i];
		Slice bytes = wire_buffer_slice(&vector->bytes);
		g_autofree char *file = g_strconcat(vector->file, ".hex", NULL);
		g_autofree char *path = g_build_filename(folder, file, NULL);
		g_autofree char *hex = hex_lines(bytes);
		WireResult result = wire_vector_read(vector->message, bytes);
		if (result != vector->result) {
			g_printerr("%s reads as %s, should be %s\n", vector->file, wire_result_name(result),
					   wire_result_name(vector->result));
			good = false;
		}
		good = g_file_set_contents(path, hex, -1, NULL) && good;
	}
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_all(argv[2]);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/vectors/kept_ones_read_as_the_index_says",
					test_kept_ones_read_as_the_index_says);
	g_test_add_func("/protocol/vectors/made_again_they_are_the_same",
					test_made_again_they_are_the_same);
	return g_test_run();
}
