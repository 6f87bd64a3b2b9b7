/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the engine on a worker thread.  Nothing here may call libgimp or GTK.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "clock.h"
#include "job.h"

#define WAIT_MICROSECONDS 50000
#define LEAST_LIMIT       (G_GUINT64_CONSTANT (1) << 30) /* bytes; a megapixel takes 0.7 GiB */

struct _NstJob
{
  NstInputs inputs; /* the caller's */
  NstSettings settings;
  NstCallback each;
  gpointer user_data;

  GThread *thread;
  gint action; /* atomic, of NstAction: what the engine is told meanwhile */

  GMutex lock;
  GCond end;
  NstProgress progress; /* these are under the lock */
  NstClock clock;
  gboolean ended;

  gboolean success; /* these three are the caller's once the thread is joined */
  NstImage result;
  GError *error;
};

static void
clear_style (gpointer style)
{
  nst_image_clear (&((NstStyle *) style)->image);
}

/**
 * nst_styles_new:
 *
 * Returns: an array of #NstStyle that owns their pixels
 */
GArray *
nst_styles_new (void)
{
  GArray *styles = g_array_new (FALSE, FALSE, sizeof (NstStyle));

  g_array_set_clear_func (styles, clear_style);
  return styles;
}

/**
 * nst_job_half_memory:
 *
 * Returns: bytes: half of the memory there is, which by default is GIMP's tile cache
 */
guint64
nst_job_half_memory (void)
{
  return nst_machine_memory () / 2;
}

/**
 * nst_job_memory_limit:
 * @tile_cache: bytes; what users let GIMP hold in memory, so the filter takes no more; but a small
 *   one only says that pixels are to wait on disk, and must not forbid the filter
 *
 * Returns: MiB
 */
gint
nst_job_memory_limit (guint64 tile_cache)
{
  const guint64 there = nst_machine_memory (), least = MIN (LEAST_LIMIT, there);

  return (gint) MIN (MAX (tile_cache, least) >> 20, G_MAXINT);
}

/**
 * nst_job_new:
 * @inputs: copied, but what they point to must outlive the job
 * @settings: copied, strings too
 * @each: (nullable): called on the worker's thread after each step
 *
 * Returns: a job that nst_job_start() starts and nst_job_free() frees
 */
NstJob *
nst_job_new (const NstInputs *inputs, const NstSettings *settings, NstCallback each,
             gpointer user_data)
{
  NstJob *job = g_new0 (NstJob, 1);
  NstPlan plan;

  if (nst_plan (inputs, settings, &plan, NULL))
    nst_clock_init (&job->clock, &plan);
  job->inputs = *inputs;
  job->settings = *settings;
  job->settings.content_layer = g_strdup (settings->content_layer);
  job->settings.style_layers = g_strdup (settings->style_layers);
  job->settings.stop = &job->action;
  job->each = each;
  job->user_data = user_data;
  g_mutex_init (&job->lock);
  g_cond_init (&job->end);
  return job;
}

static NstAction
after_step (const NstProgress *progress, gpointer user_data)
{
  NstJob *job = user_data;
  NstAction action = NST_ACTION_GO_ON;

  if (job->each)
    action = job->each (progress, job->user_data);

  g_mutex_lock (&job->lock);
  nst_clock_tick (&job->clock, progress);
  job->progress = *progress;
  job->progress.run = NULL; /* the run's image is the worker's only */
  g_mutex_unlock (&job->lock);

  return action;
}

static gpointer
work (gpointer user_data)
{
  NstJob *job = user_data;

  job->success =
      nst_stylise (&job->inputs, &job->settings, after_step, job, &job->result, &job->error);

  g_mutex_lock (&job->lock);
  job->ended = TRUE;
  g_cond_signal (&job->end);
  g_mutex_unlock (&job->lock);
  return NULL;
}

/**
 * nst_job_start:
 *
 * Starts the worker; once for each job.
 */
void
nst_job_start (NstJob *job)
{
  GError *error = NULL;

  g_return_if_fail (!job->thread && !job->ended);

  job->thread = g_thread_try_new ("nst-job", work, job, &error);
  if (!job->thread)
    {
      job->error = error;
      job->ended = TRUE;
    }
}

/**
 * nst_job_poll:
 * @progress: (out): the newest; all zero before the first step
 *
 * Returns: %FALSE once the run has ended, well or not
 */
gboolean
nst_job_poll (NstJob *job, NstProgress *progress)
{
  gboolean running;

  g_mutex_lock (&job->lock);
  *progress = job->progress;
  running = !job->ended;
  g_mutex_unlock (&job->lock);
  return running;
}

/**
 * nst_job_clock:
 * @clock: (out): that of the run, as it is now
 */
