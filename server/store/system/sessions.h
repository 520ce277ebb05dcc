/*
 * Log-in sessions of people.  Of the token only its hash is stored.
 *
 * A session ends 12 hours after log-in, after 60 minutes without use, at log-out, and when the
 * password or the account changes.
 */
#pragma once

#include <glib.h>

#include "server/store/system/password.h"
#include "server/store/sql.h"

#define SESSION_LIFE_MS (12 * 3600 * G_GINT64_CONSTANT(1000))
#define SESSION_IDLE_MS (60 * 60 * G_GINT64_CONSTANT(1000))
/* Use is written down at most this often. */
#define SESSION_TOUCH_MS (5 * 60 * G_GINT64_CONSTANT(1000))

typedef struct {
	guint8 token_hash[TOKEN_HASH_SIZE];
	gint64 account;
	gint64 created_ms, used_ms;
	gint64 second_ms; /* when the second factor was shown (second_factor.h); 0: not */
} Session;

/* Gives the token (password_free()). Ends the account's oldest sessions beyond ten. */
char *sessions_begin(Sql *sql, gint64 account, const char *address, gint64 now_ms, GError **error);
/* FALSE without error when the token is of no session in force. */
gboolean sessions_find(Sql *sql, const char *token, gint64 now_ms, Session *session,
					   GError **error);
/* The second factor was shown. */
gboolean sessions_prove(Sql *sql, const guint8 token_hash[TOKEN_HASH_SIZE], gint64 now_ms,
						GError **error);
gboolean sessions_touch(Sql *sql, const Session *session, gint64 now_ms, GError **error);
gboolean sessions_end(Sql *sql, const guint8 token_hash[TOKEN_HASH_SIZE], GError **error);
/* All of an account but `keep`, which may be NULL. */
gboolean sessions_end_all(Sql *sql, gint64 account, const guint8 *keep, GError **error);
/* Deletes what is over. */
gboolean sessions_sweep(Sql *sql, gint64 now_ms, GError **error);

typedef struct {
	guint8 token_hash[TOKEN_HASH_SIZE];
	char address[64]; /* where the log-in came from; "": not known */
	gint64 created_ms, used_ms;
} SessionRow;

/* Those in force, the last used first; of SessionRow. Free with g_array_unref(). */
gboolean sessions_list(Sql *sql, gint64 account, gint64 now_ms, GArray **sessions, GError **error);
/* FALSE in `found`: the account has no such session. */
gboolean sessions_end_own(Sql *sql, gint64 account, const guint8 token_hash[TOKEN_HASH_SIZE],
						  gboolean *found, GError **error);
