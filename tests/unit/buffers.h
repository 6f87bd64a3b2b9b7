/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GEGL's buffers for the tests: made of, and compared with, a few numbers.
 */
#ifndef NST_TESTS_BUFFERS_H
#define NST_TESTS_BUFFERS_H

#include <gegl.h>

/* @width x @height pixels of the babl format @format, from non-linear RGBA. */
GeglBuffer *buffer_of (const gchar *format, gint width, gint height, const gfloat *rgba);
/* Back again, as much as the buffer holds. */
void buffer_get (GeglBuffer *buffer, gfloat *rgba);
/* Fails unless each of the three is within @tolerance. */
void assert_pixel (const gfloat *rgb, gdouble r, gdouble g, gdouble b, gdouble tolerance);

#endif /* NST_TESTS_BUFFERS_H */
