/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole loss: content and style at their layers, total variation at the
 * image.
 */
#include "run/objective.h"
#include "losses/match-candidates.h"
#include "losses/match-colour.h"
#include "losses/match-search.h"
#include "losses/match-share.h"
#include "network/pooling.h"
#include "base/vector.h"

#include <math.h>
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
      return recipe->content_weight / n;
    case NST_CONTENT_RELATIVE:
      for (gsize i = 0; i < n; i++)
        squares += (gdouble) target[i] * target[i];
      return squares > 0 ? recipe->content_weight / squares : 0;
    }
  g_assert_not_reached ();
}

/* |cov*| relative to |mean*|^2 counts as this much at least; pictures have 0.02 and
 * more. */
#define LEAST_COVARIANCE 0.01

/* The recipes' style weight as the k's of a target.  Statistics are divided by
 * the number of positions M throughout, which Keras' are not. */
static gboolean
style_coefficients (const NstObjective *objective, gdouble weight, gdouble positions,
                    NstStyleTarget *target, GError **error)
{
  const NstPassSpec *spec = &objective->pass.spec;
  gint n = target->stats.n;
  gdouble pixels = (gdouble) spec->width * spec->height, norm;

  target->k_mean = 0;
  switch (objective->recipe->style_form)
    {
    case NST_STYLE_KERAS:
      target->k_second = weight * positions * positions / (4 * 9 * pixels * pixels);
      break;
    case NST_STYLE_GATYS:
      target->k_second = weight / ((gdouble) n * n);
      break;
    case NST_STYLE_MEAN_COV:
      norm = nst_sum_squares (n, target->stats.mean);
      target->k_mean = norm > 0 ? weight / norm : 0;
      /* a flat style, or one of few positions, has no covariance but rounding's */
      if (!nst_metric_init (&target->metric, n, target->stats.second, LEAST_COVARIANCE * norm,
                            &norm, error))
        return FALSE;
      target->k_second = norm > 0 ? weight / norm : 0;
      break;
    }
  return TRUE;
}

/* A mask half as large, rounded down, by averaging. */
static gboolean
halve (NstPool *pool, NstTensor *mask, GError **error)
{
  NstTensor half;
  NstWindow from = nst_window (mask), to;

  if (!nst_tensor_alloc (&half, 1, mask->h / 2, mask->w / 2, error))
    return FALSE;
  to = nst_window (&half);
  nst_pool2_forward (pool, NST_POOLING_AVERAGE, &from, 0, half.h, &to);
  nst_tensor_clear (mask);
  *mask = half;
  return TRUE;
}

/* A mask at the size of each layer that is kept, and of the first, whose is the image's; all zero
 * is taken for all one. */
static gboolean
make_weights (const NstPass *pass, const gfloat *mask, gfloat **weights, GError **error)
{
  const NstPassSpec *spec = &pass->spec;
  NstTensor now;
  gboolean ok = nst_tensor_alloc (&now, 1, spec->height, spec->width, error);

  if (ok)
    memcpy (now.data, mask, sizeof (gfloat) * nst_tensor_plane (&now));
  for (gint i = 0; ok && i < pass->depth; i++)
    {
      gdouble sum = 0;
      gsize n;

      ok = !spec->network->layers[i].pooled || halve (pass->pool, &now, error);
      if (!ok || (i > 0 && !spec->keep[i]))
        continue;
      n = nst_tensor_plane (&now);
      ok = (weights[i] = nst_alloc (n, sizeof (gfloat), error)) != NULL;
      for (gsize k = 0; ok && k < n; k++)
        sum += now.data[k];
      for (gsize k = 0; ok && k < n; k++)
        weights[i][k] = sum > 0 ? now.data[k] : 1;
    }
  nst_tensor_clear (&now);
  return ok;
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

      NstMatchLayer matched = {index, pass->spec.network->layers[index].cout, layer->shift,
                               pass->spec.width >> layer->shift, layer->h};

      if (!nst_match_init (&objective->match[i], &matched, recipe->match_room[i], error))
        return FALSE;
      objective->n_match++;
    }
  return TRUE;
}

/**
 * nst_objective_init:
 * @tiling: how the image is cut, or %NULL for not at all
 * @content: 3, h, w in the recipe's unit
 * @content_mask: h * w, how much each pixel is to take the style, or %NULL
 *
 * Allocates for images of @content's size and measures the content's target.
 * On failure @objective is left clear.
 */
