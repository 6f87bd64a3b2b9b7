/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of GIMP 2.10's dialog for each parameter of the table.
 */
#ifndef NST_CONTROLS_H
#define NST_CONTROLS_H

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "params.h"

G_BEGIN_DECLS

gchar *control_label (const gchar *label);
GtkWidget *control_attach (GtkSizeGroup *labels, GtkTable *table, gint row, const gchar *label,
                           GtkWidget *widget, const gchar *tip);
GObject *control_new (GtkSizeGroup *labels, GtkTable *table, gint row, const NstParam *param,
                      NstParams *params);
void control_connect (GObject *control, GCallback changed, gpointer data);
void control_set (GObject *control, const NstParam *param, NstParams *params);

G_END_DECLS

#endif
