/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The losses, value beside gradient (Gatys, Ecker, Bethge 2016 for content and
 * Gram; mean and covariance as in Li et al. 2017, "Demystifying neural style
 * transfer").  Sums are taken in fixed chunks and added in order, in double.
 */
#include "loss.h"
#include "blas.h"
#include "kernels.h"
#include "vector.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const NstTensor *features;
  const gfloat *target;
  gdouble k;
  gfloat *gradient;
  gdouble *sums; /* a channel each */
} ContentJob;

static void
content_channel (gint c, gint thread, gpointer data)
{
  ContentJob *job = data;
  gsize plane = nst_tensor_plane (job->features);
  const gfloat *f = job->features->data + c * plane, *p = job->target + c * plane;
  gfloat *g = job->gradient + c * plane;
  gfloat k2 = 2 * job->k;

  for (gsize i = 0; i < plane; i++)
    g[i] += k2 * (f[i] - p[i]);
  job->sums[c] = nst_sum_squared_differences (plane, f, p);
}

static gdouble
add_up (const gdouble *sums, gint n)
{
  gdouble sum = 0;

  for (gint i = 0; i < n; i++)
    sum += sums[i];
  return sum;
}

/**
 * nst_content_loss:
 * @target: P, of the same shape as @features
 *
 * Returns: k * sum (F - P)^2; 2 k (F - P) is added to @gradient.
 */
gdouble
nst_content_loss (NstPool *pool, const NstTensor *features, const gfloat *target, gdouble k,
                  NstTensor *gradient)
{
  gdouble sums[4096];
  ContentJob job = {features, target, k, gradient->data, sums};

  g_return_val_if_fail (features->c <= 4096, 0);
  nst_pool_run (pool, features->c, content_channel, &job);
  return k * add_up (sums, features->c);
}

gboolean
nst_stats_init (NstStats *stats, gint n, gboolean centred, GError **error)
{
  *stats = (NstStats){n, centred, NULL, NULL, 0};
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
}

/* Positions a chunk: enough for ssyrk's speed, few enough for every thread to
 * have some; never a matter of the number of threads. */
static gint
chunk_length (gsize positions)
{
  return CLAMP ((positions / 16 + 63) & ~(gsize) 63, 256, 4096);
}

typedef struct
{
  const NstTensor *features;
  const gfloat *weights;
  gint chunk;
  gfloat *products; /* n x n a chunk */
  gdouble *sums;    /* n a chunk */
  gfloat *scaled;   /* n x chunk a thread, for weighted positions */
} StatsJob;

static void
stats_chunk (gint index, gint thread, gpointer data)
{
  StatsJob *job = data;
  gint n = job->features->c;
  gsize plane = nst_tensor_plane (job->features), start = (gsize) index * job->chunk;
  gint length = MIN ((gsize) job->chunk, plane - start);
  const gfloat *f = job->features->data + start;
  gfloat *product = job->products + (gsize) index * n * n;
  gdouble *sums = job->sums + (gsize) index * n;
  gsize stride = plane;

  for (gint c = 0; c < n; c++)
    sums[c] = job->weights ? nst_sum_products (length, f + c * plane, job->weights + start)
                           : nst_sum (length, f + c * plane);
  if (job->weights)
    {
      gfloat *scaled = job->scaled + (gsize) thread * n * job->chunk;

      for (gint c = 0; c < n; c++)
        for (gint i = 0; i < length; i++)
          scaled[(gsize) c * length + i] = f[c * plane + i] * sqrtf (job->weights[start + i]);
      f = scaled;
      stride = length;
    }
  if (n <= NST_GRAM_ROWS)
    nst_kernels ()->gram (n, length, f, stride, product);
  else
    nst_syrk (n, length, f, stride, product, n);
}

/* The chunks' sums, in order, into mean and second. */
static void
gather_stats (NstStats *stats, const StatsJob *job, gint n_chunks)
{
  gint n = stats->n;
  gdouble scale = 1 / stats->total;

  for (gint i = 0; i < n; i++)
    {
      gdouble sum = 0;

      for (gint k = 0; k < n_chunks; k++)
        sum += job->sums[(gsize) k * n + i];
      stats->mean[i] = sum * scale;
    }
  for (gint i = 0; i < n; i++)
    for (gint j = 0; j <= i; j++)
      {
        gdouble sum = 0;

        for (gint k = 0; k < n_chunks; k++)
          sum += job->products[((gsize) k * n + i) * n + j];
        sum = sum * scale - (stats->centred ? stats->mean[i] * stats->mean[j] : 0);
        stats->second[i * n + j] = stats->second[j * n + i] = sum;
      }
}

