/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An image's total variation.
 */
#ifndef NST_TV_H
#define NST_TV_H

#include "base/parallel.h"
#include "base/tensor.h"

typedef enum
{
  NST_TV_POWER,   /* k * sum over the (h-1)(w-1) grid of (dx^2 + dy^2)^1.25: Keras */
  NST_TV_SQUARES, /* k * (mean dx^2 + mean dy^2), and k * chroma times the same of each
                     channel less the mean of the three */
} NstTvForm;

/**
 * nst_tv_loss:
 * @chroma: for %NST_TV_SQUARES, how much more differences of colour count
 * @image: 3 channels
 * @gradient: of the same shape; the derivative is added to it
 *
 * Returns: the total variation, times @k.
 */
gdouble nst_tv_loss (NstPool *pool, NstTvForm form, gdouble k, gdouble chroma,
                     const NstTensor *image, gfloat *gradient);

#endif
