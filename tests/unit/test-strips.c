/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What little memory makes of a run: it is cut into strips, remembers fewer pairs, and gives
 * nearly the same picture, or says how much it needs.
 */
#include "fixture.h"
#include "run/plan-pass.h"
#include "run/plan-run.h"

#include <math.h>

/* A picture that little memory cuts into strips. */
#define LIMITED_W   600
#define LIMITED_H   480
#define LIMITED_MIB 100

static NstAction
count_steps (const NstProgress *progress, gpointer data)
{
  *(gint *) data += 1;
  return NST_ACTION_GO_ON;
}

static NstImage
run (const NstInputs *inputs, const NstSettings *settings)
{
  NstImage result;
  GError *error = NULL;
  gint steps = 0;

  g_assert_true (nst_stylise (inputs, settings, count_steps, &steps, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (steps, ==, settings->iterations);
  return result;
}

/* The plan of a run's last level; free it with nst_run_plan_clear(). */
static const NstLevelPlan *
plan_last (NstRunPlan *run, const NstNetwork *network, const NstSettings *settings,
           const NstImage *content)
{
  static const NstStyle style = {{1024, 768, NULL, NULL}, 1};
  GError *error = NULL;

  *run = (NstRunPlan){{network, content, &style, 1}, settings};
  if (!nst_run_plan_make (run, &error))
    {
      g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
      g_clear_error (&error);
      nst_run_plan_clear (run);
      return NULL;
    }
  return &run->level[run->plan.n_levels - 1];
}

/* Little memory makes strips, and nearly the same picture; less makes words. */
static void
test_limit (void)
{
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstImage content = test_image (7500, LIMITED_W, LIMITED_H), result[2];
  NstStyle style = {test_image (7501, 300, 200), 1};
  NstInputs inputs = {network, &content, &style, 1, &content}; /* the last level only */
  NstSettings settings;
  NstRunPlan whole;
  NstPlan plan;
  gdouble largest = 0, squares = 0;
  GError *error = NULL;

  nst_settings_init (&settings);
  settings.size = NST_SIZE_CONTENT;
  settings.iterations = 1; /* from the second on, a gate that rounding opens shows */
  settings.threads = 2;
  result[0] = run (&inputs, &settings);
  settings.memory_mib = LIMITED_MIB;
  g_assert_true (test_plan (network, &settings, LIMITED_W, LIMITED_H, &plan, &error));
  g_assert_cmpuint (plan.memory, <=, LIMITED_MIB << 20);
  g_assert_cmpint (plan_last (&whole, network, &settings, &content)->tiling.columns, >, 0);
  nst_run_plan_clear (&whole);
  result[1] = run (&inputs, &settings);
  for (gint i = 0; i < 3 * LIMITED_W * LIMITED_H; i++)
    {
      gdouble difference = fabs (result[1].rgb[i] - result[0].rgb[i]);

      largest = MAX (largest, difference);
      squares += difference * difference;
    }
  test_at_most (sqrt (squares / (3 * LIMITED_W * LIMITED_H)), 1e-6);
  test_at_most (largest, 1e-4);
  settings.memory_mib = 1;
  g_assert_false (test_plan (network, &settings, LIMITED_W, LIMITED_H, &plan, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  g_clear_error (&error);
  for (gint i = 0; i < 2; i++)
    nst_image_clear (&result[i]);
  nst_image_clear (&content);
  nst_image_clear (&style.image);
  nst_network_free (network);
}

/* The less memory, the fewer pairs and the narrower the strips; a published recipe keeps
 * its pairs. */
static void
test_choice (void)
{
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstImage content = {4000, 3000, NULL, NULL};
  NstSettings settings;
  NstRunPlan whole;
  const NstLevelPlan *level;
  gint last_columns = G_MAXINT, last_history = G_MAXINT;

  nst_settings_init (&settings);
  settings.size = NST_SIZE_CONTENT;
  for (settings.memory_mib = 16000; settings.memory_mib > 700;
       settings.memory_mib = settings.memory_mib * 9 / 10)
    {
      gint columns;

      level = plan_last (&whole, network, &settings, &content);
      if (!level)
        break;
      g_assert_cmpuint (level->memory, <=, (guint64) settings.memory_mib << 20);
      g_test_message ("%d MiB: %d columns, %d rows, %d pairs, %d threads, %" G_GUINT64_FORMAT,
                      settings.memory_mib, level->tiling.columns, level->tiling.rows,
                      level->recipe.lbfgs_history, level->threads, level->memory >> 20);
      columns = level->tiling.columns > 0 ? level->tiling.columns : G_MAXINT;
      g_assert_cmpint (columns < 2048, <=, level->recipe.lbfgs_history == 1);
      g_assert_cmpint (columns, <=, columns == G_MAXINT ? G_MAXINT : 4352);
      g_assert_true (columns < last_columns || level->recipe.lbfgs_history <= last_history);
      last_columns = columns;
      last_history = level->recipe.lbfgs_history;
      nst_run_plan_clear (&whole);
    }
  g_assert_cmpint (last_history, ==, 1);
  g_assert_cmpint (last_columns, <, 2048);
  settings.recipe = NST_RECIPE_GATYS;
  settings.memory_mib = 0;
  settings.size = 1000;
  level = plan_last (&whole, network, &settings, &content);
  g_assert_cmpint (level->recipe.lbfgs_history, ==, 100);
  nst_run_plan_clear (&whole);
  nst_network_free (network);
}

/* What a preset's last level takes, with the margin that it has or has not; a style has none. */
static void
test_margin (void)
{
  static const gint margins[] = {0, 4};
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstImage content = {512, 384, NULL, NULL};
  NstSettings settings;

  nst_settings_init (&settings);
  for (gint i = 0; i < 2; i++)
    {
      NstRunPlan whole;
      const NstLevelPlan *level;
      NstPassSpec style;

      settings.preset = i == 0 ? NST_PRESET_DRAFT : NST_PRESET_NORMAL;
      level = plan_last (&whole, network, &settings, &content);
      g_assert_cmpint (level->w, ==, 512 + 2 * margins[i]);
      g_assert_cmpint (level->h, ==, 384 + 2 * margins[i]);
      g_assert_cmpint (level->margin, ==, margins[i]);
      style = nst_plan_style_pass (&whole, level, 0);
      g_assert_cmpint (style.width, ==, 512);
      g_assert_cmpint (style.height, ==, 384);
      nst_run_plan_clear (&whole);
    }
  nst_network_free (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strips/limit", test_limit);
  g_test_add_func ("/strips/choice", test_choice);
  g_test_add_func ("/strips/margin", test_margin);
  return g_test_run ();
}
