/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far the picture's cells are from what they are to become.
 */
#ifndef NST_MATCH_LOSS_H
#define NST_MATCH_LOSS_H

#include "losses/match.h"

/**
 * nst_match_loss:
 * @weights: one non-negative weight a cell of the layer, or %NULL
 *
 * Returns: k sum w (F - T)^2 over the piece; its derivative is added to its gradient.
 */
gdouble nst_match_loss (const NstMatch *match, NstPool *pool, const NstPiece *piece,
                        const gfloat *weights);

#endif
