/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which styles are drawings or prints: lines of one ink on paper.
 */
#ifndef NST_DRAWING_H
#define NST_DRAWING_H

#include "nst.h"

/**
 * nst_drawing_share:
 *
 * How far styles are drawings: as their colours lie on one line, from ink to paper, and many
 * pixels have about the same light, the paper's.  It depends continuously on both, and on the
 * styles' weights; masks are the pixels' weights.
 *
 * Returns: from 0, paintings and photos (and what is flat), to 1
 */
gdouble nst_drawing_share (const NstStyle *styles, guint n_styles);

#endif
