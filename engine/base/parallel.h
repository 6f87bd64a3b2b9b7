/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parallel for-loop on a pool of threads.  What a task computes may depend
 * on its index only, never on the thread, so that every number of threads
 * gives the same bytes.
 */
#ifndef NST_PARALLEL_H
#define NST_PARALLEL_H

#include <glib.h>

typedef struct _NstPool NstPool;

/* @thread, from 0, is for picking a scratch buffer. */
typedef void (*NstTask) (gint index, gint thread, gpointer data);

/**
 * nst_pool_new:
 * @n_threads: at least 1; the thread that calls nst_pool_run() is one of them
 *
 * Returns: (transfer full): free with nst_pool_free().  Has fewer threads when
 *   the system gives no more.
 */
NstPool *nst_pool_new (gint n_threads);

/**
 * nst_pool_threads:
 *
 * Returns: how many threads work, the caller's included, from 1
 */
gint nst_pool_threads (const NstPool *pool);

/**
 * nst_pool_run:
 *
 * Calls @task for each index from 0 to @n_tasks - 1, in any order, and returns
 * when all are done, or earlier as nst_pool_watch() says.  Not to be called from within a task.
 */
void nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data);

/**
 * nst_pool_watch:
 * @stop: (nullable): as long as it points to anything but 0, nst_pool_run() leaves out what it
 *   has not begun; read atomically
 *
 * For work that is thrown away when it was stopped.  To be called between loops.
 */
void nst_pool_watch (NstPool *pool, const gint *stop);

/**
 * nst_pool_stopped:
 *
 * Returns: whether the number that is watched asks to stop: loops may end early then, as their results
 *   are thrown away.  From any thread.
 */
gboolean nst_pool_stopped (const NstPool *pool);

/**
 * nst_pool_check:
 *
 * Returns: %FALSE with %NST_ERROR_CANCELLED where tasks may have been left out, so that what
 *   they should have made may be anything
 */
gboolean nst_pool_check (const NstPool *pool, GError **error);

/**
 * nst_pool_free:
 * @pool: (transfer full): no loop runs on it
 *
 * Ends its threads, and waits for that.
 */
void nst_pool_free (NstPool *pool);

#endif
