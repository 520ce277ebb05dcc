/*
 * From a number to a place where more about it is, 4 bytes an entry: open addressing, linear probing.
 * The number itself stands at the place: the caller says how to read it there.
 */
#pragma once

#include <glib.h>

typedef gint64 (*IndexKey)(guint32 place, gconstpointer user);

typedef struct {
	guint32 *places; /* plus one; 0: free */
	guint size, n;   /* size: a power of two, or 0 */
	IndexKey key_at;
	gconstpointer user;
} IndexTable;

void index_table_clear(IndexTable *table);
/* FALSE when it is not there. */
gboolean index_table_find(const IndexTable *table, gint64 key, guint32 *place);
/* The key must not be there. */
void index_table_add(IndexTable *table, gint64 key, guint32 place);
/* The key must be there. */
void index_table_replace(IndexTable *table, gint64 key, guint32 place);
void index_table_remove(IndexTable *table, gint64 key);
