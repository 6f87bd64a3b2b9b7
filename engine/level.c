/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A level of the run: the images at its size, the targets that they make, and where its
 * variable starts.
 */
#include "level.h"
#include "resample.h"
#include "vector.h"

#include <math.h>
#include <string.h>

/* How much of the content's detail that had no room in a level begins the next, from the
 * middle strength on: saves steps there; with all of it, as at strength 0, photographs
 * shine through the strokes. */
#define DETAIL 0.4

static gint
margin (const NstRun *run)
{
  return run->level == run->plan.n_levels - 1 ? run->recipe.last_margin : run->recipe.margin;
}

/* By the recipe's margin, and to what the network needs. */
static gboolean
extend (const NstRun *run, NstTensor *tensor, gdouble gain, GError **error)
{
  return nst_extend (tensor, margin (run),
                     nst_smallest_side (run->network, nst_recipe_depth (&run->recipe)), gain,
                     error);
}

/* The same into the variable. */
static void
extend_to_variable (NstRun *run, const NstTensor *tensor, gdouble gain)
{
  NstTensor x = {3, run->h, run->w, run->minimizer.x};

  nst_mirror (tensor, margin (run), gain, &x);
}

/* What extend() began with. */
static void
crop (const NstRun *run, const gfloat *from, gdouble gain, NstTensor *to)
{
  nst_crop (from, run->w, run->h, margin (run), gain, to);
}

gint
nst_level_width (const NstRun *run)
{
  return run->plan.width[run->level];
}

gint
nst_level_height (const NstRun *run)
{
  return run->plan.height[run->level];
}

/* How images are scaled: Keras' example takes the nearest pixel. */
static NstResample
resample_kind (const NstRun *run)
{
  return run->recipe.size_is_height ? NST_RESAMPLE_NEAREST : NST_RESAMPLE_CUBIC;
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
  ok = nst_resize (run->pool, resample_kind (run), &whole, w, h, mask, error)
       && extend (run, mask, 1, error);
  for (gsize i = 0; ok && i < nst_tensor_size (mask); i++)
    mask->data[i] = CLAMP (mask->data[i], 0, 1);
  return ok;
}

/* A style's size at this level: by the content's long side and the style scale. */
static void
style_size (const NstRun *run, const NstImage *style, gint *w, gint *h)
{
  gint level_w = nst_level_width (run), level_h = nst_level_height (run);
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
add_style (NstRun *run, guint index, gdouble total_weight, GError **error)
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
prepare_content (NstRun *run, GError **error)
{
  gint w = nst_level_width (run), h = nst_level_height (run);

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
gboolean
nst_level_begin (NstRun *run, GError **error)
{
  gint w = nst_level_width (run), h = nst_level_height (run);
  NstTensor mask = {0};
  gdouble total = 0;
  gboolean ok;

  nst_plan_level (run->network, &run->recipe, run->settings, w, h, margin (run), &run->fit);
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
fill_noise (const NstRun *run, gfloat *x)
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
detail (const NstRun *run)
{
  return DETAIL + (1 - DETAIL) * MAX (1 - run->settings->strength / 50, 0);
}

/* From the image that the caller goes on from. */
static gboolean
start_from_image (NstRun *run, GError **error)
{
  NstTensor planes;

  if (!nst_resize_image (run->pool, NST_RESAMPLE_CUBIC, run->settings->start_image,
                         nst_level_width (run), nst_level_height (run), &planes, error))
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
start_from_coarse (NstRun *run, GError **error)
{
  NstTensor larger;

  if (!nst_resize (run->pool, NST_RESAMPLE_CUBIC, &run->coarse, nst_level_width (run),
                   nst_level_height (run), &larger, error))
    return FALSE;
  extend_to_variable (run, &larger, 1);
  nst_tensor_clear (&larger);
  nst_add_scaled (run->pool, run->minimizer.n, run->minimizer.x, detail (run), run->grown.data,
                  run->minimizer.x);
  return TRUE;
}

/* Where the level starts. */
gboolean
nst_level_start (NstRun *run, GError **error)
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

/* The variable as an image of its own, in [0,1]-like units; the colours that
 * are kept come back here. */
gboolean
nst_level_planes (const NstRun *run, const gfloat *x, NstTensor *planes, GError **error)
{
  if (!nst_tensor_alloc (planes, 3, nst_level_height (run), nst_level_width (run), error))
    return FALSE;
  crop (run, x, 1 / run->recipe.unit, planes);
  if (run->keep_colours)
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
