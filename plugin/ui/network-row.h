/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network to paint with: those that are installed, any other file, and an import.
 */
#ifndef NST_UI_NETWORK_ROW_H
#define NST_UI_NETWORK_ROW_H

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Another network was chosen: "", a name, or a file, as nst_networks_open() takes it. */
typedef void (*UiNetworkChanged) (const gchar *network, gpointer data);

GtkWidget *ui_network_row_new (const gchar *network, UiNetworkChanged changed, gpointer data);
void ui_network_row_set (GtkWidget *row, const gchar *network);
void ui_network_row_set_label (GtkWidget *row, GtkWidget *label);

G_END_DECLS

#endif
