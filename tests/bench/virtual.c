/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks on while loops run: the linker puts this in the place of the pool's (--wrap), so that
 * the engine has nothing to do with it.
 */
#include "virtual.h"

#include <time.h>

void __real_nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data);
void __wrap_nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data);

static gboolean recording;
static VirtualRun record;
static gdouble last; /* when the last loop ended */

gdouble
virtual_now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

void
__wrap_nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data)
{
  VirtualLoop loop = {task, n_tasks, 0, NULL};
  gdouble start;

  if (!recording)
    {
      __real_nst_pool_run (pool, n_tasks, task, data);
      return;
    }
  start = virtual_now ();
  loop.before = start - last;
  loop.pieces = g_new (gdouble, n_tasks);
  for (gint i = 0; i < n_tasks; i++)
    {
      gdouble end;

      task (i, 0, data);
      end = virtual_now ();
      loop.pieces[i] = end - start;
      start = end;
    }
  g_array_append_val (record.loops, loop);
  last = virtual_now ();
}

void
virtual_begin (void)
{
  record = (VirtualRun){g_array_new (FALSE, FALSE, sizeof (VirtualLoop)), 0};
  recording = TRUE;
  last = virtual_now ();
}

static VirtualLoop *
loop_at (const VirtualRun *run, guint i)
{
  return &g_array_index (run->loops, VirtualLoop, i);
}

static gboolean
is_same (const VirtualRun *a, const VirtualRun *b)
{
  if (!a->loops || a->loops->len != b->loops->len)
    return FALSE;
  for (guint i = 0; i < a->loops->len; i++)
    if (loop_at (a, i)->task != loop_at (b, i)->task
        || loop_at (a, i)->n_pieces != loop_at (b, i)->n_pieces)
      return FALSE;
  return TRUE;
}

static void
keep_least (VirtualRun *run, const VirtualRun *other)
{
  run->after = MIN (run->after, other->after);
  for (guint i = 0; i < run->loops->len; i++)
    {
      VirtualLoop *to = loop_at (run, i), *from = loop_at (other, i);

      to->before = MIN (to->before, from->before);
      for (gint k = 0; k < to->n_pieces; k++)
        to->pieces[k] = MIN (to->pieces[k], from->pieces[k]);
    }
}

gint
virtual_end (VirtualRun *run)
{
  record.after = virtual_now () - last;
  recording = FALSE;
  if (!is_same (run, &record))
    {
      virtual_clear (run);
      *run = record;
      return run->times = 1;
    }
  keep_least (run, &record);
  virtual_clear (&record);
  return ++run->times;
}

void
virtual_clear (VirtualRun *run)
{
  for (guint i = 0; run->loops && i < run->loops->len; i++)
    g_free (loop_at (run, i)->pieces);
  g_clear_pointer (&run->loops, g_array_unref);
}

gdouble
virtual_loop_total (const VirtualLoop *loop)
{
  gdouble sum = 0;

  for (gint i = 0; i < loop->n_pieces; i++)
    sum += loop->pieces[i];
  return sum;
}

gdouble
virtual_loop_longest (const VirtualLoop *loop, gint n_threads)
{
  gdouble *until = g_new0 (gdouble, n_threads), longest = 0;

  for (gint i = 0; i < loop->n_pieces; i++)
    {
      gint first = 0;

      for (gint t = 1; t < n_threads; t++)
        first = until[t] < until[first] ? t : first;
      until[first] += loop->pieces[i];
      longest = MAX (longest, until[first]);
    }
  g_free (until);
  return longest;
}
