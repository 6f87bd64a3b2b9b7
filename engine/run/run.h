/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run knows, and what its levels hand on.
 *
 *     NstRun        made before the first level, not changed until the last has ended
 *     NstHandover   left by a level for the next one, which uses it up as it begins
 *     NstLevel      a level's own (level.h): from nst_level_begin() to nst_level_end()
 *     NstStepLoss   within it, all that a step's evaluation sees
 */
#ifndef NST_RUN_H
#define NST_RUN_H

#include "images/colour.h"
#include "run/objective.h"
#include "run/plan.h"

typedef struct
{
  NstRunPlan plan; /* and in it the caller's network, settings and images */
  NstPool *pool;
  NstColourMap *maps;  /* of each style, where colours are matched, or NULL */
  NstColourMap follow; /* of the content, where the styles' colours are followed */
  gboolean grey;       /* the variable has no colours */
} NstRun;

typedef struct
{
  NstTensor coarse; /* the variable less nst_run_detail() times the content, in the level's size
                       without its margin */
  NstMatchMap went[NST_MATCH_LAYERS]; /* where the matched layers' cells went */
  NstCurvature curvature;             /* what L-BFGS has learnt in this level and before */
} NstHandover;

/**
 * nst_run_begin:
 * @run: its plan is there, the rest is clear; free the rest with nst_run_end()
 *
 * Starts the threads and finds out which colours the pictures are to have.
 */
void nst_run_begin (NstRun *run);

/**
 * nst_run_end:
 *
 * The plan stays the caller's.
 */
void nst_run_end (NstRun *run);

/**
 * nst_run_detail:
 *
 * Returns: how much of the content's detail that had no room in a level begins the next, [0,1]
 */
gdouble nst_run_detail (const NstRun *run);

/**
 * nst_handover_clear:
 * @handover: may be clear already
 */
void nst_handover_clear (NstHandover *handover);

#endif
