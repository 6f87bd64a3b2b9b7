/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small runs that show what the settings do, one after the other on a thread of their
 * own: a new one ends the one before.
 */
#ifndef NST_PREVIEW_H
#define NST_PREVIEW_H

#include "clock.h"
#include "params.h"

G_BEGIN_DECLS

typedef struct _NstPreview NstPreview;

/**
 * NstPreviewState:
 * @running: a preview is being painted
 * @plan: what the run itself will do, where @planned
 * @problem: why there is no preview and would be no run, or %NULL; the caller's
 * @speed: nst_clock_speed() on this machine, or 0 as long as nothing is known of it
 */
typedef struct
{
  gboolean running;
  gboolean planned;
  NstPlan plan;
  gchar *problem;
  gdouble speed;
} NstPreviewState;

NstPreview *nst_preview_new (void);
void nst_preview_start (NstPreview *preview, const NstParams *params, gint width, gint height,
                        const NstImage *content, const GArray *styles, gboolean enlarged);
void nst_preview_stop (NstPreview *preview);
gboolean nst_preview_take (NstPreview *preview, NstImage *picture);
void nst_preview_state (NstPreview *preview, NstPreviewState *state);
void nst_preview_free (NstPreview *preview);

gchar *nst_preview_words (const NstPreviewState *state, gint width, gint height);

G_END_DECLS

#endif
