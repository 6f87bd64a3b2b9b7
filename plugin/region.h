/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which part of a layer is computed, and which part of that is kept: a selection
 * needs its surroundings too, or its edge would be painted as a picture's is.
 */
#ifndef NST_REGION_H
#define NST_REGION_H

#include <gegl.h>
#include <nst.h>

G_BEGIN_DECLS

GeglRectangle nst_region_around (const GeglRectangle *rect, const GeglRectangle *whole);

GeglBuffer *nst_region_copy (GeglBuffer *over, const GeglRectangle *rect, gint x, gint y);

void nst_region_limit (GeglBuffer **cover, GeglBuffer *over, const GeglRectangle *rect, gint x,
                       gint y);

gboolean nst_region_cut (NstImage *image, const GeglRectangle *whole, const GeglRectangle *part,
                         GError **error);

GeglBuffer *nst_region_overlay (GeglBuffer *below, const GeglRectangle *rect, GeglBuffer *above,
                                gint x, gint y);

G_END_DECLS

#endif
