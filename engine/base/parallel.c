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

/* One of the pool's own threads. */
typedef struct
{
  NstPool *pool;
  gint index; /* the caller is 0 */
  GThread *thread;
  GCond wake;
  gboolean woken;
} Worker;

/* A loop waits for the threads that have begun to work on it only, so those that are asleep, or
 * that the system has no processor for, hold nobody up; no more are woken, and no more wait awake,
 * than there are processors. */
struct _NstPool
{
  gint n_threads;
  Worker *workers; /* n_threads - 1: the caller works too */
  gint most_awake; /* of them: there are no more processors */
  gint generation; /* atomic; odd while there is a loop: a worker waits until it changes */
  gint busy;       /* atomic; workers in the loop */
  gint quit;       /* atomic */

  /* for those that wait longer; the counts are atomic */
  GMutex mutex;
  GCond done;
  gint started, n_sleepers; /* workers */
  Worker **sleepers;        /* the last one is woken first: its memory is still in a cache */
  gint waiting;             /* the caller */

  NstTask task;
  gpointer data;
  gint n_tasks;
  gint next;        /* atomic */
  const gint *stop; /* atomic, or NULL; see nst_pool_watch() */
};

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

/* Awake, for so many pauses at most.  Returns: whether *value is no longer @old. */
static gboolean
wait_awake (gint *value, gint old, gint patience)
{
  for (gint i = 0; i < patience; i++)
    {
      if (g_atomic_int_get (value) != old)
        return TRUE;
      pause_a_little ();
    }
  return FALSE;
}

static gint
workers_awake (NstPool *pool)
{
  return g_atomic_int_get (&pool->started) - g_atomic_int_get (&pool->n_sleepers);
}

/* Until there is another generation than @old, or longer if nobody wants this worker. */
static void
wait_for_loop (Worker *worker, gint old)
{
  NstPool *pool = worker->pool;
  gint patience = workers_awake (pool) > pool->most_awake ? 0 : PATIENCE;

  if (wait_awake (&pool->generation, old, patience))
    return;
  g_mutex_lock (&pool->mutex);
  pool->sleepers[pool->n_sleepers] = worker;
  g_atomic_int_inc (&pool->n_sleepers);
  /* who begins a loop looks at the sleepers afterwards */
  if (g_atomic_int_get (&pool->generation) != old || g_atomic_int_get (&pool->quit))
    g_atomic_int_add (&pool->n_sleepers, -1);
  else
    while (!worker->woken)
      g_cond_wait (&worker->wake, &pool->mutex);
  worker->woken = FALSE;
  g_mutex_unlock (&pool->mutex);
}

static void
wake_workers (NstPool *pool, gint n)
{
  g_mutex_lock (&pool->mutex);
  for (gint i = 0; i < n && pool->n_sleepers > 0; i++)
    {
      Worker *worker = pool->sleepers[pool->n_sleepers - 1];

      g_atomic_int_add (&pool->n_sleepers, -1);
      worker->woken = TRUE;
      g_cond_signal (&worker->wake);
    }
  g_mutex_unlock (&pool->mutex);
}

static void
leave_loop (NstPool *pool)
{
  g_atomic_int_add (&pool->busy, -1);
  if (!g_atomic_int_get (&pool->waiting))
    return;
  g_mutex_lock (&pool->mutex);
  g_cond_signal (&pool->done);
  g_mutex_unlock (&pool->mutex);
}

/* Until the workers that are in the loop have left it. */
static void
wait_for_workers (NstPool *pool)
{
  for (gint busy; (busy = g_atomic_int_get (&pool->busy)) > 0;)
    if (!wait_awake (&pool->busy, busy, PATIENCE))
      {
        g_mutex_lock (&pool->mutex);
        g_atomic_int_set (&pool->waiting, TRUE);
        while (g_atomic_int_get (&pool->busy) > 0)
          g_cond_wait (&pool->done, &pool->mutex);
        g_atomic_int_set (&pool->waiting, FALSE);
        g_mutex_unlock (&pool->mutex);
      }
}

static gpointer
worker_main (gpointer data)
{
  Worker *worker = data;
  NstPool *pool = worker->pool;
  gint seen = 0;

  g_atomic_int_inc (&pool->started);
  while (TRUE)
    {
      wait_for_loop (worker, seen);
      if (g_atomic_int_get (&pool->quit))
        return NULL;
      seen = g_atomic_int_get (&pool->generation);
      if (seen % 2 == 0)
        continue;
      g_atomic_int_inc (&pool->busy);
      /* if it is still that loop, it now ends after this worker's part only */
      if (g_atomic_int_get (&pool->generation) == seen)
        take_tasks (pool, worker->index);
      leave_loop (pool);
    }
}

NstPool *
nst_pool_new (gint n_threads)
{
  NstPool *pool = g_new0 (NstPool, 1);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->done);
  pool->workers = g_new0 (Worker, n_threads);
  pool->sleepers = g_new (Worker *, n_threads);
  pool->most_awake = MIN (n_threads, (gint) g_get_num_processors ()) - 1;
  for (pool->n_threads = 1; pool->n_threads < n_threads; pool->n_threads++)
    {
      Worker *worker = &pool->workers[pool->n_threads - 1];

      worker->pool = pool;
      worker->index = pool->n_threads;
      g_cond_init (&worker->wake);
      worker->thread = g_thread_try_new ("nst", worker_main, worker, NULL);
      if (!worker->thread)
        {
          g_cond_clear (&worker->wake);
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

void
nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data)
{
  gint wanted;

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
  g_atomic_int_inc (&pool->generation);
  wanted = MIN (n_tasks - 1, pool->most_awake) - workers_awake (pool);
  if (wanted > 0)
    wake_workers (pool, wanted);
  take_tasks (pool, 0);
  g_atomic_int_inc (&pool->generation);
  wait_for_workers (pool);
}

void
nst_pool_free (NstPool *pool)
{
  if (!pool)
    return;
  g_atomic_int_set (&pool->quit, TRUE);
  g_atomic_int_add (&pool->generation, 2); /* it is no loop */
  wake_workers (pool, pool->n_threads);
  for (gint i = 0; i < pool->n_threads - 1; i++)
    {
      g_thread_join (pool->workers[i].thread);
      g_cond_clear (&pool->workers[i].wake);
    }
  g_free (pool->workers);
  g_free (pool->sleepers);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->done);
  g_free (pool);
}
