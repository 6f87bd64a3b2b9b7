/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an image is cut into strips.
 */
#ifndef NST_PASS_CUT_H
#define NST_PASS_CUT_H

#include "network/pass-layout.h"

/* Whether a pass fits, cut as spec->tiling says. */
typedef gboolean (*NstPassFits) (const NstPassSpec *spec, gpointer data);

/**
 * nst_pass_cut:
 * @fits: whether the pass, cut like that, fits into memory; may be asked some ten times
 *
 * Sets spec->tiling: whole if that fits, else the fewest strips that do.
 *
 * Returns: %FALSE where nothing fits; the image is cut into the narrowest strips then
 */
gboolean nst_pass_cut (NstPassSpec *spec, NstPassFits fits, gpointer data);

#endif
