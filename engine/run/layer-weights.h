/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture's mask as the layers see it.
 */
#ifndef NST_LAYER_WEIGHTS_H
#define NST_LAYER_WEIGHTS_H

#include "network/pass.h"

/**
 * nst_layer_weights:
 * @mask: spec.width x spec.height, how much each pixel counts
 * @weights: (inout): an array of NST_MAX_LAYERS, all %NULL; receives those of the image (0) and of
 *   each kept layer, for nst_free(), whatever is returned
 *
 * The mask averaged over each layer's cells; a layer where nothing is left of it counts as a whole.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY
 */
gboolean
nst_layer_weights (const NstPass *pass, const gfloat *mask, gfloat **weights, GError **error);

#endif
