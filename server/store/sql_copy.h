/*
 * Everything of one database into another: from SQLite to PostgreSQL when a province grows, or back.
 *
 * Both have the same migrations applied.  Each table is read again from where it was written, and
 * compared; the sum of its rows' hashes is the same in both databases, in whatever order rows lie.
 */
#pragma once

#include "server/store/sql.h"

#define SQL_COPY_HASH_TEXT 33

typedef struct {
	const char *table; /* borrowed during the call */
	gint64 n_rows;
	char hash[SQL_COPY_HASH_TEXT]; /* hexadecimal: the sum of 128 bits of each row's SHA-256 */
} SqlCopied;

typedef void (*SqlCopiedFunc)(const SqlCopied *copied, gpointer user);

/* What `to` holds is replaced, but for its list of migrations.  Both connections are in the caller's
 * transactions; after an error `to` is rolled back.  `each` hears of a table when it is compared. */
gboolean sql_copy(Sql *from, Sql *to, SqlCopiedFunc each, gpointer user, GError **error);
