/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When the search is over: which of the styles each cell goes to.
 */
#ifndef NST_MATCH_SHARE_H
#define NST_MATCH_SHARE_H

#include "losses/match.h"

/**
 * nst_match_end:
 * @weights: as for nst_match_measure()
 *
 * Ends the search.
 */
void nst_match_end (NstMatch *match, NstPool *pool, const gfloat *weights);

#endif
