/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The driver: from coarse to fine, at each level targets, then steps of the
 * optimiser, with progress, preview and cancel.
 */
#include "stylise.h"
#include "colour.h"
#include "resample.h"
#include "vector.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* How much of the content's detail that had no room in a level begins the next:
 * saves steps there; with all of it photographs shine through the strokes. */
#define DETAIL 0.4

typedef struct
{
  const NstNetwork *network;
  const NstSettings *settings;
  const NstImage *content;
  const NstStyle *styles;
  guint n_styles;
  NstCallback callback;
  gpointer user_data;

  NstRecipeSpec recipe;
  NstPlan plan;
  NstPool *pool;
  gint64 started;     /* monotonic microseconds */
  gdouble work, done; /* pixels x steps, of all levels and so far */
  gboolean keep_colours;
  NstColourMap *maps; /* of each style, where colours are matched, or NULL */

  gint level;
  NstTensor scaled; /* the content at this level, with its colours */
  NstTensor grown;  /* the same in the recipe's unit, extended to what the network needs, and
                       grey where colours are kept */
  NstTensor coarse; /* between levels: the variable less DETAIL times the content, in the size
                       of `scaled` */
  gdouble scale;    /* and the optimiser's, divided by the floats it had */
  NstObjective objective;
  NstMinimizer minimizer;
  gboolean finished; /* the callback said so */
} Run;

static gint
least_side (const Run *run)
{
  return nst_smallest_side (run->network, nst_recipe_depth (&run->recipe));
}

/* Colours (and the mask, if any) of an image at w x h, extended as nst_extend() does. */
static gboolean
prepare_mask (const Run *run, const NstImage *image, NstResample kind, gint w, gint h,
              NstTensor *mask, GError **error)
{
  NstTensor whole = {1, image->height, image->width, image->mask}, sized;
  gboolean ok;

  memset (mask, 0, sizeof *mask);
  if (!image->mask)
    return TRUE;
  if (!nst_resize (run->pool, kind, &whole, w, h, &sized, error))
    return FALSE;
  ok = nst_extend (&sized, least_side (run), 1, mask, error);
  for (gsize i = 0; ok && i < nst_tensor_size (mask); i++)
    mask->data[i] = CLAMP (mask->data[i], 0, 1);
  nst_tensor_clear (&sized);
  return ok;
}

/* A style's size at this level: by the content's long side and the style scale. */
static void
style_size (const Run *run, const NstImage *style, gint *w, gint *h)
{
  gint level_w = run->plan.width[run->level], level_h = run->plan.height[run->level];
  gint level = MAX (level_w, level_h), native = MAX (style->width, style->height);
  gdouble side = level;

  if (run->recipe.size_is_height)
    {
      *w = level_w;
      *h = level_h;
      return;
    }
  if (run->recipe.coarse_to_fine)
    side = nst_style_side (run->settings, level, native);
  *w = CLAMP (lrint (style->width * side / native), 1, NST_SIZE_MAX);
  *h = CLAMP (lrint (style->height * side / native), 1, NST_SIZE_MAX);
}

static gboolean
add_style (Run *run, guint index, gdouble total_weight, GError **error)
{
  const NstStyle *style = &run->styles[index];
  NstTensor sized = {0}, grown = {0}, mask = {0};
  NstResample kind = run->recipe.size_is_height ? NST_RESAMPLE_NEAREST : NST_RESAMPLE_CUBIC;
  gboolean ok;
  gint w, h;

  style_size (run, &style->image, &w, &h);
  ok = nst_resize_image (run->pool, kind, &style->image, w, h, &sized, error);
  if (ok && run->keep_colours)
    {
      nst_colour_to_grey (&sized);
      /* `grown` is grey already, in the recipe's unit of 1 */
      nst_colour_match_grey (&sized, &run->grown);
    }
  else if (ok && run->maps)
    nst_colour_apply (&run->maps[index], &sized);
  ok = ok && nst_extend (&sized, least_side (run), run->recipe.unit, &grown, error)
       && prepare_mask (run, &style->image, kind, w, h, &mask, error)
       && nst_objective_add_style (&run->objective, &grown, mask.data,
                                   style->weight / total_weight, error);
  nst_tensor_clear (&sized);
  nst_tensor_clear (&grown);
  nst_tensor_clear (&mask);
  return ok;
}

