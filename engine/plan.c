/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run will do, before it does it: the levels' sizes and the memory.
 */
#include "stylise.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define COARSEST 112  /* no level's long side is below; the next would be 79 px or less */
#define ENLARGED 2048 /* the long side of a style that is larger than its level, at most */

gint
nst_settings_threads (const NstSettings *settings)
{
  return settings->threads > 0 ? settings->threads
                               : (gint) CLAMP (g_get_num_processors (), 1, 64);
}

/* The size that the network needs at least: one position at the deepest layer. */
gint
nst_smallest_side (const NstNetwork *network, gint depth)
{
  gint side = 1;

  for (gint i = 0; i < depth; i++)
    if (network->layers[i].pooled)
      side *= 2;
  return side;
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
run_memory (const NstNetwork *network, const NstRecipeSpec *recipe, const NstSettings *settings,
            gint width, gint height)
{
  gint depth = nst_recipe_depth (recipe), least = nst_smallest_side (network, depth);
  gint w = MAX (width, least), h = MAX (height, least);
  guint64 floats = (guint64) 3 * w * h;
  gint threads = nst_settings_threads (settings);
  gdouble side = MAX (w, h), larger = MAX (nst_style_side (settings, side, side) / side, 1);
  NstPassSpec there = nst_recipe_pass (recipe, network, TRUE, w, h), style = there;
  guint64 pass = nst_pass_memory (&there, threads);

  /* the pass over a style stands beside the content's while targets are made;
   * the optimiser comes after it; 4 more images come and go in the driver */
  style.backward = FALSE;
  if (recipe->coarse_to_fine)
    {
      style.width = (gint) (w * larger);
      style.height = (gint) (h * larger);
    }
  return pass + MAX (nst_pass_memory (&style, threads), nst_minimizer_memory (recipe, floats))
         + 4 * floats * sizeof (gfloat);
}

static guint64
memory_limit (const NstSettings *settings)
{
  guint64 machine = (guint64) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE) / 10 * 9;
  guint64 asked = (guint64) settings->memory_mib << 20;

  return asked > 0 ? MIN (asked, machine) : machine;
}

static gboolean
check_memory (const NstPlan *plan, const NstRecipeSpec *recipe, const NstSettings *settings,
              GError **error)
{
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];
  guint64 limit = memory_limit (settings);
  gdouble fits;

  if (plan->memory <= limit)
    return TRUE;
  /* memory goes with the pixels */
  fits =
      (recipe->size_is_height ? h : MAX (w, h)) * sqrt ((gdouble) limit / plan->memory) * 0.97;
  g_set_error (
      error, NST_ERROR, NST_ERROR_NO_MEMORY,
      _ ("Working at %d x %d pixels needs about %d MiB of memory, more than the %d MiB "
         "there are; choose a working size of at most %d"),
      w, h, (gint) MIN (plan->memory >> 20, G_MAXINT), (gint) (limit >> 20), (gint) fits);
  return FALSE;
}

/* nst_plan() with the recipe that the run goes by. */
gboolean
nst_plan_recipe (const NstNetwork *network, const NstSettings *settings, gint content_width,
                 gint content_height, NstRecipeSpec *recipe, NstPlan *plan, GError **error)
{
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
  plan->memory = run_memory (network, recipe, settings, plan->width[plan->n_levels - 1],
                             plan->height[plan->n_levels - 1]);
  return check_memory (plan, recipe, settings, error);
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
  NstRecipeSpec recipe;

  return nst_plan_recipe (network, settings, content_width, content_height, &recipe, plan,
                          error);
}
