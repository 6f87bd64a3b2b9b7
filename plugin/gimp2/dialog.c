/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog for GIMP 2.10: a chooser for the style, and a control for each
 * parameter of the table.
 */
#include "gimp2.h"

#include <libgimp/gimpui.h>

#include "controls.h"
#include "ui/help.h"
#include "ui/network-row.h"
#include "ui/panel.h"
#include "ui/parts.h"
#include "ui/preset-row.h"
#include "ui/style-row.h"
#include "ui/toolkit.h"

#define RESPONSE_RESET 1
#define THUMBNAIL_SIZE 48
#define COMBO_WIDTH    200

typedef struct
{
  Task *task;
  UiPanel *panel;
  GtkWidget *window, *thumbnail, *style_box, *style_label, *style_row;
  GtkWidget *combo; /* of the styles; or NULL */
  gchar *open_layers;
  GtkWidget *hint;
  GtkSizeGroup *labels;
  GObject **controls; /* a combo box, adjustment or row for each parameter */
} Dialog;

/* The list's first line stands for none. */
static void
style_changed (GtkWidget *combo, gpointer data)
{
  Dialog *dialog = data;
  gint style;

  if (gimp_int_combo_box_get_active (GIMP_INT_COMBO_BOX (combo), &style) && style != HOST_NONE)
    ui_style_row_choose (dialog->style_row, style);
}

static void
network_changed (const gchar *network, gpointer data)
{
  Dialog *dialog = data;

  g_free (dialog->task->params.network);
  dialog->task->params.network = g_strdup (network);
  ui_panel_changed (dialog->panel);
}

/* The only string is the network. */
static GObject *
add_network (Dialog *dialog, GtkTable *table, gint row, const NstParam *param)
{
  const gchar *network = *nst_params_string (&dialog->task->params, param);
  GtkWidget *widget = ui_network_row_new (network, network_changed, dialog);
  GtkWidget *label =
      control_attach (dialog->labels, table, row, _ (param->label), widget, NULL);

  ui_network_row_set_label (widget, label);
  return G_OBJECT (widget);
}

static GtkTable *
new_table (GtkBox *box)
{
  GtkTable *table = GTK_TABLE (gtk_table_new (1, 3, FALSE));

  gtk_table_set_col_spacings (table, 6);
  gtk_table_set_row_spacings (table, 6);
  gtk_box_pack_start (box, GTK_WIDGET (table), FALSE, FALSE, 0);
  return table;
}

/* Controls for the parameters that have @flag. */
static void
add_params (Dialog *dialog, GtkTable *box, gint row, NstParamFlags flag)
{
  NstParams *params = &dialog->task->params;
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    {
      const NstParam *param = &table[i];
      GObject **control = &dialog->controls[i];

      if (!(param->flags & flag))
        continue;
      if (param->type == NST_PARAM_STRING)
        *control = add_network (dialog, box, row, param);
      else
        {
          *control = control_new (dialog->labels, box, row, param, params);
          control_connect (*control, G_CALLBACK (ui_panel_changed), dialog->panel);
        }
      row++;
    }
}

static void
apply (const NstParams *params, const TaskStyles *styles, gpointer data)
{
  Dialog *dialog = data;
  NstParams copy = *params;
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (!dialog->controls[i])
      continue;
    else if (table[i].type == NST_PARAM_STRING)
      ui_network_row_set (GTK_WIDGET (dialog->controls[i]),
                          *nst_params_string (&copy, &table[i]));
    else
      control_set (dialog->controls[i], &table[i], &copy);
  if (styles)
    ui_style_row_set (dialog->style_row, styles);
}

/* The style itself stays: it is not a setting. */
static void
reset (Dialog *dialog)
{
  NstParams defaults;

  nst_params_init (&defaults);
  apply (&defaults, NULL, dialog);
  nst_params_clear (&defaults);
}

static void
show_help (const gchar *help_id, gpointer window)
{
  g_autofree gchar *pages = ui_plug_in_folder ("help");

  ui_help_show (GTK_WINDOW (window), pages);
}

