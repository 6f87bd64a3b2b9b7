/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One vector of floats, as wide as the instruction set that a file is built
 * for: GCC's vector extensions, and intrinsics where those have no word for it.
 */
#ifndef NST_SIMD_H
#define NST_SIMD_H

#include <glib.h>

#ifdef __SSE2__
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

/* What a block's sums have to fit into, beside its factors. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define VECTOR_REGISTERS 32
#else
#define VECTOR_REGISTERS 16
#endif

typedef gfloat Vec __attribute__ ((vector_size (LANES * 4)));
typedef gint32 Bits __attribute__ ((vector_size (LANES * 4)));
typedef gfloat VecU __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));

#define LOAD(p)     ((Vec) * (const VecU *) (p))
#define STORE(p, v) (*(VecU *) (p) = (v))
#define SPLAT(x)    ((x) - (Vec){0})

/* Four factors from p on, of which [i] multiplies a vector: NEON takes it from a lane of a register,
 * which is loaded once for four; others splat it as they load it. */
#ifdef __aarch64__
typedef Vec Four;
#define FOUR(p) LOAD (p)
#else
typedef const gfloat *Four;
#define FOUR(p) (p)
#endif

/* The even and odd lanes of two vectors; the low and high halves of two, zipped;
 * a vector moved by a lane, with the first of the next one or the last of the one
 * before. */
#if LANES == 16
#define LANE_NUMBERS ((Bits){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
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
#define BEFORE(a, b)                                                                           \
  __builtin_shufflevector (a, b, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
#elif LANES == 8
#define LANE_NUMBERS   ((Bits){0, 1, 2, 3, 4, 5, 6, 7})
#define EVEN(a, b)     __builtin_shufflevector (a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b)      __builtin_shufflevector (a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define ZIP_LOW(a, b)  __builtin_shufflevector (a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) __builtin_shufflevector (a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define NEXT(a, b)     __builtin_shufflevector (a, b, 1, 2, 3, 4, 5, 6, 7, 8)
#define BEFORE(a, b)   __builtin_shufflevector (a, b, 7, 8, 9, 10, 11, 12, 13, 14)
#else
#define LANE_NUMBERS   ((Bits){0, 1, 2, 3})
#define EVEN(a, b)     __builtin_shufflevector (a, b, 0, 2, 4, 6)
#define ODD(a, b)      __builtin_shufflevector (a, b, 1, 3, 5, 7)
#define ZIP_LOW(a, b)  __builtin_shufflevector (a, b, 0, 4, 1, 5)
#define ZIP_HIGH(a, b) __builtin_shufflevector (a, b, 2, 6, 3, 7)
#define NEXT(a, b)     __builtin_shufflevector (a, b, 1, 2, 3, 4)
#define BEFORE(a, b)   __builtin_shufflevector (a, b, 3, 4, 5, 6)
#endif

/* The larger one; b where a is not a number. */
static inline Vec
larger (Vec a, Vec b)
{
#if LANES == 16
  return (Vec) _mm512_max_ps ((__m512) a, (__m512) b);
#elif LANES == 8
  return (Vec) _mm256_max_ps ((__m256) a, (__m256) b);
#elif defined(__SSE2__)
  return (Vec) _mm_max_ps ((__m128) a, (__m128) b);
#elif defined(__aarch64__)
  return (Vec) vmaxnmq_f32 ((float32x4_t) a, (float32x4_t) b);
#else
  Bits which = a > b;

  return (Vec) (((Bits) a & which) | ((Bits) b & ~which));
#endif
}

/* Bit i of the word: whether lane i of a is above b's. */
static inline guint
above (Vec a, Vec b)
{
#if LANES == 16
  return _mm512_cmp_ps_mask ((__m512) a, (__m512) b, _CMP_GT_OQ);
#elif LANES == 8
  return _mm256_movemask_ps (_mm256_cmp_ps ((__m256) a, (__m256) b, _CMP_GT_OQ));
#elif defined(__SSE2__)
  return _mm_movemask_ps (_mm_cmpgt_ps ((__m128) a, (__m128) b));
#else
  Bits bits = (a > b) & (Bits){1, 2, 4, 8};

#ifdef __aarch64__
  return vaddvq_u32 ((uint32x4_t) bits);
#else
  return bits[0] | bits[1] | bits[2] | bits[3];
#endif
#endif
}

/* To @to, which is aligned, not by way of the caches: for arrays that are too large to
 * be found there again. */
static inline void
store_past_caches (gfloat *to, Vec a)
{
#if LANES == 16
  _mm512_stream_ps (to, (__m512) a);
#elif LANES == 8
  _mm256_stream_ps (to, (__m256) a);
#elif defined(__SSE2__)
  _mm_stream_ps (to, (__m128) a);
#else
  STORE (to, a);
#endif
}

/* a where the lane's bits are set, else 0 */
static inline Vec
keep_lanes (Vec a, Bits lanes)
{
  return (Vec) ((Bits) a & lanes);
}

/* Lane i of a where bit i is set, else 0 */
static inline Vec
keep_bits (Vec a, guint bits)
{
#if LANES == 16
  return (Vec) _mm512_maskz_mov_ps ((__mmask16) bits, (__m512) a);
#else
  return keep_lanes (a, (((Bits){0} + (gint) bits) & ((Bits){0} + 1) << LANE_NUMBERS) != 0);
#endif
}

/* A gate's bits of 4 * LANES pixels, in their order */
#if LANES == 16
typedef guint64 GateRun __attribute__ ((may_alias));
#elif LANES == 8
typedef guint32 GateRun __attribute__ ((may_alias));
#else
typedef guint16 GateRun __attribute__ ((may_alias));
#endif

/* Bit i to bit 4 * i */
static inline GateRun
spread (guint bits)
{
#if LANES == 16
  return _pdep_u64 (bits, 0x1111111111111111u);
#else
  bits = (bits | bits << 12) & 0x000f000f;
  bits = (bits | bits << 6) & 0x03030303;
  return (GateRun) ((bits | bits << 3) & 0x11111111);
#endif
}

static inline gfloat
add_lanes (Vec a)
{
  gfloat sum = 0;

  for (gint i = 0; i < LANES; i++)
    sum += a[i];
  return sum;
}

#endif
