/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which optimiser, and the arrays that all of them have.
 */
#include "optimizer/optimizer.h"
#include "optimizer/descent.h"
#include "optimizer/lbfgs.h"

#include <string.h>

/* Whether steps go to another array than x. */
static gboolean
needs_other (const NstMinimizerSpec *spec)
{
  return spec->kind == NST_OPTIMIZER_LBFGS || spec->high <= 0;
}

static gboolean
init_kind (NstMinimizer *m, const NstMinimizerSpec *spec, GError **error)
{
  switch (spec->kind)
    {
    case NST_OPTIMIZER_ADAM:
      return nst_adam_init (m, error);
    case NST_OPTIMIZER_SGD:
      nst_sgd_init (m);
      return TRUE;
    default:
      return nst_lbfgs_init (m, spec->history, error);
    }
}

gboolean
nst_minimizer_init (NstMinimizer *minimizer, const NstMinimizerSpec *spec, NstPool *pool,
                    gfloat *x, const NstFunction *function, GError **error)
{
  NstMinimizer *m = minimizer;

  memset (m, 0, sizeof *m);
  m->pool = pool;
  m->function = *function;
  m->n = spec->n;
  m->high = spec->high;
  m->gain = spec->gain;
  m->rate = spec->rate;
  m->x = x;
  if ((m->gradient = nst_alloc (m->n, sizeof (gfloat), error))
      && (!needs_other (spec) || (m->other = nst_alloc (m->n, sizeof (gfloat), error)))
      && init_kind (m, spec, error))
    return TRUE;
  nst_minimizer_clear (m);
  return FALSE;
}

guint64
nst_minimizer_memory (const NstMinimizerSpec *spec, gint steps)
{
  guint64 arrays = needs_other (spec) ? 3 : 2, lbfgs = 0;

  if (spec->kind == NST_OPTIMIZER_ADAM)
    arrays += 2;
  if (spec->kind == NST_OPTIMIZER_LBFGS)
    lbfgs = nst_lbfgs_memory (spec->history, spec->n, steps);
  return arrays * nst_alloc_size (spec->n, sizeof (gfloat)) + lbfgs;
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
