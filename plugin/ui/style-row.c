/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shelf, the files, what is dropped, and the mixture.  GIMP itself opens what is chosen, so
 * that every format and profile is as in GIMP, and the style is a layer like others.  What is
 * chosen takes the place of what was, or is mixed with it.
 */
#include "ui/style-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "host.h"
#include "ui/parts.h"
#include "ui/shelf.h"
#include "ui/toolkit.h"

enum /* what is dropped */
{
  DROP_FILES,
  DROP_LAYERS,
};

typedef struct
{
  Task *task;
  UiStylesChanged changed;
  gpointer data;
  TaskStyles known; /* that the dialog was told of */
  GtkWidget *shelf, *mix, *list;
} Row;

static gboolean
is_mixing (Row *row)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (row->mix));
}

static void
set_mixing (Row *row, gboolean mixing)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (row->mix), mixing);
}

/* Shows what the styles are now, and tells if they are others. */
static void
styles_changed (gpointer data)
{
  Row *row = data;

  ui_style_list_update (row->list);
  if (task_styles_equal (&row->known, &row->task->styles))
    return;
  row->known = row->task->styles;
  row->changed (row->data);
}

/* Returns: FALSE */
static gboolean
complain_of_number (Row *row)
{
  g_autofree gchar *text =
      g_strdup_printf (_ ("No more than %d styles can be mixed."), TASK_STYLES);

  ui_complain (row->shelf, text);
  return FALSE;
}

/* The dialog shows again what the styles are. */
static void
refuse (Row *row, gint style)
{
  g_autofree gchar *name = task_style_name (style);
  /* Translators: %s is a picture's name */
  g_autofree gchar *text = g_strdup_printf (
      _ ("“%s” is the picture that will be painted. Choose another one as the style."), name);

  ui_complain (row->shelf, text);
  row->changed (row->data);
}

/* Returns: FALSE, once it was said, if there is no room for more */
static gboolean
choose (Row *row, gint style)
{
  TaskStyles *styles = &row->task->styles;
  gboolean has_room = TRUE;

  if (style == row->task->content)
    refuse (row, style);
  else if (!is_mixing (row))
    task_styles_set (styles, style);
  else if (!task_styles_contain (styles, style) && !task_styles_add (styles, style, 1.0))
    has_room = complain_of_number (row);
  styles_changed (row);
  return has_room;
}

/* Without a mixture there is one style: that which was chosen last. */
static void
mix_toggled (GtkToggleButton *button, gpointer data)
{
  Row *row = data;

  if (!is_mixing (row))
    task_styles_set (&row->task->styles, task_styles_last (&row->task->styles));
  gtk_widget_set_visible (row->list, is_mixing (row));
  styles_changed (row);
}

static gboolean
open_style (Row *row, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  gint style = host_open (path, &error);

  if (style != HOST_NONE)
    return choose (row, style);
  ui_complain (row->shelf, error->message);
  ui_shelf_unselect (row->shelf); /* the style is as before */
  return TRUE;
}

/* Several at once are a mixture of their own. */
static void
expect (Row *row, guint n)
{
  if (n > 1 && !is_mixing (row))
    {
      set_mixing (row, TRUE);
      task_styles_set (&row->task->styles, HOST_NONE);
    }
}

static void
open_styles (Row *row, gchar **paths)
{
  expect (row, g_strv_length (paths));
  for (gchar **path = paths; *path && open_style (row, *path); path++)
    ;
  styles_changed (row); /* also when none could be opened */
}

static void
painting_chosen (const gchar *path, gpointer data)
{
  Row *row = data;

  open_style (row, path);
  if (is_mixing (row)) /* so that it can be chosen again once it was taken out */
    ui_shelf_unselect (row->shelf);
}

static gchar **
paths_of (GSList *names)
{
  GPtrArray *paths = g_ptr_array_new ();

  for (GSList *name = names; name; name = name->next)
    if (name->data)
      g_ptr_array_add (paths, name->data);
  g_ptr_array_add (paths, NULL);
  g_slist_free (names);
  return (gchar **) g_ptr_array_free (paths, FALSE);
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
  const gchar *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);
  g_auto (GStrv) paths = NULL;

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser),
                                       pictures ? pictures : g_get_home_dir ());
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_dialog_set_default_response (GTK_DIALOG (chooser), GTK_RESPONSE_OK);
  if (gtk_dialog_run (GTK_DIALOG (chooser)) == GTK_RESPONSE_OK)
    paths = paths_of (gtk_file_chooser_get_filenames (GTK_FILE_CHOOSER (chooser)));
  gtk_widget_destroy (chooser);
  if (paths)
    {
      ui_shelf_unselect (row->shelf);
      open_styles (row, paths);
    }
}

