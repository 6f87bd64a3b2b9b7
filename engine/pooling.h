/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling with stride 2, max or average; odd sizes lose their last row or
 * column, as in Caffe's successors.
 */
#ifndef NST_POOLING_H
#define NST_POOLING_H

#include "parallel.h"
#include "tensor.h"

/* y: x->c, x->h / 2, x->w / 2 */
void nst_pool2_forward (NstPool *pool, NstPooling kind, const NstTensor *x, NstTensor *y);
void nst_pool2_backward (NstPool *pool, NstPooling kind, const NstTensor *x,
                         const NstTensor *dy, NstTensor *dx);

#endif
