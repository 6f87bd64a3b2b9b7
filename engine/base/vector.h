/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers' vector work on the thread pool.  Sums are taken in fixed
 * chunks and added in order, in double.
 */
#ifndef NST_VECTOR_H
#define NST_VECTOR_H

#include "base/parallel.h"

/* Floats of a task that works on several arrays: memory is read quickly in runs of
 * 16 KiB, and the threads share even a small image evenly. */
#define NST_VECTOR_CHUNK 4096

/* Some elements of an array. */
typedef struct
{
  gsize start, n;
} NstSlice;

/* Chunk @index of n floats. */
static inline NstSlice
nst_vector_slice (gsize n, gint index)
{
  gsize start = (gsize) index * NST_VECTOR_CHUNK;

  return (NstSlice){start, MIN (NST_VECTOR_CHUNK, n - start)};
}

/**
 * nst_vector_chunks:
 *
 * Returns: chunks of NST_VECTOR_CHUNK floats that @n make, the last one being shorter
 */
gint nst_vector_chunks (gsize n);

/**
 * nst_vector_run:
 *
 * As nst_pool_run(), for tasks that are chunks of the same arrays.  A thread gets
 * the same share of them every time, as far as possible: what it wrote is still in
 * its own cache then.
 */
void nst_vector_run (NstPool *pool, gint n_chunks, NstTask task, gpointer data);

/**
 * nst_sum:
 *
 * One thread's sum of @n floats, in double, in an order that hangs on @n and the kernels only; so the
 * next three.
 */
gdouble nst_sum (gsize n, const gfloat *a);

/**
 * nst_sum_products:
 *
 * Returns: sum a[i] b[i]
 */
gdouble nst_sum_products (gsize n, const gfloat *a, const gfloat *b);

/**
 * nst_sum_squared_differences:
 *
 * Returns: sum (a[i] - b[i])^2
 */
gdouble nst_sum_squared_differences (gsize n, const gfloat *a, const gfloat *b);

/**
 * nst_sum_squares:
 *
 * Returns: sum a[i]^2, one after the other
 */
gdouble nst_sum_squares (gsize n, const gdouble *a);

/**
 * nst_add_up:
 * @sums: what each of @n tasks has found
 * @n: at least 0
 *
 * Returns: their sum, added in the order of the index: that the bytes are the same for every number
 *   of threads rests on this
 */
gdouble nst_add_up (const gdouble *sums, gint n);

/**
 * nst_dot:
 *
 * Returns: sum a[i] b[i] in parallel: in fixed chunks, added in order, in double
 */
gdouble nst_dot (NstPool *pool, gsize n, const gfloat *a, const gfloat *b);

/**
 * nst_sum_abs:
 *
 * Returns: sum |a[i]|, as nst_dot()
 */
gdouble nst_sum_abs (NstPool *pool, gsize n, const gfloat *a);

/**
 * nst_keep_within:
 *
 * Takes all @n of @x into [0, @high], in parallel.
 */
void nst_keep_within (NstPool *pool, gsize n, gfloat high, gfloat *x);

/**
 * nst_add_scaled:
 * @z: (out caller-allocates): may be @x or @y
 *
 * z = x + a y, @n floats each, in parallel.
 */
void
nst_add_scaled (NstPool *pool, gsize n, const gfloat *x, gdouble a, const gfloat *y, gfloat *z);

#endif
