/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search for the most similar cells: built once for each instruction set.
 */
#include "kernels/kernels.h"
#include "kernels/simd.h"

typedef guint16 Halves __attribute__ ((vector_size (LANES * 2)));
typedef guint16 HalvesU __attribute__ ((vector_size (LANES * 2), aligned (2), may_alias));
typedef guint32 Words __attribute__ ((vector_size (LANES * 4)));
typedef gint32 BitsU __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));

/* Upper halves as floats. */
static inline Vec
widen (const guint16 *p)
{
  Halves halves = *(const HalvesU *) p;

  return (Vec) (__builtin_convertvector(halves, Words) << 16);
}

void
NST_BUILD (nst_take_larger) (gint rows, gint columns, const gfloat *m, gsize m_stride,
                             gint32 first, gfloat *best, gint32 *index)
{
  for (gint c = 0; c < columns; c += LANES)
    {
      Vec most = LOAD (best + c);
      Bits which = *(const BitsU *) (index + c);

      for (gint r = 0; r < rows; r++)
        {
          Vec now = LOAD (m + r * m_stride + c);
          Bits larger_now = now > most;

          most = larger (now, most);
          which = ((first + r) & larger_now) | (which & ~larger_now);
        }
      STORE (best + c, most);
      *(BitsU *) (index + c) = which;
    }
}

gfloat
NST_BUILD (nst_dot_halves) (gint n, const gfloat *a, const guint16 *b)
{
  Vec sums[2] = {{0}};

  for (gint i = 0; i < n; i += NST_KERNEL_LANES)
    for (gint k = 0; k < NST_KERNEL_LANES; k += LANES)
      sums[k / LANES % 2] += LOAD (a + i + k) * widen (b + i + k);
  return add_lanes (sums[0] + sums[1]);
}
