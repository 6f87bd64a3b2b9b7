/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: what its few files share.
 */
#ifndef NST_GIMP3_H
#define NST_GIMP3_H

#include <libgimp/gimp.h>

#include "task.h"

G_BEGIN_DECLS

/* values.c */
void values_read (GimpProcedureConfig *config, Task *task);
void values_read_style (GimpProcedureConfig *config, Task *task);
void values_recall_styles (Task *task);
void values_remember_styles (const Task *task);

/* host.c */
GimpImage *image_of (gint image);
gint number_of (gpointer item);
gint *numbers_of (gpointer *items, guint *n);
gchar *take_text (GimpParasite *parasite);

/* filters.c */
GeglBuffer *filters_render (GimpDrawable *drawable);

/* dialog.c */
gboolean dialog_run (GimpProcedure *procedure, GimpProcedureConfig *config, Task *task);

G_END_DECLS

#endif
