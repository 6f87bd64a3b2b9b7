/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops, built once for each instruction set from kernels.c; the best
 * that the processor has is chosen at start.
 */
#ifndef NST_KERNELS_H
#define NST_KERNELS_H

#include <glib.h>

#define NST_WINOGRAD_POSITIONS 36
#define NST_KERNEL_COLUMNS     48 /* a multiple of every build's product columns */
#define NST_KERNEL_LANES       16 /* at least every build's vector, in floats */

typedef struct
{
  const gchar *name;
  gint rows; /* of one product block: the weights are packed by it */

  /* Winograd F(4x4,3x3), a run of n tiles in a row, one channel.
   * lines: 6 rows from one pixel left of the first tile, readable for
   * 4 * (n + LANES) + 2 floats; scratch as large as lines.  v[p * stride + t] is tile t's
   * position p; up to LANES - 1 more are written. */
  void (*input) (const gfloat *lines, gsize line, gint n, gfloat *scratch, gfloat *v,
                 gsize stride);

  /* m (rows x COLUMNS of it) = u (packed: k x rows) v (k x COLUMNS) */
  void (*product) (gint k, const gfloat *u, const gfloat *v, gsize v_stride, gfloat *m,
                   gsize m_stride);

  /* m[p * stride + t] into 4 rows of 4 * n pixels, y + bias, and ReLU if asked;
   * up to 4 * LANES - 4 more are written. */
  void (*output) (const gfloat *m, gsize stride, gint n, gfloat bias, gboolean relu,
                  gfloat *lines, gsize line);

  /* 3x3 convolution of a whole row from 3 channels: to[x] = relu (bias + sum w row[x + kx]);
   * rows: 9 pointers (channel, ky), each from one pixel left; w: 27 weights */
  void (*row3) (const gfloat *const rows[9], gint width, const gfloat *w, gfloat bias,
                gfloat *to);
} NstKernels;

const NstKernels *nst_kernels (void);
const NstKernels *nst_kernels_named (const gchar *name);

/* The builds; NULL-ended, best first, whether the processor has them or not. */
extern const NstKernels nst_kernels_baseline;
#ifdef NST_HAVE_X86_KERNELS
extern const NstKernels nst_kernels_avx2;
extern const NstKernels nst_kernels_avx512;
#endif

#endif
