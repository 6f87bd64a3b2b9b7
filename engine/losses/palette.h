/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The palette loss: how far the picture's shades are from being as frequent as the styles'.
 *
 * Mean and covariance do not tell ink on paper from greys that vary as much.  Along each of
 * three axes of colour, light and two of chroma, the picture's distribution is therefore
 * compared with the styles': the squared distance that shades have to be moved for them to be
 * the same (Wasserstein's, exact for distributions in steps).
 */
#ifndef NST_PALETTE_H
#define NST_PALETTE_H

#include "base/parallel.h"
#include "base/tensor.h"

#define NST_PALETTE_AXES  3
#define NST_PALETTE_STEPS 256
#define NST_PALETTE_NODES (NST_PALETTE_STEPS + 2)

/* How often each shade occurs, along each axis. */
typedef struct
{
  gdouble share[NST_PALETTE_AXES][NST_PALETTE_NODES];
} NstPalette;

void nst_palette_add (NstPalette *palette, NstPool *pool, const NstTensor *image,
                      const gfloat *mask, gdouble weight);
gdouble nst_palette_loss (const NstPalette *target, NstPool *pool, gdouble weight,
                          const NstTensor *image, const gfloat *mask, gfloat *gradient);
#endif
