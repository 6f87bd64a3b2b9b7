/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the widgets of both plug-ins need of GTK 3.
 */
#include "gimp3.h"

#include <libgimp/gimpui.h>

#include "ui/toolkit.h"

GtkWidget *
ui_box_new (GtkOrientation orientation, gint spacing)
{
  return gtk_box_new (orientation, spacing);
}

static gboolean
draw_canvas (GtkWidget *canvas, cairo_t *cr, gpointer data)
{
  UiDraw draw = (UiDraw) g_object_get_data (G_OBJECT (canvas), "draw");

  draw (cr, gtk_widget_get_allocated_width (canvas), gtk_widget_get_allocated_height (canvas),
        data);
  return TRUE;
}

GtkWidget *
ui_canvas_new (gint width, gint height, UiDraw draw, gpointer data)
{
  GtkWidget *canvas = gtk_drawing_area_new ();

  gtk_widget_set_size_request (canvas, width, height);
  g_object_set_data (G_OBJECT (canvas), "draw", (gpointer) draw);
  g_signal_connect (canvas, "draw", G_CALLBACK (draw_canvas), data);
  return canvas;
}

void
ui_label_align (GtkWidget *label, gint characters)
{
  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  if (characters <= 0)
    return;
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), characters);
  gtk_label_set_max_width_chars (GTK_LABEL (label), characters);
}

gint
ui_screen_height (void)
{
  GdkMonitor *monitor = gdk_display_get_monitor (gdk_display_get_default (), 0);
  GdkRectangle size = {0};

  if (monitor)
    gdk_monitor_get_geometry (monitor, &size);
  return size.height > 0 ? size.height : UI_HIGH_SCREEN;
}

GtkWidget *
ui_scrolled_new (GtkWidget *child, gint height)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_container_add (GTK_CONTAINER (scrolled), child);
  gtk_widget_set_size_request (scrolled, -1, height);
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
