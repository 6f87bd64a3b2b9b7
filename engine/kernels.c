/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops in GCC's vector extensions; built once for each instruction
 * set with NST_KERNELS naming the table.
 *
 * Winograd's F(4x4,3x3) (Lavin and Gray 2016) at the points 0, +-sqrt(1/2),
 * +-sqrt(2) and infinity, which round less than the usual 0, +-1, +-2.
 */
#include "kernels.h"

#if defined(__AVX512F__)
#define LANES 16
#define ROWS  8
#elif defined(__AVX2__)
#define LANES 8
#define ROWS  4
#else
#define LANES 4
#define ROWS  4
#endif
#define VECTORS 3 /* of columns in a product block */

typedef gfloat Vec __attribute__ ((vector_size (LANES * 4)));
typedef gint32 Bits __attribute__ ((vector_size (LANES * 4)));
typedef gfloat VecU __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));

#define LOAD(p)     ((Vec) * (const VecU *) (p))
#define STORE(p, v) (*(VecU *) (p) = (v))
#define SPLAT(x)    ((x) - (Vec){0})

#if LANES == 16
#define EVEN(a, b)                                                                             \
  __builtin_shufflevector (a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD(a, b)                                                                              \
  __builtin_shufflevector (a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define ZIP_LOW(a, b)                                                                          \
  __builtin_shufflevector (a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b)                                                                         \
  __builtin_shufflevector (a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define NEXT(a, b)                                                                             \
  __builtin_shufflevector (a, b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
#elif LANES == 8
#define EVEN(a, b)     __builtin_shufflevector (a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b)      __builtin_shufflevector (a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define ZIP_LOW(a, b)  __builtin_shufflevector (a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) __builtin_shufflevector (a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define NEXT(a, b)     __builtin_shufflevector (a, b, 1, 2, 3, 4, 5, 6, 7, 8)
#else
#define EVEN(a, b)     __builtin_shufflevector (a, b, 0, 2, 4, 6)
#define ODD(a, b)      __builtin_shufflevector (a, b, 1, 3, 5, 7)
#define ZIP_LOW(a, b)  __builtin_shufflevector (a, b, 0, 4, 1, 5)
#define ZIP_HIGH(a, b) __builtin_shufflevector (a, b, 2, 6, 3, 7)
#define NEXT(a, b)     __builtin_shufflevector (a, b, 1, 2, 3, 4)
#endif

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

static inline Vec
load_masked (const gfloat *x, const gfloat *mask)
{
  return mask ? (Vec) ((Bits) LOAD (x) & (LOAD (mask) > 0)) : LOAD (x);
}

/* Down the columns, which lie side by side. */
static inline void
input_columns (const gfloat *const rows[6], const gfloat *const masks[6], gint count,
               gfloat *to, gsize line)
{
  gint x = 0;

  for (; x + LANES <= count; x += LANES)
    {
      Vec d[6], t[6];

      for (gint r = 0; r < 6; r++)
        d[r] = load_masked (rows[r] + x, masks ? masks[r] + x : NULL);
      transform_input (d, t);
      for (gint r = 0; r < 6; r++)
        STORE (to + r * line + x, t[r]);
    }
  if (x < count)
    {
      Vec d[6] = {{0}}, t[6];

      for (gint r = 0; r < 6; r++)
        for (gint i = 0; x + i < count; i++)
          d[r][i] = !masks || masks[r][x + i] > 0 ? rows[r][x + i] : 0;
      transform_input (d, t);
      for (gint r = 0; r < 6; r++)
        STORE (to + r * line + x, t[r]);
    }
}

static void
input (const gfloat *const rows[6], const gfloat *const masks[6], gint pad, gint count, gint n,
       gfloat *scratch, gsize line, gfloat *v, gsize stride)
{
  if (masks)
    input_columns (rows, masks, count, scratch + pad, line);
  else
    input_columns (rows, NULL, count, scratch + pad, line);
  for (gint r = 0; r < 6; r++)
    {
      scratch[r * line] = pad > 0 ? 0 : scratch[r * line];
      for (gint x = pad + count; x < 4 * n + 2; x++)
        scratch[r * line + x] = 0;
    }
  /* along the rows: column c of LANES tiles is every fourth pixel */
  for (gint r = 0; r < 6; r++)
    for (gint t = 0; t < n; t += LANES)
      {
        const gfloat *p = scratch + r * line + 4 * t;
        Vec a = LOAD (p), b = LOAD (p + LANES), c = LOAD (p + 2 * LANES),
            e = LOAD (p + 3 * LANES);
        Vec even_low = EVEN (a, b), even_high = EVEN (c, e);
        Vec odd_low = ODD (a, b), odd_high = ODD (c, e);
        Vec d[6], out[6];

        d[0] = EVEN (even_low, even_high);
        d[1] = EVEN (odd_low, odd_high);
        d[2] = ODD (even_low, even_high);
        d[3] = ODD (odd_low, odd_high);
        d[4] = NEXT (d[0], SPLAT (p[4 * LANES]));
        d[5] = NEXT (d[1], SPLAT (p[4 * LANES + 1]));
        transform_input (d, out);
        for (gint c6 = 0; c6 < 6; c6++)
          STORE (v + (r * 6 + c6) * stride + t, out[c6]);
      }
}

/* ROWS x (vectors * LANES) of the product; vectors is a constant where it is inlined */
static inline __attribute__ ((always_inline)) void
product_tile (gint vectors, gint k, const gfloat *u, const gfloat *v, gsize v_stride, gfloat *m,
              gsize m_stride)
{
  Vec sum[ROWS][VECTORS] = {{{0}}};

  for (gint i = 0; i < k; i++, u += ROWS, v += v_stride)
    {
      Vec b[VECTORS];

#pragma GCC unroll 3
      for (gint j = 0; j < vectors; j++)
        b[j] = LOAD (v + j * LANES);
#pragma GCC unroll 8
      for (gint r = 0; r < ROWS; r++)
#pragma GCC unroll 3
        for (gint j = 0; j < vectors; j++)
          sum[r][j] += u[r] * b[j];
    }
#pragma GCC unroll 8
  for (gint r = 0; r < ROWS; r++)
#pragma GCC unroll 3
    for (gint j = 0; j < vectors; j++)
      STORE (m + r * m_stride + j * LANES, sum[r][j]);
}

static void
product (gint k, gint columns, const gfloat *u, const gfloat *v, gsize v_stride, gfloat *m,
         gsize m_stride)
{
  for (; columns > 2 * LANES; columns -= 3 * LANES, v += 3 * LANES, m += 3 * LANES)
    product_tile (3, k, u, v, v_stride, m, m_stride);
  if (columns > LANES)
    product_tile (2, k, u, v, v_stride, m, m_stride);
  else if (columns > 0)
    product_tile (1, k, u, v, v_stride, m, m_stride);
}

static inline Vec
rectify (Vec y)
{
  return (Vec) ((Bits) y & (y > 0));
}

static inline Vec
finish (Vec y, gfloat bias, gboolean relu)
{
  y += bias;
  return relu ? rectify (y) : y;
}

static void
output (const gfloat *m, gsize stride, gint n, gfloat bias, gboolean relu, gfloat *to,
        gsize line)
{
  for (gint t = 0; t < n; t += LANES)
    {
      Vec rows[4][6];

      for (gint c = 0; c < 6; c++)
        {
          Vec in[6], out[4];

          for (gint r = 0; r < 6; r++)
            in[r] = LOAD (m + (r * 6 + c) * stride + t);
          transform_output (in, out);
          for (gint r = 0; r < 4; r++)
            rows[r][c] = out[r];
        }
      for (gint r = 0; r < 4; r++)
        {
          Vec y[4], even_low, even_high, odd_low, odd_high;
          gfloat *at = to + r * line + 4 * t;

          transform_output (rows[r], y);
          for (gint i = 0; i < 4; i++)
            y[i] = finish (y[i], bias, relu);
          even_low = ZIP_LOW (y[0], y[2]);
          even_high = ZIP_HIGH (y[0], y[2]);
          odd_low = ZIP_LOW (y[1], y[3]);
          odd_high = ZIP_HIGH (y[1], y[3]);
          STORE (at, ZIP_LOW (even_low, odd_low));
          STORE (at + LANES, ZIP_HIGH (even_low, odd_low));
          STORE (at + 2 * LANES, ZIP_LOW (even_high, odd_high));
          STORE (at + 3 * LANES, ZIP_HIGH (even_high, odd_high));
        }
    }
}

static inline Vec
larger (Vec a, Vec b)
{
  Bits which = a > b;

  return (Vec) (((Bits) a & which) | ((Bits) b & ~which));
}

static void
pool_max (const gfloat *a, const gfloat *b, gint n, gfloat *to)
{
  gint x = 0;

  for (; x + LANES <= n; x += LANES)
    {
      Vec low = larger (LOAD (a + 2 * x), LOAD (b + 2 * x));
      Vec high = larger (LOAD (a + 2 * x + LANES), LOAD (b + 2 * x + LANES));

      STORE (to + x, larger (EVEN (low, high), ODD (low, high)));
    }
  for (; x < n; x++)
    to[x] = MAX (MAX (a[2 * x], a[2 * x + 1]), MAX (b[2 * x], b[2 * x + 1]));
}

static void
route_max (const gfloat *a, const gfloat *b, const gfloat *gradient, gint n, gfloat *to_a,
           gfloat *to_b)
{
  gint x = 0;

  for (; x + LANES <= n; x += LANES)
    {
      Vec a_low = LOAD (a + 2 * x), a_high = LOAD (a + 2 * x + LANES);
      Vec b_low = LOAD (b + 2 * x), b_high = LOAD (b + 2 * x + LANES);
      Vec value[4] = {EVEN (a_low, a_high), ODD (a_low, a_high), EVEN (b_low, b_high),
                      ODD (b_low, b_high)};
      Vec most = larger (larger (value[0], value[1]), larger (value[2], value[3]));
      Bits left = (Bits) LOAD (gradient + x); /* not given to any yet */
      Vec share[4];

      for (gint i = 0; i < 4; i++)
        {
          Bits here = value[i] == most;

          share[i] = (Vec) (left & here);
          left &= ~here;
        }
      STORE (to_a + 2 * x, ZIP_LOW (share[0], share[1]));
      STORE (to_a + 2 * x + LANES, ZIP_HIGH (share[0], share[1]));
      STORE (to_b + 2 * x, ZIP_LOW (share[2], share[3]));
      STORE (to_b + 2 * x + LANES, ZIP_HIGH (share[2], share[3]));
    }
  for (; x < n; x++)
    {
      const gfloat value[4] = {a[2 * x], a[2 * x + 1], b[2 * x], b[2 * x + 1]};
      gfloat *share[4] = {to_a + 2 * x, to_a + 2 * x + 1, to_b + 2 * x, to_b + 2 * x + 1};
      gint first = 0;

      for (gint i = 1; i < 4; i++)
        first = value[i] > value[first] ? i : first;
      for (gint i = 0; i < 4; i++)
        *share[i] = i == first ? gradient[x] : 0;
    }
}

const NstKernels NST_KERNELS = {
    NST_KERNELS_NAME,   LANES, ROWS, input, product, output, pool_max, route_max,
    &NST_VECTOR_KERNELS};