static void
drop_files (Row *row, GtkSelectionData *selection)
{
  g_auto (GStrv) uris = gtk_selection_data_get_uris (selection);
  GSList *names = NULL;
  g_auto (GStrv) paths = NULL;

  for (gchar **uri = uris; uri && *uri; uri++)
    names = g_slist_append (names, g_filename_from_uri (*uri, NULL, NULL));
  paths = paths_of (names);
  open_styles (row, paths);
}

static void
drop_layers (Row *row, GtkSelectionData *selection)
{
  gint length = gtk_selection_data_get_length (selection);
  TaskStyles styles;
  gboolean are_all =
      task_styles_dropped (&styles, (const gchar *) gtk_selection_data_get_data (selection),
                           (gsize) MAX (length, 0));
  guint i = 0;

  expect (row, styles.n);
  while (i < styles.n && choose (row, styles.list[i].item))
    i++;
  if (i == styles.n && !are_all)
    complain_of_number (row);
}

static void
drop (GtkWidget *widget, GdkDragContext *context, gint x, gint y, GtkSelectionData *selection,
      guint info, guint time, gpointer data)
{
  ui_shelf_unselect (((Row *) data)->shelf);
  if (info == DROP_LAYERS)
    drop_layers (data, selection);
  else
    drop_files (data, selection);
}

/* Files, and what the Layers docks of GIMP 2.10 and 3 drag. */
static void
accept_drops (Row *row, GtkWidget *box)
{
  static const GtkTargetEntry layers[] = {
      {(gchar *) "application/x-gimp-layer-id", 0, DROP_LAYERS},
      {(gchar *) "application/x-gimp-layer-list", 0, DROP_LAYERS},
  };

  gtk_drag_dest_set (box, GTK_DEST_DEFAULT_ALL, layers, G_N_ELEMENTS (layers), GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (box);
  g_signal_connect (box, "drag-data-received", G_CALLBACK (drop), row);
}

static void
add_mixture (Row *row, GtkWidget *box)
{
  row->mix = gtk_check_button_new_with_mnemonic (_ ("Mi_x several styles"));
  gtk_widget_set_tooltip_text (
      row->mix,
      _ ("Every painting or layer that you choose is added to a list, with a weight"));
  row->list = ui_style_list_new (&row->task->styles, styles_changed, row);
  gtk_box_pack_start (GTK_BOX (box), row->mix, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), row->list, FALSE, FALSE, 0);
  g_signal_connect (row->mix, "toggled", G_CALLBACK (mix_toggled), row);
}

/**
 * ui_style_row_new:
 * @folder: where the paintings are that come with the plug-in
 * @task: its styles are shown, and changed by the user
 * @changed: told of each such change
 *
 * Returns: the shelf, a button to open files, and the mixture
 */
GtkWidget *
ui_style_row_new (const gchar *folder, Task *task, UiStylesChanged changed, gpointer data)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = ui_box_new (GTK_ORIENTATION_VERTICAL, 6),
            *button = gtk_button_new_with_mnemonic (_ ("_Browse for a Painting..."));

  row->task = task;
  row->known = task->styles;
  row->changed = changed;
  row->data = data;
  row->shelf = ui_shelf_new (folder, painting_chosen, row);
  gtk_box_pack_start (GTK_BOX (box), row->shelf, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
  add_mixture (row, box);
  gtk_widget_set_tooltip_text (button,
                               _ ("Take the style from a picture's file, which GIMP opens. It "
                                  "can be dropped on the paintings above, too."));
  g_signal_connect (button, "clicked", G_CALLBACK (browse), row);
  accept_drops (row, box);
  g_object_set_data_full (G_OBJECT (box), "row", row, g_free);
  gtk_widget_show_all (box);
  gtk_widget_set_no_show_all (row->list, TRUE);
  gtk_widget_hide (row->list);
  set_mixing (row, task->styles.n > 1);
  return box;
}

/**
 * ui_style_row_choose:
 * @row: of ui_style_row_new()
 * @style: was chosen elsewhere in the dialog
 */
void
ui_style_row_choose (GtkWidget *row, gint style)
{
  choose (g_object_get_data (G_OBJECT (row), "row"), style);
}

/**
 * ui_style_row_set:
 * @widget: of ui_style_row_new()
 * @styles: take the place of those that there are
 */
void
ui_style_row_set (GtkWidget *widget, const TaskStyles *styles)
{
  Row *row = g_object_get_data (G_OBJECT (widget), "row");

  set_mixing (row, styles->n > 1);
  row->task->styles = *styles;
  styles_changed (row);
}
