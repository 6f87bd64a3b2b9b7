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

/* Rows of a product that are a task; never a matter of the number of threads. */
#define ROWS 32

typedef struct
{
  gint n;
  const gdouble *a, *b;
  gdouble *c;
} ProductJob;

static void
product_rows (gint index, gint thread, gpointer data)
{
  const ProductJob *job = data;
  gint row = index * ROWS;
  gsize at = (gsize) row * job->n;

  nst_gemm_double (MIN (ROWS, job->n - row), job->n, job->a + at, job->b, job->c + at);
}

/* c = a b, all n x n */
static void
multiply (NstPool *pool, gint n, const gdouble *a, const gdouble *b, gdouble *c)
{
  ProductJob job = {n, a, b, c};

  nst_pool_run (pool, nst_divide_up (n, ROWS), product_rows, &job);
}

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
inverse_root (NstPool *pool, gint n, gdouble *a, gdouble *root, gdouble *t, gdouble *other)
{
  gsize bytes = sizeof (gdouble) * n * n;

  memset (root, 0, bytes);
  for (gint i = 0; i < n; i++)
    root[i * n + i] = 1;
  for (gint step = 0; step < MAX_STEPS; step++)
    {
      gdouble off;

      multiply (pool, n, root, a, t);
      off = off_identity (t, n);
      for (gint i = 0; i < n; i++)
        for (gint j = 0; j < n; j++)
          t[i * n + j] = ((i == j ? 3 : 0) - t[i * n + j]) / 2;
      multiply (pool, n, a, t, other);
      memcpy (a, other, bytes);
      multiply (pool, n, t, root, other);
      memcpy (root, other, bytes);
      if (off < 1e-9) /* this step has squared it */
        break;
    }
}

gboolean
nst_metric_init (NstMetric *metric, NstPool *pool, gint n, const gdouble *covariance,
                 gdouble least, GError **error)
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
  inverse_root (pool, n, a, metric->q, metric->x, metric->x + size);
  for (gsize i = 0; i < size; i++)
    metric->q[i] /= sqrt (bound);
  metric->norm = nst_metric_apply (metric, pool, covariance);
  /* what a style that varies in one direction has; a flat one has none */
  metric->norm = MAX (metric->norm, frobenius * frobenius / bound);
  nst_free (a);
  return TRUE;
}

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

typedef struct
{
  const NstMetric *metric;
  const gdouble *difference;
  gdouble *values; /* of each task's rows */
} ApplyJob;

/* Some rows of Q D Q, which need the same rows of Q D only. */
static void
apply_rows (gint index, gint thread, gpointer data)
{
  const ApplyJob *job = data;
  gint n = job->metric->n, rows = MIN (ROWS, n - index * ROWS);
  gsize at = (gsize) index * ROWS * n;
  gdouble *first = job->metric->x + at, *second = first + (gsize) n * n, value = 0;

  nst_gemm_double (rows, n, job->metric->q + at, job->difference, first);
  nst_gemm_double (rows, n, first, job->metric->q, second);
  for (gsize i = 0; i < (gsize) rows * n; i++)
    value += job->difference[at + i] * second[i];
  job->values[index] = value;
}

gdouble
nst_metric_apply (const NstMetric *metric, NstPool *pool, const gdouble *difference)
{
  gint n_tasks = nst_divide_up (metric->n, ROWS);
  ApplyJob job = {metric, difference, g_new (gdouble, n_tasks)};
  gdouble value = 0;

  nst_pool_run (pool, n_tasks, apply_rows, &job);
  for (gint i = 0; i < n_tasks; i++)
    value += job.values[i];
  g_free (job.values);
  return value;
}

const gdouble *
nst_metric_derivative (const NstMetric *metric)
{
  return metric->x + (gsize) metric->n * metric->n;
}
