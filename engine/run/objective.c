/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole loss: content, style and what cells are to become, each at its layers; palette,
 * total variation and stripes at the image.
 */
#include "run/objective.h"
#include "losses/match-colour.h"
#include "losses/match-loss.h"
#include "losses/match-search.h"
#include "losses/match-share.h"
#include "losses/stripes.h"
#include "run/layer-weights.h"
#include "run/objective-style.h"

#include <string.h>

/* The recipes' content weight as the k of nst_content_loss(). */
static gdouble
content_coefficient (const NstRecipeSpec *recipe, const gfloat *target, gsize n)
{
  gdouble squares = 0;

  switch (recipe->content_form)
    {
    case NST_CONTENT_SUM:
      return recipe->content_weight;
    case NST_CONTENT_MEAN:
      return recipe->content_weight / (gdouble) n;
    case NST_CONTENT_RELATIVE:
      for (gsize i = 0; i < n; i++)
        squares += (gdouble) target[i] * target[i];
      return squares > 0 ? recipe->content_weight / squares : 0;
    }
  g_assert_not_reached ();
}

/* A content layer's activations, into the target. */
static void
take_target (const NstPiece *piece, gpointer data)
{
  NstContentTap *content = data;

  if (piece->layer != content->layer)
    return;
  for (gint c = 0; c < piece->c; c++)
    for (gint row = 0; row < piece->h; row++)
      memcpy (content->target + c * content->plane + (gsize) (piece->y + row) * piece->full_w
                  + piece->x,
              piece->f + c * piece->f_plane + (gsize) row * piece->line,
              sizeof (gfloat) * piece->w);
}

/* What the content loss compares with, where there is one. */
static gboolean
measure_content (NstObjective *objective, const NstTensor *content, GError **error)
{
  NstPass *pass = &objective->pass;
  NstContentTap *tap = &objective->content;
  const NstPassLayer *layer = &pass->layer[objective->recipe->content_layer];
  gsize n;

  tap->layer = objective->recipe->content_layer;
  if (objective->recipe->content_weight <= 0)
    return TRUE;
  tap->plane = (gsize) (pass->spec.width >> layer->shift) * layer->h;
  n = tap->plane * layer->out.c;
  tap->target = nst_alloc (n, sizeof (gfloat), error);
  if (!tap->target)
    return FALSE;
  nst_pass_forward (pass, content->data, take_target, tap);
  tap->k = content_coefficient (objective->recipe, tap->target, n);
  return TRUE;
}

static gboolean
init_matches (NstObjective *objective, GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  const NstPass *pass = &objective->pass;

  for (gint i = 0; i < recipe->n_match; i++)
    {
      gint index = recipe->match_layer[i];
      const NstPassLayer *layer = &pass->layer[index];

      NstMatchLayer matched = {.index = index,
                               .n = pass->spec.network->layers[index].cout,
                               .shift = layer->shift,
                               .w = pass->spec.width >> layer->shift,
                               .h = layer->h,
                               .weight = recipe->match_weight[i],
                               .own = recipe->match_own,
                               .narrow = recipe->match_narrow};

      if (!nst_match_init (&objective->match[i], &matched, recipe->match_room[i], error))
        return FALSE;
      objective->n_match++;
    }
  return TRUE;
}

gboolean
nst_objective_init (NstObjective *objective, const NstObjectiveSpec *of,
                    const NstTensor *content, const gfloat *content_mask, GError **error)
{
  const NstRecipeSpec *recipe = of->recipe;
  NstPassSpec spec = nst_recipe_pass (recipe, of->network, TRUE, content->w, content->h);
  gboolean ok;

  memset (objective, 0, sizeof *objective);
  objective->recipe = recipe;
  spec.tiling = of->tiling;
  if (!nst_pass_init (&objective->pass, &spec, of->pool, error))
    return FALSE;
  ok = !content_mask
       || nst_layer_weights (&objective->pass, content_mask, objective->weights, error);
  objective->n_style = recipe->n_style;
  for (gint i = 0; i < recipe->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];
      gint n = of->network->layers[recipe->style_layer[i]].cout;

      tap->layer = recipe->style_layer[i];
      ok = ok && nst_stats_init (&tap->now, n, recipe->style_form == NST_STYLE_MEAN_COV, error)
           && nst_style_slope_init (&tap->slope, n, nst_pool_threads (of->pool), error);
    }
  ok = ok && init_matches (objective, error) && measure_content (objective, content, error);
  if (!ok)
    nst_objective_clear (objective);
  return ok;
}

static void
measure_match (const NstPiece *piece, gpointer data)
{
  NstObjective *objective = data;

  for (gint i = 0; i < objective->n_match; i++)
    if (objective->match[i].layer == piece->layer)
      nst_match_measure (&objective->match[i], objective->pass.pool, piece,
                         objective->weights[piece->layer]);
}

static void
search_match (const NstPiece *piece, gpointer data)
{
  NstObjective *objective = data;

  for (gint i = 0; i < objective->n_match; i++)
    if (objective->match[i].layer == piece->layer)
      nst_match_search (&objective->match[i], objective->pass.pool, piece);
}

