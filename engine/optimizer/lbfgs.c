/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * L-BFGS (Nocedal 1980; Nocedal and Wright, Numerical Optimization, 7.2) with a
 * unit step that is shortened until the loss falls enough (Armijo).
 *
 * Where the caller has a metric (curvature.h) all of that is done with x / scale.
 */
#include "optimizer/lbfgs.h"
#include "kernels/kernels.h"
#include "optimizer/lbfgs-scale.h"

#include <math.h>
#include <string.h>

#define ARMIJO       1e-4
#define MAX_HALVINGS 12

/* Steps of a level: the first that tells of the curvature, as every second one from there on
 * does, and those after which the scales are made of it. */
#define FIRST_COUNTED 4
#define SOON          10
#define AGAIN         25

/* other = x + step * scale * direction, projected to what is allowed: what is cut off only at
 * the end makes the result worse than its loss said. */
static void
step_slice (NstMinimizer *m, gfloat step, NstSlice slice)
{
  const gfloat *direction = m->direction + slice.start;
  gfloat scaled[NST_VECTOR_CHUNK];

  if (nst_lbfgs_is_scaled (m))
    {
      nst_lbfgs_scale_slice (m, FALSE, slice, direction, scaled);
      direction = scaled;
    }
  nst_kernels ()->vector->sgd (slice.n, m->x + slice.start, direction, -step, m->high,
                               m->other + slice.start);
}

typedef struct
{
  NstMinimizer *m;
  gfloat step;
} StepJob;

static void
step_task (gint index, gint thread, gpointer data)
{
  const StepJob *job = data;

  step_slice (job->m, job->step, nst_vector_slice (job->m->n, index));
}

static void
take_step (NstMinimizer *m, gdouble step)
{
  StepJob job = {m, (gfloat) step};

  nst_vector_run (m->pool, nst_vector_chunks (m->n), step_task, &job);
}

typedef struct
{
  NstMinimizer *m;
  gint count; /* vectors of the basis */
  gfloat **basis;
  gdouble *factors;
  gfloat step;
} DirectionJob;

/* direction, and other by a step along it.  The direction may take the
 * place of a vector of the basis. */
static void
direction_chunk (gint index, gint thread, gpointer data)
{
  const DirectionJob *job = data;
  const NstVectorKernels *kernels = nst_kernels ()->vector;
  NstMinimizer *m = job->m;
  NstSlice slice = nst_vector_slice (m->n, index);
  gdouble sum[NST_VECTOR_CHUNK];

  memset (sum, 0, slice.n * sizeof (gdouble));
  kernels->combine (slice.start, slice.n, job->count, job->basis, job->factors, sum);
  for (gsize i = 0; i < slice.n; i++)
    m->direction[slice.start + i] = (gfloat) sum[i];
  step_slice (m, job->step, slice);
}

/* Without curvature yet, a step moves x by a 200th of its range in the root mean square, if
 * the line search does not shorten it.  Where the range is not known it is of length 1 in the
 * 1-norm at most, as is usual: a pixel's millionth, whose pair is half rounding. */
static gdouble
first_step (const NstMinimizer *m)
{
  gdouble size;

  if (m->pairs.n > 0)
    return 1;
  if (m->high > 0)
    return 0.005 * m->high / sqrt (m->pairs.gg / (gdouble) m->n);
  size = nst_sum_abs (m->pool, m->n, m->gradient);
  return MIN (1, size > 0 ? 1 / size : 1);
}

/* Makes the direction and other by *step along it.  Returns: FALSE where
 * that leads uphill. */
