/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole loss: content and style at their layers, total variation at the
 * image.
 */
#include "objective.h"
#include "pooling.h"

#include <math.h>
#include <string.h>

/* The recipes' content weight as the k of nst_content_loss(). */
static gdouble
content_coefficient (const NstRecipeSpec *recipe, const NstTensor *features)
{
  gsize n = nst_tensor_size (features);
  gdouble squares = 0;

  switch (recipe->content_form)
    {
    case NST_CONTENT_SUM:
      return recipe->content_weight;
    case NST_CONTENT_MEAN:
      return recipe->content_weight / n;
    case NST_CONTENT_RELATIVE:
      for (gsize i = 0; i < n; i++)
        squares += (gdouble) features->data[i] * features->data[i];
      return squares > 0 ? recipe->content_weight / squares : 0;
    }
  g_assert_not_reached ();
}

/* |cov*|^2 relative to |mean*|^4 counts as this much at least; pictures have
 * 5e-4 and more. */
#define LEAST_COVARIANCE 1e-4

static gdouble
sum_squares (const gdouble *values, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i] * values[i];
  return sum;
}

/* The recipes' style weight as the k's of a target.  Statistics are divided by
 * the number of positions M throughout, which Keras' are not. */
static void
style_coefficients (const NstObjective *objective, gdouble weight, gdouble positions,
                    NstStyleTarget *target)
{
  const NstTensor *input = &objective->pass.input;
  gdouble n = target->stats.n, pixels = (gdouble) input->w * input->h, norm;

  target->k_mean = 0;
  switch (objective->recipe->style_form)
    {
    case NST_STYLE_KERAS:
      target->k_second = weight * positions * positions / (4 * 9 * pixels * pixels);
      break;
    case NST_STYLE_GATYS:
      target->k_second = weight / (n * n);
      break;
    case NST_STYLE_MEAN_COV:
      norm = sum_squares (target->stats.mean, target->stats.n);
      target->k_mean = norm > 0 ? weight / norm : 0;
      /* a flat style, or one of few positions, has no covariance but rounding's */
      norm = MAX (sum_squares (target->stats.second, (gsize) target->stats.n * target->stats.n),
                  LEAST_COVARIANCE * norm * norm);
      target->k_second = norm > 0 ? weight / norm : 0;
      break;
    }
}

