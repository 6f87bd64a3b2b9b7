/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of what ran on one thread, piece by piece, and what they would take on more.
 */
#ifndef NST_TESTS_VIRTUAL_H
#define NST_TESTS_VIRTUAL_H

#include "base/parallel.h"

/* One nst_pool_run(). */
typedef struct
{
  NstTask task;
  gint n_pieces;
  gdouble before;  /* seconds that ran on one thread since the loop before */
  gdouble *pieces; /* seconds of each, in the order in which they are handed out */
} VirtualLoop;

typedef struct
{
  GArray *loops; /* of VirtualLoop */
  gdouble after; /* seconds that ran on one thread behind the last loop */
  gint times;    /* that it was recorded */
} VirtualRun;

/* Seconds, to the nanosecond. */
gdouble virtual_now (void);

/* Between these two the calling thread's loops are recorded. */
void virtual_begin (void);
/* Each time the least of all that were recorded into @run, which starts all zero.  Returns: how
 * often it has been the same loops, 1 where they are others than before. */
gint virtual_end (VirtualRun *run);
void virtual_clear (VirtualRun *run);

gdouble virtual_loop_total (const VirtualLoop *loop);
/* Until the last of @n_threads is done, when pieces go in order to whoever is free first. */
gdouble virtual_loop_longest (const VirtualLoop *loop, gint n_threads);

#endif
