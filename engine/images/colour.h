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
void nst_colour_to_grey (NstTensor *image);
void nst_colour_average (NstTensor *gradient);
void nst_colour_match_grey (NstTensor *style, const NstTensor *content);
void nst_colour_take_chroma (NstTensor *result, const NstTensor *content);

/* y = matrix x + shift, for a colour x. */
typedef struct
{
  gdouble matrix[3][3];
  gdouble shift[3];
} NstColourMap;

void nst_colour_match (const NstImage *style, const NstImage *content, NstColourMap *map);
void nst_colour_follow (const NstImage *content, const NstStyle *styles, guint n_styles,
                        gdouble amount, NstColourMap *map);
gboolean nst_colour_all_grey (const NstStyle *styles, guint n_styles);
void nst_colour_apply (const NstColourMap *map, NstTensor *image, const gfloat *weights);
void nst_colour_clip (NstTensor *image);

#endif
