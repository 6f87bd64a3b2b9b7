/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A level of a run.
 */
#include "run/level.h"
#include "base/vector.h"
#include "images/resample.h"
#include "run/plan-pass.h"

#include <string.h>

static const NstRecipeSpec *
recipe_of (const NstLevel *level)
{
  return &level->run->plan.recipe;
}

static NstSize
size_of (const NstLevel *level)
{
  return (NstSize){level->plan->width, level->plan->height};
}

/* Floats of the variable. */
static gsize
variable_size (const NstLevel *level)
{
  return (gsize) 3 * level->plan->w * level->plan->h;
}

/* By @margin, and to what the network needs. */
static gboolean
extend (const NstLevel *level, gint margin, NstTensor *tensor, gdouble gain, GError **error)
{
  return nst_extend (tensor, margin,
                     nst_recipe_least_side (recipe_of (level), level->run->plan.inputs.network),
                     gain, error);
}

/* The same into the variable @x. */
static void
extend_to_variable (const NstLevel *level, const NstTensor *tensor, gdouble gain, gfloat *x)
{
  NstTensor to = {3, level->plan->h, level->plan->w, x};

  nst_mirror (tensor, level->plan->margin, gain, &to);
}

/* What extend() began with. */
static void
crop (const NstLevel *level, const gfloat *from, gdouble gain, NstTensor *to)
{
  nst_crop (from, level->plan->w, level->plan->h, level->plan->margin, gain, to);
}

/* An image's mask at that size, if it has one, extended as extend() does. */
static gboolean
prepare_mask (const NstLevel *level, const NstImage *image, NstSize size, gint margin,
              NstTensor *mask, GError **error)
{
  NstTensor whole = {1, image->height, image->width, image->mask};
  gboolean ok;

  memset (mask, 0, sizeof *mask);
  if (!image->mask)
    return TRUE;
  ok = nst_resize (level->run->pool, nst_recipe_resample (recipe_of (level)), &whole, size,
                   mask, error)
       && extend (level, margin, mask, 1, error);
  if (ok)
    nst_colour_clip (mask);
  return ok;
}

/* A style's colours as the run wants them. */
static void
prepare_style_colours (const NstLevel *level, guint index, NstTensor *planes)
{
  if (recipe_of (level)->keep_colours)
    {
      nst_colour_to_grey (planes);
      /* the content is grey already, in the recipe's unit of 1 */
      nst_colour_match_grey (planes, &level->content);
    }
  else if (level->run->maps)
    {
      nst_colour_apply (&level->run->maps[index], planes, NULL);
      nst_colour_clip (planes);
    }
}

/* Without the margin: a frame's line or an edge of paper would be there twice, and strewn over the
 * picture. */
static gboolean
add_style (NstLevel *level, guint index, gdouble total_weight, GError **error)
{
  const NstRunPlan *run = &level->run->plan;
  const NstStyle *style = &run->inputs.styles[index];
  NstSize size = nst_plan_style_size (run, level->plan, index);
  NstTensor planes = {0}, mask = {0};
  gboolean ok;

  ok = nst_resize_image (level->run->pool, nst_recipe_resample (recipe_of (level)),
                         &style->image, size, &planes, error);
  if (ok)
    prepare_style_colours (level, index, &planes);
  ok = ok && extend (level, 0, &planes, recipe_of (level)->unit, error)
       && prepare_mask (level, &style->image, size, 0, &mask, error)
       && nst_objective_add_style (&level->loss.objective, level->plan->styles[index].tiling,
                                   &planes, mask.data, style->weight / total_weight, error);
  nst_tensor_clear (&planes);
  nst_tensor_clear (&mask);
  return ok;
}

/* Gives the content the styles' colours, as far as its mask goes.  What lies beyond black and
 * white then is not clipped: there are forms in it, where a style is mostly paper. */
static gboolean
follow_colours (NstLevel *level, GError **error)
{
  const NstRun *run = level->run;
  NstTensor mask = {0};

  if (recipe_of (level)->follow_colours <= 0)
    return TRUE;
  if (!prepare_mask (level, run->plan.inputs.content, size_of (level), level->plan->margin,
                     &mask, error))
    return FALSE;
  nst_colour_apply (&run->follow, &level->content, mask.data);
  if (run->grey)
    nst_colour_to_grey (&level->content);
  nst_tensor_clear (&mask);
  return TRUE;
}

