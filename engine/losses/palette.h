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

/**
 * nst_palette_add:
 * @image: 3 planes in [0,1]
 * @mask: how much each pixel counts, or %NULL
 * @weight: of this image among all
 */
void nst_palette_add (NstPalette *palette, NstPool *pool, const NstTensor *image,
                      const gfloat *mask, gdouble weight);

/**
 * nst_palette_loss:
 * @target: the styles', whose weights add up to 1
 * @image: 3 planes in [0,1]
 * @mask: how much each pixel counts, or %NULL
 * @gradient: (nullable): of @image's shape; the derivative is added to it
 *
 * Returns: @weight times the distance from the target, relative to the target's variance.
 */
gdouble nst_palette_loss (const NstPalette *target, NstPool *pool, gdouble weight,
                          const NstTensor *image, const gfloat *mask, gfloat *gradient);

#endif
