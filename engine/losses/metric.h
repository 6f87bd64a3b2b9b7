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
  gdouble *q; /* n x n */
  gdouble *x; /* two n x n, scratch */
} NstMetric;

gboolean nst_metric_init (NstMetric *metric, NstPool *pool, gint n, const gdouble *covariance,
                          gdouble least, gdouble *norm, GError **error);
guint64 nst_metric_memory (gint n, guint64 *meanwhile);
void nst_metric_clear (NstMetric *metric);
gdouble nst_metric_apply (const NstMetric *metric, NstPool *pool, const gdouble *difference);
const gdouble *nst_metric_derivative (const NstMetric *metric);

#endif