static gboolean
make_direction (NstMinimizer *m, gint slot, gdouble *step, gdouble *slope)
{
  NstPairs *pairs = &m->pairs;
  gint count = 1 + 2 * pairs->n;
  DirectionJob job = {m, count, g_new (gfloat *, count), g_new (gdouble, count), 0};
  gboolean downhill;

  *slope = nst_pairs_factors (pairs, m->gain, job.factors);
  downhill = *slope < 0;
  if (downhill)
    {
      *step = first_step (m);
      job.step = (gfloat) *step;
      nst_pairs_basis (pairs, m->gradient, job.basis);
      m->direction = pairs->s[slot];
      pairs->n = MIN (pairs->n, pairs->history - 1); /* it overwrites the oldest */
      nst_vector_run (m->pool, nst_vector_chunks (m->n), direction_chunk, &job);
    }
  g_free (job.basis);
  g_free (job.factors);
  return downhill;
}

/* The loss at @x, and its gradient to x / scale. */
static gboolean
evaluate (NstMinimizer *m, const gfloat *x, gfloat *gradient, NstLosses *losses, GError **error)
{
  if (!nst_minimizer_evaluate (m, x, gradient, losses, error))
    return FALSE;
  nst_lbfgs_scale (m, gradient, FALSE);
  return TRUE;
}

/* Tries x + step * direction with ever shorter steps; the gradient there takes
 * the place of the next y.
 * Returns: whether the loss fell enough; @error only where evaluating failed
 * for another reason than a loss that is not finite. */
static gboolean
line_search (NstMinimizer *m, gint slot, NstLosses *losses, GError **error)
{
  gdouble slope, step;

  if (!make_direction (m, slot, &step, &slope))
    return FALSE;
  for (gint i = 0; i < MAX_HALVINGS; i++)
    {
      GError *local = NULL;

      if (i > 0)
        take_step (m, step);
      if (evaluate (m, m->other, m->pairs.y[slot], losses, &local))
        {
          gdouble rise = losses->total - m->now.total;

          if (rise <= ARMIJO * step * slope)
            return TRUE;
          /* the least of the parabola through both values and the slope */
          step *= CLAMP (-0.5 * step * slope / (rise - step * slope), 0.1, 0.5);
        }
      else if (g_error_matches (local, NST_ERROR, NST_ERROR_DIVERGED))
        {
          g_error_free (local);
          step *= 0.1;
        }
      else
        {
          g_propagate_error (error, local);
          return FALSE;
        }
    }
  return FALSE;
}

typedef struct
{
  NstMinimizer *m;
  gfloat *s, *y; /* the new pair; y holds the old gradient yet */
  gint pairs;    /* with the new one */
  gfloat **s_list, **y_list;
  gdouble *sums; /* of each chunk: 2 an s, 3 a y, and the gradient's square */
} PairJob;

static gint
sums_of (gint pairs)
{
  return 5 * pairs + 1;
}

/* s = (other - x) / scale and y = gradient - y, and their and the gradient's products with
 * every vector while these are in the cache. */
static void
pair_chunk (gint index, gint thread, gpointer data)
{
  const PairJob *job = data;
  const NstVectorKernels *kernels = nst_kernels ()->vector;
  const NstMinimizer *m = job->m;
  const gfloat *const with[3] = {m->gradient, job->y, job->s};
  NstSlice slice = nst_vector_slice (m->n, index);
  gsize start = slice.start, n = slice.n;
  const gfloat *g = m->gradient + start;
  gdouble *sums = job->sums + (gsize) index * sums_of (job->pairs);

  memset (sums, 0, sums_of (job->pairs) * sizeof (gdouble));
  kernels->subtract (n, m->other + start, m->x + start, job->s + start);
  if (nst_lbfgs_is_scaled (m))
    nst_lbfgs_scale_slice (m, TRUE, slice, job->s + start, job->s + start);
  kernels->subtract (n, g, job->y + start, job->y + start);
  kernels->dots (start, n, job->pairs, job->s_list, 2, with, sums);
  kernels->dots (start, n, job->pairs, job->y_list, 3, with, sums + 2 * job->pairs);
  sums[5 * job->pairs] = kernels->sum_products (n, g, g);
}

