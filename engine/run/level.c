/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A level of the run: the images at its size, the targets that they make, and where its
 * variable starts.
 */
#include "run/level.h"
#include "images/resample.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

/* How much of the content's detail that had no room in a level begins the next, from the
 * middle strength on: saves steps there; with all of it, as at strength 0, photographs
 * shine through the strokes. */
#define DETAIL 0.6

/* How the level was planned. */
static const NstLevelPlan *
fit (const NstRun *run)
{
  return &run->plan.level[run->level];
}

/* By the recipe's margin, and to what the network needs. */
static gboolean
extend (const NstRun *run, NstTensor *tensor, gdouble gain, GError **error)
{
  return nst_extend (tensor, fit (run)->margin,
                     nst_smallest_side (run->network, nst_recipe_depth (&run->plan.recipe)),
                     gain, error);
}

/* The same into the variable @x. */
static void
extend_to_variable (const NstRun *run, const NstTensor *tensor, gdouble gain, gfloat *x)
{
  NstTensor to = {3, run->h, run->w, x};

  nst_mirror (tensor, fit (run)->margin, gain, &to);
}

/* What extend() began with. */
static void
crop (const NstRun *run, const gfloat *from, gdouble gain, NstTensor *to)
{
  nst_crop (from, run->w, run->h, fit (run)->margin, gain, to);
}

gint
nst_level_width (const NstRun *run)
{
  return fit (run)->width;
}

gint
nst_level_height (const NstRun *run)
{
  return fit (run)->height;
}

/* An image's mask at w x h, if it has one, extended as extend() does. */
static gboolean
prepare_mask (const NstRun *run, const NstImage *image, gint w, gint h, NstTensor *mask,
              GError **error)
{
  NstTensor whole = {1, image->height, image->width, image->mask};
  gboolean ok;

  memset (mask, 0, sizeof *mask);
  if (!image->mask)
    return TRUE;
  ok =
      nst_resize (run->pool, nst_recipe_resample (&run->plan.recipe), &whole, w, h, mask, error)
      && extend (run, mask, 1, error);
  if (ok)
    nst_colour_clip (mask);
  return ok;
}

static gboolean
add_style (NstRun *run, guint index, gdouble total_weight, GError **error)
{
  const NstStyle *style = &run->styles[index];
  NstTensor planes = {0}, mask = {0};
  gboolean ok;
  gint w, h;

  nst_style_size (&run->plan, nst_level_width (run), nst_level_height (run), &style->image, &w,
                  &h);
  ok = nst_resize_image (run->pool, nst_recipe_resample (&run->plan.recipe), &style->image, w,
                         h, &planes, error);
  if (ok && run->plan.recipe.keep_colours)
    {
      nst_colour_to_grey (&planes);
      /* `grown` is grey already, in the recipe's unit of 1 */
      nst_colour_match_grey (&planes, &run->grown);
    }
  else if (ok && run->maps)
    {
      nst_colour_apply (&run->maps[index], &planes, NULL);
      nst_colour_clip (&planes);
    }
  ok = ok && extend (run, &planes, run->plan.recipe.unit, error)
       && prepare_mask (run, &style->image, w, h, &mask, error)
       && nst_objective_add_style (&run->objective, &fit (run)->styles[index].tiling, &planes,
                                   mask.data, style->weight / total_weight, error);
  nst_tensor_clear (&planes);
  nst_tensor_clear (&mask);
  return ok;
}

/* Gives the content the styles' colours, as far as its mask goes.  What lies beyond black and
 * white then is not clipped: there are forms in it, where a style is mostly paper. */
static gboolean
follow_colours (NstRun *run, GError **error)
{
  NstTensor mask = {0};

  if (run->plan.recipe.follow_colours <= 0)
    return TRUE;
  if (!prepare_mask (run, run->content, nst_level_width (run), nst_level_height (run), &mask,
                     error))
    return FALSE;
  nst_colour_apply (&run->follow, &run->grown, mask.data);
  if (run->grey)
    nst_colour_to_grey (&run->grown);
  nst_tensor_clear (&mask);
  return TRUE;
}

