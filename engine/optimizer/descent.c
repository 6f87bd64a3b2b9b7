/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adam (Kingma and Ba 2015) and SGD with a decaying rate.
 */
#include "optimizer/descent.h"
#include "base/tensor.h"
#include "base/vector.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

#define CHUNK 65536 /* floats of a task: less is done sooner than another thread wakes */

typedef struct
{
  NstMinimizer *m;
  gfloat rate, inverse2; /* of the second moments, Adam's */
  gfloat *to;
} StepJob;

static void
adam_chunk (gint index, gint thread, gpointer data)
{
  const StepJob *job = data;
  NstMinimizer *m = job->m;
  gsize i = (gsize) index * CHUNK, n = MIN (CHUNK, m->n - i);

  nst_kernels ()->vector->adam (n, m->x + i, m->gradient + i, job->rate, job->inverse2, m->high,
                                m->moments[0] + i, m->moments[1] + i, job->to + i);
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

  if (nst_minimizer_evaluate (m, m->x, m->gradient, losses, &local))
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
  nst_vector_run (m->pool, nst_int ((m->n + CHUNK - 1) / CHUNK), task, job);
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
  StepJob job = {.m = m};

  if (!begin_step (m, losses, error))
    return FALSE;
  /* not before: memory that is not touched is not taken */
  for (gint i = 0; m->t == 0 && i < 2; i++)
    memset (m->moments[i], 0, m->n * sizeof (gfloat));
  job.rate = (gfloat) (m->rate / (1 - pow (0.9, m->t + 1)));
  job.inverse2 = (gfloat) (1 / (1 - pow (0.999, m->t + 1)));
  end_step (m, adam_chunk, &job);
  return TRUE;
}

/* rate * 0.96^(t/100), Keras' schedule */
static gboolean
sgd_step (NstMinimizer *m, NstLosses *losses, GError **error)
{
  StepJob job = {.m = m};

  if (!begin_step (m, losses, error))
    return FALSE;
  if (m->rate <= 0)
    {
      /* a first step of a hundredth of the range, in the root mean square */
      gdouble norm = sqrt (nst_dot (m->pool, m->n, m->gradient, m->gradient) / (gdouble) m->n);

      m->rate = norm > 0 ? 0.01 * MAX (m->high, 1) / norm : 1;
    }
  job.rate = (gfloat) (m->rate * pow (0.96, m->t / 100.0));
  end_step (m, sgd_chunk, &job);
  return TRUE;
}

gboolean
nst_adam_init (NstMinimizer *m, GError **error)
{
  m->step = adam_step;
  return (m->moments[0] = nst_alloc (m->n, sizeof (gfloat), error))
         && (m->moments[1] = nst_alloc (m->n, sizeof (gfloat), error));
}

void
nst_sgd_init (NstMinimizer *m)
{
  m->step = sgd_step;
}
