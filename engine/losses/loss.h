/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The losses, value beside gradient: content and style of a layer's activations, given
 * piece by piece, and an image's total variation.
 */
#ifndef NST_LOSS_H
#define NST_LOSS_H

#include "losses/metric.h"
#include "losses/stats.h"

/* The terms of a loss, weighted, and their sum. */
typedef struct
{
  gdouble content, match, style, palette, tv, total;
} NstLosses;

/**
 * nst_content_loss:
 * @target: P of the whole layer, of @target_plane cells a channel
 *
 * Returns: k * sum (F - P)^2 over the piece; 2 k (F - P) is added to its gradient.
 */
gdouble nst_content_loss (NstPool *pool, const NstPiece *piece, const gfloat *target,
                          gsize target_plane, gdouble k);

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

typedef enum
{
  NST_TV_POWER,   /* k * sum over the (h-1)(w-1) grid of (dx^2 + dy^2)^1.25: Keras */
  NST_TV_SQUARES, /* k * (mean dx^2 + mean dy^2), and k * chroma times the same of each
                     channel less the mean of the three */
} NstTvForm;

/* image: 3 planes; gradient is added to */

/**
 * nst_tv_loss:
 * @chroma: for %NST_TV_SQUARES, how much more differences of colour count
 * @image: 3 channels
 * @gradient: of the same shape; the derivative is added to it
 *
 * Returns: the total variation, times @k.
 */
gdouble nst_tv_loss (NstPool *pool, NstTvForm form, gdouble k, gdouble chroma,
                     const NstTensor *image, gfloat *gradient);

#endif