/* The content as the variable is, and its colours where they are kept. */
static gboolean
prepare_content (NstRun *run, GError **error)
{
  gint w = nst_level_width (run), h = nst_level_height (run);

  if (!nst_resize_image (run->pool, nst_recipe_resample (&run->plan.recipe), run->content, w, h,
                         &run->grown, error))
    return FALSE;
  if (run->plan.recipe.keep_colours)
    {
      if (!nst_tensor_alloc (&run->colours, 3, h, w, error))
        return FALSE;
      memcpy (run->colours.data, run->grown.data,
              sizeof (gfloat) * nst_tensor_size (&run->colours));
    }
  if (!extend (run, &run->grown, run->plan.recipe.unit, error))
    return FALSE;
  if (run->plan.recipe.keep_colours)
    nst_colour_to_grey (&run->grown);
  run->w = run->grown.w;
  run->h = run->grown.h;
  return TRUE;
}

/* The content at this level, and the loss that it and the styles make. */
gboolean
nst_level_begin (NstRun *run, GError **error)
{
  gint w = nst_level_width (run), h = nst_level_height (run);
  NstTensor mask = {0};
  gdouble total = 0;
  gboolean ok;

  ok = prepare_content (run, error) && prepare_mask (run, run->content, w, h, &mask, error)
       && nst_objective_init (&run->objective, run->network, run->pool, &fit (run)->recipe,
                              &fit (run)->tiling, &run->grown, mask.data, error);
  nst_tensor_clear (&mask);
  /* the content loss has measured the photo as it is */
  ok = ok && follow_colours (run, error);
  for (guint i = 0; i < run->n_styles; i++)
    total += run->styles[i].weight;
  for (guint i = 0; ok && i < run->n_styles; i++)
    ok = add_style (run, i, total, error);
  return ok;
}

static void
fill_noise (const NstRun *run, gfloat *x)
{
  GRand *random = g_rand_new_with_seed (run->settings->seed);
  NstTensor planes = {3, run->h, run->w, x};
  gsize n = nst_tensor_size (&planes);

  for (gsize i = 0; i < n; i++)
    x[i] = g_rand_double (random) * run->plan.recipe.unit;
  if (run->grey)
    nst_colour_to_grey (&planes);
  g_rand_free (random);
}

static gdouble
detail (const NstRun *run)
{
  return DETAIL + (1 - DETAIL) * MAX (1 - run->settings->strength / 50, 0);
}

/* From the image that the caller goes on from. */
static gboolean
start_from_image (const NstRun *run, gfloat *x, GError **error)
{
  NstTensor planes;

  if (!nst_resize_image (run->pool, NST_RESAMPLE_CUBIC, run->settings->start_image,
                         nst_level_width (run), nst_level_height (run), &planes, error))
    return FALSE;
  if (run->grey)
    nst_colour_to_grey (&planes);
  extend_to_variable (run, &planes, run->plan.recipe.unit, x);
  nst_tensor_clear (&planes);
  return TRUE;
}

/* From what the level before gave, enlarged, with some detail of the content that is
 * not in it. */
static gboolean
start_from_coarse (const NstRun *run, gfloat *x, GError **error)
{
  NstTensor larger;

  if (!nst_resize (run->pool, NST_RESAMPLE_CUBIC, &run->coarse, nst_level_width (run),
                   nst_level_height (run), &larger, error))
    return FALSE;
  extend_to_variable (run, &larger, 1, x);
  nst_tensor_clear (&larger);
  nst_add_scaled (run->pool, nst_tensor_size (&run->grown), x, detail (run), run->grown.data,
                  x);
  return TRUE;
}

static gboolean
fill_variable (const NstRun *run, gfloat *x, GError **error)
{
  if (run->level > 0)
    return start_from_coarse (run, x, error);
  if (run->settings->start_image)
    return start_from_image (run, x, error);
  if (run->settings->start == NST_START_NOISE)
    fill_noise (run, x);
  else
    memcpy (x, run->grown.data, nst_tensor_size (&run->grown) * sizeof (gfloat));
  return TRUE;
}

/* How much the picture as it is so far counts in what cells are matched by, and an earlier result
 * that is gone on from; the rest is the content.  More lets it drift away from the photo. */
#define SO_FAR  0.25
#define EARLIER 0.5

static void
clear_maps (NstRun *run)
{
  for (gint i = 0; i < NST_MATCH_LAYERS; i++)
    nst_match_map_clear (&run->went[i]);
}

