/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What GTK 2 and GTK 3 do differently, for the widgets of both plug-ins:
 * gimp2/toolkit.c and gimp3/toolkit.c.
 */
#ifndef NST_TOOLKIT_H
#define NST_TOOLKIT_H

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_HIGH_SCREEN 960 /* pixels: all of the dialog has room there */
#define UI_LOW_SCREEN  800 /* it has to be narrow below that, too */

/* In the toolkit's pixels, which are several of the screen's where it is very fine. */
gint ui_screen_height (void);

/* Its children in a row or a column, @spacing pixels apart. */
GtkWidget *ui_box_new (GtkOrientation orientation, gint spacing);

/* Draws all of a canvas, whose size is given. */
typedef void (*UiDraw) (cairo_t *cr, gint width, gint height, gpointer data);

/* At least @width x @height pixels, and what space there is. */
GtkWidget *ui_canvas_new (gint width, gint height, UiDraw draw, gpointer data);

/* To the left, and broken at a width of @characters if that is above 0. */
void ui_label_align (GtkWidget *label, gint characters);

/* A frameless window of @height pixels on @child, which can be scrolled up and down. */
GtkWidget *ui_scrolled_new (GtkWidget *child, gint height);

/* What lies beside the plug-in; the caller's. */
gchar *ui_plug_in_folder (const gchar *name);

/* The window belongs to GIMP's. */
void ui_window_attach (GtkWindow *window);

G_END_DECLS

#endif
