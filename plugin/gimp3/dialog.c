/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog, generated from the procedure's arguments.
 */
#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "gimp3.h"
#include "ui/help.h"
#include "ui/network-row.h"
#include "ui/panel.h"
#include "ui/parts.h"
#include "ui/preset-row.h"
#include "ui/style-row.h"
#include "ui/toolkit.h"
#include "ui/words.h"

typedef struct
{
  Task *task;
  GimpProcedureConfig *config;
  UiPanel *panel;
  GtkWidget *widget, *hint, *style_row, *network_row;
} Dialog;

static void
attach_words (GtkWidget *widget, gpointer param)
{
  if (GTK_IS_SPIN_BUTTON (widget))
    ui_words_attach (GTK_SPIN_BUTTON (widget), param);
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), attach_words, param);
}

/* Asks GimpProcedureDialog for the widget that GIMP's own filters use. */
static GtkWidget *
choose_widget (GimpProcedureDialog *dialog, const NstParam *param)
{
  GtkWidget *widget;

  if (param->type == NST_PARAM_CHOICE)
    return gimp_procedure_dialog_get_widget (dialog, param->name, GTK_TYPE_COMBO_BOX);
  if (param->type == NST_PARAM_DOUBLE)
    return gimp_procedure_dialog_get_spin_scale (dialog, param->name, 1.0);
  widget = gimp_procedure_dialog_get_widget (dialog, param->name, G_TYPE_NONE);
  attach_words (widget, (gpointer) param);
  return widget;
}

/* GIMP 3.0 and 3.2 have different choosers with a function each for it; both are boxes. */
static GtkWidget *
label_of (GtkWidget *chooser)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (chooser));

  for (GList *child = children; child; child = child->next)
    if (GTK_IS_LABEL (child->data))
      return child->data;
  return NULL;
}

/* GIMP lines up most labels of a box by itself, but not the drawable chooser's. */
static void
align_label (GtkSizeGroup *labels, GtkWidget *widget)
{
  if (GTK_IS_BOX (widget) && label_of (widget))
    gtk_size_group_add_widget (labels, label_of (widget));
  else if (GIMP_IS_LABELED (widget))
    gtk_size_group_add_widget (labels, gimp_labeled_get_label (GIMP_LABELED (widget)));
}

/* The names of the arguments with @flag that GIMP has widgets for. */
static GList *
list_properties (GimpProcedureDialog *dialog, NstParamFlags flag, GtkSizeGroup *labels)
{
  guint n_params;
  const NstParam *params = nst_param_table (&n_params);
  GList *names = NULL;

  for (guint i = 0; i < n_params; i++)
    if ((params[i].flags & NST_PARAM_IN_PROCEDURE) && (params[i].flags & flag)
        && params[i].type != NST_PARAM_STRING)
      {
        align_label (labels, choose_widget (dialog, &params[i]));
        names = g_list_append (names, (gpointer) params[i].name);
      }
  return names;
}

static void
network_changed (const gchar *network, gpointer data)
{
  Dialog *dialog = data;

  g_object_set (dialog->config, "network", network, NULL);
}

/* GIMP has but an entry for it; its place in @box is that in the table. */
static void
add_network (Dialog *dialog, GtkWidget *box, GtkSizeGroup *labels)
{
  const NstParam *network = nst_param_find ("network");
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6),
            *label = gtk_label_new_with_mnemonic (_ (network->label));
  gint place = 0;

  for (const NstParam *param = network - 1; param->flags & NST_PARAM_IN_EXPANDER; param--)
    place++;
  dialog->network_row =
      ui_network_row_new (dialog->task->params.network, network_changed, dialog);
  ui_network_row_set_label (dialog->network_row, label);
  ui_label_align (label, 0);
  gtk_size_group_add_widget (labels, label);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), dialog->network_row, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (box), row, place);
  gtk_widget_show_all (row);
}

static void
set_style (GimpProcedureConfig *config, gint style)
{
  g_object_set (config, "style", gimp_drawable_get_by_id (style), NULL);
}

