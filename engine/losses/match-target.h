/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each of the picture's cells is to become.  It is kept as planes of whole numbers q of 16
 * bits, or of 8: the value is (scale q)^2, so that small ones, of which there are most, are told
 * apart better.
 */
#ifndef NST_MATCH_TARGET_H
#define NST_MATCH_TARGET_H

#include "losses/match.h"

/**
 * nst_match_targets_memory:
 * @n: channels
 * @cells: of the picture
 * @narrow: whether in 8 bits
 *
 * Returns: bytes that nst_match_begin_targets() takes for as long as the level lasts
 */
guint64 nst_match_targets_memory (gint n, guint64 cells, gboolean narrow);

/**
 * nst_match_making_memory:
 *
 * Returns: bytes that it takes until nst_match_end()
 */
guint64 nst_match_making_memory (gint n);

/**
 * nst_match_begin_targets:
 *
 * Makes room for them.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_match_begin_targets (NstMatch *match, GError **error);

/**
 * nst_match_fit_scale:
 * @values: of channel @c
 *
 * Sees to it that they can be kept.
 */
void nst_match_fit_scale (NstMatch *match, gint c, gint count, const gfloat *values);

/**
 * nst_match_write_targets:
 * @cell: of the picture, the first of @count side by side
 * @scale: of channel @c, as it will be when they are read
 * @values: from 0; what is too large for that scale becomes the largest that is not
 */
void nst_match_write_targets (const NstMatch *match, gint c, gsize cell, gint count,
                              gfloat scale, const gfloat *values);

/**
 * nst_match_read_targets:
 *
 * The same the other way round.
 */
void
nst_match_read_targets (const NstMatch *match, gint c, gsize cell, gint count, gfloat *values);

/**
 * nst_match_make_targets:
 * @weights: as for nst_match_measure()
 *
 * When it is known which cells are taken: makes the targets of them and of what the search kept,
 * and uses up match->similarity.
 *
 * Returns: sum w |R_j(i)|^2
 */
gdouble nst_match_make_targets (NstMatch *match, NstPool *pool, const gfloat *weights);

#endif
