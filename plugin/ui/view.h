/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A widget that shows a picture before and after, with a line between that can be
 * dragged.
 */
#ifndef NST_VIEW_H
#define NST_VIEW_H

#include <gtk/gtk.h>
#include <nst.h>

G_BEGIN_DECLS

typedef struct _UiView UiView;

/* The picture was dragged by so many of its pixels. */
typedef void (*UiMoved) (gint x, gint y, gpointer data);

UiView *ui_view_new (gint width, gint height, UiMoved moved, gpointer data);
GtkWidget *ui_view_get_widget (UiView *view);
void ui_view_set_before (UiView *view, const NstImage *image);
void ui_view_set_after (UiView *view, const NstImage *image);
void ui_view_set_movable (UiView *view, gboolean movable);

G_END_DECLS

#endif
