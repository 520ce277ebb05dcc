#include "protocol/process/handover.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <glib-unix.h>

struct Handover {
	pthread_mutex_t lock;
	GQueue items; /* under the lock */
	gsize n_max;
	int event_fd;
	guint source;
	HandoverReceived received;
	GDestroyNotify free_item;
	gpointer user;
};

static gpointer take_one(Handover *handover)
{
	gpointer item;

	pthread_mutex_lock(&handover->lock);
	item = g_queue_pop_head(&handover->items);
	pthread_mutex_unlock(&handover->lock);
	return item;
}

/* As many items as were there at the start: a busy sender does not starve the main loop. */
static gboolean on_event(gint fd, GIOCondition condition, gpointer user)
{
	Handover *handover = user;
	uint64_t count;
	gsize n;

	(void)condition;
	if (read(fd, &count, sizeof count) != (ssize_t)sizeof count)
		return G_SOURCE_CONTINUE;
	pthread_mutex_lock(&handover->lock);
	n = handover->items.length;
	pthread_mutex_unlock(&handover->lock);
	while (n-- > 0)
		handover->received(take_one(handover), handover->user);
	return G_SOURCE_CONTINUE;
}

Handover *handover_new(gsize n_max, HandoverReceived received, GDestroyNotify free_item,
					   gpointer user)
{
	Handover *handover = g_new0(Handover, 1);

	pthread_mutex_init(&handover->lock, NULL);
	g_queue_init(&handover->items);
	handover->n_max = n_max;
	handover->received = received;
	handover->free_item = free_item;
	handover->user = user;
	handover->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (handover->event_fd < 0)
		g_error("no eventfd");
	handover->source = g_unix_fd_add(handover->event_fd, G_IO_IN, on_event, handover);
	return handover;
}

void handover_free(Handover *handover)
{
	if (handover == NULL)
		return;
	g_source_remove(handover->source);
	close(handover->event_fd);
	for (gpointer item; (item = g_queue_pop_head(&handover->items)) != NULL;)
		if (handover->free_item != NULL)
			handover->free_item(item);
	pthread_mutex_destroy(&handover->lock);
	g_free(handover);
}

gboolean handover_push(Handover *handover, gpointer item)
{
	const uint64_t one = 1;
	gboolean room;

	pthread_mutex_lock(&handover->lock);
	room = handover->items.length < handover->n_max;
	if (room)
		g_queue_push_tail(&handover->items, item);
	pthread_mutex_unlock(&handover->lock);
	if (room && write(handover->event_fd, &one, sizeof one) < 0)
		g_debug("the handover's counter is full: its reader is awake already");
	return room;
}
