/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The driver: from coarse to fine, at each level targets, then steps of the
 * optimiser, with progress, preview and cancel.
 */
#include "base/blas.h"
#include "images/colour.h"
#include "run/level.h"
#include "run/settings.h"
#include "images/resample.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  NstRun *run = data;
  NstTensor planes = {3, run->h, run->w, gradient};
  gboolean ok;

  nst_pool_watch (run->pool, run->settings->stop);
  ok = nst_objective_evaluate (&run->objective, x, gradient, losses, error);
  nst_pool_watch (run->pool, NULL);
  if (!ok)
    return FALSE;
  if (run->grey)
    nst_colour_average (&planes);
  return TRUE;
}

/* Tells the callback of the step that was taken; FALSE ends the level. */
static gboolean
report (NstRun *run, gint iteration, const NstLosses *losses, GError **error)
{
  const NstPlan *plan = &run->plan.plan;
  NstProgress progress = {
      .level = run->level,
      .n_levels = plan->n_levels,
      .iteration = iteration,
      .n_iterations = plan->iterations[run->level],
      .width = nst_level_width (run),
      .height = nst_level_height (run),
      .content = losses->content,
      .match = losses->match,
      .style = losses->style,
      .palette = losses->palette,
      .tv = losses->tv,
      .total = losses->total,
      .seconds = (g_get_monotonic_time () - run->started) / 1e6,
      .run = run,
  };

  run->done += (gdouble) progress.width * progress.height;
  progress.fraction = MIN (run->done / run->work, 1);
  if (!run->callback)
    return TRUE;
  switch (run->callback (&progress, run->user_data))
    {
    case NST_ACTION_CANCEL:
      g_set_error_literal (error, NST_ERROR, NST_ERROR_CANCELLED, _ ("Cancelled."));
      return FALSE;
    case NST_ACTION_FINISH:
      run->finished = TRUE;
      return FALSE;
    default:
      return TRUE;
    }
}

/* Whether a run that failed so was told from another thread to keep what there is. */
static gboolean
is_finish (const NstRun *run, const GError *error)
{
  return g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED) && run->settings->stop
         && g_atomic_int_get (run->settings->stop) == NST_ACTION_FINISH;
}

static gboolean
run_steps (NstRun *run, GError **error)
{
  NstMinimizer *m = &run->minimizer;
  gint n = run->plan.plan.iterations[run->level], i;
  GError *local = NULL;

  for (i = 0; i < n && !m->converged; i++)
    {
      NstLosses losses;

      if (!m->step (m, &losses, &local) || !report (run, i, &losses, &local))
        break;
    }
  if ((i > 0 || run->level > 0) && is_finish (run, local))
    {
      run->finished = TRUE;
      g_clear_error (&local);
    }
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
  const NstRun *run = progress->run;
  NstTensor planes;
  gboolean ok;

  if (!nst_level_planes (run, run->minimizer.x, &planes, error))
    return FALSE;
  ok = nst_image_alloc (image, planes.w, planes.h, FALSE, error);
  if (ok)
    planes_to_image (&planes, image);
  nst_tensor_clear (&planes);
  return ok;
}

/* What the caller gets, at the working size, also from a level before the last. */
static gboolean
keep_result (NstRun *run, NstImage *result, GError **error)
{
  const NstPlan *plan = &run->plan.plan;
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];
  gfloat *x = g_steal_pointer (&run->minimizer.x);
  NstTensor planes, full;
  gboolean ok;

  /* room for what is to come */
  nst_minimizer_clear (&run->minimizer);
  nst_objective_clear (&run->objective);
  ok = nst_level_planes (run, x, &planes, error);
  nst_free (x);
  if (ok && (planes.w != w || planes.h != h))
    {
      ok = nst_resize (run->pool, NST_RESAMPLE_CUBIC, &planes, w, h, &full, error);
      nst_tensor_clear (&planes);
      planes = full;
    }
  ok = ok && nst_image_alloc (result, w, h, FALSE, error);
  if (ok)
    planes_to_image (&planes, result);
  nst_tensor_clear (&planes);
  return ok;
}

/* The loss of a level; stopped there, a run that is to keep what there is goes back to the end
 * of the level before. */
