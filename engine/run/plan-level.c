/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a level is made to fit into memory: how its images are cut, and how much L-BFGS
 * remembers.
 */
#include "run/plan-level.h"
#include "network/pass-cut.h"
#include "run/plan-memory.h"
#include "run/plan-pass.h"

#include <string.h>

#define STYLE_ROOM  (128u << 20) /* bytes: in strips a style takes as long as whole */
#define WIDE_STRIP  2048         /* columns, of which the halos are a small part */
#define FEW_PAIRS   3            /* with fewer, strips are the lesser evil */
#define SET_ASIDE   8            /* threads that memory is set aside for, where it is there */
#define N_HISTORIES 5

/* Where a level has fewer steps than usual, its matching has less time, too. */
static void
share_room (const NstRunPlan *run, gint level, NstRecipeSpec *recipe)
{
  gboolean last = level == run->plan.n_levels - 1;
  gdouble usual = last ? recipe->iterations : recipe->middle_iterations;
  gdouble share = MIN (run->plan.iterations[level] / usual, 1);

  for (gint i = 0; i < recipe->n_match; i++)
    recipe->match_room[i] =
        (gint64) MAX (share * (gdouble) recipe->match_room[i], NST_LEAST_ROOM);
}

/* A level's sizes, and the pass over its variable. */
static NstPassSpec
begin_level (const NstRunPlan *run, gint level, NstLevelPlan *it)
{
  const NstPlan *plan = &run->plan;
  gint least = nst_recipe_least_side (&run->recipe, run->inputs.network);

  memset (it, 0, sizeof *it);
  it->level = level;
  it->recipe = run->recipe;
  share_room (run, level, &it->recipe);
  if (level > 0 || run->inputs.start || run->settings->start != NST_START_CONTENT)
    it->recipe.start_matched = 0;
  if (it->recipe.start_matched <= 0 && it->recipe.match_weight[0] <= 0)
    it->recipe.n_match = 0;
  it->width = plan->width[level];
  it->height = plan->height[level];
  it->recipe.match_narrow = (gdouble) it->width * it->height > run->recipe.settled;
  it->margin = level == plan->n_levels - 1 ? run->recipe.last_margin : run->recipe.margin;
  it->w = MAX (it->width + 2 * it->margin, least);
  it->h = MAX (it->height + 2 * it->margin, least);
  it->threads = 1;
  it->styles = g_new0 (NstStylePlan, run->inputs.n_styles);
  return nst_recipe_pass (&run->recipe, run->inputs.network, TRUE, it->w, it->h);
}

/* A level that is being made to fit. */
typedef struct
{
  NstRunPlan *run;
  NstLevelPlan *level;
  guint style; /* that is being cut */
} Fitting;

static gboolean
fits (Fitting *it)
{
  it->level->memory = nst_level_memory (it->run, it->level, it->level->threads);
  return it->level->memory <= it->run->limit;
}

static gboolean
level_fits (const NstPassSpec *spec, gpointer data)
{
  Fitting *it = data;

  it->level->tiling = spec->tiling;
  return fits (it);
}

static gboolean
style_fits (const NstPassSpec *spec, gpointer data)
{
  Fitting *it = data;
  NstStylePlan *style = &it->level->styles[it->style];

  nst_plan_count_style (it->run, it->level, it->style, spec, style);
  return style->room.pass.fixed <= STYLE_ROOM && fits (it);
}

static gboolean
never (const NstPassSpec *spec, gpointer data)
{
  return FALSE;
}

/* Cuts all styles so that they take as little as they can. */
static void
least_styles (Fitting *it)
{
  for (guint i = 0; i < it->run->inputs.n_styles; i++)
    {
      NstPassSpec spec = nst_plan_style_pass (it->run, it->level, i);
      NstStylePlan whole, *cut = &it->level->styles[i];

      nst_plan_count_style (it->run, it->level, i, &spec, &whole);
      nst_pass_cut (&spec, never, NULL);
      nst_plan_count_style (it->run, it->level, i, &spec, cut);
      if (whole.room.pass.fixed + whole.room.sums.fixed
          <= cut->room.pass.fixed + cut->room.sums.fixed)
        *cut = whole;
    }
}

