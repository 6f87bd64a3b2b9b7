/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style loss of a layer's activations, given piece by piece, and its gradient.
 */
#ifndef NST_STYLE_SLOPE_H
#define NST_STYLE_SLOPE_H

#include "losses/metric.h"
#include "losses/stats.h"

/* k_mean * |mean - mean*|^2 + k_second * |second - second*|^2, the latter in the metric
 * where there is one (metric.q) */
typedef struct
{
  NstStats stats;
  NstMetric metric;
  gdouble k_mean, k_second;
} NstStyleTarget;

/**
 * nst_style_target_clear:
 * @target: may be clear already
 */
void nst_style_target_clear (NstStyleTarget *target);

/* The style loss's gradient w (A F + b), once the statistics of all of F are known. */
typedef struct
{
  gint n;
  gfloat *matrix;      /* A, n x n, packed for the kernels' product */
  gfloat *offset;      /* b, n */
  gfloat *product;     /* F of some cells and some rows of A F, for each thread */
  gdouble *difference; /* n x n, of second moments: scratch */
} NstStyleSlope;

/**
 * nst_style_slope_init:
 * @n: channels
 *
 * Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_style_slope_init (NstStyleSlope *slope, gint n, gint n_threads, GError **error);

/**
 * nst_style_slope_memory:
 *
 * Returns: bytes that nst_style_slope_init() takes
 */
guint64 nst_style_slope_memory (gint n, gint n_threads);

/**
 * nst_style_slope_clear:
 * @slope: may be clear already
 */
void nst_style_slope_clear (NstStyleSlope *slope);

/**
 * nst_style_slope_find:
 * @now: the statistics of the image's activations
 * @targets: the styles, each with its own coefficients
 *
 * Finds A and b of the gradient w (A F + b):
 * A = 4 k_second (second - second*) / W (in the metric), b = 2 k_mean (mean - mean*) / W - A c,
 * c the centre.  (sum w (F - mean) = 0, so the mean's own derivative vanishes.)
 *
 * Returns: the loss, summed over the targets
 */
gdouble nst_style_slope_find (NstStyleSlope *slope, NstPool *pool, const NstStats *now,
                              const NstStyleTarget *targets, gint n_targets);

/**
 * nst_style_slope_add:
 * @weights: as for nst_stats_add()
 *
 * Adds the style loss's derivative to a piece's gradient.
 */
void nst_style_slope_add (const NstStyleSlope *slope, NstPool *pool, const NstPiece *piece,
                          const gfloat *weights);

#endif
