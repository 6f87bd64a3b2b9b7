/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run will do, before it does it: the levels' sizes and the memory.
 */
#include "stylise.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define COARSEST 112  /* no level's long side is below; the next would be 79 px or less */
#define ENLARGED 2048 /* the long side of a style that is larger than its level, at most */

gint
nst_settings_threads (const NstSettings *settings)
{
  return settings->threads > 0 ? settings->threads : MIN (nst_machine_processors (), 64);
}

/* With the limit that holds in the end: what there is less and less of during a run must not
 * be asked again. */
NstSettings
nst_settings_with_memory (const NstSettings *settings)
{
  NstSettings own = *settings;
  guint64 machine = MAX (nst_machine_memory () >> 20, 1);

  own.memory_mib =
      (gint) MIN (machine, own.memory_mib > 0 ? (guint64) own.memory_mib : G_MAXINT);
  return own;
}

/* The size that the network needs at least: one position at the deepest layer. */
gint
nst_smallest_side (const NstNetwork *network, gint depth)
{
  return 1 << nst_network_shift (network, depth - 1);
}

/* The long side in pixels of a style at a level whose own is @level, the style's being
 * @native.  At 100 per cent a style is never enlarged, which would only blur it; above it
 * is, as one that is no larger than the picture can have larger strokes only so. */
gdouble
nst_style_side (const NstSettings *settings, gint level, gint native)
{
  gdouble side = MIN (level, native) * settings->style_scale / 100;

  return MIN (side, MAX (level, ENLARGED));
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

static gint
side_of (gdouble side)
{
  return CLAMP (lrint (side), 1, NST_SIZE_MAX);
}

static void
plan_levels (const NstRecipeSpec *recipe, const NstSettings *settings, gdouble w, gdouble h,
             NstPlan *plan)
{
  gint n = 1;

  if (recipe->coarse_to_fine && !settings->start_image)
    while (n < NST_MAX_LEVELS && MAX (w, h) / pow (G_SQRT2, n) >= COARSEST)
      n++;
  plan->n_levels = n;
  for (gint i = 0; i < n; i++)
    {
      gdouble scale = pow (G_SQRT2, n - 1 - i);

      plan->width[i] = side_of (w / scale);
      plan->height[i] = side_of (h / scale);
      plan->iterations[i] = i == n - 1 ? recipe->iterations : recipe->middle_iterations;
      if (i == 0 && !settings->start_image)
        plan->iterations[i] = recipe->first_iterations;
    }
  if (settings->iterations > 0)
    plan->iterations[n - 1] = settings->iterations;
}

static guint64
memory_limit (const NstSettings *settings)
{
  return settings->memory_mib > 0 ? (guint64) settings->memory_mib << 20
                                  : nst_machine_memory ();
}

/* Bytes of a level apart from the pass over its image: @before, while targets are made, and
 * @during the steps of the optimiser. */
static void
level_memory (const NstPassSpec *spec, const NstRecipeSpec *recipe, const NstSettings *settings,
              guint64 *before, guint64 *during)
{
  const NstNetwork *network = spec->network;
  const NstLayer *content = &network->layers[recipe->content_layer];
  guint64 floats = (guint64) 3 * spec->width * spec->height, image = floats * sizeof (gfloat);
  guint64 kept = nst_network_memory (network), target = content->cout * sizeof (gfloat);
  gint side = MAX (spec->width, spec->height);
  gdouble larger = nst_style_side (settings, side, side) / side;
  NstPassSpec style;

  target *= (guint64) (spec->width >> nst_network_shift (network, recipe->content_layer))
            * (spec->height >> nst_network_shift (network, recipe->content_layer));
  if (settings->colour == NST_COLOUR_CONTENT)
    kept += image; /* for its colours */
  style = nst_style_pass (recipe, network, MAX (spec->width * larger, spec->width),
                          MAX (spec->height * larger, spec->height));
  /* the content, where one begins, and a style of the content's shape */
  *before = kept + target + 2 * image
            + MAX (image, (guint64) 3 * style.width * style.height * sizeof (gfloat))
            + nst_pass_memory (&style);
  *during = kept + target + nst_minimizer_memory (recipe, floats);
}

/* Fits the level with so many pairs of L-BFGS's into memory, uncut or in strips. */
static gboolean
fit_level (const NstRecipeSpec *recipe, const NstSettings *settings, NstPassSpec spec,
           gint history, NstLevelPlan *level)
{
  guint64 limit = memory_limit (settings), before, during, pass;

  level->recipe = *recipe;
  level->recipe.lbfgs_history = history;
  level_memory (&spec, &level->recipe, settings, &before, &during);
  nst_pass_fit (&spec, limit - MIN (limit, MAX (before, during)));
  pass = nst_pass_memory (&spec);
  level->tiling = spec.tiling;
  level->memory = MAX (before, during) + pass;
  return level->memory <= limit;
}

#define WIDE_STRIP 2048 /* columns, of which the halos are a small part */
#define FEW_PAIRS  3    /* with fewer, strips are the lesser evil */

/**
 * nst_plan_level:
 * @recipe: of the run
 * @margin: the level's of it
 * @level: (out): with the recipe changed where memory is short
 *
 * Chooses how the image is cut and how many pairs L-BFGS remembers: as many as fit beside
 * the whole image, then beside wide strips, then beside any.  Few pairs cost little
 * (NOTES.md), strips up to half as much time again.  If nothing fits it is the least that is
 * chosen.  Nothing here depends on the number of threads; a published recipe is
 * kept to the letter.
 */
void
nst_plan_level (const NstNetwork *network, const NstRecipeSpec *recipe,
                const NstSettings *settings, gint width, gint height, gint margin,
                NstLevelPlan *level)
{
  static const gint histories[] = {G_MAXINT, 5, 3, 2, 1};
  gint least = nst_smallest_side (network, nst_recipe_depth (recipe));
  gint n = settings->recipe == NST_RECIPE_DEFAULT ? G_N_ELEMENTS (histories) : 1;
  NstPassSpec spec = nst_recipe_pass (recipe, network, TRUE, MAX (width + 2 * margin, least),
                                      MAX (height + 2 * margin, least));

  for (gint round = 0; round < 3; round++)
    for (gint i = 0; i < n; i++)
      {
        gint history = MIN (recipe->lbfgs_history, histories[i]), columns;

        if (!fit_level (recipe, settings, spec, history, level))
          continue;
        columns = level->tiling.columns;
        if (round == 2 || (round == 1 && (columns == 0 || columns >= MIN (WIDE_STRIP, width)))
            || (columns == 0 && history >= MIN (recipe->lbfgs_history, FEW_PAIRS)))
          return;
      }
}

/* The largest long side (or height) not above @side at which the last level fits. */
static gint
largest_size (const NstNetwork *network, const NstRecipeSpec *recipe,
              const NstSettings *settings, gint w, gint h)
{
  guint64 limit = memory_limit (settings);
  gint side = recipe->size_is_height ? h : MAX (w, h), low = 0, high = side;

  while (high - low > 1)
    {
      gint size = low + (high - low) / 2;
      gdouble scale = (gdouble) size / side;
      NstLevelPlan level;

      nst_plan_level (network, recipe, settings, side_of (w * scale), side_of (h * scale),
                      recipe->last_margin, &level);
      if (level.memory <= limit)
        low = size;
      else
        high = size;
    }
  return low;
}

static gboolean
check_memory (const NstNetwork *network, const NstPlan *plan, const NstRecipeSpec *recipe,
              const NstSettings *settings, GError **error)
{
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];
  guint64 limit = memory_limit (settings);

  if (plan->memory <= limit)
    return TRUE;
  g_set_error (
      error, NST_ERROR, NST_ERROR_NO_MEMORY,
      _ ("Working at %d x %d pixels needs about %d MiB of memory, more than the %d MiB "
         "there are; choose a working size of at most %d"),
      w, h, (gint) MIN (plan->memory >> 20, G_MAXINT), (gint) (limit >> 20),
      largest_size (network, recipe, settings, w, h));
  return FALSE;
}

