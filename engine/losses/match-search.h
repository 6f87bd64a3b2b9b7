/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search: when all styles are there, begin, measure, search, in this order.
 */
#ifndef NST_MATCH_SEARCH_H
#define NST_MATCH_SEARCH_H

#include "losses/match.h"

gboolean
nst_match_begin (NstMatch *match, NstPool *pool, const NstMatchMap *coarse, GError **error);
void nst_match_measure (NstMatch *match, NstPool *pool, const NstPiece *piece,
                        const gfloat *weights);
guint64 nst_match_search_memory (gint n, guint64 cells, guint n_styles, gint n_threads);
void nst_match_search (NstMatch *match, NstPool *pool, const NstPiece *piece);

#endif
