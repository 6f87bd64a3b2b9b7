/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution by Winograd's F(4x4,3x3): 4 times fewer multiplications
 * than the direct form; the quicker one even for the 3 channels of an image, where a
 * direct kernel at the full rate of the multipliers was measured to take 1.5 times as
 * long.
 */
#ifndef NST_WINOGRAD_H
#define NST_WINOGRAD_H

#include "base/parallel.h"
#include "base/tensor.h"
#include "network/winograd-weights.h"

/**
 * nst_winograd_scratch:
 *
 * Returns: floats that nst_winograd_conv() needs for images of any size, in
 *   either direction; they must be initialised to numbers, once.
 */
gsize nst_winograd_scratch (gint cin, gint cout, gint n_threads);

/* A bit for each value of c planes of h x w: whether its gradient passes the ReLU
 * and, where that is pooled with it, the pooling. */
typedef struct
{
  gsize line, plane; /* bytes from a row, a channel, to the next */
  gint rows;         /* at a time; row y lies at y % rows */
  guint8 *data;
} NstGate;

/**
 * nst_gate_shape:
 * @w: pixels
 * @rows: that are there at a time, rounded up to whole tiles
 *
 * Returns: a gate without data, of which a channel takes `plane` bytes.  Rows are
 *   whole words.
 */
NstGate nst_gate_shape (gint w, gint rows);

/* What goes into a convolution: activations, or a gradient and its gate.  Halved,
 * it is the gradient of the pooled activations, and passes on `gain` of itself. */
typedef struct
{
  const NstWindow *x;
  const NstGate *gate; /* or NULL */
  gboolean halved;
  gfloat gain;
} NstConvInput;

/* What becomes of it.  The tiles' rows begin at y's phase, so that what is there of
 * y holds whole tiles. */
typedef struct
{
  NstFinish finish;
  const gfloat *bias;  /* cout, where it finishes by a ReLU */
  const NstWindow *y;  /* pooled: half the size, rounded down */
  const NstGate *gate; /* receives the gate, or NULL */
  gint from, to;       /* rows before pooling, where tiles begin and end */
} NstConvOutput;

/**
 * nst_winograd_conv:
 * @out: its y is as large as @in's x; twice that (or one more) where @in is
 *   halved; half where it is pooled
 * @scratch: nst_winograd_scratch() floats
 */
void nst_winograd_conv (NstPool *pool, const NstWinograd *winograd, const NstConvInput *in,
                        const NstConvOutput *out, gfloat *scratch);

#endif
