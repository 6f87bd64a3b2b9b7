/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog, generated from the procedure's arguments.
 */
#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "gimp3.h"

/* Asks GimpProcedureDialog for the widget that GIMP's own filters use. */
static void
choose_widget (GimpProcedureDialog *dialog, const NstParam *param)
{
  if (param->type == NST_PARAM_CHOICE)
    gimp_procedure_dialog_get_widget (dialog, param->name, GTK_TYPE_COMBO_BOX);
  else if (param->type == NST_PARAM_DOUBLE)
    gimp_procedure_dialog_get_spin_scale (dialog, param->name, 1.0);
}

/* The names of the arguments with @flag, after @first if that is given. */
static GList *
list_properties (const gchar *first, NstParamFlags flag, GimpProcedureDialog *dialog)
{
  guint n_params;
  const NstParam *params = nst_param_table (&n_params);
  GList *names = first ? g_list_append (NULL, (gpointer) first) : NULL;

  for (guint i = 0; i < n_params; i++)
    if ((params[i].flags & NST_PARAM_IN_PROCEDURE) && (params[i].flags & flag))
      {
        choose_widget (dialog, &params[i]);
        names = g_list_append (names, (gpointer) params[i].name);
      }
  return names;
}

/* OK needs a style. */
static void
style_changed (GimpProcedureConfig *config, const GParamSpec *pspec, GtkDialog *dialog)
{
  g_autoptr (GimpDrawable) style = NULL;

  g_object_get (config, "style", &style, NULL);
  gtk_dialog_set_response_sensitive (dialog, GTK_RESPONSE_OK, style != NULL);
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

/* The GIMP manual knows nothing of this filter, so its help is shown here. */
static void
show_help (const gchar *help_id, gpointer data)
{
  GtkWidget *message =
      gtk_message_dialog_new (GTK_WINDOW (data), GTK_DIALOG_MODAL, GTK_MESSAGE_INFO,
                              GTK_BUTTONS_CLOSE, "%s", _ ("Neural Style Transfer"));
  GimpProcedure *procedure;

  g_object_get (data, "procedure", &procedure, NULL);
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (message), "%s",
                                            gimp_procedure_get_help (procedure));
  g_object_unref (procedure);
  gtk_dialog_run (GTK_DIALOG (message));
  gtk_widget_destroy (message);
}

static GtkWidget *
build (GimpProcedure *procedure, GimpProcedureConfig *config)
{
  gboolean header_bar = FALSE;
  GtkWidget *widget;
  GimpProcedureDialog *dialog;
  g_autoptr (GList) shown = NULL;
  g_autoptr (GList) more = NULL;

  g_object_get (gtk_settings_get_default (), "gtk-dialogs-use-header", &header_bar, NULL);
  widget = g_object_new (GIMP_TYPE_PROCEDURE_DIALOG, "procedure", procedure, "config", config,
                         "title", _ ("Neural Style Transfer"), "help-func", show_help,
                         "help-id", PROCEDURE, "use-header-bar", header_bar, NULL);
  dialog = GIMP_PROCEDURE_DIALOG (widget);
  shown = list_properties ("style", NST_PARAM_IN_DIALOG, dialog);
  more = list_properties (NULL, NST_PARAM_IN_EXPANDER, dialog);
  gimp_procedure_dialog_fill_box_list (dialog, "shown", shown);
  gimp_procedure_dialog_fill_box_list (dialog, "more", more);
  gimp_procedure_dialog_get_label (dialog, "more-title", _ ("Ad_vanced Options"), FALSE, TRUE);
  gimp_procedure_dialog_fill_expander (dialog, "more-expander", "more-title", FALSE, "more");
  gimp_procedure_dialog_fill (dialog, "shown", "more-expander", NULL);
  return widget;
}

/**
 * dialog_run:
 * @procedure: the procedure
 * @config: its arguments, changed by the user
 *
 * Returns: whether the user pressed OK
 */
gboolean
dialog_run (GimpProcedure *procedure, GimpProcedureConfig *config)
{
  GtkWidget *dialog;
  gulong changed;
  gboolean ok;

  gimp_ui_init (PROCEDURE);
  dialog = build (procedure, config);
  changed = g_signal_connect (config, "notify::style", G_CALLBACK (style_changed), dialog);
  g_signal_connect (dialog, "map", G_CALLBACK (redraw_style), config);
  style_changed (config, NULL, GTK_DIALOG (dialog));

  ok = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (dialog));
  g_signal_handler_disconnect (config, changed);
  gtk_widget_destroy (dialog);
  return ok;
}
