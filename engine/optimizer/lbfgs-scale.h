/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The variable as L-BFGS works on it: x / scale, where the caller has a metric (curvature.h).
 * What goes between x and x / scale passes through here.
 */
#ifndef NST_LBFGS_SCALE_H
#define NST_LBFGS_SCALE_H

#include "base/vector.h"
#include "optimizer/minimizer.h"

/* Whether there is a metric, and it knows something. */
static inline gboolean
nst_lbfgs_is_scaled (const NstMinimizer *m)
{
  return m->curvature && m->curvature->scale;
}

/**
 * nst_lbfgs_scale_slice:
 * @divide: by the scale, else it multiplies
 * @from: the slice's floats, at most NST_VECTOR_CHUNK
 * @to: (out caller-allocates): may be @from
 *
 * Only where nst_lbfgs_is_scaled().
 */
void nst_lbfgs_scale_slice (const NstMinimizer *m, gboolean divide, NstSlice slice,
                            const gfloat *from, gfloat *to);

/**
 * nst_lbfgs_scale:
 * @array: n floats, changed in their place
 *
 * The same for all of an array, in parallel; without a metric it does nothing.
 */
void nst_lbfgs_scale (NstMinimizer *m, gfloat *array, gboolean divide);

/**
 * nst_lbfgs_rescale:
 *
 * Goes on with the scales that the pairs so far tell: gradient, pairs and products become those
 * of the new x / scale.  Only with a metric.
 */
void nst_lbfgs_rescale (NstMinimizer *m);

#endif