/* nst_plan() with the recipe that the run goes by. */
gboolean
nst_plan_recipe (const NstNetwork *network, const NstSettings *settings, gint content_width,
                 gint content_height, NstRecipeSpec *recipe, NstPlan *plan, GError **error)
{
  NstLevelPlan last;
  gdouble w, h;

  memset (plan, 0, sizeof *plan);
  if (!nst_size_is_valid (content_width, content_height))
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("An image is empty or too large"));
      return FALSE;
    }
  if (!nst_settings_validate (settings, error)
      || !nst_recipe_make (recipe, network, settings, error))
    return FALSE;
  working_size (recipe, settings->size != NST_SIZE_PRESET, content_width, content_height, &w,
                &h);
  plan_levels (recipe, settings, w, h, plan);
  plan->notice = recipe->notice;
  nst_plan_level (network, recipe, settings, plan->width[plan->n_levels - 1],
                  plan->height[plan->n_levels - 1], recipe->last_margin, &last);
  plan->memory = last.memory;
  return check_memory (network, plan, recipe, settings, error);
}

/**
 * nst_plan:
 * @content_width: pixels, 1 to %NST_SIZE_MAX
 * @plan: (out caller-allocates): what nst_stylise() will do
 *
 * Fails with %NST_ERROR_BAD_ARGUMENT, or with %NST_ERROR_NO_MEMORY when the run
 * would not fit, naming a size that would.
 */
gboolean
nst_plan (const NstNetwork *network, const NstSettings *settings, gint content_width,
          gint content_height, NstPlan *plan, GError **error)
{
  NstSettings own = nst_settings_with_memory (settings);
  NstRecipeSpec recipe;

  return nst_plan_recipe (network, &own, content_width, content_height, &recipe, plan, error);
}
