/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The passes of a run as they are planned: over the variable, and over each style.
 */
#ifndef NST_PLAN_PASS_H
#define NST_PLAN_PASS_H

#include "run/plan.h"

/**
 * nst_plan_style_size:
 * @it: its sizes are there
 * @index: the style's
 *
 * Returns: pixels of a style at a level: by the level's long side and the style scale
 */
NstSize nst_plan_style_size (const NstRunPlan *run, const NstLevelPlan *it, guint index);

/**
 * nst_plan_style_pass:
 * @it: its sizes and recipe are there
 *
 * Returns: the pass over a style at a level, not cut yet
 */
NstPassSpec nst_plan_style_pass (const NstRunPlan *run, const NstLevelPlan *it, guint index);

/**
 * nst_plan_count_pass:
 * @spec: cut as it is to be
 * @weighted: whether its image has a mask
 *
 * Returns: what the pass takes, and the statistics of its style layers meanwhile
 */
NstPassRoom nst_plan_count_pass (NstRunPlan *run, const NstRecipeSpec *recipe,
                                 const NstPassSpec *spec, gboolean weighted);

/**
 * nst_plan_count_style:
 * @spec: nst_plan_style_pass(), cut as it is to be
 * @style: (out): its tiling, and what it takes then
 */
void nst_plan_count_style (NstRunPlan *run, const NstLevelPlan *it, guint index,
                           const NstPassSpec *spec, NstStylePlan *style);

#endif
