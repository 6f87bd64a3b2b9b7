/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * L-BFGS (Nocedal 1980; Nocedal and Wright, Numerical Optimization, 7.2) with a
 * unit step that is shortened until the loss falls enough (Armijo).
 *
 * The two-loop recursion runs on coefficients of the pairs and the gradient
 * (Chen, Wang and Zhou 2014): the products of the vectors are kept in double, so
 * that a step reads the pairs twice, once for the new products and once to make
 * the direction, instead of four times.
 *
 * Where the caller has a metric (curvature.h) all of that is done with x / scale.
 */
#include "optimizer/optimizer.h"
#include "kernels/kernels.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

#define ARMIJO       1e-4
#define MAX_HALVINGS 12

/* Steps of a level: the first that tells of the curvature, as every second one from there on
 * does, and those after which the scales are made of it. */
#define FIRST_COUNTED 4
#define SOON          10
#define AGAIN         25

/* The slot of pair i, counted from the newest. */
static gint
ring (const NstMinimizer *m, gint i)
{
  return (m->newest - i + m->history) % m->history;
}

/* The slot where the next pair will be.  Without memory for another pair it is
 * the oldest one's. */
static gint
next_slot (NstMinimizer *m)
{
  gint k = (m->newest + 1) % m->history;

  if (!m->s[k])
    {
      m->s[k] = nst_alloc (m->n, sizeof (gfloat), NULL);
      m->y[k] = nst_alloc (m->n, sizeof (gfloat), NULL);
      if (!m->s[k] || !m->y[k])
        {
          g_clear_pointer (&m->s[k], nst_free);
          g_clear_pointer (&m->y[k], nst_free);
          m->history = k; /* at least 1: that pair came with the rest */
          k = 0;
        }
    }
  return k;
}

/* direction = -H gradient by the two-loop recursion, as factors of what
 * list_basis() lists.  Returns: its product with the gradient. */
static gdouble
find_factors (const NstMinimizer *m, gdouble *factors)
{
  gint p = m->n_pairs, stride = m->capacity;
  gdouble *g = factors, *s = factors + 1, *y = factors + 1 + p, slope;

  *g = -1;
  for (gint i = 0; i < p; i++)
    {
      const gdouble *sy = m->sy + (gsize) ring (m, i) * stride;
      gdouble product = *g * m->sg[ring (m, i)];

      for (gint j = 0; j < i; j++)
        product += y[j] * sy[ring (m, j)];
      s[i] = product / sy[ring (m, i)];
      y[i] = -s[i];
    }
  if (p > 0)
    {
      gsize newest = (gsize) m->newest * stride + m->newest;
      gdouble scale = m->sy[newest] / m->yy[newest];

      *g *= scale;
      for (gint i = 0; i < p; i++)
        y[i] *= scale;
    }
  for (gint i = p - 1; i >= 0; i--)
    {
      gint k = ring (m, i);
      gdouble product = *g * m->yg[k];

      for (gint j = 0; j < p; j++)
        product += y[j] * m->yy[(gsize) k * stride + ring (m, j)];
      for (gint j = i + 1; j < p; j++)
        product += s[j] * m->sy[(gsize) ring (m, j) * stride + k];
      s[i] -= product / m->sy[(gsize) k * stride + k];
    }
  slope = *g * m->gg;
  for (gint i = 0; i < p; i++)
    slope += s[i] * m->sg[ring (m, i)] + y[i] * m->yg[ring (m, i)];
  return slope;
}

/* The gradient, the pairs' s and their y, from the newest. */
static void
list_basis (const NstMinimizer *m, gfloat **basis)
{
  basis[0] = m->gradient;
  for (gint i = 0; i < m->n_pairs; i++)
    {
      basis[1 + i] = m->s[ring (m, i)];
      basis[1 + m->n_pairs + i] = m->y[ring (m, i)];
    }
}

/* Multiplies a chunk by the scale, or divides it. */
static void
scale_chunk (const NstMinimizer *m, gboolean divide, gsize start, gsize n, const gfloat *from,
             gfloat *to)
{
  gfloat scale[NST_VECTOR_CHUNK];

  nst_curvature_fill (m->curvature, start, n, scale);
  for (gsize i = 0; i < n; i++)
    to[i] = divide ? from[i] / scale[i] : from[i] * scale[i];
}

static gboolean
is_scaled (const NstMinimizer *m)
{
  return m->curvature && m->curvature->scale;
}

/* other = x + step * scale * direction, projected to what is allowed: what is cut off only at
 * the end makes the result worse than its loss said. */
static void
step_chunk (NstMinimizer *m, gfloat step, gsize start, gsize n)
{
  const gfloat *direction = m->direction + start;
  gfloat scaled[NST_VECTOR_CHUNK];

  if (is_scaled (m))
    {
      scale_chunk (m, FALSE, start, n, direction, scaled);
      direction = scaled;
    }
  nst_kernels ()->vector->sgd (n, m->x + start, direction, -step, m->high, m->other + start);
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
  gsize start = (gsize) index * NST_VECTOR_CHUNK;

  step_chunk (job->m, job->step, start, MIN (NST_VECTOR_CHUNK, job->m->n - start));
}