/* The content as the variable is, and its colours where they are kept. */
static gboolean
prepare_content (NstLevel *level, GError **error)
{
  const NstRecipeSpec *recipe = recipe_of (level);
  NstSize size = size_of (level);

  if (!nst_resize_image (level->run->pool, nst_recipe_resample (recipe),
                         level->run->plan.inputs.content, size, &level->content, error))
    return FALSE;
  if (recipe->keep_colours)
    {
      if (!nst_tensor_alloc (&level->colours, 3, size.h, size.w, error))
        return FALSE;
      memcpy (level->colours.data, level->content.data,
              sizeof (gfloat) * nst_tensor_size (&level->colours));
    }
  if (!extend (level, level->plan->margin, &level->content, recipe->unit, error))
    return FALSE;
  if (recipe->keep_colours)
    nst_colour_to_grey (&level->content);
  g_assert (level->content.w == level->plan->w && level->content.h == level->plan->h);
  return TRUE;
}

static void
set_up (NstLevel *level, const NstRun *run, gint index)
{
  memset (level, 0, sizeof *level);
  level->run = run;
  level->plan = &run->plan.level[index];
  level->loss.pool = run->pool;
  level->loss.stop = run->plan.settings->stop;
  level->loss.grey = run->grey;
}

gboolean
nst_level_begin (NstLevel *level, const NstRun *run, gint index, GError **error)
{
  const NstRunPlan *plan = &run->plan;
  NstObjectiveSpec of;
  NstTensor mask = {0};
  gdouble total = 0;
  gboolean ok;

  set_up (level, run, index);
  of = (NstObjectiveSpec){plan->inputs.network, run->pool, &level->plan->recipe,
                          level->plan->tiling};
  ok = prepare_content (level, error)
       && prepare_mask (level, plan->inputs.content, size_of (level), level->plan->margin,
                        &mask, error)
       && nst_objective_init (&level->loss.objective, &of, &level->content, mask.data, error);
  nst_tensor_clear (&mask);
  /* the content loss has measured the photo as it is */
  ok = ok && follow_colours (level, error);
  for (guint i = 0; i < plan->inputs.n_styles; i++)
    total += plan->inputs.styles[i].weight;
  for (guint i = 0; ok && i < plan->inputs.n_styles; i++)
    ok = add_style (level, i, total, error);
  return ok;
}

static void
fill_noise (const NstLevel *level, gfloat *x)
{
  GRand *random = g_rand_new_with_seed (level->run->plan.settings->seed);
  NstTensor planes = {3, level->plan->h, level->plan->w, x};

  for (gsize i = 0; i < variable_size (level); i++)
    x[i] = (gfloat) (g_rand_double (random) * recipe_of (level)->unit);
  if (level->run->grey)
    nst_colour_to_grey (&planes);
  g_rand_free (random);
}

/* From the image that the caller goes on from. */
static gboolean
start_from_image (const NstLevel *level, gfloat *x, GError **error)
{
  NstTensor planes;

  if (!nst_resize_image (level->run->pool, NST_RESAMPLE_CUBIC, level->run->plan.inputs.start,
                         size_of (level), &planes, error))
    return FALSE;
  if (level->run->grey)
    nst_colour_to_grey (&planes);
  extend_to_variable (level, &planes, recipe_of (level)->unit, x);
  nst_tensor_clear (&planes);
  return TRUE;
}

/* x = the picture, extended, with the content's detail that is not in it. */
static void
add_detail (const NstLevel *level, const NstTensor *picture, gfloat *x)
{
  extend_to_variable (level, picture, 1, x);
  nst_add_scaled (level->run->pool, variable_size (level), x, nst_run_detail (level->run),
                  level->content.data, x);
}

/* From what the level before gave, enlarged. */
static gboolean
start_from_coarse (const NstLevel *level, const NstTensor *coarse, gfloat *x, GError **error)
{
  NstTensor larger;

  if (!nst_resize (level->run->pool, NST_RESAMPLE_CUBIC, coarse, size_of (level), &larger,
                   error))
    return FALSE;
  add_detail (level, &larger, x);
  nst_tensor_clear (&larger);
  return TRUE;
}

static gboolean
fill_variable (const NstLevel *level, const NstTensor *coarse, gfloat *x, GError **error)
{
  const NstRunPlan *plan = &level->run->plan;

  if (level->plan->level > 0)
    return start_from_coarse (level, coarse, x, error);
  if (plan->inputs.start)
    return start_from_image (level, x, error);
  if (plan->settings->start == NST_START_NOISE)
    fill_noise (level, x);
  else
    memcpy (x, level->content.data, variable_size (level) * sizeof (gfloat));
  return TRUE;
}

