/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What follows from a recipe.
 */
#include "run/recipe-spec.h"

gint
nst_recipe_depth (const NstRecipeSpec *recipe)
{
  gint depth = recipe->content_weight > 0 ? recipe->content_layer : 0;

  for (gint i = 0; i < recipe->n_match; i++)
    depth = MAX (depth, recipe->match_layer[i]);
  for (gint i = 0; i < recipe->n_style; i++)
    depth = MAX (depth, recipe->style_layer[i]);
  return depth + 1;
}

gint
nst_recipe_least_side (const NstRecipeSpec *recipe, const NstNetwork *network)
{
  return 1 << nst_network_shift (network, nst_recipe_depth (recipe) - 1);
}

NstPassSpec
nst_recipe_pass (const NstRecipeSpec *recipe, const NstNetwork *network, gboolean backward,
                 gint width, gint height)
{
  NstPassSpec spec = {.network = network,
                      .pooling = recipe->pooling,
                      .backward = backward,
                      .width = width,
                      .height = height,
                      .unit = recipe->unit};

  spec.keep[recipe->content_layer] = backward && recipe->content_weight > 0;
  for (gint i = 0; i < recipe->n_match; i++)
    spec.keep[recipe->match_layer[i]] = TRUE;
  for (gint i = 0; i < recipe->n_style; i++)
    spec.keep[recipe->style_layer[i]] = TRUE;
  return spec;
}

NstMinimizerSpec
nst_recipe_minimizer (const NstRecipeSpec *recipe, gsize n)
{
  return (NstMinimizerSpec){
      .kind = recipe->optimizer,
      .n = n,
      .high = recipe->clamp ? recipe->unit : 0,
      .history = recipe->lbfgs_history,
      .gain = recipe->lbfgs_gain,
      .rate = recipe->optimizer == NST_OPTIMIZER_ADAM ? recipe->adam_rate : recipe->sgd_rate,
  };
}
