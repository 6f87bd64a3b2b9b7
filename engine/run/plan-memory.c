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
 *                         behind: its matrices, and its cells where they are matched
 *   matches               the picture between the variable and the content; the styles' cells
 *                         that are compared, and the best ones; where the level before's went
 *   the steps             the optimiser's arrays, a pair of L-BFGS's more with each step; the
 *                         runs' products
 *   the end               the result, or what the next level begins with
 *
 * Whatever a level allocates in proportion to an image, a layer's channels or the threads is to
 * be here.  Not counted are the images that the caller owns, arrays of a row's length, the
 * threads' stacks and what OpenBLAS takes for itself; and a preview's 24 bytes a pixel.
 */
#include "run/stylise.h"

typedef struct
{
  guint64 now, most; /* bytes */
} Tally;

typedef struct
{
  NstRunPlan *run;
  const NstLevelPlan *level;
  const NstRecipeSpec *recipe;
  gint threads;
  gboolean last;
  guint64 grown, colours; /* bytes of the run's fields of these names */
  guint64 went;           /* of the level before's maps, */
  guint64 searching;      /* of what styles take until all cells are matched, */
  guint64 starting;       /* and until the variable has begun */
  NstRoom sums;           /* for the statistics of the pass over the variable */
} Count;

static void
hold (Tally *tally, guint64 bytes)
{
  tally->now += bytes;
  tally->most = MAX (tally->most, tally->now);
}

static void
drop (Tally *tally, guint64 bytes)
{
  tally->now -= bytes;
}

static void
hold_for_a_while (Tally *tally, guint64 bytes)
{
  hold (tally, bytes);
  drop (tally, bytes);
}

static guint64
planes (gint c, gint w, gint h)
{
  return nst_alloc_size ((guint64) c * w * h, sizeof (gfloat));
}

/* nst_resize_image(), or (one channel, or planes of their own) nst_resize(). */
static void
hold_scaled (const Count *it, Tally *tally, NstResample kind, const NstImage *from, gint c,
             gint stride, gint w, gint h)
{
  hold (tally, planes (c, w, h));
  hold_for_a_while (
      tally, nst_resample_memory (kind, from->width, from->height, stride, w, h, it->threads));
}

static NstResample
kind (const Count *it)
{
  return nst_recipe_resample (it->recipe);
}

static gint
extend_by (const Count *it, gint side, gint margin)
{
  gint least = nst_smallest_side (it->run->network, nst_recipe_depth (it->recipe));

  return MAX (side + 2 * margin, least);
}

static gint
extended (const Count *it, gint side)
{
  return extend_by (it, side, it->level->margin);
}

/* extend(); returns what the image takes then. */
static guint64
extend (const Count *it, Tally *tally, gint c, gint w, gint h, gdouble gain)
{
  guint64 from = planes (c, w, h), to = planes (c, extended (it, w), extended (it, h));

  if (from != to || gain != 1)
    {
      hold (tally, to);
      drop (tally, from);
    }
  return to;
}

/* prepare_mask() */
static guint64
prepare_mask (const Count *it, Tally *tally, const NstImage *image, gint w, gint h)
{
  if (!image->mask)
    return 0;
  hold_scaled (it, tally, kind (it), image, 1, 1, w, h);
  return extend (it, tally, 1, w, h, 1);
}

/* make_weights(); returns what is left. */
static guint64
make_weights (const Count *it, Tally *tally, const NstPassSpec *spec, gboolean masked)
{
  gint w = spec->width, h = spec->height;
  guint64 now = planes (1, w, h), left = 0;

  if (!masked)
    return 0;
  hold (tally, now);
  for (gint i = 0; i < nst_recipe_depth (it->recipe); i++)
    {
      if (spec->network->layers[i].pooled)
        {
          w /= 2, h /= 2;
          hold (tally, planes (1, w, h));
          drop (tally, now);
          now = planes (1, w, h);
        }
      if (i == 0 || spec->keep[i])
        {
          hold (tally, planes (1, w, h));
          left += planes (1, w, h);
        }
    }
  drop (tally, now);
  return left;
}

