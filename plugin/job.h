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

/* The engine's settings: nst_params_to_settings() with GEGL's number of threads and
 * limit of memory, which are GIMP's in a plug-in, where @params leave them open. */
void nst_job_settings (const NstParams *params, NstSettings *settings);

/* MiB: the engine's limit where @tile_cache bytes are what GIMP may hold. */
gint nst_job_memory_limit (guint64 tile_cache);

/* Bytes: half of the memory there is, which by default is GIMP's tile cache. */
guint64 nst_job_half_memory (void);

/* An array of NstStyle that owns their pixels. */
GArray *nst_styles_new (void);

/* What @inputs point to must outlive the job; @settings' strings are copied.
 * @each, if not NULL, is called on the worker's thread after each step. */
NstJob *nst_job_new (const NstInputs *inputs, const NstSettings *settings, NstCallback each,
                     gpointer user_data);
void nst_job_start (NstJob *job);
/* The newest progress; FALSE once the run has ended. */
gboolean nst_job_poll (NstJob *job, NstProgress *progress);
/* Sleeps until it is time to look again, or the run has ended. */
void nst_job_wait (NstJob *job);
void nst_job_cancel (NstJob *job);
void nst_job_finish_early (NstJob *job);
void nst_job_clock (NstJob *job, NstClock *clock);
gchar *nst_job_text (NstJob *job);
/* Waits for the end and gives the result to the caller; or fails. */
gboolean nst_job_finish (NstJob *job, NstImage *result, GError **error);

/* @text: what to say from now on, or NULL for no change.  Returns: whether to go on. */
typedef gboolean (*NstShow) (gdouble fraction, const gchar *text, gpointer user_data);

/* nst_job_start() to nst_job_finish(), calling @show on this thread meanwhile. */
gboolean
nst_job_run (NstJob *job, NstShow show, gpointer user_data, NstImage *result, GError **error);

void nst_job_free (NstJob *job);

G_END_DECLS

#endif
