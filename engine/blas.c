/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that knows OpenBLAS.
 */
#include "blas.h"

#include <cblas.h>

static GMutex lock;

/* Makes OpenBLAS compute in the calling thread alone.  The OpenMP build keeps
 * its number of threads for each thread that calls, and without one of its own
 * a thread would start a team as large as the machine.  A serial build may not
 * be called concurrently unless it was compiled to be, which it does not tell. */
static void
enter (void)
{
  static _Thread_local gboolean known;

  if (!known)
    {
      g_mutex_lock (&lock);
      openblas_set_num_threads (1);
      g_mutex_unlock (&lock);
      known = TRUE;
    }
  if (openblas_get_parallel () == OPENBLAS_SEQUENTIAL)
    g_mutex_lock (&lock);
}

static void
leave (void)
{
  if (openblas_get_parallel () == OPENBLAS_SEQUENTIAL)
    g_mutex_unlock (&lock);
}

void
nst_gemm (gint m, gint n, gint k, const gfloat *a, gint lda, const gfloat *b, gint ldb,
          gfloat beta, gfloat *c, gint ldc)
{
  enter ();
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, a, lda, b, ldb, beta,
               c, ldc);
  leave ();
}

void
nst_gemm_double (gint n, const gdouble *a, const gdouble *b, gdouble *c)
{
  enter ();
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, a, n, b, n, 0.0, c, n);
  leave ();
}

void
nst_syrk (gint n, gint k, const gfloat *a, gint lda, gfloat *c, gint ldc)
{
  enter ();
  cblas_ssyrk (CblasRowMajor, CblasLower, CblasNoTrans, n, k, 1.0f, a, lda, 0.0f, c, ldc);
  leave ();
}