/* OK needs a style, and without one a hint says how to get it; GIMP's chooser shows no name. */
static void
show_style (gpointer data)
{
  Dialog *dialog = data;
  gint style = task_styles_last (&dialog->task->styles);
  g_autoptr (GimpDrawable) shown = NULL;
  g_autofree gchar *name = task_style_name (style);

  gtk_label_set_text (GTK_LABEL (dialog->hint),
                      style != HOST_NONE ? name : _ ("Choose a painting above, or open one."));
  gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog->widget), GTK_RESPONSE_OK,
                                     style != HOST_NONE);
  g_object_get (dialog->config, "style", &shown, NULL);
  if (shown != gimp_drawable_get_by_id (style))
    set_style (dialog->config, style);
  ui_panel_changed (dialog->panel);
}

/* In GIMP's chooser. */
static void
style_chosen (GimpProcedureConfig *config, const GParamSpec *pspec, gpointer data)
{
  Dialog *dialog = data;
  g_autoptr (GimpDrawable) style = NULL;

  g_object_get (config, "style", &style, NULL);
  if (style)
    ui_style_row_choose (dialog->style_row, gimp_item_get_id (GIMP_ITEM (style)));
}

static GtkWidget *
add_hint (GimpProcedureDialog *dialog)
{
  GtkWidget *hint = gimp_procedure_dialog_get_label (dialog, "hint", "", FALSE, FALSE);

  gtk_label_set_ellipsize (GTK_LABEL (hint), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (hint), 40);
  gtk_label_set_xalign (GTK_LABEL (hint), 0.0);
  gimp_label_set_attributes (GTK_LABEL (hint), PANGO_ATTR_STYLE, PANGO_STYLE_ITALIC, -1);
  return hint;
}

/* GIMP 3.0's chooser draws no thumbnail for a drawable that was set before it
 * was mapped. */
static void
redraw_style (GtkWidget *dialog, GimpProcedureConfig *config)
{
  g_autoptr (GimpDrawable) style = NULL;

  g_object_get (config, "style", &style, NULL);
  g_object_set (config, "style", NULL, NULL);
  g_object_set (config, "style", style, NULL);
}

static void
show_help (const gchar *help_id, gpointer window)
{
  g_autofree gchar *pages = ui_plug_in_folder ("help");

  ui_help_show (GTK_WINDOW (window), pages);
}

/* Choices go by their names. */
static void
apply (const NstParams *params, const TaskStyles *styles, gpointer data)
{
  Dialog *dialog = data;
  NstParams copy = *params;
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (!(table[i].flags & NST_PARAM_IN_PROCEDURE))
      continue;
    else if (table[i].type == NST_PARAM_INT)
      g_object_set (dialog->config, table[i].name, *nst_params_int (&copy, &table[i]), NULL);
    else if (table[i].type == NST_PARAM_DOUBLE)
      g_object_set (dialog->config, table[i].name, *nst_params_double (&copy, &table[i]), NULL);
    else if (table[i].type == NST_PARAM_STRING)
      g_object_set (dialog->config, table[i].name, *nst_params_string (&copy, &table[i]), NULL);
    else
      for (const NstChoice *choice = table[i].choices; choice->name; choice++)
        if (choice->value == *nst_params_int (&copy, &table[i]))
          g_object_set (dialog->config, table[i].name, choice->name, NULL);
  if (styles)
    ui_style_row_set (dialog->style_row, styles);
}

/* The panel to the left of what GIMP makes of the arguments. */
static void
add_columns (GtkWidget *widget, Dialog *dialog, GtkWidget *box, GtkWidget *expander)
{
  g_autofree gchar *paintings = ui_plug_in_folder ("styles");
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *settings = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_container_set_border_width (GTK_CONTAINER (columns), 12);
  gtk_box_pack_start (GTK_BOX (settings),
                      ui_presets_new (paintings, dialog->task, apply, dialog), FALSE, FALSE, 0);
  dialog->style_row = ui_style_row_new (paintings, dialog->task, show_style, dialog);
  gtk_box_pack_start (GTK_BOX (settings), dialog->style_row, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (settings), box, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (settings), expander, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (columns), ui_panel_get_widget (dialog->panel), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (columns), ui_panel_fit (settings), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (widget))), columns,
                      TRUE, TRUE, 0);
  gtk_widget_show_all (columns);
}

static void
check_button (GtkWidget *widget, gpointer all)
{
  *(gboolean *) all = *(gboolean *) all && GTK_IS_BUTTON (widget);
}

/* GIMP has one nameless place to save settings to, without the styles.  Beside settings under names,
 * which have them, two ways to save and to load would contradict each other. */
