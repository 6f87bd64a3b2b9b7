/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The palette loss.
 */
#include "losses/palette.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

/* Light and two of chroma, each in [0,1] for colours that are. */
static const gfloat axes[NST_PALETTE_AXES][3] = {
    {1 / 3.f, 1 / 3.f, 1 / 3.f}, {0.5f, -0.5f, 0}, {-0.25f, -0.25f, 0.5f}};
static const gfloat offsets[NST_PALETTE_AXES] = {0, 0.5f, 0.5f};

/* A pixel counts for the two nodes that it is between, the nearer one more; black and white are
 * midway between two.  In whole parts, so that sums hang on no order. */
#define PARTS 65536.0 /* where the mask is highest */

static gfloat
node_at (gint node)
{
  return ((gfloat) node - 0.5f) / NST_PALETTE_STEPS;
}

typedef struct
{
  const NstTensor *image;
  const gfloat *mask;
  gdouble unit; /* the highest of the mask's values */
  gfloat *gradient;
  const gfloat (*slope)[NST_PALETTE_NODES];
  guint64 (*parts)[NST_PALETTE_AXES][NST_PALETTE_NODES]; /* of each thread */
} PaletteJob;

/* Where a pixel lies: in nodes from the first one on, within the last two at most; what is no
 * number is at the first. */
static inline gfloat
place (const PaletteJob *job, gint axis, gsize i)
{
  gsize plane = nst_tensor_plane (job->image);
  const gfloat *x = job->image->data + i, *a = axes[axis];
  gfloat shade = a[0] * x[0] + a[1] * x[plane] + a[2] * x[2 * plane] + offsets[axis];

  shade = shade * NST_PALETTE_STEPS + 0.5f;
  return shade > 0 ? MIN (shade, NST_PALETTE_NODES - 1.001f) : 0;
}

static void
count_chunk (gint index, gint thread, gpointer data)
{
  const PaletteJob *job = data;
  gsize from = (gsize) index * NST_VECTOR_CHUNK;
  gsize to = MIN (from + NST_VECTOR_CHUNK, nst_tensor_plane (job->image));

  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    for (gsize i = from; i < to; i++)
      {
        gfloat at = place (job, axis, i);
        gint node = (gint) at;
        guint64 all = (guint64) (PARTS * (job->mask ? job->mask[i] / job->unit : 1));
        guint64 upper = (guint64) ((gfloat) all * (at - (gfloat) node));

        job->parts[thread][axis][node] += all - upper;
        job->parts[thread][axis][node + 1] += upper;
      }
}

/* What the values of @mask are shares of. */
static gdouble
find_unit (const NstTensor *image, const gfloat *mask)
{
  gfloat most = 0;

  for (gsize i = 0; mask && i < nst_tensor_plane (image); i++)
    most = MAX (most, mask[i]);
  return most > 0 ? (gdouble) most : 1;
}

void
nst_palette_add (NstPalette *palette, NstPool *pool, const NstTensor *image, const gfloat *mask,
                 gdouble weight)
{
  gint n_threads = nst_pool_threads (pool);
  PaletteJob job = {image, mask, find_unit (image, mask)};

  job.parts = g_malloc0 (n_threads * sizeof *job.parts);
  nst_pool_run (pool, nst_vector_chunks (nst_tensor_plane (image)), count_chunk, &job);
  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    {
      guint64 sums[NST_PALETTE_NODES] = {0}, all = 0;

      for (gint k = 0; k < NST_PALETTE_NODES; k++)
        {
          for (gint t = 0; t < n_threads; t++)
            sums[k] += job.parts[t][axis][k];
          all += sums[k];
        }
      for (gint k = 0; k < NST_PALETTE_NODES; k++)
        palette->share[axis][k] += all ? weight * (gdouble) sums[k] / (gdouble) all : 0;
    }
  g_free (job.parts);
}

static gdouble
variance (const gdouble *share)
{
  gdouble mean = 0, squares = 0;

  for (gint k = 0; k < NST_PALETTE_NODES; k++)
    {
      mean += share[k] * node_at (k);
      squares += share[k] * node_at (k) * node_at (k);
    }
  return MAX (squares - mean * mean, 0);
}

/* The squared distance between two distributions: the lowest shades of one are moved to the
 * lowest of the other.  @slope: its derivative by the shade of a pixel between each node and the
 * next, times all pixels: as that wanders up, what is moved to @to comes from the node above. */
static gdouble
distance (const gdouble *now, const gdouble *target, gfloat slope[NST_PALETTE_NODES])
{
  gdouble sum = 0, left = target[0];
  gint to = 0, last = NST_PALETTE_NODES - 1;

  while (last > 0 && target[last] <= 0) /* what rounding leaves over stays where something is */
    last--;
  for (gint k = 0; k < NST_PALETTE_NODES; k++)
    {
      gdouble rest = now[k], d;

      while (rest > left && to < last)
        {
          d = node_at (k) - node_at (to);
          sum += left * d * d;
          rest -= left;
          left = target[++to];
        }
      d = node_at (k) - node_at (to);
      sum += rest * d * d;
      left -= rest;
      slope[k] = k < NST_PALETTE_NODES - 1
                     ? 2 * ((node_at (k) + node_at (k + 1)) / 2 - node_at (to))
                     : 0;
    }
  return sum;
}

static void
add_slope (gint index, gint thread, gpointer data)
{
  const PaletteJob *job = data;
  gsize plane = nst_tensor_plane (job->image);
  gsize from = (gsize) index * NST_VECTOR_CHUNK, to = MIN (from + NST_VECTOR_CHUNK, plane);

  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    for (gsize i = from; i < to; i++)
      {
        gint node = (gint) place (job, axis, i);
        gfloat d = job->slope[axis][node] * (job->mask ? job->mask[i] : 1);

        for (gint c = 0; c < 3; c++)
          job->gradient[c * plane + i] += axes[axis][c] * d;
      }
}

/* The variance of a flat style's shades. */
#define LEAST_VARIANCE 0.001

gdouble
nst_palette_loss (const NstPalette *target, NstPool *pool, gdouble weight,
                  const NstTensor *image, const gfloat *mask, gfloat *gradient)
{
  gsize plane = nst_tensor_plane (image);
  gfloat slope[NST_PALETTE_AXES][NST_PALETTE_NODES];
  PaletteJob job = {image, mask, 1, gradient, (const gfloat (*)[NST_PALETTE_NODES]) slope};
  NstPalette now;
  gdouble norm = LEAST_VARIANCE, total = (gdouble) plane, sum = 0;

  memset (&now, 0, sizeof now);
  nst_palette_add (&now, pool, image, mask, 1);
  if (mask)
    total = MAX (nst_sum (plane, mask), 1);
  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    {
      norm += variance (target->share[axis]);
      sum += distance (now.share[axis], target->share[axis], slope[axis]);
    }
  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    for (gint k = 0; k < NST_PALETTE_NODES; k++)
      slope[axis][k] = (gfloat) (slope[axis][k] * (weight / norm / total));
  if (gradient)
    nst_pool_run (pool, nst_vector_chunks (plane), add_slope, &job);
  return weight / norm * sum;
}