static gboolean
begin_level (NstRun *run, GError **error)
{
  GError *local = NULL;
  gboolean ok;

  nst_pool_watch (run->pool, run->settings->stop);
  ok = nst_level_begin (run, &local) && nst_pool_check (run->pool, &local);
  nst_pool_watch (run->pool, NULL);
  if (!ok && run->level > 0 && is_finish (run, local))
    {
      g_clear_error (&local);
      run->finished = TRUE;
      ok = nst_level_back (run, &local);
    }
  if (local)
    g_propagate_error (error, local);
  return ok;
}

/* The steps of a level that has begun.  After NST_ERROR_DIVERGED the last good image is kept
 * all the same. */
static gboolean
optimise_level (NstRun *run, NstImage *result, GError **error)
{
  GError *local = NULL;
  gboolean last = run->level == run->plan.plan.n_levels - 1;
  gfloat *x = nst_level_start (run, &local);

  if (!x && run->minimizer.x && run->level > 0 && is_finish (run, local))
    {
      g_clear_error (&local);
      run->finished = TRUE;
      return keep_result (run, result, error);
    }
  if (!x)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  NstFunction function = {evaluate, run};
  NstMinimizerSpec spec =
      nst_recipe_minimizer (&run->plan.level[run->level].recipe, (gsize) 3 * run->w * run->h);
  if (!nst_minimizer_init (&run->minimizer, &spec, run->pool, x, &function, error))
    return FALSE;
  if (run->plan.recipe.optimizer == NST_OPTIMIZER_LBFGS && run->plan.recipe.clamp)
    {
      nst_curvature_begin (&run->curvature, run->w, run->h);
      run->minimizer.curvature = &run->curvature;
    }
  if (run_steps (run, &local))
    return last || run->finished ? keep_result (run, result, error)
                                 : nst_level_keep (run, error);
  if (g_error_matches (local, NST_ERROR, NST_ERROR_DIVERGED))
    keep_result (run, result, NULL);
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
run_level (NstRun *run, NstImage *result, GError **error)
{
  gboolean ok = begin_level (run, error)
                && (run->finished ? keep_result (run, result, error)
                                  : optimise_level (run, result, error));

  nst_level_end (run);
  return ok;
}

/* How each style's colours become the content's, or the content's the styles'.  The picture is
 * grey where colours are kept, and all of it where no style has any. */
static void
prepare_colours (NstRun *run)
{
  const NstRecipeSpec *recipe = &run->plan.recipe;

  run->grey = recipe->keep_colours
              || (recipe->follow_colours >= 1 && !run->content->mask
                  && nst_colour_all_grey (run->styles, run->n_styles));
  if (recipe->follow_colours > 0)
    nst_colour_follow (run->content, run->styles, run->n_styles, recipe->follow_colours,
                       &run->follow);
  if (!recipe->match_colours)
    return;
  run->maps = g_new (NstColourMap, run->n_styles);
  for (guint i = 0; i < run->n_styles; i++)
    nst_colour_match (&run->styles[i].image, run->content, &run->maps[i]);
}

static gboolean
run_levels (NstRun *run, NstImage *result, GError **error)
{
  const NstPlan *plan = &run->plan.plan;
  gboolean ok;

  prepare_colours (run);
  for (gint i = 0; i < plan->n_levels; i++)
    run->work += (gdouble) plan->width[i] * plan->height[i] * plan->iterations[i];
  run->pool = nst_pool_new (run->plan.threads);
  nst_blas_reserve (nst_pool_threads (run->pool), plan->memory);
  do
    ok = run_level (run, result, error);
  while (ok && !run->finished && ++run->level < plan->n_levels);
  nst_pool_free (run->pool);
  nst_level_forget (run);
  g_free (run->maps);
  return ok;
}

gboolean
nst_stylise (const NstNetwork *network, const NstSettings *settings, const NstImage *content,
             const NstStyle *styles, guint n_styles, NstCallback callback, gpointer user_data,
             NstImage *result, GError **error)
{
  NstRun run = {.network = network,
                .settings = settings,
                .content = content,
                .styles = styles,
                .n_styles = n_styles,
                .callback = callback,
                .user_data = user_data,
                .plan = {network, settings, content, styles, n_styles},
                .started = g_get_monotonic_time ()};
  gboolean ok = nst_check_images (settings, content, styles, n_styles, error)
                && nst_run_plan_make (&run.plan, error);

  memset (result, 0, sizeof *result);
  if (ok)
    ok = run_levels (&run, result, error);
  nst_run_plan_clear (&run.plan);
  return ok;
}
