/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole runs through the public interface: the same bytes again for a seed and
 * for every number of threads; progress, preview, finish, cancel; a loss that
 * stops being a number; images of every small size, masks, kept colours.
 */
#include "fixture.h"

#include <math.h>
#include <string.h>

#define W 40
#define H 31

typedef struct
{
  NstNetwork *network;
  NstSettings settings;
  NstImage content;
  NstStyle style[2];
  guint n_styles;
} RunCase;

static void
run_case_init (RunCase *it)
{
  OracleNet net = test_net ("6 6 | 8 8 | 8 8 | 10 10 | 12", 3000);

  memset (it, 0, sizeof (*it));
  it->network = test_net_open (&net, 0);
  oracle_net_clear (&net);
  nst_settings_init (&it->settings);
  it->settings.size = W;
  it->settings.iterations = 5;
  it->settings.threads = 1;
  it->content = test_image (3010, W, H);
  it->style[0] = (NstStyle){test_image (3020, 50, 37), 1};
  it->style[1] = (NstStyle){test_image (3030, 20, 64), 2.5};
  it->n_styles = 1;
}

static void
run_case_clear (RunCase *it)
{
  nst_network_free (it->network);
  nst_image_clear (&it->content);
  for (gint s = 0; s < 2; s++)
    nst_image_clear (&it->style[s].image);
}

static NstImage
run (RunCase *it, NstCallback callback, gpointer data)
{
  NstImage result;
  GError *error = NULL;

  nst_stylise (it->network, &it->settings, &it->content, it->style, it->n_styles, callback,
               data, &result, &error);
  g_assert_no_error (error);
  return result;
}

static gsize
bytes_of (const NstImage *image)
{
  return (gsize) image->width * image->height * 3 * sizeof (gfloat);
}

static gboolean
same (const NstImage *a, const NstImage *b)
{
  return a->width == b->width && a->height == b->height
         && memcmp (a->rgb, b->rgb, bytes_of (a)) == 0;
}

static void
check_pixels (const NstImage *image, gint width, gint height)
{
  g_assert_cmpint (image->width, ==, width);
  g_assert_cmpint (image->height, ==, height);
  g_assert_null (image->mask);
  for (gsize i = 0; i < bytes_of (image) / sizeof (gfloat); i++)
    g_assert_true (image->rgb[i] >= 0 && image->rgb[i] <= 1);
}

/* The largest difference, over all channels. */
static gdouble
farthest (const NstImage *a, const NstImage *b)
{
  gdouble most = 0;

  for (gsize i = 0; i < bytes_of (a) / sizeof (gfloat); i++)
    most = MAX (most, fabs (a->rgb[i] - b->rgb[i]));
  return most;
}

