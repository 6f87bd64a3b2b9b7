/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The help page, in the user's browser.
 */
#ifndef NST_UI_HELP_H
#define NST_UI_HELP_H

#include <gtk/gtk.h>

G_BEGIN_DECLS

void ui_help_show (GtkWindow *window, const gchar *folder);

G_END_DECLS

#endif
