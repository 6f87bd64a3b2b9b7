/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is transparent has no colours of its own: it gets those nearby.
 */
#include "holes.h"

static gboolean
is_visible_at (const NstImage *image, gint x, gint y)
{
  return image->mask[(gsize) y * image->width + x] > 0.0f;
}

/* Each pixel of @coarse is the mean of those of its four that are visible in @fine. */
static void
shrink (const NstImage *fine, NstImage *coarse)
{
  for (gint y = 0; y < coarse->height; y++)
    for (gint x = 0; x < coarse->width; x++)
      {
        gsize at = (gsize) y * coarse->width + x;
        gfloat sum[3] = {0};
        gint n = 0;

        for (gint v = 2 * y; v < MIN (2 * y + 2, fine->height); v++)
          for (gint u = 2 * x; u < MIN (2 * x + 2, fine->width); u++)
            if (is_visible_at (fine, u, v))
              {
                const gfloat *rgb = fine->rgb + 3 * ((gsize) v * fine->width + u);

                for (gint c = 0; c < 3; c++)
                  sum[c] += rgb[c];
                n++;
              }
        for (gint c = 0; c < 3; c++)
          coarse->rgb[3 * at + c] = sum[c] / MAX (n, 1);
        coarse->mask[at] = n > 0;
      }
}

/* Where the pixel @x of the fine image lies in the coarse one, between which two. */
static gfloat
locate (gint x, gint coarse_size, gint *before, gint *after)
{
  gfloat at = ((gfloat) x - 0.5f) / 2.0f;

  *before = x == 0 ? 0 : (gint) at;
  *after = MIN (*before + 1, coarse_size - 1);
  return MAX (at - (gfloat) *before, 0.0f);
}

/* Gives the invisible pixels of @fine the colours of @coarse, bilinearly. */
static void
grow (NstImage *fine, const NstImage *coarse)
{
  for (gint y = 0; y < fine->height; y++)
    for (gint x = 0; x < fine->width; x++)
      if (!is_visible_at (fine, x, y))
        {
          gfloat *rgb = fine->rgb + 3 * ((gsize) y * fine->width + x);
          gint left, right, top, bottom;
          gfloat p = locate (x, coarse->width, &left, &right);
          gfloat q = locate (y, coarse->height, &top, &bottom);
          const gfloat *above = coarse->rgb + 3 * (gsize) top * coarse->width;
          const gfloat *below = coarse->rgb + 3 * (gsize) bottom * coarse->width;

          for (gint c = 0; c < 3; c++)
            rgb[c] = (1 - q) * ((1 - p) * above[3 * left + c] + p * above[3 * right + c])
                     + q * ((1 - p) * below[3 * left + c] + p * below[3 * right + c]);
        }
}

/**
 * nst_fill_holes:
 * @image: has a mask that is above 0 somewhere
 *
 * Fills the invisible pixels smoothly from the visible ones, coarse to fine, so that what colours
 * they had bleed nowhere.  The halves of halves end at 1 x 1: this is at most 16 calls deep.
 *
 * Returns: %FALSE with @error if memory is short
 */
gboolean
nst_fill_holes (NstImage *image, GError **error)
{
  NstImage coarse;
  gsize n = (gsize) image->width * image->height;
  gsize i = 0;
  gboolean filled;

  while (i < n && image->mask[i] > 0.0f)
    i++;
  if (i == n)
    return TRUE;

  if (!nst_image_alloc (&coarse, (image->width + 1) / 2, (image->height + 1) / 2, TRUE, error))
    return FALSE;
  shrink (image, &coarse);
  filled = nst_fill_holes (&coarse, error);
  if (filled)
    grow (image, &coarse);
  nst_image_clear (&coarse);
  return filled;
}
