/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of settings to choose from, and buttons that keep, delete, import and export.
 */
#include "ui/preset-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "presets.h"
#include "record.h"
#include "ui/parts.h"
#include "ui/toolkit.h"

enum
{
  COLUMN_TEXT,
  COLUMN_KIND,
  COLUMN_NUMBER, /* of recent settings, or a layer */
  N_COLUMNS,
};

typedef enum
{
  KIND_NONE,
  KIND_DEFAULTS,
  KIND_RECENT,
  KIND_NAMED,
  KIND_RESULT,
} Kind;

typedef struct
{
  Task *task;
  gchar *shelf;
  UiApply apply;
  gpointer data;
  GtkListStore *store;
  GtkWidget *combo, *delete;
  gboolean filling;
} Presets;

static void
complain (Presets *presets, GError *error)
{
  ui_complain (presets->combo, error->message);
  g_error_free (error);
}

static void
append (Presets *presets, Kind kind, gint number, const gchar *text)
{
  gtk_list_store_insert_with_values (presets->store, NULL, -1, COLUMN_TEXT, text, COLUMN_KIND,
                                     kind, COLUMN_NUMBER, number, -1);
}

static void
append_recent (Presets *presets)
{
  for (guint i = 0; i < NST_PRESETS_RECENT; i++)
    {
      NstParams params;
      g_autofree gchar *words = NULL;
      g_autofree gchar *text = NULL;

      nst_params_init (&params);
      if (nst_presets_load_recent (i, &params))
        words = nst_record_differences (&params);
      nst_params_clear (&params);
      if (!words || !*words)
        continue;
      /* Translators: settings that were used before, such as "Last: Fine, Strength 80" */
      text = g_strdup_printf (_ ("Last: %s"), words);
      append (presets, KIND_RECENT, (gint) i, text);
    }
}

static void
append_results (Presets *presets)
{
  guint n = 0;
  g_autofree gint *results = task_list_results (presets->task, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree gchar *name = task_item_name (results[i]);
      g_autofree gchar *text = g_strdup_printf (_ ("As in “%s”"), name);

      append (presets, KIND_RESULT, results[i], text);
    }
}

/* @selected: (nullable): the name that is shown as chosen */
static void
fill (Presets *presets, const gchar *selected)
{
  g_auto (GStrv) names = nst_presets_list ();

  presets->filling = TRUE;
  gtk_list_store_clear (presets->store);
  append (presets, KIND_NONE, 0, _ ("Take from..."));
  append (presets, KIND_DEFAULTS, 0, _ ("Defaults"));
  append_recent (presets);
  append_results (presets);
  gtk_combo_box_set_active (GTK_COMBO_BOX (presets->combo), 0);
  for (guint i = 0; names[i]; i++)
    {
      append (presets, KIND_NAMED, 0, names[i]);
      if (g_strcmp0 (names[i], selected) == 0)
        gtk_combo_box_set_active (
            GTK_COMBO_BOX (presets->combo),
            gtk_tree_model_iter_n_children (GTK_TREE_MODEL (presets->store), NULL) - 1);
    }
  gtk_widget_set_sensitive (presets->delete, selected != NULL);
  presets->filling = FALSE;
}

/* The name is the caller's. */
static Kind
chosen (Presets *presets, gint *number, gchar **name)
{
  GtkTreeIter iter;
  gint kind = KIND_NONE;

  *name = NULL;
  if (gtk_combo_box_get_active_iter (GTK_COMBO_BOX (presets->combo), &iter))
    gtk_tree_model_get (GTK_TREE_MODEL (presets->store), &iter, COLUMN_KIND, &kind,
                        COLUMN_NUMBER, number, COLUMN_TEXT, name, -1);
  return (Kind) kind;
}

