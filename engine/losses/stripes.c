/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stripes of one row or column each.  A network that takes the largest of 2 x 2 hardly tells them
 * from what is plain, and its gradient makes them: total variation minds them no more than strokes.
 *
 * With B and D for b and d along an axis, the loss of a channel is k x' M x, where
 * M = B^2 D^2' + D^2 B^2' and each of the squares has five taps: (1 4 6 4 1) / 16 and
 * (1 -4 6 -4 1) / 16.
 */
#include "losses/stripes.h"
#include "base/vector.h"

#define REACH 2  /* taps to either side */
#define BLOCK 64 /* columns at a time */

typedef struct
{
  gdouble k;
  const NstTensor *image;
  gfloat *gradient; /* or NULL */
  gdouble *sums;    /* of each row */
} StripesJob;

/* B^2 and D^2 along y of some columns, from REACH before them to REACH behind. */
typedef struct
{
  gfloat blur[BLOCK + 2 * REACH], rest[BLOCK + 2 * REACH];
} Columns;

/* B^2 and D^2 of five values. */
static inline void
blur_and_rest (const gfloat *const v[2 * REACH + 1], gint at, gfloat *blur, gfloat *rest)
{
  gfloat middle = v[2][at];
  gfloat far = ((v[0][at] - middle) + (v[4][at] - middle)) * (1.0f / 16);
  gfloat near = ((v[1][at] - middle) + (v[3][at] - middle)) * (1.0f / 4);

  *blur = middle + (far + near);
  *rest = far - near;
}

/* For @n columns from @start on; beyond the image are mirrored ones. */
static void
along_y (const StripesJob *job, const gfloat *plane, gint row, gint start, gint n, Columns *to)
{
  gint w = job->image->w, first = start - REACH, end = start + n + REACH;
  const gfloat *v[2 * REACH + 1];

  for (gint i = 0; i <= 2 * REACH; i++)
    v[i] = plane + (gsize) nst_mirrored (row + i - REACH, job->image->h) * w;
  for (gint x = MAX (first, 0); x < MIN (end, w); x++)
    blur_and_rest (v, x, &to->blur[x - first], &to->rest[x - first]);
  for (gint i = 0; i < 2 * REACH; i++)
    {
      gint at = i < REACH ? i : n + i, from = nst_mirrored (first + at, w) - first;

      to->blur[at] = to->blur[from];
      to->rest[at] = to->rest[from];
    }
}

/* Some columns of a row of a channel.  Returns: x' M x of them. */
static gdouble
stripes_block (const StripesJob *job, gsize plane, gint row, gint start, gint n)
{
  gfloat products[BLOCK];
  Columns columns;
  const gfloat *blurs[2 * REACH + 1], *rests[2 * REACH + 1];
  gsize at = plane + (gsize) row * job->image->w + start;
  const gfloat *x = job->image->data + at;
  gfloat *g = job->gradient ? job->gradient + at : NULL, slope = (gfloat) (2 * job->k);

  along_y (job, job->image->data + plane, row, start, n, &columns);
  for (gint i = 0; i <= 2 * REACH; i++)
    {
      blurs[i] = columns.blur + i;
      rests[i] = columns.rest + i;
    }
  for (gint i = 0; i < n; i++)
    {
      gfloat upright, level, unused;

      blur_and_rest (blurs, i, &unused, &upright);
      blur_and_rest (rests, i, &level, &unused);
      products[i] = x[i] * (upright + level);
      if (g)
        g[i] += slope * (upright + level);
    }
  return nst_sum (n, products);
}

static void
stripes_row (gint row, gint thread, gpointer data)
{
  const StripesJob *job = data;
  gint w = job->image->w;

  job->sums[row] = 0;
  for (gint c = 0; c < job->image->c; c++)
    for (gint start = 0; start < w; start += BLOCK)
      job->sums[row] += stripes_block (job, c * nst_tensor_plane (job->image), row, start,
                                       MIN (BLOCK, w - start));
}

gdouble
nst_stripes_loss (NstPool *pool, gdouble k, const NstTensor *image, gfloat *gradient)
{
  k /= (gdouble) nst_tensor_size (image);
  StripesJob job = {k, image, gradient, g_new (gdouble, image->h)};
  gdouble sum;

  nst_pool_run (pool, image->h, stripes_row, &job);
  sum = nst_add_up (job.sums, image->h);
  g_free (job.sums);
  return k * sum;
}
