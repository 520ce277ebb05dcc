/*
 * The one way from one thread to another: a bounded queue on a pthread mutex and an eventfd that
 * the receiving main loop watches.
 */
#pragma once

#include <glib.h>

typedef struct Handover Handover;

/* Called in the main context of the thread that made the handover, once per item. */
typedef void (*HandoverReceived)(gpointer item, gpointer user);

/* `free_item` frees items that are still queued when the handover is freed. */
Handover *handover_new(gsize n_max, HandoverReceived received, GDestroyNotify free_item,
					   gpointer user);
void handover_free(Handover *handover);
/* From any thread. FALSE, item untouched, when the queue is full. */
gboolean handover_push(Handover *handover, gpointer item);
