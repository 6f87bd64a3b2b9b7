/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole run does what its styles and settings say: weights, masks, scale, kept
 * colours, flat styles, every optimiser with every recipe.
 */
#include "run.h"

#include <math.h>

/* The style that is the content: without matches the loss is at its least already, but for
 * the total variation; with no such weight the picture hardly moves.  Draft's only level has
 * no margin, as styles have none. */
static void
test_style_is_content (void)
{
  RunCase it;
  NstImage result;

  run_case_init (&it);
  nst_image_clear (&it.style[0].image);
  it.style[0].image = test_image (3010, RUN_WIDTH, RUN_HEIGHT);
  it.settings.preset = NST_PRESET_DRAFT;
  it.settings.smoothness = 0;
  it.settings.strength = 100;
  result = run_case_run (&it, NULL, NULL);
  test_at_most (run_farthest (&result, &it.content), 1e-3);
  nst_image_clear (&result);
  run_case_clear (&it);
}

static NstAction
take_style_loss (const NstProgress *progress, gpointer data)
{
  *(gdouble *) data = progress->style;
  return NST_ACTION_FINISH;
}

static gdouble
first_style_loss (RunCase *it)
{
  gdouble loss = 0;
  NstImage result = run_case_run (it, take_style_loss, &loss);

  nst_image_clear (&result);
  return loss;
}

/* Styles' statistics count by their share; a style's weight alone means nothing. */
static void
test_style_weights (void)
{
  RunCase it;
  gdouble first, second, both, alone;

  run_case_init (&it);
  it.settings.smoothness = 0;
  it.settings.strength = 100;
  it.settings.start = NST_START_NOISE; /* the content would follow the styles' colours */
  first = first_style_loss (&it);
  it.style[0].weight = 17;
  alone = first_style_loss (&it);
  it.style[0] = (NstStyle){it.style[0].image, 3};
  it.style[1].weight = 1;
  it.n_styles = 2;
  both = first_style_loss (&it);
  it.style[0].weight = 1e-9;
  second = first_style_loss (&it);
  g_assert_cmpfloat (alone, ==, first);
  test_at_most (fabs (both - (0.75 * first + 0.25 * second)), 1e-5 * both);
  g_assert_cmpfloat (fabs (first - second), >, 1e-3 * first);
  run_case_clear (&it);
}

/* How far @image's Gram matrices are from those of a style. */
static gdouble
gram_distance (const RunCase *it, const NstImage *image, gint style)
{
  RunCase measure = *it;
  gdouble distance = 0;
  NstImage result;

  measure.settings.recipe = NST_RECIPE_GATYS;
  measure.start = image;
  measure.style[0] = it->style[style];
  measure.n_styles = 1;
  result = run_case_run (&measure, take_style_loss, &distance);
  nst_image_clear (&result);
  return distance;
}

/* Of two styles the result comes nearer to the one that has more weight. */
static void
test_heavier_style (void)
{
  static const gdouble weights[] = {0.1, 1, 10};
  gdouble nearness[G_N_ELEMENTS (weights)];
  RunCase it;

  run_case_init (&it);
  /* one of 12 pixels in a row would be all border */
  nst_image_clear (&it.style[1].image);
  it.style[1].image = test_image (3030, 64, 48);
  it.settings.strength = 100;
  it.settings.iterations = 60;
  it.n_styles = 2;
  it.style[1].weight = 1;
  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      NstImage result;

      it.style[0].weight = weights[i];
      result = run_case_run (&it, NULL, NULL);
      nearness[i] = gram_distance (&it, &result, 1) / gram_distance (&it, &result, 0);
      g_test_message ("%g: %g", weights[i], nearness[i]);
      nst_image_clear (&result);
    }
  for (guint i = 1; i < G_N_ELEMENTS (weights); i++)
    g_assert_cmpfloat (nearness[i], >, 1.5 * nearness[i - 1]);
  run_case_clear (&it);
}

/* What a style's mask leaves out has no part in the style, but for the reach
 * of the layers, of which one that is matched has the longest. */
