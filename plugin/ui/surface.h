/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's pictures on the screen.
 */
#ifndef NST_SURFACE_H
#define NST_SURFACE_H

#include <gtk/gtk.h>
#include <nst.h>

G_BEGIN_DECLS

GdkPixbuf *ui_pixbuf_new (const NstImage *image);
cairo_surface_t *ui_surface_new (const NstImage *image);
void ui_surface_fit (cairo_surface_t *surface, gint width, gint height, gdouble *x, gdouble *y,
                     gdouble *scale);
void
ui_surface_paint (cairo_surface_t *surface, cairo_t *cr, gdouble x, gdouble y, gdouble scale);

G_END_DECLS

#endif
