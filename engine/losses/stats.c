/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mean and second moments of a layer's activations, piece by piece.  Sums are taken
 * in fixed runs and added in order, in double.
 */
#include "losses/stats.h"
#include "base/blas.h"
#include "kernels/kernels.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

gboolean
nst_stats_init (NstStats *stats, gint n, gboolean centred, GError **error)
{
  *stats = (NstStats){.n = n, .centred = centred};
  stats->mean = nst_alloc (n, sizeof (gdouble), error);
  stats->second = stats->mean ? nst_alloc ((guint64) n * n, sizeof (gdouble), error) : NULL;
  if (!stats->second)
    nst_stats_clear (stats);
  return stats->second != NULL;
}

void
nst_stats_clear (NstStats *stats)
{
  g_clear_pointer (&stats->mean, nst_free);
  g_clear_pointer (&stats->second, nst_free);
  nst_stats_trim (stats);
}

guint64
nst_stats_memory (gint n)
{
  return nst_alloc_size (n, sizeof (gdouble))
         + nst_alloc_size ((guint64) n * n, sizeof (gdouble));
}

void
nst_stats_trim (NstStats *stats)
{
  g_clear_pointer (&stats->scratch, nst_free);
  stats->scratch_size = 0;
}

void
nst_stats_begin (NstStats *stats)
{
  stats->total = 0;
  memset (stats->mean, 0, sizeof (gdouble) * stats->n);
  memset (stats->second, 0, sizeof (gdouble) * stats->n * stats->n);
}

#define SHORTEST_RUN 256
#define LONGEST_RUN  4096

/* Positions of a run: enough for ssyrk's speed, few enough for every thread to
 * have some; never a matter of the number of threads. */
static gint
longest_run (const NstPiece *piece)
{
  gsize positions = (gsize) piece->w * piece->h;

  return nst_int (CLAMP ((positions / 16 + 63) & ~(gsize) 63, SHORTEST_RUN, LONGEST_RUN));
}

typedef struct
{
  NstStats *stats;
  const NstPiece *piece;
  const gfloat *weights;
  gint longest, n_runs;
  gdouble *sums;    /* n a run, and the weights' sum */
  gfloat *products; /* n x n a run */
  gfloat *scaled;   /* n x longest a thread, for weighted positions */
} StatsJob;

/* F sqrt (w) of a run, for its second moments. */
static void
scale_run (const StatsJob *job, const NstCells *run, gfloat *scaled)
{
  const NstPiece *piece = job->piece;
  const gfloat *weights = job->weights + run->layer_at;

  for (gint c = 0; c < piece->c; c++)
    for (gint i = 0; i < run->length; i++)
      scaled[(gsize) c * run->length + i] =
          piece->f[c * piece->f_plane + run->at + i] * sqrtf (weights[i]);
}

static void
measure_run (gint index, gint thread, gpointer data)
{
  const StatsJob *job = data;
  const NstPiece *piece = job->piece;
  gint n = piece->c;
  NstCells run = nst_piece_cells (piece, job->longest, index);
  const gfloat *f = piece->f + run.at, *weights = NULL;
  gfloat *product = job->products + (gsize) index * n * n;
  gdouble *sums = job->sums + (gsize) index * (n + 1);
  gsize stride = piece->f_plane;

  if (job->weights)
    weights = job->weights + run.layer_at;
  for (gint c = 0; c < n; c++)
    sums[c] = weights ? nst_sum_products (run.length, f + c * stride, weights)
                      : nst_sum (run.length, f + c * stride);
  sums[n] = weights ? nst_sum (run.length, weights) : run.length;
  if (weights)
    {
      gfloat *scaled = job->scaled + (gsize) thread * n * job->longest;

      scale_run (job, &run, scaled);
      f = scaled;
      stride = run.length;
    }
  if (n <= NST_GRAM_ROWS)
    nst_kernels ()->gram (n, run.length, f, stride, product);
  else
    nst_syrk (n, run.length, f, nst_int (stride), product);
}

/* Rows of a task that adds up so many runs' products: some 10 us. */
static gint
rows_at_once (gint n, gint n_runs)
{
  return nst_int (MAX (32768 / ((gsize) n * n_runs), 1));
}

