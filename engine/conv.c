/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution with zero padding: y[o] = bias[o] + sum over i, ky, kx
 * of weight[o,i,ky,kx] * x[i, y+ky-1, x+kx-1], then ReLU where there is a bias.
 * The gradient to the input is the same with flipped, transposed weights.
 */
#include "conv.h"

/**
 * nst_conv_direct:
 *
 * The obvious loop: the oracle of nst_winograd_conv().
 */
void
nst_conv_direct (const gfloat *weight, const gfloat *bias, const NstTensor *x, NstTensor *y)
{
  for (gint o = 0; o < y->c; o++)
    for (gint row = 0; row < y->h; row++)
      for (gint col = 0; col < y->w; col++)
        {
          gdouble sum = bias ? bias[o] : 0.0;

          for (gint i = 0; i < x->c; i++)
            for (gint ky = 0; ky < 3; ky++)
              for (gint kx = 0; kx < 3; kx++)
                {
                  gint yy = row + ky - 1, xx = col + kx - 1;

                  if (yy >= 0 && yy < x->h && xx >= 0 && xx < x->w)
                    sum += (gdouble) weight[((o * x->c + i) * 3 + ky) * 3 + kx]
                           * x->data[((gsize) i * x->h + yy) * x->w + xx];
                }
          y->data[((gsize) o * y->h + row) * y->w + col] = bias ? MAX (sum, 0.0) : sum;
        }
}
