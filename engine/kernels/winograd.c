/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's products and the output's transform.  Built once for each
 * instruction set; and the table of all kernels.
 */
#include "kernels/kernels.h"
#include "kernels/simd.h"
#include "kernels/winograd-points.h"

/* Rows of a product block, and vectors of its columns; and where rows are few. */
#if VECTOR_REGISTERS == 32
#define ROWS        8
#define VECTORS_FEW 6
#else
#define ROWS        4
#define VECTORS_FEW 3
#endif
#define VECTORS      3
#define MOST_VECTORS 6

/* A^T m: the output's transform in one direction */
static inline void
transform_output (const Vec m[6], Vec out[4])
{
  Vec sum_a = m[1] + m[2], difference_a = m[1] - m[2];
  Vec sum_b = m[3] + m[4], difference_b = m[3] - m[4];

  out[0] = m[0] + sum_a + sum_b;
  out[1] = SQRT_HALF * difference_a + SQRT_2 * difference_b;
  out[2] = 0.5f * sum_a + 2.0f * sum_b;
  out[3] = 0.5f * SQRT_HALF * difference_a + 2.0f * SQRT_2 * difference_b + m[5];
}

/* rows x (vectors * LANES) of the product; rows and vectors are constants where it is
 * inlined */
static inline __attribute__ ((always_inline)) void
product_tile (gint rows, gint vectors, gint k, const gfloat *u, const gfloat *v, gsize v_stride,
              gfloat *m, gsize m_stride)
{
  Vec sum[ROWS][MOST_VECTORS] = {{{0}}};

  for (gint i = 0; i < k; i++, u += rows, v += v_stride)
    {
      Vec b[MOST_VECTORS];
      Four a[ROWS / 4];

      for (gint r = 0; r < rows; r += 4)
        a[r / 4] = FOUR (u + r);
#pragma GCC unroll 6
      for (gint j = 0; j < vectors; j++)
        b[j] = LOAD (v + j * LANES);
#pragma GCC unroll 8
      for (gint r = 0; r < rows; r++)
#pragma GCC unroll 6
        for (gint j = 0; j < vectors; j++)
          sum[r][j] += a[r / 4][r % 4] * b[j];
    }
#pragma GCC unroll 8
  for (gint r = 0; r < rows; r++)
#pragma GCC unroll 6
    for (gint j = 0; j < vectors; j++)
      STORE (m + r * m_stride + j * LANES, sum[r][j]);
}

static inline __attribute__ ((always_inline)) void
product_row (gint rows, gint vectors, gint k, gint columns, const gfloat *u, const gfloat *v,
             gsize v_stride, gfloat *m, gsize m_stride)
{
  gint step = vectors * LANES;

  for (; columns > step - LANES; columns -= step, v += step, m += step)
    product_tile (rows, vectors, k, u, v, v_stride, m, m_stride);
  if (vectors > 3 && columns > 2 * LANES)
    {
      product_tile (rows, 3, k, u, v, v_stride, m, m_stride);
      columns -= 3 * LANES, v += 3 * LANES, m += 3 * LANES;
    }
  if (columns > LANES)
    product_tile (rows, 2, k, u, v, v_stride, m, m_stride);
  else if (columns > 0)
    product_tile (rows, 1, k, u, v, v_stride, m, m_stride);
}

static void
product (gint rows, gint k, gint columns, const gfloat *u, const gfloat *v, gsize v_stride,
         gfloat *m, gsize m_stride)
{
  if (rows == ROWS)
    product_row (ROWS, VECTORS, k, columns, u, v, v_stride, m, m_stride);
  else
    product_row (NST_FEW_ROWS, VECTORS_FEW, k, columns, u, v, v_stride, m, m_stride);
}

/* Four vectors of columns, one of each pixel of LANES tiles, as a row. */
static inline void
store_row (gboolean stream, const Vec y[4], gfloat *to, GateRun *gates)
{
  Vec even_low = ZIP_LOW (y[0], y[2]), even_high = ZIP_HIGH (y[0], y[2]);
  Vec odd_low = ZIP_LOW (y[1], y[3]), odd_high = ZIP_HIGH (y[1], y[3]);
  Vec row[4] = {ZIP_LOW (even_low, odd_low), ZIP_HIGH (even_low, odd_low),
                ZIP_LOW (even_high, odd_high), ZIP_HIGH (even_high, odd_high)};
  GateRun open = 0;

  if (stream && (guintptr) to % (LANES * 4) == 0)
    for (gint i = 0; i < 4; i++)
      store_past_caches (to + i * LANES, row[i]);
  else
    for (gint i = 0; i < 4; i++)
      STORE (to + i * LANES, row[i]);
  if (!gates)
    return;
  for (gint i = 0; i < 4; i++)
    open = (GateRun) (open | (GateRun) above (row[i], (Vec){0}) << i * LANES);
  *gates = open;
}

/* Of equal maxima the first in reading order gets the gradient, as in PyTorch. */
static inline void
find_maxima (Vec y[4][4], Vec most[2][2], guint open[4][4])
{
  for (gint i = 0; i < 4; i++)
    {
      gint r = i / 2 * 2, c = i % 2 * 2;
      guint left = above (most[i / 2][i % 2], (Vec){0}); /* not given to any yet */

      for (gint k = 0; k < 4; k++)
        {
          guint here = left & ~above (most[i / 2][i % 2], y[r + k / 2][c + k % 2]);

          open[r + k / 2][c + k % 2] = here;
          left &= ~here;
        }
    }
}

