/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution by Winograd's F(4x4,3x3): 4 times fewer multiplications
 * than the direct form.
 */
#ifndef NST_WINOGRAD_H
#define NST_WINOGRAD_H

#include "kernels.h"
#include "parallel.h"
#include "tensor.h"

/* A kernel's weights, transformed and packed for the products. */
typedef struct
{
  gint cin, cout;
  const NstKernels *kernels;
  gfloat *u; /* position, block of cout, cin, row of the block */
} NstWinograd;

gboolean nst_winograd_init (NstWinograd *winograd, const NstKernels *kernels,
                            const gfloat *weight, gint cin, gint cout, gboolean backward,
                            GError **error);
void nst_winograd_clear (NstWinograd *winograd);
gsize nst_winograd_scratch (gint cin, gint cout, gint width, gint n_threads);

/* y = relu (conv (x) + bias), or conv (x) without bias; x counts as 0 where mask <= 0 */
void nst_winograd_conv (NstPool *pool, const NstWinograd *winograd, const gfloat *bias,
                        const NstTensor *x, const gfloat *mask, NstTensor *y, gfloat *scratch);

#endif