static void
hide_saved_settings (GtkWidget *dialog)
{
  GtkWidget *ok = gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  g_autoptr (GList) children = gtk_container_get_children (
      GTK_CONTAINER (gtk_dialog_get_content_area (GTK_DIALOG (dialog))));

  for (GList *child = children; child; child = child->next)
    {
      gboolean has_buttons_only = GTK_IS_BOX (child->data);

      if (!has_buttons_only || gtk_widget_is_ancestor (ok, child->data))
        continue;
      gtk_container_foreach (child->data, check_button, &has_buttons_only);
      if (has_buttons_only)
        gtk_widget_hide (child->data);
    }
}

static void
build (GimpProcedure *procedure, GimpProcedureConfig *config, Dialog *data)
{
  gboolean header_bar = FALSE;
  GtkWidget *widget, *box, *expander;
  GimpProcedureDialog *dialog;
  g_autoptr (GtkSizeGroup) labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  g_autoptr (GList) shown = NULL;
  g_autoptr (GList) more = NULL;

  g_object_get (gtk_settings_get_default (), "gtk-dialogs-use-header", &header_bar, NULL);
  widget = g_object_new (GIMP_TYPE_PROCEDURE_DIALOG, "procedure", procedure, "config", config,
                         "title", _ ("Neural Style Transfer"), "help-func", show_help,
                         "help-id", PROCEDURE, "use-header-bar", header_bar, NULL);
  dialog = GIMP_PROCEDURE_DIALOG (widget);
  data->widget = widget;
  data->hint = add_hint (dialog);
  align_label (labels, gimp_procedure_dialog_get_widget (dialog, "style", G_TYPE_NONE));
  shown = list_properties (dialog, NST_PARAM_IN_DIALOG, labels);
  shown = g_list_prepend (shown, (gpointer) "hint");
  shown = g_list_prepend (shown, (gpointer) "style");
  more = list_properties (dialog, NST_PARAM_IN_EXPANDER, labels);
  box = gimp_procedure_dialog_fill_box_list (dialog, "shown", shown);
  add_network (data, gimp_procedure_dialog_fill_box_list (dialog, "more", more), labels);
  gimp_procedure_dialog_get_label (dialog, "more-title", _ ("Ad_vanced Options"), FALSE, TRUE);
  expander = gimp_procedure_dialog_fill_expander (dialog, "more-expander", "more-title", FALSE,
                                                  "more");
  ui_show_opened (expander);
  if (ui_screen_height () < UI_HIGH_SCREEN) /* it is in a window that can be scrolled */
    gtk_expander_set_resize_toplevel (GTK_EXPANDER (expander), FALSE);
  add_columns (widget, data, box, expander);
  hide_saved_settings (widget);
}

/* The settings are in the task from then on, too. */
static void
config_changed (GimpProcedureConfig *config, const GParamSpec *pspec, gpointer data)
{
  Dialog *dialog = data;

  values_read (config, dialog->task);
  ui_network_row_set (dialog->network_row, dialog->task->params.network);
  ui_panel_changed (dialog->panel);
}

/**
 * dialog_run:
 * @procedure: the procedure
 * @config: its arguments, changed by the user
 * @task: likewise; its styles are shown
 *
 * Returns: whether the user pressed OK
 */
gboolean
dialog_run (GimpProcedure *procedure, GimpProcedureConfig *config, Task *task)
{
  Dialog data = {task, config};
  gulong chosen, changed;
  gboolean ok;

  gimp_ui_init (PROCEDURE);
  set_style (config, task_styles_last (&task->styles));
  data.panel = ui_panel_new (task);
  build (procedure, config, &data);
  chosen = g_signal_connect (config, "notify::style", G_CALLBACK (style_chosen), &data);
  changed = g_signal_connect (config, "notify", G_CALLBACK (config_changed), &data);
  g_signal_connect (data.widget, "map", G_CALLBACK (redraw_style), config);
  show_style (&data);

  ok = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (data.widget));
  g_signal_handler_disconnect (config, chosen);
  g_signal_handler_disconnect (config, changed);
  gtk_widget_hide (data.widget); /* the preview's step may still take a moment */
  gdk_display_flush (gdk_display_get_default ());
  ui_panel_free (data.panel);
  gtk_widget_destroy (data.widget);
  return ok;
}
