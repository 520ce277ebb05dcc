/*
 * The last head of the open journal, kept outside the journal's file: one line of text, written
 * beside and renamed into place, so that it is always whole.
 *
 *   hadir-head 1 JOURNAL SEQ HEAD
 */
#pragma once

#include <glib.h>

#include "protocol/ids.h"

typedef struct {
	RandomId journal;
	uint64_t seq;
	Hash head;
} JournalHead;

typedef enum {
	JOURNAL_HEAD_READ,
	JOURNAL_HEAD_NONE,   /* no such file */
	JOURNAL_HEAD_BROKEN, /* it says nothing: counts as none, but is worth a warning */
} JournalHeadState;

JournalHeadState journal_head_read(const char *path, JournalHead *out);
/* Durable when it returns TRUE. */
gboolean journal_head_write(const char *path, const JournalHead *head, GError **error);
