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

/* How much of the content's detail that had no room in a level begins the next, from the
 * middle strength on: saves steps there; with all of it, as at strength 0, photographs
 * shine through the strokes. */
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
  NstLevelPlan fit;  /* of the level */
  gint w, h;         /* of the variable, which is extended: see extend() */
  NstTensor colours; /* the content's at this level, where they are kept */
  NstTensor grown;   /* the content in the recipe's unit, of the variable's size, and grey
                        where colours are kept; not for longer than needed */
  NstTensor coarse;  /* between levels: the variable less detail() times the content, in the
                        level's size */
  gdouble scale;     /* and the optimiser's, divided by the floats it had */
  NstObjective objective;
  NstMinimizer minimizer;
  gboolean finished; /* the callback said so */
} Run;

/* By the recipe's margin, and to what the network needs. */
static gboolean
extend (const Run *run, NstTensor *tensor, gdouble gain, GError **error)
{
  return nst_extend (tensor, run->recipe.margin,
                     nst_smallest_side (run->network, nst_recipe_depth (&run->recipe)), gain,
                     error);
}

/* The same into the variable. */
static void
extend_to_variable (Run *run, const NstTensor *tensor, gdouble gain)
{
  NstTensor x = {3, run->h, run->w, run->minimizer.x};

  nst_mirror (tensor, run->recipe.margin, gain, &x);
}

/* What extend() began with. */
static void
crop (const Run *run, const gfloat *from, gdouble gain, NstTensor *to)
{
  nst_crop (from, run->w, run->h, run->recipe.margin, gain, to);
}

static gint
level_width (const Run *run)
{
  return run->plan.width[run->level];
}

static gint
level_height (const Run *run)
{
  return run->plan.height[run->level];
}

/* How images are scaled: Keras' example takes the nearest pixel. */
static NstResample
resample_kind (const Run *run)
{
  return run->recipe.size_is_height ? NST_RESAMPLE_NEAREST : NST_RESAMPLE_CUBIC;
}

/* An image's mask at w x h, if it has one, extended as extend() does. */
static gboolean
prepare_mask (const Run *run, const NstImage *image, gint w, gint h, NstTensor *mask,
              GError **error)
{
  NstTensor whole = {1, image->height, image->width, image->mask};
  gboolean ok;

  memset (mask, 0, sizeof *mask);
  if (!image->mask)
    return TRUE;
  ok = nst_resize (run->pool, resample_kind (run), &whole, w, h, mask, error)
       && extend (run, mask, 1, error);
  for (gsize i = 0; ok && i < nst_tensor_size (mask); i++)
    mask->data[i] = CLAMP (mask->data[i], 0, 1);
  return ok;
}

/* A style's size at this level: by the content's long side and the style scale. */
static void
style_size (const Run *run, const NstImage *style, gint *w, gint *h)
{
  gint level_w = level_width (run), level_h = level_height (run);
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
  NstTensor planes = {0}, mask = {0};
  gboolean ok;
  gint w, h;

  style_size (run, &style->image, &w, &h);
  ok = nst_resize_image (run->pool, resample_kind (run), &style->image, w, h, &planes, error);
  if (ok && run->keep_colours)
    {
      nst_colour_to_grey (&planes);
      /* `grown` is grey already, in the recipe's unit of 1 */
      nst_colour_match_grey (&planes, &run->grown);
    }
  else if (ok && run->maps)
    nst_colour_apply (&run->maps[index], &planes);
  ok = ok && extend (run, &planes, run->recipe.unit, error)
       && prepare_mask (run, &style->image, w, h, &mask, error)
       && nst_objective_add_style (&run->objective, &planes, mask.data,
                                   style->weight / total_weight, error);
  nst_tensor_clear (&planes);
  nst_tensor_clear (&mask);
  return ok;
}

/* The content as the variable is, and its colours where they are kept. */
static gboolean
prepare_content (Run *run, GError **error)
{
  gint w = level_width (run), h = level_height (run);

  if (!nst_resize_image (run->pool, resample_kind (run), run->content, w, h, &run->grown,
                         error))
    return FALSE;
  if (run->keep_colours)
    {
      if (!nst_tensor_alloc (&run->colours, 3, h, w, error))
        return FALSE;
      memcpy (run->colours.data, run->grown.data,
              sizeof (gfloat) * nst_tensor_size (&run->colours));
      nst_colour_to_grey (&run->grown);
    }
  if (!extend (run, &run->grown, run->recipe.unit, error))
    return FALSE;
  run->w = run->grown.w;
  run->h = run->grown.h;
  return TRUE;
}

