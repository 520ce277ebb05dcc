#include "server/web/limits.h"

typedef struct {
	char *key;
	gint64 full_ms; /* when the bucket will be full again */
	GList link;     /* in `used`, longest unused first */
} Bucket;

struct Limits {
	gint64 refill_ms;
	guint burst, n_keys_max;
	GHashTable *buckets; /* key → Bucket */
	GQueue used;
};

static void bucket_free(gpointer data)
{
	Bucket *bucket = data;
	g_free(bucket->key);
	g_free(bucket);
}

Limits *limits_new(guint burst, gint64 refill_ms, guint n_keys_max)
{
	Limits *limits = g_new0(Limits, 1);
	limits->burst = burst;
	limits->refill_ms = refill_ms;
	limits->n_keys_max = n_keys_max;
	limits->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, bucket_free);
	g_queue_init(&limits->used);
	return limits;
}

void limits_free(Limits *limits)
{
	if (limits == NULL)
		return;
	g_hash_table_unref(limits->buckets);
	g_free(limits);
}

void limits_reset(Limits *limits, const char *key)
{
	Bucket *bucket = g_hash_table_lookup(limits->buckets, key);
	if (bucket == NULL)
		return;
	g_queue_unlink(&limits->used, &bucket->link);
	g_hash_table_remove(limits->buckets, key);
}

static Bucket *bucket_of(Limits *limits, const char *key)
{
	Bucket *bucket = g_hash_table_lookup(limits->buckets, key);
	if (bucket != NULL) {
		g_queue_unlink(&limits->used, &bucket->link);
	} else {
		if (g_hash_table_size(limits->buckets) == limits->n_keys_max)
			limits_reset(limits, ((Bucket *)g_queue_peek_head(&limits->used))->key);
		bucket = g_new0(Bucket, 1);
		bucket->key = g_strdup(key);
		bucket->link.data = bucket;
		g_hash_table_insert(limits->buckets, bucket->key, bucket);
	}
	g_queue_push_tail_link(&limits->used, &bucket->link);
	return bucket;
}

gboolean limits_take(Limits *limits, const char *key, gint64 now_ms, gint64 *wait_ms)
{
	Bucket *bucket = bucket_of(limits, key);
	gint64 full_ms = MAX(bucket->full_ms, now_ms) + limits->refill_ms;
	gint64 over_ms = full_ms - now_ms - limits->burst * limits->refill_ms;
	if (wait_ms != NULL)
		*wait_ms = MAX(over_ms, 0);
	if (over_ms > 0)
		return FALSE;
	bucket->full_ms = full_ms;
	return TRUE;
}
