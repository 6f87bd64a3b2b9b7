/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run and its levels, for the driver.
 */
#ifndef NST_LEVEL_H
#define NST_LEVEL_H

#include "images/colour.h"
#include "run/stylise.h"

typedef struct
{
  const NstNetwork *network;
  const NstSettings *settings;
  const NstImage *content;
  const NstStyle *styles;
  guint n_styles;
  NstCallback callback;
  gpointer user_data;

  NstRunPlan plan;
  NstPool *pool;
  gint64 started;      /* monotonic microseconds */
  gdouble work, done;  /* pixels x steps, of all levels and so far */
  NstColourMap *maps;  /* of each style, where colours are matched, or NULL */
  NstColourMap follow; /* of the content, where the styles' colours are followed */
  gboolean grey;       /* the variable has no colours */

  gint level;
  gint w, h;         /* of the variable, which is extended: see extend() */
  NstTensor colours; /* the content's at this level, where they are kept */
  NstTensor grown;   /* the content in the recipe's unit, of the variable's size, and grey
                        where colours are kept; not for longer than needed */
  NstTensor coarse;  /* between levels: the variable less detail() times the content, in the
                        level's size */
  NstMatchMap went[NST_MATCH_LAYERS]; /* between levels: the matched layers' cells */
  NstObjective objective;
  NstMinimizer minimizer;
  NstCurvature curvature; /* of this level, and the ones before */
  gboolean finished;      /* the callback said so */
} NstRun;

gint nst_level_width (const NstRun *run);
gint nst_level_height (const NstRun *run);
gboolean nst_level_begin (NstRun *run, GError **error);
gfloat *nst_level_start (NstRun *run, GError **error);
gboolean
nst_level_planes (const NstRun *run, const gfloat *x, NstTensor *planes, GError **error);
gboolean nst_level_keep (NstRun *run, GError **error);
gboolean nst_level_back (NstRun *run, GError **error);
void nst_level_end (NstRun *run);
void nst_level_forget (NstRun *run);

#endif
