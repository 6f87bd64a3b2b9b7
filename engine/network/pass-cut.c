/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Into how many strips an image is cut.
 */
#include "network/pass-cut.h"

#define LEAST_STRIP 512 /* columns; of narrower ones most would be halo */
#define STRIP_STEP  256 /* of which the deep layers have whole vectors of tiles */
#define LEAST_ROWS  64
#define CELLS       (1 << 17) /* at a step, to be shared out among the threads */

/* The n-th way to cut an image, each into narrower strips than the one before: n of them, or
 * fewer, in strips no narrower than LEAST_STRIP, of which STRIP_STEP columns at least are
 * not in two of them. */
static NstTiling
strips (const NstPass *pass, gint n, gint rows)
{
  gint common = nst_pass_overlap (pass);
  gint columns = nst_divide_up (pass->spec.width + common * (n - 1), n);
  gint least = MAX (LEAST_STRIP, common + STRIP_STEP);

  return (NstTiling){nst_round_up (MAX (columns, least), STRIP_STEP), rows};
}

/* Strips do not become narrower when there are more than that. */
static gint
most_strips (const NstPass *pass)
{
  return nst_divide_up (pass->spec.width, STRIP_STEP) + 1;
}

gboolean
nst_pass_cut (NstPassSpec *spec, NstPassFits fits, gpointer data)
{
  gint low = 0, high;
  NstPass pass;

  nst_pass_shape (&pass, spec);
  spec->tiling = (NstTiling){0, 0};
  if (fits (spec, data))
    return TRUE;
  high = most_strips (&pass);
  spec->tiling = strips (&pass, high, LEAST_ROWS);
  if (!fits (spec, data))
    return FALSE;
  while (high - low > 1) /* into `high` strips it fits, into `low` it does not */
    {
      gint n = low + (high - low) / 2;

      spec->tiling = strips (&pass, n, LEAST_ROWS);
      if (fits (spec, data))
        high = n;
      else
        low = n;
    }
  /* rather with more rows at a step than with few */
  spec->tiling = strips (&pass, high, LEAST_ROWS);
  spec->tiling.rows = nst_round_up (MAX (CELLS / spec->tiling.columns, 1), LEAST_ROWS);
  if (!fits (spec, data))
    spec->tiling.rows = LEAST_ROWS;
  return TRUE;
}
