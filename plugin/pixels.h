/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between GEGL buffers and the engine's plain images.  No libgimp here.
 */
#ifndef NST_PIXELS_H
#define NST_PIXELS_H

#include <gegl.h>
#include <nst.h>

#include "profile.h"

G_BEGIN_DECLS

/**
 * NstSource:
 * @buffer: of any format
 * @rect: the part of it that is read
 * @mask: (nullable): what it hides is as if it were transparent; covers @rect
 * @selection: (nullable): what counts of the rest; covers @rect
 * @profile: (nullable): what the buffer's numbers mean; without one, or with one for
 *   another number of channels, babl knows
 *
 * Where a content or style comes from.  Owns what it points to: nst_source_clear().
 */
typedef struct
{
  GeglBuffer *buffer;
  GeglRectangle rect;
  GeglBuffer *mask;
  GeglBuffer *selection;
  NstProfile *profile;
} NstSource;

void nst_source_clear (NstSource *source);

gboolean
nst_source_measure (const NstSource *source, NstSpace limit, NstSpace *space, GError **error);

gboolean nst_source_count_above (const NstSource *source, gsize *n_above, GError **error);

gboolean
nst_source_read (const NstSource *source, NstSpace space, NstImage *image, GError **error);

/* The same, in sRGB, of a buffer that nothing limits. */
gboolean nst_pixels_read (GeglBuffer *buffer, const GeglRectangle *rect, NstImage *image,
                          GError **error);

/**
 * NstTarget:
 * @buffer: of any format
 * @rect: the part of it that is written; images are scaled to it
 * @profile: (nullable): as for #NstSource
 * @space: of the images that are written
 * @alpha_from: (nullable): the alpha's source; without one all becomes opaque
 * @alpha_rect: the part of @alpha_from, scaled to @rect too
 *
 * Where a result goes to.  Owns nothing.
 */
typedef struct
{
  GeglBuffer *buffer;
  GeglRectangle rect;
  NstProfile *profile;
  NstSpace space;
  GeglBuffer *alpha_from;
  GeglRectangle alpha_rect;
} NstTarget;

gboolean nst_target_write (const NstImage *image, const NstTarget *target, GError **error);

/* The same, in sRGB. */
gboolean nst_pixels_write (const NstImage *image, GeglBuffer *buffer, const GeglRectangle *rect,
                           GeglBuffer *alpha_from, const GeglRectangle *alpha_rect,
                           GError **error);

G_END_DECLS

#endif
