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

/* @rect with a margin, as far as @whole reaches. */
GeglRectangle nst_region_around (const GeglRectangle *rect, const GeglRectangle *whole);

/* The part @rect of a layer in what lies over its image, such as the selection, where the
 * layer begins at @x, @y; its extent is @rect. */
GeglBuffer *nst_region_copy (GeglBuffer *over, const GeglRectangle *rect, gint x, gint y);

/* Limits @cover (NULL: no limit so far), whose extent is @rect, by the same part of @over. */
void nst_region_limit (GeglBuffer **cover, GeglBuffer *over, const GeglRectangle *rect, gint x,
                       gint y);

/* Scales @image, which shows @whole, to that size, and leaves of it what shows @part. */
gboolean nst_region_cut (NstImage *image, const GeglRectangle *whole, const GeglRectangle *part,
                         GError **error);

/* @rect of @below with @above on it, whose corner lies at @x, @y of @below. */
GeglBuffer *nst_region_overlay (GeglBuffer *below, const GeglRectangle *rect, GeglBuffer *above,
                                gint x, gint y);

G_END_DECLS

#endif
