/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search: when all styles are there, begin, measure, search, in this order.
 */
#ifndef NST_MATCH_SEARCH_H
#define NST_MATCH_SEARCH_H

#include "losses/match.h"

/**
 * nst_match_begin:
 * @coarse: (nullable): where the cells of the level before went
 *
 * Begins a search among the styles.  All of Q is to be measured first.
 * Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean
nst_match_begin (NstMatch *match, NstPool *pool, const NstMatchMap *coarse, GError **error);

/**
 * nst_match_measure:
 * @piece: of Q
 * @weights: one a cell of the layer, or %NULL
 *
 * Adds up what is needed of Q before its cells can be searched for.
 */
void nst_match_measure (NstMatch *match, NstPool *pool, const NstPiece *piece,
                        const gfloat *weights);

/**
 * nst_match_search_memory:
 * @n: channels
 * @cells: of the picture
 *
 * Returns: bytes that nst_match_begin() takes beside the styles'
 */
guint64 nst_match_search_memory (gint n, guint64 cells, guint n_styles, gint n_threads);

/**
 * nst_match_search:
 * @piece: of Q, all of which was measured
 *
 * Finds the most similar cell of each style for each of the piece, and keeps the piece as what
 * the targets are to be made of.
 */
void nst_match_search (NstMatch *match, NstPool *pool, const NstPiece *piece);

#endif
