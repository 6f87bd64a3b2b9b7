/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that knows OpenBLAS.
 */
#include "blas.h"

#include <cblas.h>

/**
 * nst_blas_init:
 * @n_threads: how many threads want to call the products at once
 *
 * Makes OpenBLAS single-threaded: the engine's threads call it side by side.
 *
 * Returns: how many threads may: 1 for a serial build, which is not safe to
 *   call concurrently; at most its own number for an OpenMP build.
 */
gint
nst_blas_init (gint n_threads)
{
  static gsize once = 0;
  static gint at_start;

  if (g_once_init_enter (&once))
    {
      at_start = openblas_get_num_threads ();
      openblas_set_num_threads (1);
      g_once_init_leave (&once, 1);
    }
  switch (openblas_get_parallel ())
    {
    case OPENBLAS_SEQUENTIAL:
      return 1;
    case OPENBLAS_OPENMP:
      return CLAMP (n_threads, 1, MAX (at_start, 1));
    default:
      return n_threads;
    }
}

void
nst_gemm (gint m, gint n, gint k, const gfloat *a, gint lda, const gfloat *b, gint ldb,
          gfloat beta, gfloat *c, gint ldc)
{
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, a, lda, b, ldb, beta,
               c, ldc);
}

void
nst_syrk (gint n, gint k, const gfloat *a, gint lda, gfloat *c, gint ldc)
{
  cblas_ssyrk (CblasRowMajor, CblasLower, CblasNoTrans, n, k, 1.0f, a, lda, 0.0f, c, ldc);
}
