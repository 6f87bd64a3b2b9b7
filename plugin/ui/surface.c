/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cairo's surfaces and GDK's pixbufs of the engine's pictures, and where they lie in a widget.
 */
#include "ui/surface.h"

static guint32
to_byte (gfloat value)
{
  return (guint32) (CLAMP (value, 0.0f, 1.0f) * 255.0f + 0.5f);
}

/**
 * ui_pixbuf_new:
 * @image: sRGB-encoded; its mask becomes the alpha
 *
 * Returns: (nullable): the picture, for lists and labels
 */
GdkPixbuf *
ui_pixbuf_new (const NstImage *image)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, image->width, image->height);

  for (gint y = 0; pixbuf && y < image->height; y++)
    {
      guchar *to =
          gdk_pixbuf_get_pixels (pixbuf) + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf);

      for (gsize i = (gsize) y * image->width; i < (gsize) (y + 1) * image->width; i++, to += 4)
        {
          for (gint c = 0; c < 3; c++)
            to[c] = (guchar) to_byte (image->rgb[3 * i + c]);
          to[3] = image->mask ? (guchar) to_byte (image->mask[i]) : 255;
        }
    }
  return pixbuf;
}

/**
 * ui_surface_new:
 * @image: sRGB-encoded
 *
 * Returns: (nullable): the picture, opaque; %NULL if there is no memory for it
 */
cairo_surface_t *
ui_surface_new (const NstImage *image)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, image->width, image->height);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  for (gint y = 0; y < image->height; y++)
    {
      const gfloat *from = image->rgb + (gsize) 3 * y * image->width;
      guint32 *to = (guint32 *) (cairo_image_surface_get_data (surface)
                                 + (gsize) y * cairo_image_surface_get_stride (surface));

      for (gint x = 0; x < image->width; x++)
        to[x] = to_byte (from[3 * x]) << 16 | to_byte (from[3 * x + 1]) << 8
                | to_byte (from[3 * x + 2]);
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

/**
 * ui_surface_fit:
 * @width: of the widget
 * @x: (out): where the surface begins, so that it is in the middle
 * @scale: (out): so that all of it is seen
 */
void
ui_surface_fit (cairo_surface_t *surface, gint width, gint height, gdouble *x, gdouble *y,
                gdouble *scale)
{
  gint w = cairo_image_surface_get_width (surface),
       h = cairo_image_surface_get_height (surface);

  *scale = MIN ((gdouble) width / w, (gdouble) height / h);
  *x = (width - w * *scale) / 2;
  *y = (height - h * *scale) / 2;
}

/**
 * ui_surface_paint:
 *
 * Paints all of @surface with its corner at @x, @y.
 */
void
ui_surface_paint (cairo_surface_t *surface, cairo_t *cr, gdouble x, gdouble y, gdouble scale)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  /* the edge would otherwise be mixed with nothing */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (surface),
                   cairo_image_surface_get_height (surface));
  cairo_fill (cr);
  cairo_restore (cr);
}
