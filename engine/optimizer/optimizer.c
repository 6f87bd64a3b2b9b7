/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adam (Kingma and Ba 2015), SGD with a decaying rate, and what they share
 * with L-BFGS.
 */
#include "optimizer/optimizer.h"
#include "kernels/kernels.h"
#include "base/vector.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Evaluates at @x; a loss or gradient that is not finite is NST_ERROR_DIVERGED. */
gboolean
nst_evaluate_finite (NstMinimizer *minimizer, const gfloat *x, gfloat *gradient,
                     NstLosses *losses, GError **error)
{
  if (!minimizer->evaluate (x, gradient, losses, minimizer->data, error))
    return FALSE;
  if (isfinite (losses->total)
      && isfinite (nst_sum_abs (minimizer->pool, minimizer->n, gradient)))
    return TRUE;
  g_set_error (
      error, NST_ERROR, NST_ERROR_DIVERGED,
      _ ("The loss is no longer a finite number after step %d; try the optimiser l-bfgs, "
         "or another network"),
      minimizer->t);
  return FALSE;
}

typedef struct
{
  NstMinimizer *m;
  gdouble rate, correct1, correct2;
  gfloat *to;
} StepJob;

#define CHUNK 65536 /* floats of a task: less is done sooner than another thread wakes */

static void
adam_chunk (gint index, gint thread, gpointer data)
{
  const StepJob *job = data;
  NstMinimizer *m = job->m;
  gsize i = (gsize) index * CHUNK, n = MIN (CHUNK, m->n - i);

  nst_kernels ()->vector->adam (n, m->x + i, m->gradient + i, job->rate / job->correct1,
                                1 / job->correct2, m->high, m->moments[0] + i,
                                m->moments[1] + i, job->to + i);
}

static void
sgd_chunk (gint index, gint thread, gpointer data)
{
  const StepJob *job = data;
  NstMinimizer *m = job->m;
  gsize i = (gsize) index * CHUNK, n = MIN (CHUNK, m->n - i);

  nst_kernels ()->vector->sgd (n, m->x + i, m->gradient + i, job->rate, m->high, job->to + i);
}

/* Evaluates at x before moving on: what x was when the loss turned bad is in
 * `other`, so the last good image is there to go back to; one that is clamped is an image
 * whatever happens. */
static gboolean
begin_step (NstMinimizer *m, NstLosses *losses, GError **error)
{
  gfloat *last = m->other;
  GError *local = NULL;

  if (nst_evaluate_finite (m, m->x, m->gradient, losses, &local))
    return TRUE;
  if (m->t > 0 && last && g_error_matches (local, NST_ERROR, NST_ERROR_DIVERGED))
    {
      m->other = m->x;
      m->x = last;
    }
  g_propagate_error (error, local);
  return FALSE;
}

static void
end_step (NstMinimizer *m, NstTask task, StepJob *job)
{
  job->to = m->other ? m->other : m->x;
  nst_vector_run (m->pool, (m->n + CHUNK - 1) / CHUNK, task, job);
  if (m->other)
    {
      m->other = m->x;
      m->x = job->to;
    }
  m->t++;
}

static gboolean
adam_step (NstMinimizer *m, NstLosses *losses, GError **error)
{
  StepJob job = {m, m->rate, 0, 0, NULL};

  if (!begin_step (m, losses, error))
    return FALSE;
  /* not before: memory that is not touched is not taken */
  for (gint i = 0; m->t == 0 && i < 2; i++)
    memset (m->moments[i], 0, m->n * sizeof (gfloat));
  job.correct1 = 1 - pow (0.9, m->t + 1);
  job.correct2 = 1 - pow (0.999, m->t + 1);
  end_step (m, adam_chunk, &job);
  return TRUE;
}

/* rate * 0.96^(t/100), Keras' schedule */
static gboolean
sgd_step (NstMinimizer *m, NstLosses *losses, GError **error)
{
  StepJob job = {m, 0, 0, 0, NULL};

  if (!begin_step (m, losses, error))
    return FALSE;
  if (m->rate <= 0)
    {
      /* a first step of a hundredth of the range, in the root mean square */
      gdouble norm = sqrt (nst_dot (m->pool, m->n, m->gradient, m->gradient) / m->n);

      m->rate = norm > 0 ? 0.01 * MAX (m->high, 1) / norm : 1;
    }
  job.rate = m->rate * pow (0.96, m->t / 100.0);
  end_step (m, sgd_chunk, &job);
  return TRUE;
}

/* Whether steps go to another array than x. */
static gboolean
needs_other (const NstRecipeSpec *recipe)
{
  return recipe->optimizer == NST_OPTIMIZER_LBFGS || !recipe->clamp;
}

/**
 * nst_minimizer_init:
 * @x: (transfer full) (nullable): where to begin; %NULL: the caller fills minimizer->x
 * @n: floats of the variable
 *
 * Allocates everything else.  On failure @minimizer is left clear, and @x is freed.
 */
gboolean
nst_minimizer_init (NstMinimizer *minimizer, NstPool *pool, const NstRecipeSpec *recipe,
                    gfloat *x, gsize n, NstEvaluate evaluate, gpointer data, GError **error)
{
  NstMinimizer *m = minimizer;
  gboolean ok;

  memset (m, 0, sizeof *m);
  m->pool = pool;
  m->n = n;
  m->evaluate = evaluate;
  m->data = data;
  m->high = recipe->clamp ? recipe->unit : 0;
  m->x = x ? x : nst_alloc (n, sizeof (gfloat), error);
  ok = m->x && (m->gradient = nst_alloc (n, sizeof (gfloat), error))
       && (!needs_other (recipe) || (m->other = nst_alloc (n, sizeof (gfloat), error)));
  switch (recipe->optimizer)
    {
    case NST_OPTIMIZER_ADAM:
      m->rate = recipe->adam_rate;
      m->step = adam_step;
      for (gint i = 0; ok && i < 2; i++)
        ok = (m->moments[i] = nst_alloc (n, sizeof (gfloat), error)) != NULL;
      break;
    case NST_OPTIMIZER_SGD:
      m->rate = recipe->sgd_rate;
      m->step = sgd_step;
      break;
    default:
      ok = ok && nst_lbfgs_init (m, recipe->lbfgs_history, error);
    }
  if (!ok)
    nst_minimizer_clear (m);
  return ok;
}

/* Bytes that nst_minimizer_init() and so many steps allocate. */
guint64
nst_minimizer_memory (const NstRecipeSpec *recipe, gsize n, gint steps)
{
  guint64 arrays = needs_other (recipe) ? 3 : 2, lbfgs = 0;

  if (recipe->optimizer == NST_OPTIMIZER_ADAM)
    arrays += 2;
  if (recipe->optimizer == NST_OPTIMIZER_LBFGS)
    lbfgs = nst_lbfgs_memory (recipe->lbfgs_history, n, steps);
  return arrays * nst_alloc_size (n, sizeof (gfloat)) + lbfgs;
}

void
nst_minimizer_clear (NstMinimizer *minimizer)
{
  nst_lbfgs_clear (minimizer);
  for (gint i = 0; i < 2; i++)
    g_clear_pointer (&minimizer->moments[i], nst_free);
  g_clear_pointer (&minimizer->x, nst_free);
  g_clear_pointer (&minimizer->gradient, nst_free);
  g_clear_pointer (&minimizer->other, nst_free);
}
