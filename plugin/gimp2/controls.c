/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of GIMP 2.10's dialog for each parameter of the table.
 */
#include "controls.h"

#include "gimp2.h"

#include "ui/words.h"

#define SCALE_WIDTH 100

/**
 * control_label:
 * @label: a parameter's
 *
 * Returns: (transfer full): as GIMP's dialogs write it
 */
gchar *
control_label (const gchar *label)
{
  /* Translators: a label before a control, such as "Size:" */
  return g_strdup_printf (_ ("%s:"), label);
}

/**
 * control_attach:
 * @labels: gets the label, too
 * @label: without colon
 * @tip: (nullable): where @widget has one itself
 *
 * Returns: the label
 */
GtkWidget *
control_attach (GtkSizeGroup *labels, GtkTable *table, gint row, const gchar *label,
                GtkWidget *widget, const gchar *tip)
{
  g_autofree gchar *text = control_label (label);
  GtkWidget *left = gimp_table_attach_aligned (table, 0, row, text, 0.0, 0.5, widget, 2, FALSE);

  if (tip)
    gimp_help_set_help_data (widget, tip, NULL);
  gtk_size_group_add_widget (labels, left);
  return left;
}

static GObject *
add_choice (GtkSizeGroup *labels, GtkTable *table, gint row, const NstParam *param, gint *value)
{
  GtkWidget *combo = g_object_new (GIMP_TYPE_INT_COMBO_BOX, NULL);

  for (const NstChoice *choice = param->choices; choice->name; choice++)
    gimp_int_combo_box_append (GIMP_INT_COMBO_BOX (combo), GIMP_INT_STORE_VALUE, choice->value,
                               GIMP_INT_STORE_LABEL, _ (choice->label), -1);
  gimp_int_combo_box_connect (GIMP_INT_COMBO_BOX (combo), *value,
                              G_CALLBACK (gimp_int_combo_box_get_active), value);
  control_attach (labels, table, row, _ (param->label), combo, _ (param->blurb));
  return G_OBJECT (combo);
}

static GObject *
add_int (GtkSizeGroup *labels, GtkTable *table, gint row, const NstParam *param, gint *value)
{
  GtkObject *adjustment =
      gtk_adjustment_new (*value, param->minimum, param->maximum, 1.0, 10.0, 0.0);
  GtkWidget *spin = gimp_spin_button_new (GTK_ADJUSTMENT (adjustment), 1.0, 0);

  ui_words_attach (GTK_SPIN_BUTTON (spin), param);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (gimp_int_adjustment_update),
                    value);
  control_attach (labels, table, row, _ (param->label), spin, _ (param->blurb));
  return G_OBJECT (adjustment);
}

static GObject *
add_double (GtkSizeGroup *labels, GtkTable *table, gint row, const NstParam *param,
            gdouble *value)
{
  g_autofree gchar *label = control_label (_ (param->label));
  GtkObject *adjustment = gimp_scale_entry_new (table, 0, row, label, SCALE_WIDTH, 6, *value,
                                                param->minimum, param->maximum, 1.0, 10.0, 0,
                                                TRUE, 0.0, 0.0, _ (param->blurb), NULL);

  gtk_size_group_add_widget (labels, GIMP_SCALE_ENTRY_LABEL (adjustment));
  gimp_scale_entry_set_logarithmic (adjustment, param->minimum > 0.0);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (gimp_double_adjustment_update),
                    value);
  return G_OBJECT (adjustment);
}

/**
 * control_new:
 * @param: no string
 * @params: its value follows the control
 *
 * Returns: a combo box or an adjustment, in @row of @table
 */
GObject *
control_new (GtkSizeGroup *labels, GtkTable *table, gint row, const NstParam *param,
             NstParams *params)
{
  if (param->type == NST_PARAM_CHOICE)
    return add_choice (labels, table, row, param, nst_params_int (params, param));
  if (param->type == NST_PARAM_INT)
    return add_int (labels, table, row, param, nst_params_int (params, param));
  return add_double (labels, table, row, param, nst_params_double (params, param));
}

/**
 * control_connect:
 * @changed: told of each change, with @data, after the parameter's value followed
 */
void
control_connect (GObject *control, GCallback changed, gpointer data)
{
  g_signal_connect_swapped (control, GTK_IS_ADJUSTMENT (control) ? "value-changed" : "changed",
                            changed, data);
}

/**
 * control_set:
 * @control: of @param
 * @params: what it shows from now on
 */
void
control_set (GObject *control, const NstParam *param, NstParams *params)
{
  if (param->type == NST_PARAM_CHOICE)
    gimp_int_combo_box_set_active (GIMP_INT_COMBO_BOX (control),
                                   *nst_params_int (params, param));
  else if (param->type == NST_PARAM_INT)
    gtk_adjustment_set_value (GTK_ADJUSTMENT (control), *nst_params_int (params, param));
  else
    gtk_adjustment_set_value (GTK_ADJUSTMENT (control), *nst_params_double (params, param));
}
