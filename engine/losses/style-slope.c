/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style loss's value and gradient (Gatys, Ecker, Bethge 2016 for the Gram matrix; mean and
 * covariance as in Li et al. 2017, "Demystifying neural style transfer").
 */
#include "losses/style-slope.h"
#include "base/vector.h"
#include "kernels/kernels.h"

#include <string.h>

/* Cells of A F at a time; the product kernel rounds them up. */
#define CELLS 192

#define STRIDE (CELLS + NST_KERNEL_LANES)

/* F's and some rows of A F. */
static gsize
product_size (gint n)
{
  return (gsize) (n + NST_KERNEL_ROWS) * STRIDE;
}

static gsize
packed_size (gint n)
{
  return (gsize) n * (n + nst_kernels ()->rows);
}

guint64
nst_style_slope_memory (gint n, gint n_threads)
{
  return nst_alloc_size (packed_size (n) + n, sizeof (gfloat))
         + nst_alloc_size ((guint64) product_size (n) * n_threads, sizeof (gfloat))
         + nst_alloc_size ((guint64) n * n, sizeof (gdouble));
}

gboolean
nst_style_slope_init (NstStyleSlope *slope, gint n, gint n_threads, GError **error)
{
  gsize packed = packed_size (n);

  *slope = (NstStyleSlope){.n = n};
  slope->matrix = nst_alloc (packed + n, sizeof (gfloat), error);
  slope->product =
      slope->matrix ? nst_alloc (product_size (n) * n_threads, sizeof (gfloat), error) : NULL;
  slope->difference =
      slope->product ? nst_alloc ((guint64) n * n, sizeof (gdouble), error) : NULL;
  if (!slope->difference)
    {
      nst_style_slope_clear (slope);
      return FALSE;
    }
  memset (slope->matrix, 0, packed * sizeof (gfloat));
  slope->offset = slope->matrix + packed;
  return TRUE;
}

void
nst_style_slope_clear (NstStyleSlope *slope)
{
  g_clear_pointer (&slope->matrix, nst_free);
  g_clear_pointer (&slope->product, nst_free);
  g_clear_pointer (&slope->difference, nst_free);
}

void
nst_style_target_clear (NstStyleTarget *target)
{
  nst_stats_clear (&target->stats);
  nst_metric_clear (&target->metric);
}

#define ROWS 32 /* of n x n numbers, a task */

typedef struct
{
  NstStyleSlope *slope;
  const NstStats *now;
  const NstStyleTarget *targets;
  gint n_targets;
  const NstStyleTarget *target; /* the one at hand */
  gdouble *squares;             /* of each task's rows */
} FindJob;

/* How far some rows of the second moments are from a target's. */
static void
take_difference (gint index, gint thread, gpointer data)
{
  const FindJob *job = data;
  gint n = job->now->n;
  gsize to = (gsize) MIN ((index + 1) * ROWS, n) * n;
  gdouble *difference = job->slope->difference, squares = 0;

  for (gsize i = (gsize) index * ROWS * n; i < to; i++)
    {
      difference[i] = job->now->second[i] - job->target->stats.second[i];
      squares += difference[i] * difference[i];
    }
  job->squares[index] = squares;
}

/* The value of the second moments' part. */
static gdouble
second_value (FindJob *job, NstPool *pool)
{
  gint n_tasks = nst_divide_up (job->now->n, ROWS);
  gdouble value = 0;

  job->squares = g_new (gdouble, n_tasks);
  for (gint t = 0; t < job->n_targets; t++)
    {
      const NstMetric *metric = &job->targets[t].metric;

      job->target = &job->targets[t];
      nst_pool_run (pool, n_tasks, take_difference, job);
      value += job->target->k_second
               * (metric->q ? nst_metric_apply (metric, pool, job->slope->difference)
                            : nst_add_up (job->squares, n_tasks));
    }
  g_free (job->squares);
  return value;
}

/* Half of the second moments' derivative, at row i and column j. */
static inline gdouble
second_slope (const FindJob *job, gint i, gint j)
{
  gsize at = (gsize) i * job->now->n + j;
  gdouble slope = 0;

  for (gint t = 0; t < job->n_targets; t++)
    {
      const NstStyleTarget *target = &job->targets[t];

      slope += target->k_second
               * (target->metric.q ? nst_metric_derivative (&target->metric)[at]
                                   : job->now->second[at] - target->stats.second[at]);
    }
  return slope;
}