/* GIMP's list of layers does not follow what is opened and closed, so it is made anew. */
static void
fill_styles (Dialog *dialog)
{
  GtkWidget *combo = gimp_layer_combo_box_new (NULL, NULL);

  if (dialog->combo)
    gtk_widget_destroy (dialog->combo);
  dialog->combo = combo;
  gimp_int_combo_box_prepend (GIMP_INT_COMBO_BOX (combo), GIMP_INT_STORE_VALUE, HOST_NONE,
                              GIMP_INT_STORE_LABEL, "\342\200\224", -1);
  gtk_widget_set_size_request (combo, COMBO_WIDTH, -1);
  gtk_box_pack_start (GTK_BOX (dialog->style_box), combo, TRUE, TRUE, 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (dialog->style_label), combo);
  gimp_help_set_help_data (
      combo, _ ("The layer or layer group, of any open image, whose style is painted with"),
      NULL);
  gtk_widget_show (combo);
  gimp_int_combo_box_connect (GIMP_INT_COMBO_BOX (combo),
                              task_styles_last (&dialog->task->styles),
                              G_CALLBACK (style_changed), dialog);
}

/* OK needs a style, and without one a hint says how to get it. */
static void
show_style (gpointer data)
{
  Dialog *dialog = data;
  gint style = task_styles_last (&dialog->task->styles), shown = HOST_NONE;
  gint side = ui_scaled (THUMBNAIL_SIZE);
  GdkPixbuf *pixbuf = NULL;

  if (gimp_item_is_valid (style))
    pixbuf = gimp_drawable_get_thumbnail (style, side, side, GIMP_PIXBUF_SMALL_CHECKS);
  gtk_image_set_from_pixbuf (GTK_IMAGE (dialog->thumbnail), pixbuf);
  g_clear_object (&pixbuf);
  gtk_widget_set_visible (dialog->hint, style == HOST_NONE);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog->window), GTK_RESPONSE_OK,
                                     style != HOST_NONE);
  gimp_int_combo_box_get_active (GIMP_INT_COMBO_BOX (dialog->combo), &shown);
  if (shown != style
      && !gimp_int_combo_box_set_active (GIMP_INT_COMBO_BOX (dialog->combo), style))
    fill_styles (dialog);
  ui_panel_changed (dialog->panel);
}

/* Whether other layers are open than those in the list. */
static gboolean
styles_changed (Dialog *dialog)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_images = 0;
  g_autofree gint *images = host_images (&n_images);

  for (guint i = 0; i < n_images; i++)
    {
      guint n = 0;
      g_autofree gint *layers = host_layers (images[i], HOST_NONE, &n);

      for (guint k = 0; k < n; k++)
        g_string_append_printf (text, " %d", layers[k]);
    }
  if (g_strcmp0 (text->str, dialog->open_layers) == 0)
    return FALSE;
  g_free (dialog->open_layers);
  dialog->open_layers = g_strdup (text->str);
  return TRUE;
}

static gboolean
focus_in (GtkWidget *window, GdkEvent *event, gpointer data)
{
  if (styles_changed (data))
    fill_styles (data);
  return FALSE;
}

static void
add_style_chooser (Dialog *dialog, GtkTable *table)
{
  g_autofree gchar *paintings = ui_plug_in_folder ("styles");
  g_autofree gchar *label = control_label (_ ("St_yle"));

  dialog->style_row = ui_style_row_new (paintings, dialog->task, show_style, dialog);
  dialog->style_box = gtk_hbox_new (FALSE, 6);
  dialog->thumbnail = gtk_image_new ();
  gtk_widget_set_size_request (dialog->thumbnail, ui_scaled (THUMBNAIL_SIZE),
                               ui_scaled (THUMBNAIL_SIZE));
  gtk_box_pack_start (GTK_BOX (dialog->style_box), dialog->thumbnail, FALSE, FALSE, 0);
  dialog->style_label =
      gimp_table_attach_aligned (table, 0, 0, label, 0.0, 0.5, dialog->style_box, 2, FALSE);
  gtk_size_group_add_widget (dialog->labels, dialog->style_label);

  dialog->hint = gtk_label_new (_ ("Choose a painting here, or open one."));
  ui_label_align (dialog->hint, 0);
  gimp_label_set_attributes (GTK_LABEL (dialog->hint), PANGO_ATTR_STYLE, PANGO_STYLE_ITALIC,
                             -1);
  gtk_table_attach (table, dialog->hint, 1, 3, 1, 2, GTK_FILL, GTK_SHRINK, 0, 0);
  gtk_table_attach (table, dialog->style_row, 1, 3, 2, 3, GTK_FILL, GTK_SHRINK, 0, 0);
  gtk_widget_show_all (GTK_WIDGET (table));
  styles_changed (dialog);
  fill_styles (dialog);
  show_style (dialog);
}

