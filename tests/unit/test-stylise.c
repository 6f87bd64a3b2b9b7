/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole runs through the public interface: the same bytes again for a seed and
 * for every number of threads; progress, preview, finish; a run that goes on from
 * another; images of every small size.
 */
#include "run.h"

/* One run on 1 thread, the same on 2, 3, 4: the same bytes. */
static void
check_threads (RunCase *it)
{
  NstImage first = run_case_run (it, NULL, NULL);

  run_check_pixels (&first, RUN_WIDTH, RUN_HEIGHT);
  for (gint threads = 1; threads <= 4; threads++)
    {
      NstImage again;

      it->settings.threads = threads;
      again = run_case_run (it, NULL, NULL);
      g_assert_true (run_same (&first, &again));
      nst_image_clear (&again);
    }
  nst_image_clear (&first);
}

static void
test_threads (void)
{
  static const NstRecipe recipes[] = {NST_RECIPE_DEFAULT, NST_RECIPE_GATYS};

  for (guint i = 0; i < G_N_ELEMENTS (recipes); i++)
    {
      RunCase it;

      run_case_init (&it);
      it.settings.recipe = recipes[i];
      it.n_styles = 2;
      check_threads (&it);
      run_case_clear (&it);
    }
}

static void
test_threads_keras (void)
{
  RunCase it;

  run_case_init (&it);
  it.settings.recipe = NST_RECIPE_KERAS;
  it.settings.size = RUN_HEIGHT;
  check_threads (&it);
  run_case_clear (&it);
}

static void
test_seed (void)
{
  RunCase it;
  NstImage first, again, other;

  run_case_init (&it);
  it.settings.start = NST_START_NOISE;
  it.settings.seed = 7;
  first = run_case_run (&it, NULL, NULL);
  again = run_case_run (&it, NULL, NULL);
  it.settings.seed = 8;
  other = run_case_run (&it, NULL, NULL);
  g_assert_true (run_same (&first, &again));
  g_assert_false (run_same (&first, &other));
  nst_image_clear (&first);
  nst_image_clear (&again);
  nst_image_clear (&other);
  run_case_clear (&it);
}

