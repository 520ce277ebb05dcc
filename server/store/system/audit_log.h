/*
 * Who saw and changed what: one row each, chained by hash, in the order of commit (decision 17).
 *
 *   hash(n) = SHA-256(hash(n-1) ‖ the row's fields, each with its length before it)
 *
 * A row that is changed, left out or put between breaks the chain from there on; a cut tail shows
 * against the head, which is kept apart and worth writing down elsewhere.
 */
#pragma once

#include <glib.h>

#include "server/store/sql.h"

#define AUDIT_HASH_SIZE 32

typedef struct {
	gint64 at_ms;
	gint64 account;      /* 0: the administrator's command */
	gint64 grant;        /* under which it was allowed; 0: none needed */
	const char *action;  /* "person.days.read", literal */
	gint64 person;       /* whose data; 0: nobody's in particular */
	gint64 unit;         /* whose people; 0: none */
	const char *detail;  /* what else identifies the object; may be NULL */
	const char *address; /* where the request came from; may be NULL */
} AuditEntry;

/* Appends within the transaction in progress, or one of its own. */
gboolean audit_log_append(Sql *sql, const AuditEntry *entry, GError **error);

/* All in one commit. Not within a transaction. */
gboolean audit_log_append_all(Sql *sql, const AuditEntry *entries, gsize n, GError **error);

/* A change and its row are one transaction: begin, change, commit with the row. */
gboolean audit_change_begin(Sql *sql, GError **error);
/* `entry` NULL: nothing to log. On FALSE everything is rolled back. */
gboolean audit_change_commit(Sql *sql, const AuditEntry *entry, GError **error);
void audit_change_rollback(Sql *sql);

typedef struct {
	gint64 n_entries;
	gint64 first_bad; /* sequence of the first row that does not fit; 0: none */
	guint8 head[AUDIT_HASH_SIZE];
} AuditResult;

/* Reads the whole log. FALSE only when it could not be read. */
gboolean audit_log_verify(Sql *sql, AuditResult *result, GError **error);

/* The last row's sequence (0: none) and hash (zero bytes: none). */
gboolean audit_log_head(Sql *sql, gint64 *seq, guint8 hash[AUDIT_HASH_SIZE], GError **error);
/* The hash that row `seq` bears (0: the zero bytes before the first). */
gboolean audit_log_hash(Sql *sql, gint64 seq, guint8 hash[AUDIT_HASH_SIZE], gboolean *found,
						GError **error);

typedef struct {
	gint64 seq, at_ms;
	char *action;
	char *account; /* its name; NULL: the administrator's command */
	char *name;    /* of the person behind the account; NULL: not known */
} AuditLook;

/* What others did with a person's data, newest first, below `before_seq` (G_MAXINT64: all), at most
 * n_max of AuditLook (transfer full); `day`: as of which names are given. */
GPtrArray *audit_log_looks(Sql *sql, gint64 person, gint64 day, gint64 before_seq, gint64 n_max,
						   GError **error);
