#include "firmware/journal_head.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEX_HASH (2 * sizeof(Hash))

static void format_hash(const Hash *hash, char text[HEX_HASH + 1])
{
	for (gsize i = 0; i < sizeof hash->bytes; i++)
		g_snprintf(text + 2 * i, 3, "%02x", hash->bytes[i]);
}

static gboolean parse_hash(Hash *hash, const char *text)
{
	if (strlen(text) != HEX_HASH)
		return FALSE;
	for (gsize i = 0; i < sizeof hash->bytes; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return FALSE;
		hash->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return TRUE;
}

static gboolean parse(const char *text, JournalHead *out)
{
	g_autofree char *line = NULL;
	g_auto(GStrv) words = NULL;
	guint64 seq;

	if (!g_str_has_suffix(text, "\n"))
		return FALSE;
	line = g_strndup(text, strlen(text) - 1);
	words = g_strsplit(line, " ", 6);
	if (g_strv_length(words) != 5 || strcmp(words[0], "hadir-head") != 0 ||
		strcmp(words[1], "1") != 0)
		return FALSE;
	if (!g_ascii_string_to_unsigned(words[3], 10, 1, G_MAXINT64, &seq, NULL))
		return FALSE;
	out->seq = seq;
	return random_id_parse(&out->journal, words[2]) && parse_hash(&out->head, words[4]);
}

JournalHeadState journal_head_read(const char *path, JournalHead *out)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_file_get_contents(path, &text, NULL, &error))
		return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? JOURNAL_HEAD_NONE
																		: JOURNAL_HEAD_BROKEN;
	return parse(text, out) ? JOURNAL_HEAD_READ : JOURNAL_HEAD_BROKEN;
}

static gboolean write_whole(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	gsize size = strlen(text);
	gboolean done;

	if (fd < 0)
		return FALSE;
	done = write(fd, text, size) == (gssize)size && fsync(fd) == 0;
	return close(fd) == 0 && done;
}

gboolean journal_head_write(const char *path, const JournalHead *head, GError **error)
{
	g_autofree char *beside = g_strconcat(path, ".new", NULL), *text = NULL;
	char journal[RANDOM_ID_TEXT], hash[HEX_HASH + 1];

	random_id_format(&head->journal, journal);
	format_hash(&head->head, hash);
	text = g_strdup_printf("hadir-head 1 %s %" G_GUINT64_FORMAT " %s\n", journal,
						   (guint64)head->seq, hash);
	if (write_whole(beside, text) && rename(beside, path) == 0)
		return TRUE;
	g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "write %s: %s", path,
				g_strerror(errno));
	return FALSE;
}