/**
 * nst_stats_measure:
 * @features: stats->n channels
 * @weights: one non-negative weight a position, not all zero, or %NULL
 *
 * Fills @stats.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean
nst_stats_measure (NstStats *stats, NstPool *pool, const NstTensor *features,
                   const gfloat *weights, GError **error)
{
  gsize plane = nst_tensor_plane (features);
  gint n = stats->n, chunk = chunk_length (plane);
  gint n_chunks = (plane + chunk - 1) / chunk;
  StatsJob job = {features, weights, chunk, NULL, NULL, NULL};
  gboolean ok;

  ok = (job.products = nst_alloc ((guint64) n_chunks * n * n, sizeof (gfloat), error))
       && (job.sums = nst_alloc ((guint64) n_chunks * n, sizeof (gdouble), error))
       && (!weights
           || (job.scaled = nst_alloc ((guint64) nst_pool_threads (pool) * n * chunk,
                                       sizeof (gfloat), error)));
  if (ok)
    {
      nst_pool_run (pool, n_chunks, stats_chunk, &job);
      stats->total = weights ? 0 : plane;
      for (gsize i = 0; weights && i < plane; i++)
        stats->total += weights[i];
      gather_stats (stats, &job, n_chunks);
    }
  nst_free (job.products);
  nst_free (job.sums);
  nst_free (job.scaled);
  return ok;
}

typedef struct
{
  const NstTensor *features;
  const gfloat *weights;
  const NstKernels *kernels;
  const gfloat *matrix; /* A, n x n, packed for the kernels' product */
  const gfloat *offset; /* b, n */
  gfloat *gradient;
  gfloat *product; /* A F of some columns, a thread */
} StyleJob;

/* Columns of A F at a time; the product kernel rounds them up. */
#define STYLE_COLUMNS 192

static gsize
product_size (gint n)
{
  return (gsize) (n + NST_KERNEL_ROWS) * (STYLE_COLUMNS + NST_KERNEL_LANES);
}

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

/* gradient += w (A F + b) over some columns */
static void
style_columns (gint index, gint thread, gpointer data)
{
  StyleJob *job = data;
  gint n = job->features->c, rows = job->kernels->rows;
  gsize plane = nst_tensor_plane (job->features), start = (gsize) index * STYLE_COLUMNS;
  gint length = MIN (STYLE_COLUMNS, plane - start);
  gint stride = STYLE_COLUMNS + NST_KERNEL_LANES;
  gfloat *product = job->product + product_size (n) * thread;

  for (gint i = 0; i < n; i += rows)
    job->kernels->product (rows, n, length, job->matrix + (gsize) i * n,
                           job->features->data + start, plane, product + i * stride, stride);
  for (gint c = 0; c < n; c++)
    add_weighted (length, product + c * stride, job->offset[c],
                  job->weights ? job->weights + start : NULL,
                  job->gradient + c * plane + start);
}

/* The value, and A and b of the gradient w (A F + b):
 * A = 4 k_second (second - second*) / W, b = 2 k_mean (mean - mean*) / W - A c,
 * c the centre.  (sum w (F - mean) = 0, so the mean's own derivative vanishes.) */
static gdouble
style_difference (const NstStats *now, const NstStyleTarget *targets, gint n_targets, gint rows,
                  gfloat *matrix, gfloat *offset)
{
  gint n = now->n;
  gdouble value = 0;

  for (gint i = 0; i < n; i++)
    {
      gfloat *packed = matrix + (gsize) (i / rows) * n * rows + i % rows;
      gdouble b = 0;

      for (gint t = 0; t < n_targets; t++)
        {
          gdouble d = now->mean[i] - targets[t].stats.mean[i];

          value += targets[t].k_mean * d * d;
          b += 2 * targets[t].k_mean * d;
        }
      for (gint j = 0; j < n; j++)
        {
          gdouble a = 0;

          for (gint t = 0; t < n_targets; t++)
            {
              gdouble d = now->second[i * n + j] - targets[t].stats.second[i * n + j];

              value += targets[t].k_second * d * d;
              a += 4 * targets[t].k_second * d;
            }
          packed[j * rows] = a / now->total;
          b -= now->centred ? a * now->mean[j] : 0;
        }
      offset[i] = b / now->total;
    }
  return value;
}

/**
 * nst_style_loss:
 * @weights: as for nst_stats_measure()
 * @targets: the styles, each with its own coefficients
 * @scratch: initialised as the targets' statistics are
 * @gradient: the derivative is added to it
 * @value: receives the sum over the targets
 */
