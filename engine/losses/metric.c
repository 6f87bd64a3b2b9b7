/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The metric of covariances.  The root is found by Newton's iteration in the form
 * that needs products only (Higham, Functions of Matrices, 6.7), in double.
 */
#include "losses/metric.h"
#include "base/blas.h"
#include "base/tensor.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

/* What counts as little beside |C*|_F: directions below it are all alike.  From 0.01 to
 * 0.1 pictures hardly differ; the more, the easier the loss is to minimise. */
#define LITTLE 0.03

#define MAX_STEPS 40

/* How far a symmetric matrix is from 1, at most. */
static gdouble
off_identity (const gdouble *a, gint n)
{
  gdouble most = 0;

  for (gint i = 0; i < n; i++)
    for (gint j = 0; j < n; j++)
      most = MAX (most, fabs (a[i * n + j] - (i == j)));
  return most;
}

/* @root becomes the inverse root of @a, whose eigenvalues lie in (0, 1]: with Y = A,
 * Z = 1, T = (3 - Z Y) / 2, Y T goes to the root and T Z to its inverse.  @a is lost. */
static void
inverse_root (gint n, gdouble *a, gdouble *root, gdouble *t, gdouble *other)
{
  gsize bytes = sizeof (gdouble) * n * n;

  memset (root, 0, bytes);
  for (gint i = 0; i < n; i++)
    root[i * n + i] = 1;
  for (gint step = 0; step < MAX_STEPS; step++)
    {
      gdouble off;

      nst_gemm_double (n, root, a, t);
      off = off_identity (t, n);
      for (gint i = 0; i < n; i++)
        for (gint j = 0; j < n; j++)
          t[i * n + j] = ((i == j ? 3 : 0) - t[i * n + j]) / 2;
      nst_gemm_double (n, a, t, other);
      memcpy (a, other, bytes);
      nst_gemm_double (n, t, root, other);
      memcpy (root, other, bytes);
      if (off < 1e-9) /* this step has squared it */
        break;
    }
}

/**
 * nst_metric_init:
 * @covariance: n x n, C*
 * @least: |C*|_F counts as this much at least, as that of a flat style has to
 * @norm: receives |C*|^2 in the metric
 */
gboolean
nst_metric_init (NstMetric *metric, gint n, const gdouble *covariance, gdouble least,
                 gdouble *norm, GError **error)
{
  gsize size = (gsize) n * n;
  gdouble own = sqrt (nst_sum_squares (size, covariance)), frobenius = MAX (own, least);
  gdouble bound = (frobenius > 0 ? own / frobenius : 0) + LITTLE; /* of the eigenvalues */
  gdouble *a;

  *metric = (NstMetric){n, nst_alloc (size, sizeof (gdouble), error), NULL};
  metric->x = metric->q ? nst_alloc (2 * size, sizeof (gdouble), error) : NULL;
  a = metric->x ? nst_alloc (size, sizeof (gdouble), error) : NULL;
  if (!a)
    {
      nst_metric_clear (metric);
      return FALSE;
    }
  for (gint i = 0; i < n; i++)
    for (gint j = 0; j < n; j++)
      a[i * n + j] =
          ((frobenius > 0 ? covariance[i * n + j] / frobenius : 0) + (i == j ? LITTLE : 0))
          / bound;
  inverse_root (n, a, metric->q, metric->x, metric->x + size);
  for (gsize i = 0; i < size; i++)
    metric->q[i] /= sqrt (bound);
  memcpy (a, covariance, sizeof (gdouble) * size);
  *norm = nst_metric_apply (metric, a);
  /* what a style that varies in one direction has; a flat one has none */
  *norm = MAX (*norm, frobenius * frobenius / bound);
  nst_free (a);
  return TRUE;
}

/**
 * nst_metric_memory:
 * @meanwhile: (out): bytes that nst_metric_init() takes for itself
 *
 * Returns: bytes of a metric
 */
guint64
nst_metric_memory (gint n, guint64 *meanwhile)
{
  guint64 size = (guint64) n * n;

  *meanwhile = nst_alloc_size (size, sizeof (gdouble));
  return nst_alloc_size (size, sizeof (gdouble)) + nst_alloc_size (2 * size, sizeof (gdouble));
}

void
nst_metric_clear (NstMetric *metric)
{
  g_clear_pointer (&metric->q, nst_free);
  g_clear_pointer (&metric->x, nst_free);
}

/**
 * nst_metric_apply:
 * @difference: D, symmetric; becomes Q D Q, half the derivative of |D|^2
 *
 * Returns: |D|^2
 */
gdouble
nst_metric_apply (const NstMetric *metric, gdouble *difference)
{
  gsize size = (gsize) metric->n * metric->n;
  gdouble *first = metric->x, *second = metric->x + size, value = 0;

  nst_gemm_double (metric->n, metric->q, difference, first);
  nst_gemm_double (metric->n, first, metric->q, second);
  for (gsize i = 0; i < size; i++)
    {
      value += difference[i] * second[i];
      difference[i] = second[i];
    }
  return value;
}
