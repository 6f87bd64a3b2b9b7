/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which cells of a style may be matched, and which of them are compared with all of the
 * picture's.
 */
#ifndef NST_MATCH_CANDIDATES_H
#define NST_MATCH_CANDIDATES_H

#include "losses/match.h"

/**
 * nst_match_style_memory:
 * @n: channels
 * @w: cells of a style at the layer, by @h
 * @room: as for nst_match_init()
 *
 * Returns: bytes that a style takes until nst_match_end()
 */
guint64 nst_match_style_memory (gint n, gint w, gint h, gint64 room);

/**
 * nst_match_compared_memory:
 * @step: nst_match_step()
 *
 * Returns: bytes that nst_match_prepare() takes for a style of @n channels of @w x @h cells
 */
guint64 nst_match_compared_memory (gint n, gint w, gint h, gint step);

/**
 * nst_match_end_style:
 * @weights: how much each cell counts as style, or %NULL
 *
 * Finds which cells of the style that was taken last may be matched: those that count, but
 * not the outermost ones, which know of what lies beyond the border, and frames.
 * Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_match_end_style (NstMatch *match, const gfloat *weights, GError **error);

/**
 * nst_match_prepare:
 *
 * Lists the cells of a style that are compared with all, and packs them.
 * Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_match_prepare (const NstMatch *match, NstMatchStyle *style, GError **error);

#endif
