/*
 * Keys that programs give to their changes (Idempotency-Key), so that a request whose answer was
 * lost can be sent again.  Kept for a day.
 */
#pragma once

#include <glib.h>

#include "server/store/sql.h"

#define REQUEST_KEY_MAX 64 /* bytes of ASCII without blanks */
#define REQUEST_KEY_LIFE_MS (24 * G_GINT64_CONSTANT(3600000))

/* 1 … REQUEST_KEY_MAX printable characters? */
gboolean request_key_is_good(const char *key);
/* What was answered to that key (transfer full), NULL: it is new.  `same` FALSE: it was given to
 * another body. */
gboolean request_keys_find(Sql *sql, gint64 account, const char *key, const char *body_hash,
						   char **answer, gboolean *same, GError **error);
/* Joins the transaction of the change. */
gboolean request_keys_keep(Sql *sql, gint64 account, const char *key, const char *body_hash,
						   const char *answer, gint64 now_ms, GError **error);
gboolean request_keys_sweep(Sql *sql, gint64 now_ms, GError **error);