static void
take_step (NstMinimizer *m, gdouble step)
{
  StepJob job = {m, step};

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
  gsize start = (gsize) index * NST_VECTOR_CHUNK, n = MIN (NST_VECTOR_CHUNK, m->n - start);
  gdouble sum[NST_VECTOR_CHUNK];

  memset (sum, 0, n * sizeof (gdouble));
  kernels->combine (start, n, job->count, job->basis, job->factors, sum);
  for (gsize i = 0; i < n; i++)
    m->direction[start + i] = sum[i];
  step_chunk (m, job->step, start, n);
}

/* Without curvature yet, a step moves x by a 200th of its range in the root mean square, if
 * the line search does not shorten it.  Where the range is not known it is of length 1 in the
 * 1-norm at most, as is usual: a pixel's millionth, whose pair is half rounding. */
static gdouble
first_step (const NstMinimizer *m)
{
  gdouble size;

  if (m->n_pairs > 0)
    return 1;
  if (m->high > 0)
    return 0.005 * m->high / sqrt (m->gg / m->n);
  size = nst_sum_abs (m->pool, m->n, m->gradient);
  return MIN (1, size > 0 ? 1 / size : 1);
}

/* Makes the direction and other by *step along it.  Returns: FALSE where
 * that leads uphill. */
static gboolean
make_direction (NstMinimizer *m, gint slot, gdouble *step, gdouble *slope)
{
  gint count = 1 + 2 * m->n_pairs;
  DirectionJob job = {m, count, g_new (gfloat *, count), g_new (gdouble, count), 0};
  gboolean downhill;

  *slope = find_factors (m, job.factors);
  downhill = *slope < 0;
  if (downhill)
    {
      job.step = *step = first_step (m);
      list_basis (m, job.basis);
      m->direction = m->s[slot];
      m->n_pairs = MIN (m->n_pairs, m->history - 1); /* it overwrites the oldest */
      nst_vector_run (m->pool, nst_vector_chunks (m->n), direction_chunk, &job);
    }
  g_free (job.basis);
  g_free (job.factors);
  return downhill;
}

typedef struct
{
  NstMinimizer *m;
  gfloat *array;
  gboolean divide;
} ScaleJob;

static void
scale_task (gint index, gint thread, gpointer data)
{
  const ScaleJob *job = data;
  gsize start = (gsize) index * NST_VECTOR_CHUNK;
  gfloat *array = job->array + start;

  scale_chunk (job->m, job->divide, start, MIN (NST_VECTOR_CHUNK, job->m->n - start), array,
               array);
}

static void
scale_array (NstMinimizer *m, gfloat *array, gboolean divide)
{
  ScaleJob job = {m, array, divide};

  if (is_scaled (m))
    nst_vector_run (m->pool, nst_vector_chunks (m->n), scale_task, &job);
}

/* The loss at @x, and its gradient to x / scale. */
static gboolean
evaluate (NstMinimizer *m, const gfloat *x, gfloat *gradient, NstLosses *losses, GError **error)
{
  if (!nst_evaluate_finite (m, x, gradient, losses, error))
    return FALSE;
  scale_array (m, gradient, FALSE);
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
      if (evaluate (m, m->other, m->y[slot], losses, &local))
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
  gsize start = (gsize) index * NST_VECTOR_CHUNK, n = MIN (NST_VECTOR_CHUNK, m->n - start);
  const gfloat *g = m->gradient + start;
  gdouble *sums = job->sums + (gsize) index * sums_of (job->pairs);

  memset (sums, 0, sums_of (job->pairs) * sizeof (gdouble));
  kernels->subtract (n, m->other + start, m->x + start, job->s + start);
  if (is_scaled (m))
    scale_chunk (m, TRUE, start, n, job->s + start, job->s + start);
  kernels->subtract (n, g, job->y + start, job->y + start);
  kernels->dots (start, n, job->pairs, job->s_list, 2, with, sums);
  kernels->dots (start, n, job->pairs, job->y_list, 3, with, sums + 2 * job->pairs);
  sums[5 * job->pairs] = kernels->sum_products (n, g, g);
}

/* Pair k's products with the gradient and the new pair, which is @slot's. */
static void
keep_products (NstMinimizer *m, gint slot, gint k, const gdouble *s, const gdouble *y)
{
  gsize stride = m->capacity;

  m->sg[k] = s[0];
  m->yg[k] = y[0];
  m->sy[k * stride + slot] = s[1];
  m->yy[k * stride + slot] = m->yy[slot * stride + k] = y[1];
  m->sy[slot * stride + k] = y[2];
}

/* Goes from x, whose gradient is m->gradient, to other, whose gradient is
 * m->y[slot], and remembers the pair where its curvature is positive. */
