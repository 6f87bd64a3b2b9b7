/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parallel for-loop on a pool of threads, which can be cut short.
 */
#include "base/parallel.h"

#include <nst.h>

#include <glib/gi18n-lib.h>

/* Pauses before a thread that has nothing to do goes to sleep, some 50 to 150 us
 * in all: waking up takes as long, and the next loop mostly begins sooner. */
#define PATIENCE 3000

struct _NstPool
{
  gint n_threads;
  GThread **workers; /* n_threads - 1: the caller works too */
  gint generation;   /* atomic; of the loop: a worker waits until it changes */
  gint busy;         /* atomic; workers still in the loop */
  gint quit;         /* atomic */

  /* for those that wait longer; the counts are atomic */
  GMutex mutex;
  GCond wake, done;
  gint sleepers, waiting;

  NstTask task;
  gpointer data;
  gint n_tasks;
  gint next;        /* atomic */
  const gint *stop; /* atomic, or NULL; see nst_pool_watch() */
};

typedef struct
{
  NstPool *pool;
  gint thread;
} Worker;

/**
 * nst_pool_watch:
 * @stop: (nullable): as long as it points to anything but 0, nst_pool_run() leaves out what it
 *   has not begun; read atomically
 *
 * For work that is thrown away when it was stopped.  To be called between loops.
 */
void
nst_pool_watch (NstPool *pool, const gint *stop)
{
  pool->stop = stop;
}

gboolean
nst_pool_stopped (const NstPool *pool)
{
  return pool->stop && g_atomic_int_get (pool->stop) != 0;
}

/**
 * nst_pool_check:
 *
 * Returns: %FALSE with %NST_ERROR_CANCELLED where tasks may have been left out, so that what
 *   they should have made may be anything
 */
gboolean
nst_pool_check (const NstPool *pool, GError **error)
{
  if (!nst_pool_stopped (pool))
    return TRUE;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_CANCELLED, _ ("Cancelled."));
  return FALSE;
}

static void
take_tasks (NstPool *pool, gint thread)
{
  gint i;

  while (!nst_pool_stopped (pool) && (i = g_atomic_int_add (&pool->next, 1)) < pool->n_tasks)
    pool->task (i, thread, pool->data);
#ifdef __SSE2__
  __builtin_ia32_sfence (); /* tasks may have written past the caches */
#endif
}

/* Tells the processor that this is a loop that waits. */
static inline void
pause_a_little (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Until *value is no longer @old: at first awake, then asleep.  Who changes
 * *value afterwards looks whether there are @sleepers to wake. */
static void
wait_for_change (NstPool *pool, gint *value, gint old, gint *sleepers, GCond *cond)
{
  for (gint i = 0; i < PATIENCE; i++)
    {
      if (g_atomic_int_get (value) != old)
        return;
      pause_a_little ();
    }
  g_mutex_lock (&pool->mutex);
  g_atomic_int_inc (sleepers);
  while (g_atomic_int_get (value) == old)
    g_cond_wait (cond, &pool->mutex);
  g_atomic_int_add (sleepers, -1);
  g_mutex_unlock (&pool->mutex);
}

static void
wake_sleepers (NstPool *pool, gint *sleepers, GCond *cond)
{
  if (g_atomic_int_get (sleepers) == 0)
    return;
  g_mutex_lock (&pool->mutex);
  g_cond_broadcast (cond);
  g_mutex_unlock (&pool->mutex);
}

static gpointer
worker_main (gpointer data)
{
  Worker worker = *(Worker *) data;
  NstPool *pool = worker.pool;
  gint seen = 0;

  g_free (data);
  while (TRUE)
    {
      wait_for_change (pool, &pool->generation, seen, &pool->sleepers, &pool->wake);
      if (g_atomic_int_get (&pool->quit))
        return NULL;
      seen = g_atomic_int_get (&pool->generation);
      take_tasks (pool, worker.thread);
      g_atomic_int_add (&pool->busy, -1);
      wake_sleepers (pool, &pool->waiting, &pool->done);
    }
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

static void
begin_generation (NstPool *pool)
{
  g_atomic_int_inc (&pool->generation);
  wake_sleepers (pool, &pool->sleepers, &pool->wake);
}

/**
 * nst_pool_run:
 *
 * Calls @task for each index from 0 to @n_tasks - 1, in any order, and returns
 * when all are done, or earlier as nst_pool_watch() says.  Not to be called from within a task.
 */
void
nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data)
{
  if (pool->n_threads == 1 || n_tasks == 1)
    {
      for (gint i = 0; i < n_tasks && !nst_pool_stopped (pool); i++)
        task (i, 0, data);
      return;
    }

  pool->task = task;
  pool->data = data;
  pool->n_tasks = n_tasks;
  g_atomic_int_set (&pool->next, 0);
  g_atomic_int_set (&pool->busy, pool->n_threads - 1);
  begin_generation (pool);
  take_tasks (pool, 0);
  for (gint busy; (busy = g_atomic_int_get (&pool->busy)) > 0;)
    wait_for_change (pool, &pool->busy, busy, &pool->waiting, &pool->done);
}

void
nst_pool_free (NstPool *pool)
{
  if (!pool)
    return;
  g_atomic_int_set (&pool->quit, TRUE);
  begin_generation (pool);
  for (gint i = 0; i < pool->n_threads - 1; i++)
    g_thread_join (pool->workers[i]);
  g_free (pool->workers);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->wake);
  g_cond_clear (&pool->done);
  g_free (pool);
}
