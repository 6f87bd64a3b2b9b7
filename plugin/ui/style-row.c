/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shelf and the files.  GIMP itself opens what is chosen, so that every format and
 * profile is as in GIMP, and the style is a layer like others.
 */
#include "ui/style-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "host.h"
#include "ui/toolkit.h"

#define THUMBNAIL 52 /* pixels */
#define INDEX     "styles.ini"

enum
{
  COLUMN_PICTURE,
  COLUMN_TIP,
  COLUMN_PATH,
  N_COLUMNS,
};

typedef struct
{
  UiStyleChosen chosen;
  gpointer data;
  GtkWidget *shelf;
} Row;

static void
open_style (Row *row, const gchar *path)
{
  GError *error = NULL;
  GtkWidget *message;
  gint style = host_open (path, &error);

  if (style != HOST_NONE)
    {
      row->chosen (style, row->data);
      return;
    }
  message = gtk_message_dialog_new (GTK_WINDOW (gtk_widget_get_toplevel (row->shelf)),
                                    GTK_DIALOG_MODAL, GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE,
                                    "%s", error->message);
  gtk_dialog_run (GTK_DIALOG (message));
  gtk_widget_destroy (message);
  g_error_free (error);
}

static void
shelf_changed (GtkIconView *shelf, gpointer data)
{
  GList *selected = gtk_icon_view_get_selected_items (shelf);
  GtkTreeModel *model = gtk_icon_view_get_model (shelf);
  g_autofree gchar *path = NULL;
  GtkTreeIter iter;

  if (selected && gtk_tree_model_get_iter (model, &iter, selected->data))
    gtk_tree_model_get (model, &iter, COLUMN_PATH, &path, -1);
  g_list_free_full (selected, (GDestroyNotify) gtk_tree_path_free);
  if (path)
    open_style (data, path);
}

static void
browse (GtkButton *button, gpointer data)
{
  Row *row = data;
  GtkWidget *chooser = gtk_file_chooser_dialog_new (
      _ ("Open a Painting"), GTK_WINDOW (gtk_widget_get_toplevel (row->shelf)),
      GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Cancel"), GTK_RESPONSE_CANCEL, _ ("_Open"),
      GTK_RESPONSE_OK, NULL);
  GtkFileFilter *filter = gtk_file_filter_new ();
  g_autofree gchar *path = NULL;

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_dialog_set_default_response (GTK_DIALOG (chooser), GTK_RESPONSE_OK);
  if (gtk_dialog_run (GTK_DIALOG (chooser)) == GTK_RESPONSE_OK)
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  gtk_widget_destroy (chooser);
  if (path)
    {
      gtk_icon_view_unselect_all (GTK_ICON_VIEW (row->shelf));
      open_style (row, path);
    }
}

/* A file that was dropped on the row; of several, the first. */
static void
drop (GtkWidget *widget, GdkDragContext *context, gint x, gint y, GtkSelectionData *selection,
      guint info, guint time, gpointer data)
{
  g_auto (GStrv) uris = gtk_selection_data_get_uris (selection);
  g_autofree gchar *path = uris && uris[0] ? g_filename_from_uri (uris[0], NULL, NULL) : NULL;

  gtk_drag_finish (context, path != NULL, FALSE, time);
  if (path)
    open_style (data, path);
}

static void
add_painting (GtkListStore *store, GKeyFile *index, const gchar *folder, const gchar *file)
{
  g_autofree gchar *path = g_build_filename (folder, file, NULL);
  g_autofree gchar *title = g_key_file_get_string (index, file, "title", NULL);
  g_autofree gchar *artist = g_key_file_get_string (index, file, "artist", NULL);
  g_autofree gchar *year = g_key_file_get_string (index, file, "year", NULL);
  g_autofree gchar *tip = NULL;
  g_autoptr (GdkPixbuf) picture =
      gdk_pixbuf_new_from_file_at_scale (path, -1, THUMBNAIL, TRUE, NULL);

  if (!picture || !title || !artist || !year)
    return;
  tip = g_markup_printf_escaped ("%s\n%s, %s", title, artist, year);
  gtk_list_store_insert_with_values (store, NULL, -1, COLUMN_PICTURE, picture, COLUMN_TIP, tip,
                                     COLUMN_PATH, path, -1);
}

static GtkListStore *
list_paintings (const gchar *folder)
{
  GtkListStore *store =
      gtk_list_store_new (N_COLUMNS, GDK_TYPE_PIXBUF, G_TYPE_STRING, G_TYPE_STRING);
  g_autoptr (GKeyFile) index = g_key_file_new ();
  g_autofree gchar *path = g_build_filename (folder, INDEX, NULL);
  g_auto (GStrv) files = NULL;

  if (g_key_file_load_from_file (index, path, G_KEY_FILE_NONE, NULL))
    files = g_key_file_get_groups (index, NULL);
  for (gchar **file = files; file && *file; file++)
    add_painting (store, index, folder, *file);
  return store;
}

static GtkWidget *
make_shelf (Row *row, const gchar *folder)
{
  GtkListStore *store = list_paintings (folder);
  gint n = gtk_tree_model_iter_n_children (GTK_TREE_MODEL (store), NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  row->shelf = gtk_icon_view_new_with_model (GTK_TREE_MODEL (store));
  g_object_unref (store);
  g_object_set (row->shelf, "pixbuf-column", COLUMN_PICTURE, "tooltip-column", COLUMN_TIP,
                "columns", MAX (n, 1), "margin", 2, "column-spacing", 0, "row-spacing", 0,
                "item-padding", 2, NULL);
  atk_object_set_name (gtk_widget_get_accessible (row->shelf), _ ("Paintings"));
  g_signal_connect (row->shelf, "selection-changed", G_CALLBACK (shelf_changed), row);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (scrolled), GTK_SHADOW_IN);
  gtk_container_add (GTK_CONTAINER (scrolled), row->shelf);
  gtk_widget_set_size_request (scrolled, 200, -1);
  return scrolled;
}

/**
 * ui_style_row_new:
 * @folder: where the paintings are that come with the plug-in
 * @chosen: told of each style that the user chooses here
 *
 * Returns: the shelf, and a button to open files
 */
GtkWidget *
ui_style_row_new (const gchar *folder, UiStyleChosen chosen, gpointer data)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = ui_box_new (GTK_ORIENTATION_VERTICAL, 6),
            *button = gtk_button_new_with_mnemonic (_ ("_Browse for a Painting..."));

  row->chosen = chosen;
  row->data = data;
  gtk_box_pack_start (GTK_BOX (box), make_shelf (row, folder), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
  gtk_widget_set_tooltip_text (button,
                               _ ("Take the style from a picture's file, which GIMP opens. It "
                                  "can be dropped on the paintings above, too."));
  g_signal_connect (button, "clicked", G_CALLBACK (browse), row);
  gtk_drag_dest_set (box, GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (box);
  g_signal_connect (box, "drag-data-received", G_CALLBACK (drop), row);
  g_object_set_data_full (G_OBJECT (box), "row", row, g_free);
  gtk_widget_show_all (box);
  return box;
}