void
nst_job_clock (NstJob *job, NstClock *clock)
{
  g_mutex_lock (&job->lock);
  *clock = job->clock;
  g_mutex_unlock (&job->lock);
}

/**
 * nst_job_wait:
 *
 * Returns after a twentieth of a second, or at once when the run ends.
 */
void
nst_job_wait (NstJob *job)
{
  gint64 until = g_get_monotonic_time () + WAIT_MICROSECONDS;

  g_mutex_lock (&job->lock);
  while (!job->ended && g_cond_wait_until (&job->end, &job->lock, until))
    ;
  g_mutex_unlock (&job->lock);
}

/**
 * nst_job_cancel:
 *
 * Ends the run at once; nst_job_finish() then fails with %NST_ERROR_CANCELLED.
 */
void
nst_job_cancel (NstJob *job)
{
  g_atomic_int_set (&job->action, NST_ACTION_CANCEL);
}

/**
 * nst_job_finish_early:
 *
 * Ends the run at once; nst_job_finish() then gives what there is, or fails with
 * %NST_ERROR_CANCELLED if that is nothing.
 */
void
nst_job_finish_early (NstJob *job)
{
  g_atomic_int_compare_and_exchange (&job->action, NST_ACTION_GO_ON, NST_ACTION_FINISH);
}

/**
 * nst_job_finish:
 * @result: (out): the caller's, to be freed with nst_image_clear()
 *
 * Waits for the end of a job that was started.
 *
 * Returns: whether there is a result
 */
gboolean
nst_job_finish (NstJob *job, NstImage *result, GError **error)
{
  memset (result, 0, sizeof *result);
  g_return_val_if_fail (job->thread || job->ended, FALSE);

  if (job->thread)
    g_thread_join (g_steal_pointer (&job->thread));
  /* Cancelled too late to be heard by the engine is cancelled nevertheless. */
  if (job->success && g_atomic_int_get (&job->action) == NST_ACTION_CANCEL)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_CANCELLED, _ ("Cancelled."));
      return FALSE;
    }
  if (!job->success)
    {
      g_propagate_error (error, g_steal_pointer (&job->error));
      return FALSE;
    }
  *result = job->result;
  memset (&job->result, 0, sizeof job->result);
  return TRUE;
}

/**
 * nst_job_text:
 *
 * Returns: (nullable): how far the run is, in one line; %NULL before the first step
 */
gchar *
nst_job_text (NstJob *job)
{
  NstProgress progress;
  NstClock clock;
  g_autofree gchar *time = NULL;
  gdouble left;

  nst_job_poll (job, &progress);
  nst_job_clock (job, &clock);
  if (progress.n_levels == 0)
    return NULL;
  left = nst_clock_left (&clock);
  time = nst_clock_words (MAX (left, 0));
  if (left < 0)
    return g_strdup_printf (_ ("Size %d of %d (%d × %d), step %d of %d"), progress.level + 1,
                            progress.n_levels, progress.width, progress.height,
                            progress.iteration + 1, progress.n_iterations);
  return g_strdup_printf (_ ("Size %d of %d (%d × %d), step %d of %d, %s left"),
                          progress.level + 1, progress.n_levels, progress.width,
                          progress.height, progress.iteration + 1, progress.n_iterations, time);
}

/**
 * nst_job_run:
 * @show: called about 20 times a second, with a new text once a second; may cancel
 * @result: (out): as nst_job_finish() gives it
 *
 * Runs a job from start to end on its own thread while this one, which may be
 * the only one that may call libgimp, shows how far it is.
 *
 * Returns: whether there is a result
 */
gboolean
nst_job_run (NstJob *job, NstShow show, gpointer user_data, NstImage *result, GError **error)
{
  NstProgress progress = {0};
  gdouble shown = 0.0;

  nst_job_start (job);
  while (nst_job_poll (job, &progress))
    {
      g_autofree gchar *text = NULL;

      if (progress.fraction > 0.0 && progress.seconds >= shown + 1.0)
        {
          text = nst_job_text (job);
          shown = progress.seconds;
        }
      if (!show (progress.fraction, text, user_data))
        nst_job_cancel (job);
      nst_job_wait (job);
    }
  return nst_job_finish (job, result, error);
}

/**
 * nst_job_free:
 * @job: (nullable): cancelled if it still runs
 */
void
nst_job_free (NstJob *job)
{
  if (!job)
    return;
  if (job->thread)
    {
      nst_job_cancel (job);
      g_thread_join (job->thread);
    }
  nst_image_clear (&job->result);
  g_free ((gchar *) job->settings.content_layer);
  g_free ((gchar *) job->settings.style_layers);
  g_clear_error (&job->error);
  g_mutex_clear (&job->lock);
  g_cond_clear (&job->end);
  g_free (job);
}
