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

gint nst_vector_chunks (gsize n);
void nst_vector_run (NstPool *pool, gint n_chunks, NstTask task, gpointer data);

/* One thread's sums over short runs. */
gdouble nst_sum (gsize n, const gfloat *a);
gdouble nst_sum_products (gsize n, const gfloat *a, const gfloat *b);
gdouble nst_sum_squared_differences (gsize n, const gfloat *a, const gfloat *b);
gdouble nst_sum_squares (gsize n, const gdouble *a);

gdouble nst_dot (NstPool *pool, gsize n, const gfloat *a, const gfloat *b);
gdouble nst_sum_abs (NstPool *pool, gsize n, const gfloat *a);
/* Takes x into [0, high]. */
void nst_keep_within (NstPool *pool, gsize n, gfloat high, gfloat *x);
/* z = x + a y */
void
nst_add_scaled (NstPool *pool, gsize n, const gfloat *x, gdouble a, const gfloat *y, gfloat *z);

#endif
