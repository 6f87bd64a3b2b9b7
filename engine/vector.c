/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers' vector work on the thread pool.
 */
#include "vector.h"

#include <math.h>

#define CHUNK 65536

typedef struct
{
  gsize n;
  gdouble a;
  const gfloat *x, *y;
  gfloat *z;
  gdouble *sums;
} VectorJob;

static gsize
chunk_of (const VectorJob *job, gint index, gsize *start)
{
  *start = (gsize) index * CHUNK;
  return MIN (CHUNK, job->n - *start);
}

static gint
n_chunks (gsize n)
{
  return (n + CHUNK - 1) / CHUNK;
}

static gdouble
run_sum (NstPool *pool, VectorJob *job, NstTask task)
{
  gint chunks = n_chunks (job->n);
  gdouble sum = 0;

  job->sums = g_new (gdouble, chunks);
  nst_pool_run (pool, chunks, task, job);
  for (gint i = 0; i < chunks; i++)
    sum += job->sums[i];
  g_free (job->sums);
  return sum;
}

static void
dot_chunk (gint index, gint thread, gpointer data)
{
  VectorJob *job = data;
  gsize start, n = chunk_of (job, index, &start);
  const gfloat *x = job->x + start, *y = job->y + start;
  gdouble sums[8] = {0}, sum = 0;
  gsize i;

  /* independent sums, so that the compiler may vectorise without reordering */
  for (i = 0; i + 8 <= n; i += 8)
    for (gint k = 0; k < 8; k++)
      sums[k] += (gdouble) x[i + k] * y[i + k];
  for (; i < n; i++)
    sum += (gdouble) x[i] * y[i];
  for (gint k = 0; k < 8; k++)
    sum += sums[k];
  job->sums[index] = sum;
}

gdouble
nst_dot (NstPool *pool, gsize n, const gfloat *a, const gfloat *b)
{
  VectorJob job = {n, 0, a, b, NULL, NULL};

  return run_sum (pool, &job, dot_chunk);
}

static void
sum_abs_chunk (gint index, gint thread, gpointer data)
{
  VectorJob *job = data;
  gsize start, n = chunk_of (job, index, &start);
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += fabsf (job->x[start + i]);
  job->sums[index] = sum;
}

gdouble
nst_sum_abs (NstPool *pool, gsize n, const gfloat *a)
{
  VectorJob job = {n, 0, a, NULL, NULL, NULL};

  return run_sum (pool, &job, sum_abs_chunk);
}

static void
add_scaled_chunk (gint index, gint thread, gpointer data)
{
  VectorJob *job = data;
  gsize start, n = chunk_of (job, index, &start);
  gfloat a = job->a;

  for (gsize i = start; i < start + n; i++)
    job->z[i] = job->x[i] + a * job->y[i];
}

void
nst_add_scaled (NstPool *pool, gsize n, const gfloat *x, gdouble a, const gfloat *y, gfloat *z)
{
  VectorJob job = {n, a, x, y, z, NULL};

  nst_pool_run (pool, n_chunks (n), add_scaled_chunk, &job);
}

void
nst_axpy (NstPool *pool, gsize n, gdouble a, const gfloat *x, gfloat *y)
{
  nst_add_scaled (pool, n, y, a, x, y);
}

static void
scale_chunk (gint index, gint thread, gpointer data)
{
  VectorJob *job = data;
  gsize start, n = chunk_of (job, index, &start);
  gfloat a = job->a;

  for (gsize i = start; i < start + n; i++)
    job->z[i] *= a;
}

void
nst_scale (NstPool *pool, gsize n, gdouble a, gfloat *x)
{
  VectorJob job = {n, a, NULL, NULL, x, NULL};

  nst_pool_run (pool, n_chunks (n), scale_chunk, &job);
}
