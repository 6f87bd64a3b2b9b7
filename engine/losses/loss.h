/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terms of a loss, and the content's: that of a layer's activations, given piece by piece.
 */
#ifndef NST_LOSS_H
#define NST_LOSS_H

#include "base/parallel.h"
#include "base/tensor.h"

/* The terms of a loss, weighted, and their sum. */
typedef struct
{
  gdouble content, match, style, palette, tv, total;
} NstLosses;

/**
 * nst_content_loss:
 * @target: P of the whole layer, of @target_plane cells a channel
 *
 * Returns: k * sum (F - P)^2 over the piece; 2 k (F - P) is added to its gradient.
 */
gdouble nst_content_loss (NstPool *pool, const NstPiece *piece, const gfloat *target,
                          gsize target_plane, gdouble k);

#endif