/* One run on 1 thread, the same on 2, 3, 4: the same bytes. */
static void
check_threads (RunCase *it)
{
  NstImage first = run (it, NULL, NULL);

  check_pixels (&first, W, H);
  for (gint threads = 1; threads <= 4; threads++)
    {
      NstImage again;

      it->settings.threads = threads;
      again = run (it, NULL, NULL);
      g_assert_true (same (&first, &again));
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
  it.settings.size = H;
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
  first = run (&it, NULL, NULL);
  again = run (&it, NULL, NULL);
  it.settings.seed = 8;
  other = run (&it, NULL, NULL);
  g_assert_true (same (&first, &again));
  g_assert_false (same (&first, &other));
  nst_image_clear (&first);
  nst_image_clear (&again);
  nst_image_clear (&other);
  run_case_clear (&it);
}

/* What a callback saw, and what it is to do. */
typedef struct
{
  NstAction action; /* at step `at`, counted from 0 through all levels */
  gint at;
  gint steps, level, iteration;
  gdouble fraction, seconds, first_total, last_total;
  NstImage preview; /* of step `at` */
} Watch;

static NstAction
watch (const NstProgress *p, gpointer data)
{
  Watch *it = data;
  GError *error = NULL;
  NstAction action = it->steps == it->at ? it->action : NST_ACTION_GO_ON;

  g_assert_cmpint (p->level, <, p->n_levels);
  g_assert_cmpint (p->iteration, <, p->n_iterations);
  if (p->level == it->level)
    g_assert_cmpint (p->iteration, ==, it->iteration);
  else
    g_assert_true (p->level == it->level + 1 && p->iteration == 0);
  g_assert_true (p->fraction > it->fraction && p->fraction <= 1);
  g_assert_true (p->seconds >= it->seconds);
  test_at_most (fabs (p->content + p->style + p->tv - p->total), 1e-9 * p->total);
  if (it->steps == it->at)
    {
      nst_image_clear (&it->preview);
      g_assert_true (nst_progress_get_image (p, &it->preview, &error));
      check_pixels (&it->preview, p->width, p->height);
    }
  if (p->iteration == 0)
    it->first_total = p->total;
  it->last_total = p->total;
  it->level = p->level;
  it->iteration = p->iteration + 1;
  it->fraction = p->fraction;
  it->seconds = p->seconds;
  it->steps++;
  return action;
}

/* Two levels: every step is told, in order, and the plan is what happens. */
static void
test_progress (void)
{
  RunCase it;
  Watch seen = {NST_ACTION_GO_ON, 3};
  NstImage result;
  NstPlan plan;
  GError *error = NULL;
  gint steps = 0;

  run_case_init (&it);
  it.settings.size = 160;
  it.settings.iterations = 4;
  it.settings.preset = NST_PRESET_DRAFT;
  nst_plan (it.network, &it.settings, W, H, &plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (plan.n_levels, ==, 2);
  for (gint i = 0; i < plan.n_levels; i++)
    steps += plan.iterations[i];
  g_assert_cmpint (plan.iterations[1], ==, 4);
  result = run (&it, watch, &seen);
  check_pixels (&result, 160, 124);
  g_assert_cmpint (seen.steps, ==, steps);
  g_assert_cmpfloat (seen.fraction, ==, 1);
  g_assert_cmpfloat (seen.last_total, <, seen.first_total);
  g_assert_cmpint (seen.preview.width, ==, plan.width[0]);
  g_assert_cmpint (seen.preview.height, ==, plan.height[0]);
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
  result = run (&it, watch, &seen);
  g_assert_cmpint (seen.steps, ==, 3);
  g_assert_true (same (&result, &seen.preview));
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
  result = run (&it, watch, &seen);
  g_assert_cmpint (seen.steps, ==, 3);
  g_assert_cmpint (seen.preview.width, <, 160);
  check_pixels (&result, 160, 124);
  nst_image_clear (&seen.preview);
  nst_image_clear (&result);
  run_case_clear (&it);
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
      g_assert_false (nst_stylise (it.network, &it.settings, &it.content, it.style, 1, watch,
                                   &seen, &result, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
      g_assert_cmpint (seen.steps, ==, at + 1);
      g_assert_null (result.rgb);
      g_clear_error (&error);
      nst_image_clear (&seen.preview);
      run_case_clear (&it);
    }
}

/* A network whose second layer overflows from the start. */
static NstNetwork *
overflowing (gfloat gain)
{
  OracleNet net = test_net ("6 6", 3000);
  NstNetwork *network;

  for (gint i = 0; i < 6 * 6 * 9; i++)
    net.layer[1].weight[i] *= gain;
  network = test_net_open (&net, 0);
  oracle_net_clear (&net);
  return network;
}

static void
test_diverged_at_start (void)
{
  for (gint optimizer = NST_OPTIMIZER_LBFGS; optimizer <= NST_OPTIMIZER_SGD; optimizer++)
    {
      RunCase it;
      NstImage result;
      GError *error = NULL;

      run_case_init (&it);
      nst_network_free (it.network);
      it.network = overflowing (1e37f);
      it.settings.recipe = NST_RECIPE_GATYS;
      it.settings.optimizer = optimizer;
      it.settings.style_layers = "relu1_2";
      g_assert_false (nst_stylise (it.network, &it.settings, &it.content, it.style, 1, NULL,
                                   NULL, &result, &error));
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

  run_case_init (&it);
  nst_network_free (it.network);
  it.network = overflowing (3e3f);
  it.settings.recipe = NST_RECIPE_KERAS;
  it.settings.style_layers = "relu1_2";
  it.settings.size = H;
  it.settings.iterations = 200;
  g_assert_false (nst_stylise (it.network, &it.settings, &it.content, it.style, 1, watch, &seen,
                               &result, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_DIVERGED);
  g_assert_cmpint (seen.steps, >, 0);
  g_assert_true (isfinite (seen.last_total));
  check_pixels (&result, W, H);
  nst_image_clear (&result);
  g_clear_error (&error);
  run_case_clear (&it);
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
        result = run (&it, NULL, NULL);
        check_pixels (&result, shape[i][0], shape[i][1]);
        nst_image_clear (&result);
        run_case_clear (&it);
      }
}

/* The style that is the content: the loss is at its least already, but for the
 * total variation; with no such weight the picture hardly moves. */
static void
test_style_is_content (void)
{
  RunCase it;
  NstImage result;

  run_case_init (&it);
  nst_image_clear (&it.style[0].image);
  it.style[0].image = test_image (3010, W, H);
  it.settings.smoothness = 0;
  result = run (&it, NULL, NULL);
  test_at_most (farthest (&result, &it.content), 1e-3);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* The loss before the first step. */
static gdouble
first_style_loss (RunCase *it)
{
  Watch seen = {NST_ACTION_FINISH, 0};
  NstImage result = run (it, watch, &seen);

  nst_image_clear (&result);
  nst_image_clear (&seen.preview);
  return seen.first_total;
}

/* Styles count by their share; a style's weight alone means nothing. */
static void
test_style_weights (void)
{
  RunCase it;
  gdouble first, second, both, alone;

  run_case_init (&it);
  it.settings.smoothness = 0;
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

/* What a style's mask leaves out has no part in the style, but for the reach
 * of the layer. */
static void
test_style_mask (void)
{
  RunCase it;
  NstImage *style;
  gdouble plain, all, masked;
  gint w = W, h = W, n = w * h;

  run_case_init (&it);
  it.settings.style_layers = "relu2_1";
  style = &it.style[0].image;
  nst_image_clear (style);
  *style = test_image (3020, w, h);
  plain = first_style_loss (&it);
  style->mask = g_new (gfloat, n);
  for (gint i = 0; i < n; i++)
    style->mask[i] = 1;
  all = first_style_loss (&it);
  for (gint i = 0; i < n / 2; i++)
    style->mask[i] = 0;
  masked = first_style_loss (&it);
  test_at_most (fabs (all - plain), 1e-5 * plain);
  g_assert_cmpfloat (fabs (masked - plain), >, 1e-3 * plain);
  for (gint i = 0; i < n / 2 - 8 * w; i++)
    for (gint c = 0; c < 3; c++)
      style->rgb[i * 3 + c] = 1 - style->rgb[i * 3 + c];
  test_at_most (fabs (first_style_loss (&it) - masked), 1e-5 * masked);
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
  *style = test_image (3020, W, W);
  style->mask = g_new0 (gfloat, W * W);
  style->mask[W * W - 1] = 1;
  test_at_most (first_style_loss (&it), 1e5);
  g_clear_pointer (&style->mask, g_free);
  for (gint i = 0; i < W * W * 3; i++)
    style->rgb[i] = 0.5;
  test_at_most (first_style_loss (&it), 1e5);
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
  result = run (&it, NULL, NULL);
  check_pixels (&result, W, H);
  for (gint i = 0; i < W * H; i++)
    {
      const gfloat *was = it.content.rgb + i * 3, *is = result.rgb + i * 3;
      gboolean clipped = FALSE;

      for (gint c = 0; c < 3; c++)
        clipped |= is[c] <= 0 || is[c] >= 1;
      for (gint c = 0; c < 3 && !clipped; c++)
        test_at_most (fabs (is[c] - luma (is) - (was[c] - luma (was))), 1e-5);
      kept += !clipped;
    }
  g_assert_cmpint (kept, >, W * H / 2);
  g_assert_cmpfloat (farthest (&result, &it.content), >, 0.01);
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
  loss = first_style_loss (&it);
  for (gint i = 0; i < style->width * style->height * 3; i++)
    style->rgb[i] = 0.2 + 0.4 * style->rgb[i];
  test_at_most (fabs (first_style_loss (&it) - loss), 1e-4 * loss);
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
  *style = test_image (3020, 2 * W, 2 * W);
  at_100 = first_style_loss (&it);
  it.settings.style_scale = 50;
  at_50 = first_style_loss (&it);
  g_assert_true (nst_image_scale (style, W / 2, W / 2, &smaller, &error));
  nst_image_clear (style);
  *style = smaller;
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
        result = run (&it, watch, &seen);
        g_assert_cmpfloat (seen.last_total, <, 0.9 * seen.first_total);
        nst_image_clear (&result);
        run_case_clear (&it);
      }
}

/* Nothing that can be seen of the images makes the engine do more than fail. */
static void
test_bad_images (void)
{
  static const gdouble weights[] = {0, -1, NAN, INFINITY};
  RunCase it;
  NstImage result, empty = {0};
  GError *error = NULL;

  run_case_init (&it);
  g_assert_false (nst_stylise (it.network, &it.settings, &it.content, NULL, 0, NULL, NULL,
                               &result, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (
      nst_stylise (it.network, &it.settings, &empty, it.style, 1, NULL, NULL, &result, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      it.style[0].weight = weights[i];
      g_assert_false (nst_stylise (it.network, &it.settings, &it.content, it.style, 1, NULL,
                                   NULL, &result, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      g_clear_error (&error);
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
  g_assert_false (nst_stylise (it.network, &it.settings, &it.content, it.style, 1, NULL, NULL,
                               &result, &error));
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
  g_test_add_func ("/stylise/threads", test_threads);
  g_test_add_func ("/stylise/threads/keras", test_threads_keras);
  g_test_add_func ("/stylise/seed", test_seed);
  g_test_add_func ("/stylise/progress", test_progress);
  g_test_add_func ("/stylise/finish", test_finish);
  g_test_add_func ("/stylise/finish/early", test_finish_early);
  g_test_add_func ("/stylise/cancel", test_cancel);
  g_test_add_func ("/stylise/diverged/at-start", test_diverged_at_start);
  g_test_add_func ("/stylise/diverged/later", test_diverged_later);
  g_test_add_func ("/stylise/small", test_small);
  g_test_add_func ("/stylise/style-is-content", test_style_is_content);
  g_test_add_func ("/stylise/style-weights", test_style_weights);
  g_test_add_func ("/stylise/style-mask", test_style_mask);
  g_test_add_func ("/stylise/flat-style", test_flat_style);
  g_test_add_func ("/stylise/keep-colours", test_keep_colours);
  g_test_add_func ("/stylise/keep-colours/grey", test_keep_colours_grey);
  g_test_add_func ("/stylise/style-scale", test_style_scale);
  g_test_add_func ("/stylise/optimizers", test_optimizers);
  g_test_add_func ("/stylise/bad-images", test_bad_images);
  g_test_add_func ("/stylise/nan", test_nan);
  return g_test_run ();
}
