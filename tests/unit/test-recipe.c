/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recipe that settings make: its layers in each network, or why there are none, and the
 * notices of what changes nothing.
 */
#include "fixture.h"
#include "run/recipe.h"

#include <math.h>

static NstRecipeSpec
make_recipe (const NstNetwork *network, const NstSettings *settings)
{
  NstRecipeSpec recipe;
  GError *error = NULL;

  nst_recipe_make (&recipe, network, settings, &error);
  g_assert_no_error (error);
  return recipe;
}

static void
test_layers (void)
{
  OracleNet net = test_net ("2 2 | 2 2 | 2 2 | 2 2 | 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);
  NstSettings settings;
  NstRecipeSpec recipe;

  nst_settings_init (&settings);
  recipe = make_recipe (network, &settings);
  g_assert_cmpint (recipe.content_layer, ==, 7);
  g_assert_cmpint (recipe.n_style, ==, 4);
  g_assert_cmpint (recipe.n_match, ==, 2);
  for (gint i = 0; i < 4; i++)
    g_assert_cmpint (recipe.style_layer[i], ==, 2 * i);
  for (gint i = 0; i < 2; i++)
    g_assert_cmpint (recipe.match_layer[i], ==, 4 + 2 * i);
  g_assert_null (recipe.notice);
  /* no deeper layer is run but for the content */
  g_assert_cmpint (nst_recipe_depth (&recipe), ==, 7);
  settings.strength = 49;
  recipe = make_recipe (network, &settings);
  g_assert_cmpint (nst_recipe_depth (&recipe), ==, 8);
  /* pure style begins with matched colours, but has no matched loss */
  settings.strength = 100;
  recipe = make_recipe (network, &settings);
  for (gint i = 0; i < 2; i++)
    g_assert_cmpfloat (recipe.match_weight[i], ==, 0);
  g_assert_cmpfloat (recipe.start_matched, ==, 1);
  settings.strength = 50;
  settings.content_layer = "block2_conv1";
  settings.style_layers = "relu3_1, conv1_2";
  recipe = make_recipe (network, &settings);
  g_assert_cmpint (recipe.content_layer, ==, 2);
  g_assert_cmpint (recipe.n_style, ==, 2);
  g_assert_cmpint (recipe.style_layer[0], ==, 4);
  g_assert_cmpint (recipe.style_layer[1], ==, 1);
  /* Keras wants relu5_2: the deepest there is will do, and it says so */
  nst_settings_init (&settings);
  settings.recipe = NST_RECIPE_KERAS;
  recipe = make_recipe (network, &settings);
  g_assert_cmpint (recipe.n_style, ==, 5);
  g_assert_cmpint (recipe.n_match, ==, 0);
  g_assert_cmpint (recipe.content_layer, ==, 8);
  g_assert_nonnull (strstr (recipe.notice, "relu5_2"));
  g_assert_nonnull (strstr (recipe.notice, "relu5_1"));
  nst_network_free (network);
  oracle_net_clear (&net);
}

/* The published ones' are as they were published; the default's first picture and its palette are
 * less than the styles' where the style is to be faint. */
static void
test_weights (void)
{
  OracleNet net = test_net ("2 2 | 2 2 | 2 2 | 2 2 | 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);
  NstSettings settings;
  NstRecipeSpec recipe, half;

  nst_settings_init (&settings);
  settings.recipe = NST_RECIPE_KERAS;
  recipe = make_recipe (network, &settings);
  for (gint i = 0; i < recipe.n_style; i++)
    g_assert_cmpfloat_with_epsilon (recipe.style_weight[i], 1e-6 / 5, 1e-15);
  settings.recipe = NST_RECIPE_GATYS;
  recipe = make_recipe (network, &settings);
  for (gint i = 0; i < recipe.n_style; i++)
    g_assert_cmpfloat_with_epsilon (recipe.style_weight[i], 1e3 / (2 * 2), 1e-9);
  settings.recipe = NST_RECIPE_DEFAULT;
  recipe = make_recipe (network, &settings);
  g_assert_cmpfloat (recipe.start_matched, ==, 1);
  settings.strength = 25;
  half = make_recipe (network, &settings);
  g_assert_cmpfloat (half.start_matched, ==, 0.5);
  g_assert_cmpfloat (half.palette_weight, ==, recipe.palette_weight / 4);
  nst_network_free (network);
  oracle_net_clear (&net);
}

/* So many cells are compared that it takes a tenth of a run: 1.2 evaluations a step of the last two
 * levels; a search's multiplication costs 1.7 of a convolution's, and the levels before the last
 * take a third more.  That the rooms follow from the steps, the network's shape and that tenth is
 * held here; the measured 1.7, 1.2 and 4 / 3 are the recipe's, and whether it is a tenth of the time
 * only a clock tells. */
static void
test_rooms (void)
{
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstSettings settings;

  nst_settings_init (&settings);
  for (gint preset = NST_PRESET_DRAFT; preset <= NST_PRESET_FINE; preset++)
    {
      NstRecipeSpec recipe;
      gdouble evaluation = 0, search = 0;

      settings.preset = preset;
      recipe = make_recipe (network, &settings);
      for (gint i = 0; i < nst_recipe_depth (&recipe); i++)
        evaluation += 2 * 9.0 * network->layers[i].cin * network->layers[i].cout
                      / (1 << 2 * nst_network_shift (network, i));
      for (gint i = 0; i < recipe.n_match; i++)
        search += (gdouble) recipe.match_room[i] * network->layers[recipe.match_layer[i]].cout
                  / (1 << 2 * nst_network_shift (network, recipe.match_layer[i]));
      test_at_most (
          fabs (1.7 * 4 / 3 * search
                    / (1.2 * (recipe.iterations + recipe.middle_iterations) * evaluation)
                - 0.1),
          1e-3);
    }
  nst_network_free (network);
}

/* A setting that a recipe does not know is said to do nothing; in lines of their own where
 * there is more to say. */
static void
test_notices (void)
{
  OracleNet net = test_net ("2 2 | 2 2 | 2 2 | 2 2 | 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);

  for (gint recipe = NST_RECIPE_DEFAULT; recipe <= NST_RECIPE_KERAS; recipe++)
    for (gint changed = 0; changed < 6; changed++)
      {
        NstSettings settings;
        const gchar *notice;
        gboolean said;

        nst_settings_init (&settings);
        settings.recipe = recipe;
        settings.strength += changed == 1;
        settings.style_scale += changed == 2;
        settings.smoothness += changed == 3;
        settings.colour += changed == 4;
        settings.preset += changed == 5;
        notice = make_recipe (network, &settings).notice;
        said = notice && strstr (notice, "change nothing");
        g_assert_cmpint (said, ==, changed > 0 && recipe != NST_RECIPE_DEFAULT);
        if (said)
          g_assert_cmpint (strchr (notice, '\n') != NULL, ==, recipe == NST_RECIPE_KERAS);
      }
  nst_network_free (network);
  oracle_net_clear (&net);
}

static void
expect_notice (const NstNetwork *network, const NstSettings *settings, const gchar *words)
{
  const gchar *notice = make_recipe (network, settings).notice;

  if (!words)
    g_assert_cmpstr (notice, ==, NULL);
  else
    g_assert_nonnull (strstr (notice, words));
}

/* Where the content has no weight, its layer is not spoken of, but by those who chose it. */
static void
test_content_notices (void)
{
  OracleNet net = test_net ("2 2 | 2 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);
  NstSettings settings;

  nst_settings_init (&settings);
  expect_notice (network, &settings, NULL);
  settings.strength = 49;
  expect_notice (network, &settings, "relu2_2 is taken for content");
  settings.content_layer = "relu1_2";
  expect_notice (network, &settings, NULL);
  settings.strength = 50;
  expect_notice (network, &settings, "relu1_2 changes nothing");
  settings.recipe = NST_RECIPE_GATYS;
  expect_notice (network, &settings, NULL);
  nst_network_free (network);
  oracle_net_clear (&net);
}

static void
test_bad_layers (void)
{
  static const gchar *bad[] = {"",
                               "relu9_1",
                               "relu1_1,",
                               "relu1_1,,relu2_1",
                               "relu1_1 relu2_1",
                               "relu1_1,relu1_1",
                               "relu1_1,block1_conv1",
                               "%s"};
  OracleNet net = test_net ("2 | 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (bad); i++)
    {
      NstSettings settings;
      NstPlan plan;
      GError *error = NULL;

      nst_settings_init (&settings);
      if (i % 2)
        settings.style_layers = bad[i / 2];
      else
        settings.content_layer = bad[i / 2];
      g_assert_false (test_plan (network, &settings, 64, 64, &plan, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      g_clear_error (&error);
    }
  nst_network_free (network);
  oracle_net_clear (&net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/notices", test_notices);
  g_test_add_func ("/recipe/content-notices", test_content_notices);
  g_test_add_func ("/recipe/layers", test_layers);
  g_test_add_func ("/recipe/layers/bad", test_bad_layers);
  g_test_add_func ("/recipe/weights", test_weights);
  g_test_add_func ("/recipe/rooms", test_rooms);
  return g_test_run ();
}
