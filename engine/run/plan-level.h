/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a level is made to fit into memory.
 */
#ifndef NST_PLAN_LEVEL_H
#define NST_PLAN_LEVEL_H

#include "run/plan.h"

/**
 * nst_level_plan_make:
 * @run: its sizes, recipe and limit are there
 * @it: (out): free with nst_level_plan_clear(), whatever is returned
 *
 * Chooses how the images are cut and how many pairs L-BFGS remembers.  Few pairs cost little
 * (NOTES.md), strips up to half as much time again.  Memory is set aside for a fixed number of
 * threads, not for those that there are: the same bytes come out with any.
 *
 * Returns: %FALSE where nothing fits; @it is then what takes least
 */
gboolean nst_level_plan_make (NstRunPlan *run, gint level, NstLevelPlan *it);

/**
 * nst_level_plan_clear:
 * @it: may be clear already
 */
void nst_level_plan_clear (NstLevelPlan *it);

#endif
