/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The losses, value beside gradient: content, style by the statistics of a
 * layer's activations, total variation.  F is a layer's post-ReLU activations
 * as an N x M matrix (N channels, M positions).
 */
#ifndef NST_LOSS_H
#define NST_LOSS_H

#include "parallel.h"
#include "tensor.h"

/* value += k * sum (F - P)^2; gradient += its derivative */
gdouble nst_content_loss (NstPool *pool, const NstTensor *features, const gfloat *target,
                          gdouble k, NstTensor *gradient);

/* Statistics of F over positions, each weighted by weights[m] (NULL: 1):
 * mean = sum w F / sum w
 * second = sum w (F - c)(F - c)^T / sum w, c = mean where centred, else 0:
 * the covariance, or the Gram matrix divided by M. */
typedef struct
{
  gint n;
  gboolean centred;
  gdouble *mean;   /* n */
  gdouble *second; /* n x n, symmetric */
  gdouble total;   /* sum w */
} NstStats;

gboolean nst_stats_init (NstStats *stats, gint n, gboolean centred, GError **error);
void nst_stats_clear (NstStats *stats);
gboolean nst_stats_measure (NstStats *stats, NstPool *pool, const NstTensor *features,
                            const gfloat *weights, GError **error);

/* k_mean * |mean - mean*|^2 + k_second * |second - second*|^2 */
typedef struct
{
  NstStats stats;
  gdouble k_mean, k_second;
} NstStyleTarget;

gboolean nst_style_loss (NstPool *pool, const NstTensor *features, const gfloat *weights,
                         const NstStyleTarget *targets, gint n_targets, NstStats *scratch,
                         NstTensor *gradient, gdouble *value, GError **error);

typedef enum
{
  NST_TV_POWER,   /* k * sum over the (h-1)(w-1) grid of (dx^2 + dy^2)^1.25: Keras */
  NST_TV_SQUARES, /* k * (mean dx^2 + mean dy^2) */
} NstTvForm;

/* image: c planes; gradient is added to */
gdouble nst_tv_loss (NstPool *pool, NstTvForm form, gdouble k, const NstTensor *image,
                     gfloat *gradient);

#endif
