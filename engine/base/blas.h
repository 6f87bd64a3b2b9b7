/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix products that the engine leaves to OpenBLAS: each computed in the
 * thread that calls, from any number of them, whichever build of OpenBLAS
 * (pthread, OpenMP, serial) is there; or to plain loops where there is none, or no memory
 * for it.  Row-major throughout.
 */
#ifndef NST_BLAS_H
#define NST_BLAS_H

#include <glib.h>

void nst_blas_reserve (gint n_threads, guint64 keep);

/* C (m x n) = A (m x k) B (k x n) + beta C */
void nst_gemm (gint m, gint n, gint k, const gfloat *a, gint lda, const gfloat *b, gint ldb,
               gfloat beta, gfloat *c, gint ldc);

/* In double, without C before: C (m x n) = A (m x n) B (n x n), so some rows of a square product */
void nst_gemm_double (gint m, gint n, const gdouble *a, const gdouble *b, gdouble *c);

/* The lower triangle of C (n x n) = A A^T, A (n x k); up to NST_KERNEL_LANES - 1 floats behind
 * a row may be read */
void nst_syrk (gint n, gint k, const gfloat *a, gint lda, gfloat *c);

#endif