gboolean
nst_objective_init (NstObjective *objective, const NstNetwork *network, NstPool *pool,
                    const NstRecipeSpec *recipe, const NstTiling *tiling,
                    const NstTensor *content, const gfloat *content_mask, GError **error)
{
  NstPassSpec spec = nst_recipe_pass (recipe, network, TRUE, content->w, content->h);
  gboolean ok;

  memset (objective, 0, sizeof *objective);
  objective->recipe = recipe;
  if (tiling)
    spec.tiling = *tiling;
  if (!nst_pass_init (&objective->pass, &spec, pool, error))
    return FALSE;
  ok =
      !content_mask || make_weights (&objective->pass, content_mask, objective->weights, error);
  objective->n_style = recipe->n_style;
  for (gint i = 0; i < recipe->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];
      gint n = network->layers[recipe->style_layer[i]].cout;

      tap->layer = recipe->style_layer[i];
      ok = ok && nst_stats_init (&tap->now, n, recipe->style_form == NST_STYLE_MEAN_COV, error)
           && nst_style_slope_init (&tap->slope, n, nst_pool_threads (pool), error);
    }
  ok = ok && init_matches (objective, error) && measure_content (objective, content, error);
  if (!ok)
    nst_objective_clear (objective);
  return ok;
}

/* What nst_pass_forward() measures into: a style's targets, or what the image has now. */
typedef struct
{
  NstObjective *objective;
  NstPass *pass;
  gfloat **weights;
  NstStats *stats[NST_MAX_LAYERS]; /* of the layers that style is measured at */
  gboolean take;                   /* for being matched */
} Measurement;

static void
measure_piece (const NstPiece *piece, gpointer data)
{
  Measurement *it = data;
  NstObjective *objective = it->objective;

  if (it->stats[piece->layer] && !objective->error)
    nst_stats_add (it->stats[piece->layer], it->pass->pool, piece, it->weights[piece->layer],
                   &objective->error);
  for (gint i = 0; it->take && i < objective->n_match; i++)
    if (objective->match[i].layer == piece->layer)
      nst_match_take (&objective->match[i], it->pass->pool, piece);
}

static gboolean
measure (Measurement *it, const gfloat *image, GError **error)
{
  for (gint i = 0; i < it->pass->depth; i++)
    if (it->stats[i])
      nst_stats_begin (it->stats[i]);
  nst_pass_forward (it->pass, image, measure_piece, it);
  if (it->objective->error)
    {
      g_propagate_error (error, g_steal_pointer (&it->objective->error));
      return FALSE;
    }
  if (!nst_pool_check (it->pass->pool, error))
    return FALSE;
  for (gint i = 0; i < it->pass->depth; i++)
    if (it->stats[i])
      nst_stats_end (it->stats[i]);
  return TRUE;
}

/* Makes room for a further style. */
static gboolean
add_target (NstStyleTap *tap, GError **error)
{
  NstStyleTarget *target;

  tap->targets = g_renew (NstStyleTarget, tap->targets, tap->n_targets + 1);
  target = &tap->targets[tap->n_targets];
  memset (target, 0, sizeof *target);
  if (!nst_stats_init (&target->stats, tap->now.n, tap->now.centred, error))
    return FALSE;
  tap->n_targets++;
  return TRUE;
}

