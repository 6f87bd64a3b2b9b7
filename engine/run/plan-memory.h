/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a level holds in memory, before it runs.
 */
#ifndef NST_PLAN_MEMORY_H
#define NST_PLAN_MEMORY_H

#include "run/plan.h"

/**
 * nst_level_memory:
 * @it: with sizes, recipe, tilings and styles
 *
 * Returns: bytes that the level takes with so many threads, the network's included
 */
guint64 nst_level_memory (NstRunPlan *run, const NstLevelPlan *it, gint n_threads);

#endif
