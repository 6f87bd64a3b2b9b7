/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input's transform of Winograd's F(4x4,3x3): down the columns of some rows of tiles, which
 * are laid side by side, then along them.  Built once for each instruction set.
 */
#include "kernels/kernels.h"
#include "kernels/simd.h"
#include "kernels/winograd-points.h"

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

static inline gboolean
gate_is_open (const guint8 *gates, gint pixel)
{
  gint run = pixel >= 0 ? pixel / (4 * LANES) : -1;

  return ((const GateRun *) gates)[run] >> (pixel - run * 4 * LANES) & 1;
}

/* The pixels before the first and after the last tile, which no vector has, down
 * their columns. */
static inline void
edge_columns (const NstPatches *p, gint n, gfloat *to, gsize line)
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
      to[r * line - 1] = out[r][0];
      to[r * line + 4 * n] = out[r][1];
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
          const gfloat *from = p->rows[r] + (halved ? x / 2 : x);

          d[r] = LOAD (from);
          if (!halved || k % 2 == 0)
            __builtin_prefetch (from + p->ahead);
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

void
NST_BUILD (nst_columns) (const NstPatches *patches, gint n, gfloat *to, gsize line)
{
  if (!patches->gates[0])
    all_columns (patches, FALSE, FALSE, n, to, line);
  else if (!patches->halved)
    all_columns (patches, TRUE, FALSE, n, to, line);
  else
    all_columns (patches, TRUE, TRUE, n, to, line);
  for (gint r = 0; r < 6; r++)
    for (gint x = (patches->count + LANES - 1) / LANES * LANES; x < 4 * n; x++)
      to[r * line + x] = 0;
  if (!patches->begins || patches->count > 4 * n)
    edge_columns (patches, n, to, line);
}

/* Along a row: column c of LANES tiles is every fourth pixel. */
static inline __attribute__ ((always_inline)) void
row_positions (const gfloat *row, gint n, gint period, gfloat *v, gsize stride)
{
  Bits at = LANE_NUMBERS; /* where in its row a tile is */

  for (gint i = period; i > 0 && i < LANES; i += period)
    at -= (LANE_NUMBERS >= i) & period;
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
      if (period)
        {
          d[0] = keep_lanes (d[0], at != 0);
          d[5] = keep_lanes (d[5], at != period - 1);
          at += LANES % period;
          at -= (at >= period) & period;
        }
      transform_input (d, out);
      for (gint c6 = 0; c6 < 6; c6++)
        STORE (v + c6 * stride + t, out[c6]);
    }
}

void
NST_BUILD (nst_positions) (const gfloat *from, gsize line, gint n, gint period, gfloat *v,
                           gsize stride)
{
  for (gint r = 0; r < 6; r++)
    if (period)
      row_positions (from + r * line, n, period, v + r * 6 * stride, stride);
    else
      row_positions (from + r * line, n, 0, v + r * 6 * stride, stride);
}
