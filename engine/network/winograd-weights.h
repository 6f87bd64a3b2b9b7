/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A convolution's weights, transformed and packed for Winograd's products.
 */
#ifndef NST_WINOGRAD_WEIGHTS_H
#define NST_WINOGRAD_WEIGHTS_H

#include "kernels/kernels.h"

/* The first three say which, the others are nst_winograd_init()'s. */
typedef struct
{
  gint cin, cout; /* channels that go in and come out */
  const NstKernels *kernels;
  gint rows; /* of a block */
  gfloat *u; /* position, block of cout, cin, row of the block */
} NstWinograd;

/**
 * nst_winograd_init:
 * @winograd: (inout): channels and kernels are set; free with nst_winograd_clear()
 * @weight: outputs, inputs, 3, 3 of the forward convolution
 * @backward: make the gradient's kernel: flipped, inputs and outputs exchanged; @winograd's cin is
 *   the forward convolution's outputs then
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY
 */
gboolean nst_winograd_init (NstWinograd *winograd, const gfloat *weight, gboolean backward,
                            GError **error);

/**
 * nst_winograd_memory:
 *
 * Returns: bytes that nst_winograd_init() takes
 */
guint64 nst_winograd_memory (const NstKernels *kernels, gint cin, gint cout);

/**
 * nst_winograd_clear:
 * @winograd: may be clear already
 */
void nst_winograd_clear (NstWinograd *winograd);

#endif
