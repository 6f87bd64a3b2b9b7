/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Styles that are not open in GIMP: the shelf of paintings that come with the plug-in,
 * and files, chosen or dropped.
 */
#ifndef NST_STYLE_ROW_H
#define NST_STYLE_ROW_H

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @style is a layer of a picture that was opened for it. */
typedef void (*UiStyleChosen) (gint style, gpointer data);

GtkWidget *ui_style_row_new (const gchar *folder, UiStyleChosen chosen, gpointer data);

G_END_DECLS

#endif