static gboolean
load (Kind kind, gint number, const gchar *name, NstParams *params, GError **error)
{
  switch (kind)
    {
    case KIND_RECENT:
      return nst_presets_load_recent ((guint) number, params);
    case KIND_NAMED:
      return nst_presets_load (name, params, error);
    case KIND_RESULT:
      return task_read_result (number, params, NULL, error);
    default:
      return kind == KIND_DEFAULTS;
    }
}

/* Of a result, or of named settings; FALSE where there are none, or where they are not found. */
static gboolean
recall (Presets *presets, Kind kind, gint number, const gchar *name, TaskStyles *styles)
{
  g_autofree gchar *path = NULL;

  if (kind == KIND_RESULT)
    return task_styles_recall (presets->task, number, presets->shelf, styles);
  if (kind != KIND_NAMED)
    return FALSE;
  path = nst_presets_file (name);
  return task_styles_recall_kept (presets->task, path, presets->shelf, styles);
}

static void
combo_changed (GtkComboBox *combo, gpointer data)
{
  Presets *presets = data;
  g_autofree gchar *name = NULL;
  GError *error = NULL;
  gint number = 0;
  Kind kind = chosen (presets, &number, &name);
  NstParams params;
  TaskStyles styles;

  gtk_widget_set_sensitive (presets->delete, kind == KIND_NAMED);
  if (presets->filling)
    return;
  nst_params_init (&params);
  if (load (kind, number, name, &params, &error))
    presets->apply (&params, recall (presets, kind, number, name, &styles) ? &styles : NULL,
                    presets->data);
  nst_params_clear (&params);
  if (error)
    complain (presets, error);
}

/* Asks for a name; NULL: the user thought better of it. */
static gchar *
ask_name (Presets *presets)
{
  GtkWidget *dialog = gtk_dialog_new (), *entry = gtk_entry_new (),
            *label = gtk_label_new_with_mnemonic (_ ("_Name of these settings:"));
  GtkBox *box = GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (dialog)));
  gchar *name = NULL;

  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Save Settings"));
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog),
                                GTK_WINDOW (gtk_widget_get_toplevel (presets->combo)));
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Save"), GTK_RESPONSE_OK);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  gtk_container_set_border_width (GTK_CONTAINER (dialog), 12);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), entry);
  gtk_box_pack_start (box, label, FALSE, FALSE, 6);
  gtk_box_pack_start (box, entry, FALSE, FALSE, 6);
  gtk_widget_show_all (dialog);
  if (gtk_dialog_run (GTK_DIALOG (dialog)) == GTK_RESPONSE_OK)
    name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (entry))));
  gtk_widget_destroy (dialog);
  return name;
}

static void
save (GtkButton *button, gpointer data)
{
  Presets *presets = data;
  g_autofree gchar *name = ask_name (presets);
  g_autofree gchar *styles = task_styles_keep (&presets->task->styles);
  GError *error = NULL;

  if (!name)
    return;
  if (nst_presets_save (name, &presets->task->params, styles, &error))
    fill (presets, name);
  else
    complain (presets, error);
}

static void delete (GtkButton *button, gpointer data)
{
  Presets *presets = data;
  g_autofree gchar *name = NULL;
  GError *error = NULL;
  gint number;

  if (chosen (presets, &number, &name) != KIND_NAMED)
    return;
  if (!nst_presets_delete (name, &error))
    complain (presets, error);
  fill (presets, NULL);
}

/* A file of settings to read or to write; NULL: the user thought better of it. */
static gchar *
ask_file (Presets *presets, const gchar *title, GtkFileChooserAction action,
          const gchar *button)
{
  GtkWidget *chooser = gtk_file_chooser_dialog_new (
      title, GTK_WINDOW (gtk_widget_get_toplevel (presets->combo)), action, _ ("_Cancel"),
      GTK_RESPONSE_CANCEL, button, GTK_RESPONSE_OK, NULL);
  gchar *path = NULL;

  gtk_dialog_set_default_response (GTK_DIALOG (chooser), GTK_RESPONSE_OK);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), g_get_home_dir ());
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), _ ("style settings.ini"));
  if (gtk_dialog_run (GTK_DIALOG (chooser)) == GTK_RESPONSE_OK)
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  gtk_widget_destroy (chooser);
  return path;
}

