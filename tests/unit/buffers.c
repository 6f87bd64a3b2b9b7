/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GEGL's buffers for the tests: made of, and compared with, a few numbers.
 */
#include "buffers.h"

GeglBuffer *
buffer_of (const gchar *format, gint width, gint height, const gfloat *rgba)
{
  GeglBuffer *buffer =
      gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height), babl_format (format));

  gegl_buffer_set (buffer, NULL, 0, babl_format ("R'G'B'A float"), rgba, GEGL_AUTO_ROWSTRIDE);
  return buffer;
}

void
buffer_get (GeglBuffer *buffer, gfloat *rgba)
{
  gegl_buffer_get (buffer, NULL, 1.0, babl_format ("R'G'B'A float"), rgba, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
}

void
assert_pixel (const gfloat *rgb, gdouble r, gdouble g, gdouble b, gdouble tolerance)
{
  g_assert_cmpfloat_with_epsilon (rgb[0], r, tolerance);
  g_assert_cmpfloat_with_epsilon (rgb[1], g, tolerance);
  g_assert_cmpfloat_with_epsilon (rgb[2], b, tolerance);
}
