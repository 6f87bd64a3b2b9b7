/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A level of a run: the images at its size, the targets that they make, its variable, its end.
 *
 *     nst_level_begin ()      images and loss          holds: content, colours, objective
 *     nst_level_first ()      where it starts          uses up handover->coarse
 *     nst_level_match ()      what its cells are for   uses up handover->went; content goes
 *     nst_level_optimise ()   ready for steps          holds: minimizer, and in it the variable
 *     nst_level_keep ()       for the next level       fills the handover
 *     nst_level_end ()        all goes
 */
#ifndef NST_LEVEL_H
#define NST_LEVEL_H

#include "optimizer/optimizer.h"
#include "run/run.h"

/* What a step needs. */
typedef struct
{
  NstObjective objective;
  NstPool *pool;
  const gint *stop; /* (nullable): the caller's, read as it evaluates */
  gboolean grey;    /* the gradient is to have no colours */
} NstStepLoss;

typedef struct
{
  const NstRun *run;
  const NstLevelPlan *plan; /* the run's for this level: sizes of picture and variable */
  NstTensor colours;        /* the content's, where they are kept */
  NstTensor content; /* in the recipe's unit, of the variable's size, and grey where colours are
                        kept; not for longer than needed */
  NstStepLoss loss;
  NstMinimizer minimizer;
} NstLevel;

/**
 * nst_level_begin:
 * @level: (out): clear with nst_level_end(), whatever is returned
 * @index: of the level, from the coarsest
 *
 * Scales the images, and measures content and styles.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, or %NST_ERROR_CANCELLED where the pool is watched
 */
gboolean nst_level_begin (NstLevel *level, const NstRun *run, gint index, GError **error);

/**
 * nst_level_first:
 * @before: what the level before left; its picture is freed
 *
 * Returns: (transfer full) (nullable): the variable where the level starts, for nst_free(), or
 *   %NULL with %NST_ERROR_NO_MEMORY
 */
gfloat *nst_level_first (const NstLevel *level, NstHandover *before, GError **error);

/**
 * nst_level_match:
 * @before: what the level before left; where its cells went is freed
 * @x: (inout): the variable, of which the first level's takes its cells' colours
 *
 * Finds what the picture's cells are to become.  Lets go of the images that only a level's
 * beginning needs, so that the optimiser's come into their place.
 *
 * Returns: %FALSE where it fails, as nst_level_begin() does; @x is a picture all the same
 */
gboolean nst_level_match (NstLevel *level, NstHandover *before, gfloat *x, GError **error);

/**
 * nst_level_planes:
 * @x: a variable of this level
 * @planes: (out): free with nst_tensor_clear()
 *
 * Makes a picture of it: without margin, in [0,1] or about, with the colours that are kept.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, with nothing to free
 */
gboolean
nst_level_planes (const NstLevel *level, const gfloat *x, NstTensor *planes, GError **error);

/**
 * nst_level_keep:
 * @next: its picture and maps are clear
 *
 * Hands on what the level has come to.  The minimiser's gradient is lost.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY
 */
gboolean nst_level_keep (NstLevel *level, NstHandover *next, GError **error);

/**
 * nst_level_restore:
 * @level: (out): clear with nst_level_end(), whatever is returned
 * @kept: what level @index left
 *
 * Goes back to the end of a level.
 *
 * Returns: (transfer full) (nullable): its variable, as nst_level_first(); %NULL where it fails,
 *   with %NST_ERROR_NO_MEMORY
 */
gfloat *nst_level_restore (NstLevel *level, const NstRun *run, gint index,
                           const NstHandover *kept, GError **error);

/**
 * nst_level_end:
 * @level: may be clear already
 */
void nst_level_end (NstLevel *level);

#endif