static void
import (GtkButton *button, gpointer data)
{
  Presets *presets = data;
  g_autofree gchar *path =
      ask_file (presets, _ ("Import Settings"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"));
  GError *error = NULL;
  NstParams params;

  if (!path)
    return;
  nst_params_init (&params);
  if (nst_record_load (path, &params, &error))
    presets->apply (&params, NULL, presets->data);
  else
    complain (presets, error);
  nst_params_clear (&params);
}

static void export(GtkButton *button, gpointer data)
{
  Presets *presets = data;
  g_autofree gchar *path =
      ask_file (presets, _ ("Export Settings"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"));
  GError *error = NULL;

  if (path && !nst_record_save (path, &presets->task->params, &error))
    complain (presets, error);
}

static GtkWidget *
add_button (GtkWidget *row, const gchar *label, const gchar *tip, GCallback clicked,
            Presets *presets)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect (button, "clicked", clicked, presets);
  gtk_box_pack_start (GTK_BOX (row), button, TRUE, TRUE, 0);
  return button;
}

static void
add_combo (Presets *presets, GtkWidget *box)
{
  GtkCellRenderer *cell = gtk_cell_renderer_text_new ();
  GtkWidget *row = ui_box_new (GTK_ORIENTATION_HORIZONTAL, 6),
            *label = gtk_label_new_with_mnemonic (_ ("Se_ttings:"));

  presets->store = gtk_list_store_new (N_COLUMNS, G_TYPE_STRING, G_TYPE_INT, G_TYPE_INT);
  presets->combo = gtk_combo_box_new_with_model (GTK_TREE_MODEL (presets->store));
  g_object_unref (presets->store);
  g_object_set (cell, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "width-chars", 24, NULL);
  gtk_cell_layout_pack_start (GTK_CELL_LAYOUT (presets->combo), cell, TRUE);
  gtk_cell_layout_add_attribute (GTK_CELL_LAYOUT (presets->combo), cell, "text", COLUMN_TEXT);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), presets->combo);
  gtk_widget_set_tooltip_text (presets->combo,
                               _ ("Take all settings at once: the last ones, those that you "
                                  "saved, or those that a result was made with"));
  g_signal_connect (presets->combo, "changed", G_CALLBACK (combo_changed), presets);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), presets->combo, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
}

static void
free_presets (gpointer data)
{
  Presets *presets = data;

  g_free (presets->shelf);
  g_free (presets);
}

/**
 * ui_presets_new:
 * @shelf: where the paintings are that come with the plug-in
 * @task: its parameters and styles are what is saved
 * @apply: shows settings in the dialog, which puts them into @task
 *
 * Returns: the row
 */
GtkWidget *
ui_presets_new (const gchar *shelf, Task *task, UiApply apply, gpointer data)
{
  Presets *presets = g_new0 (Presets, 1);
  GtkWidget *box = ui_box_new (GTK_ORIENTATION_VERTICAL, 6),
            *row = ui_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  presets->shelf = g_strdup (shelf);
  presets->task = task;
  presets->apply = apply;
  presets->data = data;
  g_object_set_data_full (G_OBJECT (box), "presets", presets, free_presets);
  add_combo (presets, box);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
  add_button (row, _ ("_Keep..."), _ ("Save these settings under a name"), G_CALLBACK (save),
              presets);
  presets->delete =
      add_button (row, _ ("Delete"), _ ("Delete the named settings that are chosen"),
                  G_CALLBACK (delete), presets);
  add_button (row, _ ("Import..."), _ ("Take the settings from a file"), G_CALLBACK (import),
              presets);
  add_button (row, _ ("Export..."),
              _ ("Write these settings to a file, for others and for nst"), G_CALLBACK (export),
              presets);
  fill (presets, NULL);
  gtk_widget_show_all (box);
  return box;
}
