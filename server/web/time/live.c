#include "server/web/time/live.h"

#include <string.h>

#define BEAT_S 20
#define SLICE_US 20000

typedef struct {
	gint64 unit;
	GBytes *last;         /* the newest event, ready to send */
	gboolean dirty;       /* to be rendered again */
	GPtrArray *listeners; /* borrowed */
} Topic;

struct LiveHub {
	GHashTable *topics; /* gint64 unit → Topic */
	LiveRender render;
	gint64 (*now_ms)(void);
	gpointer user;
	gsize n_listeners;
	guint flush_source, beat_source;
};

struct LiveListener {
	LiveHub *hub;
	Topic *topic;
	GBytes *sending; /* NULL: nothing to send */
	gsize sent;
	GBytes *next; /* what comes after `sending`; a newer one takes its place */
	gint64 owner;
	gint64 until_ms;
	void (*wake)(gpointer user);
	gpointer wake_user;
};

static void topic_free(gpointer data)
{
	Topic *topic = data;
	g_clear_pointer(&topic->last, g_bytes_unref);
	g_ptr_array_unref(topic->listeners);
	g_free(topic);
}

/* "event: papan", then every line of the fragment as "data: …", then an empty line. */
static GBytes *make_event(GBytes *fragment)
{
	gsize size;
	const char *text = g_bytes_get_data(fragment, &size);
	GString *event = g_string_sized_new(size + size / 16 + 64);
	g_string_append(event, "event: papan\n");
	for (gsize at = 0; at < size;) {
		const char *end = memchr(text + at, '\n', size - at);
		gsize line = end == NULL ? size - at : (gsize)(end - (text + at));
		g_string_append(event, "data: ");
		g_string_append_len(event, text + at, (gssize)line);
		g_string_append_c(event, '\n');
		at += line + 1;
	}
	g_string_append_c(event, '\n');
	return g_string_free_to_bytes(event);
}

static void offer(LiveListener *listener, GBytes *event)
{
	GBytes **slot = listener->sending == NULL ? &listener->sending : &listener->next;
	g_clear_pointer(slot, g_bytes_unref);
	*slot = g_bytes_ref(event);
	if (listener->wake != NULL)
		listener->wake(listener->wake_user);
}

/* TRUE when the topic has an event that differs from the one before. */
static gboolean refresh(LiveHub *hub, Topic *topic)
{
	g_autoptr(GBytes) fragment = hub->render(topic->unit, hub->user);
	if (fragment == NULL)
		return FALSE;
	g_autoptr(GBytes) event = make_event(fragment);
	if (topic->last != NULL && g_bytes_equal(event, topic->last))
		return FALSE;
	g_clear_pointer(&topic->last, g_bytes_unref);
	topic->last = g_steal_pointer(&event);
	return TRUE;
}

static void render_topic(LiveHub *hub, Topic *topic)
{
	topic->dirty = FALSE;
	if (refresh(hub, topic))
		for (guint i = 0; i < topic->listeners->len; i++)
			offer(topic->listeners->pdata[i], topic->last);
}

/* One slice; what is left comes after a pause in which others are served. */
static gboolean flush(gpointer user)
{
	LiveHub *hub = user;
	gint64 end_us = g_get_monotonic_time() + SLICE_US;
	GHashTableIter iter;
	gpointer value;
	hub->flush_source = 0;
	g_hash_table_iter_init(&iter, hub->topics);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Topic *topic = value;
		if (!topic->dirty)
			continue;
		if (g_get_monotonic_time() >= end_us) {
			hub->flush_source = g_timeout_add(SLICE_US / 1000, flush, hub);
			break;
		}
		render_topic(hub, topic);
	}
	return G_SOURCE_REMOVE;
}

/* A comment now and then: a connection that has died is noticed by writing to it. */
static gboolean beat(gpointer user)
{
	LiveHub *hub = user;
	g_autoptr(GBytes) comment = g_bytes_new_static(":\n\n", 3);
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, hub->topics);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Topic *topic = value;
		for (guint i = 0; i < topic->listeners->len; i++) {
			LiveListener *listener = topic->listeners->pdata[i];
			if (listener->sending == NULL)
				offer(listener, comment);
		}
	}
	live_hub_touch_all(hub);
	return G_SOURCE_CONTINUE;
}

