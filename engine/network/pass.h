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

gboolean nst_pass_init (NstPass *pass, const NstPassSpec *spec, NstPool *pool, GError **error);
void nst_pass_forward (NstPass *pass, const gfloat *image, NstTap tap, gpointer data);
void nst_pass_backward (NstPass *pass, const gfloat *image, NstTap tap, gpointer data,
                        gfloat *image_gradient);
void nst_pass_clear (NstPass *pass);

#endif