gboolean
nst_objective_match (NstObjective *objective, const gfloat *image, const NstMatchMap *coarse,
                     GError **error)
{
  NstPass *pass = &objective->pass;

  if (objective->n_match == 0)
    return TRUE;
  for (gint i = 0; i < objective->n_match; i++)
    if (!nst_match_begin (&objective->match[i], pass->pool,
                          coarse && coarse[i].index ? &coarse[i] : NULL, error))
      return FALSE;
  nst_pass_forward (pass, image, measure_match, objective);
  nst_pass_forward (pass, image, search_match, objective);
  if (!nst_pool_check (pass->pool, error))
    return FALSE;
  for (gint i = 0; i < objective->n_match; i++)
    nst_match_end (&objective->match[i], pass->pool,
                   objective->weights[objective->match[i].layer]);
  return nst_pool_check (pass->pool, error);
}

/* How far palettes are apart, relative to the styles' variance, where a picture's shades are no
 * longer any of the styles'. */
#define STRANGE 0.1

gboolean
nst_objective_start (NstObjective *objective, NstTensor *image, GError **error)
{
  NstPass *pass = &objective->pass;
  const NstRecipeSpec *recipe = objective->recipe;
  const gfloat *weights = objective->weights[0];
  gdouble apart;

  if (objective->n_match == 0 || recipe->start_matched <= 0)
    return TRUE;
  apart = nst_palette_loss (&objective->palette, pass->pool, 1, image, weights, NULL);
  return nst_match_start (&objective->match[0], pass->pool, weights,
                          recipe->start_matched * MIN (apart / STRANGE, 1), image, error);
}

/* The loss's share in the gradient of a layer's activations. */
static void
add_gradient (const NstPiece *piece, gpointer data)
{
  NstObjective *objective = data;
  NstPool *pool = objective->pass.pool;
  const NstContentTap *content = &objective->content;

  if (content->target && piece->layer == content->layer)
    objective->losses.content +=
        nst_content_loss (pool, piece, content->target, content->plane, content->k);
  for (gint i = 0; i < objective->n_match; i++)
    if (objective->match[i].k > 0 && piece->layer == objective->match[i].layer)
      objective->losses.match +=
          nst_match_loss (&objective->match[i], pool, piece, objective->weights[piece->layer]);
  for (gint i = 0; i < objective->n_style; i++)
    if (piece->layer == objective->style[i].layer)
      nst_style_slope_add (&objective->style[i].slope, pool, piece,
                           objective->weights[piece->layer]);
}

/* Stripes of a style, in [0,1]^2, above which they count less: paintings have 0.0002 to 0.0026,
 * drawings of lines 0.012 and more. */
#define STRIPED 0.002

gboolean
nst_objective_evaluate (NstObjective *objective, const gfloat *image, gfloat *gradient,
                        NstLosses *losses, GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  NstPass *pass = &objective->pass;
  NstTensor variable = {3, pass->spec.height, pass->spec.width, (gfloat *) image};
  NstMeasurement it = {objective, pass, objective->weights, {NULL}};

  memset (&objective->losses, 0, sizeof objective->losses);
  for (gint i = 0; i < objective->n_style; i++)
    it.stats[objective->style[i].layer] = &objective->style[i].now;
  if (!nst_measure (&it, image, error))
    return FALSE;
  for (gint i = 0; i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];

      objective->losses.style += nst_style_slope_find (&tap->slope, pass->pool, &tap->now,
                                                       tap->targets, tap->n_targets);
    }
  nst_pass_backward (pass, image, add_gradient, objective, gradient);
  if (recipe->palette_weight > 0)
    objective->losses.palette =
        nst_palette_loss (&objective->palette, pass->pool, recipe->palette_weight, &variable,
                          objective->weights[0], gradient);
  if (recipe->tv_weight > 0)
    objective->losses.tv = nst_tv_loss (pass->pool, recipe->tv_form, recipe->tv_weight,
                                        recipe->tv_chroma, &variable, gradient);
  if (recipe->stripe_weight > 0)
    objective->losses.tv += nst_stripes_loss (
        pass->pool, recipe->stripe_weight / MAX (objective->stripes / STRIPED, 1), &variable,
        gradient);
  *losses = objective->losses;
  losses->total =
      losses->content + losses->match + losses->style + losses->palette + losses->tv;
  return nst_pool_check (pass->pool, error);
}

void
nst_objective_clear (NstObjective *objective)
{
  for (gint i = 0; i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];

      for (gint t = 0; t < tap->n_targets; t++)
        nst_style_target_clear (&tap->targets[t]);
      g_clear_pointer (&tap->targets, g_free);
      nst_stats_clear (&tap->now);
      nst_style_slope_clear (&tap->slope);
    }
  objective->n_style = 0;
  for (gint i = 0; i < NST_MAX_LAYERS; i++)
    g_clear_pointer (&objective->weights[i], nst_free);
  g_clear_pointer (&objective->content.target, nst_free);
  for (gint i = 0; i < objective->n_match; i++)
    nst_match_clear (&objective->match[i]);
  objective->n_match = 0;
  nst_pass_clear (&objective->pass);
}
