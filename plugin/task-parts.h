/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a run of the filter, for task.c: content, style, result.
 */
#ifndef NST_TASK_PARTS_H
#define NST_TASK_PARTS_H

#include "pixels.h"
#include "task.h"

G_BEGIN_DECLS

/**
 * Content:
 * @width: of the layer, pixels, when it was measured
 * @height: likewise
 * @kept: the selection's bounds, where the new layer will lie
 * @space: in which it is computed; the smallest that holds the colours of all pictures
 * @source: what is computed: these with what surrounds them; with the layer's mask and
 *   the selection as they were then, for the user may change them before the end
 *
 * What is to be styled, in the layer's own coordinates.
 */
typedef struct
{
  gint width, height;
  GeglRectangle kept;
  NstSpace space;
  NstSource source;
} Content;

/* One of the pictures that are the style. */
typedef struct
{
  gdouble weight;
  NstSource source;
  gchar *name; /* the layer's */
} StyleSource;

/* task-item.c */
NstProfile *task_profile (gint image);

/* task-content.c */
gboolean content_measure (const Task *task, Content *content, GError **error);
gboolean content_check (const Task *task, const Content *content, GError **error);
gboolean
content_find_start (const Task *task, const Content *content, NstSource *start, GError **error);
void content_clear (Content *content);

/* task-style.c */
gboolean style_is_content (const Task *task, gint item);
gboolean style_check (const Task *task, GError **error);
GArray *style_find (const Task *task);
GArray *style_read (const GArray *sources, const gchar *name, NstSpace space, GError **error);

/* task-styles.c */
gchar *styles_name (const TaskStyles *styles);

/* task-recall.c */
void styles_record (const Task *task, GKeyFile *file, const gchar *group);

/* task-results.c */
#define RESULT_NOTE  PROCEDURE "-settings" /* how it was made */
#define RESULT_GROUP "result"              /* there, beside the settings */
gint result_find_tattoo (gint image, gint parent, guint tattoo);
gint result_find (const Task *task);
gint result_position (const Task *task);
void result_mark (const Task *task, gint layer, GKeyFile *record);

/* task-result.c */
GKeyFile *result_record (const Task *task);
gint result_insert (const Task *task, const Content *content, GKeyFile *record,
                    const NstImage *result, GError **error);

G_END_DECLS

#endif