/* Cuts each style as it suits, with the memory that is there. */
static void
cut_styles (Fitting *it)
{
  for (it->style = 0; it->style < it->run->inputs.n_styles; it->style++)
    {
      NstStylePlan *style = &it->level->styles[it->style], least = *style;
      NstPassSpec spec = nst_plan_style_pass (it->run, it->level, it->style);

      if (!nst_pass_cut (&spec, style_fits, it))
        *style = least;
      else
        nst_plan_count_style (it->run, it->level, it->style, &spec, style);
    }
}

/* The numbers of pairs that L-BFGS may remember, from the recipe's own down; a published recipe
 * is kept to the letter. */
static gint
list_histories (const NstRunPlan *run, gint histories[N_HISTORIES])
{
  static const gint fewer[] = {5, 3, 2, 1};
  gint n = 1;

  histories[0] = run->recipe.lbfgs_history;
  if (run->settings->recipe == NST_RECIPE_DEFAULT
      && run->recipe.optimizer == NST_OPTIMIZER_LBFGS)
    for (gsize i = 0; i < G_N_ELEMENTS (fewer); i++)
      if (fewer[i] < histories[0])
        histories[n++] = fewer[i];
  return n;
}

/* Whether the level fits at all, cut as finely and remembering as little as can be: then the
 * most threads are set aside for that do, or one if it does not. */
static gboolean
fits_at_all (Fitting *it, const NstPassSpec *spec, gint least_history)
{
  NstPassSpec whole = *spec, cut = *spec;

  it->level->recipe.lbfgs_history = least_history;
  nst_pass_cut (&cut, never, NULL);
  for (it->level->threads = SET_ASIDE;; it->level->threads /= 2)
    {
      guint64 of_whole;

      if (level_fits (&whole, it))
        return TRUE;
      of_whole = it->level->memory;
      if (level_fits (&cut, it))
        return TRUE;
      if (it->level->threads > 1)
        continue;
      if (of_whole < it->level->memory)
        level_fits (&whole, it);
      return FALSE;
    }
}

/* Of ways to cut, one for each number of pairs, the one that costs least: as many pairs as fit
 * beside the whole image, then beside wide strips, then beside any; -1: none fits. */
static gint
choose (const NstPassSpec *cut, const gboolean *fit, const gint *histories, gint n, gint width)
{
  for (gint round = 0; round < 3; round++)
    for (gint i = 0; i < n; i++)
      {
        gint columns = cut[i].tiling.columns;

        if (fit[i]
            && (round == 2
                || (round == 1 && (columns == 0 || columns >= MIN (WIDE_STRIP, width)))
                || (columns == 0 && histories[i] >= MIN (histories[0], FEW_PAIRS))))
          return i;
      }
  return -1;
}

gboolean
nst_level_plan_make (NstRunPlan *run, gint level, NstLevelPlan *it)
{
  NstPassSpec spec = begin_level (run, level, it), cut[N_HISTORIES];
  Fitting fitting = {run, it, 0};
  gint histories[N_HISTORIES], n = list_histories (run, histories), chosen;
  gboolean fit[N_HISTORIES];

  least_styles (&fitting);
  if (!fits_at_all (&fitting, &spec, histories[n - 1]))
    return FALSE;
  for (gint i = 0; i < n; i++)
    {
      cut[i] = spec;
      it->recipe.lbfgs_history = histories[i];
      fit[i] = nst_pass_cut (&cut[i], level_fits, &fitting);
    }
  chosen = choose (cut, fit, histories, n, it->width);
  g_assert (chosen >= 0); /* as something fits at all */
  it->recipe.lbfgs_history = histories[chosen];
  level_fits (&cut[chosen], &fitting);
  cut_styles (&fitting);
  return fits (&fitting);
}

void
nst_level_plan_clear (NstLevelPlan *it)
{
  g_clear_pointer (&it->styles, g_free);
}
