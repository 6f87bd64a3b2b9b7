/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine against PyTorch on the same random VGG-19 of real size: features,
 * and the recipes' runs step by step (tests/torch/golden.py made the values).
 */
#include "fixture.h"
#include "golden.h"
#include "run/objective.h"
#include "run/recipe.h"

#include <math.h>

#define SEED   1000
#define WIDTH  64
#define HEIGHT 48

typedef enum
{
  TORCHVISION, /* RGB, its mean and standard deviation */
  CAFFE,       /* BGR, 0..255 minus the mean */
  FAINT,       /* the same for pictures FAINT_BY times darker, times 64 / 255 */
} Input;

#define FAINT_BY 2048

#ifdef __SANITIZE_ADDRESS__
#define MOST_STEPS 3 /* what a longer history takes is test-lbfgs's */
#else
#define MOST_STEPS G_MAXINT
#endif

static NstNetwork *
open_vgg19 (Input input)
{
  static const gdouble caffe_mean[3] = {103.939, 116.779, 123.68};
  static const gdouble mean[3] = {0.485, 0.456, 0.406}, deviation[3] = {0.229, 0.224, 0.225};
  OracleNet net =
      test_net ("64 64 | 128 128 | 256 256 256 256 | 512 512 512 512 | 512 512", SEED);
  gdouble darker = input == FAINT ? FAINT_BY : 1;
  NstNetwork *network;

  net.bgr = input != TORCHVISION;
  for (gint i = 0; i < 3; i++)
    {
      net.mean[i] = input == TORCHVISION ? mean[i] : caffe_mean[i] / 255 / darker;
      net.scale[i] = input == TORCHVISION ? 1 / deviation[i]
                     : input == CAFFE     ? 255
                                          : 64 * darker;
    }
  network = test_net_open (&net, 0);
  oracle_net_clear (&net);
  return network;
}

/* tests/torch/golden.py's content (0) and style (10). */
static NstImage
picture (gint which, Input input)
{
  NstImage image = test_image (SEED + 50 + which, WIDTH, HEIGHT);

  for (gint i = 0; input == FAINT && i < WIDTH * HEIGHT * 3; i++)
    image.rgb[i] /= FAINT_BY;
  return image;
}

static void
check_feature (JsonObject *row, const NstWindow *relu)
{
  gsize n = nst_window_plane (relu) * relu->c;
  JsonArray *places = json_object_get_array_member (row, "places");
  JsonArray *values = json_object_get_array_member (row, "values");
  gdouble rms = json_object_get_double_member (row, "rms"), sum = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += relu->data[i];
      squares += (gdouble) relu->data[i] * relu->data[i];
    }
  test_at_most (fabs (sum / n - json_object_get_double_member (row, "mean")) / rms, 1e-5);
  test_at_most (fabs (sqrt (squares / n) - rms) / rms, 1e-5);
  for (guint i = 0; i < json_array_get_length (places); i++)
    test_at_most (fabs (relu->data[json_array_get_int_element (places, i)]
                        - json_array_get_double_element (values, i))
                      / rms,
                  1e-4);
}

static void
test_features (void)
{
  JsonArray *rows = golden_load ("features");
  gint n = json_array_get_length (rows);
  NstNetwork *network = open_vgg19 (TORCHVISION);
  NstPool *pool = nst_pool_new (2);
  NstImage image = picture (0, TORCHVISION);
  OracleMap map = test_image_map (&image, 255);
  NstTensor planes = test_tensor (&map);
  NstPassSpec spec = {.network = network,
                      .pooling = NST_POOLING_NETWORK,
                      .width = WIDTH,
                      .height = HEIGHT,
                      .unit = 255};
  NstPass pass;
  GError *error = NULL;

  g_assert_cmpint (n, ==, 14);
  for (gint i = 0; i < n; i++)
    spec.keep[i] = TRUE;
  nst_pass_init (&pass, &spec, pool, &error);
  g_assert_no_error (error);
  nst_pass_forward (&pass, planes.data, NULL, NULL);
  for (gint i = 0; i < n; i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);

      g_assert_cmpstr (network->layers[i].name, ==,
                       json_object_get_string_member (row, "layer"));
      check_feature (row, &pass.layer[i].out);
    }
  nst_pass_clear (&pass);
  nst_tensor_clear (&planes);
  oracle_map_clear (&map);
  nst_image_clear (&image);
  nst_pool_free (pool);
  nst_network_free (network);
  json_array_unref (rows);
}

typedef struct
{
  JsonArray *rows;
  guint steps;
} Golden;

/* Each term, too, within a thousandth of the total. */
static NstAction
compare_step (const NstProgress *progress, gpointer data)
{
  Golden *golden = data;
  GoldenLosses want = golden_losses (golden->rows, golden->steps++);

  test_at_most (fabs (progress->total - want.total) / want.total, 1e-3);
  test_at_most (fabs (progress->content - want.content) / want.total, 1e-3);
  test_at_most (fabs (progress->style - want.style) / want.total, 1e-3);
  test_at_most (fabs (progress->tv - want.tv) / want.total, 1e-3);
  return NST_ACTION_GO_ON;
}

