#include "firmware/match/index_table.h"

#define SIZE_LEAST 16

/* Spreads numbers that follow each other (Fibonacci hashing, Knuth 6.4). */
static guint home_of(const IndexTable *table, gint64 key)
{
	return (guint)(((guint64)key * 0x9e3779b97f4a7c15u) >> 32) & (table->size - 1);
}

void index_table_clear(IndexTable *table)
{
	g_clear_pointer(&table->places, g_free);
	table->size = table->n = 0;
}

/* The slot of the key, or the free one where it would be. */
static guint slot_of(const IndexTable *table, gint64 key)
{
	guint slot = home_of(table, key);

	while (table->places[slot] != 0 && table->key_at(table->places[slot] - 1, table->user) != key)
		slot = (slot + 1) & (table->size - 1);
	return slot;
}

gboolean index_table_find(const IndexTable *table, gint64 key, guint32 *place)
{
	guint slot;

	if (table->size == 0)
		return FALSE;
	slot = slot_of(table, key);
	if (table->places[slot] == 0)
		return FALSE;
	*place = table->places[slot] - 1;
	return TRUE;
}

static void grow(IndexTable *table)
{
	g_autofree guint32 *old = table->places;
	guint old_size = table->size;

	table->size = MAX(2 * old_size, SIZE_LEAST);
	table->places = g_new0(guint32, table->size);
	for (guint i = 0; i < old_size; i++)
		if (old[i] != 0)
			table->places[slot_of(table, table->key_at(old[i] - 1, table->user))] = old[i];
}

void index_table_add(IndexTable *table, gint64 key, guint32 place)
{
	/* At most four fifths full. */
	if (5 * (table->n + 1) > 4 * table->size)
		grow(table);
	table->places[slot_of(table, key)] = place + 1;
	table->n++;
}

void index_table_replace(IndexTable *table, gint64 key, guint32 place)
{
	table->places[slot_of(table, key)] = place + 1;
}

/* What stands behind in the same run moves up (Knuth 6.4, algorithm R). */
void index_table_remove(IndexTable *table, gint64 key)
{
	guint mask = table->size - 1, hole = slot_of(table, key), slot = hole;

	for (;;) {
		guint home;

		table->places[hole] = 0;
		do {
			slot = (slot + 1) & mask;
			if (table->places[slot] == 0) {
				table->n--;
				return;
			}
			home = home_of(table, table->key_at(table->places[slot] - 1, table->user));
		} while (((slot - home) & mask) < ((slot - hole) & mask));
		table->places[hole] = table->places[slot];
		hole = slot;
	}
}
