/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling with stride 2, max or average; odd sizes lose their last row or
 * column, as in Caffe's successors.
 */
#ifndef NST_POOLING_H
#define NST_POOLING_H

#include "base/parallel.h"
#include "base/tensor.h"

/* Rows @from to before @to of y (x->c, x->h / 2, x->w / 2), or of dy. */
void nst_pool2_forward (NstPool *pool, NstPooling kind, const NstWindow *x, gint from, gint to,
                        const NstWindow *y);
void nst_pool2_backward (NstPool *pool, NstPooling kind, const NstWindow *x,
                         const NstWindow *dy, gint from, gint to, const NstWindow *dx);

#endif
