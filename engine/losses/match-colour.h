/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first picture's colours: those of the cells that its own are to become.
 */
#ifndef NST_MATCH_COLOUR_H
#define NST_MATCH_COLOUR_H

#include "losses/match.h"

gboolean nst_match_take_colours (NstMatch *match, const NstTensor *style, GError **error);
guint64 nst_match_colours_memory (gint w, gint h);
gboolean nst_match_start (NstMatch *match, NstPool *pool, const gfloat *weights, gdouble amount,
                          NstTensor *image, GError **error);

#endif
