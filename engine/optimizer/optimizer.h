/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers behind one interface: L-BFGS, Adam, SGD with a decaying rate.
 */
#ifndef NST_OPTIMIZER_H
#define NST_OPTIMIZER_H

#include "optimizer/minimizer.h"

/**
 * nst_minimizer_init:
 * @minimizer: (out): free with nst_minimizer_clear()
 * @pool: outlives it
 * @x: (transfer full): where to begin, of nst_alloc()
 *
 * Allocates all arrays but the later pairs of L-BFGS, which come as they are needed.
 * On failure, %NST_ERROR_NO_MEMORY, @minimizer is left clear, and @x is freed.
 */
gboolean nst_minimizer_init (NstMinimizer *minimizer, const NstMinimizerSpec *spec,
                             NstPool *pool, gfloat *x, const NstFunction *function,
                             GError **error);

/**
 * nst_minimizer_memory:
 *
 * Returns: bytes that nst_minimizer_init() and so many steps allocate, and @x
 */
guint64 nst_minimizer_memory (const NstMinimizerSpec *spec, gint steps);

/**
 * nst_minimizer_clear:
 * @minimizer: may be all zero, or clear already
 */
void nst_minimizer_clear (NstMinimizer *minimizer);

#endif
