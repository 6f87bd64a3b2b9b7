/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run will do, before it does it: the levels' sizes, the memory, and the sentence where
 * that is not there.
 */
#include "run/plan-run.h"
#include "run/plan-level.h"
#include "run/plan-memory.h"
#include "run/recipe.h"
#include "run/settings.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define COARSEST 112 /* no level's long side is below; the next would be 79 px or less */

/* As many as were asked for, or as the machine has. */
static gint
count_threads (const NstSettings *settings)
{
  return settings->threads > 0 ? settings->threads
                               : MIN (nst_machine_processors (), NST_MAX_THREADS);
}

static void
working_size (const NstRecipeSpec *recipe, gboolean asked, gint width, gint height, gdouble *w,
              gdouble *h)
{
  gint side = recipe->size_is_height ? height : MAX (width, height);
  gdouble scale = 1;

  /* a preset's size is for reducing only; one that was asked for holds */
  if (recipe->size > 0 && (asked || recipe->size_is_height || recipe->size < side))
    scale = (gdouble) recipe->size / side;
  *w = width * scale;
  *h = height * scale;
  if (recipe->size_is_height)
    *w = floor (*w + 1e-9); /* int () in the original */
}

/* The steps of a level that would have @steps were it small. */
static gint
steps_at (const NstRecipeSpec *recipe, gint steps, gdouble pixels)
{
  if (recipe->settled <= 0 || pixels <= recipe->settled)
    return steps;
  return MAX ((gint) lrint (steps * recipe->settled / pixels),
              MIN (steps, recipe->least_iterations));
}

/* The steps of level @i of n that are all small, begun from the content or from noise.  One that
 * is the first and the last has those of both. */
static gint
usual_steps (const NstRecipeSpec *recipe, gint i, gint n)
{
  gint last = i == n - 1 ? recipe->iterations : recipe->middle_iterations;

  if (i > 0)
    return last;
  return n == 1 && recipe->coarse_to_fine ? recipe->first_iterations + last
                                          : recipe->first_iterations;
}

static void
plan_levels (NstRunPlan *run, const NstRecipeSpec *recipe, gdouble w, gdouble h)
{
  NstPlan *plan = &run->plan;
  gboolean goes_on = run->inputs.start != NULL;
  gint n = 1;

  if (recipe->coarse_to_fine && !goes_on)
    while (n < NST_MAX_LEVELS && MAX (w, h) / pow (G_SQRT2, n) >= COARSEST)
      n++;
  plan->n_levels = n;
  for (gint i = 0; i < n; i++)
    {
      gdouble scale = pow (G_SQRT2, n - 1 - i);

      plan->width[i] = nst_recipe_side (w / scale);
      plan->height[i] = nst_recipe_side (h / scale);
      plan->iterations[i] =
          steps_at (recipe, goes_on ? recipe->iterations : usual_steps (recipe, i, n),
                    (gdouble) plan->width[i] * plan->height[i]);
    }
  if (run->settings->iterations > 0)
    plan->iterations[n - 1] = run->settings->iterations;
}

/* What the machine has left, and the network has taken of it already. */
static guint64
memory_limit (const NstSettings *settings, const NstNetwork *network)
{
  guint64 asked = (guint64) settings->memory_mib << 20;
  guint64 machine = nst_machine_memory () + nst_network_memory (network);

  return asked > 0 ? MIN (asked, machine) : machine;
}

/* The sizes of a run of that working size, by its settings. */
static void
plan_sizes (NstRunPlan *run, gint size)
{
  gdouble w, h;
  NstRecipeSpec recipe = run->recipe;

  if (size != NST_SIZE_PRESET)
    recipe.size = size;
  working_size (&recipe, size != NST_SIZE_PRESET, run->inputs.content->width,
                run->inputs.content->height, &w, &h);
  plan_levels (run, &recipe, w, h);
}

/* Whether all levels fit; the last, which takes most, is asked first. */
static gboolean
plan_memory (NstRunPlan *run)
{
  for (gint i = run->plan.n_levels - 1; i >= 0; i--)
    {
      gboolean fits = nst_level_plan_make (run, i, &run->level[i]);

      run->plan.memory = run->level[i].memory;
      if (!fits)
        return FALSE;
    }
  return TRUE;
}

