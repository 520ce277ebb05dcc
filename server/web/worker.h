/*
 * A thread for what would hold up the main loop: it takes as many items as wait (at most
 * `n_batch`), works on them, and gives each back to the main loop.
 */
#pragma once

#include <glib.h>

typedef struct Worker Worker;

/* In the thread; `items` stay the queue's. */
typedef void (*WorkerRun)(gpointer *items, gsize n, gpointer user);
/* In the main loop, once per item, in order; takes the item. */
typedef void (*WorkerDone)(gpointer item, gpointer user);

/* At most `n_max` items are under way. Items that are never done are freed with `free_item`. */
Worker *worker_new(const char *name, gsize n_max, gsize n_batch, WorkerRun run, WorkerDone done,
				   GDestroyNotify free_item, gpointer user);
/* Waits for the batch in hand. */
void worker_free(Worker *worker);
/* From the main loop. FALSE, item untouched, when `n_max` are under way. */
gboolean worker_push(Worker *worker, gpointer item);
