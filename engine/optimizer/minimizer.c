/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the optimisers share.
 */
#include "optimizer/minimizer.h"
#include "base/vector.h"

#include <glib/gi18n-lib.h>
#include <math.h>

gboolean
nst_minimizer_evaluate (NstMinimizer *minimizer, const gfloat *x, gfloat *gradient,
                        NstLosses *losses, GError **error)
{
  if (!minimizer->function.evaluate (x, gradient, losses, minimizer->function.data, error))
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