static inline void
store_gates (guint open[4][4], guint8 *gates, gsize gate_line)
{
  for (gint r = 0; r < 4; r++)
    *(GateRun *) (gates + r * gate_line) =
        (GateRun) (spread (open[r][0]) | spread (open[r][1]) << 1 | spread (open[r][2]) << 2
                   | spread (open[r][3]) << 3);
}

/* Pools LANES tiles and finds what that lets through. */
static inline __attribute__ ((always_inline)) void
pool_tiles (gboolean average, Vec y[4][4], gfloat *to, gsize line, guint8 *gates,
            gsize gate_line)
{
  Vec pooled[2][2];
  guint open[4][4];

  for (gint r = 0; r < 2; r++)
    {
      for (gint c = 0; c < 2; c++)
        {
          const Vec *upper = &y[2 * r][2 * c], *lower = &y[2 * r + 1][2 * c];

          pooled[r][c] =
              average ? 0.25f * (upper[0] + upper[1] + lower[0] + lower[1])
                      : larger (larger (upper[0], upper[1]), larger (lower[0], lower[1]));
        }
      STORE (to + r * line, ZIP_LOW (pooled[r][0], pooled[r][1]));
      STORE (to + r * line + LANES, ZIP_HIGH (pooled[r][0], pooled[r][1]));
    }
  if (!gates)
    return;
  if (average)
    for (gint i = 0; i < 16; i++)
      open[i / 4][i % 4] = above (y[i / 4][i % 4], (Vec){0});
  else
    find_maxima (y, pooled, open);
  store_gates (open, gates, gate_line);
}

static inline __attribute__ ((always_inline)) void
output_tiles (NstFinish finish, gboolean stream, const gfloat *m, gsize stride, gfloat bias,
              gfloat *to, gsize line, guint8 *gates, gsize gate_line)
{
  Vec rows[4][6], y[4][4];

  for (gint c = 0; c < 6; c++)
    {
      Vec in[6], out[4];

      for (gint r = 0; r < 6; r++)
        in[r] = LOAD (m + (r * 6 + c) * stride);
      transform_output (in, out);
      for (gint r = 0; r < 4; r++)
        rows[r][c] = out[r];
    }
  for (gint r = 0; r < 4; r++)
    {
      transform_output (rows[r], y[r]);
      if (finish != NST_FINISH_NONE)
        for (gint c = 0; c < 4; c++)
          y[r][c] = larger (y[r][c] + bias, (Vec){0});
    }
  if (finish == NST_FINISH_RELU_MAX || finish == NST_FINISH_RELU_AVERAGE)
    pool_tiles (finish == NST_FINISH_RELU_AVERAGE, y, to, line, gates, gate_line);
  else
    for (gint r = 0; r < 4; r++)
      store_row (stream, y[r], to + r * line,
                 gates ? (GateRun *) (gates + r * gate_line) : NULL);
}

static inline __attribute__ ((always_inline)) void
output_row (NstFinish finish, gboolean stream, const gfloat *m, gsize stride, gint n,
            gfloat bias, gfloat *to, gsize line, guint8 *gates, gsize gate_line)
{
  gint pixels = finish == NST_FINISH_NONE || finish == NST_FINISH_RELU ? 4 : 2;

  for (gint t = 0; t < n; t += LANES)
    output_tiles (finish, stream, m + t, stride, bias, to + pixels * t, line,
                  gates ? gates + t / LANES * sizeof (GateRun) : NULL, gate_line);
}

static void
output (NstFinish finish, gboolean stream, const gfloat *m, gsize stride, gint n, gfloat bias,
        gfloat *to, gsize line, guint8 *gates, gsize gate_line)
{
  switch (finish)
    {
    case NST_FINISH_NONE:
      output_row (NST_FINISH_NONE, stream, m, stride, n, 0, to, line, NULL, 0);
      break;
    case NST_FINISH_RELU:
      output_row (NST_FINISH_RELU, stream, m, stride, n, bias, to, line, gates, gate_line);
      break;
    case NST_FINISH_RELU_MAX:
      output_row (NST_FINISH_RELU_MAX, stream, m, stride, n, bias, to, line, gates, gate_line);
      break;
    case NST_FINISH_RELU_AVERAGE:
      output_row (NST_FINISH_RELU_AVERAGE, stream, m, stride, n, bias, to, line, gates,
                  gate_line);
      break;
    }
}

static void
move_gates (const guint8 *from, gint at, gint n, guint8 *to)
{
  const GateRun *run = (const GateRun *) from + at / LANES;
  gint shift = at % LANES * 4;

  for (gint i = 0; i < n; i += LANES, run++, to += sizeof (GateRun))
    {
      GateRun bits = (GateRun) (run[0] >> shift);

      if (shift)
        bits = (GateRun) (bits | (GateRun) (run[1] << (4 * LANES - shift)));
      *(GateRun *) to = bits;
    }
}

const NstKernels NST_BUILD (nst_kernels) = {
    .name = G_STRINGIFY (NST_SET),
    .lanes = LANES,
    .rows = ROWS,
    .columns = NST_BUILD (nst_columns),
    .positions = NST_BUILD (nst_positions),
    .product = product,
    .output = output,
    .move_gates = move_gates,
    .gram = NST_BUILD (nst_gram),
    .take_larger = NST_BUILD (nst_take_larger),
    .dot_halves = NST_BUILD (nst_dot_halves),
    .vector = &NST_BUILD (nst_vector_kernels),
};