/* The content at this level, and the loss that it and the styles make. */
static gboolean
begin_level (Run *run, GError **error)
{
  gint w = run->plan.width[run->level], h = run->plan.height[run->level];
  NstResample kind = run->recipe.size_is_height ? NST_RESAMPLE_NEAREST : NST_RESAMPLE_CUBIC;
  NstTensor mask = {0};
  gdouble total = 0;
  gboolean ok;

  ok = nst_resize_image (run->pool, kind, run->content, w, h, &run->scaled, error)
       && nst_extend (&run->scaled, least_side (run), run->recipe.unit, &run->grown, error)
       && prepare_mask (run, run->content, kind, w, h, &mask, error);
  if (ok && run->keep_colours)
    nst_colour_to_grey (&run->grown);
  ok = ok
       && nst_objective_init (&run->objective, run->network, run->pool, &run->recipe, NULL,
                              &run->grown, mask.data, error);
  nst_tensor_clear (&mask);
  for (guint i = 0; i < run->n_styles; i++)
    total += run->styles[i].weight;
  for (guint i = 0; ok && i < run->n_styles; i++)
    ok = add_style (run, i, total, error);
  return ok;
}

static void
fill_noise (const Run *run, gfloat *x)
{
  GRand *random = g_rand_new_with_seed (run->settings->seed);
  NstTensor planes = {3, run->grown.h, run->grown.w, x};
  gsize n = nst_tensor_size (&planes);

  for (gsize i = 0; i < n; i++)
    x[i] = g_rand_double (random) * run->recipe.unit;
  if (run->keep_colours)
    nst_colour_to_grey (&planes);
  g_rand_free (random);
}

/* From the image that the caller goes on from. */
static gboolean
start_from_image (Run *run, GError **error)
{
  NstTensor sized, grown;
  gboolean ok;

  if (!nst_resize_image (run->pool, NST_RESAMPLE_CUBIC, run->settings->start_image,
                         run->scaled.w, run->scaled.h, &sized, error))
    return FALSE;
  if (run->keep_colours)
    nst_colour_to_grey (&sized);
  ok = nst_extend (&sized, least_side (run), run->recipe.unit, &grown, error);
  if (ok)
    memcpy (run->minimizer.x, grown.data, run->minimizer.n * sizeof (gfloat));
  nst_tensor_clear (&sized);
  nst_tensor_clear (&grown);
  return ok;
}

/* From what the level before gave, enlarged, with some detail of the content that is
 * not in it. */
static gboolean
start_from_coarse (Run *run, GError **error)
{
  NstTensor larger, grown;
  gboolean ok;

  /* the loss is a mean: its Hessian goes with 1 / pixels */
  run->minimizer.first_scale = run->scale * run->minimizer.n;
  if (!nst_resize (run->pool, NST_RESAMPLE_CUBIC, &run->coarse, run->scaled.w, run->scaled.h,
                   &larger, error))
    return FALSE;
  ok = nst_extend (&larger, least_side (run), 1, &grown, error);
  if (ok)
    nst_add_scaled (run->pool, run->minimizer.n, grown.data, DETAIL, run->grown.data,
                    run->minimizer.x);
  nst_tensor_clear (&larger);
  nst_tensor_clear (&grown);
  return ok;
}

/* Where the level starts. */
static gboolean
start_variable (Run *run, GError **error)
{
  gfloat *x = run->minimizer.x;

  if (run->level > 0)
    return start_from_coarse (run, error);
  if (run->settings->start_image)
    return start_from_image (run, error);
  if (run->settings->start == NST_START_NOISE)
    fill_noise (run, x);
  else
    memcpy (x, run->grown.data, run->minimizer.n * sizeof (gfloat));
  return TRUE;
}

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  Run *run = data;
  NstTensor planes = {3, run->grown.h, run->grown.w, gradient};

  if (!nst_objective_evaluate (&run->objective, x, gradient, losses, error))
    return FALSE;
  /* where colours are kept, the picture stays grey */
  if (run->keep_colours)
    nst_colour_average (&planes);
  return TRUE;
}

