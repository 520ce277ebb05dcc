/*
 * The second factor of a log-in: a code of six digits from the person's phone, new every 30 seconds
 * (TOTP, RFC 6238, by liboath), each taken once; or one of eight recovery codes on paper.
 *
 * A lost phone takes two administrators: one asks, another one agrees.
 */
#pragma once

#include <glib.h>

#include "server/store/sql.h"

#define SECOND_SECRET_SIZE 20 /* bytes (RFC 4226, requirement 6) */
#define SECOND_RECOVERY_CODES 8
#define SECOND_RESET_MS (24 * 3600 * G_GINT64_CONSTANT(1000)) /* an unanswered request ends */

typedef struct {
	guint8 bytes[SECOND_SECRET_SIZE];
} SecondSecret;

void second_secret_make(SecondSecret *secret);
/* Base32 in groups of four, as people type it (transfer full). */
char *second_secret_text(const SecondSecret *secret);
/* Spaces and case do not matter. */
gboolean second_secret_parse(const char *text, SecondSecret *secret);
/* What an authenticator reads: "otpauth://totp/…" (transfer full). */
char *second_secret_url(const SecondSecret *secret, const char *account);
/* The six digits of a moment (transfer full). */
char *second_secret_code(const SecondSecret *secret, gint64 at_ms);

gboolean second_factor_known(Sql *sql, gint64 account, gboolean *known, GError **error);
/* FALSE with `error` unset: the account has none. */
gboolean second_factor_secret(Sql *sql, gint64 account, SecondSecret *secret, GError **error);

/* Sets or replaces it, after `code` has shown that the phone has it; FALSE in `right`: the code is
 * wrong, nothing has happened.  `recovery` gets SECOND_RECOVERY_CODES texts (transfer full, array
 * of char *), stored nowhere.  In the caller's transaction. */
gboolean second_factor_set(Sql *sql, gint64 account, const SecondSecret *secret, const char *code,
						   gint64 now_ms, gboolean *right, GPtrArray **recovery, GError **error);

typedef enum {
	SECOND_WRONG, /* or taken before */
	SECOND_CODE,
	SECOND_RECOVERY, /* a recovery code, now used up */
} SecondProof;

/* Joins the caller's transaction. */
gboolean second_factor_prove(Sql *sql, gint64 account, const char *text, gint64 now_ms,
							 SecondProof *proof, GError **error);
gboolean second_factor_recovery_left(Sql *sql, gint64 account, gint64 *n, GError **error);

typedef enum {
	SECOND_RESET_NONE,  /* the account has no second factor */
	SECOND_RESET_ASKED, /* written down; another administrator has to agree */
	SECOND_RESET_DONE,  /* the factor and the account's sessions are gone */
} SecondReset;

/* `by` asks, or agrees to what somebody else asked within SECOND_RESET_MS; asking again changes
 * nothing.  Neither may be the account itself.  In the caller's transaction. */
gboolean second_factor_reset(Sql *sql, gint64 account, gint64 by, gint64 now_ms, SecondReset *reset,
							 GError **error);
/* Who has asked for it; FALSE in `asked`: nobody. */
gboolean second_factor_reset_asked(Sql *sql, gint64 account, gint64 now_ms, gboolean *asked,
								   gint64 *by, GError **error);
