/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bands of rows of a GEGL buffer, between the buffer's own numbers and the space in which
 * the engine works (profile.h).  babl converts types and alpha only: what the numbers mean,
 * the profile says, as for GIMP.  No libgimp here.
 */
#ifndef NST_BANDS_H
#define NST_BANDS_H

#include <gegl.h>
#include <nst.h>

#include "profile.h"

G_BEGIN_DECLS

#define NST_BAND_ROWS 64 /* GEGL's tiles are so high */

/**
 * NstBands:
 * @buffer: not owned
 * @profile: what its numbers mean
 * @format: they, with alpha, as floats
 * @n_channels: without alpha
 *
 * For one thread.
 */
typedef struct
{
  GeglBuffer *buffer;
  NstProfile *profile;
  const Babl *format;
  const Babl *wide_format;
  gint n_channels;
  gfloat *raw;
  gfloat *values;
  gdouble *wide;
} NstBands;

gfloat *nst_bands_alloc (gint width, gint height, gint n_channels, GError **error);
gboolean nst_bands_alloc_image (NstImage *image, gint width, gint height, gboolean with_mask,
                                GError **error);

gboolean nst_bands_init (NstBands *bands, GeglBuffer *buffer, NstProfile *profile, gint width,
                         gint height, GError **error);
void nst_bands_clear (NstBands *bands);
gsize nst_bands_count_above (NstBands *bands, const GeglRectangle *rect, const gfloat *cover);
void nst_bands_measure (NstBands *bands, const GeglRectangle *rect, const gfloat *cover,
                        NstSpace limit, NstSpace *space);
void nst_bands_read (NstBands *bands, const GeglRectangle *rect, NstSpace space, gfloat *rgb,
                     gfloat *alpha);
void nst_bands_read_alpha (NstBands *bands, const GeglRectangle *rect, gfloat *alpha);
void nst_bands_write (NstBands *bands, const GeglRectangle *rect, NstSpace space,
                      const gfloat *rgb, const gfloat *alpha);

G_END_DECLS

#endif
