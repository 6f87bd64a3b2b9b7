/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network run over images of one size: forward to the deepest tapped layer,
 * backward to the image, and the memory that takes.
 *
 * Where memory is short the image is run in strips of columns, and each strip as a
 * stream: some rows go in, each layer goes as far as it can, and rows that no layer
 * needs any more make room.  No row is computed twice.  The columns around a strip
 * are, as far as it depends on them; it owns those columns of each layer that no
 * other strip does, and only these are handed out to be measured and for a gradient to
 * begin in: what is computed is that of the whole image, however it is cut.
 */
#ifndef NST_PASS_H
#define NST_PASS_H

#include "network/pass-layout.h"

/* Looks at the activations; where there is a gradient, adds a share of the loss's to it. */
typedef void (*NstTap) (const NstPiece *piece, gpointer data);

/**
 * nst_pass_init:
 *
 * Allocates everything a pass needs.  On failure @pass is left clear.
 */
gboolean nst_pass_init (NstPass *pass, const NstPassSpec *spec, NstPool *pool, GError **error);

/**
 * nst_pass_forward:
 * @image: 3 planes of RGB, white being spec.unit
 * @tap: (nullable): called with all of each kept layer, in pieces
 */
void nst_pass_forward (NstPass *pass, const gfloat *image, NstTap tap, gpointer data);

/**
 * nst_pass_backward:
 * @image: that of the latest nst_pass_forward(), whose activations are at hand
 *   where the image is run whole, and computed again where it is not
 * @tap: called with all of each kept layer, in pieces, and their gradients
 * @image_gradient: 3 planes, in the image's units; overwritten
 */
void nst_pass_backward (NstPass *pass, const gfloat *image, NstTap tap, gpointer data,
                        gfloat *image_gradient);

/**
 * nst_pass_clear:
 * @pass: may be clear already
 */
void nst_pass_clear (NstPass *pass);

#endif
