/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of the filter inside a program that has images and layers (host.h): all that
 * the plug-ins for GIMP 2.10 and 3 do, but their registration, dialogs and last values.
 */
#ifndef NST_TASK_H
#define NST_TASK_H

#include "host.h"
#include "params.h"

G_BEGIN_DECLS

#define PROCEDURE "plug-in-neural-style-transfer"

/* A #Task of nothing; its parameters are still to be initialised. */
#define TASK_INIT                                                                              \
  {                                                                                            \
    HOST_NONE, HOST_NONE, HOST_NONE, HOST_NONE                                                 \
  }

/**
 * Task:
 * @image: where @content lies
 * @content: the layer to be styled
 * @style: the layer, group or channel that gives the style, or %HOST_NONE
 * @result: what was given as the content, where it is a result of @content; or %HOST_NONE
 *
 * One call of the filter; the numbers are the host's.
 */
typedef struct
{
  gint image;
  gint content;
  gint style;
  gint result;
  NstParams params;
} Task;

/* task.c */
gboolean task_is_attached (gint item);
gboolean task_check (const Task *task, GError **error);
gint task_run (const Task *task, GError **error);

/* task-result.c */
void task_take_photo (Task *task);
gboolean task_read_result (gint layer, NstParams *params, gchar **style, GError **error);

/* task-style.c */
gint task_suggest_style (const Task *task);

G_END_DECLS

#endif
