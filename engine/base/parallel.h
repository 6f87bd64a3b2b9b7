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

NstPool *nst_pool_new (gint n_threads);
gint nst_pool_threads (const NstPool *pool);
void nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data);
void nst_pool_watch (NstPool *pool, const gint *stop);
gboolean nst_pool_stopped (const NstPool *pool);
gboolean nst_pool_check (const NstPool *pool, GError **error);
void nst_pool_free (NstPool *pool);

#endif
