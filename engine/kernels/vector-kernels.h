/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops of the optimisers and losses over plain arrays, built once
 * for each instruction set from kernels-vector.c.  Sums are in double, in an
 * order that hangs on the build and the length only.
 */
#ifndef NST_KERNELS_VECTOR_H
#define NST_KERNELS_VECTOR_H

#include <glib.h>

typedef struct
{
  gdouble (*sum) (gsize n, const gfloat *a);
  gdouble (*sum_abs) (gsize n, const gfloat *a);
  gdouble (*sum_products) (gsize n, const gfloat *a, const gfloat *b);
  gdouble (*sum_squared_differences) (gsize n, const gfloat *a, const gfloat *b);

  /* to = a - b; to may be a or b */
  void (*subtract) (gsize n, const gfloat *a, const gfloat *b, gfloat *to);
  /* to = a + factor b; to may be a or b */
  void (*add_scaled) (gsize n, const gfloat *a, gfloat factor, const gfloat *b, gfloat *to);

  /* sums[i * k + j] += a[i] . b[j] over the n elements from start, i < count, j < k;
   * k is 2 or 3 */
  void (*dots) (gsize start, gsize n, gint count, gfloat *const *a, gint k,
                const gfloat *const *b, gdouble *sums);
  /* to[x] += sum of factors[i] a[i][start + x] */
  void (*combine) (gsize start, gsize n, gint count, gfloat *const *a, const gdouble *factors,
                   gdouble *to);

  /* One step of Adam or SGD from x, kept in [0, high] where high is above 0.  SGD's is
   * that of L-BFGS too, the direction being a gradient with a negative rate. */
  void (*adam) (gsize n, const gfloat *x, const gfloat *gradient, gfloat rate, gfloat inverse2,
                gfloat high, gfloat *m1, gfloat *m2, gfloat *to);
  void (*sgd) (gsize n, const gfloat *x, const gfloat *gradient, gfloat rate, gfloat high,
               gfloat *to);
} NstVectorKernels;

#ifdef __aarch64__
extern const NstVectorKernels nst_vector_kernels_neon;
#else
extern const NstVectorKernels nst_vector_kernels_baseline;
#endif
#ifdef NST_HAVE_X86_KERNELS
extern const NstVectorKernels nst_vector_kernels_avx2;
extern const NstVectorKernels nst_vector_kernels_avx512;
#endif

#endif
