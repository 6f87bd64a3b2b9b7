/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Separable scaling with a table of taps for each output row and column.  A few
 * output rows at a time, first down the columns, then along the rows: there is no
 * image between the two.
 */
#include "images/resample.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

/* Keys' cubic with a = -1/2 (Catmull-Rom). */
static gdouble
cubic (gdouble x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2)
    return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

typedef struct
{
  gint n_taps;
  gint *first;     /* of each output: the first input, may be out of range */
  gfloat *weights; /* n_taps of each output */
} Taps;

/* Inputs that make an output. */
static gint
count_taps (NstResample kind, gint from, gint to)
{
  gdouble stretch = MAX ((gdouble) from / to, 1.0); /* shrinking widens the kernel */

  return kind == NST_RESAMPLE_NEAREST ? 1 : 2 * (gint) ceil (2 * stretch) + 1;
}

static gboolean
make_taps (NstResample kind, gint from, gint to, Taps *taps, GError **error)
{
  gdouble ratio = (gdouble) from / to;
  gdouble stretch = MAX (ratio, 1.0);

  taps->n_taps = count_taps (kind, from, to);
  taps->first = nst_alloc (to, sizeof (gint), error);
  taps->weights =
      taps->first ? nst_alloc ((guint64) to * taps->n_taps, sizeof (gfloat), error) : NULL;
  if (!taps->weights)
    return FALSE;
  for (gint i = 0; i < to; i++)
    {
      gdouble centre = (i + 0.5) * ratio - 0.5, sum = 0;
      gfloat *w = taps->weights + (gsize) i * taps->n_taps;

      if (kind == NST_RESAMPLE_NEAREST)
        {
          taps->first[i] = MIN ((gint) ((i + 0.5) * ratio), from - 1);
          w[0] = 1;
          continue;
        }
      taps->first[i] = (gint) floor (centre) - taps->n_taps / 2;
      for (gint k = 0; k < taps->n_taps; k++)
        sum += cubic ((taps->first[i] + k - centre) / stretch);
      for (gint k = 0; k < taps->n_taps; k++)
        w[k] = (gfloat) (cubic ((taps->first[i] + k - centre) / stretch) / sum);
    }
  return TRUE;
}

static void
clear_taps (Taps *taps)
{
  nst_free (taps->first);
  nst_free (taps->weights);
}

#define ROWS  4    /* of the output at a time: a vector's lanes along the rows */
#define BLOCK 2048 /* floats of each that stay in the cache while taps are added */

typedef gfloat Four __attribute__ ((vector_size (ROWS * 4), aligned (4), may_alias));

typedef struct
{
  const gfloat *from;
  gint w, h;   /* of from, in pixels */
  gint planes; /* of from */
  gint stride; /* channels that lie side by side in a plane */
  gboolean clamp;
  NstTensor *to;
  Taps rows, columns;
  gfloat *packed; /* of each thread: ROWS rows of the input's width */
} ResampleJob;

static guint64
line_size (const ResampleJob *job)
{
  return (guint64) job->w * job->stride;
}

/* @n floats to be added up: @from, or what of it is in [0, 1] in @clean. */
static const gfloat *
clean_row (gboolean clamp, gsize n, const gfloat *from, gfloat *clean)
{
  for (gsize x = 0; clamp && x < n; x++)
    {
      gfloat value = from[x] < 0 ? 0 : from[x];

      clean[x] = value > 1 ? 1 : value;
    }
  return clamp ? clean : from;
}

/* Output rows y and on, still as wide as the input, in its columns from start on.
 * Each input row is read once for all of them. */
