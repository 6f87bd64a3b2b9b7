/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution with stride 1 and zero padding 1, in the direct form
 * that every other is tested against and in the fast form that runs.
 */
#ifndef NST_CONV_H
#define NST_CONV_H

#include "parallel.h"
#include "tensor.h"

/* weight: y->c, x->c, 3, 3; bias: y->c, or NULL for none and no ReLU */
void
nst_conv_direct (const gfloat *weight, const gfloat *bias, const NstTensor *x, NstTensor *y);
void nst_conv_gemm (NstPool *pool, const gfloat *weight, const gfloat *bias, const NstTensor *x,
                    NstTensor *y, gfloat *scratch);
gsize nst_conv_gemm_scratch (gint cin, gint w, gint n_threads);

#endif