/* The content at this level, and the loss that it and the styles make. */
static gboolean
begin_level (Run *run, GError **error)
{
  gint w = level_width (run), h = level_height (run);
  NstTensor mask = {0};
  gdouble total = 0;
  gboolean ok;

  nst_plan_level (run->network, &run->recipe, run->settings, w, h, &run->fit);
  ok = prepare_content (run, error) && prepare_mask (run, run->content, w, h, &mask, error)
       && nst_objective_init (&run->objective, run->network, run->pool, &run->fit.recipe,
                              &run->fit.tiling, &run->grown, mask.data, error);
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
  NstTensor planes = {3, run->h, run->w, x};
  gsize n = nst_tensor_size (&planes);

  for (gsize i = 0; i < n; i++)
    x[i] = g_rand_double (random) * run->recipe.unit;
  if (run->keep_colours)
    nst_colour_to_grey (&planes);
  g_rand_free (random);
}

static gdouble
detail (const Run *run)
{
  return DETAIL + (1 - DETAIL) * MAX (1 - run->settings->strength / 50, 0);
}

/* From the image that the caller goes on from. */
static gboolean
start_from_image (Run *run, GError **error)
{
  NstTensor planes;

  if (!nst_resize_image (run->pool, NST_RESAMPLE_CUBIC, run->settings->start_image,
                         level_width (run), level_height (run), &planes, error))
    return FALSE;
  if (run->keep_colours)
    nst_colour_to_grey (&planes);
  extend_to_variable (run, &planes, run->recipe.unit);
  nst_tensor_clear (&planes);
  return TRUE;
}

/* From what the level before gave, enlarged, with some detail of the content that is
 * not in it. */
static gboolean
start_from_coarse (Run *run, GError **error)
{
  NstTensor larger;

  /* the loss is a mean: its Hessian goes with 1 / pixels */
  run->minimizer.first_scale = run->scale * run->minimizer.n;
  if (!nst_resize (run->pool, NST_RESAMPLE_CUBIC, &run->coarse, level_width (run),
                   level_height (run), &larger, error))
    return FALSE;
  extend_to_variable (run, &larger, 1);
  nst_tensor_clear (&larger);
  nst_add_scaled (run->pool, run->minimizer.n, run->minimizer.x, detail (run), run->grown.data,
                  run->minimizer.x);
  return TRUE;
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
  NstTensor planes = {3, run->h, run->w, gradient};

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
      .width = level_width (run),
      .height = level_height (run),
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
current_planes (const Run *run, const gfloat *x, NstTensor *planes, GError **error)
{
  if (!nst_tensor_alloc (planes, 3, level_height (run), level_width (run), error))
    return FALSE;
  crop (run, x, 1 / run->recipe.unit, planes);
  if (run->keep_colours)
    nst_colour_take_chroma (planes, &run->colours);
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
  const Run *run = progress->run;
  NstTensor planes;
  gboolean ok;

  if (!current_planes (run, run->minimizer.x, &planes, error))
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
  nst_tensor_clear (&run->colours);
  nst_tensor_clear (&run->grown);
}

/* What the next level starts from. */
static gboolean
keep_coarse (Run *run, GError **error)
{
  NstMinimizer *m = &run->minimizer;

  if (!nst_tensor_alloc (&run->coarse, 3, level_height (run), level_width (run), error))
    return FALSE;
  run->scale = nst_lbfgs_scale (m) / m->n;
  /* the gradient has had its use */
  nst_add_scaled (run->pool, m->n, m->x, -detail (run), run->grown.data, m->gradient);
  crop (run, m->gradient, 1, &run->coarse);
  return TRUE;
}

/* What the caller gets, at the working size, also from a level before the last. */
static gboolean
keep_result (Run *run, NstImage *result, GError **error)
{
  gint w = run->plan.width[run->plan.n_levels - 1],
       h = run->plan.height[run->plan.n_levels - 1];
  gfloat *x = g_steal_pointer (&run->minimizer.x);
  NstTensor planes, full;
  gboolean ok;

  /* room for what is to come */
  nst_minimizer_clear (&run->minimizer);
  nst_objective_clear (&run->objective);
  ok = current_planes (run, x, &planes, error);
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

/* One level.  After NST_ERROR_DIVERGED the last good image is kept all the same. */
static gboolean
run_level (Run *run, NstImage *result, GError **error)
{
  GError *local = NULL;
  gboolean ok, last = run->level == run->plan.n_levels - 1;

  ok = begin_level (run, &local)
       && nst_minimizer_init (&run->minimizer, run->pool, &run->fit.recipe,
                              nst_tensor_size (&run->grown), evaluate, run, &local)
       && start_variable (run, &local);
  if (ok)
    {
      nst_tensor_clear (&run->coarse);
      if (last)
        nst_tensor_clear (&run->grown);
      ok = run_steps (run, &local);
      if (ok)
        ok = last || run->finished ? keep_result (run, result, &local)
                                   : keep_coarse (run, &local);
      else if (g_error_matches (local, NST_ERROR, NST_ERROR_DIVERGED))
        keep_result (run, result, NULL);
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
