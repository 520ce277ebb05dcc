#include "server/web/worker.h"

#include <pthread.h>

#include "protocol/process/handover.h"

struct Worker {
	/* of both threads, under the lock */
	pthread_mutex_t lock;
	pthread_cond_t filled;
	GQueue queue;
	gboolean stopping;
	/* never changed after the start */
	gsize n_batch, n_max;
	WorkerRun run;
	WorkerDone done;
	GDestroyNotify free_item;
	gpointer user;
	Handover *back;
	GThread *thread;
	/* of the main loop */
	gsize n_under_way;
};

/* Waits; gives how many items are now in `items`, 0 to end. */
static gsize take(Worker *worker, gpointer *items)
{
	gsize n = 0;
	pthread_mutex_lock(&worker->lock);
	while (!worker->stopping && g_queue_is_empty(&worker->queue))
		pthread_cond_wait(&worker->filled, &worker->lock);
	while (!worker->stopping && n < worker->n_batch && !g_queue_is_empty(&worker->queue))
		items[n++] = g_queue_pop_head(&worker->queue);
	pthread_mutex_unlock(&worker->lock);
	return n;
}

static gpointer work(gpointer user)
{
	Worker *worker = user;
	g_autofree gpointer *items = g_new(gpointer, worker->n_batch);
	gsize n;
	while ((n = take(worker, items)) > 0) {
		worker->run(items, n, worker->user);
		for (gsize i = 0; i < n; i++)
			if (!handover_push(worker->back, items[i]))
				g_assert_not_reached(); /* it has room for all that are under way */
	}
	return NULL;
}

static void receive(gpointer item, gpointer user)
{
	Worker *worker = user;
	worker->n_under_way--;
	worker->done(item, worker->user);
}

Worker *worker_new(const char *name, gsize n_max, gsize n_batch, WorkerRun run, WorkerDone done,
				   GDestroyNotify free_item, gpointer user)
{
	Worker *worker = g_new0(Worker, 1);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->filled, NULL);
	g_queue_init(&worker->queue);
	worker->n_max = n_max;
	worker->n_batch = n_batch;
	worker->run = run;
	worker->done = done;
	worker->free_item = free_item;
	worker->user = user;
	worker->back = handover_new(n_max, receive, free_item, worker);
	worker->thread = g_thread_new(name, work, worker);
	return worker;
}

void worker_free(Worker *worker)
{
	if (worker == NULL)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->stopping = TRUE;
	pthread_cond_signal(&worker->filled);
	pthread_mutex_unlock(&worker->lock);
	g_thread_join(worker->thread);
	handover_free(worker->back);
	g_queue_clear_full(&worker->queue, worker->free_item);
	pthread_cond_destroy(&worker->filled);
	pthread_mutex_destroy(&worker->lock);
	g_free(worker);
}

gboolean worker_push(Worker *worker, gpointer item)
{
	if (worker->n_under_way == worker->n_max)
		return FALSE;
	worker->n_under_way++;
	pthread_mutex_lock(&worker->lock);
	g_queue_push_tail(&worker->queue, item);
	pthread_cond_signal(&worker->filled);
	pthread_mutex_unlock(&worker->lock);
	return TRUE;
}
