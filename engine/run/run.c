/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run knows before its first level, and what levels hand on.
 */
#include "run/run.h"
#include "base/blas.h"
#include "images/drawing.h"

/* From the middle strength on: saves steps there; with all of it, as at strength 0, photographs
 * shine through the strokes. */
#define DETAIL 0.8

/* How each style's colours become the content's, or the content's the styles'.  The picture is
 * grey where colours are kept, and all of it where no style has any. */
static void
prepare_colours (NstRun *run)
{
  const NstRunPlan *plan = &run->plan;
  const NstRecipeSpec *recipe = &plan->recipe;

  run->grey = recipe->keep_colours
              || (recipe->follow_colours >= 1 && !plan->inputs.content->mask
                  && nst_colour_all_grey (plan->inputs.styles, plan->inputs.n_styles));
  if (recipe->follow_colours > 0)
    nst_colour_follow (plan->inputs.content, plan->inputs.styles, plan->inputs.n_styles,
                       recipe->follow_colours, &run->follow);
  if (!recipe->match_colours)
    return;
  run->maps = g_new (NstColourMap, plan->inputs.n_styles);
  for (guint i = 0; i < plan->inputs.n_styles; i++)
    nst_colour_match (&plan->inputs.styles[i].image, plan->inputs.content, &run->maps[i]);
}

/* Where among the style layers the one is whose statistics tell most of lines, or -1. */
static gint
layer_of_lines (const NstRunPlan *plan)
{
  const NstRecipeSpec *recipe = &plan->recipe;
  gint deepest = 0;

  for (gint i = 1; i < recipe->n_style; i++)
    if (recipe->style_layer[i] > recipe->style_layer[deepest])
      deepest = i;
  return nst_network_shift (plan->inputs.network, recipe->style_layer[deepest]) < 2 ? -1
                                                                                    : deepest;
}

/* As far as the styles are drawings: before the last level the matched loss counts more, as lines
 * otherwise break up in favour of statistics.  At each, cells stay apart further, and the deepest
 * layer's statistics count more. */
static void
prepare_forms (NstRun *run)
{
  NstRunPlan *plan = &run->plan;
  gdouble share;
  gint lines;

  if (plan->recipe.n_match == 0) /* a published recipe */
    return;
  lines = layer_of_lines (plan);
  share = nst_drawing_share (plan->inputs.styles, plan->inputs.n_styles);
  for (gint i = 0; i < plan->plan.n_levels; i++)
    {
      NstRecipeSpec *recipe = &plan->level[i].recipe;

      if (lines >= 0)
        recipe->style_weight[lines] *= 1 + (recipe->drawn_style - 1) * share;
      recipe->match_own *= 1 + (recipe->drawn_own - 1) * share;
      for (gint k = 0; i < plan->plan.n_levels - 1 && k < recipe->n_match; k++)
        recipe->match_weight[k] *= 1 + (recipe->drawn_match - 1) * share;
    }
}

void
nst_run_begin (NstRun *run)
{
  prepare_colours (run);
  prepare_forms (run);
  run->pool = nst_pool_new (run->plan.threads);
  nst_blas_reserve (nst_pool_threads (run->pool), run->plan.plan.memory);
}

void
nst_run_end (NstRun *run)
{
  g_clear_pointer (&run->pool, nst_pool_free);
  g_clear_pointer (&run->maps, g_free);
}

gdouble
nst_run_detail (const NstRun *run)
{
  return DETAIL + (1 - DETAIL) * MAX (1 - run->plan.settings->strength / 50, 0);
}

void
nst_handover_clear (NstHandover *handover)
{
  nst_tensor_clear (&handover->coarse);
  nst_curvature_clear (&handover->curvature);
  for (gint i = 0; i < NST_MATCH_LAYERS; i++)
    nst_match_map_clear (&handover->went[i]);
}
