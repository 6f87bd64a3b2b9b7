/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several parts of the dialogs need.
 */
#ifndef NST_PARTS_H
#define NST_PARTS_H

#include <gtk/gtk.h>

G_BEGIN_DECLS

gint ui_scaled (gint pixels);
void ui_complain (GtkWidget *widget, const gchar *text);
void ui_show_opened (GtkWidget *expander);

G_END_DECLS

#endif
