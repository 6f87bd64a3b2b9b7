/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of the engine on a thread of its own, so that the thread that started
 * it (libgimp's, GTK's or the terminal's) can show progress and cancel.
 */
#ifndef NST_JOB_H
#define NST_JOB_H

#include "clock.h"
#include "params.h"

G_BEGIN_DECLS

typedef struct _NstJob NstJob;

void nst_job_settings (const NstParams *params, NstSettings *settings);

gint nst_job_memory_limit (guint64 tile_cache);

guint64 nst_job_half_memory (void);

GArray *nst_styles_new (void);

NstJob *nst_job_new (const NstInputs *inputs, const NstSettings *settings, NstCallback each,
                     gpointer user_data);
void nst_job_start (NstJob *job);
gboolean nst_job_poll (NstJob *job, NstProgress *progress);
void nst_job_wait (NstJob *job);
void nst_job_cancel (NstJob *job);
void nst_job_finish_early (NstJob *job);
void nst_job_clock (NstJob *job, NstClock *clock);
gchar *nst_job_text (NstJob *job);
gboolean nst_job_finish (NstJob *job, NstImage *result, GError **error);

/* @text: what to say from now on, or NULL for no change.  Returns: whether to go on. */
typedef gboolean (*NstShow) (gdouble fraction, const gchar *text, gpointer user_data);

gboolean
nst_job_run (NstJob *job, NstShow show, gpointer user_data, NstImage *result, GError **error);

void nst_job_free (NstJob *job);

G_END_DECLS

#endif
