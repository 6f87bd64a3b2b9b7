/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings, the plan that they make (levels, iterations, memory), and the allocator that refuses
 * what cannot be.
 */
#include "fixture.h"

#include <math.h>

static void
test_defaults (void)
{
  NstSettings settings;
  GError *error = NULL;

  memset (&settings, 0xff, sizeof (settings));
  nst_settings_init (&settings);
  g_assert_true (nst_settings_validate (&settings, &error));
  g_assert_no_error (error);
  g_assert_cmpint (settings.recipe, ==, NST_RECIPE_DEFAULT);
  g_assert_null (settings.content_layer);
  g_assert_null (settings.style_layers);
}

/* One field set to each of the values; a bad one is named in the message. */
#define CHECK_FIELD(field, name, good, ...)                                                    \
  G_STMT_START                                                                                 \
  {                                                                                            \
    const __typeof__ (((NstSettings *) 0)->field) values[] = {__VA_ARGS__};                    \
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)                                          \
      {                                                                                        \
        NstSettings settings;                                                                  \
        GError *error = NULL;                                                                  \
        nst_settings_init (&settings);                                                         \
        settings.field = values[i];                                                            \
        g_assert_cmpint (nst_settings_validate (&settings, &error), ==, good);                 \
        if (!good)                                                                             \
          {                                                                                    \
            g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);                         \
            g_assert_nonnull (strstr (error->message, name));                                  \
            g_clear_error (&error);                                                            \
          }                                                                                    \
      }                                                                                        \
  }                                                                                            \
  G_STMT_END

static void
test_ranges (void)
{
  CHECK_FIELD (preset, "preset", TRUE, 0, 1, 2);
  CHECK_FIELD (preset, "preset", FALSE, -1, 3);
  CHECK_FIELD (recipe, "recipe", TRUE, 0, 1, 2);
  CHECK_FIELD (recipe, "recipe", FALSE, -1, 3);
  CHECK_FIELD (optimizer, "optimizer", TRUE, -1, 0, 1, 2);
  CHECK_FIELD (optimizer, "optimizer", FALSE, -2, 3);
  CHECK_FIELD (colour, "colour", TRUE, 0, 1, 2);
  CHECK_FIELD (colour, "colour", FALSE, -1, 3);
  CHECK_FIELD (start, "start", TRUE, 0, 1);
  CHECK_FIELD (start, "start", FALSE, -1, 2);
  CHECK_FIELD (pooling, "pooling", TRUE, -1, 0, 1);
  CHECK_FIELD (pooling, "pooling", FALSE, -2, 2);
  CHECK_FIELD (size, "size", TRUE, -1, 0, 16, 512, NST_SIZE_MAX);
  CHECK_FIELD (size, "size", FALSE, -2, 1, 15, NST_SIZE_MAX + 1);
  CHECK_FIELD (iterations, "iterations", TRUE, 0, 1, 100000);
  CHECK_FIELD (iterations, "iterations", FALSE, -1, 100001);
  CHECK_FIELD (strength, "strength", TRUE, 0, 100);
  CHECK_FIELD (strength, "strength", FALSE, -0.1, 100.1, NAN, INFINITY);
  CHECK_FIELD (style_scale, "style-scale", TRUE, 25, 400);
  CHECK_FIELD (style_scale, "style-scale", FALSE, 0, 24.9, 401, NAN);
  CHECK_FIELD (smoothness, "smoothness", TRUE, 0, 100);
  CHECK_FIELD (smoothness, "smoothness", FALSE, -1, 101, NAN);
  CHECK_FIELD (memory_mib, "memory", TRUE, 0, 1, G_MAXINT);
  CHECK_FIELD (memory_mib, "memory", FALSE, -1);
  CHECK_FIELD (threads, "threads", TRUE, 0, 1, 64);
  CHECK_FIELD (threads, "threads", FALSE, -1, 65);
}

typedef struct
{
  NstRecipe recipe;
  NstPreset preset;
  gint size, width, height; /* asked for; the content's */
  gint n_levels, last_width, last_height;
} PlanCase;

/* By default a preset's size only reduces, one asked for holds; the height
 * counts for Keras, the long side otherwise; long sides are a factor of root 2
 * apart, the coarsest the last that is not below 112. */
