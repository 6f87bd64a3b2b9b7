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
    HOST_NONE, HOST_NONE, HOST_NONE                                                            \
  }

#define TASK_STYLES 12 /* that can be mixed */

/**
 * TaskStyle:
 * @item: a layer, group or channel
 * @weight: beside the others'; above 0
 */
typedef struct
{
  gint item;
  gdouble weight;
} TaskStyle;

/* No item is there twice. */
typedef struct
{
  TaskStyle list[TASK_STYLES];
  guint n;
} TaskStyles;

typedef struct _Task Task;

/* Runs the @job of @task, whose callback is @watch's, to its end, while the user sees it under
 * @title; cancels it when it is not wanted any more. */
typedef gboolean (*TaskRun) (const Task *task, NstJob *job, NstWatch *watch, const gchar *title,
                             NstImage *result, GError **error);

/**
 * Task:
 * @image: where @content lies
 * @content: the layer to be styled
 * @result: what was given as the content, where it is a result of @content; or %HOST_NONE
 * @styles: what gives the style; several are mixed
 * @run: shows the run to the user; %NULL: the progress bar is enough
 *
 * One call of the filter; the numbers are the host's.
 */
struct _Task
{
  gint image;
  gint content;
  gint result;
  TaskStyles styles;
  NstParams params;
  TaskRun run;
};

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

/* task-item.c */
gboolean task_is_attached (gint item);
gchar *task_item_name (gint item);

/* task-content.c */
gboolean task_check (const Task *task, GError **error);

/* task.c */
gboolean task_is_wanted (const Task *task);
gint task_run (const Task *task, GError **error);

/* task-results.c */
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
void task_suggest_styles (Task *task);

/* task-styles.c */
gint task_styles_last (const TaskStyles *styles);
gboolean task_styles_contain (const TaskStyles *styles, gint item);
void task_styles_set (TaskStyles *styles, gint item);
gboolean task_styles_add (TaskStyles *styles, gint item, gdouble weight);
void task_styles_remove (TaskStyles *styles, gint item);
gboolean task_styles_equal (const TaskStyles *a, const TaskStyles *b);
gchar *task_styles_text (const TaskStyles *styles);
void task_styles_parse (TaskStyles *styles, const gchar *text);
gboolean task_styles_dropped (TaskStyles *styles, const gchar *data, gsize length);
gchar *task_style_name (gint item);

/* task-recall.c */
gchar *task_styles_keep (const TaskStyles *styles);
gboolean
task_styles_recall (const Task *task, gint layer, const gchar *shelf, TaskStyles *styles);
gboolean task_styles_recall_kept (const Task *task, const gchar *path, const gchar *shelf,
                                  TaskStyles *styles);

G_END_DECLS

#endif
