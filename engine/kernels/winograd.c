/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's F(4x4,3x3) (Lavin and Gray 2016) at the points 0, +-sqrt(1/2),
 * +-sqrt(2) and infinity, which round less than the usual 0, +-1, +-2.  Built
 * once for each instruction set; and the table of all kernels.
 */
#include "kernels/kernels.h"
#include "kernels/simd.h"

/* Rows of a product block, and vectors of its columns; and where rows are few. */
#if LANES == 16
#define ROWS        8
#define VECTORS_FEW 6
#else
#define ROWS        4
#define VECTORS_FEW 3
#endif
#define VECTORS      3
#define MOST_VECTORS 6

/* Where the pixel before the tiles' first lies in a line of the scratch: the
 * next one is then aligned. */
#define MARGIN 15

#define SQRT_HALF 0.70710678118654752440f
#define SQRT_2    1.41421356237309504880f

/* B^T d: the input's transform in one direction */
static inline void
transform_input (const Vec d[6], Vec out[6])
{
  Vec even_a = d[4] - 2.0f * d[2], odd_a = SQRT_HALF * d[3] - SQRT_2 * d[1];
  Vec even_b = d[4] - 0.5f * d[2], odd_b = SQRT_2 * d[3] - SQRT_HALF * d[1];

  out[0] = d[0] - 2.5f * d[2] + d[4];
  out[1] = even_a + odd_a;
  out[2] = even_a - odd_a;
  out[3] = even_b + odd_b;
  out[4] = even_b - odd_b;
  out[5] = d[1] - 2.5f * d[3] + d[5];
}

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

static inline gboolean
gate_is_open (const guint8 *gates, gint pixel)
{
  gint run = pixel >= 0 ? pixel / (4 * LANES) : -1;

  return ((const GateRun *) gates)[run] >> (pixel - run * 4 * LANES) & 1;
}

/* The pixels before the first and after the last tile, which no vector has, down
 * their columns. */
static inline void
edge_columns (const NstPatches *p, gint n, gfloat *scratch, gsize line)
{
  gint pixels[2] = {-1, 4 * n};
  Vec d[6] = {{0}}, out[6];

  for (gint i = p->begins ? 1 : 0; i < (4 * n < p->count ? 2 : 1); i++)
    for (gint r = 0; r < 6; r++)
      if (!p->gates[0])
        d[r][i] = p->rows[r][pixels[i]];
      else if (gate_is_open (p->gates[r], pixels[i]))
        d[r][i] = p->halved ? p->gain * p->rows[r][pixels[i] >> 1] : p->rows[r][pixels[i]];
  transform_input (d, out);
  for (gint r = 0; r < 6; r++)
    {
      scratch[r * line + MARGIN] = out[r][0];
      scratch[r * line + MARGIN + 1 + 4 * n] = out[r][1];
    }
}

/* Down the columns, which lie side by side: pixels of a run from x on. */
static inline __attribute__ ((always_inline)) void
run_columns (const NstPatches *p, gboolean gated, gboolean halved, gint x, gfloat *to,
             gsize line)
{
  GateRun gates[6];

  if (gated)
    for (gint r = 0; r < 6; r++)
      gates[r] = ((const GateRun *) p->gates[r])[x / (4 * LANES)];
#pragma GCC unroll 4
  for (gint k = 0; k < 4; k++, x += LANES)
    {
      Vec d[6], t[6];

      if (x >= p->count)
        break;
      for (gint r = 0; r < 6; r++)
        {
          d[r] = LOAD (p->rows[r] + (halved ? x / 2 : x));
          if (halved)
            d[r] = p->gain * ZIP_LOW (d[r], d[r]);
          if (gated)
            d[r] = keep_bits (d[r], (guint) (gates[r] >> (k * LANES)));
          if (x + LANES > p->count)
            d[r] = keep_lanes (d[r], LANE_NUMBERS < p->count - x);
        }
      transform_input (d, t);
      for (gint r = 0; r < 6; r++)
        STORE (to + r * line + x, t[r]);
    }
}

static inline __attribute__ ((always_inline)) void
all_columns (const NstPatches *p, gboolean gated, gboolean halved, gint n, gfloat *to,
             gsize line)
{
  for (gint x = 0; x < MIN (4 * n, p->count); x += 4 * LANES)
    run_columns (p, gated, halved, x, to, line);
}

/* Along a row: column c of LANES tiles is every fourth pixel. */
static inline void
row_positions (const gfloat *row, gint n, gfloat *v, gsize stride)
{
  for (gint t = 0; t < n; t += LANES)
    {
      const gfloat *p = row + 4 * t;
      Vec a = LOAD (p), b = LOAD (p + LANES), c = LOAD (p + 2 * LANES),
          e = LOAD (p + 3 * LANES);
      Vec even_low = EVEN (a, b), even_high = EVEN (c, e);
      Vec odd_low = ODD (a, b), odd_high = ODD (c, e);
      Vec d[6], out[6];

      d[1] = EVEN (even_low, even_high);
      d[2] = EVEN (odd_low, odd_high);
      d[3] = ODD (even_low, even_high);
      d[4] = ODD (odd_low, odd_high);
      d[0] = BEFORE (SPLAT (p[-1]), d[4]);
      d[5] = NEXT (d[1], SPLAT (p[4 * LANES]));
      transform_input (d, out);
      for (gint c6 = 0; c6 < 6; c6++)
        STORE (v + c6 * stride + t, out[c6]);
    }
}

static void
input (const NstPatches *patches, gint n, gfloat *scratch, gsize line, gfloat *v, gsize stride)
{
  gfloat *to = scratch + MARGIN + 1;

  if (!patches->gates[0])
    all_columns (patches, FALSE, FALSE, n, to, line);
  else if (!patches->halved)
    all_columns (patches, TRUE, FALSE, n, to, line);
  else
    all_columns (patches, TRUE, TRUE, n, to, line);
  for (gint r = 0; r < 6; r++)
    for (gint x = (patches->count + LANES - 1) / LANES * LANES; x < 4 * n; x++)
      to[r * line + x] = 0;
  edge_columns (patches, n, scratch, line);
  for (gint r = 0; r < 6; r++)
    row_positions (to + r * line, n, v + r * 6 * stride, stride);
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

#pragma GCC unroll 6
      for (gint j = 0; j < vectors; j++)
        b[j] = LOAD (v + j * LANES);
#pragma GCC unroll 8
      for (gint r = 0; r < rows; r++)
#pragma GCC unroll 6
        for (gint j = 0; j < vectors; j++)
          sum[r][j] += u[r] * b[j];
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

const NstKernels NST_BUILD (nst_kernels) = {
    .name = G_STRINGIFY (NST_SET),
    .lanes = LANES,
    .rows = ROWS,
    .input = input,
    .product = product,
    .output = output,
    .gram = NST_BUILD (nst_gram),
    .take_larger = NST_BUILD (nst_take_larger),
    .dot_halves = NST_BUILD (nst_dot_halves),
    .vector = &NST_BUILD (nst_vector_kernels),
};