/* As many threads as were asked for, or as fit beside the rest: at least those that memory was
 * set aside for.  What the run takes with them is its memory. */
static void
plan_threads (NstRunPlan *run)
{
  NstPlan *plan = &run->plan;

  run->threads = count_threads (run->settings);
  for (gint i = 0; i < plan->n_levels; i++)
    while (run->threads > run->level[i].threads
           && nst_level_memory (run, &run->level[i], run->threads) > run->limit)
      run->threads--;
  plan->memory = 0;
  for (gint i = 0; i < plan->n_levels; i++)
    {
      const guint64 memory = nst_level_memory (run, &run->level[i], run->threads);

      plan->memory = MAX (plan->memory, memory);
    }
}

/* The largest working size below the run's, as it would be asked for, that was planned and fits;
 * 0 if there is none. */
static gint
largest_size (NstRunPlan *run)
{
  const NstPlan *plan = &run->plan;
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];
  gint low = NST_LEAST_SIZE - 1, high = run->recipe.size_is_height ? h : MAX (w, h);
  gint size = NST_LEAST_SIZE;

  while (size > low && size < high)
    {
      NstRunPlan other = *run;

      memset (other.level, 0, sizeof other.level);
      plan_sizes (&other, size);
      if (plan_memory (&other))
        low = size;
      else
        high = size;
      run->layouts = other.layouts;
      nst_run_plan_clear (&other);
      size = low + (high - low) / 2;
    }
  return low >= NST_LEAST_SIZE ? low : 0;
}

static gint
in_mib (guint64 bytes)
{
  return (gint) MIN ((bytes + (1 << 20) - 1) >> 20, G_MAXINT);
}

static void
set_no_memory (NstRunPlan *run, GError **error)
{
  const NstPlan *plan = &run->plan;
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];
  gint needed = in_mib (plan->memory), limit = nst_int (run->limit >> 20),
       size = largest_size (run);

  if (size > 0)
    g_set_error (
        error, NST_ERROR, NST_ERROR_NO_MEMORY,
        _ ("Working at %d x %d pixels needs about %d MiB of memory, more than the %d MiB "
           "there are; choose a working size of at most %d"),
        w, h, needed, limit, size);
  else
    g_set_error (
        error, NST_ERROR, NST_ERROR_NO_MEMORY,
        _ ("Working at %d x %d pixels needs about %d MiB of memory, more than the %d MiB "
           "there are, and no working size fits; allow more memory, or choose a smaller "
           "network or style"),
        w, h, needed, limit);
}

gboolean
nst_run_plan_make (NstRunPlan *run, GError **error)
{
  if (!nst_check_sizes (&run->inputs, error) || !nst_settings_validate (run->settings, error)
      || !nst_recipe_make (&run->recipe, run->inputs.network, run->settings, error))
    return FALSE;
  run->limit = memory_limit (run->settings, run->inputs.network);
  plan_sizes (run, run->settings->size);
  run->plan.notice = run->recipe.notice;
  if (!plan_memory (run))
    {
      set_no_memory (run, error);
      return FALSE;
    }
  plan_threads (run);
  return TRUE;
}

void
nst_run_plan_clear (NstRunPlan *run)
{
  for (gint i = 0; i < NST_MAX_LEVELS; i++)
    nst_level_plan_clear (&run->level[i]);
}

gboolean
nst_plan (const NstInputs *inputs, const NstSettings *settings, NstPlan *plan, GError **error)
{
  NstStyle assumed = {{inputs->content->width, inputs->content->height, NULL, NULL}, 1};
  NstRunPlan run = {*inputs, settings};
  gboolean ok;

  if (inputs->n_styles == 0)
    {
      run.inputs.styles = &assumed;
      run.inputs.n_styles = 1;
    }
  ok = nst_run_plan_make (&run, error);
  *plan = run.plan;
  nst_run_plan_clear (&run);
  return ok;
}
