/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops over plain arrays, in GCC's vector extensions; built once for
 * each instruction set.
 */
#include "kernels/kernels.h"

#include <math.h>

/* WIDEN: LANES floats from p on as doubles.  (__builtin_convertvector() takes four
 * instructions for it in GCC 12.) */
#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES    8
#define WIDEN(p) ((Wide) _mm512_cvtps_pd (_mm256_loadu_ps (p)))
#elif defined(__AVX2__)
#include <immintrin.h>
#define LANES    4
#define WIDEN(p) ((Wide) _mm256_cvtps_pd (_mm_loadu_ps (p)))
#elif defined(__SSE2__)
#include <immintrin.h>
#define LANES    2
#define WIDEN(p) ((Wide) _mm_cvtps_pd (_mm_loadl_pi (_mm_setzero_ps (), (const __m64 *) (p))))
#elif defined(__aarch64__)
#include <arm_neon.h>
#define LANES    2
#define WIDEN(p) ((Wide) vcvt_f64_f32 (vld1_f32 (p)))
#else
#define LANES    2
#define WIDEN(p) ((Wide){(p)[0], (p)[1]})
#endif

/* A vector of doubles. */
typedef gdouble Wide __attribute__ ((vector_size (LANES * 8)));
typedef gint64 WideBits __attribute__ ((vector_size (LANES * 8)));
typedef gdouble WideU __attribute__ ((vector_size (LANES * 8), aligned (8), may_alias));
/* A vector of floats. */
typedef gfloat Vec __attribute__ ((vector_size (LANES * 8)));
typedef gfloat VecU __attribute__ ((vector_size (LANES * 8), aligned (4), may_alias));

#define LOAD(p)      ((Vec) * (const VecU *) (p))
#define MAGNITUDE(v) ((Wide) ((WideBits) (v) &G_MAXINT64))

static inline gdouble
add_lanes (Wide v)
{
  gdouble sum = 0;

  for (gint i = 0; i < LANES; i++)
    sum += v[i];
  return sum;
}

/* Adds up the terms in four independent vectors of sums. */
#define SUM_UP(n, WIDE_TERM, TERM)                                                             \
  G_STMT_START                                                                                 \
  {                                                                                            \
    Wide sums[4] = {{0}};                                                                      \
    gdouble sum;                                                                               \
    gsize i = 0;                                                                               \
                                                                                               \
    for (; i + 4 * LANES <= (n); i += 4 * LANES)                                               \
      for (gint k = 0; k < 4; k++)                                                             \
        sums[k] += WIDE_TERM (i + k * LANES);                                                  \
    for (; i + LANES <= (n); i += LANES)                                                       \
      sums[0] += WIDE_TERM (i);                                                                \
    sum = add_lanes ((sums[0] + sums[1]) + (sums[2] + sums[3]));                               \
    for (; i < (n); i++)                                                                       \
      sum += TERM (i);                                                                         \
    return sum;                                                                                \
  }                                                                                            \
  G_STMT_END

static gdouble
sum (gsize n, const gfloat *a)
{
#define WIDE_TERM(i) WIDEN (a + (i))
#define TERM(i)      (gdouble) a[i]
  SUM_UP (n, WIDE_TERM, TERM);
#undef WIDE_TERM
#undef TERM
}

static gdouble
sum_abs (gsize n, const gfloat *a)
{
#define WIDE_TERM(i) MAGNITUDE (WIDEN (a + (i)))
#define TERM(i)      fabs ((gdouble) a[i])
  SUM_UP (n, WIDE_TERM, TERM);
#undef WIDE_TERM
#undef TERM
}

static gdouble
sum_products (gsize n, const gfloat *a, const gfloat *b)
{
#define WIDE_TERM(i) WIDEN (a + (i)) * WIDEN (b + (i))
#define TERM(i)      (gdouble) a[i] * b[i]
  SUM_UP (n, WIDE_TERM, TERM);
#undef WIDE_TERM
#undef TERM
}

static gdouble
sum_squared_differences (gsize n, const gfloat *a, const gfloat *b)
{
#define WIDE_TERM(i) (WIDEN (a + (i)) - WIDEN (b + (i))) * (WIDEN (a + (i)) - WIDEN (b + (i)))
#define TERM(i)      ((gdouble) a[i] - b[i]) * ((gdouble) a[i] - b[i])
  SUM_UP (n, WIDE_TERM, TERM);
#undef WIDE_TERM
#undef TERM
}

static void
subtract (gsize n, const gfloat *a, const gfloat *b, gfloat *to)
{
  gsize i = 0;

  for (; i + 2 * LANES <= n; i += 2 * LANES)
    *(VecU *) (to + i) = LOAD (a + i) - LOAD (b + i);
  for (; i < n; i++)
    to[i] = a[i] - b[i];
}

