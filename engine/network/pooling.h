/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling with stride 2, max or average; odd sizes lose their last row or
 * column, as in Caffe's successors.
 */
#ifndef NST_POOLING_H
#define NST_POOLING_H

#include "base/parallel.h"
#include "base/tensor.h"

/**
 * nst_pool2_forward:
 * @kind: %NST_POOLING_MAX or %NST_POOLING_AVERAGE
 * @rows: of @y
 * @y: (out caller-allocates): x->c, x->h / 2, x->w / 2
 */
void nst_pool2_forward (NstPool *pool, NstPooling kind, const NstWindow *x, NstRows rows,
                        const NstWindow *y);

/**
 * nst_pool2_backward:
 * @x: what was pooled
 * @dy: the gradient of the pooled ones
 * @rows: of @dy
 * @dx: (out caller-allocates): of @x's size; receives two rows for each of @dy, and with the last
 *   of them the odd row that was lost
 */
void nst_pool2_backward (NstPool *pool, NstPooling kind, const NstWindow *x,
                         const NstWindow *dy, NstRows rows, const NstWindow *dx);

#endif
