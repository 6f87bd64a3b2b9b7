/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is planned before a run: sizes, steps, memory.  plan-run.c makes it, plan-level.c each
 * level's part of it.
 */
#ifndef NST_PLAN_H
#define NST_PLAN_H

#include "run/recipe-spec.h"

/* Bytes, and those that each thread takes beside them. */
typedef struct
{
  guint64 fixed, per_thread;
} NstRoom;

static inline guint64
nst_room (const NstRoom *room, gint n_threads)
{
  return room->fixed + room->per_thread * n_threads;
}

/* A pass, and what the statistics of its layers take meanwhile. */
typedef struct
{
  NstRoom pass, sums;
} NstPassRoom;

/* How a style is measured at a level. */
typedef struct
{
  NstTiling tiling;
  NstPassRoom room;
} NstStylePlan;

/* How a level is run so that it fits into memory.  Nothing but `memory` depends on the number
 * of threads. */
typedef struct
{
  gint level, width, height; /* the picture's */
  gint margin, w, h;         /* the variable's, which is extended */
  NstRecipeSpec recipe;      /* with fewer of L-BFGS's pairs where memory is short */
  NstTiling tiling;
  gint threads;         /* that memory was set aside for */
  guint64 memory;       /* bytes that the level takes with so many */
  NstStylePlan *styles; /* one each */
} NstLevelPlan;

/* A run as it is planned.  The first two are set before; no pixel is looked at. */
typedef struct
{
  NstInputs inputs;
  const NstSettings *settings;

  NstRecipeSpec recipe;
  guint64 limit; /* bytes */
  NstPlan plan;
  NstLevelPlan level[NST_MAX_LEVELS];
  gint threads;  /* as many as were asked for, or as fit beside the rest */
  guint layouts; /* that were tried, which is what planning takes */
} NstRunPlan;

#endif
