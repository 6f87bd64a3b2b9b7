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

#define STRIP 256 /* pixels at a time, for loops that the compiler makes vectors of */

/* Where pixels lie: the node below, and how far from it to the next; within the last two at most.
 * What is no number is at the first. */
static inline void
place (const PaletteJob *job, gint axis, gsize from, gint n, gint32 *node, gfloat *above)
{
  gsize plane = nst_tensor_plane (job->image);
  const gfloat *x = job->image->data + from, *a = axes[axis];

  for (gint i = 0; i < n; i++)
    {
      gfloat shade =
          a[0] * x[i] + a[1] * x[plane + i] + a[2] * x[2 * plane + i] + offsets[axis];

      shade = shade * NST_PALETTE_STEPS + 0.5f;
      shade = shade > 0 ? MIN (shade, NST_PALETTE_NODES - 1.001f) : 0;
      node[i] = (gint32) shade;
      above[i] = shade - (gfloat) node[i];
    }
}

/* Parts of the pixels of a chunk: those at each node in the upper half, of these those that are
 * the next node's in the lower half, so that they are added at once.  There is room for
 * 2^32 / PARTS pixels. */
typedef guint64 Parts[NST_PALETTE_AXES][NST_PALETTE_NODES];

static void
count_strip (const PaletteJob *job, gsize from, gint n, Parts parts)
{
  gint32 node[NST_PALETTE_AXES][STRIP], all[STRIP], upper[NST_PALETTE_AXES][STRIP];
  gfloat above[STRIP];

  for (gint i = 0; i < n; i++)
    all[i] = (gint32) (PARTS * (job->mask ? job->mask[from + i] / job->unit : 1));
  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    {
      place (job, axis, from, n, node[axis], above);
      for (gint i = 0; i < n; i++)
        upper[axis][i] = (gint32) ((gfloat) all[i] * above[i]);
    }
  for (gint i = 0; i < n; i++)
    for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
      parts[axis][node[axis][i]] += (guint64) all[i] << 32 | (guint64) upper[axis][i];
}

static void
count_chunk (gint index, gint thread, gpointer data)
{
  const PaletteJob *job = data;
  gsize from = (gsize) index * NST_VECTOR_CHUNK;
  gsize to = MIN (from + NST_VECTOR_CHUNK, nst_tensor_plane (job->image));
  Parts parts = {{0}};

  for (; from < to; from += STRIP)
    count_strip (job, from, nst_int (MIN (STRIP, to - from)), parts);
  for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
    for (gint k = 0; k < NST_PALETTE_NODES - 1; k++)
      {
        guint64 upper = parts[axis][k] & G_MAXUINT32;

        job->parts[thread][axis][k] += (parts[axis][k] >> 32) - upper;
        job->parts[thread][axis][k + 1] += upper;
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

  for (gint n; from < to; from += n)
    {
      gint32 node[STRIP];
      gfloat d[STRIP], above[STRIP];

      n = nst_int (MIN (STRIP, to - from));
      for (gint axis = 0; axis < NST_PALETTE_AXES; axis++)
        {
          place (job, axis, from, n, node, above);
          for (gint i = 0; i < n; i++)
            d[i] = job->slope[axis][node[i]] * (job->mask ? job->mask[from + i] : 1);
          for (gint c = 0; c < 3; c++)
            for (gint i = 0; i < n; i++)
              job->gradient[c * plane + from + i] += axes[axis][c] * d[i];
        }
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
