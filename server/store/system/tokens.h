/*
 * Bearer tokens of programs (RFC 6750).  A token acts as its account, with the account's grants,
 * until it expires or is revoked.  Of the token only its hash is stored.
 */
#pragma once

#include <glib.h>

#include "server/store/system/password.h"
#include "server/store/sql.h"

/* `label` says what for. Gives the token (password_free()); NULL on error. */
char *tokens_issue(Sql *sql, gint64 account, const char *label, gint64 expires_ms, gint64 now_ms,
				   GError **error);
/* The account behind a token; 0 without error when it is unknown, expired or revoked. */
gint64 tokens_find(Sql *sql, const char *token, gint64 now_ms, GError **error);
gboolean tokens_revoke_all(Sql *sql, gint64 account, gint64 now_ms, GError **error);
/* Deletes those that expired before then. */
gboolean tokens_forget(Sql *sql, gint64 before_ms, GError **error);
