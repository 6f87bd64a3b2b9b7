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

void nst_style_target_clear (NstStyleTarget *target);

/* The style loss's gradient w (A F + b), once the statistics of all of F are known. */
typedef struct
{
  gint n;
  gfloat *matrix;      /* A, n x n, packed for the kernels' product */
  gfloat *offset;      /* b, n */
  gfloat *product;     /* A F of some cells, for each thread */
  gdouble *difference; /* n x n, of second moments: scratch */
} NstStyleSlope;

gboolean nst_style_slope_init (NstStyleSlope *slope, gint n, gint n_threads, GError **error);
guint64 nst_style_slope_memory (gint n, gint n_threads);
void nst_style_slope_clear (NstStyleSlope *slope);
gdouble nst_style_slope_find (NstStyleSlope *slope, NstPool *pool, const NstStats *now,
                              const NstStyleTarget *targets, gint n_targets);
void nst_style_slope_add (const NstStyleSlope *slope, NstPool *pool, const NstPiece *piece,
                          const gfloat *weights);

typedef enum
{
  NST_TV_POWER,   /* k * sum over the (h-1)(w-1) grid of (dx^2 + dy^2)^1.25: Keras */
  NST_TV_SQUARES, /* k * (mean dx^2 + mean dy^2), and k * chroma times the same of each
                     channel less the mean of the three */
} NstTvForm;

/* image: 3 planes; gradient is added to */
gdouble nst_tv_loss (NstPool *pool, NstTvForm form, gdouble k, gdouble chroma,
                     const NstTensor *image, gfloat *gradient);

#endif
