/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which cells of a style may be matched, and which of them are compared with all of the
 * picture's.
 */
#ifndef NST_MATCH_CANDIDATES_H
#define NST_MATCH_CANDIDATES_H

#include "losses/match.h"

guint64 nst_match_style_memory (gint n, gint w, gint h, gint64 room, guint64 *searching);
guint64 nst_match_compared_memory (gint n, gint w, gint h, gint step);
gboolean nst_match_end_style (NstMatch *match, const gfloat *weights, GError **error);
gboolean nst_match_prepare (const NstMatch *match, NstMatchStyle *style, GError **error);

#endif