LiveHub *live_hub_new(LiveRender render, gint64 (*now_ms)(void), gpointer user)
{
	LiveHub *hub = g_new0(LiveHub, 1);
	hub->topics = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, topic_free);
	hub->render = render;
	hub->now_ms = now_ms;
	hub->user = user;
	hub->beat_source = g_timeout_add_seconds(BEAT_S, beat, hub);
	return hub;
}

void live_hub_free(LiveHub *hub)
{
	if (hub == NULL)
		return;
	g_assert(hub->n_listeners == 0);
	g_source_remove(hub->beat_source);
	if (hub->flush_source != 0)
		g_source_remove(hub->flush_source);
	g_hash_table_unref(hub->topics);
	g_free(hub);
}

static void touch_topic(LiveHub *hub, Topic *topic)
{
	topic->dirty = TRUE;
	if (hub->flush_source == 0)
		hub->flush_source = g_timeout_add(LIVE_PAUSE_MS, flush, hub);
}

void live_hub_touch(LiveHub *hub, gint64 unit)
{
	Topic *topic = g_hash_table_lookup(hub->topics, &unit);
	if (topic != NULL)
		touch_topic(hub, topic);
}

void live_hub_touch_all(LiveHub *hub)
{
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, hub->topics);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		touch_topic(hub, value);
}

gsize live_hub_n_listeners(const LiveHub *hub)
{
	return hub->n_listeners;
}

static Topic *topic_of(LiveHub *hub, gint64 unit)
{
	Topic *topic = g_hash_table_lookup(hub->topics, &unit);
	if (topic != NULL)
		return topic;
	topic = g_new0(Topic, 1);
	topic->unit = unit;
	topic->listeners = g_ptr_array_new();
	g_hash_table_insert(hub->topics, &topic->unit, topic);
	return topic;
}

static gsize n_of_owner(const LiveHub *hub, gint64 owner)
{
	gsize n = 0;
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, hub->topics);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Topic *topic = value;
		for (guint i = 0; i < topic->listeners->len; i++)
			n += ((const LiveListener *)topic->listeners->pdata[i])->owner == owner;
	}
	return n;
}

LiveListener *live_listen(LiveHub *hub, gint64 unit, gint64 owner)
{
	if (hub->n_listeners >= LIVE_LISTENERS_MAX || n_of_owner(hub, owner) >= LIVE_PER_OWNER_MAX)
		return NULL;
	LiveListener *listener = g_new0(LiveListener, 1);
	listener->owner = owner;
	listener->hub = hub;
	listener->topic = topic_of(hub, unit);
	listener->until_ms = hub->now_ms() + LIVE_LIFE_MS;
	g_ptr_array_add(listener->topic->listeners, listener);
	hub->n_listeners++;
	if (listener->topic->last == NULL)
		refresh(hub, listener->topic);
	if (listener->topic->last != NULL)
		offer(listener, listener->topic->last);
	return listener;
}

void live_listener_free(LiveListener *listener)
{
	if (listener == NULL)
		return;
	Topic *topic = listener->topic;
	g_ptr_array_remove_fast(topic->listeners, listener);
	if (topic->listeners->len == 0)
		g_hash_table_remove(listener->hub->topics, &topic->unit);
	listener->hub->n_listeners--;
	g_clear_pointer(&listener->sending, g_bytes_unref);
	g_clear_pointer(&listener->next, g_bytes_unref);
	g_free(listener);
}

void live_listener_set_wake(LiveListener *listener, void (*wake)(gpointer user), gpointer user)
{
	listener->wake = wake;
	listener->wake_user = user;
}

gssize live_listener_read(LiveListener *listener, char *buffer, gsize size)
{
	if (listener->sending == NULL)
		return listener->hub->now_ms() >= listener->until_ms ? -1 : 0;
	gsize total;
	const char *data = g_bytes_get_data(listener->sending, &total);
	gsize n = MIN(size, total - listener->sent);
	memcpy(buffer, data + listener->sent, n);
	listener->sent += n;
	if (listener->sent == total) {
		g_bytes_unref(listener->sending);
		listener->sending = g_steal_pointer(&listener->next);
		listener->sent = 0;
	}
	return (gssize)n;
}
