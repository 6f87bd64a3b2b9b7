/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeping the content's colours: style the luminance only, then give the
 * result the content's chroma (Gatys et al. 2017, section 5.2).
 */
#ifndef NST_COLOUR_H
#define NST_COLOUR_H

#include "tensor.h"

/* Each takes 3 planes of sRGB-encoded RGB. */
void nst_colour_to_grey (NstTensor *image);
void nst_colour_match_grey (NstTensor *style, const NstTensor *content);
void nst_colour_take_chroma (NstTensor *result, const NstTensor *content);

#endif
