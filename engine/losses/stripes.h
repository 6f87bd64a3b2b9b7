/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stripes of one row or column each.
 */
#ifndef NST_STRIPES_H
#define NST_STRIPES_H

#include "base/parallel.h"
#include "base/tensor.h"

/**
 * nst_stripes_loss:
 * @image: 3 channels
 * @gradient: (nullable): of the same shape; the derivative is added to it
 *
 * With b = (1 2 1) / 4 along an axis and d = (-1 2 -1) / 4, the image going on as in a mirror:
 * b keeps what is plain and d what alternates.
 *
 * Returns: k * (mean of (b along x, d along y)^2 + mean of (d along x, b along y)^2).
 */
gdouble nst_stripes_loss (NstPool *pool, gdouble k, const NstTensor *image, gfloat *gradient);

#endif
