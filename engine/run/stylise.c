/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The driver: from coarse to fine, at each level targets, then steps of the
 * optimiser, with progress, preview and cancel.
 */
#include "images/resample.h"
#include "run/level-steps.h"
#include "run/plan-run.h"
#include "run/settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The run as its caller follows it. */
typedef struct
{
  const NstRun *run;
  NstCallback callback;
  gpointer user_data;
  gint64 started;     /* monotonic microseconds */
  gdouble work, done; /* pixels x steps, of all levels and so far */
  gboolean finished;  /* the run is to keep what there is */
  NstHandover handover;
  NstImage *result;
} Driver;

static gboolean
is_last (const Driver *it, const NstLevel *level)
{
  return level->plan->level == it->run->plan.plan.n_levels - 1;
}

/* Tells the callback of the step that was taken; FALSE ends the level. */
static gboolean
report (Driver *it, const NstLevel *level, gint iteration, const NstLosses *losses,
        GError **error)
{
  const NstPlan *plan = &it->run->plan.plan;
  NstProgress progress = {
      .level = level->plan->level,
      .n_levels = plan->n_levels,
      .iteration = iteration,
      .n_iterations = plan->iterations[level->plan->level],
      .width = level->plan->width,
      .height = level->plan->height,
      .content = losses->content,
      .match = losses->match,
      .style = losses->style,
      .palette = losses->palette,
      .tv = losses->tv,
      .total = losses->total,
      .seconds = (gdouble) (g_get_monotonic_time () - it->started) / 1e6,
      .run = level,
  };

  it->done += (gdouble) progress.width * progress.height;
  progress.fraction = MIN (it->done / it->work, 1);
  if (!it->callback)
    return TRUE;
  switch (it->callback (&progress, it->user_data))
    {
    case NST_ACTION_CANCEL:
      g_set_error_literal (error, NST_ERROR, NST_ERROR_CANCELLED, _ ("Cancelled."));
      return FALSE;
    case NST_ACTION_FINISH:
      it->finished = TRUE;
      return FALSE;
    default:
      return TRUE;
    }
}

/* What was cancelled because another thread told the run to keep what there is has not failed, where
 * there is @something: the error goes, and the run ends here.  Returns: whether that is so. */
static gboolean
finish_instead (Driver *it, gboolean something, GError **error)
{
  const gint *stop = it->run->plan.settings->stop;

  if (!something || !stop || !g_error_matches (*error, NST_ERROR, NST_ERROR_CANCELLED)
      || g_atomic_int_get (stop) != NST_ACTION_FINISH)
    return FALSE;
  g_clear_error (error);
  it->finished = TRUE;
  return TRUE;
}

static gboolean
run_steps (Driver *it, NstLevel *level, GError **error)
{
  NstMinimizer *m = &level->minimizer;
  gint index = level->plan->level, n = it->run->plan.plan.iterations[index], i;
  GError *local = NULL;

  for (i = 0; i < n && !m->converged; i++)
    {
      NstLosses losses;

      if (!m->step (m, &losses, &local) || !report (it, level, i, &losses, &local))
        break;
    }
  finish_instead (it, i > 0 || index > 0, &local);
  if (local)
    g_propagate_error (error, local);
  return !local;
}

static void
planes_to_image (const NstTensor *planes, NstImage *image)
{
  gsize n = nst_tensor_plane (planes);

  for (gsize i = 0; i < n; i++)
    for (gint c = 0; c < 3; c++)
      image->rgb[3 * i + c] = CLAMP (planes->data[c * n + i], 0, 1);
}

gboolean
nst_progress_get_image (const NstProgress *progress, NstImage *image, GError **error)
{
  const NstLevel *level = progress->run;
  NstTensor planes;
  gboolean ok;

  if (!nst_level_planes (level, level->minimizer.x, &planes, error))
    return FALSE;
  ok = nst_image_alloc (image, planes.w, planes.h, FALSE, error);
  if (ok)
    planes_to_image (&planes, image);
  nst_tensor_clear (&planes);
  return ok;
}

/* What the caller gets of @x, which is freed: at the working size, also from a level before the
 * last. */
