/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shelf: a row of the paintings that come with the plug-in, with title, artist and year.
 */
#include "ui/shelf.h"

#include <glib/gi18n-lib.h>

#include "ui/parts.h"

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
  UiShelfChosen chosen;
  gpointer data;
  GtkWidget *icons;
} Shelf;

static void
choose (Shelf *shelf, GtkTreePath *at)
{
  GtkTreeModel *model = gtk_icon_view_get_model (GTK_ICON_VIEW (shelf->icons));
  g_autofree gchar *path = NULL;
  GtkTreeIter iter;

  if (gtk_tree_model_get_iter (model, &iter, at))
    gtk_tree_model_get (model, &iter, COLUMN_PATH, &path, -1);
  if (path)
    shelf->chosen (path, shelf->data);
}

static void
selected (GtkIconView *icons, gpointer data)
{
  GList *paintings = gtk_icon_view_get_selected_items (icons);

  if (!paintings)
    return;
  choose (data, paintings->data);
  g_list_free_full (paintings, (GDestroyNotify) gtk_tree_path_free);
}

/* By keys, also where the arrows shall not select what they pass. */
static void
activated (GtkIconView *icons, GtkTreePath *at, gpointer data)
{
  choose (data, at);
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
      gdk_pixbuf_new_from_file_at_scale (path, -1, ui_scaled (THUMBNAIL), TRUE, NULL);

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

/**
 * ui_shelf_new:
 * @folder: where the paintings and their index are
 * @chosen: told of each painting that is clicked or activated by keys
 *
 * Returns: the shelf
 */
GtkWidget *
ui_shelf_new (const gchar *folder, UiShelfChosen chosen, gpointer data)
{
  Shelf *shelf = g_new0 (Shelf, 1);
  GtkListStore *store = list_paintings (folder);
  gint n = gtk_tree_model_iter_n_children (GTK_TREE_MODEL (store), NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  shelf->chosen = chosen;
  shelf->data = data;
  shelf->icons = gtk_icon_view_new_with_model (GTK_TREE_MODEL (store));
  g_object_unref (store);
  g_object_set (shelf->icons, "pixbuf-column", COLUMN_PICTURE, "tooltip-column", COLUMN_TIP,
                "columns", MAX (n, 1), "margin", 2, "column-spacing", 0, "row-spacing", 0,
                "item-padding", 2, NULL);
  atk_object_set_name (gtk_widget_get_accessible (shelf->icons), _ ("Paintings"));
  g_signal_connect (shelf->icons, "selection-changed", G_CALLBACK (selected), shelf);
  g_signal_connect (shelf->icons, "item-activated", G_CALLBACK (activated), shelf);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (scrolled), GTK_SHADOW_IN);
  gtk_container_add (GTK_CONTAINER (scrolled), shelf->icons);
  gtk_widget_set_size_request (scrolled, 200, -1);
  g_object_set_data_full (G_OBJECT (scrolled), "shelf", shelf, g_free);
  return scrolled;
}

/**
 * ui_shelf_unselect:
 * @shelf: of ui_shelf_new(); none of its paintings is shown as chosen then
 */
void
ui_shelf_unselect (GtkWidget *shelf)
{
  Shelf *of = g_object_get_data (G_OBJECT (shelf), "shelf");

  gtk_icon_view_unselect_all (GTK_ICON_VIEW (of->icons));
}
