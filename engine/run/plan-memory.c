/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a level holds in memory, counted before it runs: each function here goes through the
 * allocations of its namesake in the driver, in their order, and the most that is held at a time
 * is what the level takes.
 *
 *   held all the time     the network's weights, either direction; of the level before its
 *                         result, until the level's variable has begun from it
 *   content               its planes at the level's size, extended; its colours where they are
 *                         kept; what scaling takes meanwhile
 *   objective             the pass over the variable (pass-layout.c); the statistics' and the
 *                         slopes' matrices of each style layer; the content's activations; its
 *                         mask at the size of each style layer; a number for each cell that is
 *                         matched
 *   a style, in turn      its planes and mask; the pass over it; the runs' products; left
 *                         behind: its matrices, and until all is matched its cells
 *   matches               the picture between the variable and the content; the styles' cells
 *                         that are compared, and the best ones; where the level before's went;
 *                         left behind: what each cell is to become
 *   the steps             the optimiser's arrays, a pair of L-BFGS's more with each step; the
 *                         runs' products
 *   the end               the result, or what the next level begins with
 *
 * Whatever a level allocates in proportion to an image, a layer's channels or the threads is to
 * be here.  Not counted are the images that the caller owns, arrays of a row's length, the
 * threads' stacks and what OpenBLAS takes for itself; and a preview's 24 bytes a pixel.
 */
#include "run/plan-memory.h"
#include "losses/match-candidates.h"
#include "losses/match-colour.h"
#include "losses/match-search.h"
#include "losses/match-target.h"
#include "losses/style-slope.h"
#include "optimizer/optimizer.h"
#include "run/plan-count.h"
#include "run/plan-pass.h"

/* A level, as it is counted. */
typedef struct
{
  NstCount count;
  NstRunPlan *run;
  const NstLevelPlan *level;
  gboolean last;
  NstSize picture, variable; /* without margin, and with */
  guint64 grown, colours;    /* bytes of the level's fields of these names */
  guint64 coarse, went;      /* of what the level before has left */
  guint64 searching;         /* of what styles take until all cells are matched, */
  guint64 starting;          /* and until the variable has begun */
  NstRoom sums;              /* for the statistics of the pass over the variable */
} Level;

static gint
channels (const Level *it, gint i)
{
  return it->run->inputs.network->layers[it->level->recipe.style_layer[i]].cout;
}

/* A number for each cell of the matched layers of a level's variable. */
static guint64
matched_cells (const Level *it, NstSize variable)
{
  const NstRecipeSpec *recipe = &it->level->recipe;
  guint64 bytes = 0;

  for (gint i = 0; i < recipe->n_match; i++)
    bytes += nst_count_layer (&it->count, recipe->match_layer[i], 1, variable);
  return bytes;
}

/* nst_objective_init() */
static void
begin_objective (Level *it)
{
  const NstNetwork *network = it->run->inputs.network;
  const NstRecipeSpec *recipe = &it->level->recipe;
  NstPassSpec spec = nst_recipe_pass (recipe, network, TRUE, it->variable.w, it->variable.h);
  gint content = recipe->content_layer;
  gboolean masked = it->run->inputs.content->mask != NULL;
  NstPassRoom room;

  spec.tiling = it->level->tiling;
  room = nst_plan_count_pass (it->run, recipe, &spec, masked);
  it->sums = room.sums;
  nst_count_hold (&it->count, nst_room (&room.pass, it->count.threads));
  if (masked)
    nst_count_weights (&it->count, &spec);
  for (gint i = 0; i < recipe->n_style; i++)
    nst_count_hold (&it->count,
                    nst_stats_memory (channels (it, i))
                        + nst_style_slope_memory (channels (it, i), it->count.threads));
  nst_count_hold (&it->count, matched_cells (it, it->variable));
  if (recipe->content_weight > 0)
    nst_count_hold (&it->count, nst_count_layer (&it->count, content,
                                                 network->layers[content].cout, it->variable));
}

/* nst_level_begin() up to the styles */
static void
begin (Level *it)
{
  NstCount *count = &it->count;
  const NstRecipeSpec *recipe = &it->level->recipe;
  const NstImage *content = it->run->inputs.content;
  guint64 mask;

  nst_count_scaled_image (count, nst_recipe_resample (recipe), content, it->picture);
  if (recipe->keep_colours)
    it->colours = nst_count_planes (3, it->picture);
  nst_count_hold (count, it->colours);
  it->grown = nst_count_extend (count, 3, it->picture, it->level->margin, recipe->unit);
  mask = nst_count_mask (count, content, it->picture, it->level->margin);
  begin_objective (it);
  nst_count_drop (count, mask);
}

