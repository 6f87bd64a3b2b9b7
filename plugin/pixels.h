/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between GEGL buffers and the engine's plain images.  No libgimp here.
 */
#ifndef NST_PIXELS_H
#define NST_PIXELS_H

#include <gegl.h>
#include <nst.h>

G_BEGIN_DECLS

/* Reads @rect of @buffer as sRGB-encoded float RGB within [0,1]; NaN becomes 0.
 * @image gets a mask (the alpha) unless all is opaque, and the colours of fully
 * transparent pixels are replaced by those nearby, so that they bleed nowhere.
 * The caller frees @image with nst_image_clear(). */
gboolean nst_pixels_read (GeglBuffer *buffer, const GeglRectangle *rect, NstImage *image,
                          GError **error);

/* Multiplies @image's mask (made if it has none) by the coverage in @buffer
 * ("Y float"; a GIMP selection) over @rect. */
gboolean nst_pixels_limit (NstImage *image, GeglBuffer *buffer, const GeglRectangle *rect,
                           GError **error);

/* Writes @image over @rect of @buffer, scaled to it, in the buffer's own
 * precision, with the alpha that @alpha_from has over @alpha_rect (or NULL). */
gboolean nst_pixels_write (const NstImage *image, GeglBuffer *buffer, const GeglRectangle *rect,
                           GeglBuffer *alpha_from, const GeglRectangle *alpha_rect,
                           GError **error);

G_END_DECLS

#endif
