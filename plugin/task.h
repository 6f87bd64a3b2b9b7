/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of the filter inside a program that has images and layers (host.h): all that
 * the plug-ins for GIMP 2.10 and 3 do, but their registration, dialogs and last values.
 */
#ifndef NST_TASK_H
#define NST_TASK_H

#include "host.h"
#include "job.h"
#include "watch.h"

G_BEGIN_DECLS

#define PROCEDURE "plug-in-neural-style-transfer"

/* A #Task of nothing; its parameters are still to be initialised. */
#define TASK_INIT                                                                              \
  {                                                                                            \
    HOST_NONE, HOST_NONE, HOST_NONE, HOST_NONE                                                 \
  }

/* Runs @job, whose callback is @watch's, to its end, while the user sees it under @title. */
typedef gboolean (*TaskRun) (NstJob *job, NstWatch *watch, const gchar *title, NstImage *result,
                             GError **error);

/**
 * Task:
 * @image: where @content lies
 * @content: the layer to be styled
 * @style: the layer, group or channel that gives the style, or %HOST_NONE
 * @result: what was given as the content, where it is a result of @content; or %HOST_NONE
 * @run: shows the run to the user; %NULL: the progress bar is enough
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
  TaskRun run;
} Task;

/**
 * TaskPart:
 * @rect: of what the new layer will show, in its coordinates; of no width: all of it
 * @width: of the new layer
 * @run_width: of what is computed for it, which may be more
 *
 * What a preview shows.
 */
typedef struct
{
  GeglRectangle rect;
  gint width, height;
  gint run_width, run_height;
} TaskPart;

/* task.c */
gboolean task_is_attached (gint item);
gchar *task_item_name (gint item);
gboolean task_check (const Task *task, GError **error);
gint task_run (const Task *task, GError **error);

/* task-result.c */
void task_take_photo (Task *task);
gboolean task_is_result (const Task *task, gint layer);
gint *task_list_results (const Task *task, guint *n);
gboolean task_read_result (gint layer, NstParams *params, gchar **style, GError **error);

/* task-preview.c */
gboolean task_preview_content (const Task *task, TaskPart *part, gint longest, NstImage *image,
                               GError **error);
GArray *task_preview_styles (const Task *task, gint longest, GError **error);
gboolean task_thumbnail (gint item, gint longest, NstImage *image);

/* task-style.c */
gint task_suggest_style (const Task *task);

G_END_DECLS

#endif
