/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers' vector work on the thread pool.
 */
#include "base/vector.h"
#include "base/tensor.h"
#include "kernels/kernels.h"

/* Floats of a sum's task, which takes some microseconds. */
#define CHUNK 65536

gint
nst_vector_chunks (gsize n)
{
  return nst_int ((n + NST_VECTOR_CHUNK - 1) / NST_VECTOR_CHUNK);
}

typedef struct
{
  NstTask task;
  gpointer data;
  gint n_chunks, n_threads;
  gint *next; /* atomic; of each thread's share */
} SharedJob;

/* The first chunk of a thread's share. */
static gint
share_begins (gint n_chunks, gint share, gint n_threads)
{
  return (gint) ((gint64) n_chunks * share / n_threads);
}

/* The thread's own next chunk; when its share is done, another's. */
static void
shared_chunk (gint index, gint thread, gpointer data)
{
  const SharedJob *job = data;

  for (gint i = 0; i < job->n_threads; i++)
    {
      gint share = (thread + i) % job->n_threads;
      gint end = share_begins (job->n_chunks, share + 1, job->n_threads);
      gint chunk = g_atomic_int_add (&job->next[share], 1);

      if (chunk < end)
        {
          job->task (chunk, thread, job->data);
          return;
        }
    }
}

void
nst_vector_run (NstPool *pool, gint n_chunks, NstTask task, gpointer data)
{
  gint n_threads = nst_pool_threads (pool);
  SharedJob job = {task, data, n_chunks, n_threads, g_new (gint, n_threads)};

  for (gint i = 0; i < n_threads; i++)
    job.next[i] = share_begins (n_chunks, i, n_threads);
  nst_pool_run (pool, n_chunks, shared_chunk, &job);
  g_free (job.next);
}

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

gdouble
nst_add_up (const gdouble *sums, gint n)
{
  gdouble sum = 0;

  for (gint i = 0; i < n; i++)
    sum += sums[i];
  return sum;
}

gdouble
nst_sum_squares (gsize n, const gdouble *a)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * a[i];
  return sum;
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
  return nst_int ((n + CHUNK - 1) / CHUNK);
}

static gdouble
run_sum (NstPool *pool, VectorJob *job, NstTask task)
{
  gint chunks = n_chunks (job->n);
  gdouble sum;

  job->sums = g_new (gdouble, chunks);
  nst_pool_run (pool, chunks, task, job);
  sum = nst_add_up (job->sums, chunks);
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

  nst_kernels ()->vector->add_scaled (n, job->x + start, (gfloat) job->a, job->y + start,
                                      job->z + start);
}

void
nst_add_scaled (NstPool *pool, gsize n, const gfloat *x, gdouble a, const gfloat *y, gfloat *z)
{
  VectorJob job = {n, a, x, y, z, NULL};

  nst_pool_run (pool, n_chunks (n), add_scaled_chunk, &job);
}

static void
keep_within_chunk (gint index, gint thread, gpointer data)
{
  VectorJob *job = data;
  gsize start, n = chunk_of (job, index, &start);
  gfloat high = (gfloat) job->a;

  for (gsize i = start; i < start + n; i++)
    job->z[i] = CLAMP (job->z[i], 0, high);
}

void
nst_keep_within (NstPool *pool, gsize n, gfloat high, gfloat *x)
{
  VectorJob job = {n, high, NULL, NULL, x, NULL};

  nst_pool_run (pool, n_chunks (n), keep_within_chunk, &job);
}
