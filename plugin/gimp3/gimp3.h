/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: what its few files share.
 */
#ifndef NST_GIMP3_H
#define NST_GIMP3_H

#include <libgimp/gimp.h>

#include "params.h"
#include "region.h"

G_BEGIN_DECLS

#define PROCEDURE "plug-in-neural-style-transfer"

/**
 * Content:
 * @image: the image that is worked on
 * @drawable: the layer to be styled
 * @kept: the selection's bounds in the layer's own coordinates, where the new
 *   layer will lie
 * @computed: these with what surrounds them
 * @selection: (nullable): the selection as it was at the start, over @computed;
 *   the user may change it before the computation ends
 */
typedef struct
{
  GimpImage *image;
  GimpDrawable *drawable;
  GeglRectangle kept, computed;
  GeglBuffer *selection;
} Content;

/* content.c */
gboolean item_is_attached (GimpItem *item);
gboolean
content_open (Content *content, GimpImage *image, GimpDrawable **drawables, GError **error);
gboolean content_read (const Content *content, NstImage *pixels, GError **error);
gboolean content_check (const Content *content, GError **error);
gboolean content_read_start (const Content *content, NstImage *pixels, GError **error);
void content_close (Content *content);

/* style.c */
GimpDrawable *style_recall (void);
void style_remember (GimpDrawable *style);
GimpDrawable *style_suggest (const Content *content);
gboolean style_check (GimpDrawable *style, GError **error);
GArray *style_read (GimpDrawable *style, const Content *content, GError **error);
gchar *style_name (GimpDrawable *style);

/* layer.c */
GimpDrawable *layer_find (const Content *content);
gchar *layer_name (GimpDrawable *style);
GimpLayer *layer_insert (const Content *content, const gchar *name, const NstImage *pixels,
                         GError **error);

/* dialog.c */
gboolean dialog_run (GimpProcedure *procedure, GimpProcedureConfig *config);

G_END_DECLS

#endif
