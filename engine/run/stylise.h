/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the driver and the planning before it share.
 */
#ifndef NST_STYLISE_H
#define NST_STYLISE_H

#include "optimizer/optimizer.h"
#include "run/objective.h"

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

/* How a style is measured at a level. */
typedef struct
{
  NstTiling tiling;
  NstRoom pass, sums; /* its pass, and what the statistics take meanwhile */
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

/* A run as it is planned.  The first five are set before; no pixel is looked at. */
typedef struct
{
  const NstNetwork *network;
  const NstSettings *settings;
  const NstImage *content;
  const NstStyle *styles;
  guint n_styles;

  NstRecipeSpec recipe;
  guint64 limit; /* bytes */
  NstPlan plan;
  NstLevelPlan level[NST_MAX_LEVELS];
  gint threads;  /* as many as were asked for, or as fit beside the rest */
  guint layouts; /* that were tried, which is what planning takes */
} NstRunPlan;

/* plan.c */
gint nst_settings_threads (const NstSettings *settings);
gboolean nst_run_plan_make (NstRunPlan *run, GError **error);
void nst_run_plan_clear (NstRunPlan *run);

/* plan-level.c */
gint nst_smallest_side (const NstNetwork *network, gint depth);
void nst_style_size (const NstRunPlan *run, gint level_w, gint level_h, const NstImage *style,
                     gint *w, gint *h);
gboolean nst_level_plan_make (NstRunPlan *run, gint level, NstLevelPlan *it);
void nst_level_plan_clear (NstLevelPlan *it);

/* plan-memory.c */
guint64 nst_level_memory (NstRunPlan *run, const NstLevelPlan *it, gint n_threads);
NstPassSpec nst_level_style_pass (const NstRunPlan *run, const NstLevelPlan *it, guint index);
void nst_level_count_style (NstRunPlan *run, const NstLevelPlan *it, guint index,
                            const NstPassSpec *spec, NstStylePlan *style);

#endif
