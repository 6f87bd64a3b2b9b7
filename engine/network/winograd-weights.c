/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kernels' weights as Winograd's products take them.
 */
#include "network/winograd-weights.h"
#include "base/tensor.h"

#include <string.h>

#define POSITIONS NST_WINOGRAD_POSITIONS
#define WIDE      16 /* kernels transformed side by side: their floats fill a cache line */

/* G g for one direction of the weights */
static inline void
transform_weights (const gdouble *g0, const gdouble *g1, const gdouble *g2,
                   gdouble out[6][WIDE])
{
  static const gdouble a = G_SQRT2 / 2, b = G_SQRT2;

  for (gint i = 0; i < WIDE; i++)
    {
      out[0][i] = g0[i];
      out[1][i] = (g0[i] + a * g1[i] + 0.5 * g2[i]) / -1.5;
      out[2][i] = (g0[i] - a * g1[i] + 0.5 * g2[i]) / -1.5;
      out[3][i] = (g0[i] + b * g1[i] + 2.0 * g2[i]) / 6;
      out[4][i] = (g0[i] - b * g1[i] + 2.0 * g2[i]) / 6;
      out[5][i] = g2[i];
    }
}

/* The positions of n <= WIDE kernels, into to[position * stride + kernel]. */
static void
transform_kernels (const gdouble g[9][WIDE], gint n, gfloat *to, gsize stride)
{
  gdouble rows[3][6][WIDE], out[6][WIDE];

  for (gint r = 0; r < 3; r++)
    transform_weights (g[3 * r], g[3 * r + 1], g[3 * r + 2], rows[r]);
  for (gint c = 0; c < 6; c++)
    {
      transform_weights (rows[0][c], rows[1][c], rows[2][c], out);
      for (gint r = 0; r < 6; r++)
        {
          gfloat narrow[WIDE];

          for (gint i = 0; i < WIDE; i++)
            narrow[i] = (gfloat) out[r][i];
          if (n == WIDE)
            memcpy (to + (r * 6 + c) * stride, narrow, sizeof narrow);
          else
            memcpy (to + (r * 6 + c) * stride, narrow, n * sizeof (gfloat));
        }
    }
}

/* Rows of a product block. */
static gint
block_rows (const NstKernels *kernels, gint cout)
{
  return cout <= NST_FEW_ROWS ? NST_FEW_ROWS : kernels->rows;
}

guint64
nst_winograd_memory (const NstKernels *kernels, gint cin, gint cout)
{
  guint64 padded = nst_round_up (cout, block_rows (kernels, cout));

  return nst_alloc_size (padded * cin * POSITIONS, sizeof (gfloat));
}

gboolean
nst_winograd_init (NstWinograd *winograd, const gfloat *weight, gboolean backward,
                   GError **error)
{
  gint cin = winograd->cin, cout = winograd->cout;
  gint rows = block_rows (winograd->kernels, cout), padded = nst_round_up (cout, rows);
  gsize position = (gsize) padded * cin;

  winograd->rows = rows;
  winograd->u = nst_alloc (position * POSITIONS, sizeof (gfloat), error);
  if (!winograd->u)
    return FALSE;
  for (gsize first = 0; first < position; first += WIDE)
    {
      gint n = nst_int (MIN (WIDE, position - first));
      gdouble g[9][WIDE] = {{0}};

      for (gint k = 0; k < n; k++)
        {
          gsize at = first + k; /* in the order in which the kernels are packed */
          gsize o = at / (rows * cin) * rows + at % rows, i = at / rows % cin;
          const gfloat *from = weight + 9 * (backward ? i * cout + o : o * cin + i);

          for (gint tap = 0; o < (gsize) cout && tap < 9; tap++)
            g[backward ? 8 - tap : tap][k] = from[tap];
        }
      transform_kernels (g, n, winograd->u + first, position);
    }
  return TRUE;
}

void
nst_winograd_clear (NstWinograd *winograd)
{
  g_clear_pointer (&winograd->u, nst_free);
}
