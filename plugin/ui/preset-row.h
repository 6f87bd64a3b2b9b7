/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row of the dialogs that takes all settings at once from somewhere: the last ones,
 * those with a name, a file, a result in the image.
 */
#ifndef NST_UI_PRESETS_H
#define NST_UI_PRESETS_H

#include <gtk/gtk.h>

#include "task.h"

G_BEGIN_DECLS

/* Shows @params in the dialog's controls, and @styles unless %NULL. */
typedef void (*UiApply) (const NstParams *params, const TaskStyles *styles, gpointer data);

GtkWidget *ui_presets_new (const gchar *shelf, Task *task, UiApply apply, gpointer data);

G_END_DECLS

#endif