/* What the cells of @x are to become. */
static gboolean
match (NstRun *run, const gfloat *x, GError **error)
{
  NstTensor both = {0};
  gsize n = nst_tensor_size (&run->grown);
  const gfloat *content = run->grown.data;
  gboolean ok = TRUE;

  if (run->objective.n_match == 0)
    return TRUE;
  if (run->level > 0 || run->settings->start_image)
    {
      ok = nst_tensor_alloc (&both, 3, run->h, run->w, error);
      if (ok)
        nst_add_scaled (run->pool, n, x, -1, content, both.data);
      if (ok)
        nst_add_scaled (run->pool, n, content, run->level > 0 ? SO_FAR : EARLIER, both.data,
                        both.data);
    }
  nst_pool_watch (run->pool, run->settings->stop);
  ok = ok
       && nst_objective_match (&run->objective, both.data ? both.data : content, run->went,
                               error);
  nst_pool_watch (run->pool, NULL);
  nst_tensor_clear (&both);
  clear_maps (run);
  return ok;
}

/* The optimiser keeps its trials within black and white, so it has to begin there: from
 * beyond, no step seems to lead downhill. */
static void
keep_within (const NstRun *run, gfloat *x)
{
  gfloat high = run->plan.recipe.unit;

  for (gsize i = 0; i < nst_tensor_size (&run->grown); i++)
    x[i] = CLAMP (x[i], 0, high);
}

/**
 * nst_level_start:
 *
 * Finds what the picture's cells are to become, whose colours the first picture takes.  Lets go of
 * the images that only the level's beginning needs, so that the optimiser's come into their place.
 *
 * Returns: (transfer full): the variable where the level starts, or %NULL with @error; if it was
 *   there already it is the minimiser's then, as what the run has come to
 */
gfloat *
nst_level_start (NstRun *run, GError **error)
{
  gfloat *x = nst_alloc (nst_tensor_size (&run->grown), sizeof (gfloat), error);
  NstTensor variable = {3, run->h, run->w, x};
  gboolean ok = x && fill_variable (run, x, error);

  nst_tensor_clear (&run->coarse);
  if (!ok)
    {
      nst_free (x);
      return NULL;
    }
  if (!match (run, x, error) || !nst_objective_start (&run->objective, &variable, error))
    {
      run->minimizer.x = x;
      return NULL;
    }
  if (run->plan.recipe.clamp)
    keep_within (run, x);
  if (run->level == run->plan.plan.n_levels - 1)
    nst_tensor_clear (&run->grown);
  return x;
}

/* The variable as an image of its own, in [0,1]-like units; the colours that
 * are kept come back here. */
gboolean
nst_level_planes (const NstRun *run, const gfloat *x, NstTensor *planes, GError **error)
{
  if (!nst_tensor_alloc (planes, 3, nst_level_height (run), nst_level_width (run), error))
    return FALSE;
  crop (run, x, 1 / run->plan.recipe.unit, planes);
  if (run->plan.recipe.keep_colours)
    nst_colour_take_chroma (planes, &run->colours);
  return TRUE;
}

/* What the next level starts from. */
gboolean
nst_level_keep (NstRun *run, GError **error)
{
  NstMinimizer *m = &run->minimizer;

  if (!nst_tensor_alloc (&run->coarse, 3, nst_level_height (run), nst_level_width (run), error))
    return FALSE;
  /* the gradient has had its use */
  nst_add_scaled (run->pool, m->n, m->x, -detail (run), run->grown.data, m->gradient);
  crop (run, m->gradient, 1, &run->coarse);
  for (gint i = 0; i < run->objective.n_match; i++)
    nst_match_keep (&run->objective.match[i], &run->went[i]);
  return TRUE;
}

/* To the end of the level before, where the variable was what nst_level_keep() has kept of it. */
gboolean
nst_level_back (NstRun *run, GError **error)
{
  gfloat *x;
  gsize n;

  nst_level_end (run);
  run->level--;
  if (!prepare_content (run, error) || !follow_colours (run, error))
    return FALSE;
  n = nst_tensor_size (&run->grown);
  run->minimizer.x = x = nst_alloc (n, sizeof (gfloat), error);
  if (!x)
    return FALSE;
  extend_to_variable (run, &run->coarse, 1, x);
  nst_add_scaled (run->pool, n, x, detail (run), run->grown.data, x);
  return TRUE;
}

void
nst_level_end (NstRun *run)
{
  nst_minimizer_clear (&run->minimizer);
  nst_objective_clear (&run->objective);
  nst_tensor_clear (&run->colours);
  nst_tensor_clear (&run->grown);
}

/* What the next level would have started from. */
void
nst_level_forget (NstRun *run)
{
  nst_tensor_clear (&run->coarse);
  nst_curvature_clear (&run->curvature);
  clear_maps (run);
}