static const PlanCase plans[] = {
    {NST_RECIPE_DEFAULT, NST_PRESET_DRAFT, NST_SIZE_PRESET, 1600, 1200, 5, 512, 384},
    {NST_RECIPE_DEFAULT, NST_PRESET_DRAFT, NST_SIZE_PRESET, 300, 200, 3, 300, 200},
    {NST_RECIPE_DEFAULT, NST_PRESET_NORMAL, NST_SIZE_PRESET, 1200, 1600, 7, 768, 1024},
    {NST_RECIPE_DEFAULT, NST_PRESET_FINE, NST_SIZE_PRESET, 640, 480, 6, 640, 480},
    {NST_RECIPE_DEFAULT, NST_PRESET_DRAFT, NST_SIZE_CONTENT, 640, 480, 6, 640, 480},
    {NST_RECIPE_DEFAULT, NST_PRESET_DRAFT, 512, 64, 32, 5, 512, 256},
    {NST_RECIPE_DEFAULT, NST_PRESET_DRAFT, 512, 1, 1000, 5, 1, 512},
    {NST_RECIPE_DEFAULT, NST_PRESET_DRAFT, NST_SIZE_PRESET, 1, 1, 1, 1, 1},
    {NST_RECIPE_GATYS, NST_PRESET_DRAFT, NST_SIZE_PRESET, 1024, 768, 1, 512, 384},
    {NST_RECIPE_GATYS, NST_PRESET_DRAFT, 64, 1024, 768, 1, 64, 48},
    {NST_RECIPE_KERAS, NST_PRESET_DRAFT, NST_SIZE_PRESET, 1000, 700, 1, 571, 400},
    {NST_RECIPE_KERAS, NST_PRESET_DRAFT, NST_SIZE_PRESET, 100, 200, 1, 200, 400},
    {NST_RECIPE_KERAS, NST_PRESET_DRAFT, 48, 64, 48, 1, 64, 48},
};

static void
test_plans (void)
{
  OracleNet net = test_net ("2 | 2 | 2 | 2 2 | 2 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      const PlanCase *want = &plans[i];
      NstSettings settings;
      NstPlan plan;
      GError *error = NULL;
      gint last;

      nst_settings_init (&settings);
      settings.recipe = want->recipe;
      settings.preset = want->preset;
      settings.size = want->size;
      test_plan (network, &settings, want->width, want->height, &plan, &error);
      g_assert_no_error (error);
      g_assert_cmpint (plan.n_levels, ==, want->n_levels);
      last = plan.n_levels - 1;
      g_assert_cmpint (plan.width[last], ==, want->last_width);
      g_assert_cmpint (plan.height[last], ==, want->last_height);
      g_assert_cmpuint (plan.memory, >, 0);
      g_assert_cmpint (plan.notice != NULL, ==, /* a preset is the default recipe's */
                       want->recipe != NST_RECIPE_DEFAULT && want->preset != NST_PRESET_NORMAL);
      for (gint l = 0; l < last; l++)
        {
          gdouble scale = pow (G_SQRT2, last - l);

          g_assert_cmpint (MAX (plan.width[l], plan.height[l]), >=, 112);
          test_at_most (fabs (plan.width[l] - plan.width[last] / scale),
                        0.51 + 0.49 * (plan.width[last] == 1));
          test_at_most (fabs (plan.height[l] - plan.height[last] / scale), 0.51);
        }
    }
  nst_network_free (network);
  oracle_net_clear (&net);
}

/* Presets take some steps at first, fewer until the last level, whose steps are
 * what can be asked for; a level that is the first and the last has those of both. */
static void
check_levels (const NstNetwork *network, NstPreset preset)
{
  NstSettings settings;
  NstPlan plan, asked, single;

  nst_settings_init (&settings);
  settings.preset = preset;
  settings.size = 100;
  g_assert_true (test_plan (network, &settings, 320, 320, &single, NULL));
  settings.size = 320;
  g_assert_true (test_plan (network, &settings, 320, 320, &plan, NULL));
  settings.iterations = 7;
  g_assert_true (test_plan (network, &settings, 320, 320, &asked, NULL));
  g_assert_cmpint (plan.n_levels, ==, 4);
  g_assert_cmpint (plan.iterations[3], >, plan.iterations[0]);
  g_assert_cmpint (plan.iterations[0], >, plan.iterations[1]);
  g_assert_cmpint (single.iterations[0], ==, plan.iterations[0] + plan.iterations[3]);
  g_assert_cmpint (plan.iterations[2], ==, plan.iterations[1]);
  for (gint l = 0; l < 3; l++)
    g_assert_cmpint (asked.iterations[l], ==, plan.iterations[l]);
  g_assert_cmpint (asked.iterations[3], ==, 7);
}