static void
test_style_mask (void)
{
  RunCase it;
  NstImage *style;
  gdouble plain, all, masked;
  gint w = RUN_WIDTH, h = RUN_WIDTH, n = w * h;

  run_case_init (&it);
  it.settings.style_layers = "relu2_1";
  it.settings.strength = 100;
  style = &it.style[0].image;
  nst_image_clear (style);
  *style = test_image (3020, w, h);
  plain = run_first_loss (&it);
  style->mask = g_new (gfloat, n);
  for (gint i = 0; i < n; i++)
    style->mask[i] = 1;
  all = run_first_loss (&it);
  for (gint i = 0; i < n / 2; i++)
    style->mask[i] = 0;
  masked = run_first_loss (&it);
  test_at_most (fabs (all - plain), 1e-5 * plain);
  g_assert_cmpfloat (fabs (masked - plain), >, 1e-3 * plain);
  for (gint i = 0; i < n / 2 - 16 * w; i++)
    for (gint c = 0; c < 3; c++)
      style->rgb[i * 3 + c] = 1 - style->rgb[i * 3 + c];
  test_at_most (fabs (run_first_loss (&it) - masked), 1e-5 * masked);
  g_clear_pointer (&style->mask, g_free);
  run_case_clear (&it);
}

/* Styles without any variance, by being flat or by a mask that leaves a corner,
 * do not blow the loss up. */
static void
test_flat_style (void)
{
  RunCase it;
  NstImage *style;

  run_case_init (&it);
  style = &it.style[0].image;
  nst_image_clear (style);
  *style = test_image (3020, RUN_WIDTH, RUN_WIDTH);
  style->mask = g_new0 (gfloat, RUN_WIDTH * RUN_WIDTH);
  style->mask[RUN_WIDTH * RUN_WIDTH - 1] = 1;
  test_at_most (run_first_loss (&it), 1e5);
  g_clear_pointer (&style->mask, g_free);
  for (gint i = 0; i < RUN_WIDTH * RUN_WIDTH * 3; i++)
    style->rgb[i] = 0.5;
  /* the metric weighs what a style hardly has by up to 1 / 0.03 */
  test_at_most (run_first_loss (&it), 1e5 / 0.03);
  run_case_clear (&it);
}

/* The default run of a style of one colour gives that colour, also where the network tells
 * nothing apart. */
static void
test_flat_colours (void)
{
  static const gfloat colours[][3] = {
      {0, 0, 0}, {1, 1, 1}, {0.5, 0.5, 0.5}, {0.2, 0.4, 0.75}, {0.95, 0.94, 0.9}};

  for (guint k = 0; k < G_N_ELEMENTS (colours); k++)
    {
      RunCase it;
      NstImage result, *style;
      gdouble mean[3] = {0};

      run_case_init (&it);
      style = &it.style[0].image;
      for (gint i = 0; i < 3 * style->width * style->height; i++)
        style->rgb[i] = colours[k][i % 3];
      result = run_case_run (&it, NULL, NULL);
      for (gint i = 0; i < 3 * RUN_WIDTH * RUN_HEIGHT; i++)
        mean[i % 3] += result.rgb[i] / (RUN_WIDTH * RUN_HEIGHT);
      for (gint a = 0; a < 3; a++)
        test_at_most (fabs (mean[a] - colours[k][a]), 10 / 255.0);
      nst_image_clear (&result);
      run_case_clear (&it);
    }
}

