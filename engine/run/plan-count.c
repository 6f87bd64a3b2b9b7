/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What scaling, extending and masking pictures takes.
 */
#include "run/plan-count.h"

static void
hold_scaled (NstCount *it, NstResample kind, NstSize from, gint stride, NstSize to)
{
  nst_count_hold_for_a_while (it, nst_resample_memory (kind, from, stride, to, it->threads));
}

void
nst_count_scaled_image (NstCount *it, NstResample kind, const NstImage *from, NstSize to)
{
  nst_count_hold (it, nst_count_planes (3, to));
  hold_scaled (it, kind, (NstSize){from->width, from->height}, 3, to);
}

void
nst_count_scaled_planes (NstCount *it, NstResample kind, NstSize from, gint c, NstSize to)
{
  nst_count_hold (it, nst_count_planes (c, to));
  hold_scaled (it, kind, from, 1, to);
}

static NstSize
extended (const NstCount *it, NstSize size, gint margin)
{
  gint least = nst_recipe_least_side (it->recipe, it->run->inputs.network);

  return (NstSize){MAX (size.w + 2 * margin, least), MAX (size.h + 2 * margin, least)};
}

guint64
nst_count_extend (NstCount *it, gint c, NstSize from, gint margin, gdouble gain)
{
  guint64 before = nst_count_planes (c, from),
          after = nst_count_planes (c, extended (it, from, margin));

  if (before != after || gain != 1)
    {
      nst_count_hold (it, after);
      nst_count_drop (it, before);
    }
  return after;
}

guint64
nst_count_mask (NstCount *it, const NstImage *image, NstSize size, gint margin)
{
  NstSize from = {image->width, image->height};

  if (!image->mask)
    return 0;
  nst_count_scaled_planes (it, nst_recipe_resample (it->recipe), from, 1, size);
  return nst_count_extend (it, 1, size, margin, 1);
}

guint64
nst_count_weights (NstCount *it, const NstPassSpec *spec)
{
  NstSize size = {spec->width, spec->height};
  guint64 now = nst_count_planes (1, size), left = 0;

  nst_count_hold (it, now);
  for (gint i = 0; i < nst_recipe_depth (it->recipe); i++)
    {
      if (spec->network->layers[i].pooled)
        {
          size = (NstSize){size.w / 2, size.h / 2};
          nst_count_hold (it, nst_count_planes (1, size));
          nst_count_drop (it, now);
          now = nst_count_planes (1, size);
        }
      if (i == 0 || spec->keep[i])
        {
          nst_count_hold (it, nst_count_planes (1, size));
          left += nst_count_planes (1, size);
        }
    }
  nst_count_drop (it, now);
  return left;
}