/* Some rows of A, and of b. */
static void
find_rows (gint index, gint thread, gpointer data)
{
  const FindJob *job = data;
  const NstStats *now = job->now;
  gint n = now->n, rows = nst_kernels ()->rows;

  for (gint i = index * ROWS; i < MIN ((index + 1) * ROWS, n); i++)
    {
      gfloat *packed = job->slope->matrix + (gsize) (i / rows) * n * rows + i % rows;
      gdouble b = 0;

      for (gint t = 0; t < job->n_targets; t++)
        b += 2 * job->targets[t].k_mean * (now->mean[i] - job->targets[t].stats.mean[i]);
      for (gint j = 0; j < n; j++)
        {
          gdouble a = 4 * second_slope (job, i, j);

          packed[j * rows] = (gfloat) (a / now->total);
          b -= now->centred ? a * now->mean[j] : 0;
        }
      job->slope->offset[i] = (gfloat) (b / now->total);
    }
}

gdouble
nst_style_slope_find (NstStyleSlope *slope, NstPool *pool, const NstStats *now,
                      const NstStyleTarget *targets, gint n_targets)
{
  FindJob job = {slope, now, targets, n_targets, NULL, NULL};
  gdouble value = second_value (&job, pool);

  for (gint i = 0; i < now->n; i++)
    for (gint t = 0; t < n_targets; t++)
      {
        gdouble d = now->mean[i] - targets[t].stats.mean[i];

        value += targets[t].k_mean * d * d;
      }
  nst_pool_run (pool, nst_divide_up (now->n, ROWS), find_rows, &job);
  return value;
}

typedef struct
{
  const NstStyleSlope *slope;
  const NstPiece *piece;
  const gfloat *weights;
} SlopeJob;

/* g += w (p + b) for a channel's row of A F */
static void
add_weighted (gint length, const gfloat *product, gfloat offset, const gfloat *weights,
              gfloat *gradient)
{
  if (weights)
    for (gint i = 0; i < length; i++)
      gradient[i] += weights[i] * (product[i] + offset);
  else
    for (gint i = 0; i < length; i++)
      gradient[i] += product[i] + offset;
}

#define AHEAD 4 /* channels: as long as memory takes to answer */

/* Tells the processor what is needed next: channels are so far apart that it does not see it
 * coming. */
static inline void
fetch (const gfloat *from, gint n)
{
  for (gint i = 0; i < n; i += NST_KERNEL_LANES)
    __builtin_prefetch (from + i);
}

/* gradient += w (A F + b) over some cells */
static void
add_slope (gint index, gint thread, gpointer data)
{
  const SlopeJob *job = data;
  const NstStyleSlope *slope = job->slope;
  const NstPiece *piece = job->piece;
  const NstKernels *kernels = nst_kernels ();
  NstCells run = nst_piece_cells (piece, CELLS, index);
  const gfloat *weights = job->weights ? job->weights + run.layer_at : NULL;
  gint n = slope->n, rows = kernels->rows;
  gfloat *f = slope->product + product_size (n) * thread, *product = f + (gsize) n * STRIDE;

  for (gint c = 0; c < n; c++)
    {
      if (c + AHEAD < n)
        fetch (piece->f + (c + AHEAD) * piece->f_plane + run.at, run.length);
      memcpy (f + c * STRIDE, piece->f + c * piece->f_plane + run.at,
              sizeof (gfloat) * run.length);
    }
  for (gint first = 0; first < n; first += rows)
    {
      gint last = MIN (first + rows, n);

      for (gint c = first; c < last; c++)
        fetch (piece->d + c * piece->d_plane + run.at, run.length);
      kernels->product (rows, n, run.length, slope->matrix + (gsize) first * n, f, STRIDE,
                        product, STRIDE);
      for (gint c = first; c < last; c++)
        add_weighted (run.length, product + (c - first) * STRIDE, slope->offset[c], weights,
                      piece->d + c * piece->d_plane + run.at);
    }
}

void
nst_style_slope_add (const NstStyleSlope *slope, NstPool *pool, const NstPiece *piece,
                     const gfloat *weights)
{
  SlopeJob job = {slope, piece, weights};

  nst_pool_run (pool, nst_piece_count_runs (piece, CELLS), add_slope, &job);
}
