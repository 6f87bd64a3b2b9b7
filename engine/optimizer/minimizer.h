/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the optimisers share: the variable, its gradient, the function, and a step.
 */
#ifndef NST_MINIMIZER_H
#define NST_MINIMIZER_H

#include "base/parallel.h"
#include "losses/loss.h"
#include "optimizer/lbfgs-pairs.h"
#include "optimizer/curvature.h"

/**
 * NstEvaluate:
 * @x: NstMinimizer.n floats
 * @gradient: (out caller-allocates): as many, overwritten
 * @losses: (out): their total is what is minimised; other terms are passed on as they are
 *
 * Called from the thread that steps.
 *
 * Returns: %FALSE with @error
 */
typedef gboolean (*NstEvaluate) (const gfloat *x, gfloat *gradient, NstLosses *losses,
                                 gpointer data, GError **error);

/* What is minimised. */
typedef struct
{
  NstEvaluate evaluate;
  gpointer data;
} NstFunction;

/* How. */
typedef struct
{
  NstOptimizer kind; /* L-BFGS, Adam or SGD */
  gsize n;           /* floats of the variable */
  gfloat high;       /* x is kept in [0, high]; 0: anywhere */
  gint history;      /* L-BFGS: pairs kept, at least 1 */
  gdouble gain;      /* L-BFGS: of s.y / y.y, see nst_pairs_factors(); 1: as published */
  gdouble rate;      /* Adam's, SGD's of step 0; SGD, 0: set by the first gradient */
} NstMinimizerSpec;

typedef struct _NstMinimizer NstMinimizer;

/* Made by nst_minimizer_init().  All arrays are its own and have n floats. */
struct _NstMinimizer
{
  NstPool *pool;
  NstFunction function;
  gsize n;
  gfloat high;
  gdouble gain, rate;
  gfloat *x;        /* the variable; after a failure the last good one */
  gfloat *gradient; /* at x, once evaluated */
  gfloat *other;    /* the next x, while it is being made; NULL: made in its place */
  gint t;           /* steps taken */
  gboolean converged;

  /* One step.  The losses are those before it.  FALSE with an error, NST_ERROR_DIVERGED where the
   * loss is not finite. */
  gboolean (*step) (NstMinimizer *minimizer, NstLosses *losses, GError **error);

  /* Adam's */
  gfloat *moments[2];

  /* L-BFGS's */
  NstCurvature *curvature; /* (nullable): the caller's, begun for this variable, and set before
                              the first step.  Then the gradient and the pairs are those of
                              x / scale. */
  NstPairs pairs;
  gdouble *sums;     /* each chunk's, while products are taken */
  gfloat *direction; /* of the latest step, where the next s will be */
  NstLosses now;     /* at x, once t > 0 */
};

/**
 * nst_minimizer_evaluate:
 *
 * Evaluates the function at @x.
 *
 * Returns: %FALSE with its error, or %NST_ERROR_DIVERGED where loss or gradient is not finite
 */
gboolean nst_minimizer_evaluate (NstMinimizer *minimizer, const gfloat *x, gfloat *gradient,
                                 NstLosses *losses, GError **error);

#endif
