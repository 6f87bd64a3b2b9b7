/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * L-BFGS (Nocedal 1980; Nocedal and Wright, Numerical Optimization, 7.2) with a
 * unit step that is shortened until the loss falls enough (Armijo).
 */
#include "optimizer.h"
#include "vector.h"

#include <math.h>

#define ARMIJO       1e-4
#define MAX_HALVINGS 12

/* Pair i, counted from the newest. */
static gint
ring (const NstMinimizer *m, gint i)
{
  return (m->newest - i + m->history) % m->history;
}

/* direction = -H gradient by the two-loop recursion. */
static void
make_direction (NstMinimizer *m)
{
  gdouble *alpha = g_new (gdouble, MAX (m->n_pairs, 1));

  nst_add_scaled (m->pool, m->n, m->gradient, 0, m->gradient, m->direction);
  nst_scale (m->pool, m->n, -1, m->direction);
  for (gint i = 0; i < m->n_pairs; i++)
    {
      gint k = ring (m, i);

      alpha[i] = m->rho[k] * nst_dot (m->pool, m->n, m->s[k], m->direction);
      nst_axpy (m->pool, m->n, -alpha[i], m->y[k], m->direction);
    }
  if (m->n_pairs > 0)
    {
      const gfloat *y = m->y[m->newest];

      nst_scale (m->pool, m->n, 1 / (m->rho[m->newest] * nst_dot (m->pool, m->n, y, y)),
                 m->direction);
    }
  for (gint i = m->n_pairs - 1; i >= 0; i--)
    {
      gint k = ring (m, i);
      gdouble beta = m->rho[k] * nst_dot (m->pool, m->n, m->y[k], m->direction);

      nst_axpy (m->pool, m->n, alpha[i] - beta, m->s[k], m->direction);
    }
  g_free (alpha);
}

/* Remembers s = other - x and y = new_gradient - gradient where their curvature
 * is positive.  Without memory for another pair it makes do with those it has. */
static void
remember (NstMinimizer *m)
{
  gint k = (m->newest + 1) % m->history;
  gdouble ys;

  if (!m->s[k])
    {
      m->s[k] = nst_alloc (m->n, sizeof (gfloat), NULL);
      m->y[k] = nst_alloc (m->n, sizeof (gfloat), NULL);
      if (!m->s[k] || !m->y[k])
        {
          g_clear_pointer (&m->s[k], nst_free);
          g_clear_pointer (&m->y[k], nst_free);
          if (k == 0)
            return;
          m->history = k;
          k = 0;
        }
    }
  /* until it is accepted the pair takes the oldest one's place */
  nst_add_scaled (m->pool, m->n, m->other, -1, m->x, m->s[k]);
  nst_add_scaled (m->pool, m->n, m->new_gradient, -1, m->gradient, m->y[k]);
  ys = nst_dot (m->pool, m->n, m->y[k], m->s[k]);
  if (ys > 0 && isfinite (1 / ys))
    {
      m->rho[k] = 1 / ys;
      m->newest = k;
      m->n_pairs = MIN (m->n_pairs + 1, m->history);
    }
  else if (m->n_pairs == m->history)
    m->n_pairs--; /* the oldest was overwritten */
}

/* Tries x + step * direction with ever shorter steps.
 * Returns: whether the loss fell enough; @error only where evaluating failed
 * for another reason than a loss that is not finite. */
static gboolean
line_search (NstMinimizer *m, gdouble step, NstLosses *losses, GError **error)
{
  gdouble slope = nst_dot (m->pool, m->n, m->gradient, m->direction);

  if (!(slope < 0))
    return FALSE;
  for (gint i = 0; i < MAX_HALVINGS; i++)
    {
      GError *local = NULL;

      nst_add_scaled (m->pool, m->n, m->x, step, m->direction, m->other);
      if (nst_evaluate_finite (m, m->other, m->new_gradient, losses, &local))
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

/* The first step, without curvature, is of length 1 in the 1-norm at most. */
static gdouble
first_step (const NstMinimizer *m)
{
  gdouble size = nst_sum_abs (m->pool, m->n, m->gradient);

  return m->n_pairs > 0 ? 1 : MIN (1, size > 0 ? 1 / size : 1);
}

static gboolean
lbfgs_step (NstMinimizer *m, NstLosses *losses, GError **error)
{
  NstLosses next;
  GError *local = NULL;
  gfloat *swap;

  if (m->t == 0 && !nst_evaluate_finite (m, m->x, m->gradient, &m->now, error))
    return FALSE;
  *losses = m->now;
  m->t++;
  if (m->converged)
    return TRUE;

  make_direction (m);
  if (!line_search (m, first_step (m), &next, &local) && !local)
    {
      /* start afresh from the gradient; when that does not help either, x is
       * as good as float32 gets it */
      m->n_pairs = 0;
      make_direction (m);
      m->converged = !line_search (m, first_step (m), &next, &local);
    }
  if (local)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (m->converged)
    return TRUE;
  remember (m);
  swap = m->x, m->x = m->other, m->other = swap;
  swap = m->gradient, m->gradient = m->new_gradient, m->new_gradient = swap;
  m->now = next;
  return TRUE;
}

/**
 * nst_lbfgs_init:
 * @history: pairs kept, at least 1
 */
gboolean
nst_lbfgs_init (NstMinimizer *m, gint history, GError **error)
{
  gboolean ok;

  /* the pairs' memory is taken when they come: short runs need few */
  m->history = m->capacity = history;
  m->s = g_new0 (gfloat *, history);
  m->y = g_new0 (gfloat *, history);
  m->rho = g_new0 (gdouble, history);
  ok = (m->direction = nst_alloc (m->n, sizeof (gfloat), error))
       && (m->new_gradient = nst_alloc (m->n, sizeof (gfloat), error));
  m->step = lbfgs_step;
  m->newest = -1;
  return ok;
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
  g_clear_pointer (&m->rho, g_free);
  g_clear_pointer (&m->direction, nst_free);
  g_clear_pointer (&m->new_gradient, nst_free);
}