/* Levels of many pixels have few steps; what is asked for holds. */
static void
test_large (void)
{
  OracleNet net = test_net ("2 | 2 | 2 | 2 2 | 2 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);

  for (gint preset = NST_PRESET_DRAFT; preset <= NST_PRESET_FINE; preset++)
    {
      NstSettings settings;
      NstPlan plan, small;
      gdouble work = 0, pixels = 6000 * 4000;

      nst_settings_init (&settings);
      settings.preset = preset;
      settings.memory_mib = 0;
      settings.size = 1000;
      g_assert_true (test_plan (network, &settings, 6000, 4000, &small, NULL));
      settings.size = NST_SIZE_CONTENT;
      g_assert_true (test_plan (network, &settings, 6000, 4000, &plan, NULL));
      for (gint i = 0; i < plan.n_levels; i++)
        {
          gdouble level = (gdouble) plan.width[i] * plan.height[i];

          work += level * plan.iterations[i];
          if (i > 0 && i < plan.n_levels - 1)
            g_assert_cmpint (plan.iterations[i], <=, plan.iterations[i - 1]);
          if (i > 0 && level < 2e6)
            g_assert_cmpint (plan.iterations[i], ==, small.iterations[1]);
        }
      g_assert_cmpint (plan.iterations[plan.n_levels - 1], ==, 16);
      g_assert_cmpfloat (work / pixels, <, 36);
      settings.iterations = 99;
      g_assert_true (test_plan (network, &settings, 6000, 4000, &plan, NULL));
      g_assert_cmpint (plan.iterations[plan.n_levels - 1], ==, 99);
    }
  nst_network_free (network);
  oracle_net_clear (&net);
}

/* The steps of the recipes, and those asked for at the last level. */
static void
test_iterations (void)
{
  static const gint steps[] = {33, 500, 4000}; /* of one level */
  OracleNet net = test_net ("2 | 2 | 2 | 2 2 | 2 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);

  for (gint recipe = NST_RECIPE_DEFAULT; recipe <= NST_RECIPE_KERAS; recipe++)
    {
      NstSettings settings;
      NstPlan plan;

      nst_settings_init (&settings);
      settings.recipe = recipe;
      settings.preset = NST_PRESET_DRAFT;
      settings.size = 64;
      g_assert_true (test_plan (network, &settings, 64, 64, &plan, NULL));
      g_assert_cmpint (plan.n_levels, ==, 1);
      g_assert_cmpint (plan.iterations[0], ==, steps[recipe]);
      settings.iterations = 7;
      g_assert_true (test_plan (network, &settings, 64, 64, &plan, NULL));
      g_assert_cmpint (plan.iterations[0], ==, 7);
    }
  for (gint preset = NST_PRESET_DRAFT; preset <= NST_PRESET_FINE; preset++)
    check_levels (network, preset);
  nst_network_free (network);
  oracle_net_clear (&net);
}

static void
test_empty_content (void)
{
  static const gint bad[][2] = {{0, 64}, {64, 0}, {-1, 64}, {64, NST_SIZE_MAX + 1}};
  OracleNet net = test_net ("2 | 2", 4000);
  NstNetwork *network = test_net_open (&net, 0);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      NstSettings settings;
      NstPlan plan;
      GError *error = NULL;

      nst_settings_init (&settings);
      g_assert_false (test_plan (network, &settings, bad[i][0], bad[i][1], &plan, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      g_clear_error (&error);
    }
  nst_network_free (network);
  oracle_net_clear (&net);
}

/* Too little memory is told before the run, with a size that does fit. */
static void
test_memory (void)
{
  OracleNet net = test_net ("16 16 | 32 | 32 | 32 32 | 32", 4000);
  NstNetwork *network = test_net_open (&net, 0);
  NstSettings settings;
  NstPlan plan;
  GError *error = NULL;
  const gchar *size;

  nst_settings_init (&settings);
  settings.size = 2000;
  settings.memory_mib = 100;
  settings.threads = 2;
  g_assert_false (test_plan (network, &settings, 2000, 1500, &plan, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  size = strrchr (error->message, ' ');
  g_assert_nonnull (size);
  settings.size = atoi (size + 1);
  g_assert_cmpint (settings.size, >, 100);
  g_assert_cmpint (settings.size, <, 2000);
  g_clear_error (&error);
  g_assert_true (test_plan (network, &settings, 2000, 1500, &plan, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (plan.memory, <=, 100 << 20);
  nst_network_free (network);
  oracle_net_clear (&net);
}

static void
test_alloc (void)
{
  static const guint64 counts[] = {G_MAXUINT64, G_MAXUINT64 / 4, G_MAXSIZE / 4 + 1,
                                   G_GUINT64_CONSTANT (1) << 61};
  GError *error = NULL;
  gpointer memory;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_null (nst_alloc (counts[i], 4, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
      g_clear_error (&error);
    }
  for (gint n = 0; n < 100; n += 33)
    {
      memory = nst_alloc (n, 4, &error);
      g_assert_no_error (error);
      g_assert_nonnull (memory);
      g_assert_cmpuint (GPOINTER_TO_SIZE (memory) % 64, ==, 0);
      memset (memory, 1, n * 4);
      nst_free (memory);
    }
}

/* Sizes whose product passes 2^64, or any machine's memory. */
static void
test_tensor_alloc (void)
{
  NstTensor tensor;
  GError *error = NULL;

  g_assert_false (nst_tensor_alloc (&tensor, G_MAXINT, G_MAXINT, G_MAXINT, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  g_assert_null (tensor.data);
  g_clear_error (&error);
  g_assert_false (nst_tensor_alloc (&tensor, 65536, 65536, 1 << 30, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/ranges", test_ranges);
  g_test_add_func ("/settings/plans", test_plans);
  g_test_add_func ("/settings/iterations", test_iterations);
  g_test_add_func ("/settings/large", test_large);
  g_test_add_func ("/settings/empty-content", test_empty_content);
  g_test_add_func ("/settings/memory", test_memory);
  g_test_add_func ("/settings/alloc", test_alloc);
  g_test_add_func ("/settings/tensor-alloc", test_tensor_alloc);
  return g_test_run ();
}
