/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers' vector work on the thread pool.
 */
#include "vector.h"

#include <math.h>

#define CHUNK 65536

/* Adds up @term of i in eight independent sums, so that the compiler may
 * vectorise without reordering. */
#define SUM_UP(n, term)                                                                        \
  G_STMT_START                                                                                 \
  {                                                                                            \
    gdouble sums[8] = {0}, sum = 0;                                                            \
    gsize i = 0;                                                                               \
                                                                                               \
    for (; i + 8 <= (n); i += 8)                                                               \
      for (gint k = 0; k < 8; k++)                                                             \
        sums[k] += term (i + k);                                                               \
    for (; i < (n); i++)                                                                       \
      sum += term (i);                                                                         \
    for (gint k = 0; k < 8; k++)                                                               \
      sum += sums[k];                                                                          \
    return sum;                                                                                \
  }                                                                                            \
  G_STMT_END

gdouble
nst_sum (gsize n, const gfloat *a)
{
#define TERM(i) (gdouble) a[i]
  SUM_UP (n, TERM);
#undef TERM
}

gdouble
nst_sum_products (gsize n, const gfloat *a, const gfloat *b)
{
#define TERM(i) (gdouble) a[i] * b[i]
  SUM_UP (n, TERM);
#undef TERM
}

gdouble
nst_sum_squared_differences (gsize n, const gfloat *a, const gfloat *b)
{
#define TERM(i) ((gdouble) a[i] - b[i]) * ((gdouble) a[i] - b[i])
  SUM_UP (n, TERM);
#undef TERM
}

static gdouble
sum_abs (gsize n, const gfloat *a)
{
#define TERM(i) (gdouble) fabsf (a[i])
  SUM_UP (n, TERM);
#undef TERM
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

  job->sums[index] = sum_abs (n, job->x + start);
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
