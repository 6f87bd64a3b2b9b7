/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a step of a level evaluates.
 */
#include "run/level-steps.h"

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  NstStepLoss *loss = data;
  const NstPassSpec *spec = &loss->objective.pass.spec;
  NstTensor planes = {3, spec->height, spec->width, gradient};
  gboolean ok;

  nst_pool_watch (loss->pool, loss->stop);
  ok = nst_objective_evaluate (&loss->objective, x, gradient, losses, error);
  nst_pool_watch (loss->pool, NULL);
  if (ok && loss->grey)
    nst_colour_average (&planes);
  return ok;
}

gboolean
nst_level_optimise (NstLevel *level, NstCurvature *curvature, gfloat *x, GError **error)
{
  NstFunction function = {evaluate, &level->loss};
  NstMinimizerSpec spec =
      nst_recipe_minimizer (&level->plan->recipe, (gsize) 3 * level->plan->w * level->plan->h);

  if (!nst_minimizer_init (&level->minimizer, &spec, level->run->pool, x, &function, error))
    return FALSE;
  if (spec.kind == NST_OPTIMIZER_LBFGS && spec.high > 0)
    {
      nst_curvature_begin (curvature, level->plan->w, level->plan->h);
      level->minimizer.curvature = curvature;
    }
  return TRUE;
}
