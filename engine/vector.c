/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers' vector work on the thread pool.
 */
#include "vector.h"
#include "kernels.h"

/* Floats of a task here, where one takes some microseconds. */
#define CHUNK 65536

gdouble
nst_sum (gsize n, const gfloat *a)
{
  return nst_kernels ()->vector->sum (n, a);
}

gdouble
nst_sum_products (gsize n, const gfloat *a, const gfloat *b)
{
  return nst_kernels ()->vector->sum_products (n, a, b);
}

gdouble
nst_sum_squared_differences (gsize n, const gfloat *a, const gfloat *b)
{
  return nst_kernels ()->vector->sum_squared_differences (n, a, b);
}

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

  job->sums[index] = nst_sum_products (n, job->x + start, job->y + start);
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

  job->sums[index] = nst_kernels ()->vector->sum_abs (n, job->x + start);
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

  nst_kernels ()->vector->add_scaled (n, job->x + start, job->a, job->y + start,
                                      job->z + start);
}

void
nst_add_scaled (NstPool *pool, gsize n, const gfloat *x, gdouble a, const gfloat *y, gfloat *z)
{
  VectorJob job = {n, a, x, y, z, NULL};

  nst_pool_run (pool, n_chunks (n), add_scaled_chunk, &job);
}
