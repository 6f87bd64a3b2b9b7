/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be seen of a run from another thread: the picture as it develops, small,
 * and the losses of all its steps.
 */
#ifndef NST_WATCH_H
#define NST_WATCH_H

#include <nst.h>

G_BEGIN_DECLS

/**
 * NstLossPoint:
 *
 * The losses before a step, weighted, as in #NstProgress.
 */
typedef struct
{
  gint level;
  gfloat content, style, tv;
} NstLossPoint;

typedef struct _NstWatch NstWatch;

NstWatch *nst_watch_new (gint longest, gint64 pause);
void nst_watch_free (NstWatch *watch);
NstAction nst_watch_step (const NstProgress *progress, gpointer watch);
gboolean nst_watch_take_picture (NstWatch *watch, NstImage *picture);
gboolean nst_watch_take_losses (NstWatch *watch, GArray *losses);

G_END_DECLS

#endif
