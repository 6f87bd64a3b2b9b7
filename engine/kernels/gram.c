/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * F F^T for few rows that are long: the second moments of a layer's
 * activations.  Built once for each instruction set.
 * Faster than ssyrk, which packs F first, up to NST_GRAM_ROWS of them.
 */
#include "kernels/kernels.h"
#include "kernels/simd.h"

/* A block of the product whose sums stay in registers. */
#define ROWS 4
#if VECTOR_REGISTERS == 32
#define COLUMNS 4
#else
#define COLUMNS 2
#endif
#define SUMS (ROWS * COLUMNS)

#define RUN 2048 /* columns of F between two additions to the product */

/* The sums of the lanes of each vector, side by side in sum[0] and on. */
static inline void
reduce (Vec sum[SUMS])
{
#pragma GCC unroll 4
  for (gint count = SUMS / 2, width = LANES; width > 1; count /= 2, width /= 2)
#pragma GCC unroll 8
    for (gint i = 0; i < count; i++)
      sum[i] = EVEN (sum[2 * i], sum[2 * i + 1]) + ODD (sum[2 * i], sum[2 * i + 1]);
}

static inline void
add_block (const gfloat *const a[ROWS], const gfloat *const b[COLUMNS], gint length,
           Vec sum[SUMS])
{
  for (gint i = 0; i < length; i += LANES)
    {
      Vec x[ROWS], y[COLUMNS];

      for (gint r = 0; r < ROWS; r++)
        x[r] = LOAD (a[r] + i);
      for (gint c = 0; c < COLUMNS; c++)
        y[c] = LOAD (b[c] + i);
      if (i + LANES > length)
        {
          /* both: what lies behind need not be a number */
          for (gint r = 0; r < ROWS; r++)
            x[r] = keep_lanes (x[r], LANE_NUMBERS < length - i);
          for (gint c = 0; c < COLUMNS; c++)
            y[c] = keep_lanes (y[c], LANE_NUMBERS < length - i);
        }
#pragma GCC unroll 4
      for (gint r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (gint c = 0; c < COLUMNS; c++)
          sum[r * COLUMNS + c] += x[r] * y[c];
    }
}

/* Rows i and on times rows j and on, added to the lower triangle of product. */
static void
gram_block (gint n, gint i, gint j, gint length, const gfloat *f, gsize stride, gfloat *product)
{
  const gfloat *a[ROWS], *b[COLUMNS];
  Vec sum[SUMS] = {{0}};

  /* beyond the last row it comes again, for nothing */
  for (gint r = 0; r < ROWS; r++)
    a[r] = f + MIN (i + r, n - 1) * stride;
  for (gint c = 0; c < COLUMNS; c++)
    b[c] = f + MIN (j + c, n - 1) * stride;
  add_block (a, b, length, sum);
  reduce (sum);
  for (gint r = 0; r < MIN (ROWS, n - i); r++)
    for (gint c = 0; c < MIN (COLUMNS, n - j) && j + c <= i + r; c++)
      product[(gsize) (i + r) * n + j + c] +=
          sum[(r * COLUMNS + c) / LANES][(r * COLUMNS + c) % LANES];
}

void
NST_BUILD (nst_gram) (gint n, gint length, const gfloat *f, gsize stride, gfloat *product)
{
  for (gint i = 0; i < n; i++)
    for (gint j = 0; j <= i; j++)
      product[(gsize) i * n + j] = 0;
  for (gint start = 0; start < length; start += RUN)
    for (gint i = 0; i < n; i += ROWS)
      for (gint j = 0; j < MIN (i + ROWS, n); j += COLUMNS)
        gram_block (n, i, j, MIN (RUN, length - start), f + start, stride, product);
}
