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

/* As far as the styles are drawings: before the last level the matched loss counts more, as lines
 * otherwise break up in favour of statistics.  At each, cells stay apart further, and the last
 * layer's statistics, which tell most of lines, count more. */
static void
prepare_forms (NstRun *run)
{
  NstRunPlan *plan = &run->plan;
  gdouble share;

  if (plan->recipe.n_match == 0) /* a published recipe */
    return;
  share = nst_drawing_share (plan->inputs.styles, plan->inputs.n_styles);
  for (gint i = 0; i < plan->plan.n_levels; i++)
    {
      NstRecipeSpec *recipe = &plan->level[i].recipe;

      recipe->style_weight[recipe->n_style - 1] *= 1 + (recipe->drawn_style - 1) * share;
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