gfloat *
nst_level_first (const NstLevel *level, NstHandover *before, GError **error)
{
  gfloat *x = nst_alloc (variable_size (level), sizeof (gfloat), error);

  if (x && !fill_variable (level, &before->coarse, x, error))
    g_clear_pointer (&x, nst_free);
  nst_tensor_clear (&before->coarse);
  return x;
}

/* How much the picture as it is so far counts in what cells are matched by, and an earlier result
 * that is gone on from; the rest is the content.  More lets it drift away from the photo. */
#define SO_FAR  0.1
#define EARLIER 0.5

/* What the cells of @x are to become. */
static gboolean
match (NstLevel *level, NstHandover *before, const gfloat *x, GError **error)
{
  const NstRun *run = level->run;
  const gfloat *content = level->content.data;
  gint index = level->plan->level;
  gsize n = variable_size (level);
  NstTensor both = {0};
  gboolean ok = TRUE;

  if (level->loss.objective.n_match == 0)
    return TRUE;
  if (index > 0 || run->plan.inputs.start)
    {
      ok = nst_tensor_alloc (&both, 3, level->plan->h, level->plan->w, error);
      if (ok)
        {
          nst_add_scaled (run->pool, n, x, -1, content, both.data);
          nst_add_scaled (run->pool, n, content, index > 0 ? SO_FAR : EARLIER, both.data,
                          both.data);
        }
    }
  nst_pool_watch (run->pool, level->loss.stop);
  ok = ok
       && nst_objective_match (&level->loss.objective, both.data ? both.data : content,
                               before->went, error);
  nst_pool_watch (run->pool, NULL);
  nst_tensor_clear (&both);
  for (gint i = 0; i < NST_MATCH_LAYERS; i++)
    nst_match_map_clear (&before->went[i]);
  return ok;
}

gboolean
nst_level_match (NstLevel *level, NstHandover *before, gfloat *x, GError **error)
{
  NstTensor variable = {3, level->plan->h, level->plan->w, x};

  if (!match (level, before, x, error)
      || !nst_objective_start (&level->loss.objective, &variable, error))
    return FALSE;
  /* The optimiser keeps its trials within black and white, so it has to begin there: from
   * beyond, no step seems to lead downhill. */
  if (recipe_of (level)->clamp)
    nst_keep_within (level->run->pool, variable_size (level), recipe_of (level)->unit, x);
  if (level->plan->level == level->run->plan.plan.n_levels - 1)
    nst_tensor_clear (&level->content);
  return TRUE;
}

gboolean
nst_level_planes (const NstLevel *level, const gfloat *x, NstTensor *planes, GError **error)
{
  if (!nst_tensor_alloc (planes, 3, level->plan->height, level->plan->width, error))
    return FALSE;
  crop (level, x, 1 / recipe_of (level)->unit, planes);
  if (recipe_of (level)->keep_colours)
    nst_colour_take_chroma (planes, &level->colours);
  return TRUE;
}

gboolean
nst_level_keep (NstLevel *level, NstHandover *next, GError **error)
{
  NstMinimizer *m = &level->minimizer;
  NstObjective *objective = &level->loss.objective;

  if (!nst_tensor_alloc (&next->coarse, 3, level->plan->height, level->plan->width, error))
    return FALSE;
  nst_add_scaled (level->run->pool, m->n, m->x, -nst_run_detail (level->run),
                  level->content.data, m->gradient);
  crop (level, m->gradient, 1, &next->coarse);
  for (gint i = 0; i < objective->n_match; i++)
    nst_match_keep (&objective->match[i], &next->went[i]);
  return TRUE;
}

gfloat *
nst_level_restore (NstLevel *level, const NstRun *run, gint index, const NstHandover *kept,
                   GError **error)
{
  gfloat *x;

  set_up (level, run, index);
  if (!prepare_content (level, error) || !follow_colours (level, error)
      || !(x = nst_alloc (variable_size (level), sizeof (gfloat), error)))
    return NULL;
  add_detail (level, &kept->coarse, x);
  return x;
}

void
nst_level_end (NstLevel *level)
{
  nst_minimizer_clear (&level->minimizer);
  nst_objective_clear (&level->loss.objective);
  nst_tensor_clear (&level->colours);
  nst_tensor_clear (&level->content);
}
