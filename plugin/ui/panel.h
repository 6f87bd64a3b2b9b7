/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of the dialogs that tells what will be painted and what it will look like.
 */
#ifndef NST_PANEL_H
#define NST_PANEL_H

#include <gtk/gtk.h>

#include "task.h"

G_BEGIN_DECLS

typedef struct _UiPanel UiPanel;

UiPanel *ui_panel_new (Task *task);
GtkWidget *ui_panel_get_widget (UiPanel *panel);
GtkWidget *ui_panel_fit (GtkWidget *settings);
void ui_panel_changed (UiPanel *panel);
void ui_panel_free (UiPanel *panel);

G_END_DECLS

#endif
