/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the widgets of both plug-ins need of GTK 2.
 */
#include "gimp2.h"

#include <libgimp/gimpui.h>

#include "ui/toolkit.h"

GtkWidget *
ui_box_new (GtkOrientation orientation, gint spacing)
{
  return orientation == GTK_ORIENTATION_HORIZONTAL ? gtk_hbox_new (FALSE, spacing)
                                                   : gtk_vbox_new (FALSE, spacing);
}

static gboolean
expose (GtkWidget *canvas, GdkEventExpose *event, gpointer data)
{
  UiDraw draw = (UiDraw) g_object_get_data (G_OBJECT (canvas), "draw");
  GtkAllocation size;
  cairo_t *cr = gdk_cairo_create (gtk_widget_get_window (canvas));

  gtk_widget_get_allocation (canvas, &size);
  gdk_cairo_region (cr, event->region);
  cairo_clip (cr);
  draw (cr, size.width, size.height, data);
  cairo_destroy (cr);
  return TRUE;
}

GtkWidget *
ui_canvas_new (gint width, gint height, UiDraw draw, gpointer data)
{
  GtkWidget *canvas = gtk_drawing_area_new ();

  gtk_widget_set_size_request (canvas, width, height);
  g_object_set_data (G_OBJECT (canvas), "draw", (gpointer) draw);
  g_signal_connect (canvas, "expose-event", G_CALLBACK (expose), data);
  return canvas;
}

void
ui_label_align (GtkWidget *label, gint characters)
{
  gtk_misc_set_alignment (GTK_MISC (label), 0.0, 0.5);
  if (characters <= 0)
    return;
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), characters);
}

gint
ui_screen_height (void)
{
  return gdk_screen_height ();
}

GtkWidget *
ui_scrolled_new (GtkWidget *child, gint height)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_add_with_viewport (GTK_SCROLLED_WINDOW (scrolled), child);
  gtk_viewport_set_shadow_type (GTK_VIEWPORT (gtk_bin_get_child (GTK_BIN (scrolled))),
                                GTK_SHADOW_NONE);
  /* what has the focus comes into view, which GTK 3 does by itself */
  gtk_container_set_focus_vadjustment (
      GTK_CONTAINER (child),
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)));
  gtk_widget_set_size_request (scrolled, -1, height);
  gtk_widget_show_all (scrolled);
  return scrolled;
}

void
ui_window_attach (GtkWindow *window)
{
  gimp_window_set_transient (window);
}

gchar *
ui_plug_in_folder (const gchar *name)
{
  g_autofree gchar *folder = g_path_get_dirname (gimp_get_progname ());

  return g_build_filename (folder, name, NULL);
}