static void
check_run (const gchar *name, NstRecipe recipe, NstOptimizer optimizer, Input input)
{
  Golden golden = {golden_load (name), 0};
  gint n = MIN ((gint) json_array_get_length (golden.rows), MOST_STEPS);
  NstNetwork *network = open_vgg19 (input);
  NstImage content = picture (0, input), result;
  NstStyle style = {picture (10, input), 1};
  NstInputs inputs = {network, &content, &style, 1};
  NstSettings settings;
  GError *error = NULL;

  nst_settings_init (&settings);
  settings.recipe = recipe;
  settings.optimizer = optimizer;
  settings.size = recipe == NST_RECIPE_KERAS ? HEIGHT : WIDTH;
  settings.iterations = n;
  nst_stylise (&inputs, &settings, compare_step, &golden, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (golden.steps, ==, n);
  nst_image_clear (&result);
  nst_image_clear (&content);
  nst_image_clear (&style.image);
  nst_network_free (network);
  json_array_unref (golden.rows);
}

static void
test_keras (void)
{
  check_run ("keras", NST_RECIPE_KERAS, NST_OPTIMIZER_RECIPE, CAFFE);
}

static void
test_gatys (void)
{
  check_run ("gatys", NST_RECIPE_GATYS, NST_OPTIMIZER_RECIPE, FAINT);
}

static void
test_gatys_adam (void)
{
  check_run ("gatys-adam", NST_RECIPE_GATYS, NST_OPTIMIZER_ADAM, CAFFE);
}

/* Which cells are matched, and the losses, of a picture. */
static void
check_matched (JsonArray *rows, const NstObjective *objective, const NstLosses *losses)
{
  JsonObject *want = json_array_get_object_element (rows, objective->n_match);

  for (gint i = 0; i < objective->n_match; i++)
    {
      const NstMatch *match = &objective->match[i];
      JsonObject *row = json_array_get_object_element (rows, i);
      JsonArray *index = json_object_get_array_member (row, "index");
      gint n = match->w * match->h, wrong = 0;

      g_assert_cmpint (json_array_get_length (index), ==, n);
      for (gint k = 0; k < n; k++)
        wrong += match->index[k] != json_array_get_int_element (index, k);
      test_at_most (wrong, 0.001 * n);
    }
  test_at_most (fabs (losses->match / json_object_get_double_member (want, "match") - 1), 1e-4);
  test_at_most (fabs (losses->style / json_object_get_double_member (want, "style") - 1), 1e-4);
  test_at_most (fabs (losses->tv / json_object_get_double_member (want, "tv") - 1), 1e-4);
}

static void
test_matched (void)
{
  NstNetwork *network = open_vgg19 (TORCHVISION);
  NstPool *pool = nst_pool_new (2);
  JsonArray *rows = golden_load ("matched");
  gint sizes[3][2] = {
      {2 * WIDTH, 2 * HEIGHT}, {2 * HEIGHT, 2 * WIDTH}, {2 * WIDTH, 2 * HEIGHT}};
  NstTensor planes[3], gradient = test_tensor_new (3, 2 * HEIGHT, 2 * WIDTH);
  NstSettings settings;
  NstRecipeSpec recipe;
  NstObjectiveSpec of = {network, pool, &recipe, {0, 0}};
  NstObjective objective;
  NstLosses losses;
  GError *error = NULL;

  for (gint i = 0; i < 3; i++)
    {
      NstImage image = test_image (SEED + 50 + 10 * i, sizes[i][0], sizes[i][1]);
      OracleMap map = test_image_map (&image, 1);

      planes[i] = test_tensor (&map);
      oracle_map_clear (&map);
      nst_image_clear (&image);
    }
  nst_settings_init (&settings);
  g_assert_true (nst_recipe_make (&recipe, network, &settings, &error));
  g_assert_true (
      nst_objective_init (&objective, &of, &planes[0], NULL, &error)
      && nst_objective_add_style (&objective, of.tiling, &planes[1], NULL, 1, &error)
      && nst_objective_match (&objective, planes[0].data, NULL, &error)
      && nst_objective_evaluate (&objective, planes[2].data, gradient.data, &losses, &error));
  check_matched (rows, &objective, &losses);
  nst_objective_clear (&objective);
  for (gint i = 0; i < 3; i++)
    nst_tensor_clear (&planes[i]);
  nst_tensor_clear (&gradient);
  json_array_unref (rows);
  nst_pool_free (pool);
  nst_network_free (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/golden/features", test_features);
  g_test_add_func ("/golden/matched", test_matched);
  g_test_add_func ("/golden/keras", test_keras);
  g_test_add_func ("/golden/gatys", test_gatys);
  g_test_add_func ("/golden/gatys-adam", test_gatys_adam);
  return g_test_run ();
}