/* nst_objective_add_style(), once the pass is through: a layer's sums go as its metric comes,
 * which is not waited for here. */
static void
keep_targets (Level *it)
{
  for (gint i = 0; i < it->level->recipe.n_style; i++)
    {
      guint64 meanwhile, metric = nst_metric_memory (channels (it, i), &meanwhile);

      if (it->level->recipe.style_form != NST_STYLE_MEAN_COV)
        continue;
      nst_count_hold_for_a_while (&it->count, metric + meanwhile);
      nst_count_hold (&it->count, metric);
    }
}

/* A style's matched layer. */
typedef struct
{
  gint n;
  NstSize size;
} Cells;

static Cells
style_cells (const Level *it, guint style, gint match)
{
  gint layer = it->level->recipe.match_layer[match];
  gint shift = nst_network_shift (it->run->inputs.network, layer);
  NstPassSpec spec = nst_plan_style_pass (it->run, it->level, style);

  return (Cells){it->run->inputs.network->layers[layer].cout,
                 {spec.width >> shift, spec.height >> shift}};
}

/* nst_match_add_style() and nst_match_end_style() of each layer, nst_match_take_colours() */
static void
add_cells (Level *it, guint style)
{
  const NstRecipeSpec *recipe = &it->level->recipe;

  for (gint i = 0; i < recipe->n_match; i++)
    {
      Cells cells = style_cells (it, style, i);
      guint64 bytes =
          nst_match_style_memory (cells.n, cells.size.w, cells.size.h, recipe->match_room[i]);

      nst_count_hold (&it->count, bytes);
      it->searching += bytes;
      if (i > 0 || recipe->start_matched <= 0)
        continue;
      nst_count_hold (&it->count, nst_match_colours_memory (cells.size.w, cells.size.h));
      it->starting += nst_match_colours_memory (cells.size.w, cells.size.h);
    }
}

/* nst_objective_match() of a layer, but for what add_cells() counts: holds the targets, and returns
 * what it holds meanwhile. */
static guint64
match_layer (Level *it, gint match)
{
  gint layer = it->level->recipe.match_layer[match];
  gint n = it->run->inputs.network->layers[layer].cout;
  gint shift = nst_network_shift (it->run->inputs.network, layer);
  guint64 cells = (guint64) (it->variable.w >> shift) * (it->variable.h >> shift), bytes;
  gint64 all = 0;
  gint step;

  bytes = nst_match_search_memory (n, cells, it->run->inputs.n_styles, it->count.threads);
  if (it->level->recipe.match_weight[match] > 0)
    {
      nst_count_hold (&it->count,
                      nst_match_targets_memory (n, cells, it->level->recipe.match_narrow));
      bytes += nst_match_making_memory (n);
    }
  for (guint s = 0; s < it->run->inputs.n_styles; s++)
    {
      NstSize of = style_cells (it, s, match).size;

      all += (gint64) of.w * of.h;
    }
  step = nst_match_step (all, it->level->recipe.match_room[match]);
  for (guint s = 0; s < it->run->inputs.n_styles; s++)
    {
      Cells of = style_cells (it, s, match);

      bytes += nst_match_compared_memory (of.n, of.size.w, of.size.h, step);
    }
  return bytes;
}

/* nst_level_match() */
static void
match (Level *it)
{
  const NstRecipeSpec *recipe = &it->level->recipe;
  guint64 bytes = 0;
  gint shift;

  if (recipe->n_match == 0)
    return;
  if (it->level->level > 0 || it->run->inputs.start)
    bytes += nst_count_planes (3, it->variable);
  for (gint i = 0; i < recipe->n_match; i++)
    bytes += match_layer (it, i);
  nst_count_hold_for_a_while (&it->count, bytes);
  nst_count_drop (&it->count, it->searching + it->went);
  if (recipe->start_matched <= 0)
    return;
  shift = nst_network_shift (it->run->inputs.network, recipe->match_layer[0]);
  nst_count_hold_for_a_while (
      &it->count, nst_match_colours_memory (it->variable.w >> shift, it->variable.h >> shift));
  nst_count_drop (&it->count, it->starting);
}

