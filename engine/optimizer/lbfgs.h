/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * L-BFGS.
 */
#ifndef NST_LBFGS_H
#define NST_LBFGS_H

#include "optimizer/minimizer.h"

/**
 * nst_lbfgs_init:
 * @history: pairs kept, at least 1
 *
 * Makes @minimizer, whose other fields are there, one of L-BFGS's.  Free with nst_lbfgs_clear(),
 * whatever is returned.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_lbfgs_init (NstMinimizer *minimizer, gint history, GError **error);

/**
 * nst_lbfgs_memory:
 * @n: floats of the variable
 *
 * Returns: bytes that nst_lbfgs_init() and so many steps allocate for images: a pair a step
 */
guint64 nst_lbfgs_memory (gint history, gsize n, gint steps);

/**
 * nst_lbfgs_clear:
 * @minimizer: of any kind
 */
void nst_lbfgs_clear (NstMinimizer *minimizer);

#endif
