/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole run does what its styles and settings say: weights, masks, scale, kept
 * colours, flat styles, every optimiser with every recipe.
 */
#include "images/colour.h"
#include "run.h"

#include <math.h>
#include <string.h>

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

static gdouble
luma (const gfloat *rgb)
{
  return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
}

/* With the content's colours kept, each pixel differs from the content's in
 * luma only (where nothing had to be clipped). */
static void
test_keep_colours (void)
{
  RunCase it;
  NstImage result;
  gint kept = 0;

  run_case_init (&it);
  it.settings.colour = NST_COLOUR_CONTENT;
  result = run_case_run (&it, NULL, NULL);
  run_check_pixels (&result, RUN_WIDTH, RUN_HEIGHT);
  for (gint i = 0; i < RUN_WIDTH * RUN_HEIGHT; i++)
    {
      const gfloat *was = it.content.rgb + i * 3, *is = result.rgb + i * 3;
      gboolean clipped = FALSE;

      for (gint c = 0; c < 3; c++)
        clipped |= is[c] <= 0 || is[c] >= 1;
      for (gint c = 0; c < 3 && !clipped; c++)
        test_at_most (fabs (is[c] - luma (is) - (was[c] - luma (was))), 1e-5);
      kept += !clipped;
    }
  g_assert_cmpint (kept, >, RUN_WIDTH * RUN_HEIGHT / 2);
  g_assert_cmpfloat (run_farthest (&result, &it.content), >, 0.01);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* With the content's colours kept, how bright and contrasty the style is does
 * not matter: its grey is matched to the content's. */
static void
test_keep_colours_grey (void)
{
  RunCase it;
  NstImage *style;
  gdouble loss;

  run_case_init (&it);
  it.settings.colour = NST_COLOUR_CONTENT;
  style = &it.style[0].image;
  loss = run_first_loss (&it);
  for (gint i = 0; i < style->width * style->height * 3; i++)
    style->rgb[i] = 0.2 + 0.4 * style->rgb[i];
  test_at_most (fabs (run_first_loss (&it) - loss), 1e-4 * loss);
  run_case_clear (&it);
}

/* The mean colour and the covariance of n colours, one after the other. */
static void
colour_statistics (const gfloat *rgb, gint n, gdouble mean[3], gdouble covariance[9])
{
  for (gint a = 0; a < 3; a++)
    {
      mean[a] = 0;
      for (gint i = 0; i < n; i++)
        mean[a] += rgb[3 * i + a] / n;
    }
  for (gint a = 0; a < 9; a++)
    {
      covariance[a] = 0;
      for (gint i = 0; i < n; i++)
        covariance[a] +=
            (rgb[3 * i + a / 3] - mean[a / 3]) * (rgb[3 * i + a % 3] - mean[a % 3]) / n;
    }
}

/* A copy of @image's colours after matching to @content's. */
static gfloat *
matched_colours (const NstImage *image, const NstImage *content)
{
  gint n = image->width * image->height;
  NstTensor planes = test_tensor_new (3, image->height, image->width);
  NstColourMap map;
  gfloat *rgb = g_new (gfloat, 3 * n);

  for (gint i = 0; i < 3 * n; i++)
    planes.data[i % 3 * n + i / 3] = image->rgb[i];
  nst_colour_match (image, content, &map);
  nst_colour_apply (&map, &planes, NULL);
  nst_colour_clip (&planes);
  for (gint i = 0; i < 3 * n; i++)
    rgb[i] = planes.data[i % 3 * n + i / 3];
  nst_tensor_clear (&planes);
  return rgb;
}

/* Pale enough that nothing is clipped. */
static NstImage
pale_image (guint64 seed, gint width, gint height)
{
  NstImage image = test_image (seed, width, height);

  for (gint i = 0; i < width * height * 3; i++)
    image.rgb[i] = 0.4 + 0.1 * image.rgb[i] + 0.05 * image.rgb[i / 3 * 3];
  return image;
}

/* Matched colours have the content's mean and covariance. */
static void
test_match_statistics (void)
{
  NstImage content = pale_image (3010, 40, 31), style = test_image (3020, 50, 37);
  gdouble mean[3], covariance[9], want_mean[3], want_covariance[9];
  gfloat *rgb = matched_colours (&style, &content);

  colour_statistics (content.rgb, 40 * 31, want_mean, want_covariance);
  colour_statistics (rgb, 50 * 37, mean, covariance);
  test_at_most (test_relative (mean, want_mean, 3), 1e-4);
  test_at_most (test_relative (covariance, want_covariance, 9), 0.02);
  g_free (rgb);
  nst_image_clear (&content);
  nst_image_clear (&style);
}

/* Neither a grey nor a flat style or content is blown up: colours are finite, have the
 * content's mean, and vary no more than the content's. */
static void
test_match_flat (void)
{
  for (gint kind = 0; kind < 4; kind++)
    {
      NstImage content = pale_image (3010, 40, 31), style = test_image (3020, 40, 31);
      NstImage *changed = kind < 2 ? &style : &content;
      gdouble mean[3], covariance[9], want_mean[3], want_covariance[9];
      gfloat *rgb;

      for (gint i = 0; i < 3 * 40 * 31; i++)
        changed->rgb[i] = kind % 2 == 0 ? changed->rgb[i / 3 * 3] : 0.5;
      rgb = matched_colours (&style, &content);
      colour_statistics (content.rgb, 40 * 31, want_mean, want_covariance);
      colour_statistics (rgb, 40 * 31, mean, covariance);
      test_at_most (test_relative (mean, want_mean, 3), 1e-4);
      for (gint a = 0; a < 9; a += 4)
        test_at_most (covariance[a], 1.05 * want_covariance[a] + 2e-5);
      g_free (rgb);
      nst_image_clear (&content);
      nst_image_clear (&style);
    }
}

/* The content follows the mean and covariance of the styles together, as far as it is to. */
static void
test_follow (void)
{
  enum
  {
    N = 40 * 31
  };
  NstImage content = test_image (3010, 40, 31);
  NstStyle styles[] = {{pale_image (3020, 40, 31), 3}, {pale_image (3030, 40, 31), 1}};
  gfloat *mixed = g_new (gfloat, 3 * 4 * N), rgb[3 * N];
  gdouble mean[3], covariance[9], want_mean[3], want_covariance[9];
  NstColourMap map;

  for (gint i = 0; i < 4; i++)
    memcpy (mixed + i * 3 * N, styles[i == 3].image.rgb, 3 * N * sizeof (gfloat));
  colour_statistics (mixed, 4 * N, want_mean, want_covariance);
  for (gint half = 0; half < 3; half++)
    {
      nst_colour_follow (&content, styles, 2, half / 2.0, &map);
      for (gint i = 0; i < 3 * N; i++)
        {
          const gdouble *row = map.matrix[i % 3];
          const gfloat *was = content.rgb + i / 3 * 3;

          rgb[i] = row[0] * was[0] + row[1] * was[1] + row[2] * was[2] + map.shift[i % 3];
        }
      if (half == 0)
        g_assert_cmpmem (rgb, sizeof rgb, content.rgb, sizeof rgb);
    }
  colour_statistics (rgb, N, mean, covariance);
  test_at_most (test_relative (mean, want_mean, 3), 1e-4);
  /* 0.04 by what is added, 0.01 by what counts as flat */
  test_at_most (test_relative (covariance, want_covariance, 9), 0.06);
  nst_image_clear (&content);
  nst_image_clear (&styles[0].image);
  nst_image_clear (&styles[1].image);
  g_free (mixed);
}

/* What the masks leave out has no part in the matching. */
static void
test_match_mask (void)
{
  NstImage content = pale_image (3010, 40, 31), style = test_image (3020, 40, 31);
  gint n = 40 * 31;
  gfloat *plain = matched_colours (&style, &content), *masked;

  style.mask = g_new0 (gfloat, n);
  for (gint i = 0; i < n; i++)
    if (i % 3)
      style.mask[i] = 1;
  masked = matched_colours (&style, &content);
  g_assert_false (memcmp (plain, masked, 3 * n * sizeof (gfloat)) == 0);
  for (gint i = 0; i < n; i += 3)
    style.rgb[3 * i] = 1 - style.rgb[3 * i];
  g_free (plain);
  plain = matched_colours (&style, &content);
  for (gint i = 0; i < 3 * n; i++)
    if (i / 3 % 3)
      g_assert_cmpfloat (plain[i], ==, masked[i]);
  g_free (plain);
  g_free (masked);
  g_clear_pointer (&style.mask, g_free);
  nst_image_clear (&content);
  nst_image_clear (&style);
}

/* How far apart the mean chromas are: the mean colours less their lumas. */
static gdouble
chroma_distance (const NstImage *a, const NstImage *b)
{
  gdouble mean[2][3], unused[9], most = 0;
  gfloat rgb[3];

  colour_statistics (a->rgb, a->width * a->height, mean[0], unused);
  colour_statistics (b->rgb, b->width * b->height, mean[1], unused);
  for (gint c = 0; c < 3; c++)
    rgb[c] = mean[0][c] - mean[1][c];
  for (gint c = 0; c < 3; c++)
    most = MAX (most, fabs (rgb[c] - luma (rgb)));
  return most;
}

/* A red style reddens the result, but not where its colours are matched first. */
static void
test_match_colours (void)
{
  RunCase it;
  NstImage plain, matched;
  NstImage *style;

  run_case_init (&it);
  it.settings.strength = 100;
  it.settings.iterations = 30;
  style = &it.style[0].image;
  for (gint i = 0; i < style->width * style->height; i++)
    {
      style->rgb[3 * i] = 0.7 + 0.3 * style->rgb[3 * i];
      style->rgb[3 * i + 1] *= 0.3;
      style->rgb[3 * i + 2] *= 0.3;
    }
  plain = run_case_run (&it, NULL, NULL);
  it.settings.colour = NST_COLOUR_MATCH;
  matched = run_case_run (&it, NULL, NULL);
  g_assert_cmpfloat (chroma_distance (&plain, &it.content), >, 0.2);
  test_at_most (chroma_distance (&matched, &it.content), 0.03);
  nst_image_clear (&plain);
  nst_image_clear (&matched);
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
  g_test_add_func ("/style/follow", test_follow);
  g_test_add_func ("/style/keep-colours", test_keep_colours);
  g_test_add_func ("/style/keep-colours/grey", test_keep_colours_grey);
  g_test_add_func ("/style/match-colours", test_match_colours);
  g_test_add_func ("/style/match-colours/statistics", test_match_statistics);
  g_test_add_func ("/style/match-colours/flat", test_match_flat);
  g_test_add_func ("/style/match-colours/mask", test_match_mask);
  g_test_add_func ("/style/style-scale", test_style_scale);
  g_test_add_func ("/style/optimizers", test_optimizers);
  return g_test_run ();
}
