/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of layers.  No libgimp here.
 */
#include <string.h>

#include "pixels.h"
#include "region.h"

/* Pixels; as much as reaches into the selection's style, and no more than is cheap. */
#define MARGIN_LEAST 16
#define MARGIN_MOST  128

/**
 * nst_region_around:
 * @rect: within @whole
 *
 * Returns: @rect with an eighth of its longer side around it, within @whole
 */
GeglRectangle
nst_region_around (const GeglRectangle *rect, const GeglRectangle *whole)
{
  gint margin = CLAMP (MAX (rect->width, rect->height) / 8, MARGIN_LEAST, MARGIN_MOST);
  GeglRectangle around = {rect->x - margin, rect->y - margin, rect->width + 2 * margin,
                          rect->height + 2 * margin};

  gegl_rectangle_intersect (&around, &around, whole);
  return around;
}

/**
 * nst_region_copy:
 *
 * Returns: (transfer full): a copy, in the format of @over
 */
GeglBuffer *
nst_region_copy (GeglBuffer *over, const GeglRectangle *rect, gint x, gint y)
{
  const GeglRectangle there = {rect->x + x, rect->y + y, rect->width, rect->height};
  GeglBuffer *copy = gegl_buffer_new (rect, gegl_buffer_get_format (over));

  gegl_buffer_copy (over, &there, GEGL_ABYSS_NONE, copy, rect);
  return copy;
}

/**
 * nst_region_cut:
 * @image: without a mask; shows @whole, at any size
 * @part: within @whole
 *
 * Returns: %FALSE with @error, @image being as it was, if memory is short
 */
gboolean
nst_region_cut (NstImage *image, const GeglRectangle *whole, const GeglRectangle *part,
                GError **error)
{
  NstImage scaled = {0}, cut;
  gboolean as_is = image->width == whole->width && image->height == whole->height;
  const NstImage *from = as_is ? image : &scaled;

  if (gegl_rectangle_equal (whole, part))
    return TRUE;
  if (!as_is && !nst_image_scale (image, whole->width, whole->height, &scaled, error))
    return FALSE;
  if (!nst_image_alloc (&cut, part->width, part->height, FALSE, error))
    {
      nst_image_clear (&scaled);
      return FALSE;
    }
  for (gint y = 0; y < part->height; y++)
    memcpy (cut.rgb + (gsize) 3 * y * part->width,
            from->rgb
                + 3 * ((gsize) (part->y - whole->y + y) * whole->width + part->x - whole->x),
            (gsize) 3 * part->width * sizeof (gfloat));
  nst_image_clear (&scaled);
  nst_image_clear (image);
  *image = cut;
  return TRUE;
}

/**
 * nst_region_read_over:
 * @image: (out): as nst_pixels_read() gives it
 *
 * Returns: %FALSE with @error where nst_pixels_read() would
 */
gboolean
nst_region_read_over (GeglBuffer *below, const GeglRectangle *rect, GeglBuffer *above, gint x,
                      gint y, NstImage *image, GError **error)
{
  g_autoptr (GeglBuffer) both = gegl_buffer_new (rect, gegl_buffer_get_format (below));
  const GeglRectangle *from = gegl_buffer_get_extent (above);
  GeglRectangle to = {x, y, from->width, from->height}, seen, source;

  gegl_buffer_copy (below, rect, GEGL_ABYSS_NONE, both, rect);
  if (gegl_rectangle_intersect (&seen, &to, rect))
    {
      source = seen;
      source.x += from->x - x;
      source.y += from->y - y;
      gegl_buffer_copy (above, &source, GEGL_ABYSS_NONE, both, &seen);
    }
  return nst_pixels_read (both, rect, image, error);
}