static gint
channels (const Count *it, gint i)
{
  return it->run->network->layers[it->recipe->style_layer[i]].cout;
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

/* A pass, cut as @spec says, and the statistics of its style layers. */
static void
count_pass (NstRunPlan *run, const NstRecipeSpec *recipe, const NstPassSpec *spec,
            gboolean weighted, NstRoom *room, NstRoom *sums)
{
  NstPass pass;

  run->layouts++;
  nst_pass_shape (&pass, spec);
  room->fixed = nst_alloc_size (nst_pass_lay_out (&pass, nst_pass_widest_block (&pass)), 1)
                + nst_alloc_size (0, 1);
  room->per_thread = nst_pass_scratch (&pass, 1) * sizeof (gfloat);
  *sums = (NstRoom){0, 0};
  for (gint i = 0; i < recipe->n_style; i++)
    add_sums (&pass, recipe->style_layer[i], weighted, sums);
}

/* The pass over a style at a level, not cut yet. */
NstPassSpec
nst_level_style_pass (const NstRunPlan *run, const NstLevelPlan *it, guint index)
{
  gint least = nst_smallest_side (run->network, nst_recipe_depth (&it->recipe)), w, h;

  nst_style_size (run, it->width, it->height, &run->styles[index].image, &w, &h);
  return nst_recipe_pass (&it->recipe, run->network, FALSE, MAX (w + 2 * it->margin, least),
                          MAX (h + 2 * it->margin, least));
}

/* What a style takes when its pass is cut like that. */
void
nst_level_count_style (NstRunPlan *run, const NstLevelPlan *it, guint index,
                       const NstPassSpec *spec, NstStylePlan *style)
{
  style->tiling = spec->tiling;
  count_pass (run, &it->recipe, spec, run->styles[index].image.mask != NULL, &style->pass,
              &style->sums);
}

static guint64
layer_planes (const Count *it, gint layer, gint c, gint w, gint h)
{
  gint shift = nst_network_shift (it->run->network, layer);

  return planes (c, w >> shift, h >> shift);
}

/* A number for each cell of the matched layers of a level's variable. */
static guint64
matched_cells (const Count *it, gint w, gint h)
{
  guint64 bytes = 0;

  for (gint i = 0; i < it->recipe->n_match; i++)
    bytes += layer_planes (it, it->recipe->match_layer[i], 1, w, h);
  return bytes;
}

/* nst_objective_init() */
static void
begin_objective (Count *it, Tally *tally)
{
  const NstNetwork *network = it->run->network;
  NstPassSpec spec = nst_recipe_pass (it->recipe, network, TRUE, it->level->w, it->level->h);
  gint content = it->recipe->content_layer;
  gboolean masked = it->run->content->mask != NULL;
  NstRoom pass;

  spec.tiling = it->level->tiling;
  count_pass (it->run, it->recipe, &spec, masked, &pass, &it->sums);
  hold (tally, nst_room (&pass, it->threads));
  make_weights (it, tally, &spec, masked);
  for (gint i = 0; i < it->recipe->n_style; i++)
    hold (tally, nst_stats_memory (channels (it, i))
                     + nst_style_slope_memory (channels (it, i), it->threads));
  hold (tally, matched_cells (it, spec.width, spec.height));
  if (it->recipe->content_weight > 0)
    hold (tally,
          layer_planes (it, content, network->layers[content].cout, spec.width, spec.height));
}

/* nst_level_begin() up to the styles */
static void
begin (Count *it, Tally *tally)
{
  const NstLevelPlan *level = it->level;
  const NstImage *content = it->run->content;
  guint64 mask;

  hold_scaled (it, tally, kind (it), content, 3, 3, level->width, level->height);
  if (it->recipe->keep_colours)
    it->colours = planes (3, level->width, level->height);
  hold (tally, it->colours);
  it->grown = extend (it, tally, 3, level->width, level->height, it->recipe->unit);
  mask = prepare_mask (it, tally, content, level->width, level->height);
  begin_objective (it, tally);
  drop (tally, mask);
}

/* nst_objective_add_style(), once the pass is through: a layer's sums go as its metric comes,
 * which is not waited for here. */
static void
keep_targets (const Count *it, Tally *tally)
{
  for (gint i = 0; i < it->recipe->n_style; i++)
    {
      guint64 meanwhile, metric = nst_metric_memory (channels (it, i), &meanwhile);

      if (it->recipe->style_form != NST_STYLE_MEAN_COV)
        continue;
      hold_for_a_while (tally, metric + meanwhile);
      hold (tally, metric);
    }
}

/* A style's matched layer. */
typedef struct
{
  gint n, w, h;
} Cells;

static Cells
style_cells (const Count *it, guint style, gint match)
{
  gint layer = it->recipe->match_layer[match];
  gint shift = nst_network_shift (it->run->network, layer);
  NstPassSpec spec = nst_level_style_pass (it->run, it->level, style);

  return (Cells){it->run->network->layers[layer].cout, spec.width >> shift,
                 spec.height >> shift};
}

/* nst_match_add_style() and nst_match_end_style() of each layer, nst_match_take_colours() */
static void
add_cells (Count *it, Tally *tally, guint style)
{
  for (gint i = 0; i < it->recipe->n_match; i++)
    {
      Cells cells = style_cells (it, style, i);
      guint64 searching, kept = nst_match_style_memory (cells.n, cells.w, cells.h,
                                                        it->recipe->match_room[i], &searching);

      hold (tally, kept + searching);
      it->searching += searching;
      if (i > 0 || it->recipe->start_matched <= 0)
        continue;
      hold (tally, nst_match_colours_memory (cells.w, cells.h));
      it->starting += nst_match_colours_memory (cells.w, cells.h);
    }
}

/* nst_objective_match() of a layer, but for what add_cells() counts; returns what it holds. */
static guint64
match_layer (const Count *it, gint match)
{
  gint layer = it->recipe->match_layer[match];
  gint shift = nst_network_shift (it->run->network, layer);
  guint64 cells = (guint64) (it->level->w >> shift) * (it->level->h >> shift), bytes;
  gint64 all = 0;
  gint step;

  bytes = nst_match_search_memory (it->run->network->layers[layer].cout, cells,
                                   it->run->n_styles, it->threads);
  for (guint s = 0; s < it->run->n_styles; s++)
    all += (gint64) style_cells (it, s, match).w * style_cells (it, s, match).h;
  step = nst_match_step (all, it->recipe->match_room[match]);
  for (guint s = 0; s < it->run->n_styles; s++)
    {
      Cells of = style_cells (it, s, match);

      bytes += nst_match_compared_memory (of.n, of.w, of.h, step);
    }
  return bytes;
}

/* match() and nst_objective_start() */
static void
match (const Count *it, Tally *tally)
{
  guint64 bytes = 0;
  gint shift;

  if (it->recipe->n_match == 0)
    return;
  if (it->level->level > 0 || it->run->settings->start_image)
    bytes += planes (3, it->level->w, it->level->h);
  for (gint i = 0; i < it->recipe->n_match; i++)
    bytes += match_layer (it, i);
  hold_for_a_while (tally, bytes);
  drop (tally, it->searching + it->went);
  if (it->recipe->start_matched <= 0)
    return;
  shift = nst_network_shift (it->run->network, it->recipe->match_layer[0]);
  hold_for_a_while (tally,
                    nst_match_colours_memory (it->level->w >> shift, it->level->h >> shift));
  drop (tally, it->starting);
}

/* add_style() */
static void
add_style (Count *it, Tally *tally, guint index)
{
  const NstImage *image = &it->run->styles[index].image;
  const NstStylePlan *plan = &it->level->styles[index];
  NstPassSpec spec = nst_level_style_pass (it->run, it->level, index);
  guint64 style, mask, weights;
  gint w, h;

  nst_style_size (it->run, it->level->width, it->level->height, image, &w, &h);
  hold_scaled (it, tally, kind (it), image, 3, 3, w, h);
  style = extend (it, tally, 3, w, h, it->recipe->unit);
  mask = prepare_mask (it, tally, image, w, h);
  hold (tally, nst_room (&plan->pass, it->threads));
  weights = make_weights (it, tally, &spec, image->mask != NULL);
  for (gint i = 0; i < it->recipe->n_style; i++)
    hold (tally, nst_stats_memory (channels (it, i)));
  add_cells (it, tally, index);
  hold (tally, nst_room (&plan->sums, it->threads));
  keep_targets (it, tally);
  drop (tally, style + mask + weights + nst_room (&plan->pass, it->threads)
                   + nst_room (&plan->sums, it->threads));
}

/* nst_level_start() */
static void
start (const Count *it, Tally *tally, guint64 coarse)
{
  const NstLevelPlan *level = it->level;
  const NstImage *first = it->run->settings->start_image;
  guint64 picture = planes (3, level->width, level->height);

  hold (tally, planes (3, level->w, level->h));
  if (level->level > 0)
    {
      NstImage from = {it->run->plan.width[level->level - 1],
                       it->run->plan.height[level->level - 1], NULL, NULL};

      hold_scaled (it, tally, NST_RESAMPLE_CUBIC, &from, 3, 1, level->width, level->height);
      drop (tally, picture);
    }
  else if (first)
    {
      hold_scaled (it, tally, NST_RESAMPLE_CUBIC, first, 3, 3, level->width, level->height);
      drop (tally, picture);
    }
  drop (tally, coarse);
  match (it, tally);
  drop (tally, it->last ? it->grown : 0);
}

/* nst_minimizer_init(), but for the variable, the steps, and nst_level_keep() */
static void
run_steps (const Count *it, Tally *tally)
{
  const NstLevelPlan *level = it->level;
  gint steps = it->run->plan.iterations[level->level];
  NstMinimizerSpec spec = nst_recipe_minimizer (it->recipe, (gsize) 3 * level->w * level->h);

  hold (tally, nst_minimizer_memory (&spec, steps) - planes (3, level->w, level->h));
  hold (tally, nst_room (&it->sums, it->threads));
  if (!it->last)
    hold_for_a_while (tally, planes (3, level->width, level->height));
}

/* keep_result(), which may come after any level: the variable, and what is made of it */
static void
end (const Count *it, Tally *tally)
{
  const NstPlan *plan = &it->run->plan;
  const NstLevelPlan *level = it->level;
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];
  NstImage now = {level->width, level->height, NULL, NULL};

  hold (tally, it->colours + (it->last ? 0 : it->grown));
  hold (tally, planes (3, level->w, level->h));
  hold (tally, planes (3, level->width, level->height));
  drop (tally, planes (3, level->w, level->h));
  if (!it->last)
    {
      hold_scaled (it, tally, NST_RESAMPLE_CUBIC, &now, 3, 1, w, h);
      drop (tally, planes (3, level->width, level->height));
    }
  hold (tally, planes (3, w, h));
}

/**
 * nst_level_memory:
 * @it: with sizes, recipe, tilings and styles
 *
 * Returns: bytes that the level takes with so many threads, the network's included
 */
guint64
nst_level_memory (NstRunPlan *run, const NstLevelPlan *it, gint n_threads)
{
  Count count = {run, it, &it->recipe, n_threads, it->level == run->plan.n_levels - 1};
  Tally tally = {0, 0}, last;
  guint64 coarse = 0;

  hold (&tally, nst_network_memory (run->network));
  last = tally;
  if (it->level > 0)
    {
      gint w = run->plan.width[it->level - 1], h = run->plan.height[it->level - 1];

      coarse = planes (3, w, h);
      count.went = matched_cells (&count, extend_by (&count, w, it->recipe.margin),
                                  extend_by (&count, h, it->recipe.margin));
    }
  hold (&tally, coarse + count.went);
  begin (&count, &tally);
  for (guint i = 0; i < run->n_styles; i++)
    add_style (&count, &tally, i);
  start (&count, &tally, coarse);
  run_steps (&count, &tally);
  end (&count, &last);
  return MAX (tally.most, last.most);
}