/* And for its cells. */
static gboolean
add_cells (NstObjective *objective, const NstPass *pass, gdouble weight, GError **error)
{
  for (gint i = 0; i < objective->n_match; i++)
    {
      const NstPassLayer *layer = &pass->layer[objective->match[i].layer];

      if (!nst_match_add_style (&objective->match[i], pass->spec.width >> layer->shift,
                                layer->h, weight, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * nst_objective_add_style:
 * @tiling: how the style is cut, or %NULL for not at all
 * @style: 3, h, w in the recipe's unit, of any size the network takes
 * @mask: h * w, how much each pixel counts as style, or %NULL
 * @weight: of this style; all styles' should add up to 1
 */
gboolean
nst_objective_add_style (NstObjective *objective, const NstTiling *tiling,
                         const NstTensor *style, const gfloat *mask, gdouble weight,
                         GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  NstPassSpec spec =
      nst_recipe_pass (recipe, objective->pass.spec.network, FALSE, style->w, style->h);
  NstPass pass;
  gfloat *weights[NST_MAX_LAYERS] = {NULL};
  Measurement it = {objective, &pass, weights, {NULL}, TRUE};
  gboolean ok;

  if (tiling)
    spec.tiling = *tiling;
  if (!nst_pass_init (&pass, &spec, objective->pass.pool, error))
    return FALSE;
  ok = !mask || make_weights (&pass, mask, weights, error);
  for (gint i = 0; ok && i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];

      ok = add_target (tap, error);
      it.stats[tap->layer] = ok ? &tap->targets[tap->n_targets - 1].stats : NULL;
    }
  ok = ok && add_cells (objective, &pass, weight, error) && measure (&it, style->data, error);
  if (ok && objective->n_match > 0 && recipe->start_matched > 0)
    ok = nst_match_take_colours (&objective->match[0], style, error);
  if (ok && recipe->palette_weight > 0)
    nst_palette_add (&objective->palette, objective->pass.pool, style, weights[0], weight);
  for (gint i = 0; ok && i < objective->n_match; i++)
    ok = nst_match_end_style (&objective->match[i], weights[objective->match[i].layer], error);
  for (gint i = 0; ok && i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];
      gint shift = pass.layer[tap->layer].shift;
      gdouble positions = (gdouble) (style->w >> shift) * (style->h >> shift);

      ok = style_coefficients (objective, weight * recipe->style_weight[i], positions,
                               &tap->targets[tap->n_targets - 1], error);
      nst_stats_trim (&tap->targets[tap->n_targets - 1].stats);
    }
  for (gint i = 0; i < NST_MAX_LAYERS; i++)
    nst_free (weights[i]);
  nst_pass_clear (&pass);
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

/**
 * nst_objective_match:
 * @image: 3 planes, what cells are searched for; of the content's size
 * @coarse: (nullable): where the cells of the level before went, a map for each layer
 *   that is matched
 *
 * To be called once, when all styles are there: finds the cells that the image's are to become.
 * Does nothing where none are matched.  Fails as nst_objective_evaluate() does.
 */
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
    nst_match_end (&objective->match[i], objective->recipe->match_weight,
                   objective->weights[objective->match[i].layer]);
  return TRUE;
}

/* How far palettes are apart, relative to the styles' variance, where a picture's shades are no
 * longer any of the styles'. */
#define STRANGE 0.1

/**
 * nst_objective_start:
 * @image: where the steps are to begin, of the content's size
 *
 * To be called once, after nst_objective_match(): gives @image the colours of the cells that its
 * own are to become, as far as the recipe says, the picture's shades are strange to the styles,
 * and each pixel counts.
 */
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

/**
 * nst_objective_evaluate:
 * @image: 3 planes in the recipe's unit
 * @gradient: (out caller-allocates): of the same size
 *
 * Fails with %NST_ERROR_NO_MEMORY, or %NST_ERROR_CANCELLED as nst_pool_check() does; a loss
 * that is not finite is the caller's to notice.
 */
gboolean
nst_objective_evaluate (NstObjective *objective, const gfloat *image, gfloat *gradient,
                        NstLosses *losses, GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  NstPass *pass = &objective->pass;
  NstTensor variable = {3, pass->spec.height, pass->spec.width, (gfloat *) image};
  Measurement it = {objective, pass, objective->weights, {NULL}};

  memset (&objective->losses, 0, sizeof objective->losses);
  for (gint i = 0; i < objective->n_style; i++)
    it.stats[objective->style[i].layer] = &objective->style[i].now;
  if (!measure (&it, image, error))
    return FALSE;
  for (gint i = 0; i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];

      objective->losses.style +=
          nst_style_slope_find (&tap->slope, &tap->now, tap->targets, tap->n_targets);
    }
  nst_pass_backward (pass, image, add_gradient, objective, gradient);
  if (recipe->palette_weight > 0)
    objective->losses.palette =
        nst_palette_loss (&objective->palette, pass->pool, recipe->palette_weight, &variable,
                          objective->weights[0], gradient);
  if (recipe->tv_weight > 0)
    objective->losses.tv = nst_tv_loss (pass->pool, recipe->tv_form, recipe->tv_weight,
                                        recipe->tv_chroma, &variable, gradient);
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
