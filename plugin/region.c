/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of layers.  No libgimp here.
 */
#include <string.h>

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
 * @over: what lies over a layer's image, such as the selection
 * @rect: a part of the layer
 * @x: where the layer begins in the image
 * @y: likewise
 *
 * Returns: (transfer full): what of @over lies over that part, in its format; @rect is its extent
 */
GeglBuffer *
nst_region_copy (GeglBuffer *over, const GeglRectangle *rect, gint x, gint y)
{
  const GeglRectangle there = {rect->x + x, rect->y + y, rect->width, rect->height};
  GeglBuffer *copy = gegl_buffer_new (rect, gegl_buffer_get_format (over));

  gegl_buffer_copy (over, &there, GEGL_ABYSS_NONE, copy, rect);
  return copy;
}

static void
multiply_rows (GeglBuffer *cover, GeglBuffer *over, const GeglRectangle *here,
               const GeglRectangle *there)
{
  const Babl *format = babl_format ("Y float");
  gsize n = (gsize) here->width * here->height;
  g_autofree gfloat *values = g_new (gfloat, 2 * n);

  gegl_buffer_get (cover, here, 1.0, format, values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  gegl_buffer_get (over, there, 1.0, format, values + n, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (gsize i = 0; i < n; i++)
    values[i] *= values[n + i];
  gegl_buffer_set (cover, here, 0, format, values, GEGL_AUTO_ROWSTRIDE);
}

/**
 * nst_region_limit:
 * @cover: (inout): the limit of @rect so far, or %NULL: becomes what of @over lies over @rect, see
 *   nst_region_copy(), or is multiplied by it
 *
 * A single limit is kept in its own format, so that a feathered mask comes out as it was.
 */
void
nst_region_limit (GeglBuffer **cover, GeglBuffer *over, const GeglRectangle *rect, gint x,
                  gint y)
{
  GeglBuffer *product;

  if (!*cover)
    {
      *cover = nst_region_copy (over, rect, x, y);
      return;
    }
  product = gegl_buffer_new (rect, babl_format ("Y float"));
  gegl_buffer_copy (*cover, rect, GEGL_ABYSS_NONE, product, rect);
  g_set_object (cover, product);
  g_object_unref (product);
  for (gint row = 0; row < rect->height; row++)
    {
      const GeglRectangle here = {rect->x, rect->y + row, rect->width, 1};
      const GeglRectangle there = {here.x + x, here.y + y, here.width, 1};

      multiply_rows (*cover, over, &here, &there);
    }
}

/**
 * nst_region_cut:
 * @image: without a mask; shows @whole, at any size
 * @part: within @whole
 *
 * Scales @image to @whole's size, and leaves of it what shows @part.
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
 * nst_region_overlay:
 * @rect: of @below
 * @above: its corner lies at @x, @y of @below
 *
 * Returns: (transfer full): @rect of both, in the format of @below
 */
GeglBuffer *
nst_region_overlay (GeglBuffer *below, const GeglRectangle *rect, GeglBuffer *above, gint x,
                    gint y)
{
  GeglBuffer *both = gegl_buffer_new (rect, gegl_buffer_get_format (below));
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
  return both;
}