/* add_style() */
static void
add_style (Level *it, guint index)
{
  NstCount *count = &it->count;
  const NstRecipeSpec *recipe = &it->level->recipe;
  const NstImage *image = &it->run->inputs.styles[index].image;
  const NstPassRoom *room = &it->level->styles[index].room;
  NstPassSpec spec = nst_plan_style_pass (it->run, it->level, index);
  NstSize size = nst_plan_style_size (it->run, it->level, index);
  guint64 style, mask, weights;

  nst_count_scaled_image (count, nst_recipe_resample (recipe), image, size);
  style = nst_count_extend (count, 3, size, 0, recipe->unit);
  mask = nst_count_mask (count, image, size, 0);
  nst_count_hold (count, nst_room (&room->pass, count->threads));
  weights = image->mask ? nst_count_weights (count, &spec) : 0;
  for (gint i = 0; i < recipe->n_style; i++)
    nst_count_hold (count, nst_stats_memory (channels (it, i)));
  add_cells (it, index);
  nst_count_hold (count, nst_room (&room->sums, count->threads));
  keep_targets (it);
  nst_count_drop (count, style + mask + weights + nst_room (&room->pass, count->threads)
                             + nst_room (&room->sums, count->threads));
}

/* nst_level_first(), nst_level_match() */
static void
start (Level *it)
{
  NstCount *count = &it->count;
  gint level = it->level->level;
  const NstImage *first = it->run->inputs.start;

  nst_count_hold (count, nst_count_planes (3, it->variable));
  if (level > 0)
    nst_count_scaled_planes (
        count, NST_RESAMPLE_CUBIC,
        (NstSize){it->run->plan.width[level - 1], it->run->plan.height[level - 1]}, 3,
        it->picture);
  else if (first)
    nst_count_scaled_image (count, NST_RESAMPLE_CUBIC, first, it->picture);
  if (level > 0 || first)
    nst_count_drop (count, nst_count_planes (3, it->picture));
  nst_count_drop (count, it->coarse);
  match (it);
  nst_count_drop (count, it->last ? it->grown : 0);
}

/* nst_minimizer_init(), but for the variable, the steps, and nst_level_keep() */
static void
run_steps (Level *it)
{
  NstMinimizerSpec spec =
      nst_recipe_minimizer (&it->level->recipe, (gsize) 3 * it->variable.w * it->variable.h);
  gint steps = it->run->plan.iterations[it->level->level];

  nst_count_hold (&it->count,
                  nst_minimizer_memory (&spec, steps) - nst_count_planes (3, it->variable));
  nst_count_hold (&it->count, nst_room (&it->sums, it->count.threads));
  if (!it->last)
    nst_count_hold_for_a_while (&it->count, nst_count_planes (3, it->picture));
}

/* keep_result(), which may come after any level: the variable, and what is made of it */
static void
end (Level *it, NstCount *count)
{
  const NstPlan *plan = &it->run->plan;
  NstSize full = {plan->width[plan->n_levels - 1], plan->height[plan->n_levels - 1]};

  nst_count_hold (count, it->colours + (it->last ? 0 : it->grown));
  nst_count_hold (count, nst_count_planes (3, it->variable));
  nst_count_hold (count, nst_count_planes (3, it->picture));
  nst_count_drop (count, nst_count_planes (3, it->variable));
  if (!it->last)
    {
      nst_count_scaled_planes (count, NST_RESAMPLE_CUBIC, it->picture, 3, full);
      nst_count_drop (count, nst_count_planes (3, it->picture));
    }
  nst_count_hold (count, nst_count_planes (3, full));
}

/* What the level before has left. */
static void
hold_handover (Level *it)
{
  const NstPlan *plan = &it->run->plan;
  gint before = it->level->level - 1, margin = it->level->recipe.margin, least;
  NstSize size;

  if (before < 0)
    return;
  least = nst_recipe_least_side (&it->level->recipe, it->run->inputs.network);
  size = (NstSize){plan->width[before], plan->height[before]};
  it->coarse = nst_count_planes (3, size);
  it->went = matched_cells (
      it, (NstSize){MAX (size.w + 2 * margin, least), MAX (size.h + 2 * margin, least)});
  nst_count_hold (&it->count, it->coarse + it->went);
}

guint64
nst_level_memory (NstRunPlan *run, const NstLevelPlan *plan, gint n_threads)
{
  Level it = {.count = {run, plan, &plan->recipe, n_threads},
              .run = run,
              .level = plan,
              .last = plan->level == run->plan.n_levels - 1,
              .picture = {plan->width, plan->height},
              .variable = {plan->w, plan->h}};
  NstCount last;

  nst_count_hold (&it.count, nst_network_memory (run->inputs.network));
  last = it.count;
  hold_handover (&it);
  begin (&it);
  for (guint i = 0; i < run->inputs.n_styles; i++)
    add_style (&it, i);
  start (&it);
  run_steps (&it);
  end (&it, &last);
  return MAX (it.count.most, last.most);
}