static void
move_on (NstMinimizer *m, gint slot)
{
  gint pairs = m->n_pairs + 1, last = nst_vector_chunks (m->n) - 1, n_sums = sums_of (pairs);
  gfloat **lists = g_new (gfloat *, 2 * pairs), *swap;
  PairJob job = {m, m->s[slot], m->gradient, pairs, lists, lists + pairs, m->sums};
  gdouble *s = m->sums, *y = m->sums + 2 * pairs, ys;

  m->gradient = m->y[slot];
  m->y[slot] = job.y;
  for (gint i = 0; i < pairs; i++)
    {
      gint k = i < m->n_pairs ? ring (m, i) : slot;

      job.s_list[i] = m->s[k];
      job.y_list[i] = m->y[k];
    }
  nst_vector_run (m->pool, last + 1, pair_chunk, &job);
  g_free (lists);
  for (gint i = 1; i <= last; i++)
    for (gint j = 0; j < n_sums; j++)
      m->sums[j] += m->sums[(gsize) i * n_sums + j];

  for (gint i = 0; i < pairs; i++)
    keep_products (m, slot, i < m->n_pairs ? ring (m, i) : slot, s + 2 * i, y + 3 * i);
  m->gg = m->sums[n_sums - 1];
  ys = m->sy[(gsize) slot * m->capacity + slot];
  if (ys > 0 && isfinite (1 / ys))
    {
      m->newest = slot;
      m->n_pairs++;
      if (m->curvature && m->t >= FIRST_COUNTED && m->t % 2 == 0)
        nst_curvature_add (m->curvature, m->pool, m->s[slot], m->y[slot], ys);
    }
  swap = m->x, m->x = m->other, m->other = swap;
}

/* The gradient and the pairs, multiplied by the scale or divided by it. */
static void
scale_all (NstMinimizer *m, gboolean out)
{
  scale_array (m, m->gradient, out);
  for (gint i = 0; i < m->n_pairs; i++)
    {
      scale_array (m, m->s[ring (m, i)], !out);
      scale_array (m, m->y[ring (m, i)], out);
    }
}

/* Goes on with the scales that the pairs so far tell.  What changes of the products is those of a
 * y with a y and with the gradient. */
static void
renew_scale (NstMinimizer *m)
{
  scale_all (m, TRUE);
  nst_curvature_find (m->curvature);
  scale_all (m, FALSE);
  m->gg = nst_dot (m->pool, m->n, m->gradient, m->gradient);
  for (gint i = 0; i < m->n_pairs; i++)
    {
      gint a = ring (m, i);

      m->yg[a] = nst_dot (m->pool, m->n, m->y[a], m->gradient);
      for (gint j = 0; j <= i; j++)
        {
          gint b = ring (m, j);

          m->yy[a * m->capacity + b] = m->yy[b * m->capacity + a] =
              nst_dot (m->pool, m->n, m->y[a], m->y[b]);
        }
    }
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
      m->gg = nst_dot (m->pool, m->n, m->gradient, m->gradient);
    }
  *losses = m->now;
  m->t++;
  if (m->converged)
    return TRUE;

  slot = next_slot (m);
  if (!line_search (m, slot, &next, &local) && !local)
    {
      /* start afresh from the gradient; when that does not help either, x is
       * as good as float32 gets it */
      m->n_pairs = 0;
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
    renew_scale (m);
  return TRUE;
}

/* Bytes that nst_lbfgs_init() and so many steps allocate for images: a pair a step. */
guint64
nst_lbfgs_memory (gint history, gsize n, gint steps)
{
  guint64 pairs = CLAMP (steps, 1, history);

  return 2 * pairs * nst_alloc_size (n, sizeof (gfloat))
         + nst_alloc_size ((guint64) nst_vector_chunks (n) * sums_of (history),
                           sizeof (gdouble));
}

/**
 * nst_lbfgs_init:
 * @history: pairs kept, at least 1
 */
gboolean
nst_lbfgs_init (NstMinimizer *m, gint history, GError **error)
{
  m->history = m->capacity = history;
  m->s = g_new0 (gfloat *, history);
  m->y = g_new0 (gfloat *, history);
  m->sy = g_new0 (gdouble, (gsize) history * history);
  m->yy = g_new0 (gdouble, (gsize) history * history);
  m->sg = g_new0 (gdouble, history);
  m->yg = g_new0 (gdouble, history);
  m->step = lbfgs_step;
  m->newest = -1;
  /* the other pairs' memory is taken when they come: short runs need few */
  m->sums = nst_alloc ((guint64) nst_vector_chunks (m->n) * sums_of (history), sizeof (gdouble),
                       error);
  return m->sums && (m->s[0] = nst_alloc (m->n, sizeof (gfloat), error))
         && (m->y[0] = nst_alloc (m->n, sizeof (gfloat), error));
}

void
nst_lbfgs_clear (NstMinimizer *m)
{
  for (gint i = 0; m->s && i < m->capacity; i++)
    {
      nst_free (m->s[i]);
      nst_free (m->y[i]);
    }
  g_clear_pointer (&m->s, g_free);
  g_clear_pointer (&m->y, g_free);
  g_clear_pointer (&m->sy, g_free);
  g_clear_pointer (&m->yy, g_free);
  g_clear_pointer (&m->sg, g_free);
  g_clear_pointer (&m->yg, g_free);
  g_clear_pointer (&m->sums, nst_free);
}