/* Two levels: every step is told, in order, and the plan is what happens. */
static void
test_progress (void)
{
  RunCase it;
  Watch seen = {NST_ACTION_GO_ON, 3};
  NstInputs inputs;
  NstImage result;
  NstPlan plan;
  GError *error = NULL;
  gint steps = 0;

  run_case_init (&it);
  it.settings.size = 160;
  it.settings.iterations = 4;
  it.settings.preset = NST_PRESET_DRAFT;
  inputs = run_case_inputs (&it);
  nst_plan (&inputs, &it.settings, &plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (plan.n_levels, ==, 2);
  for (gint i = 0; i < plan.n_levels; i++)
    steps += plan.iterations[i];
  g_assert_cmpint (plan.iterations[1], ==, 4);
  result = run_case_run (&it, run_watch, &seen);
  run_check_pixels (&result, 160, 124);
  g_assert_cmpint (seen.steps, ==, steps);
  g_assert_cmpfloat (seen.fraction, ==, 1);
  g_assert_cmpfloat (seen.last_total, <, seen.first_total);
  g_assert_cmpint (seen.preview.width, ==, plan.width[0]);
  g_assert_cmpint (seen.preview.height, ==, plan.height[0]);
  nst_image_clear (&seen.preview);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* A picture in its own style: little to do at the first level, as styles have no margin, at the
 * next only for the detail that the first had no room for, of which most comes from the
 * content. */
static void
test_detail (void)
{
  RunCase it;
  Watch seen = {NST_ACTION_GO_ON, 1};
  NstImage result;

  run_case_init (&it);
  nst_image_clear (&it.content);
  nst_image_clear (&it.style[0].image);
  it.content = test_image (3011, 160, 124);
  it.style[0].image = test_image (3011, 160, 124);
  /* well within black and white, so that scaling leads nowhere beyond */
  for (gint i = 0; i < 3 * 160 * 124; i++)
    it.content.rgb[i] = it.style[0].image.rgb[i] = 0.25f + 0.5f * it.content.rgb[i];
  it.settings.size = 160;
  it.settings.smoothness = 0;
  it.settings.strength = 100; /* no cell is to become another */
  result = run_case_run (&it, run_watch, &seen);
  g_assert_cmpint (seen.level, ==, 1);
  g_assert_cmpfloat (seen.first_total, <, 0.025); /* 0.033 with 0.6 of it, 0.097 with none */
  nst_image_clear (&seen.preview);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* Finishing keeps just what the preview of that step shows. */
static void
test_finish (void)
{
  RunCase it;
  Watch seen = {NST_ACTION_FINISH, 2};
  NstImage result;

  run_case_init (&it);
  result = run_case_run (&it, run_watch, &seen);
  g_assert_cmpint (seen.steps, ==, 3);
  g_assert_true (run_same (&result, &seen.preview));
  nst_image_clear (&seen.preview);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* At the first of two levels it keeps that level's, at the last one's size. */
static void
test_finish_early (void)
{
  RunCase it;
  Watch seen = {NST_ACTION_FINISH, 2};
  NstImage result;

  run_case_init (&it);
  it.settings.size = 160;
  result = run_case_run (&it, run_watch, &seen);
  g_assert_cmpint (seen.steps, ==, 3);
  g_assert_cmpint (seen.preview.width, <, 160);
  run_check_pixels (&result, 160, 124);
  nst_image_clear (&seen.preview);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* The loss before the first step from @start, and in @last before the last one. */
static gdouble
losses_from (RunCase *it, const NstImage *start, gdouble *last, NstImage *result)
{
  Watch seen = {NST_ACTION_GO_ON, -1};

  it->start = start;
  *result = run_case_run (it, run_watch, &seen);
  g_assert_true (!start || seen.steps == it->settings.iterations);
  *last = seen.last_total;
  return seen.first_total;
}

/* From an earlier result the run goes on where that one ended, at the last level at once,
 * and improves it; also from a copy of another size, and with kept colours. */
static void
test_resume (void)
{
  /* What it begins at, of where the earlier run ended; and how far that is, of the way to there
   * from the content, also of a larger copy: cells are matched and the margin begins
   * anew, and colours that were kept cut the greys off. */
  static const gdouble limits[][3] = {
      [NST_COLOUR_STYLE] = {1.15, 0.01, 0.03},
      [NST_COLOUR_CONTENT] = {1.3, 0.04, 0.15},
      [NST_COLOUR_MATCH] = {1.15, 0.04, 0.14},
  };

  for (gint colour = NST_COLOUR_STYLE; colour <= NST_COLOUR_MATCH; colour++)
    {
      RunCase it;
      NstImage earlier, later, larger, from_content;
      gdouble ended, begun, improved, fresh, ignored;

      run_case_init (&it);
      it.settings.size = 160;
      it.settings.iterations = 20;
      it.settings.colour = colour;
      losses_from (&it, NULL, &ended, &earlier);
      fresh = losses_from (&it, &it.content, &ignored, &from_content);
      begun = losses_from (&it, &earlier, &improved, &later);
      test_at_most (begun, limits[colour][0] * ended);
      test_at_most ((begun - ended) / (fresh - ended), limits[colour][1]);
      test_at_most (improved, 0.95 * begun);
      g_assert_true (nst_image_scale (&earlier, 320, 248, &larger, NULL));
      nst_image_clear (&from_content);
      begun = losses_from (&it, &larger, &ignored, &from_content);
      test_at_most ((begun - ended) / (fresh - ended), limits[colour][2]);
      run_check_pixels (&later, 160, 124);
      nst_image_clear (&earlier);
      nst_image_clear (&later);
      nst_image_clear (&larger);
      nst_image_clear (&from_content);
      run_case_clear (&it);
    }
}

/* Contents and styles down to 1 x 1, below what the network's poolings need. */
static void
test_small (void)
{
  static const gint shape[][4] = {
      {1, 1, 40, 30}, {40, 30, 1, 1}, {1, 40, 3, 2}, {17, 5, 15, 16}, {2, 3, 2, 3}};

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    for (gint recipe = NST_RECIPE_DEFAULT; recipe <= NST_RECIPE_KERAS; recipe++)
      {
        RunCase it;
        NstImage result;

        run_case_init (&it);
        nst_image_clear (&it.content);
        nst_image_clear (&it.style[0].image);
        it.content = test_image (3100, shape[i][0], shape[i][1]);
        it.style[0].image = test_image (3110, shape[i][2], shape[i][3]);
        it.settings.recipe = recipe;
        it.settings.size = NST_SIZE_CONTENT;
        it.settings.iterations = 3;
        result = run_case_run (&it, NULL, NULL);
        run_check_pixels (&result, shape[i][0], shape[i][1]);
        nst_image_clear (&result);
        run_case_clear (&it);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stylise/threads", test_threads);
  g_test_add_func ("/stylise/threads/keras", test_threads_keras);
  g_test_add_func ("/stylise/seed", test_seed);
  g_test_add_func ("/stylise/progress", test_progress);
  g_test_add_func ("/stylise/detail", test_detail);
  g_test_add_func ("/stylise/finish", test_finish);
  g_test_add_func ("/stylise/finish/early", test_finish_early);
  g_test_add_func ("/stylise/resume", test_resume);
  g_test_add_func ("/stylise/small", test_small);
  return g_test_run ();
}