static GtkWidget *
build (Dialog *dialog)
{
  g_autofree gchar *paintings = ui_plug_in_folder ("styles");
  GtkWidget *window =
      gimp_dialog_new (_ ("Neural Style Transfer"), BINARY, NULL, 0, show_help, PROCEDURE,
                       _ ("_Reset"), RESPONSE_RESET, GTK_STOCK_CANCEL, GTK_RESPONSE_CANCEL,
                       GTK_STOCK_OK, GTK_RESPONSE_OK, NULL);
  GtkWidget *columns = gtk_hbox_new (FALSE, 18), *box = gtk_vbox_new (FALSE, 12);
  GtkWidget *expander = gtk_expander_new_with_mnemonic (_ ("Ad_vanced Options"));
  GtkWidget *inner = gtk_vbox_new (FALSE, 0);
  GtkTable *table;

  dialog->window = window;
  gtk_box_pack_start (GTK_BOX (box), ui_presets_new (paintings, dialog->task, apply, dialog),
                      FALSE, FALSE, 0);
  table = new_table (GTK_BOX (box));
  gtk_dialog_set_alternative_button_order (GTK_DIALOG (window), GTK_RESPONSE_OK, RESPONSE_RESET,
                                           GTK_RESPONSE_CANCEL, -1);
  gtk_window_set_resizable (GTK_WINDOW (window), FALSE);
  gimp_window_set_transient (GTK_WINDOW (window));
  gtk_container_set_border_width (GTK_CONTAINER (columns), 12);
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (window))), columns,
                      TRUE, TRUE, 0);
  dialog->panel = ui_panel_new (dialog->task);
  gtk_box_pack_start (GTK_BOX (columns), ui_panel_get_widget (dialog->panel), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (columns), ui_panel_fit (box), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), expander, FALSE, FALSE, 0);
  gtk_expander_set_spacing (GTK_EXPANDER (expander), 6);
  ui_show_opened (expander);
  gtk_container_add (GTK_CONTAINER (expander), inner);

  add_params (dialog, table, 3, NST_PARAM_IN_DIALOG);
  add_style_chooser (dialog, table);
  add_params (dialog, new_table (GTK_BOX (inner)), 0, NST_PARAM_IN_EXPANDER);
  gtk_widget_show_all (expander);
  gtk_widget_show (box);
  gtk_widget_show (columns);
  g_signal_connect (window, "focus-in-event", G_CALLBACK (focus_in), dialog);
  return window;
}

/**
 * dialog_run:
 * @task: its style and parameters are shown, and set to what the user wants
 *
 * Returns: %FALSE if the user cancelled
 */
gboolean
dialog_run (Task *task)
{
  guint n_params;
  Dialog dialog = {.task = task};
  GtkWidget *window;
  gint response;

  nst_param_table (&n_params);
  dialog.controls = g_new0 (GObject *, n_params);
  gimp_ui_init (BINARY, FALSE);
  task_suggest_styles (task);

  dialog.labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  window = build (&dialog);
  while ((response = gimp_dialog_run (GIMP_DIALOG (window))) == RESPONSE_RESET)
    reset (&dialog);
  gtk_widget_hide (window); /* the preview's step may still take a moment */
  gdk_display_flush (gdk_display_get_default ());
  ui_panel_free (dialog.panel);
  gtk_widget_destroy (window);
  gdk_flush ();
  g_object_unref (dialog.labels);
  g_free (dialog.controls);
  g_free (dialog.open_layers);
  return response == GTK_RESPONSE_OK;
}