static void
add_scaled (gsize n, const gfloat *a, gfloat factor, const gfloat *b, gfloat *to)
{
  gsize i = 0;

  for (; i + 2 * LANES <= n; i += 2 * LANES)
    *(VecU *) (to + i) = LOAD (a + i) + factor * LOAD (b + i);
  for (; i < n; i++)
    to[i] = a[i] + factor * b[i];
}

#define DOTS_ROWS 4 /* arrays at once, as many as there are registers for */

/* dots() for constants @count and @k: each element is widened once for all. */
static inline __attribute__ ((always_inline)) void
few_dots (gsize start, gsize n, const gint count, gfloat *const *a, const gint k,
          const gfloat *const *b, gdouble *sums)
{
  Wide part[DOTS_ROWS][3] = {{{0}}};
  gsize x = start, end = start + n;

  for (; x + LANES <= end; x += LANES)
    {
      Wide with[3] = {WIDEN (b[0] + x), WIDEN (b[1] + x)};

      if (k == 3)
        with[2] = WIDEN (b[2] + x);
      for (gint i = 0; i < count; i++)
        {
          Wide v = WIDEN (a[i] + x);

          for (gint j = 0; j < k; j++)
            part[i][j] += v * with[j];
        }
    }
#pragma GCC unroll 4
  for (gint i = 0; i < count; i++)
#pragma GCC unroll 3
    for (gint j = 0; j < k; j++)
      {
        sums[k * i + j] += add_lanes (part[i][j]);
        for (gsize rest = x; rest < end; rest++)
          sums[k * i + j] += (gdouble) a[i][rest] * b[j][rest];
      }
}

static inline __attribute__ ((always_inline)) void
all_dots (gsize start, gsize n, gint count, gfloat *const *a, const gint k,
          const gfloat *const *b, gdouble *sums)
{
  gint i = 0;

  for (; i + DOTS_ROWS <= count; i += DOTS_ROWS)
    few_dots (start, n, DOTS_ROWS, a + i, k, b, sums + k * i);
  if (i + 2 <= count)
    {
      few_dots (start, n, 2, a + i, k, b, sums + k * i);
      i += 2;
    }
  if (i < count)
    few_dots (start, n, 1, a + i, k, b, sums + k * i);
}

static void
dots (gsize start, gsize n, gint count, gfloat *const *a, gint k, const gfloat *const *b,
      gdouble *sums)
{
  if (k == 2)
    all_dots (start, n, count, a, 2, b, sums);
  else
    all_dots (start, n, count, a, 3, b, sums);
}

static void
combine (gsize start, gsize n, gint count, gfloat *const *a, const gdouble *factors,
         gdouble *to)
{
  gint i = 0;

  for (; i + 4 <= count; i += 4)
    {
      const gfloat *p = a[i] + start, *q = a[i + 1] + start, *r = a[i + 2] + start,
                   *s = a[i + 3] + start;
      const gdouble *f = factors + i;
      gsize x = 0;

      for (; x + LANES <= n; x += LANES)
        *(WideU *) (to + x) += (f[0] * WIDEN (p + x) + f[1] * WIDEN (q + x))
                               + (f[2] * WIDEN (r + x) + f[3] * WIDEN (s + x));
      for (; x < n; x++)
        to[x] += (f[0] * p[x] + f[1] * q[x]) + (f[2] * r[x] + f[3] * s[x]);
    }
  for (; i < count; i++)
    {
      const gfloat *p = a[i] + start;
      gsize x = 0;

      for (; x + LANES <= n; x += LANES)
        *(WideU *) (to + x) += factors[i] * WIDEN (p + x);
      for (; x < n; x++)
        to[x] += factors[i] * p[x];
    }
}

static inline gfloat
keep (gfloat x, gfloat high)
{
  return high > 0 ? CLAMP (x, 0, high) : x;
}

/* The steps of the loop that follows may be taken at once. */
#ifdef __clang__
#define INDEPENDENT _Pragma ("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma ("GCC ivdep")
#endif

static void
adam (gsize n, const gfloat *x, const gfloat *restrict gradient, gfloat rate, gfloat inverse2,
      gfloat high, gfloat *restrict m1, gfloat *restrict m2, gfloat *to)
{
  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    {
      gfloat g = gradient[i];

      m1[i] = 0.9f * m1[i] + 0.1f * g;
      m2[i] = 0.999f * m2[i] + 0.001f * g * g;
      to[i] = keep (x[i] - rate * m1[i] / (sqrtf (m2[i] * inverse2) + 1e-8f), high);
    }
}

static void
sgd (gsize n, const gfloat *x, const gfloat *restrict gradient, gfloat rate, gfloat high,
     gfloat *to)
{
  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    to[i] = keep (x[i] - rate * gradient[i], high);
}

const NstVectorKernels NST_BUILD (nst_vector_kernels) = {
    sum,     sum_abs, sum_products, sum_squared_differences, subtract, add_scaled, dots,
    combine, adam,    sgd};
