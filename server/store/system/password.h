/*
 * Passwords: argon2id (RFC 9106) by libsodium, 64 MiB and two passes each, about 0.1 s.
 *
 * Whoever serves many people calls these from one worker with a bounded queue, never from the
 * loop that serves pages.
 */
#pragma once

#include <glib.h>

#define PASSWORD_SIZE_MIN 10  /* bytes, for passwords that people choose */
#define PASSWORD_SIZE_MAX 256 /* bytes */

/* The text to store, with its salt and parameters (transfer full). NULL when memory is short. */
char *password_hash(const char *password, GError **error);
/* Constant in time for one hash. A hash that cannot be read matches nothing. */
gboolean password_verify(const char *hash, const char *password);
/* Spends the time of one verification: for a name that nobody bears. */
void password_verify_nothing(const char *password);

/* 16 characters of 29 that nobody confuses, in groups of four: 77 bits (transfer full; wipe it
 * with password_free()). */
char *password_one_time(void);
/* The same with 12 characters, 58 bits: to be typed at once, and good for minutes. */
char *password_short(void);
/* Wipes and frees. */
void password_free(char *password);

/* 32 random bytes as 43 characters of base64url: session and bearer tokens (transfer full). */
char *token_random(void);
#define TOKEN_TEXT_SIZE 43
/* SHA-256 of a token, the only thing stored of it. The token has 256 random bits: no salt. */
#define TOKEN_HASH_SIZE 32
void token_hash(const char *token, guint8 hash[TOKEN_HASH_SIZE]);

/* A row's key that nobody can guess: 1 … 2^53-1, which a JSON number carries exactly. */
gint64 random_key(void);
