/*
 * Codes by which somebody opens the own account: made when a terminal has just identified them and they
 * ask, shown there alone, good for a quarter of an hour and once.  What is stored is a hash.
 *
 * A person has at most one open code; a new one ends it, as do five wrong ones.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

#define CODES_LIFE_MIN 15
#define CODES_TRIES_MAX 5
#define CODES_A_DAY 5 /* made for one person within 24 hours */

typedef struct {
	PersonId person;
	TerminalId terminal;
	gint64 journal, seq; /* the event that asks */
} CodeAsked;

/* A new code as it is to be typed (password_free()), in the caller's transaction; NULL without error:
 * the person has had CODES_A_DAY. */
char *codes_make(Sql *sql, const CodeAsked *asked, gint64 now_ms, GError **error);

/* Is `typed` (case, spaces and hyphens do not matter) the person's open code?  `id` is 0 when it is not;
 * that counts as a try.  In the caller's transaction. */
gboolean codes_check(Sql *sql, PersonId person, const char *typed, gint64 now_ms, gint64 *id,
					 GError **error);
/* Ends the code as used; `used` FALSE: it is not open any more. */
gboolean codes_use(Sql *sql, gint64 id, gint64 now_ms, gboolean *used, GError **error);
/* Deletes the rows made before then. */
gboolean codes_forget(Sql *sql, gint64 before_ms, GError **error);
