/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of the networks, whose last line asks for a file, and a button that has
 * nst-import make one of another program's weights, on a thread of its own.
 */
#include "ui/network-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "networks.h"
#include "ui/parts.h"
#include "ui/toolkit.h"

#define PAUSE 100 /* milliseconds */

enum
{
  COLUMN_TEXT,
  COLUMN_NETWORK, /* NULL: a file is asked for */
  N_COLUMNS,
};

typedef struct
{
  UiNetworkChanged changed;
  gpointer data;
  gchar *network;
  GtkListStore *store;
  GtkWidget *combo, *import;
  gboolean filling;
} Row;

/* What is imported; the thread's until @done is set. */
typedef struct
{
  const gchar *file;
  gchar *name;
  GError *error;
  gint done;
  GtkWidget *window, *bar;
} Import;

static void
free_row (gpointer data)
{
  Row *row = data;

  g_free (row->network);
  g_free (row);
}

static GtkWindow *
window_of (Row *row)
{
  return GTK_WINDOW (gtk_widget_get_toplevel (row->combo));
}

/* Adds a line, and shows it as chosen if it is the row's. */
static void
append (Row *row, const gchar *text, const gchar *network)
{
  GtkTreeIter iter;

  gtk_list_store_insert_with_values (row->store, &iter, -1, COLUMN_TEXT, text, COLUMN_NETWORK,
                                     network, -1);
  if (g_strcmp0 (network, row->network) == 0)
    gtk_combo_box_set_active_iter (GTK_COMBO_BOX (row->combo), &iter);
}

static void
fill (Row *row)
{
  g_auto (GStrv) names = nst_networks_list ();

  row->filling = TRUE;
  gtk_list_store_clear (row->store);
  append (row, _ ("Built-in"), "");
  for (gchar **name = names; *name; name++)
    append (row, *name, *name);
  if (*row->network && !g_strv_contains ((const gchar *const *) names, row->network))
    {
      g_autofree gchar *shown = g_filename_display_basename (row->network);

      append (row, shown, row->network);
    }
  append (row, _ ("Other file..."), NULL);
  row->filling = FALSE;
}

/* Shows @network, and tells if it is another. */
static void
choose (Row *row, const gchar *network)
{
  gboolean other = strcmp (row->network, network) != 0;
  gchar *copy = g_strdup (network);

  g_free (row->network);
  row->network = copy;
  fill (row);
  if (other)
    row->changed (row->network, row->data);
}

/* @kind: what the files are, that have one of the @patterns; NULL: the user thought better of it */
static gchar *
ask_file (Row *row, const gchar *title, const gchar *kind, const gchar *const *patterns)
{
  GtkWidget *chooser = gtk_file_chooser_dialog_new (
      title, window_of (row), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Cancel"), GTK_RESPONSE_CANCEL,
      _ ("_Open"), GTK_RESPONSE_OK, NULL);
  GtkFileFilter *filter = gtk_file_filter_new ();
  gchar *path = NULL;

  gtk_file_filter_set_name (filter, kind);
  for (; *patterns; patterns++)
    gtk_file_filter_add_pattern (filter, *patterns);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), g_get_home_dir ());
  gtk_dialog_set_default_response (GTK_DIALOG (chooser), GTK_RESPONSE_OK);
  if (gtk_dialog_run (GTK_DIALOG (chooser)) == GTK_RESPONSE_OK)
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  gtk_widget_destroy (chooser);
  return path;
}

static void
choose_file (Row *row)
{
  static const gchar *const patterns[] = {"*.safetensors", NULL};
  g_autofree gchar *path =
      ask_file (row, _ ("Choose a Network"), _ ("Networks (*.safetensors)"), patterns);

  choose (row, path ? path : row->network);
}

static void
combo_changed (GtkComboBox *combo, gpointer data)
{
  Row *row = data;
  g_autofree gchar *network = NULL;
  GtkTreeIter iter;

  if (row->filling || !gtk_combo_box_get_active_iter (combo, &iter))
    return;
  gtk_tree_model_get (GTK_TREE_MODEL (row->store), &iter, COLUMN_NETWORK, &network, -1);
  if (network)
    choose (row, network);
  else
    choose_file (row);
}

static gpointer
run_import (gpointer data)
{
  Import *import = data;

  import->name = nst_networks_import (import->file, &import->error);
  g_atomic_int_set (&import->done, TRUE);
  return NULL;
}

static gboolean
watch_import (gpointer data)
{
  Import *import = data;

  gtk_progress_bar_pulse (GTK_PROGRESS_BAR (import->bar));
  if (g_atomic_int_get (&import->done))
    gtk_dialog_response (GTK_DIALOG (import->window), GTK_RESPONSE_OK);
  return TRUE;
}

