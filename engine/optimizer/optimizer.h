/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers behind one interface: L-BFGS, Adam, SGD with a decaying rate.
 */
#ifndef NST_OPTIMIZER_H
#define NST_OPTIMIZER_H

#include "optimizer/curvature.h"
#include "run/objective.h"

/* Fills gradient and losses at x; fails with an error.  The value that is
 * minimised is losses->total. */
typedef gboolean (*NstEvaluate) (const gfloat *x, gfloat *gradient, NstLosses *losses,
                                 gpointer data, GError **error);

typedef struct _NstMinimizer NstMinimizer;

struct _NstMinimizer
{
  NstPool *pool;
  gsize n;
  gfloat *x;        /* the variable; after a failure the last good one */
  gfloat *gradient; /* at x, once evaluated */
  gfloat *other;    /* the next x, while it is being made; NULL: made in its place */
  NstEvaluate evaluate;
  gpointer data;
  gint t;       /* steps taken */
  gdouble rate; /* Adam's and SGD's, of step 0 */
  gfloat high;  /* x is kept in [0, high]; 0: anywhere */

  /* The losses before the step; FALSE with an error, NST_ERROR_DIVERGED
   * where the loss is not finite. */
  gboolean (*step) (NstMinimizer *minimizer, NstLosses *losses, GError **error);

  /* Adam: moments[0] and [1]. */
  gfloat *moments[2];

  /* L-BFGS: (nullable): the caller's, begun for this variable.  Then the gradient and the pairs
   * are those of x / scale. */
  NstCurvature *curvature;

  /* L-BFGS: a ring of the latest pairs s = dx, y = dg, with their products
   * sy[i * capacity + j] = s[i] y[j] and so on, and those with the gradient. */
  gint history, capacity, n_pairs, newest;
  gfloat **s, **y;
  gdouble *sy, *yy, *sg, *yg, gg;
  gdouble *sums;     /* each chunk's, while products are taken */
  gfloat *direction; /* of the latest step, where the next s will be */
  NstLosses now;     /* at x, once t > 0 */
  gboolean converged;
};

gboolean nst_minimizer_init (NstMinimizer *minimizer, NstPool *pool,
                             const NstRecipeSpec *recipe, gfloat *x, gsize n,
                             NstEvaluate evaluate, gpointer data, GError **error);
guint64 nst_minimizer_memory (const NstRecipeSpec *recipe, gsize n, gint steps);
void nst_minimizer_clear (NstMinimizer *minimizer);

/* lbfgs.c */
gboolean nst_lbfgs_init (NstMinimizer *minimizer, gint history, GError **error);
guint64 nst_lbfgs_memory (gint history, gsize n, gint steps);
void nst_lbfgs_clear (NstMinimizer *minimizer);

gboolean nst_evaluate_finite (NstMinimizer *minimizer, const gfloat *x, gfloat *gradient,
                              NstLosses *losses, GError **error);

#endif
