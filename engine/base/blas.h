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

/**
 * nst_blas_reserve:
 * @n_threads: that will ask for products at once
 * @keep: bytes of address space that the run takes itself
 *
 * To be called before a run.  From then on products wait for nothing but each other.
 */
void nst_blas_reserve (gint n_threads, guint64 keep);

/**
 * nst_gemm_double:
 * @m: rows of @a and @c
 * @n: columns of each, rows of @b
 * @c: (out caller-allocates): neither @a nor @b
 *
 * C = A B, in double: some rows of a square product.
 */
void nst_gemm_double (gint m, gint n, const gdouble *a, const gdouble *b, gdouble *c);

/**
 * nst_syrk:
 * @a: n rows of k floats, @lda from row to row; up to NST_KERNEL_LANES - 1 floats behind a row
 *   may be read
 * @c: (out caller-allocates): n x n, of which the lower triangle is set
 *
 * C = A A^T.
 */
void nst_syrk (gint n, gint k, const gfloat *a, gint lda, gfloat *c);

#endif
