/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window of a run: the picture as it develops, the losses, the time left.
 */
#ifndef NST_RUN_WINDOW_H
#define NST_RUN_WINDOW_H

#include "task.h"

G_BEGIN_DECLS

gboolean ui_run (const Task *task, NstJob *job, NstWatch *watch, const gchar *title,
                 NstImage *result, GError **error);

G_END_DECLS

#endif