/* Tells the callback of the step that was taken; FALSE ends the level. */
static gboolean
report (Run *run, gint iteration, const NstLosses *losses, GError **error)
{
  const NstPlan *plan = &run->plan;
  NstProgress progress = {
      .level = run->level,
      .n_levels = plan->n_levels,
      .iteration = iteration,
      .n_iterations = plan->iterations[run->level],
      .width = run->scaled.w,
      .height = run->scaled.h,
      .content = losses->content,
      .style = losses->style,
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
      g_set_error_literal (error, NST_ERROR, NST_ERROR_CANCELLED, _ ("Cancelled"));
      return FALSE;
    case NST_ACTION_FINISH:
      run->finished = TRUE;
      return FALSE;
    default:
      return TRUE;
    }
}

static gboolean
run_steps (Run *run, GError **error)
{
  NstMinimizer *m = &run->minimizer;
  gint n = run->plan.iterations[run->level];
  GError *local = NULL;

  for (gint i = 0; i < n && !m->converged; i++)
    {
      NstLosses losses;

      if (!m->step (m, &losses, &local) || !report (run, i, &losses, &local))
        break;
    }
  if (local)
    g_propagate_error (error, local);
  return !local;
}

/* The variable as an image of its own, in [0,1]-like units; the colours that
 * are kept come back here. */
static gboolean
current_planes (const Run *run, NstTensor *planes, GError **error)
{
  if (!nst_tensor_alloc (planes, 3, run->scaled.h, run->scaled.w, error))
    return FALSE;
  nst_crop (run->minimizer.x, run->grown.w, run->grown.h, 1 / run->recipe.unit, planes);
  if (run->keep_colours)
    nst_colour_take_chroma (planes, &run->scaled);
  return TRUE;
}

static void
planes_to_image (const NstTensor *planes, NstImage *image)
{
  gsize n = nst_tensor_plane (planes);

  for (gsize i = 0; i < n; i++)
    for (gint c = 0; c < 3; c++)
      image->rgb[3 * i + c] = CLAMP (planes->data[c * n + i], 0, 1);
}

/**
 * nst_progress_get_image:
 * @image: (out caller-allocates): progress->width x progress->height; free with
 *   nst_image_clear()
 *
 * The image as it is now.  For use within the callback only.
 */
gboolean
nst_progress_get_image (const NstProgress *progress, NstImage *image, GError **error)
{
  NstTensor planes;
  gboolean ok;

  if (!current_planes (progress->run, &planes, error))
    return FALSE;
  ok = nst_image_alloc (image, planes.w, planes.h, FALSE, error);
  if (ok)
    planes_to_image (&planes, image);
  nst_tensor_clear (&planes);
  return ok;
}

static void
end_level (Run *run)
{
  nst_minimizer_clear (&run->minimizer);
  nst_objective_clear (&run->objective);
  nst_tensor_clear (&run->scaled);
  nst_tensor_clear (&run->grown);
}

/* What the next level starts from. */
static gboolean
keep_coarse (Run *run, GError **error)
{
  NstMinimizer *m = &run->minimizer;

  nst_tensor_clear (&run->coarse);
  if (!nst_tensor_alloc (&run->coarse, 3, run->scaled.h, run->scaled.w, error))
    return FALSE;
  run->scale = nst_lbfgs_scale (m) / m->n;
  nst_add_scaled (run->pool, m->n, m->x, -DETAIL, run->grown.data, m->other);
  nst_crop (m->other, run->grown.w, run->grown.h, 1, &run->coarse);
  return TRUE;
}

/* The level's outcome into run->coarse (for the next) or @result, at the working
 * size (for the caller). */