/* A mask at each layer's size, by averaging; all zero is taken for all one. */
static gboolean
make_weights (const NstPass *pass, const gfloat *mask, gfloat **weights, GError **error)
{
  const NstTensor *input = &pass->input;
  NstTensor now, next;
  gboolean ok = nst_tensor_alloc (&now, 1, input->h, input->w, error);

  if (ok)
    memcpy (now.data, mask, sizeof (gfloat) * nst_tensor_plane (input));
  for (gint i = 0; ok && i < pass->depth; i++)
    {
      gdouble sum = 0;
      gsize n;

      if (pass->spec.network->layers[i].pooled)
        {
          ok = nst_tensor_alloc (&next, 1, now.h / 2, now.w / 2, error);
          if (!ok)
            break;
          nst_pool2_forward (pass->pool, NST_POOLING_AVERAGE, &now, &next);
          nst_tensor_clear (&now);
          now = next;
        }
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

/**
 * nst_objective_init:
 * @content: 3, h, w in the recipe's unit
 * @content_mask: h * w, how much each pixel is to take the style, or %NULL
 *
 * Allocates for images of @content's size and measures the content's target.
 * On failure @objective is left clear.
 */
gboolean
nst_objective_init (NstObjective *objective, const NstNetwork *network, NstPool *pool,
                    const NstRecipeSpec *recipe, const NstTensor *content,
                    const gfloat *content_mask, GError **error)
{
  NstPassSpec spec = nst_recipe_pass (recipe, network, TRUE, content->w, content->h);
  const NstTensor *features;
  gboolean ok;

  memset (objective, 0, sizeof *objective);
  objective->recipe = recipe;
  if (!nst_pass_init (&objective->pass, &spec, pool, error))
    return FALSE;
  features = &objective->pass.layer[recipe->content_layer].relu;
  ok = (objective->content.target =
            nst_alloc (nst_tensor_size (features), sizeof (gfloat), error))
       && (!content_mask
           || make_weights (&objective->pass, content_mask, objective->weights, error));
  objective->n_style = recipe->n_style;
  for (gint i = 0; i < recipe->n_style; i++)
    {
      gint layer = objective->style[i].layer = recipe->style_layer[i];

      ok = ok
           && nst_stats_init (&objective->style[i].now, network->layers[layer].cout,
                              recipe->style_form == NST_STYLE_MEAN_COV, error);
    }
  if (!ok)
    {
      nst_objective_clear (objective);
      return FALSE;
    }
  nst_pass_forward (&objective->pass, content->data);
  objective->content.layer = recipe->content_layer;
  objective->content.k = content_coefficient (recipe, features);
  memcpy (objective->content.target, features->data,
          sizeof (gfloat) * nst_tensor_size (features));
  return TRUE;
}

static gboolean
measure_style (NstObjective *objective, NstStyleTap *tap, const NstPass *pass,
               const gfloat *weights, gdouble share, gdouble layer_weight, GError **error)
{
  const NstTensor *features = &pass->layer[tap->layer].relu;
  NstStyleTarget *target;

  tap->targets = g_renew (NstStyleTarget, tap->targets, tap->n_targets + 1);
  target = &tap->targets[tap->n_targets];
  if (!nst_stats_init (&target->stats, features->c, tap->now.centred, error))
    return FALSE;
  tap->n_targets++;
  if (!nst_stats_measure (&target->stats, pass->pool, features, weights, error))
    return FALSE;
  style_coefficients (objective, share * layer_weight, nst_tensor_plane (features), target);
  return TRUE;
}

/**
 * nst_objective_add_style:
 * @style: 3, h, w in the recipe's unit, of any size the network takes
 * @mask: h * w, how much each pixel counts as style, or %NULL
 * @weight: of this style; all styles' should add up to 1
 */
gboolean
nst_objective_add_style (NstObjective *objective, const NstTensor *style, const gfloat *mask,
                         gdouble weight, GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  gfloat *weights[NST_MAX_LAYERS] = {NULL};
  NstPassSpec spec =
      nst_recipe_pass (recipe, objective->pass.spec.network, FALSE, style->w, style->h);
  NstPass pass;
  gboolean ok;

  if (!nst_pass_init (&pass, &spec, objective->pass.pool, error))
    return FALSE;
  ok = !mask || make_weights (&pass, mask, weights, error);
  if (ok)
    nst_pass_forward (&pass, style->data);
  for (gint i = 0; ok && i < objective->n_style; i++)
    ok = measure_style (objective, &objective->style[i], &pass,
                        weights[objective->style[i].layer], weight, recipe->style_weight[i],
                        error);
  for (gint i = 0; i < NST_MAX_LAYERS; i++)
    nst_free (weights[i]);
  nst_pass_clear (&pass);
  return ok;
}

static void
tap_layer (gint layer, NstTensor *gradient, gpointer data)
{
  NstObjective *objective = data;
  const NstPass *pass = &objective->pass;

  if (objective->content.layer == layer)
    objective->losses.content +=
        nst_content_loss (pass->pool, &pass->layer[layer].relu, objective->content.target,
                          objective->content.k, gradient);
  for (gint i = 0; i < objective->n_style; i++)
    if (objective->style[i].layer == layer && !objective->error)
      {
        NstStyleTap *tap = &objective->style[i];
        gdouble value;

        if (nst_style_loss (pass->pool, &pass->layer[layer].relu, objective->weights[layer],
                            tap->targets, tap->n_targets, &tap->now, gradient, &value,
                            &objective->error))
          objective->losses.style += value;
      }
}

/**
 * nst_objective_evaluate:
 * @image: 3 planes in the recipe's unit
 * @gradient: (out caller-allocates): of the same size
 *
 * Fails with %NST_ERROR_NO_MEMORY only; a loss that is not finite is the
 * caller's to notice.
 */
gboolean
nst_objective_evaluate (NstObjective *objective, const gfloat *image, gfloat *gradient,
                        NstLosses *losses, GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  NstTensor variable = objective->pass.input;

  memset (&objective->losses, 0, sizeof objective->losses);
  nst_pass_forward (&objective->pass, image);
  nst_pass_backward (&objective->pass, tap_layer, objective, gradient);
  if (objective->error)
    {
      g_propagate_error (error, g_steal_pointer (&objective->error));
      return FALSE;
    }
  variable.data = (gfloat *) image;
  if (recipe->tv_weight > 0)
    objective->losses.tv = nst_tv_loss (objective->pass.pool, recipe->tv_form,
                                        recipe->tv_weight, &variable, gradient);
  *losses = objective->losses;
  losses->total = losses->content + losses->style + losses->tv;
  return TRUE;
}

void
nst_objective_clear (NstObjective *objective)
{
  for (gint i = 0; i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];

      for (gint t = 0; t < tap->n_targets; t++)
        nst_stats_clear (&tap->targets[t].stats);
      g_clear_pointer (&tap->targets, g_free);
      nst_stats_clear (&tap->now);
    }
  for (gint i = 0; i < NST_MAX_LAYERS; i++)
    g_clear_pointer (&objective->weights[i], nst_free);
  g_clear_pointer (&objective->content.target, nst_free);
  nst_pass_clear (&objective->pass);
}