/* Of grey styles comes a grey picture, unless a mask leaves some of the photo. */
static void
test_grey_style (void)
{
  RunCase it;
  NstImage result, *style;

  run_case_init (&it);
  style = &it.style[0].image;
  for (gint i = 0; i < 3 * style->width * style->height; i++)
    style->rgb[i] = style->rgb[i / 3 * 3];
  result = run_case_run (&it, NULL, NULL);
  for (gint i = 0; i < 3 * RUN_WIDTH * RUN_HEIGHT; i++)
    test_at_most (fabs (result.rgb[i] - result.rgb[i / 3 * 3]), 1e-6);
  nst_image_clear (&result);
  it.content.mask = g_new0 (gfloat, RUN_WIDTH * RUN_HEIGHT);
  it.content.mask[0] = 1;
  result = run_case_run (&it, NULL, NULL);
  g_assert_cmpfloat (fabs (result.rgb[3 * 500] - result.rgb[3 * 500 + 1])
                         + fabs (result.rgb[3 * 501] - result.rgb[3 * 501 + 2]),
                     >, 0.01);
  nst_image_clear (&result);
  g_clear_pointer (&it.content.mask, g_free);
  run_case_clear (&it);
}

/* A style of black ink on white paper takes the photo beyond both; the run makes all its steps
 * nevertheless. */
static void
test_ink_style (void)
{
  RunCase it;
  Watch watch = {.at = -1};
  NstImage result, *style;

  run_case_init (&it);
  style = &it.style[0].image;
  for (gint i = 0; i < 3 * style->width * style->height; i++)
    style->rgb[i] = i / 3 % 7 == 0 ? 0 : 1;
  result = run_case_run (&it, run_watch, &watch);
  g_assert_cmpint (watch.steps, ==, it.settings.iterations);
  g_assert_cmpfloat (watch.last_total, <, 0.8 * watch.first_total);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* At 50 per cent a style counts as at half of its size. */
static void
test_style_scale (void)
{
  RunCase it;
  NstImage *style, smaller;
  gdouble at_100, at_50;
  GError *error = NULL;

  run_case_init (&it);
  style = &it.style[0].image;
  nst_image_clear (style);
  *style = test_image (3020, 2 * RUN_WIDTH, 2 * RUN_WIDTH);
  /* what is smaller has less colour to be followed, this noise much less */
  it.settings.strength = 100;
  it.settings.start = NST_START_NOISE;
  at_100 = first_style_loss (&it);
  it.settings.style_scale = 50;
  at_50 = first_style_loss (&it);
  g_assert_true (nst_image_scale (style, RUN_WIDTH / 2, RUN_WIDTH / 2, &smaller, &error));
  nst_image_clear (style);
  *style = smaller;
  it.settings.style_scale = 100;
  test_at_most (fabs (first_style_loss (&it) - at_50), 1e-2 * at_50);
  g_assert_cmpfloat (fabs (at_100 - at_50), >, 5e-2 * at_50);
  run_case_clear (&it);
}

/* Every optimiser brings the loss down with every recipe. */
static void
test_optimizers (void)
{
  for (gint recipe = NST_RECIPE_DEFAULT; recipe <= NST_RECIPE_KERAS; recipe++)
    for (gint optimizer = NST_OPTIMIZER_LBFGS; optimizer <= NST_OPTIMIZER_SGD; optimizer++)
      {
        RunCase it;
        Watch seen = {NST_ACTION_GO_ON, -1};
        NstImage result;

        run_case_init (&it);
        it.settings.recipe = recipe;
        it.settings.optimizer = optimizer;
        it.settings.iterations = 40;
        result = run_case_run (&it, run_watch, &seen);
        g_assert_cmpfloat (seen.last_total, <, 0.9 * seen.first_total);
        nst_image_clear (&result);
        run_case_clear (&it);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/style/style-is-content", test_style_is_content);
  g_test_add_func ("/style/style-weights", test_style_weights);
  g_test_add_func ("/style/heavier-style", test_heavier_style);
  g_test_add_func ("/style/style-mask", test_style_mask);
  g_test_add_func ("/style/flat-style", test_flat_style);
  g_test_add_func ("/style/flat-style/colours", test_flat_colours);
  g_test_add_func ("/style/grey-style", test_grey_style);
  g_test_add_func ("/style/ink-style", test_ink_style);
  g_test_add_func ("/style/style-scale", test_style_scale);
  g_test_add_func ("/style/optimizers", test_optimizers);
  return g_test_run ();
}