gboolean
nst_style_loss (NstPool *pool, const NstTensor *features, const gfloat *weights,
                const NstStyleTarget *targets, gint n_targets, NstStats *scratch,
                NstTensor *gradient, gdouble *value, GError **error)
{
  const NstKernels *kernels = nst_kernels ();
  gsize plane = nst_tensor_plane (features);
  gint n = features->c;
  gsize padded = (gsize) n * (n + kernels->rows);
  gfloat *matrix = NULL, *product = NULL;
  gboolean ok;

  ok = nst_stats_measure (scratch, pool, features, weights, error)
       && (matrix = nst_alloc (padded + n, sizeof (gfloat), error))
       && (product =
               nst_alloc (product_size (n) * nst_pool_threads (pool), sizeof (gfloat), error));
  if (ok)
    {
      StyleJob job = {features,        weights,        kernels, matrix,
                      matrix + padded, gradient->data, product};

      memset (matrix, 0, padded * sizeof (gfloat));
      *value = style_difference (scratch, targets, n_targets, kernels->rows, matrix,
                                 matrix + padded);
      nst_pool_run (pool, (plane + STYLE_COLUMNS - 1) / STYLE_COLUMNS, style_columns, &job);
    }
  nst_free (matrix);
  nst_free (product);
  return ok;
}

typedef struct
{
  gdouble k_power, k_dx, k_dy;
  const NstTensor *image;
  gfloat *gradient;
  gdouble *sums;
} TvJob;

/* sum (dx^2 + dy^2)^1.25, dx and dy to the next column and row */
static gdouble
tv_power (const gfloat *x, gfloat *g, gint h, gint w, gdouble k)
{
  gdouble sum = 0;

  for (gint r = 0; r < h - 1; r++, x += w, g += w)
    for (gint c = 0; c < w - 1; c++)
      {
        gfloat dy = x[c] - x[c + w], dx = x[c] - x[c + 1];
        gfloat s = dx * dx + dy * dy;
        gfloat root = sqrtf (sqrtf (s)), slope = 2.5f * k * root;

        sum += (gdouble) s * root;
        g[c] += slope * (dx + dy);
        g[c + 1] -= slope * dx;
        g[c + w] -= slope * dy;
      }
  return k * sum;
}

/* One row's share: the differences to its right and below; the gradient from all
 * four sides. */
static gdouble
tv_squares (const NstTensor *image, gint row, const gfloat *x, gfloat *g, gdouble k_dx,
            gdouble k_dy)
{
  gint w = image->w;
  gfloat slope_x = 2 * k_dx, slope_y = 2 * k_dy;
  gdouble sum = k_dx * nst_sum_squared_differences (w - 1, x + 1, x);

  g[0] += w > 1 ? slope_x * (x[0] - x[1]) : 0;
  for (gint c = 1; c < w - 1; c++)
    g[c] += slope_x * (2 * x[c] - x[c - 1] - x[c + 1]);
  g[w - 1] += w > 1 ? slope_x * (x[w - 1] - x[w - 2]) : 0;
  if (row > 0)
    for (gint c = 0; c < w; c++)
      g[c] += slope_y * (x[c] - x[c - w]);
  if (row < image->h - 1)
    {
      sum += k_dy * nst_sum_squared_differences (w, x + w, x);
      for (gint c = 0; c < w; c++)
        g[c] += slope_y * (x[c] - x[c + w]);
    }
  return sum;
}

static void
tv_channel (gint c, gint thread, gpointer data)
{
  TvJob *job = data;
  gsize offset = c * nst_tensor_plane (job->image);

  job->sums[c] = tv_power (job->image->data + offset, job->gradient + offset, job->image->h,
                           job->image->w, job->k_power);
}

/* A row of one channel; so few a task that threads share the work evenly. */
static void
tv_row (gint index, gint thread, gpointer data)
{
  TvJob *job = data;
  gsize offset = (gsize) index * job->image->w;

  job->sums[index] = tv_squares (job->image, index % job->image->h, job->image->data + offset,
                                 job->gradient + offset, job->k_dx, job->k_dy);
}

/**
 * nst_tv_loss:
 * @image: 3 channels
 * @gradient: of the same shape; the derivative is added to it
 *
 * Returns: the total variation, times @k.
 */
gdouble
nst_tv_loss (NstPool *pool, NstTvForm form, gdouble k, const NstTensor *image, gfloat *gradient)
{
  gint n_sums = form == NST_TV_POWER ? image->c : image->c * image->h;
  gdouble columns = (gdouble) image->c * image->h * MAX (image->w - 1, 1);
  gdouble rows = (gdouble) image->c * MAX (image->h - 1, 1) * image->w;
  TvJob job = {k, k / columns, k / rows, image, gradient, g_new (gdouble, n_sums)};
  gdouble value;

  nst_pool_run (pool, n_sums, form == NST_TV_POWER ? tv_channel : tv_row, &job);
  value = add_up (job.sums, n_sums);
  g_free (job.sums);
  return value;
}
