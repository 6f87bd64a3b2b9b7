/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours.  Two ways to have the content's colours (Gatys et al. 2017, section 5): style
 * the luminance only, then give the result the content's chroma; or give the
 * style the content's mean colour and covariance beforehand.
 *
 * To have the style's, the run begins with the content in the style's mean colour and
 * covariance.  The network hardly tells one dark colour from another, or one pale one, so that
 * the losses alone leave the picture far from a style that is flat, dark or pale.
 */
#ifndef NST_COLOUR_H
#define NST_COLOUR_H

#include "base/tensor.h"

/* Each takes 3 planes of sRGB-encoded RGB. */

/**
 * nst_colour_to_grey:
 *
 * Puts the luma in each of the three planes.
 */
void nst_colour_to_grey (NstTensor *image);

/**
 * nst_colour_average:
 * @gradient: becomes that for a picture whose three planes are to stay equal
 */
void nst_colour_average (NstTensor *gradient);

/**
 * nst_colour_match_grey:
 * @style: grey; shifted and stretched to @content's mean and deviation
 * @content: grey
 */
void nst_colour_match_grey (NstTensor *style, const NstTensor *content);

/**
 * nst_colour_take_chroma:
 * @result: keeps its luma, takes @content's chroma
 * @content: of the same size
 */
void nst_colour_take_chroma (NstTensor *result, const NstTensor *content);

/**
 * nst_colour_statistics:
 * @image: its mask being the pixels' weights
 * @mean: (out): of its colours, 0 where no pixel counts
 * @covariance: (out): of them, and what is not quite flat in each direction, that of less than a
 *   level of 256
 */
void nst_colour_statistics (const NstImage *image, gdouble mean[3], gdouble covariance[3][3]);

/* y = matrix x + shift, for a colour x. */
typedef struct
{
  gdouble matrix[3][3];
  gdouble shift[3];
} NstColourMap;

/**
 * nst_colour_match:
 * @map: (out): gives @style's colours the mean and covariance of @content's;
 *   among the maps that do, the one by symmetric square roots
 */
void nst_colour_match (const NstImage *style, const NstImage *content, NstColourMap *map);

/**
 * nst_colour_follow:
 * @amount: from 0, where the map changes nothing, to 1
 * @map: (out): gives @content's colours the mean and about the covariance of all the @styles'
 */
void nst_colour_follow (const NstImage *content, const NstStyle *styles, guint n_styles,
                        gdouble amount, NstColourMap *map);

/**
 * nst_colour_all_grey:
 *
 * Returns: whether no pixel of any style that counts has a colour
 */
gboolean nst_colour_all_grey (const NstStyle *styles, guint n_styles);

/**
 * nst_colour_apply:
 * @image: 3 planes; its colours become @map's, which may be beyond [0,1]
 * @weights: how far each pixel's do, or %NULL for all the way
 */
void nst_colour_apply (const NstColourMap *map, NstTensor *image, const gfloat *weights);

/**
 * nst_colour_clip:
 *
 * Takes all values into [0, 1].
 */
void nst_colour_clip (NstTensor *image);

#endif