/* Goes from x, whose gradient is m->gradient, to other, whose gradient is
 * y[slot], and remembers the pair where its curvature is positive. */
static void
move_on (NstMinimizer *m, gint slot)
{
  NstPairs *it = &m->pairs;
  gint pairs = it->n + 1, last = nst_vector_chunks (m->n) - 1, n_sums = sums_of (pairs);
  gfloat **lists = g_new (gfloat *, 2 * pairs), *swap;
  PairJob job = {m, it->s[slot], m->gradient, pairs, lists, lists + pairs, m->sums};
  gdouble *s = m->sums, *y = m->sums + 2 * pairs, ys;

  m->gradient = it->y[slot];
  it->y[slot] = job.y;
  for (gint i = 0; i < pairs; i++)
    {
      gint k = i < it->n ? nst_pairs_slot (it, i) : slot;

      job.s_list[i] = it->s[k];
      job.y_list[i] = it->y[k];
    }
  nst_vector_run (m->pool, last + 1, pair_chunk, &job);
  g_free (lists);
  for (gint i = 1; i <= last; i++)
    for (gint j = 0; j < n_sums; j++)
      m->sums[j] += m->sums[(gsize) i * n_sums + j];

  for (gint i = 0; i < pairs; i++)
    nst_pairs_keep (it, slot, i < it->n ? nst_pairs_slot (it, i) : slot, s + 2 * i, y + 3 * i);
  it->gg = m->sums[n_sums - 1];
  ys = it->sy[(gsize) slot * it->capacity + slot];
  if (ys > 0 && isfinite (1 / ys))
    {
      it->newest = slot;
      it->n++;
      if (m->curvature && m->t >= FIRST_COUNTED && m->t % 2 == 0)
        nst_curvature_add (m->curvature, m->pool, it->s[slot], it->y[slot], ys);
    }
  swap = m->x, m->x = m->other, m->other = swap;
}

/* Whether the scales are found anew after this step: where nothing was known soon, and again. */
static gboolean
is_renewed (const NstMinimizer *m)
{
  return m->curvature && (m->t == SOON || m->t == AGAIN)
         && (m->t != SOON || !m->curvature->scale);
}

static gboolean
lbfgs_step (NstMinimizer *m, NstLosses *losses, GError **error)
{
  NstLosses next;
  GError *local = NULL;
  gint slot;

  if (m->t == 0)
    {
      if (!evaluate (m, m->x, m->gradient, &m->now, error))
        return FALSE;
      m->pairs.gg = nst_dot (m->pool, m->n, m->gradient, m->gradient);
    }
  *losses = m->now;
  m->t++;
  if (m->converged)
    return TRUE;

  slot = nst_pairs_next_slot (&m->pairs);
  if (!line_search (m, slot, &next, &local) && !local)
    {
      /* start afresh from the gradient; when that does not help either, x is
       * as good as float32 gets it */
      m->pairs.n = 0;
      m->converged = !line_search (m, slot, &next, &local);
    }
  if (local)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (m->converged)
    return TRUE;
  move_on (m, slot);
  m->now = next;
  if (is_renewed (m))
    nst_lbfgs_rescale (m);
  return TRUE;
}

guint64
nst_lbfgs_memory (gint history, gsize n, gint steps)
{
  return nst_pairs_memory (n, history, steps)
         + nst_alloc_size ((guint64) nst_vector_chunks (n) * sums_of (history),
                           sizeof (gdouble));
}

gboolean
nst_lbfgs_init (NstMinimizer *m, gint history, GError **error)
{
  m->step = lbfgs_step;
  m->sums = nst_alloc ((guint64) nst_vector_chunks (m->n) * sums_of (history), sizeof (gdouble),
                       error);
  return m->sums && nst_pairs_init (&m->pairs, m->n, history, error);
}

void
nst_lbfgs_clear (NstMinimizer *m)
{
  nst_pairs_clear (&m->pairs);
  g_clear_pointer (&m->sums, nst_free);
}
