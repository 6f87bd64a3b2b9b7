/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Styles that are not open in GIMP: the shelf of paintings that come with the plug-in,
 * and files, chosen or dropped; and the mixture of styles.
 */
#ifndef NST_STYLE_ROW_H
#define NST_STYLE_ROW_H

#include "ui/style-list.h"

G_BEGIN_DECLS

GtkWidget *
ui_style_row_new (const gchar *folder, Task *task, UiStylesChanged changed, gpointer data);
void ui_style_row_choose (GtkWidget *row, gint style);
void ui_style_row_set (GtkWidget *row, const TaskStyles *styles);

G_END_DECLS

#endif