static void
scale_columns (const ResampleJob *job, const gfloat *plane, gint y, gint rows, gsize start,
               gfloat block[ROWS][BLOCK])
{
  const NstVectorKernels *kernels = nst_kernels ()->vector;
  gint n_taps = job->rows.n_taps;
  const gint *first = job->rows.first + y;
  gsize size = line_size (job), n = MIN (BLOCK, size - start);

  memset (block, 0, ROWS * sizeof block[0]);
  for (gint row = first[0]; row < first[rows - 1] + n_taps; row++)
    {
      gfloat clean[BLOCK];
      const gfloat *in =
          clean_row (job->clamp, n, plane + CLAMP (row, 0, job->h - 1) * size + start, clean);

      for (gint r = 0; r < rows; r++)
        {
          gint tap = row - first[r];

          if (tap >= 0 && tap < n_taps)
            kernels->add_scaled (n, block[r], job->rows.weights[(gsize) (y + r) * n_taps + tap],
                                 in, block[r]);
        }
    }
}

/* The pixel x of ROWS output rows. */
static Four
scale_along_rows (const ResampleJob *job, const gfloat *packed, gint x, gint channel)
{
  const gfloat *w = job->columns.weights + (gsize) x * job->columns.n_taps;
  Four sum = {0};

  for (gint k = 0; k < job->columns.n_taps; k++)
    {
      gint column = CLAMP (job->columns.first[x] + k, 0, job->w - 1);

      sum += w[k] * *(const Four *) (packed + ((gsize) column * job->stride + channel) * ROWS);
    }
  return sum;
}

static gint
groups_of (const NstTensor *to)
{
  return (to->h + ROWS - 1) / ROWS;
}

/* ROWS rows of a plane. */
static void
resample_group (gint index, gint thread, gpointer data)
{
  const ResampleJob *job = data;
  const NstTensor *to = job->to;
  gint p = index / groups_of (to), y = index % groups_of (to) * ROWS;
  gint rows = MIN (ROWS, to->h - y);
  gsize size = line_size (job);
  gfloat *packed = job->packed + thread * size * ROWS;

  for (gsize start = 0; start < size; start += BLOCK)
    {
      gfloat block[ROWS][BLOCK];

      scale_columns (job, job->from + p * size * job->h, y, rows, start, block);
      for (gsize x = start; x < MIN (start + BLOCK, size); x++)
        for (gint r = 0; r < ROWS; r++)
          packed[x * ROWS + r] = block[r][x - start];
    }
  for (gint c = 0; c < job->stride; c++)
    {
      gfloat *out = to->data + ((gsize) (p * job->stride + c) * to->h + y) * to->w;

      for (gint x = 0; x < to->w; x++)
        {
          Four pixels = scale_along_rows (job, packed, x, c);

          for (gint r = 0; r < rows; r++)
            out[(gsize) r * to->w + x] = pixels[r];
        }
    }
}

/* A row that keeps its size. */
static void
copy_row (gint y, gint thread, gpointer data)
{
  const ResampleJob *job = data;
  const gfloat *in = job->from + y * line_size (job);

  for (gint c = 0; c < job->stride; c++)
    {
      gfloat *out = job->to->data + ((gsize) c * job->h + y) * job->w;

      for (gint x = 0; x < job->w; x++)
        {
          gfloat value = in[(gsize) x * job->stride + c];

          out[x] = job->clamp ? CLAMP (value, 0.0f, 1.0f) : value;
        }
    }
}

static gboolean
run_job (NstPool *pool, NstResample kind, ResampleJob *job, GError **error)
{
  NstTensor *to = job->to;
  gboolean ok;

  if (job->w == to->w && job->h == to->h)
    {
      nst_pool_run (pool, job->planes * job->h, copy_row, job);
      return TRUE;
    }
  ok = make_taps (kind, job->h, to->h, &job->rows, error)
       && make_taps (kind, job->w, to->w, &job->columns, error)
       && (job->packed = nst_alloc (nst_pool_threads (pool) * line_size (job) * ROWS,
                                    sizeof (gfloat), error));
  if (ok)
    nst_pool_run (pool, job->planes * groups_of (to), resample_group, job);
  clear_taps (&job->rows);
  clear_taps (&job->columns);
  nst_free (job->packed);
  return ok;
}