static gboolean
keep_result (Driver *it, NstLevel *level, gfloat *x, GError **error)
{
  const NstPlan *plan = &it->run->plan.plan;
  NstSize size = {plan->width[plan->n_levels - 1], plan->height[plan->n_levels - 1]};
  NstTensor planes, full;
  gboolean ok;

  /* room for what is to come */
  nst_minimizer_clear (&level->minimizer);
  nst_objective_clear (&level->loss.objective);
  ok = nst_level_planes (level, x, &planes, error);
  nst_free (x);
  if (ok && (planes.w != size.w || planes.h != size.h))
    {
      ok = nst_resize (it->run->pool, NST_RESAMPLE_CUBIC, &planes, size, &full, error);
      nst_tensor_clear (&planes);
      planes = full;
    }
  ok = ok && nst_image_alloc (it->result, size.w, size.h, FALSE, error);
  if (ok)
    planes_to_image (&planes, it->result);
  nst_tensor_clear (&planes);
  return ok;
}

/* The steps of a level that has begun from @x.  After NST_ERROR_DIVERGED the last good image is
 * kept all the same. */
static gboolean
optimise_level (Driver *it, NstLevel *level, gfloat *x, GError **error)
{
  NstMinimizer *m = &level->minimizer;
  GError *local = NULL;

  if (!nst_level_optimise (level, &it->handover.curvature, x, error))
    return FALSE;
  if (run_steps (it, level, &local))
    return is_last (it, level) || it->finished
               ? keep_result (it, level, g_steal_pointer (&m->x), error)
               : nst_level_keep (level, &it->handover, error);
  if (g_error_matches (local, NST_ERROR, NST_ERROR_DIVERGED))
    keep_result (it, level, g_steal_pointer (&m->x), NULL);
  g_propagate_error (error, local);
  return FALSE;
}

/* Where a level starts, and its steps.  Stopped before them, a run that is to keep what there is
 * keeps where it would have started. */
static gboolean
start_level (Driver *it, NstLevel *level, GError **error)
{
  GError *local = NULL;
  gfloat *x = nst_level_first (level, &it->handover, error);

  if (!x)
    return FALSE;
  if (nst_level_match (level, &it->handover, x, &local))
    return optimise_level (it, level, x, error);
  if (finish_instead (it, level->plan->level > 0, &local))
    return keep_result (it, level, x, error);
  nst_free (x);
  g_propagate_error (error, local);
  return FALSE;
}

/* A level's loss, and from there on.  Stopped at its loss, a run that is to keep what there is goes
 * back to the end of the level before. */
static gboolean
run_level (Driver *it, NstLevel *level, gint index, GError **error)
{
  const NstRun *run = it->run;
  GError *local = NULL;
  gboolean ok;
  gfloat *x;

  nst_pool_watch (run->pool, run->plan.settings->stop);
  ok = nst_level_begin (level, run, index, &local) && nst_pool_check (run->pool, &local);
  nst_pool_watch (run->pool, NULL);
  if (ok)
    return start_level (it, level, error);
  if (!finish_instead (it, index > 0, &local))
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  nst_level_end (level);
  x = nst_level_restore (level, run, index - 1, &it->handover, error);
  return x && keep_result (it, level, x, error);
}

static gboolean
run_levels (Driver *it, GError **error)
{
  const NstPlan *plan = &it->run->plan.plan;
  gboolean ok = TRUE;

  for (gint i = 0; i < plan->n_levels; i++)
    it->work += (gdouble) plan->width[i] * plan->height[i] * plan->iterations[i];
  for (gint i = 0; ok && !it->finished && i < plan->n_levels; i++)
    {
      NstLevel level;

      ok = run_level (it, &level, i, error);
      nst_level_end (&level);
    }
  nst_handover_clear (&it->handover);
  return ok;
}

gboolean
nst_stylise (const NstInputs *inputs, const NstSettings *settings, NstCallback callback,
             gpointer user_data, NstImage *result, GError **error)
{
  NstRun run = {.plan = {*inputs, settings}};
  Driver driver = {.run = &run,
                   .callback = callback,
                   .user_data = user_data,
                   .started = g_get_monotonic_time (),
                   .result = result};
  gboolean ok = nst_check_inputs (inputs, error) && nst_run_plan_make (&run.plan, error);

  memset (result, 0, sizeof *result);
  if (ok)
    {
      nst_run_begin (&run);
      ok = run_levels (&driver, error);
      nst_run_end (&run);
    }
  nst_run_plan_clear (&run.plan);
  return ok;
}
