/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers that follow the gradient: Adam, and SGD with a decaying rate.
 */
#ifndef NST_DESCENT_H
#define NST_DESCENT_H

#include "optimizer/minimizer.h"

/**
 * nst_adam_init:
 *
 * Makes @minimizer, whose other fields are there, one of Adam's.  What it has allocated when it
 * fails is freed with the rest.
 */
gboolean nst_adam_init (NstMinimizer *minimizer, GError **error);

/**
 * nst_sgd_init:
 *
 * The same for SGD: nothing is allocated.
 */
void nst_sgd_init (NstMinimizer *minimizer);

#endif
