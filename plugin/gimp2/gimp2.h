/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 2.10: what its few files share.
 */
#ifndef NST_GIMP2_H
#define NST_GIMP2_H

#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>

#include "params.h"
#include "region.h"

G_BEGIN_DECLS

#define PROCEDURE "plug-in-neural-style-transfer"
#define BINARY    "neural-style-transfer"

/**
 * Task:
 * @image: where @content lies
 * @content: the drawable to be styled
 * @style: the drawable that gives the style, or -1
 *
 * One call of the filter.
 */
typedef struct
{
  gint32 image;
  gint32 content;
  gint32 style;
  NstParams params;
} Task;

/**
 * Area:
 * @kept: the selection's bounds, where the new layer will lie
 * @computed: these with what surrounds them
 * @selection: (nullable): as it was at the start, over @computed; the user may
 *   change it before the computation ends
 *
 * Parts of the content, in its own coordinates.
 */
typedef struct
{
  GeglRectangle kept, computed;
  GeglBuffer *selection;
} Area;

/* values.c */
#define VALUES_FROM_MENU 3 /* run mode, image, drawable: all that a menu gives */
guint values_count (void);
gboolean values_from_call (Task *task, const GimpParam *values, GError **error);
void values_load_last (Task *task);
void values_save_last (const Task *task);

/* dialog.c */
gboolean dialog_run (Task *task);

/* style.c */
GArray *style_read (gint32 style, gint32 content_image, GError **error);
gchar *style_name (gint32 style);

/* result.c */
gint32 result_find (const Task *task);
gint32 result_insert (const Task *task, const gchar *style, const NstImage *result,
                      const Area *area, GError **error);

/* task.c */
gboolean task_is_attached (gint32 item);
gboolean task_check (const Task *task, GError **error);
gint32 task_run (const Task *task, GError **error);

G_END_DECLS

#endif
