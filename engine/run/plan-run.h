/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of a whole run.
 */
#ifndef NST_PLAN_RUN_H
#define NST_PLAN_RUN_H

#include "run/plan.h"

/**
 * nst_run_plan_make:
 * @run: inputs and settings are there, the rest is clear; free the rest with
 *   nst_run_plan_clear(), whatever is returned
 *
 * The whole of nst_plan(), failing as it does.  No pixel is looked at: images need not have any.
 */
gboolean nst_run_plan_make (NstRunPlan *run, GError **error);

/**
 * nst_run_plan_clear:
 * @run: may be clear already; what the caller set stays the caller's
 */
void nst_run_plan_clear (NstRunPlan *run);

#endif
