/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs that end without the picture that was asked for: cancelled ones leave nothing, a loss that
 * stops being a number leaves what there was before, and what cannot be run is refused.
 */
#include "run.h"

#include <math.h>

static gboolean
stylise (const RunCase *it, Watch *seen, NstImage *result, GError **error)
{
  NstInputs inputs = run_case_inputs (it);

  return nst_stylise (&inputs, &it->settings, seen ? run_watch : NULL, seen, result, error);
}

static void
test_cancel (void)
{
  for (gint at = 0; at < 5; at += 4)
    {
      RunCase it;
      Watch seen = {NST_ACTION_CANCEL, at};
      NstImage result;
      GError *error = NULL;

      run_case_init (&it);
      g_assert_false (stylise (&it, &seen, &result, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
      g_assert_cmpint (seen.steps, ==, at + 1);
      g_assert_null (result.rgb);
      g_clear_error (&error);
      nst_image_clear (&seen.preview);
      run_case_clear (&it);
    }
}

/* A run of @recipe with a network whose second layer overflows from the start. */
static void
overflowing_case_init (RunCase *it, NstRecipe recipe, gfloat gain)
{
  OracleNet net = test_net ("6 6", 3000);

  run_case_init (it);
  nst_network_free (it->network);
  for (gint i = 0; i < 6 * 6 * 9; i++)
    net.layer[1].weight[i] *= gain;
  it->network = test_net_open (&net, 0);
  oracle_net_clear (&net);
  it->settings.recipe = recipe;
  it->settings.style_layers = "relu1_2";
}

static void
test_diverged_at_start (void)
{
  for (gint optimizer = NST_OPTIMIZER_LBFGS; optimizer <= NST_OPTIMIZER_SGD; optimizer++)
    {
      RunCase it;
      NstImage result;
      GError *error = NULL;

      overflowing_case_init (&it, NST_RECIPE_GATYS, 1e37f);
      it.settings.optimizer = optimizer;
      g_assert_false (stylise (&it, NULL, &result, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_DIVERGED);
      nst_image_clear (&result);
      g_clear_error (&error);
      run_case_clear (&it);
    }
}

/* Keras' rate of 100 on a steep network throws the picture far out: the run
 * fails, and gives what there was while the loss was a number. */
static void
test_diverged_later (void)
{
  RunCase it;
  Watch seen = {NST_ACTION_GO_ON, -1};
  NstImage result;
  GError *error = NULL;

  overflowing_case_init (&it, NST_RECIPE_KERAS, 3e3f);
  it.settings.size = RUN_HEIGHT;
  it.settings.iterations = 200;
  g_assert_false (stylise (&it, &seen, &result, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_DIVERGED);
  g_assert_cmpint (seen.steps, >, 0);
  g_assert_true (isfinite (seen.last_total));
  run_check_pixels (&result, RUN_WIDTH, RUN_HEIGHT);
  nst_image_clear (&result);
  g_clear_error (&error);
  run_case_clear (&it);
}

static void
check_refused (const RunCase *it)
{
  NstImage result;
  GError *error = NULL;

  g_assert_false (stylise (it, NULL, &result, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
}

/* Nothing that can be seen of the images makes the engine do more than fail. */
static void
test_bad_images (void)
{
  static const gdouble weights[] = {0, -1, NAN, INFINITY};
  RunCase it;
  NstImage content, empty = {0};

  run_case_init (&it);
  it.n_styles = 0;
  check_refused (&it);
  it.n_styles = 1;
  it.start = &empty;
  check_refused (&it);
  it.start = NULL;
  content = it.content;
  it.content = empty;
  check_refused (&it);
  it.content = content;
  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      it.style[0].weight = weights[i];
      check_refused (&it);
    }
  run_case_clear (&it);
}

/* A pixel that is no number is an error in words, not a black picture. */
static void
test_nan (void)
{
  RunCase it;
  NstImage result;
  GError *error = NULL;

  run_case_init (&it);
  it.content.rgb[100] = NAN;
  g_assert_false (stylise (&it, NULL, &result, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == NST_ERROR);
  nst_image_clear (&result);
  g_clear_error (&error);
  run_case_clear (&it);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stylise-ends/cancel", test_cancel);
  g_test_add_func ("/stylise-ends/diverged/at-start", test_diverged_at_start);
  g_test_add_func ("/stylise-ends/diverged/later", test_diverged_later);
  g_test_add_func ("/stylise-ends/bad-images", test_bad_images);
  g_test_add_func ("/stylise-ends/nan", test_nan);
  return g_test_run ();
}
