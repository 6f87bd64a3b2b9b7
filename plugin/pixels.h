/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between GEGL buffers and the engine's plain images.  No libgimp here.
 */
#ifndef NST_PIXELS_H
#define NST_PIXELS_H

#include <gegl.h>
#include <nst.h>

G_BEGIN_DECLS

/**
 * NstSource:
 * @buffer: of any format
 * @rect: the part of it that is read
 * @mask: (nullable): what it hides is as if it were transparent; covers @rect
 * @selection: (nullable): what counts of the rest; covers @rect
 *
 * Where a content or style comes from.  Owns its buffers: nst_source_clear().
 */
typedef struct
{
  GeglBuffer *buffer;
  GeglRectangle rect;
  GeglBuffer *mask;
  GeglBuffer *selection;
} NstSource;

void nst_source_clear (NstSource *source);

/* Reads @source as sRGB-encoded float RGB within [0,1]; NaN becomes 0.
 * @image gets a mask (what can be seen of each pixel, and is selected) unless all is
 * opaque, and the colours of fully transparent pixels are replaced by those nearby, so
 * that they bleed nowhere.  The caller frees @image with nst_image_clear(). */
gboolean nst_source_read (const NstSource *source, NstImage *image, GError **error);

/* The same of a buffer that nothing limits. */
gboolean nst_pixels_read (GeglBuffer *buffer, const GeglRectangle *rect, NstImage *image,
                          GError **error);

/* Writes @image over @rect of @buffer, scaled to it, in the buffer's own
 * precision, with the alpha that @alpha_from has over @alpha_rect (or NULL). */
gboolean nst_pixels_write (const NstImage *image, GeglBuffer *buffer, const GeglRectangle *rect,
                           GeglBuffer *alpha_from, const GeglRectangle *alpha_rect,
                           GError **error);

G_END_DECLS

#endif