static gboolean
keep_outcome (Run *run, gboolean last, NstImage *result, GError **error)
{
  gint w = run->plan.width[run->plan.n_levels - 1],
       h = run->plan.height[run->plan.n_levels - 1];
  NstTensor planes, full;
  gboolean ok;

  if (!last)
    return keep_coarse (run, error);
  if (!current_planes (run, &planes, error))
    return FALSE;
  ok = nst_resize (run->pool, NST_RESAMPLE_CUBIC, &planes, w, h, &full, error);
  nst_tensor_clear (&planes);
  if (!ok)
    return FALSE;
  ok = nst_image_alloc (result, w, h, FALSE, error);
  if (ok)
    planes_to_image (&full, result);
  nst_tensor_clear (&full);
  return ok;
}

/* One level.  After NST_ERROR_DIVERGED the last good image is kept all the same. */
static gboolean
run_level (Run *run, NstImage *result, GError **error)
{
  GError *local = NULL;
  gboolean ok;

  ok = begin_level (run, &local)
       && nst_minimizer_init (&run->minimizer, run->pool, &run->recipe,
                              nst_tensor_size (&run->grown), evaluate, run, &local)
       && start_variable (run, &local);
  if (ok)
    {
      gboolean last = run->level == run->plan.n_levels - 1;

      ok = run_steps (run, &local);
      if (ok)
        ok = keep_outcome (run, last || run->finished, result, &local);
      else if (g_error_matches (local, NST_ERROR, NST_ERROR_DIVERGED))
        keep_outcome (run, TRUE, result, NULL);
    }
  if (!ok)
    g_propagate_error (error, local);
  end_level (run);
  return ok;
}

/* What the colour setting asks of the run; the published recipes have the style's. */
static void
set_colours (Run *run)
{
  const NstSettings *settings = run->settings;

  if (settings->recipe != NST_RECIPE_DEFAULT)
    return;
  run->keep_colours = settings->colour == NST_COLOUR_CONTENT;
  if (settings->colour != NST_COLOUR_MATCH)
    return;
  run->maps = g_new (NstColourMap, run->n_styles);
  for (guint i = 0; i < run->n_styles; i++)
    nst_colour_match (&run->styles[i].image, run->content, &run->maps[i]);
}

/**
 * nst_stylise:
 * @content: what to style; its mask says where the style is to be matched
 * @styles: n_styles of them, at least 1; their masks say what of them is style
 * @callback: (nullable): called after each step, in this thread
 * @result: (out caller-allocates): at the working size, without a mask; free
 *   with nst_image_clear(), also when this fails
 *
 * Blocks until done.  The same input gives the same bytes, whatever the number
 * of threads.
 *
 * Fails with %NST_ERROR_CANCELLED, %NST_ERROR_NO_MEMORY, %NST_ERROR_BAD_ARGUMENT
 * or %NST_ERROR_DIVERGED; with the last, @result holds the last good image.
 */
gboolean
nst_stylise (const NstNetwork *network, const NstSettings *settings, const NstImage *content,
             const NstStyle *styles, guint n_styles, NstCallback callback, gpointer user_data,
             NstImage *result, GError **error)
{
  Run run = {.network = network,
             .settings = settings,
             .content = content,
             .styles = styles,
             .n_styles = n_styles,
             .callback = callback,
             .user_data = user_data,
             .started = g_get_monotonic_time ()};
  gboolean ok;

  memset (result, 0, sizeof *result);
  if (!nst_check_images (settings, content, styles, n_styles, error)
      || !nst_plan_recipe (network, settings, content->width, content->height, &run.recipe,
                           &run.plan, error))
    return FALSE;
  set_colours (&run);
  for (gint i = 0; i < run.plan.n_levels; i++)
    run.work += (gdouble) run.plan.width[i] * run.plan.height[i] * run.plan.iterations[i];
  run.pool = nst_pool_new (nst_settings_threads (settings));
  do
    ok = run_level (&run, result, error);
  while (ok && !run.finished && ++run.level < run.plan.n_levels);
  nst_pool_free (run.pool);
  nst_tensor_clear (&run.coarse);
  g_free (run.maps);
  return ok;
}
