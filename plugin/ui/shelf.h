/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The paintings that come with the plug-in, to choose from.
 */
#ifndef NST_SHELF_H
#define NST_SHELF_H

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @path: of the painting that was chosen */
typedef void (*UiShelfChosen) (const gchar *path, gpointer data);

GtkWidget *ui_shelf_new (const gchar *folder, UiShelfChosen chosen, gpointer data);
void ui_shelf_unselect (GtkWidget *shelf);

G_END_DECLS

#endif
