/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes of styles, and what passes over pictures take.
 */
#include "run/plan-pass.h"
#include "losses/stats.h"
#include "network/pass-layout.h"

#include <math.h>

#define ENLARGED 2048 /* the long side of a style that is larger than its level, at most */

/* The long side in pixels of a style at a level whose own is @level, the style's being
 * @native.  At 100 per cent a style is never enlarged, which would only blur it; above it
 * is, as one that is no larger than the picture can have larger strokes only so. */
static gdouble
style_side (const NstSettings *settings, gint level, gint native)
{
  gdouble side = MIN (level, native) * settings->style_scale / 100;

  return MIN (side, MAX (level, ENLARGED));
}

NstSize
nst_plan_style_size (const NstRunPlan *run, const NstLevelPlan *it, guint index)
{
  const NstImage *style = &run->inputs.styles[index].image;
  gint level = MAX (it->width, it->height), native = MAX (style->width, style->height);
  gdouble side = level;

  if (run->recipe.size_is_height)
    return (NstSize){it->width, it->height};
  if (run->recipe.coarse_to_fine)
    side = style_side (run->settings, level, native);
  return (NstSize){nst_recipe_side (style->width * side / native),
                   nst_recipe_side (style->height * side / native)};
}

/* What nst_stats_add() takes for a layer of the pass. */
static void
add_sums (const NstPass *pass, gint layer, gboolean weighted, NstRoom *sums)
{
  const NstPassLayer *at = &pass->layer[layer];
  gint w = nst_pass_widest_block (pass), n = pass->spec.network->layers[layer].cout;
  gboolean whole = w == pass->spec.width;
  gint rows = nst_pass_is_tiled (pass) ? pass->rows >> at->shift : at->h;
  guint64 one = nst_stats_scratch (n, w >> at->shift, MIN (rows, at->h), whole, weighted, 1);
  guint64 none = nst_stats_scratch (n, w >> at->shift, MIN (rows, at->h), whole, weighted, 0);

  sums->fixed += none;
  sums->per_thread += one - none;
}

NstPassRoom
nst_plan_count_pass (NstRunPlan *run, const NstRecipeSpec *recipe, const NstPassSpec *spec,
                     gboolean weighted)
{
  NstPassRoom room = {{0, 0}, {0, 0}};
  NstPass pass;

  run->layouts++;
  nst_pass_shape (&pass, spec);
  room.pass.fixed = nst_alloc_size (nst_pass_lay_out (&pass, nst_pass_widest_block (&pass)), 1)
                    + nst_alloc_size (0, 1);
  room.pass.per_thread = nst_pass_scratch (&pass, 1) * sizeof (gfloat);
  for (gint i = 0; i < recipe->n_style; i++)
    add_sums (&pass, recipe->style_layer[i], weighted, &room.sums);
  return room;
}

NstPassSpec
nst_plan_style_pass (const NstRunPlan *run, const NstLevelPlan *it, guint index)
{
  gint least = nst_recipe_least_side (&it->recipe, run->inputs.network);
  NstSize size = nst_plan_style_size (run, it, index);

  return nst_recipe_pass (&it->recipe, run->inputs.network, FALSE, MAX (size.w, least),
                          MAX (size.h, least));
}

void
nst_plan_count_style (NstRunPlan *run, const NstLevelPlan *it, guint index,
                      const NstPassSpec *spec, NstStylePlan *style)
{
  style->tiling = spec->tiling;
  style->room = nst_plan_count_pass (run, &it->recipe, spec,
                                     run->inputs.styles[index].image.mask != NULL);
}
