/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first picture's colours: those of the cells that its own are to become.
 */
#ifndef NST_MATCH_COLOUR_H
#define NST_MATCH_COLOUR_H

#include "losses/match.h"

/**
 * nst_match_take_colours:
 * @style: the one that was added last, 3 planes
 *
 * Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_match_take_colours (NstMatch *match, const NstTensor *style, GError **error);

/**
 * nst_match_colours_memory:
 *
 * Returns: bytes that nst_match_take_colours() takes for @w x @h cells, or nst_match_start() of a
 *   picture
 */
guint64 nst_match_colours_memory (gint w, gint h);

/**
 * nst_match_start:
 * @image: 3 planes, of which the cells are
 * @weights: how far each pixel follows, or %NULL
 * @amount: and all of them, to 1
 *
 * When the search is over, once: gives @image the colours of the cells that its own are to become,
 * with its own detail.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_match_start (NstMatch *match, NstPool *pool, const gfloat *weights, gdouble amount,
                          NstTensor *image, GError **error);

#endif