/* Some rows of the runs' sums, in order, to those of the pieces before. */
static void
gather_rows (gint index, gint thread, gpointer data)
{
  const StatsJob *job = data;
  NstStats *stats = job->stats;
  gint n = stats->n, rows = rows_at_once (n, job->n_runs);

  for (gint k = 0; k < job->n_runs; k++)
    for (gint i = index * rows; i < MIN ((index + 1) * rows, n); i++)
      {
        const gfloat *product = job->products + ((gsize) k * n + i) * n;
        gdouble *second = stats->second + (gsize) i * n;

        stats->mean[i] += job->sums[(gsize) k * (n + 1) + i];
        for (gint j = 0; j <= i; j++)
          second[j] += product[j];
      }
}

/* Floats for the runs of a piece: their sums, which are doubles, and their products; and for
 * weighted positions. */
static guint64
scratch_floats (gint n, guint64 n_runs, guint64 weighted)
{
  return n_runs * (n + 1) * 2 + n_runs * n * n + weighted * n;
}

guint64
nst_stats_scratch (gint n, gint w, gint h, gboolean whole_rows, gboolean weighted,
                   gint n_threads)
{
  guint64 positions = (guint64) w * h, n_runs;
  gint longest =
      nst_int (CLAMP ((positions / 16 + 63) & ~(guint64) 63, SHORTEST_RUN, LONGEST_RUN));

  /* longest_run() makes 16 or 17 runs of a piece of middling size, of a small one fewer */
  if (whole_rows)
    n_runs = MAX (MIN (17, positions / SHORTEST_RUN + 1), positions / LONGEST_RUN + 1);
  else
    n_runs = MAX (MIN ((guint64) h + 16, (guint64) h * nst_divide_up (w, SHORTEST_RUN)),
                  (guint64) h * nst_divide_up (w, LONGEST_RUN));
  return nst_alloc_size (
      scratch_floats (n, n_runs, weighted ? (guint64) n_threads * longest : 0),
      sizeof (gfloat));
}

static gboolean
make_room (NstStats *stats, gsize size, GError **error)
{
  if (size <= stats->scratch_size)
    return TRUE;
  g_clear_pointer (&stats->scratch, nst_free);
  stats->scratch = nst_alloc (size, sizeof (gfloat), error);
  stats->scratch_size = stats->scratch ? size : 0;
  return stats->scratch != NULL;
}

gboolean
nst_stats_add (NstStats *stats, NstPool *pool, const NstPiece *piece, const gfloat *weights,
               GError **error)
{
  gint n = stats->n, longest = longest_run (piece);
  gint n_runs = nst_piece_count_runs (piece, longest);
  StatsJob job = {stats, piece, weights, longest, n_runs, NULL, NULL, NULL};
  gsize weighted = weights ? (gsize) nst_pool_threads (pool) * longest : 0;

  if (!make_room (stats, scratch_floats (n, n_runs, weighted), error))
    return FALSE;
  job.sums = (gdouble *) stats->scratch;
  job.products = stats->scratch + (gsize) n_runs * (n + 1) * 2;
  job.scaled = job.products + (gsize) n_runs * n * n;
  nst_pool_run (pool, n_runs, measure_run, &job);
  for (gint k = 0; k < n_runs; k++)
    stats->total += job.sums[(gsize) k * (n + 1) + n];
  nst_pool_run (pool, nst_divide_up (n, rows_at_once (n, n_runs)), gather_rows, &job);
  return TRUE;
}

static void
end_rows (gint index, gint thread, gpointer data)
{
  NstStats *stats = data;
  gint n = stats->n, rows = rows_at_once (n, 1);
  gdouble scale = 1 / stats->total;

  for (gint i = index * rows; i < MIN ((index + 1) * rows, n); i++)
    for (gint j = 0; j <= i; j++)
      {
        gdouble second = stats->second[i * n + j] * scale;

        if (stats->centred)
          second -= stats->mean[i] * stats->mean[j];
        stats->second[i * n + j] = stats->second[j * n + i] = second;
      }
}

void
nst_stats_end (NstStats *stats, NstPool *pool)
{
  for (gint i = 0; i < stats->n; i++)
    stats->mean[i] *= 1 / stats->total;
  nst_pool_run (pool, nst_divide_up (stats->n, rows_at_once (stats->n, 1)), end_rows, stats);
}
