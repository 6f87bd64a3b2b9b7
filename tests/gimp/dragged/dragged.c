/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the tests of the dialogs: a small window from which the files of its command line can be
 * dragged, as a file manager does it.  It says, a line each, when a drag has begun, when it is
 * over something that would take it, and when it has been taken.  With GTK 2 or 3.
 */
#include <gtk/gtk.h>
#include <stdio.h>

#define SIDE  60  /* pixels */
#define PAUSE 100 /* milliseconds */

static GdkDragContext *drag; /* or NULL */
static gboolean accepted;

static void
say (const gchar *text)
{
  puts (text);
  fflush (stdout);
}

static void
begin (GtkWidget *widget, GdkDragContext *context, gpointer data)
{
  drag = context;
  accepted = FALSE;
  say ("begun");
}

static gboolean
look (gpointer data)
{
  if (drag && !accepted && gdk_drag_context_get_selected_action (drag) != 0)
    {
      accepted = TRUE;
      say ("accepted");
    }
  return G_SOURCE_CONTINUE;
}

static void
end (GtkWidget *widget, GdkDragContext *context, gpointer data)
{
  drag = NULL;
  say ("ended");
}

static void
give (GtkWidget *widget, GdkDragContext *context, GtkSelectionData *selection, guint info,
      guint time, gpointer uris)
{
  gtk_selection_data_set_uris (selection, uris);
}

static gchar **
uris_of (gint n, gchar **paths)
{
  gchar **uris = g_new0 (gchar *, n + 1);

  for (gint i = 0; i < n; i++)
    uris[i] = g_filename_to_uri (paths[i], NULL, NULL);
  return uris;
}

static GtkWidget *
make_window (gchar **uris)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL), *box = gtk_event_box_new ();

  gtk_window_set_title (GTK_WINDOW (window), "Files to be dragged");
  gtk_widget_set_size_request (window, SIDE, SIDE);
  gtk_container_add (GTK_CONTAINER (window), box);
  gtk_drag_source_set (box, GDK_BUTTON1_MASK, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_source_add_uri_targets (box);
  g_signal_connect (box, "drag-begin", G_CALLBACK (begin), NULL);
  g_signal_connect (box, "drag-data-get", G_CALLBACK (give), uris);
  g_signal_connect (box, "drag-end", G_CALLBACK (end), NULL);
  return window;
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) uris = NULL;

  gtk_init (&argc, &argv);
  uris = uris_of (argc - 1, argv + 1);
  gtk_widget_show_all (make_window (uris));
  g_timeout_add (PAUSE, look, NULL);
  gtk_main ();
  return 0;
}
