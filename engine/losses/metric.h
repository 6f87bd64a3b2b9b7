/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far apart two covariances are, seen from one of them, C*: |D|^2 / |C*|^2 with
 * D = C - C* and |X|^2 = tr (X Q X Q), Q = (C* / |C*|_F + e 1)^(-1/2).
 *
 * In the plain norm (Q = 1) the few directions that vary most, light against dark,
 * are all that counts, and colours and fine strokes come last.  Q brings each
 * direction nearer to its own scale, as the Wasserstein distance of Gaussians does,
 * yet the loss stays a square with two small matrix products.
 */
#ifndef NST_METRIC_H
#define NST_METRIC_H

#include "base/parallel.h"

typedef struct
{
  gint n;
  gdouble *q;   /* n x n */
  gdouble *x;   /* two n x n, scratch */
  gdouble norm; /* |C*|^2 in the metric */
} NstMetric;

/**
 * nst_metric_init:
 * @covariance: n x n, C*
 * @least: |C*|_F counts as this much at least, as that of a flat style has to
 *
 * Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_metric_init (NstMetric *metric, NstPool *pool, gint n, const gdouble *covariance,
                          gdouble least, GError **error);

/**
 * nst_metric_memory:
 * @meanwhile: (out): bytes that nst_metric_init() takes for itself
 *
 * Returns: bytes of a metric
 */
guint64 nst_metric_memory (gint n, guint64 *meanwhile);

/**
 * nst_metric_clear:
 * @metric: may be clear already
 */
void nst_metric_clear (NstMetric *metric);

/**
 * nst_metric_apply:
 * @difference: D, symmetric
 *
 * Returns: |D|^2; half its derivative, Q D Q, is nst_metric_derivative() from then on
 */
gdouble nst_metric_apply (const NstMetric *metric, NstPool *pool, const gdouble *difference);

/**
 * nst_metric_derivative:
 *
 * Returns: (transfer none): Q D Q, n x n, of the latest nst_metric_apply()
 */
const gdouble *nst_metric_derivative (const NstMetric *metric);

#endif
