/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles of a mixture, each with its weight.
 */
#ifndef NST_STYLE_LIST_H
#define NST_STYLE_LIST_H

#include <gtk/gtk.h>

#include "task.h"

G_BEGIN_DECLS

/* The styles are others now, or their weights. */
typedef void (*UiStylesChanged) (gpointer data);

GtkWidget *ui_style_list_new (TaskStyles *styles, UiStylesChanged changed, gpointer data);
void ui_style_list_update (GtkWidget *list);

G_END_DECLS

#endif