/* Nobody can close it: the import takes some seconds and ends by itself. */
static void
show_import (Row *row, Import *import)
{
  GtkBox *box;
  g_autofree gchar *shown = g_filename_display_basename (import->file);

  import->window = gtk_dialog_new ();
  import->bar = gtk_progress_bar_new ();
  gtk_window_set_title (GTK_WINDOW (import->window), _ ("Import a Network"));
  gtk_window_set_modal (GTK_WINDOW (import->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (import->window), window_of (row));
  gtk_window_set_deletable (GTK_WINDOW (import->window), FALSE);
  gtk_container_set_border_width (GTK_CONTAINER (import->window), 12);
  box = GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (import->window)));
  gtk_box_pack_start (box, gtk_label_new (shown), FALSE, FALSE, 6);
  gtk_box_pack_start (box, import->bar, FALSE, FALSE, 6);
  gtk_widget_show_all (import->window);
}

static void
import_file (Row *row, const gchar *file)
{
  Import import = {.file = file};
  GThread *thread;
  guint watch;

  show_import (row, &import);
  thread = g_thread_try_new ("import", run_import, &import, NULL);
  if (!thread)
    run_import (&import);
  watch = g_timeout_add (PAUSE, watch_import, &import);
  while (gtk_dialog_run (GTK_DIALOG (import.window)) != GTK_RESPONSE_OK)
    ;
  g_source_remove (watch);
  if (thread)
    g_thread_join (thread);
  gtk_widget_destroy (import.window);
  if (import.name)
    choose (row, import.name);
  else
    ui_complain (row->combo, import.error->message);
  g_clear_error (&import.error);
  g_free (import.name);
}

static void
import_clicked (GtkButton *button, gpointer data)
{
  static const gchar *const patterns[] = {"*.pth",        "*.pt",          "*.h5",   "*.hdf5",
                                          "*.caffemodel", "*.safetensors", "*.onnx", NULL};
  Row *row = data;
  g_autofree gchar *path = ask_file (row, _ ("Import a Network"), _ ("Weights"), patterns);

  if (path)
    import_file (row, path);
}

static void
add_combo (Row *row, GtkWidget *box)
{
  GtkCellRenderer *cell = gtk_cell_renderer_text_new ();

  row->store = gtk_list_store_new (N_COLUMNS, G_TYPE_STRING, G_TYPE_STRING);
  row->combo = gtk_combo_box_new_with_model (GTK_TREE_MODEL (row->store));
  g_object_unref (row->store);
  g_object_set (cell, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "width-chars", 12, NULL);
  gtk_cell_layout_pack_start (GTK_CELL_LAYOUT (row->combo), cell, TRUE);
  gtk_cell_layout_add_attribute (GTK_CELL_LAYOUT (row->combo), cell, "text", COLUMN_TEXT);
  gtk_widget_set_tooltip_text (
      row->combo,
      _ ("The neural network to paint with: the built-in one, one that was imported, "
         "or any other file"));
  g_signal_connect (row->combo, "changed", G_CALLBACK (combo_changed), row);
  gtk_box_pack_start (GTK_BOX (box), row->combo, TRUE, TRUE, 0);
}

/**
 * ui_network_row_new:
 * @network: shown as chosen
 * @changed: told of each other choice, also by ui_network_row_set()
 *
 * Returns: the list and the button
 */
GtkWidget *
ui_network_row_new (const gchar *network, UiNetworkChanged changed, gpointer data)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = ui_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  row->changed = changed;
  row->data = data;
  row->network = g_strdup (network);
  g_object_set_data_full (G_OBJECT (box), "network-row", row, free_row);
  add_combo (row, box);
  row->import = gtk_button_new_with_label (_ ("Import..."));
  gtk_widget_set_tooltip_text (
      row->import, _ ("Make a network of the weights of PyTorch, Keras or Caffe, and keep it"));
  g_signal_connect (row->import, "clicked", G_CALLBACK (import_clicked), row);
  gtk_box_pack_start (GTK_BOX (box), row->import, FALSE, FALSE, 0);
  fill (row);
  gtk_widget_show_all (box);
  return box;
}

/**
 * ui_network_row_set:
 * @row: of ui_network_row_new()
 * @network: chosen elsewhere, such as in a preset; it need not be there
 */
void
ui_network_row_set (GtkWidget *row, const gchar *network)
{
  Row *of = g_object_get_data (G_OBJECT (row), "network-row");

  /* the folders are not read for each other setting that changes */
  if (g_strcmp0 (of->network, network) != 0)
    choose (of, network);
}

/**
 * ui_network_row_set_label:
 * @widget: of ui_network_row_new()
 * @label: its mnemonic leads to the list
 */
void
ui_network_row_set_label (GtkWidget *widget, GtkWidget *label)
{
  Row *row = g_object_get_data (G_OBJECT (widget), "network-row");

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), row->combo);
}
