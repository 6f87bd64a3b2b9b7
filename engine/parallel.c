/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parallel for-loop on a pool of threads.
 */
#include "parallel.h"

struct _NstPool
{
  gint n_threads;
  GThread **workers; /* n_threads - 1: the caller works too */
  GMutex mutex;
  GCond wake, done;
  guint generation; /* of the loop; a worker sleeps until it changes */
  gint busy;        /* workers still in the loop */
  gboolean quit;

  NstTask task;
  gpointer data;
  gint n_tasks;
  gint next; /* atomic */
};

typedef struct
{
  NstPool *pool;
  gint thread;
} Worker;

static void
take_tasks (NstPool *pool, gint thread)
{
  gint i;

  while ((i = g_atomic_int_add (&pool->next, 1)) < pool->n_tasks)
    pool->task (i, thread, pool->data);
}

static gpointer
worker_main (gpointer data)
{
  Worker worker = *(Worker *) data;
  NstPool *pool = worker.pool;
  guint seen = 0;

  g_free (data);
  g_mutex_lock (&pool->mutex);
  while (TRUE)
    {
      while (pool->generation == seen && !pool->quit)
        g_cond_wait (&pool->wake, &pool->mutex);
      if (pool->quit)
        break;
      seen = pool->generation;
      g_mutex_unlock (&pool->mutex);
      take_tasks (pool, worker.thread);
      g_mutex_lock (&pool->mutex);
      if (--pool->busy == 0)
        g_cond_signal (&pool->done);
    }
  g_mutex_unlock (&pool->mutex);
  return NULL;
}

/**
 * nst_pool_new:
 * @n_threads: at least 1; the thread that calls nst_pool_run() is one of them
 *
 * Returns: (transfer full): free with nst_pool_free().  Has fewer threads when
 *   the system gives no more.
 */
NstPool *
nst_pool_new (gint n_threads)
{
  NstPool *pool = g_new0 (NstPool, 1);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->wake);
  g_cond_init (&pool->done);
  pool->workers = g_new0 (GThread *, n_threads);
  for (pool->n_threads = 1; pool->n_threads < n_threads; pool->n_threads++)
    {
      Worker *worker = g_new (Worker, 1);

      *worker = (Worker){pool, pool->n_threads};
      pool->workers[pool->n_threads - 1] = g_thread_try_new ("nst", worker_main, worker, NULL);
      if (!pool->workers[pool->n_threads - 1])
        {
          g_free (worker);
          break;
        }
    }
  return pool;
}

gint
nst_pool_threads (const NstPool *pool)
{
  return pool->n_threads;
}

/**
 * nst_pool_run:
 *
 * Calls @task for each index from 0 to @n_tasks - 1, in any order, and returns
 * when all are done.  Not to be called from within a task.
 */
void
nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data)
{
  if (pool->n_threads == 1 || n_tasks == 1)
    {
      for (gint i = 0; i < n_tasks; i++)
        task (i, 0, data);
      return;
    }

  g_mutex_lock (&pool->mutex);
  pool->task = task;
  pool->data = data;
  pool->n_tasks = n_tasks;
  g_atomic_int_set (&pool->next, 0);
  pool->busy = pool->n_threads - 1;
  pool->generation++;
  g_cond_broadcast (&pool->wake);
  g_mutex_unlock (&pool->mutex);

  take_tasks (pool, 0);

  g_mutex_lock (&pool->mutex);
  while (pool->busy > 0)
    g_cond_wait (&pool->done, &pool->mutex);
  g_mutex_unlock (&pool->mutex);
}

void
nst_pool_free (NstPool *pool)
{
  if (!pool)
    return;
  g_mutex_lock (&pool->mutex);
  pool->quit = TRUE;
  g_cond_broadcast (&pool->wake);
  g_mutex_unlock (&pool->mutex);
  for (gint i = 0; i < pool->n_threads - 1; i++)
    g_thread_join (pool->workers[i]);
  g_free (pool->workers);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->wake);
  g_cond_clear (&pool->done);
  g_free (pool);
}
