/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution with stride 1 and zero padding 1, in the direct form
 * that the fast one (winograd.h) is tested against.
 */
#ifndef NST_CONV_H
#define NST_CONV_H

#include "tensor.h"

/* weight: y->c, x->c, 3, 3; bias: y->c, or NULL for none and no ReLU */
void
nst_conv_direct (const gfloat *weight, const gfloat *bias, const NstTensor *x, NstTensor *y);

#endif
