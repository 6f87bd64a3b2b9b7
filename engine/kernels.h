/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops, built once for each instruction set from kernels.c; the best
 * that the processor has is chosen at start.
 */
#ifndef NST_KERNELS_H
#define NST_KERNELS_H

#include "kernels-vector.h"

#define NST_WINOGRAD_POSITIONS 36
#define NST_KERNEL_LANES       16 /* at least every build's vector, in floats */

typedef struct
{
  const gchar *name;
  gint lanes; /* floats of a vector */
  gint rows;  /* of one product block: the weights are packed by it */

  /* Winograd F(4x4,3x3), a run of n tiles in a row, one channel.  rows: count
   * pixels of each of the 6 rows, which begin pad pixels right of the tiles'
   * own first; all else is 0, and so is what is not above 0 in masks (NULL: no
   * masks).  v[p * stride + t] is tile t's position p; up to lanes - 1 more are
   * written.  scratch: 6 * line floats, line at least 4 * (n + lanes) + 2. */
  void (*input) (const gfloat *const rows[6], const gfloat *const masks[6], gint pad,
                 gint count, gint n, gfloat *scratch, gsize line, gfloat *v, gsize stride);

  /* m (rows x columns) = u (packed: k x rows) v (k x columns); columns are
   * rounded up to lanes */
  void (*product) (gint k, gint columns, const gfloat *u, const gfloat *v, gsize v_stride,
                   gfloat *m, gsize m_stride);

  /* m[p * stride + t] into 4 rows of 4 * n pixels, y + bias, and ReLU if asked;
   * n is rounded up to lanes. */
  void (*output) (const gfloat *m, gsize stride, gint n, gfloat bias, gboolean relu, gfloat *to,
                  gsize line);

  /* Max pooling of rows a and b into n pixels, and the way back: of equal
   * maxima the first in reading order gets the gradient, as in PyTorch. */
  void (*pool_max) (const gfloat *a, const gfloat *b, gint n, gfloat *to);
  void (*route_max) (const gfloat *a, const gfloat *b, const gfloat *gradient, gint n,
                     gfloat *to_a, gfloat *to_b);

  const NstVectorKernels *vector;
} NstKernels;

const NstKernels *nst_kernels (void);
const NstKernels *nst_kernels_named (const gchar *name);

extern const NstKernels nst_kernels_baseline;
#ifdef NST_HAVE_X86_KERNELS
extern const NstKernels nst_kernels_avx2;
extern const NstKernels nst_kernels_avx512;
#endif

#endif