gboolean
nst_resample_pixels (NstPool *pool, NstResample kind, const NstPixels *from, NstTensor *to,
                     GError **error)
{
  ResampleJob job = {from->data, from->w, from->h, 1, to->c, from->clamp, to};

  return run_job (pool, kind, &job, error);
}

static guint64
taps_memory (NstResample kind, gint from, gint to)
{
  return nst_alloc_size (to, sizeof (gint))
         + nst_alloc_size ((guint64) to * count_taps (kind, from, to), sizeof (gfloat));
}

guint64
nst_resample_memory (NstResample kind, NstSize from, gint stride, NstSize to, gint n_threads)
{
  if (from.w == to.w && from.h == to.h)
    return 0;
  return taps_memory (kind, from.h, to.h) + taps_memory (kind, from.w, to.w)
         + nst_alloc_size ((guint64) n_threads * from.w * stride * ROWS, sizeof (gfloat));
}

gboolean
nst_resize (NstPool *pool, NstResample kind, const NstTensor *from, NstSize size, NstTensor *to,
            GError **error)
{
  ResampleJob job = {from->data, from->w, from->h, from->c, 1, FALSE, to};

  if (!nst_tensor_alloc (to, from->c, size.h, size.w, error))
    return FALSE;
  if (run_job (pool, kind, &job, error))
    return TRUE;
  nst_tensor_clear (to);
  return FALSE;
}

gboolean
nst_resize_image (NstPool *pool, NstResample kind, const NstImage *image, NstSize size,
                  NstTensor *to, GError **error)
{
  NstPixels from = {image->rgb, image->width, image->height, TRUE};

  if (!nst_tensor_alloc (to, 3, size.h, size.w, error))
    return FALSE;
  if (nst_resample_pixels (pool, kind, &from, to, error))
    return TRUE;
  nst_tensor_clear (to);
  return FALSE;
}

void
nst_mirror (const NstTensor *from, gint margin, gdouble gain, NstTensor *to)
{
  for (gint c = 0; c < to->c; c++)
    for (gint y = 0; y < to->h; y++)
      {
        gint row = nst_mirrored (y - margin, from->h);
        const gfloat *in = from->data + ((gsize) c * from->h + row) * from->w;
        gfloat *out = to->data + ((gsize) c * to->h + y) * to->w;

        for (gint x = 0; x < margin; x++)
          out[x] = (gfloat) (in[nst_mirrored (x - margin, from->w)] * gain);
        for (gint x = 0; x < from->w; x++)
          out[margin + x] = (gfloat) (in[x] * gain);
        for (gint x = margin + from->w; x < to->w; x++)
          out[x] = (gfloat) (in[nst_mirrored (x - margin, from->w)] * gain);
      }
}

gboolean
nst_extend (NstTensor *tensor, gint margin, gint least, gdouble gain, GError **error)
{
  gint w = MAX (tensor->w + 2 * margin, least), h = MAX (tensor->h + 2 * margin, least);
  NstTensor to;

  if (w == tensor->w && h == tensor->h && gain == 1)
    return TRUE;
  if (!nst_tensor_alloc (&to, tensor->c, h, w, error))
    return FALSE;
  nst_mirror (tensor, margin, gain, &to);
  nst_tensor_clear (tensor);
  *tensor = to;
  return TRUE;
}

void
nst_crop (const gfloat *from, gint from_w, gint from_h, gint margin, gdouble gain,
          NstTensor *to)
{
  for (gint c = 0; c < to->c; c++)
    for (gint y = 0; y < to->h; y++)
      {
        const gfloat *in = from + ((gsize) c * from_h + margin + y) * from_w + margin;
        gfloat *out = to->data + ((gsize) c * to->h + y) * to->w;

        for (gint x = 0; x < to->w; x++)
          out[x] = (gfloat) (in[x] * gain);
      }
}
